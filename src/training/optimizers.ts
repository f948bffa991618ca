import { checkBoolean, checkNumber, checkOptions, rangeError, typeError, unknownName } from '../errors.ts'
import type { Adagrad, Adam, Optimizer, Rmsprop, Sgd } from '../kernels/plan.ts'
import { refuseSolver } from '../solvers/table.ts'

/** The settings of an optimizer, each with a default. */
export type OptimizerSettings<O extends Optimizer> = Partial<Omit<O, 'name'>>

/**
 * Stochastic gradient descent: each parameter moves against its gradient, or against a velocity that gathers gradients.
 *
 *     W ← W − learningRate·dW                                        without momentum μ
 *     v ← μ·v + dW      W ← W − learningRate·v                       with momentum
 *     v ← μ·v + dW      W ← W − learningRate·(dW + μ·v)              with Nesterov's momentum
 *
 * @param options learningRate, positive (0.3, the lecture note's); momentum, from 0 to below 1 (0); nesterov (false);
 *   weightDecay λ, from 0: adds λ·W to dW, and λ·b to db (0)
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError for a number outside its range
 * @see Robbins and Monro, "A stochastic approximation method", 1951; Sutskever and others, "On the importance of
 *   initialization and momentum in deep learning", 2013, as PyTorch computes it
 * @example
 * import { Network, sgd } from 'bp-net'
 * const network = new Network({ layers: [2, 1], optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) })
 * console.log(network.optimizer.learningRate) // 0.1
 */
export function sgd(options: OptimizerSettings<Sgd> = {}): Sgd {
  return readers.sgd('sgd', options)
}

/**
 * AdaGrad: each parameter moves less the more its gradients have added up to.
 *
 *     s ← s + dW²      W ← W − learningRate·dW/(√s + ε)
 *
 * @param options learningRate, positive (0.01); epsilon, from 1e-20 to 1 (1e-10); weightDecay λ, from 0: adds λ·W to dW (0)
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError for a number outside its range
 * @see Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011
 * @example
 * import { adagrad } from 'bp-net'
 * console.log(adagrad().epsilon) // 1e-10
 */
export function adagrad(options: OptimizerSettings<Adagrad> = {}): Adagrad {
  return readers.adagrad('adagrad', options)
}

/**
 * RMSProp: each parameter moves by about learningRate, along its gradient over the root of the moving mean of its squares.
 *
 *     v ← decay·v + (1 − decay)·dW²      W ← W − learningRate·dW/(√v + ε)
 *
 * @param options learningRate, positive (0.01); decay, from 0 to below 1 (0.99); epsilon, from 1e-20 to 1 (1e-8);
 *   weightDecay λ, from 0: adds λ·W to dW (0)
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError for a number outside its range
 * @see Tieleman and Hinton, "Lecture 6.5", Neural networks for machine learning, 2012
 * @example
 * import { rmsprop } from 'bp-net'
 * console.log(rmsprop({ decay: 0.9 }).decay) // 0.9
 */
export function rmsprop(options: OptimizerSettings<Rmsprop> = {}): Rmsprop {
  return readers.rmsprop('rmsprop', options)
}

/**
 * Adam: each parameter moves by about learningRate, along the mean of its gradients over the root of the mean of their
 * squares; as PyTorch computes it, t counted from 1.
 *
 *     m ← β₁·m + (1 − β₁)·dW      v ← β₂·v + (1 − β₂)·dW²
 *     W ← W − learningRate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε)
 *
 * @param options learningRate, positive (0.001); beta1 (0.9) and beta2 (0.999), from 0 to below 1; epsilon, from 1e-20 to 1
 *   (1e-8); weightDecay λ, from 0: adds λ·W to dW (0); adamw is mostly the better choice
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError for a number outside its range
 * @see Kingma and Ba, "Adam: a method for stochastic optimization", 2015
 * @example
 * import { adam, Network } from 'bp-net'
 * const network = new Network({ layers: [2, 8, 1], optimizer: adam({ learningRate: 0.01 }), seed: 1 })
 * console.log(network.optimizer.name) // adam
 */
export function adam(options: OptimizerSettings<Adam> = {}): Adam {
  return readers.adam('adam', options)
}

