import { checkInteger, checkMember, checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import type { Activation, Dtype, FloatArray, Loss } from '../kernels/plan.ts'
import { readDtype } from '../matrix/dtype.ts'
import type { Generator } from '../random/generator.ts'
import { activations } from '../rule/activations.ts'
import { losses } from '../rule/losses.ts'
import { lookUp, resolveActivation, resolveLoss } from '../rule/resolve.ts'
import { readOptimizer } from '../training/optimizers.ts'
import { stateOf } from '../training/updates.ts'
import { checkAllFinite, decodeNumbers, encodedLength, writeNumbers } from './encoding.ts'
import { type FileForm, openEnvelope } from './envelope.ts'
import type { Inside } from './inside.ts'
import type { RunJSON, TrainingState } from './json-format.ts'
import { FORMAT, VERSION } from './json-format.ts'
import { matricesOf, readRun } from './json-run.ts'
import { readGenerator } from './json-run-state.ts'
import type { NetworkOptions } from './options.ts'
import type { SavedRun } from './saved-run.ts'

const WHERE = 'Network.fromJSON'
const FORM: FileForm = { where: WHERE, format: FORMAT, version: VERSION, writer: 'network.toJSON()' }

/** What a file does not hold: a user's own activations and losses, and which kernels to use. */
export interface OwnFunctions extends Pick<NetworkOptions, 'kernels' | 'onWarning' | 'blasThreads'> {
  /** by any key, or in an array: the name of each counts */
  readonly activations?: Readonly<Record<string, Activation>> | readonly Activation[]
  /** likewise */
  readonly losses?: Readonly<Record<string, Loss>> | readonly Loss[]
}

/** What a file holds, read and checked. */
export interface ReadNetwork {
  readonly options: NetworkOptions
  readonly parameters: readonly { readonly weights: FloatArray; readonly biases: FloatArray }[]
  readonly training: TrainingState | undefined
  /** the matrices of the optimizer: those of W_1, b_1, W_2, … */
  readonly state: readonly FloatArray[]
}

/** Reads a network's JSON; all is checked, and against its checksum, before anything is allocated. */
export function readNetwork(value: unknown, own: OwnFunctions = {}): ReadNetwork {
  checkOptions(WHERE, own, ['activations', 'losses', 'kernels', 'onWarning', 'blasThreads'])
  const { activations: ownActivations = {}, losses: ownLosses = {}, ...kernels } = own
  const content = openEnvelope(value, FORM)
  const { dtype, seed, inputs, loss, layers, training, reproducible } = content
  checkOptions(WHERE, content, [
    'format',
    'version',
    'dtype',
    'seed',
    'inputs',
    'loss',
    'layers',
    'training',
    'reproducible',
  ])
  if (reproducible !== undefined && reproducible !== true)
    throw rangeError(WHERE, 'reproducible', 'true or absent', reproducible)
  if (!Array.isArray(layers)) throw typeError(WHERE, 'layers', 'an array', layers)
  checkInteger(WHERE, 'inputs', inputs, 1)
  checkInteger(WHERE, 'seed', seed, 0)
  const type = readDtype(WHERE, dtype)
  const known = {
    activations: named('activations', ownActivations, activations, resolveActivation),
    losses: named('losses', ownLosses, losses, resolveLoss),
  }
  let below = inputs
  const read = layers.map((layer: unknown, l) => {
    checkMember(WHERE, `layer ${l}`, layer, ['units', 'activation', 'dropout', 'weights', 'biases'])
    const one = readLayer(layer as Fields, `${WHERE}: layer ${l}`, below, type, known.activations)
    below = one.options.units
    return one
  })
  const state = training === undefined ? undefined : readTraining(training)
  return {
    options: {
      layers: [inputs, ...read.map((layer) => layer.options)],
      loss: lookUp(
        WHERE,
        'loss (your own go into the second argument, as { losses: [E] })',
        text('loss', loss),
        known.losses,
      ),
      seed,
      dtype: type,
      ...(state === undefined ? {} : { optimizer: state.optimizer }),
      ...(reproducible === undefined ? {} : { reproducible: true }),
      ...kernels,
    },
    parameters: read,
    training: state,
    state: state === undefined ? [] : readState(state, read, type),
  }
}

function readState({ optimizer, state = [] }: TrainingState, layers: ReadNetwork['parameters'], dtype: Dtype) {
  const where = `${WHERE}: training`
  const each = stateOf(optimizer).length
  const counts = layers.flatMap(({ weights, biases }) =>
    [weights, biases].flatMap(({ length }) => Array(each).fill(length)),
  )
  if (!Array.isArray(state) || state.length !== counts.length) {
    throw rangeError(where, 'state', `the ${counts.length} matrices that ${optimizer.name} keeps`, state)
  }
  return state.map((matrix, k) => {
    const read = numbers(where, `state[${k}]`, matrix, counts[k] as number, dtype)
    checkAllFinite(where, `state[${k}]`, read)
    return read
  })
}

/** Puts what was read into a new network's memory; returns the run that can be resumed. */
export function restore(read: ReadNetwork, { engine, steps }: Inside, random: Generator): SavedRun | undefined {
  engine.layers.forEach(({ W, b }, l) => {
    const { weights, biases } = read.parameters[l] as ReadNetwork['parameters'][number]
    writeNumbers(W, weights)
    writeNumbers(b, biases)
  })
  if (read.training === undefined) return undefined
  random.state = read.training.generator
  steps.count = read.training.steps
  const matrices = matricesOf(engine)
  for (const [k, matrix] of matrices.state.entries()) writeNumbers(matrix, read.state[k] as FloatArray)
  steps.look()
  if (read.training.run === undefined) return undefined
  return readRun(`${WHERE}: training`, read.training.run, matrices)
}

type Fields = Readonly<Record<string, unknown>>

function readLayer(
  { units, activation, dropout, weights, biases }: Fields,
  where: string,
  inputs: number,
  dtype: Dtype,
  known: Readonly<Record<string, Activation>>,
) {
  checkInteger(where, 'units', units, 1)
  return {
    options: {
      units,
      activation: lookUp(
        where,
        'activation (your own go into the second argument, as { activations: [f] })',
        text('activation', activation),
        known,
      ),
      ...(dropout === undefined ? {} : { dropout: dropout as number }), // the constructor checks it
    },
    weights: numbers(where, 'weights', weights, inputs * units, dtype),
    biases: numbers(where, 'biases', biases, units, dtype),
  }
}

function numbers(where: string, subject: string, value: unknown, count: number, dtype: Dtype): FloatArray {
  const encoded = text(`${where}: ${subject}`, value)
  const decoded = decodeNumbers(encoded, count, dtype)
  if (decoded !== undefined) return decoded
  const expected = `base64 of ${count} ${dtype} numbers, ${encodedLength(count, dtype)} characters`
  throw rangeError(where, subject, expected, new Phrase(`a text of ${encoded.length} characters`))
}

function readTraining(value: unknown): TrainingState {
  const where = `${WHERE}: training`
  checkMember(WHERE, 'training', value, ['optimizer', 'generator', 'steps', 'state', 'run'])
  const { optimizer, generator, steps, state, run } = value as Fields
  checkInteger(where, 'steps', steps, 0)
  return {
    optimizer: readOptimizer(where, optimizer),
    generator: readGenerator(where, 'generator', generator),
    steps,
    ...(state === undefined ? {} : { state: state as readonly string[] }),
    ...(run === undefined ? {} : { run: run as RunJSON }), // read when the matrices are there that it is laid out as
  }
}

/** The built-in table and the user's own objects, by name. */
function named<T extends { readonly name: string }>(
  kind: string,
  own: Readonly<Record<string, T>> | readonly T[],
  builtIn: Readonly<Record<string, T>>,
  resolve: (where: string, value: T) => T,
): Readonly<Record<string, T>> {
  if (typeof own !== 'object' || own === null) throw typeError(WHERE, kind, 'an array or a record of your own', own)
  const entries = Object.values(own).map((value: unknown) => {
    if (typeof value !== 'object') throw typeError(WHERE, kind, 'an array or a record of your own objects', own)
    const resolved = resolve(WHERE, value as T)
    return [resolved.name, resolved] as const
  })
  return { ...builtIn, ...Object.fromEntries(entries) }
}

function text(subject: string, value: unknown): string {
  if (typeof value !== 'string') throw typeError(WHERE, subject, 'a text', value)
  return value
}
