import { CELLS, Cells, View } from './memory'
import { firstLanes, fixed, multiplyAdd, splat } from './simd'

/** db = keep·db + factor·(column sums of loss); with db = the parameter itself, keep 1 and factor −rate/m: its step */
export function columnSums<T>(loss: View, db: View, keep: f64, factor: f64): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const scale = splat<T>(<T>factor)
  for (let left = db.columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
    let sum = splat<T>(0)
    for (let i = 0, at = loss.pointer + j; i < rows; i++, at += loss.stride) sum = v128.add<T>(sum, v128.load(at))
    const before = keep == 0 ? splat<T>(0) : v128.mul<T>(splat<T>(<T>keep), v128.load(db.pointer + j))
    v128.store(db.pointer + j, firstLanes<T>(multiplyAdd<T>(scale, sum, before), left))
  }
}

/** to = to + factor·from: the step of sgd, and weight decay */
export function addScaled<T>(to: View, from: View, scale: f64): void {
  const factor = splat<T>(<T>scale)
  const end = <usize>to.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>to.rows; i++) {
    const p = to.pointer + i * to.stride
    const g = from.pointer + i * from.stride
    for (let j: usize = 0; j < end; j += 32) {
      const p0 = multiplyAdd<T>(factor, v128.load(g + j), v128.load(p + j))
      const p1 = multiplyAdd<T>(factor, v128.load(g + j, 16), v128.load(p + j, 16))
      v128.store(p + j, p0)
      v128.store(p + j, p1, 16)
    }
  }
}

/** mean = keep·mean + (1 − keep)·x */
export function average<T>(x: View, mean: View): void {
  const share = changetype<Cells>(CELLS).keep
  const keep = splat<T>(<T>share)
  const add = splat<T>(<T>(1 - share))
  const end = <usize>x.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>x.rows; i++) {
    const from = x.pointer + i * x.stride
    const to = mean.pointer + i * mean.stride
    for (let j: usize = 0; j < end; j += 32) {
      const a0 = multiplyAdd<T>(add, v128.load(from + j), v128.mul<T>(keep, v128.load(to + j)))
      const a1 = multiplyAdd<T>(add, v128.load(from + j, 16), v128.mul<T>(keep, v128.load(to + j, 16)))
      v128.store(to + j, a0)
      v128.store(to + j, a1, 16)
    }
  }
}

/**
 * Momentum, or Nesterov's, as PyTorch computes them (Sutskever et al. 2013):
 *
 *     velocity = μ·velocity + g
 *     parameter = parameter − rate·velocity, or parameter − rate·(g + μ·velocity)
 */
export function momentum<T>(parameter: View, gradient: View, velocity: View, mu: f64, nesterov: i32): void {
  const keep = splat<T>(<T>mu)
  const ahead = splat<T>(nesterov ? <T>mu : 1)
  const counted = i32x4.splat(-nesterov)
  const step = splat<T>(<T>-changetype<Cells>(CELLS).rate)
  const end = <usize>parameter.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>parameter.rows; i++) {
    const p = parameter.pointer + i * parameter.stride
    const g = gradient.pointer + i * gradient.stride
    const v = velocity.pointer + i * velocity.stride
    for (let j: usize = 0; j < end; j += 32) {
      const g0 = v128.load(g + j)
      const g1 = v128.load(g + j, 16)
      const v0 = multiplyAdd<T>(keep, v128.load(v + j), g0)
      const v1 = multiplyAdd<T>(keep, v128.load(v + j, 16), g1)
      const d0 = multiplyAdd<T>(ahead, v0, v128.and(counted, g0))
      const d1 = multiplyAdd<T>(ahead, v1, v128.and(counted, g1))
      const p0 = multiplyAdd<T>(step, d0, v128.load(p + j))
      const p1 = multiplyAdd<T>(step, d1, v128.load(p + j, 16))
      v128.store(v + j, v0)
      v128.store(v + j, v1, 16)
      v128.store(p + j, p0)
      v128.store(p + j, p1, 16)
    }
  }
}

/**
 * AdaGrad (Duchi et al. 2011) where keep and add are 1, RMSProp (Hinton 2012) where add is 1 − keep, as PyTorch computes
 * them:
 *
 *     squares = keep·squares + add·g²
 *     parameter = parameter − rate·g/(√squares + ε)
 */
