import type { Activation, ElementActivation, RowActivation } from '../kernels/plan.ts'

/** 1/(1 + e⁻ᶻ), written so that the exponential never overflows. */
function logistic(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z))
  const e = Math.exp(z)
  return e / (1 + e)
}

/** The inner function of gelu's tanh form, u = √(2/π)·(z + 0.044715 z³), and the tanh of it. */
const GELU_SCALE = Math.sqrt(2 / Math.PI)
const GELU_CUBIC = 0.044715
const geluTanh = (z: number) => Math.tanh(GELU_SCALE * (z + GELU_CUBIC * z * z * z))

/** a = z */
const identity: ElementActivation = {
  name: 'identity',
  value: (z) => z,
  derivative: () => 1,
  formula: { value: 'z', derivative: '' },
}

/** a = 1/(1 + e⁻ᶻ), between 0 and 1 */
const sigmoid: ElementActivation = {
  name: 'sigmoid',
  value: logistic,
  derivative: (_z, a) => a * (1 - a),
  formula: { value: '1/(1 + e^(−z))', derivative: 'a ⊙ (1 − a)' },
}

/** a = tanh z, between −1 and 1 */
const tanh: ElementActivation = {
  name: 'tanh',
  value: (z) => Math.tanh(z),
  derivative: (_z, a) => 1 - a * a,
  formula: { value: 'tanh(z)', derivative: '(1 − a²)' },
}

/** a = max(0, z); relu'(0) = 0 */
const relu: ElementActivation = {
  name: 'relu',
  value: (z) => Math.max(0, z), // NaN stays NaN, where z > 0 ? z : 0 would hide it
  derivative: (z) => (z > 0 ? 1 : 0),
  kinks: [0],
  initializer: 'heUniform',
  formula: { value: 'max(0, z)', derivative: '(1 where z > 0, else 0)' },
}

/** a = z for z > 0, else 0.01·z (Maas, Hannun and Ng 2013) */
const leakyRelu: ElementActivation = {
  name: 'leakyRelu',
  value: (z) => (z > 0 ? z : 0.01 * z),
  derivative: (z) => (z > 0 ? 1 : 0.01),
  kinks: [0],
  initializer: 'heUniform',
  formula: { value: '(z where z > 0, else 0.01·z)', derivative: '(1 where z > 0, else 0.01)' },
}

/** a = z for z > 0, else eᶻ − 1 (Clevert, Unterthiner and Hochreiter 2015, α = 1) */
const elu: ElementActivation = {
  name: 'elu',
  value: (z) => (z > 0 ? z : Math.expm1(z)),
  derivative: (z, a) => (z > 0 ? 1 : a + 1),
  initializer: 'heUniform',
  formula: { value: '(z where z > 0, else e^(z) − 1)', derivative: '(1 where z > 0, else a + 1)' },
}

/** a = ½z·(1 + tanh(√(2/π)·(z + 0.044715 z³))) (Hendrycks and Gimpel 2016, the tanh form) */
const gelu: ElementActivation = {
  name: 'gelu',
  value: (z) => 0.5 * z * (1 + geluTanh(z)),
  derivative: (z) => {
    const t = geluTanh(z)
    const slope = (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z)
    return 0.5 * (1 + t) + 0.5 * z * slope
  },
  initializer: 'heUniform',
  formula: {
    value: '½·z ⊙ (1 + tanh(√(2/π)·(z + 0.044715·z³)))',
    derivative: '(½·(1 + h) + ½·z ⊙ (1 − h²) ⊙ (√(2/π)·(1 + 0.134145·z²)))',
    where: 'h = tanh(√(2/π)·(z + 0.044715·z³))',
  },
}

/** a = z·sigmoid(z) (Elfwing, Uchibe and Doya 2018) */
const silu: ElementActivation = {
  name: 'silu',
  value: (z) => z * logistic(z),
  derivative: (z) => {
    const s = logistic(z)
    return s * (1 + z * (1 - s))
  },
  initializer: 'heUniform',
  formula: { value: 'z/(1 + e^(−z))', derivative: 's ⊙ (1 + z ⊙ (1 − s))', where: 's = 1/(1 + e^(−z))' },
}

/** a = ln(1 + eᶻ), written so that the exponential never overflows (Dugas et al. 2001) */
const softplus: ElementActivation = {
  name: 'softplus',
  value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  derivative: logistic,
  initializer: 'heUniform',
  formula: { value: 'ln(1 + e^(z))', derivative: '1/(1 + e^(−z))' },
}

/** a_j = e^(z_j)/Σ e^(z_k) over the row, shifted by the row's maximum so that nothing overflows */
const softmax: RowActivation = {
  name: 'softmax',
  rowwise: true,
  value: (z) => {
    const highest = Array.from(z).reduce((a, b) => Math.max(a, b), -Infinity)
    const powers = Array.from(z, (value) => Math.exp(value - highest))
    const sum = powers.reduce((a, b) => a + b, 0)
    return powers.map((power) => power / sum)
  },
  // J = diag(a) − aᵀ·a, so Jᵀ·g = a ⊙ (g − a·gᵀ)
  derivative: (a, g) => {
    const along = Array.from(a).reduce((sum, value, j) => sum + value * (g[j] as number), 0)
    return Array.from(a, (value, j) => value * ((g[j] as number) - along))
  },
  formula: { value: 'e^(z)/(row sums of e^(z))', derivative: 'a ⊙ (g − row sums of g ⊙ a)' }, // g = ∂E/∂a
}

/**
 * Every activation by name: plain objects of the scalar functions f(z) and f'(z, a), at once the readable definition
 * and the reference. All are stable to |z| = 10⁴ and beyond. Softmax acts on rows and stands on the output layer only.
 *
 * A network takes a name of this table, or an object of the same shape under a name of its own.
 *
 * @example
 * import { activations } from 'bp-net'
 * console.log(activations.tanh.derivative(0, activations.tanh.value(0))) // 1
 */
export const activations = {
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
} as const satisfies Record<string, Activation>

/** The name of a built-in activation. */
export type ActivationName = keyof typeof activations
