import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  rangeError,
  typeError,
} from '../errors.ts'
import type { KernelSet } from '../kernels/kernel-set.ts'
import type { Activation, Dtype, Loss, Optimizer } from '../kernels/plan.ts'
import type { KernelName } from '../kernels/table.ts'
import { chooseKernels } from '../kernels/table.ts'
import { readDtype } from '../matrix/dtype.ts'
import { drawSeed } from '../random/generator.ts'
import type { ActivationName } from '../rule/activations.ts'
import type { InitializerName } from '../rule/initializers.ts'
import type { LossName } from '../rule/losses.ts'
import { checkHidden, checkPair, resolveActivation, resolveInitializer, resolveLoss } from '../rule/resolve.ts'
import { readOptimizer, sgd } from '../training/optimizers.ts'

/** One weighted layer, where its number of units does not say enough. */
export interface LayerOptions {
  /** the number of units */
  readonly units: number
  /** f, a name or your own; that of the network's options if absent */
  readonly activation?: ActivationName | Activation
  /** how the weights are drawn */
  readonly initializer?: InitializerName
  /**
   * the share of the layer's activations that each training step drops at random, the others divided by 1 − dropout; from 0
   * to below 1 (0), hidden layers only; predictions drop none
   */
  readonly dropout?: number
}

/** What a network is made of. Only `layers` must be given. */
export interface NetworkOptions {
  /** the number of inputs, then each layer's units, the last the output: [784, 100, 10] */
  readonly layers: readonly (number | LayerOptions)[]
  /** of hidden layers that name none ('sigmoid') */
  readonly activation?: ActivationName | Activation
  /** of the output layer ('sigmoid') */
  readonly outputActivation?: ActivationName | Activation
  /** what training descends ('squaredError') */
  readonly loss?: LossName | Loss
  /** how parameters follow their gradients (sgd) */
  readonly optimizer?: Optimizer
  /** the optimizer's, in the place of its own; without an optimizer, that of sgd */
  readonly learningRate?: number
  /** how weights are drawn, where a layer names none; the default fits the layer's activation */
  readonly initializer?: InitializerName
  /** a whole number from which all randomness of the network follows; drawn where none is given */
  readonly seed?: number
  /** of parameters and arithmetic ('float32') */
  readonly dtype?: Dtype
  /** what does the arithmetic ('auto', the fastest that runs here) */
  readonly kernels?: KernelName
  /** whether the same bits come out on every engine and processor, at some cost in speed (false) */
  readonly reproducible?: boolean
  /** told of kernels that calculate wrongly here and are passed over; by default the process warns */
  readonly onWarning?: (message: string) => void
  /** with kernels 'blas': how many threads the system's library takes for a product (1) */
  readonly blasThreads?: number
}

/** A network's options, read and checked. */
export interface Blueprint {
  readonly inputs: number
  readonly layers: readonly {
    readonly units: number
    readonly f: Activation
    readonly initializer: InitializerName
    readonly dropout: number
    /** as the options have it */
    readonly given: LayerOptions
  }[]
  readonly E: Loss
  readonly optimizer: Optimizer
  readonly seed: number
  readonly dtype: Dtype
  readonly kernels: KernelSet
  readonly reproducible: boolean
}

/** Inputs, then the units of each layer. */
export function sizesOf({ inputs, layers }: Blueprint): [inputs: number, ...units: number[]] {
  return [inputs, ...layers.map(({ units }) => units)]
}

/** Whether training steps of such a network draw random numbers. */
export function hasDropout({ layers }: Blueprint): boolean {
  return layers.some(({ dropout }) => dropout > 0)
}

const WHERE = 'Network'

/** Each layer costs a few kB beside its parameters, so that their number alone could exhaust the memory. */
const MOST_LAYERS = 10_000

/** All options of Network. */
export const networkOptions = [
  'layers',
  'activation',
  'outputActivation',
  'loss',
  'optimizer',
  'learningRate',
  'initializer',
  'seed',
  'dtype',
  'kernels',
  'reproducible',
  'onWarning',
  'blasThreads',
] as const