export function adaptive<T>(parameter: View, gradient: View, squares: View, kept: f64, added: f64, epsilon: f64): void {
  const keep = splat<T>(<T>kept)
  const add = splat<T>(<T>added)
  const least = splat<T>(<T>epsilon)
  const step = splat<T>(<T>-changetype<Cells>(CELLS).rate)
  const end = <usize>parameter.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>parameter.rows; i++) {
    const p = parameter.pointer + i * parameter.stride
    const g = gradient.pointer + i * gradient.stride
    const s = squares.pointer + i * squares.stride
    for (let j: usize = 0; j < end; j += 32) {
      const g0 = v128.load(g + j)
      const g1 = v128.load(g + j, 16)
      const s0 = multiplyAdd<T>(add, v128.mul<T>(g0, g0), v128.mul<T>(keep, v128.load(s + j)))
      const s1 = multiplyAdd<T>(add, v128.mul<T>(g1, g1), v128.mul<T>(keep, v128.load(s + j, 16)))
      const d0 = v128.div<T>(g0, v128.add<T>(v128.sqrt<T>(s0), least))
      const d1 = v128.div<T>(g1, v128.add<T>(v128.sqrt<T>(s1), least))
      const p0 = multiplyAdd<T>(step, d0, v128.load(p + j))
      const p1 = multiplyAdd<T>(step, d1, v128.load(p + j, 16))
      v128.store(s + j, s0)
      v128.store(s + j, s1, 16)
      v128.store(p + j, p0)
      v128.store(p + j, p1, 16)
    }
  }
}

/**
 * Adam (Kingma and Ba 2015), and AdamW (Loshchilov and Hutter 2019) where decay is not 0, as PyTorch computes them:
 *
 *     m = β₁·m + (1 − β₁)·g      v = β₂·v + (1 − β₂)·g²
 *     parameter = (1 − rate·decay)·parameter − rate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε)
 */
export function adam<T>(
  parameter: View,
  gradient: View,
  m: View,
  v: View,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  decay: f64,
): void {
  const cells = changetype<Cells>(CELLS)
  const keepM = fixed<T>(<T>beta1)
  const addM = fixed<T>(<T>(1 - beta1))
  const keepV = fixed<T>(<T>beta2)
  const addV = fixed<T>(<T>(1 - beta2))
  const least = fixed<T>(<T>epsilon)
  const step = fixed<T>(<T>(-cells.rate / cells.correction1))
  const shrink = fixed<T>(<T>(1 - cells.rate * decay))
  const root = fixed<T>(<T>(1 / Math.sqrt(cells.correction2)))
  const end = <usize>parameter.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>parameter.rows; i++) {
    const p = parameter.pointer + i * parameter.stride
    const g = gradient.pointer + i * gradient.stride
    const mRow = m.pointer + i * m.stride
    const vRow = v.pointer + i * v.stride
    for (let j: usize = 0; j < end; j += 32) {
      const g0 = v128.load(g + j)
      const g1 = v128.load(g + j, 16)
      const m0 = multiplyAdd<T>(addM, g0, v128.mul<T>(keepM, v128.load(mRow + j)))
      const m1 = multiplyAdd<T>(addM, g1, v128.mul<T>(keepM, v128.load(mRow + j, 16)))
      const v0 = multiplyAdd<T>(addV, v128.mul<T>(g0, g0), v128.mul<T>(keepV, v128.load(vRow + j)))
      const v1 = multiplyAdd<T>(addV, v128.mul<T>(g1, g1), v128.mul<T>(keepV, v128.load(vRow + j, 16)))
      const d0 = v128.div<T>(m0, multiplyAdd<T>(root, v128.sqrt<T>(v0), least))
      const d1 = v128.div<T>(m1, multiplyAdd<T>(root, v128.sqrt<T>(v1), least))
      const p0 = multiplyAdd<T>(step, d0, v128.mul<T>(shrink, v128.load(p + j)))
      const p1 = multiplyAdd<T>(step, d1, v128.mul<T>(shrink, v128.load(p + j, 16)))
      v128.store(mRow + j, m0)
      v128.store(mRow + j, m1, 16)
      v128.store(vRow + j, v0)
      v128.store(vRow + j, v1, 16)
      v128.store(p + j, p0)
      v128.store(p + j, p1, 16)
    }
  }
}
