import { exp, expm1, log1p, tanh } from './elementary'
import { CELLS, Cells, View } from './memory'
import { choose, firstLanes, greatestLane, multiplyAdd, splat, sumOfLanes } from './simd'

/** The activations that have a form here, in the order of kernels/wasm-plan.ts; rule/activations.ts defines them. */
export const enum Activation {
  identity,
  sigmoid,
  tanh,
  relu,
  leakyRelu,
  elu,
  gelu,
  silu,
  softplus,
  softmax,
}

/** 1/(1 + e⁻ᶻ) = e/(1 + e) for z < 0 and 1/(1 + e) else, with e = e^−|z|, which never overflows. */
function sigmoid<T>(z: v128): v128 {
  const one = splat<T>(1)
  const e = inline.always(exp<T>(v128.neg<T>(v128.abs<T>(z))))
  const numerator = choose(v128.lt<T>(z, splat<T>(0)), e, one)
  return v128.div<T>(numerator, v128.add<T>(one, e))
}

const GELU_SCALE = 0.7978845608028654 // √(2/π)
const GELU_CUBIC = 0.044715

/** tanh(√(2/π)·(z + 0.044715 z³)) */
function geluTanh<T>(z: v128): v128 {
  const cubed = v128.mul<T>(v128.mul<T>(z, z), z)
  return tanh<T>(v128.mul<T>(splat<T>(<T>GELU_SCALE), multiplyAdd<T>(splat<T>(<T>GELU_CUBIC), cubed, z)))
}

/** f(z) */
function value<T>(f: i32, z: v128): v128 {
  const zero = splat<T>(0)
  const positive = v128.gt<T>(z, zero)
  switch (f) {
    case Activation.sigmoid:
      return sigmoid<T>(z)
    case Activation.tanh:
      return tanh<T>(z)
    case Activation.relu:
      return v128.pmax<T>(z, zero) // NaN stays NaN
    case Activation.leakyRelu:
      return choose(positive, z, v128.mul<T>(splat<T>(<T>0.01), z))
    case Activation.elu:
      return choose(positive, z, expm1<T>(z))
    case Activation.gelu:
      return v128.mul<T>(v128.mul<T>(splat<T>(<T>0.5), z), v128.add<T>(splat<T>(1), geluTanh<T>(z)))
    case Activation.silu:
      return v128.mul<T>(z, sigmoid<T>(z))
    case Activation.softplus:
      return v128.add<T>(v128.pmax<T>(z, zero), log1p<T>(exp<T>(v128.neg<T>(v128.abs<T>(z)))))
  }
  return z
}

/** f'(z), where a = f(z) */
export function derivative<T>(f: i32, z: v128, a: v128): v128 {
  const one = splat<T>(1)
  const positive = v128.gt<T>(z, splat<T>(0))
  switch (f) {
    case Activation.sigmoid:
      return v128.mul<T>(a, v128.sub<T>(one, a))
    case Activation.tanh:
      return v128.sub<T>(one, v128.mul<T>(a, a))
    case Activation.relu:
      return v128.and(positive, one)
    case Activation.leakyRelu:
      return choose(positive, one, splat<T>(<T>0.01))
    case Activation.elu:
      return choose(positive, one, v128.add<T>(a, one))
    case Activation.gelu:
      return geluDerivative<T>(z)
    case Activation.silu: {
      const s = sigmoid<T>(z)
      return v128.mul<T>(s, multiplyAdd<T>(z, v128.sub<T>(one, s), one))
    }
    case Activation.softplus:
      return sigmoid<T>(z)
  }
  return one
}

/** ½(1 + t) + ½z·(1 − t²)·√(2/π)·(1 + 3·0.044715 z²), where |z| above 20 is as good as 20 */
function geluDerivative<T>(z: v128): v128 {
  const half = splat<T>(<T>0.5)
  const one = splat<T>(1)
  const limited = v128.pmax<T>(v128.pmin<T>(z, splat<T>(20)), splat<T>(-20))
  const t = geluTanh<T>(limited)
  const inner = multiplyAdd<T>(splat<T>(<T>(3 * GELU_CUBIC)), v128.mul<T>(limited, limited), one)
  const slope = v128.mul<T>(v128.sub<T>(one, v128.mul<T>(t, t)), v128.mul<T>(splat<T>(<T>GELU_SCALE), inner))
  return multiplyAdd<T>(v128.mul<T>(half, limited), slope, v128.mul<T>(half, v128.add<T>(one, t)))
}

/** A = f(Z); what lies beyond the columns of A becomes 0. */
export function activate<T>(f: i32, Z: View, A: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  for (let i = 0; i < rows; i++) {
    const z = Z.pointer + <usize>i * Z.stride
    const a = A.pointer + <usize>i * A.stride
    if (f == Activation.softmax) softmax<T>(z, a, A.columns)
    else if (f == Activation.sigmoid) sigmoidOfRow<T>(z, a, A.columns)
    else {
      for (let left = A.columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
        v128.store(a + j, firstLanes<T>(value<T>(f, v128.load(z + j)), left))
      }
    }
  }
}

/** The row a = sigmoid(z), written out in its loop: the default of all layers. */
function sigmoidOfRow<T>(z: usize, a: usize, columns: i32): void {
  for (let left = columns, j: usize = 0; left > 0; left -= 16 / <i32>sizeof<T>(), j += 16) {
    v128.store(a + j, firstLanes<T>(inline.always(sigmoid<T>(v128.load(z + j))), left))
  }
}

/** The row a_j = e^(z_j − max)/Σ e^(z_k − max) */
function softmax<T>(z: usize, a: usize, columns: i32): void {
  const lanes = 16 / <i32>sizeof<T>()
  const highest = splat<T>(greatest<T>(z, columns))
  let sums = splat<T>(0)
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    const power = firstLanes<T>(exp<T>(v128.sub<T>(v128.load(z + j), highest)), left)
    v128.store(a + j, power)
    sums = v128.add<T>(sums, power)
  }
  const sum = splat<T>(sumOfLanes<T>(sums))
  for (let left = columns, j: usize = 0; left > 0; left -= lanes, j += 16) {
    v128.store(a + j, v128.div<T>(v128.load(a + j), sum))
  }
}

/** The greatest number of a row, NaN left aside. */
export function greatest<T>(row: usize, columns: i32): T {
  let highest = splat<T>(-(<T>Infinity))
  let j: usize = 0
  for (const lanes = 16 / <i32>sizeof<T>(); columns >= lanes; columns -= lanes, j += 16) {
    highest = v128.pmax<T>(highest, v128.load(row + j))
  }
  let most = greatestLane<T>(highest)
  for (; columns > 0; columns--, j += sizeof<T>()) {
    const x = load<T>(row + j)
    if (x > most) most = x
  }
  return most
}