/** Reads options; throws a TypeError or RangeError that names the option for what cannot be built. */
export function readOptions(options: NetworkOptions): Blueprint {
  checkOptions(WHERE, options, networkOptions)
  const { layers, seed = drawSeed(), loss = 'squaredError', dtype = 'float32' } = options
  if (!Array.isArray(layers)) throw typeError(WHERE, 'layers', 'an array such as [784, 100, 10]', layers)
  if (layers.length < 2) {
    throw rangeError(WHERE, 'layers', 'the number of inputs and at least one layer, such as [2, 1]', layers)
  }
  if (layers.length > MOST_LAYERS + 1) throw rangeError(WHERE, 'layers', `at most ${MOST_LAYERS} layers`, layers)
  const [inputs, ...weighted] = layers as [unknown, ...unknown[]]
  checkInteger(WHERE, 'layers[0], the number of inputs,', inputs, 1)
  checkInteger(WHERE, 'seed', seed, 0)
  const kernels = readKernels(options)
  const E = resolveLoss(WHERE, loss)
  const defaults = readDefaults(options)
  const read = weighted.map((layer, l) => readLayer(layer, l, l === weighted.length - 1, defaults))
  const output = read.at(-1) as Blueprint['layers'][number]
  checkPair(WHERE, E, output.f)
  checkNames(read.map(({ f }) => f))
  return {
    inputs,
    layers: read,
    E,
    optimizer: readRate(options),
    seed,
    dtype: readDtype(WHERE, dtype),
    kernels,
    reproducible: options.reproducible ?? false,
  }
}

/** Throws where two different activations share a name, by which a saved network could not tell them apart. */
function checkNames(activations: readonly Activation[]): void {
  const byName = new Map(activations.map((f) => [f.name, f]))
  const twin = activations.find((f) => byName.get(f.name) !== f)
  if (twin !== undefined) throw rangeError(WHERE, 'the name of two activations', 'a name for each', twin.name)
}

/** What layers take that name nothing themselves; checked even where every layer does. */
interface Defaults {
  readonly hidden: Activation
  readonly output: Activation
  readonly initializer: InitializerName | undefined
}

function readDefaults({ activation = 'sigmoid', outputActivation = 'sigmoid', initializer }: NetworkOptions): Defaults {
  return {
    hidden: resolveActivation(`${WHERE}: activation`, activation),
    output: resolveActivation(`${WHERE}: outputActivation`, outputActivation),
    initializer: initializer === undefined ? undefined : resolveInitializer(WHERE, initializer),
  }
}

function readLayer(layer: unknown, l: number, isOutput: boolean, defaults: Defaults): Blueprint['layers'][number] {
  const where = `${WHERE}: layer ${l} (layers[${l + 1}])`
  const given = readLayerOptions(where, layer)
  const { units, activation, initializer = defaults.initializer, dropout = 0 } = given
  checkInteger(where, 'units', units, 1)
  const fallback = isOutput ? defaults.output : defaults.hidden
  const f = activation === undefined ? fallback : resolveActivation(where, activation)
  if (!isOutput) checkHidden(where, f)
  checkNumber(where, 'dropout', dropout, 'a number from 0 to below 1', (share) => share >= 0 && share < 1)
  if (isOutput && dropout > 0) throw rangeError(where, 'dropout', '0 on the output layer', dropout)
  const drawn = resolveInitializer(where, initializer ?? f.initializer ?? 'xavierUniform')
  return { units, f, initializer: drawn, dropout, given: { ...given } }
}

function readLayerOptions(where: string, layer: unknown): LayerOptions {
  if (typeof layer === 'number') return { units: layer }
  if (typeof layer !== 'object') throw typeError(where, 'the layer', 'a number of units or { units, … }', layer)
  checkOptions(where, layer, ['units', 'activation', 'initializer', 'dropout'])
  return layer as LayerOptions
}

function readKernels(options: NetworkOptions): KernelSet {
  const { kernels = 'auto', reproducible = false, onWarning, blasThreads } = options
  if (typeof kernels !== 'string') throw typeError(WHERE, 'kernels', 'the name of a kernel set', kernels)
  checkBoolean(WHERE, 'reproducible', reproducible)
  if (onWarning !== undefined) checkFunction(WHERE, 'onWarning', onWarning)
  const set = chooseKernels(WHERE, { kernels, reproducible, ...(onWarning && { onWarning }) })
  if (blasThreads === undefined) return set
  if (set.threads !== undefined) return set.threads(WHERE, blasThreads)
  throw rangeError(WHERE, 'blasThreads', `none with the kernels '${set.name}'; kernels: 'blas' takes it`, blasThreads)
}

function readRate({ optimizer, learningRate }: NetworkOptions): Optimizer {
  if (learningRate !== undefined) {
    checkNumber(WHERE, 'learningRate', learningRate, 'a finite number above 0', (rate) => rate > 0)
  }
  if (optimizer !== undefined) {
    const read = readOptimizer(WHERE, optimizer)
    return learningRate === undefined ? read : Object.freeze({ ...read, learningRate })
  }
  return learningRate === undefined ? sgd() : sgd({ learningRate })
}
