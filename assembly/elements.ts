import { CELLS, Cells, View } from './memory'
import { choose, multiplyAdd, splat } from './simd'

// What changes every element by itself.

/** Row i of x = that row times the number at `factors` + i·`step`. */
export function scaleRows<T>(x: View, rows: i32, factors: usize, step: usize): void {
  const end = <usize>x.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = x.pointer + i * x.stride
    const factor = v128.load_splat<T>(factors + i * step)
    for (let j: usize = 0; j < end; j += 32) {
      const x0 = v128.mul<T>(factor, v128.load(row + j))
      const x1 = v128.mul<T>(factor, v128.load(row + j, 16))
      v128.store(row + j, x0)
      v128.store(row + j, x1, 16)
    }
  }
}

/** x = min(max(x, −most), most); NaN stays NaN */
export function clip<T>(x: View): void {
  const size = <T>changetype<Cells>(CELLS).most
  const most = splat<T>(size)
  const least = splat<T>(-size) // no v128.neg: V8 24 makes a wrong wide vector of it in float64
  const end = <usize>x.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>x.rows; i++) {
    const row = x.pointer + i * x.stride
    for (let j: usize = 0; j < end; j += 32) {
      const x0 = v128.pmin<T>(v128.pmax<T>(v128.load(row + j), least), most)
      const x1 = v128.pmin<T>(v128.pmax<T>(v128.load(row + j, 16), least), most)
      v128.store(row + j, x0)
      v128.store(row + j, x1, 16)
    }
  }
}

/** dW = dW + λ₁·sign(W) + λ₂·W */
export function penaltyGradient<T>(W: View, dW: View): void {
  const cells = changetype<Cells>(CELLS)
  if (cells.l1 == 0 && cells.l2 == 0) return
  const l1 = splat<T>(<T>cells.l1)
  const l2 = splat<T>(<T>cells.l2)
  const zero = splat<T>(0)
  const sign = splat<T>(<T>-0.0)
  const end = <usize>W.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>W.rows; i++) {
    const w = W.pointer + i * W.stride
    const g = dW.pointer + i * dW.stride
    for (let j: usize = 0; j < end; j += 32) {
      const w0 = v128.load(w + j)
      const w1 = v128.load(w + j, 16)
      // λ₁ with the sign of w, where w is not 0
      const s0 = v128.and(v128.ne<T>(w0, zero), choose(sign, w0, l1))
      const s1 = v128.and(v128.ne<T>(w1, zero), choose(sign, w1, l1))
      const g0 = multiplyAdd<T>(l2, w0, v128.add<T>(v128.load(g + j), s0))
      const g1 = multiplyAdd<T>(l2, w1, v128.add<T>(v128.load(g + j, 16), s1))
      v128.store(g + j, g0)
      v128.store(g + j, g1, 16)
    }
  }
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
