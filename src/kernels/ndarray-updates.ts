import { bitsAt } from '../random/counter.ts'
import type { Operations } from './ndarray-elements.ts'
import { change, first, forEach, largest, sumOf } from './ndarray-elements.ts'
import type { View } from './plan.ts'

/** What is done to a loss and its gradients before a step, by the reference. */
export const adjustments = {
  /** row i of `of` = weights(i)·that row */
  weigh({ weights, of }, { rows }) {
    change(first(rows, of), (x, i) => weights.get(i, 0) * x)
  },

  /** to = from/(1 − share) where the bits of the element's place are at least share·2³², else 0 */
  dropout({ from, to, share, layer }, { rows, key, start }) {
    const stream = bitsAt(key, layer)
    const least = Math.floor(share * 2 ** 32)
    const scale = 1 / (1 - share)
    const width = from.shape[1] as number
    forEach(first(rows, from), (i, j) => {
      const isKept = bitsAt(stream, (start + i) * width + j) >= least
      to.set(i, j, isKept ? scale * from.get(i, j) : 0)
    })
  },

  /** penalty = λ₁·Σ|W| + ½λ₂·ΣW², where a λ of 0 has no sum */
  penalty({ W, penalty }, { l1, l2 }) {
    const absolute = l1 === 0 ? 0 : l1 * sumOf(W, Math.abs)
    const squared = l2 === 0 ? 0 : (l2 / 2) * sumOf(W, (w) => w * w)
    penalty.set(0, 0, absolute + squared)
  },

  /** dW = dW + λ₁·sign(W) + λ₂·W */
  penaltyGradient({ W, dW }, { l1, l2 }) {
    if (l1 === 0 && l2 === 0) return
    change(dW, (g, i, j) => g + l1 * Math.sign(W.get(i, j)) + l2 * W.get(i, j))
  },

  /** gradient = gradient + weightDecay·parameter */
  weightDecay({ parameter, gradient, weightDecay }) {
    addScaled(gradient, parameter, weightDecay)
  },

  /** norm = √Σ of² */
  norm({ of, norm }) {
    norm.set(0, 0, Math.sqrt(sumOf(of, (x) => x * x)))
  },

  /** of = factor·of */
  scale({ of }, { factor }) {
    change(of, (x) => factor * x)
  },

  /** of = min(max(of, −most), most) */
  clip({ of }, { most }) {
    change(of, (x) => Math.min(Math.max(x, -most), most))
  },

  /** largest = max |of| */
  largest({ of, largest: to }) {
    to.set(0, 0, largest(of))
  },
} satisfies Partial<Operations>

/** The steps of the optimizers, as PyTorch computes them, by the reference. */
export const updates = {
  /** parameter = parameter − rate·gradient */
  update({ parameter, gradient, rate }, cells) {
    addScaled(parameter, gradient, -cells[rate])
  },

  /** nothing is ever put off */
  settle() {},

  /** velocity = μ·velocity + gradient; parameter −= rate·velocity, or with nesterov rate·(gradient + μ·velocity) */
  momentum({ parameter, gradient, velocity, settings: { momentum, nesterov } }, { rate }) {
    change(velocity, (v, i, j) => momentum * v + gradient.get(i, j))
    change(parameter, (p, i, j) => {
      const v = velocity.get(i, j)
      return p - rate * (nesterov ? gradient.get(i, j) + momentum * v : v)
    })
  },

  /** squares = keep·squares + add·gradient²; parameter −= rate·gradient/(√squares + ε) */
  adaptive({ parameter, gradient, squares, settings: { keep, add, epsilon } }, { rate }) {
    forEach(parameter, (i, j) => {
      const g = gradient.get(i, j)
      const square = squares.set(i, j, keep * squares.get(i, j) + add * g * g)
      parameter.set(i, j, parameter.get(i, j) - (rate * g) / (Math.sqrt(square) + epsilon))
    })
  },

  /** m, v and the parameter, as the kind says */
  adam({ parameter, gradient, m, v, settings }, { rate, correction1, correction2 }) {
    const { name, beta1, beta2, epsilon, weightDecay } = settings
    const shrink = name === 'adamw' ? 1 - rate * weightDecay : 1
    const step = rate / correction1
    const root = Math.sqrt(correction2)
    forEach(parameter, (i, j) => {
      const g = gradient.get(i, j)
      const first = m.set(i, j, beta1 * m.get(i, j) + (1 - beta1) * g)
      const second = v.set(i, j, beta2 * v.get(i, j) + (1 - beta2) * g * g)
      parameter.set(i, j, shrink * parameter.get(i, j) - (step * first) / (Math.sqrt(second) / root + epsilon))
    })
  },

  /** average = keep·average + (1 − keep)·of */
  average({ of, average }, { keep }) {
    change(average, (x, i, j) => keep * x + (1 - keep) * of.get(i, j))
  },
} satisfies Partial<Operations>

/**
 * out = out + factor·a. It passes over every parameter in every step, so it indexes the data itself: ndarray's get and set
 * cost three times as much where a process uses both dtypes.
 */
function addScaled({ data, shape, stride, offset }: View, a: View, factor: number): void {
  const { data: dataOfA, stride: strideOfA, offset: offsetOfA } = a
  const [rows, width] = shape as [number, number]
  const [down, across] = stride as [number, number]
  const [downOfA, acrossOfA] = strideOfA as [number, number]
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      const added = factor * (dataOfA[offsetOfA + i * downOfA + j * acrossOfA] as number)
      data[offset + i * down + j * across] = (data[offset + i * down + j * across] as number) + added
    }
  }
}
