import type { ElementLoss, FusedLoss, Loss } from '../kernels/plan.ts'

/** E = ½ Σ (a − t)² */
const squaredError: ElementLoss = {
  name: 'squaredError',
  value: (a, t) => 0.5 * (a - t) ** 2,
  derivative: (a, t) => a - t,
  formula: { value: '½·Σ(a − t)²', derivative: '(a − t)' },
}

/** E = Σ |a − t|; the derivative at a = t is taken as 0 */
const absoluteError: ElementLoss = {
  name: 'absoluteError',
  value: (a, t) => Math.abs(a - t),
  derivative: (a, t) => Math.sign(a - t),
  kinks: [0],
  formula: { value: 'Σ|a − t|', derivative: 'sign(a − t)' },
}

/** E = Σ ½d² where |d| ≤ 1, else |d| − ½, with d = a − t (Huber 1964, δ = 1) */
const huber: ElementLoss = {
  name: 'huber',
  value: (a, t) => {
    const d = Math.abs(a - t)
    return d <= 1 ? 0.5 * d * d : d - 0.5
  },
  derivative: (a, t) => Math.max(-1, Math.min(1, a - t)),
  formula: { value: 'Σ(½·d² where |d| ≤ 1, else |d| − ½), d = a − t', derivative: 'max(−1, min(1, a − t))' },
}

/** E = −Σ t·ln a + (1 − t)·ln(1 − a), a = sigmoid(z), taken as max(z, 0) − z·t + ln(1 + e^−|z|); ∂E/∂z = a − t */
const binaryCrossEntropy: FusedLoss = {
  name: 'binaryCrossEntropy',
  fusedWith: 'sigmoid',
  targets: [0, 1],
  value: (z, t) =>
    Array.from(z).reduce(
      (sum, value, j) => sum + Math.max(value, 0) - value * (t[j] as number) + Math.log1p(Math.exp(-Math.abs(value))),
      0,
    ),
  derivative: (a, t) => Array.from(a, (value, j) => value - (t[j] as number)),
  formula: { value: '−Σ(t ⊙ ln(a) + (1 − t) ⊙ ln(1 − a))', derivative: 'a − t' },
}

/** E = −Σ t·ln a, a = softmax(z), taken as Σ t·(ln Σ e^z − z); ∂E/∂z = a·Σt − t */
const categoricalCrossEntropy: FusedLoss = {
  name: 'categoricalCrossEntropy',
  fusedWith: 'softmax',
  targets: [0, Number.MAX_VALUE],
  value: (z, t) => {
    const row = Array.from(z)
    const highest = row.reduce((a, b) => Math.max(a, b), -Infinity)
    const logSum = highest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - highest), 0))
    return row.reduce((sum, value, j) => sum + (t[j] as number) * (logSum - value), 0)
  },
  derivative: (a, t) => {
    const total = Array.from(t).reduce((sum, value) => sum + value, 0)
    return Array.from(a, (value, j) => value * total - (t[j] as number))
  },
  formula: { value: '−Σ(t ⊙ ln(a))', derivative: 'a ⊙ (row sums of t) − t' },
}

/**
 * Every loss by name: plain objects, at once the readable definition and the reference. The loss of a batch is the
 * sum over outputs and the mean over rows. The cross-entropies are written for one output activation and taken from Z,
 * so that they stay finite where a rounds to 0 or 1.
 *
 * A network takes a name of this table, or an object of the same shape under a name of its own.
 *
 * @example
 * import { losses } from 'bp-net'
 * console.log(losses.squaredError.value(0.8, 1).toFixed(2)) // 0.02
 */
export const losses = {
  squaredError,
  absoluteError,
  huber,
  binaryCrossEntropy,
  categoricalCrossEntropy,
} as const satisfies Record<string, Loss>

/** The name of a built-in loss. */
export type LossName = keyof typeof losses
