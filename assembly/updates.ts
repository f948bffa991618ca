import { CELLS, Cells, View } from './memory'
import { firstLanes, multiplyAdd, splat, sumOfLanes } from './simd'

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

/** parameter = parameter − rate·gradient */
export function update<T>(parameter: View, gradient: View): void {
  const factor = splat<T>(<T>-changetype<Cells>(CELLS).rate)
  const end = <usize>parameter.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>parameter.rows; i++) {
    const p = parameter.pointer + i * parameter.stride
    const g = gradient.pointer + i * gradient.stride
    for (let j: usize = 0; j < end; j += 32) {
      const p0 = multiplyAdd<T>(factor, v128.load(g + j), v128.load(p + j))
      const p1 = multiplyAdd<T>(factor, v128.load(g + j, 16), v128.load(p + j, 16))
      v128.store(p + j, p0)
      v128.store(p + j, p1, 16)
    }
  }
}

/**
 * Adam (Kingma and Ba 2015), as PyTorch computes it:
 *
 *     m = β₁·m + (1 − β₁)·g      v = β₂·v + (1 − β₂)·g²
 *     parameter = parameter − rate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε)
 */
export function adam<T>(parameter: View, gradient: View, m: View, v: View, beta1: f64, beta2: f64, epsilon: f64): void {
  const cells = changetype<Cells>(CELLS)
  const keepM = splat<T>(<T>beta1)
  const addM = splat<T>(<T>(1 - beta1))
  const keepV = splat<T>(<T>beta2)
  const addV = splat<T>(<T>(1 - beta2))
  const least = splat<T>(<T>epsilon)
  const step = splat<T>(<T>(-cells.rate / cells.correction1))
  const root = splat<T>(<T>(1 / Math.sqrt(cells.correction2)))
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
      const p0 = multiplyAdd<T>(step, d0, v128.load(p + j))
      const p1 = multiplyAdd<T>(step, d1, v128.load(p + j, 16))
      v128.store(mRow + j, m0)
      v128.store(mRow + j, m1, 16)
      v128.store(vRow + j, v0)
      v128.store(vRow + j, v1, 16)
      v128.store(p + j, p0)
      v128.store(p + j, p1, 16)
    }
  }
}

/** Σ|x|, NaN where any element is. */
export function absoluteSum<T>(x: View): f64 {
  let total: f64 = 0
  for (let i: usize = 0; i < <usize>x.rows; i++) {
    const row = x.pointer + i * x.stride
    let sum = splat<T>(0)
    for (let left = x.columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
      sum = v128.add<T>(sum, firstLanes<T>(v128.abs<T>(v128.load(row + j)), left))
    }
    total += <f64>sumOfLanes<T>(sum)
  }
  return total
}

/** max |x| over the first rows; NaN where any element is: as whole numbers, the bits of NaN are the greatest. */
export function largest<T>(x: View, rows: i32): f64 {
  const end = <usize>x.columns * sizeof<T>()
  let m0 = splat<T>(0)
  let m1 = m0
  let m2 = m0
  let m3 = m0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = x.pointer + i * x.stride
    for (let j: usize = 0; j < end; j += 64) {
      m0 = greater<T>(m0, v128.abs<T>(v128.load(row + j)))
      m1 = greater<T>(m1, v128.abs<T>(v128.load(row + j, 16)))
      m2 = greater<T>(m2, v128.abs<T>(v128.load(row + j, 32)))
      m3 = greater<T>(m3, v128.abs<T>(v128.load(row + j, 48)))
    }
  }
  let most = greater<T>(greater<T>(m0, m1), greater<T>(m2, m3))
  if (sizeof<T>() == 4) most = greater<T>(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1))
  const first = v128.extract_lane<T>(most, 0)
  const second = v128.extract_lane<T>(most, 1)
  return isNaN(first) || isNaN(second) ? NaN : <f64>max<T>(first, second)
}

function greater<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 4) return i32x4.max_u(a, b)
  return v128.bitselect(a, b, i64x2.gt_s(a, b))
}

/** out = a + b, a − b or a ⊙ b, for f = 0, 1, 2 */
export function combine<T>(f: i32, a: View, b: View, out: View): void {
  const end = <usize>out.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>out.rows; i++) {
    const aRow = a.pointer + i * a.stride
    const bRow = b.pointer + i * b.stride
    const to = out.pointer + i * out.stride
    if (f == 0)
      for (let j: usize = 0; j < end; j += 16) v128.store(to + j, v128.add<T>(v128.load(aRow + j), v128.load(bRow + j)))
    else if (f == 1)
      for (let j: usize = 0; j < end; j += 16) v128.store(to + j, v128.sub<T>(v128.load(aRow + j), v128.load(bRow + j)))
    else
      for (let j: usize = 0; j < end; j += 16) v128.store(to + j, v128.mul<T>(v128.load(aRow + j), v128.load(bRow + j)))
  }
}
