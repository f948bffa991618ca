import { checkNumber, checkOptions, typeError, unknownName } from '../errors.ts'
import type { Adam, Dtype, Operation, Optimizer, Sgd, View } from '../kernels/plan.ts'
import type { Layer } from '../rule/rule.ts'

/** The lecture note's learning rate. */
const SGD_RATE = 0.3

/** Kingma and Ba's. */
const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

/**
 * Stochastic gradient descent: each parameter moves against its gradient.
 *
 *     W ← W − learningRate·dW        b ← b − learningRate·db
 *
 * @param options learningRate, positive (0.3)
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError unless learningRate is positive and finite
 * @see Robbins and Monro, "A stochastic approximation method", 1951
 * @example
 * import { Network, sgd } from 'bp-net'
 * const network = new Network({ layers: [2, 1], optimizer: sgd({ learningRate: 0.1 }) })
 * console.log(network.optimizer) // { name: 'sgd', learningRate: 0.1 }
 */
export function sgd(options: { learningRate?: number } = {}): Sgd {
  return readSgd('sgd', options)
}

/**
 * Adam: each parameter moves by about learningRate, along the mean of its gradients over the root of the mean of their
 * squares; as PyTorch computes it, t counted from 1.
 *
 *     m ← β₁·m + (1 − β₁)·dW      v ← β₂·v + (1 − β₂)·dW²
 *     W ← W − learningRate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε)
 *
 * @param options learningRate, positive (0.001); beta1 (0.9) and beta2 (0.999), from 0 to below 1; epsilon, from 1e-20 to 1 (1e-8)
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError for a number outside its range
 * @see Kingma and Ba, "Adam: a method for stochastic optimization", 2015
 * @example
 * import { adam, Network } from 'bp-net'
 * const network = new Network({ layers: [2, 8, 1], optimizer: adam({ learningRate: 0.01 }), seed: 1 })
 * console.log(network.optimizer.name) // adam
 */
export function adam(options: Partial<Omit<Adam, 'name'>> = {}): Adam {
  return readAdam('adam', options)
}

function readSgd(where: string, options: { learningRate?: number }): Sgd {
  checkOptions(where, options, ['learningRate'])
  const { learningRate = SGD_RATE } = options
  checkNumber(where, 'learningRate', learningRate, 'a finite number above 0', (rate) => rate > 0)
  return Object.freeze({ name: 'sgd', learningRate })
}

function readAdam(where: string, options: Partial<Omit<Adam, 'name'>>): Adam {
  checkOptions(where, options, ['learningRate', 'beta1', 'beta2', 'epsilon'])
  const { learningRate, beta1, beta2, epsilon } = { ...ADAM, ...defined(options) }
  checkNumber(where, 'learningRate', learningRate, 'a finite number above 0', (rate) => rate > 0)
  checkNumber(where, 'beta1', beta1, 'a number from 0 to below 1', (beta) => beta >= 0 && beta < 1)
  checkNumber(where, 'beta2', beta2, 'a number from 0 to below 1', (beta) => beta >= 0 && beta < 1)
  checkNumber(where, 'epsilon', epsilon, 'a number from 1e-20 to 1', (least) => least >= 1e-20 && least <= 1)
  return Object.freeze({ name: 'adam', learningRate, beta1, beta2, epsilon })
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}

const readers = { sgd: readSgd, adam: readAdam }

/** The optimizer that plain data stands for: made by {@link sgd} or {@link adam}, written by hand or read from a file. */
export function readOptimizer(where: string, value: unknown): Optimizer {
  if (typeof value !== 'object' || value === null || !('name' in value)) {
    throw typeError(where, 'the optimizer', 'what sgd() or adam() returns', value)
  }
  const { name, ...options } = value
  if (typeof name !== 'string') throw typeError(where, 'the name of the optimizer', 'a text', name)
  if (!Object.hasOwn(readers, name)) throw unknownName(where, 'optimizer', name, Object.keys(readers))
  return readers[name as keyof typeof readers](`${where}: optimizer`, options)
}

/** How many matrices of a parameter's shape the optimizer keeps from step to step: none, or Adam's m and v. */
export function stateCount(optimizer: Optimizer): number {
  return optimizer.name === 'adam' ? 2 : 0
}

/** A parameter, its gradient, and what the optimizer keeps of it. */
export interface Parameter {
  readonly parameter: View
  readonly gradient: View
  readonly state: readonly View[]
}

/** The operations that bound a step before it is taken, layer by layer: a limit (1 × L) of how far parameters move. */
export function limits(X: View, layers: readonly Layer[], limit: View): Operation[] {
  return layers.map(({ loss }, l): Operation => {
    return { kind: 'limit', A: layers[l - 1]?.A ?? X, loss, rate: 'rate', limit: limit.lo(0, l).hi(1, 1) }
  })
}

/** The operations that judge a step by its gradients: a bound (1 × 2L) of W_1, b_1, W_2, b_2, … after it. */
export function bounds(parameters: readonly Parameter[], bound: View): Operation[] {
  return parameters.map(({ parameter, gradient }, k) => {
    return { kind: 'bound', parameter, gradient, rate: 'rate', bound: bound.lo(0, k).hi(1, 1) }
  })
}

/** The operations that end a step: every parameter follows its gradient. */
export function updates(optimizer: Optimizer, parameters: readonly Parameter[]): Operation[] {
  return parameters.map(({ parameter, gradient, state: [m, v] }): Operation => {
    if (optimizer.name === 'sgd') return { kind: 'update', parameter, gradient, rate: 'rate' }
    return { kind: 'adam', parameter, gradient, m: m as View, v: v as View, rate: 'rate', settings: optimizer }
  })
}

/** The update that a step with one row may leave to the next: that of the matrix which the next one reads first. */
export function settlement([first]: readonly Layer[]): Operation[] {
  return first === undefined ? [] : [{ kind: 'settle', loss: first.loss, parameter: first.W }]
}

const NO_CORRECTIONS = [1, 1] as const

/** 1 − β₁ᵗ and 1 − β₂ᵗ of step t, counted from 1; 1 where the optimizer has no β. */
export function corrections(optimizer: Optimizer, t: number): readonly [number, number] {
  if (optimizer.name !== 'adam') return NO_CORRECTIONS
  return [1 - power(optimizer.beta1, t), 1 - power(optimizer.beta2, t)]
}

/** xⁿ by multiplication alone, so that every engine finds the same bits. */
function power(x: number, n: number): number {
  let result = 1
  for (let square = x, left = n; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square
  }
  return result
}

/**
 * What limits and bounds must stay below for a step that leaves every number finite.
 *
 * sgd: a finite W can take any step below half a unit in the last place of the greatest number, wherever it stands, since
 * the sum then rounds to a finite one; so the limit needs no look at W. A bound counts W in and must be finite.
 *
 * Adam: the square of a gradient must be finite, and the step, at most rate/(1 − β₁)·|gradient|/ε, below the same half unit.
 */
export function safeBelow(optimizer: Optimizer, dtype: Dtype): { readonly limit: number; readonly bound: number } {
  const [halfUnit, root] = dtype === 'float32' ? [2 ** 102, 2 ** 60] : [2 ** 969, 2 ** 500]
  if (optimizer.name === 'sgd') return { limit: halfUnit, bound: Number.POSITIVE_INFINITY }
  const { learningRate, beta1, epsilon } = optimizer
  const limit = Math.min(root * learningRate, halfUnit * epsilon * (1 - beta1))
  return { limit, bound: limit }
}
