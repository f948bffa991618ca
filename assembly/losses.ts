import { Activation, derivative, greatest } from './activations'
import { exp, log, log1p } from './elementary'
import { CELLS, Cells, View } from './memory'
import { choose, firstLanes, splat, sumOfLanes } from './simd'

/** The losses that have a form here, in the order of kernels/wasm-plan.ts; rule/losses.ts defines them. */
export const enum Loss {
  squaredError,
  absoluteError,
  huber,
  binaryCrossEntropy,
  categoricalCrossEntropy,
}

/** E of one output; z in place of a for binaryCrossEntropy, which is taken from Z */
function value<T>(E: i32, a: v128, t: v128): v128 {
  const half = splat<T>(<T>0.5)
  const d = v128.sub<T>(a, t)
  const size = v128.abs<T>(d)
  switch (E) {
    case Loss.squaredError:
      return v128.mul<T>(half, v128.mul<T>(d, d))
    case Loss.huber: {
      const squared = v128.mul<T>(half, v128.mul<T>(d, d))
      return choose(v128.le<T>(size, splat<T>(1)), squared, v128.sub<T>(size, half))
    }
    case Loss.binaryCrossEntropy: {
      const linear = v128.sub<T>(v128.pmax<T>(a, splat<T>(0)), v128.mul<T>(a, t))
      return v128.add<T>(linear, log1p<T>(exp<T>(v128.neg<T>(v128.abs<T>(a)))))
    }
  }
  return size
}

/** ∂E/∂a; for binaryCrossEntropy ∂E/∂z, which is as short */
function slope<T>(E: i32, a: v128, t: v128): v128 {
  const d = v128.sub<T>(a, t)
  const one = splat<T>(1)
  switch (E) {
    case Loss.absoluteError: {
      const zero = splat<T>(0)
      const up = v128.and(v128.gt<T>(d, zero), one)
      const sign = v128.sub<T>(up, v128.and(v128.lt<T>(d, zero), one))
      return choose(v128.eq<T>(d, d), sign, d) // NaN stays NaN
    }
    case Loss.huber:
      return v128.pmax<T>(v128.pmin<T>(d, one), v128.neg<T>(one))
  }
  return d
}

/** perRow = E of each row */
export function loss<T>(E: i32, Z: View, A: View, T_: View, perRow: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const from = E == Loss.binaryCrossEntropy ? Z : A
  for (let i: usize = 0; i < <usize>rows; i++) {
    const t = T_.pointer + i * T_.stride
    const sum =
      E == Loss.categoricalCrossEntropy
        ? crossEntropy<T>(Z.pointer + i * Z.stride, t, Z.columns)
        : rowLoss<T>(E, from.pointer + i * from.stride, t, A.columns)
    store<T>(perRow.pointer + i * perRow.stride, sum)
  }
}

function rowLoss<T>(E: i32, a: usize, t: usize, columns: i32): T {
  let sum = splat<T>(0)
  for (let left = columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
    sum = v128.add<T>(sum, firstLanes<T>(value<T>(E, v128.load(a + j), v128.load(t + j)), left))
  }
  return sumOfLanes<T>(sum)
}

/** Σ t·(ln Σ e^z − z), shifted by the greatest z so that nothing overflows */
function crossEntropy<T>(z: usize, t: usize, columns: i32): T {
  const lanes = 16 / <i32>sizeof<T>()
  const highest = splat<T>(greatest<T>(z, columns))
  let powers = splat<T>(0)
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    powers = v128.add<T>(powers, firstLanes<T>(exp<T>(v128.sub<T>(v128.load(z + j), highest)), left))
  }
  const logSum = v128.add<T>(highest, log<T>(splat<T>(sumOfLanes<T>(powers))))
  let sum = splat<T>(0)
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    const term = v128.mul<T>(v128.load(t + j), v128.sub<T>(logSum, v128.load(z + j)))
    sum = v128.add<T>(sum, firstLanes<T>(term, left))
  }
  return sumOfLanes<T>(sum)
}

/** loss = ∂E/∂A ⊙ f'(Z), or ∂E/∂Z of a fused pair; 0 beyond its columns */
export function lossGradient<T>(E: i32, f: i32, Z: View, A: View, T_: View, loss: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  for (let i: usize = 0; i < <usize>rows; i++) {
    const z = Z.pointer + i * Z.stride
    const a = A.pointer + i * A.stride
    const t = T_.pointer + i * T_.stride
    const out = loss.pointer + i * loss.stride
    if (E == Loss.categoricalCrossEntropy) crossEntropyGradient<T>(a, t, out, loss.columns)
    else if (f == Activation.softmax) softmaxGradient<T>(E, a, t, out, loss.columns)
    else elementGradient<T>(E, f, z, a, t, out, loss.columns)
  }
}

function elementGradient<T>(E: i32, f: i32, z: usize, a: usize, t: usize, out: usize, columns: i32): void {
  for (let left = columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
    const aj = v128.load(a + j)
    let g = slope<T>(E, aj, v128.load(t + j))
    if (E != Loss.binaryCrossEntropy) g = v128.mul<T>(g, derivative<T>(f, v128.load(z + j), aj))
    v128.store(out + j, firstLanes<T>(g, left))
  }
}

/** a·Σt − t */
function crossEntropyGradient<T>(a: usize, t: usize, out: usize, columns: i32): void {
  const lanes = 16 / <i32>sizeof<T>()
  let sum = splat<T>(0)
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    sum = v128.add<T>(sum, firstLanes<T>(v128.load(t + j), left))
  }
  const total = splat<T>(sumOfLanes<T>(sum))
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    const g = v128.sub<T>(v128.mul<T>(v128.load(a + j), total), v128.load(t + j))
    v128.store(out + j, firstLanes<T>(g, left))
  }
}

/** Jᵀ·g = a ⊙ (g − a·gᵀ), where g = ∂E/∂a */
function softmaxGradient<T>(E: i32, a: usize, t: usize, out: usize, columns: i32): void {
  const lanes = 16 / <i32>sizeof<T>()
  let sum = splat<T>(0)
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    const aj = v128.load(a + j)
    const g = slope<T>(E, aj, v128.load(t + j))
    sum = v128.add<T>(sum, firstLanes<T>(v128.mul<T>(aj, g), left))
    v128.store(out + j, g)
  }
  const along = splat<T>(sumOfLanes<T>(sum))
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    const g = v128.mul<T>(v128.load(a + j), v128.sub<T>(v128.load(out + j), along))
    v128.store(out + j, firstLanes<T>(g, left))
  }
}

/** lossBelow = lossBelow ⊙ f'(Z): what the product with Wᵀ left becomes loss_(l−1) */
export function timesDerivative<T>(f: i32, Z: View, A: View, lossBelow: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  for (let i: usize = 0; i < <usize>rows; i++) {
    const z = Z.pointer + i * Z.stride
    const a = A.pointer + i * A.stride
    const out = lossBelow.pointer + i * lossBelow.stride
    for (let left = lossBelow.columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
      const g = v128.mul<T>(v128.load(out + j), derivative<T>(f, v128.load(z + j), v128.load(a + j)))
      v128.store(out + j, firstLanes<T>(g, left))
    }
  }
}