/**
 * AdamW: Adam whose weight decay stands apart from the gradients.
 *
 *     W ← (1 − learningRate·λ)·W, then as {@link adam} without weightDecay
 *
 * @param options as of adam; weightDecay λ, from 0 (0.01)
 * @returns plain data, for the option `optimizer` of a network
 * @throws RangeError for a number outside its range
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", 2019
 * @example
 * import { adamw } from 'bp-net'
 * console.log(adamw().weightDecay) // 0.01
 */
export function adamw(options: OptimizerSettings<Adam> = {}): Adam {
  return readers.adamw('adamw', options)
}

/** How a setting is checked, and what it is untold. */
type Check = (where: string, name: string, value: unknown) => void

const positive: Check = (where, name, value) =>
  checkNumber(where, name, value, 'a finite number above 0', (rate) => rate > 0)
const notNegative: Check = (where, name, value) =>
  checkNumber(where, name, value, 'a finite number of at least 0', (decay) => decay >= 0)
const share: Check = (where, name, value) =>
  checkNumber(where, name, value, 'a number from 0 to below 1', (kept) => kept >= 0 && kept < 1)
const small: Check = (where, name, value) =>
  checkNumber(where, name, value, 'a number from 1e-20 to 1', (least) => least >= 1e-20 && least <= 1)

type Reader<O extends Optimizer> = (where: string, options: OptimizerSettings<O>) => O

/** A function that checks options, fills in defaults and freezes what comes out. */
function reader<O extends Optimizer>(
  name: O['name'],
  settings: { readonly [K in Exclude<keyof O, 'name'>]: readonly [untold: O[K], check: Check] },
  checkAll: (where: string, optimizer: O) => void = () => {},
): Reader<O> {
  const known = Object.keys(settings) as (Exclude<keyof O, 'name'> & string)[]
  return (where, options) => {
    checkOptions(where, options, known)
    const read = known.map((key) => {
      const [untold, check] = settings[key]
      const given = (options as Partial<O>)[key]
      const value = given === undefined ? untold : given
      check(where, key, value)
      return [key, value]
    })
    const optimizer: O = Object.freeze({ name, ...Object.fromEntries(read) })
    checkAll(where, optimizer)
    return optimizer
  }
}

const adamSettings = { beta1: [0.9, share], beta2: [0.999, share], epsilon: [1e-8, small] } as const

/** Every optimizer by name; a new one is an entry here, one in updates.ts and one in guard.ts. */
const readers = {
  sgd: reader<Sgd>(
    'sgd',
    {
      learningRate: [0.3, positive],
      momentum: [0, share],
      nesterov: [false, checkBoolean],
      weightDecay: [0, notNegative],
    },
    (where, { nesterov, momentum }) => {
      if (nesterov && momentum === 0) throw rangeError(where, 'momentum', 'above 0 where nesterov is true', momentum)
    },
  ),
  adagrad: reader<Adagrad>('adagrad', {
    learningRate: [0.01, positive],
    epsilon: [1e-10, small],
    weightDecay: [0, notNegative],
  }),
  rmsprop: reader<Rmsprop>('rmsprop', {
    learningRate: [0.01, positive],
    decay: [0.99, share],
    epsilon: [1e-8, small],
    weightDecay: [0, notNegative],
  }),
  adam: reader<Adam>('adam', { learningRate: [0.001, positive], ...adamSettings, weightDecay: [0, notNegative] }),
  adamw: reader<Adam>('adamw', { learningRate: [0.001, positive], ...adamSettings, weightDecay: [0.01, notNegative] }),
}

/** Whether a name is that of an optimizer. */
export function isOptimizerName(name: string): boolean {
  return Object.hasOwn(readers, name)
}

/** The optimizer that plain data stands for: made by {@link sgd} or another, written by hand or read from a file. */
export function readOptimizer(where: string, value: unknown): Optimizer {
  refuseSolver(where, 'the optimizer', value)
  if (typeof value !== 'object' || value === null || !('name' in value)) {
    throw typeError(where, 'the optimizer', 'what sgd(), adagrad(), rmsprop(), adam() or adamw() returns', value)
  }
  const { name, ...options } = value
  if (typeof name !== 'string') throw typeError(where, 'the name of the optimizer', 'a text', name)
  refuseSolver(where, 'the name of the optimizer', name)
  if (!isOptimizerName(name)) throw unknownName(where, 'optimizer', name, Object.keys(readers))
  const read = readers[name as keyof typeof readers] as Reader<Optimizer>
  return read(`${where}: optimizer`, options)
}
