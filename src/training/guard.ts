import type { Dtype, Optimizer } from '../kernels/plan.ts'
import { decaysGradients } from './updates.ts'

/** What is known of one parameter before its update: the greatest size of an element of each matrix. */
export interface Sizes {
  readonly parameter: number
  readonly gradient: number
  /** of each matrix of the optimizer */
  readonly state: readonly number[]
}

/** What would not be finite after an update, the first of its formula, and how large it might be. */
export interface Overflow {
  readonly what: string
  readonly size: number
}

/** Half of the greatest number: what is kept below it also stays finite where sums are rounded. */
export const SAFE = { float32: 2 ** 127, float64: 2 ** 1023 } as const

/** Half a unit in the last place of the greatest number: a finite number stays finite where it moves by less. */
const HALF_UNIT = { float32: 2 ** 102, float64: 2 ** 969 } as const

/**
 * A size of gradients that no training needs and whose squares are far from the greatest number, so that 2⁴⁰ of them can be
 * added up.
 */
const USUAL = { float32: 2 ** 40, float64: 2 ** 400 } as const

/**
 * The bound under which no step need be looked at: gradients below it leave every parameter finite, wherever it stands, and
 * the optimizer's state as {@link isUsual} says; 0 where no such bound is known.
 *
 * Each step is then shorter than HALF_UNIT: sgd moves by rate·gradient; with momentum μ by at most rate·2·USUAL/(1 − μ);
 * AdaGrad by about the rate and RMSProp by rate/√(1 − decay), since the gradient is a part of its own divisor; Adam by
 * rate/(1 − β₁)·|m|/ε. Products on the way there, in whatever order kernels take them, are no greater.
 */
export function usualGradient(optimizer: Optimizer, dtype: Dtype, rate: number): number {
  const [usual, halfUnit] = [USUAL[dtype], HALF_UNIT[dtype]]
  const ifShort = (step: number) => (step < halfUnit ? usual : 0)
  if (decaysGradients(optimizer) || !(greatestFactor(optimizer, rate) < SAFE[dtype])) return 0
  switch (optimizer.name) {
    case 'sgd': // of which a batch can still be added up where the rate is tiny
      if (optimizer.momentum === 0) return Math.min(halfUnit, halfUnit / rate)
      return ifShort((4 * rate * usual) / (1 - optimizer.momentum))
    case 'adagrad':
      return ifShort(2 * rate * usual)
    case 'rmsprop':
      return ifShort((2 * rate * usual) / Math.sqrt(1 - optimizer.decay))
    case 'adamw': // which must not throw parameters to the other side of 0 and beyond
      if (rate * optimizer.weightDecay > 1) return 0
      return ifShort((4 * rate * usual) / ((1 - optimizer.beta1) * optimizer.epsilon))
    case 'adam':
      return ifShort((4 * rate * usual) / ((1 - optimizer.beta1) * optimizer.epsilon))
  }
}

/** Whether the optimizer's state is such as usual gradients make it: what {@link usualGradient} relies on. */
export function isUsual(optimizer: Optimizer, dtype: Dtype, state: readonly number[]): boolean {
  const usual = USUAL[dtype]
  const [first = 0, second = 0] = state
  switch (optimizer.name) {
    case 'sgd':
      return first <= (2 * usual) / (1 - optimizer.momentum)
    case 'adagrad':
      return first <= usual ** 2 * 2 ** 40
    case 'rmsprop':
      return first <= 2 * usual ** 2
    case 'adam':
    case 'adamw':
      return first <= 2 * usual && second <= 2 * usual ** 2
  }
}

/** What an update would make infinite, by the sizes of what goes into it; undefined where all stays finite. */
export function overflowOf(
  optimizer: Optimizer,
  dtype: Dtype,
  rate: number,
  { parameter, gradient, state }: Sizes,
): Overflow | undefined {
  const decayed = decaysGradients(optimizer) ? gradient + optimizer.weightDecay * parameter : gradient
  const kept = optimizer.name === 'adamw' ? Math.abs(1 - rate * optimizer.weightDecay) * parameter : parameter
  const { step, ...reached } = reach(optimizer, rate, decayed, state)
  const sizes: Overflow[] = [
    { what: 'the gradient', size: decayed },
    ...Object.entries(reached).map(([what, size]) => ({ what, size })),
    { what: 'the step', size: Math.max(step, greatestFactor(optimizer, rate)) },
    { what: 'the new value', size: kept + step },
  ]
  return sizes.find(({ size }) => !(size < SAFE[dtype]))
}

/** Whether what would overflow follows from the learning rate. */
export function isByRate({ what }: Overflow): boolean {
  return what === 'the step' || what === 'the new value'
}

/** The greatest number of the settings that the formulas multiply by. */
function greatestFactor(optimizer: Optimizer, rate: number): number {
  const { weightDecay } = optimizer
  if (!('beta1' in optimizer)) return Math.max(rate, weightDecay)
  return Math.max(rate / (1 - optimizer.beta1), weightDecay, rate * weightDecay)
}

/** What the numbers of an update reach at most, on their way too: those of the state by name, and how far a parameter moves. */
function reach(
  optimizer: Optimizer,
  rate: number,
  gradient: number,
  [first = 0, second = 0]: readonly number[],
): { readonly step: number; readonly [state: string]: number } {
  const square = gradient ** 2
  switch (optimizer.name) {
    case 'sgd': {
      if (optimizer.momentum === 0) return { step: rate * gradient }
      const velocity = optimizer.momentum * first + gradient
      const direction = velocity + (optimizer.nesterov ? gradient : 0)
      return { 'the velocity': direction, step: rate * direction }
    }
    case 'adagrad': // rate·gradient on the way
      return { 'the sum of squared gradients': first + square, step: rate * Math.max(2, gradient) }
    case 'rmsprop': {
      const most = 2 / Math.sqrt(1 - optimizer.decay)
      return { 'the mean of squared gradients': first + square, step: rate * Math.max(most, gradient) }
    }
    case 'adam':
    case 'adamw': {
      const { beta1, epsilon } = optimizer
      const mean = Math.max(first, gradient) / epsilon // the mean of gradients over its least divisor
      return {
        'the mean of squared gradients': second + square,
        step: Math.max(rate / (1 - beta1), 1) * mean,
      }
    }
  }
}
