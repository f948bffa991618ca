import { checkNumber, checkOptions, typeError, unknownName } from '../errors.ts'
import type { Operation, Optimizer, View } from '../kernels/plan.ts'
import type { Layer } from '../rule/rule.ts'

/** The lecture note's learning rate. */
const LEARNING_RATE = 0.3

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
export function sgd(options: { learningRate?: number } = {}): Optimizer {
  return readSgd('sgd', options)
}

function readSgd(where: string, options: { learningRate?: number }): Optimizer {
  checkOptions(where, options, ['learningRate'])
  const { learningRate = LEARNING_RATE } = options
  checkNumber(where, 'learningRate', learningRate, 'a finite number above 0', (rate) => rate > 0)
  return Object.freeze({ name: 'sgd', learningRate })
}

/** The optimizer that plain data stands for: made by {@link sgd}, written by hand or read from a file. */
export function readOptimizer(where: string, value: unknown): Optimizer {
  if (typeof value !== 'object' || value === null || !('name' in value)) {
    throw typeError(where, 'the optimizer', 'what sgd({ learningRate }) returns', value)
  }
  const { name, ...options } = value
  if (typeof name !== 'string') throw typeError(where, 'the name of the optimizer', 'a text', name)
  if (name !== 'sgd') throw unknownName(where, 'optimizer', name, ['sgd'])
  return readSgd(`${where}: optimizer`, options)
}

/** The operations that judge a step before it is taken: a bound (1 × 2L) of W_1, b_1, W_2, b_2, … after it. */
export function bounds(layers: readonly Layer[], bound: View): Operation[] {
  return layers
    .flatMap(({ W, dW, b, db }) => [[W, dW] as const, [b, db] as const])
    .map(([parameter, gradient], k) => {
      return { kind: 'bound', parameter, gradient, rate: 'rate', bound: bound.lo(0, k).hi(1, 1) }
    })
}

/** The operations that end a step: every parameter follows its gradient. */
export function updates(layers: readonly Layer[]): Operation[] {
  return layers.flatMap(({ W, dW, b, db }): Operation[] => [
    { kind: 'update', parameter: W, gradient: dW, rate: 'rate' },
    { kind: 'update', parameter: b, gradient: db, rate: 'rate' },
  ])
}
