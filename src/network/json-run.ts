import ndarray from 'ndarray'
import { checkInteger, checkNumber, checkOptions, rangeError, typeError } from '../errors.ts'
import type { Dtype, View } from '../kernels/plan.ts'
import type { GeneratorState } from '../random/generator.ts'
import type { History } from '../training/history.ts'
import type { SafeState, Snapshot } from '../training/run-state.ts'
import { decodeNumbers, encodeNumbers } from './encoding.ts'
import type { Engine } from './engine.ts'
import type { RunJSON } from './json-format.ts'
import type { SavedRun } from './saved-run.ts'

/** The matrices of a network that a run keeps copies of. */
export interface Matrices {
  readonly parameters: readonly View[]
  readonly state: readonly View[]
}

export function matricesOf({ workspace: { parameters } }: Engine): Matrices {
  return {
    parameters: parameters.map(({ parameter }) => parameter),
    state: parameters.flatMap(({ state }) => state),
  }
}

/** A run as JSON. */
export function writeRun({ state, ...run }: SavedRun, { parameters, state: states }: Matrices): RunJSON {
  const { averages, best, last, safe, seconds: _, history, ...numbers } = state
  const { seconds: __, ...course } = history // times differ from run to run, and files of equal runs should not
  const encode = (snapshot: Snapshot, views = parameters) =>
    snapshot.map((data, k) => {
      const { shape, stride } = views[k] as View
      return encodeNumbers(ndarray(data, shape, stride))
    })
  return {
    ...run,
    state: { ...numbers, history: course },
    matrices: {
      ...(averages && { averages: encode(averages) }),
      ...(best && { best: encode(best) }),
      ...(last && { last: encode(last) }),
      ...(safe && {
        safe: {
          parameters: encode(safe.parameters),
          state: encode(safe.state, states),
          ...(safe.averages && { averages: encode(safe.averages) }),
          count: safe.count,
        },
      }),
    },
  }
}

/** The run that such JSON stands for, for a network with these matrices. Options are checked when the run is resumed. */
export function readRun(where: string, value: unknown, { parameters, state: states }: Matrices): SavedRun {
  checkOptions(where, value, ['rows', 'options', 'split', 'validationSet', 'sampleWeights', 'state', 'matrices'])
  const { rows, options, split, validationSet, sampleWeights, state, matrices = {} } = value as Record<string, unknown>
  checkInteger(where, 'rows', rows, 1)
  if (typeof options !== 'object' || options === null) throw typeError(where, 'options', 'an object', options)
  checkOptions(where, matrices, ['averages', 'best', 'last', 'safe'])
  const decode = (name: string, encoded: unknown, views = parameters) => readSnapshot(where, name, encoded, views)
  const { averages, best, last, safe } = matrices as Record<string, unknown>
  const read = {
    ...(averages === undefined ? {} : { averages: decode('averages', averages) }),
    ...(best === undefined ? {} : { best: decode('best', best) }),
    ...(last === undefined ? {} : { last: decode('last', last) }),
    ...(safe === undefined ? {} : { safe: readSafe(where, safe, decode, states) }),
  }
  return {
    rows,
    options: options as SavedRun['options'],
    ...(split === undefined ? {} : { split: readGenerator(where, 'split', split) }),
    ...(validationSet === undefined ? {} : { validationSet: true }),
    ...(sampleWeights === undefined ? {} : { sampleWeights: true }),
    state: { ...readNumbers(where, state, rows), ...read },
  }
}

type Decode = (name: string, encoded: unknown, views?: readonly View[]) => Snapshot

function readSafe(where: string, value: unknown, decode: Decode, states: readonly View[]): SafeState {
  checkOptions(`${where}: safe`, value, ['parameters', 'state', 'averages', 'count'])
  const { parameters, state, averages, count } = value as Record<string, unknown>
  checkInteger(where, 'safe.count', count, 0)
  return {
    parameters: decode('safe.parameters', parameters),
    state: decode('safe.state', state, states),
    ...(averages === undefined ? {} : { averages: decode('safe.averages', averages) }),
    count,
  }
}

/** Copies laid out as the network's own matrices are. */
function readSnapshot(where: string, name: string, encoded: unknown, views: readonly View[]): Snapshot {
  if (!Array.isArray(encoded) || encoded.length !== views.length) {
    throw rangeError(where, name, `${views.length} matrices`, encoded)
  }
  return views.map(({ data, shape, stride, size, dtype }, k) => {
    const text: unknown = encoded[k]
    const numbers = typeof text === 'string' ? decodeNumbers(text, size, dtype as Dtype) : undefined
    if (numbers === undefined) throw rangeError(where, `${name}[${k}]`, `base64 of ${size} ${dtype} numbers`, text)
    const copy = data.slice().fill(0)
    const view = ndarray(copy, shape, stride)
    const columns = shape[1] as number
    numbers.forEach((number, i) => {
      view.set(Math.floor(i / columns), i % columns, number)
    })
    return copy
  })
}

export function readGenerator(where: string, name: string, words: unknown): GeneratorState {
  if (!Array.isArray(words) || words.length !== 4) throw typeError(where, name, 'four 32-bit words', words)
  for (const word of words) checkInteger(where, `a word of ${name}`, word, 0, 2 ** 32 - 1)
  return words as unknown as GeneratorState
}

const counts = ['step', 'from'] as const
const measures = ['sum', 'norm', 'rate', 'rateFactor'] as const

/** All of a state but its matrices. Numbers that were not finite come back from JSON as null: they are read as NaN. */
function readNumbers(
  where: string,
  value: unknown,
  rows: number,
): Omit<SavedRun['state'], 'averages' | 'best' | 'last' | 'safe'> {
  const place = `${where}: state`
  checkOptions(place, value, [
    ...counts,
    ...measures,
    'order',
    'partial',
    'key',
    'history',
    'plateau',
    'stopping',
    'losses',
  ])
  const { order, partial, key, history, plateau, stopping, losses, ...numbers } = value as Record<string, unknown>
  for (const name of counts) checkInteger(place, name, numbers[name], 0)
  checkInteger(place, 'from', numbers.from, 0, rows)
  if (numbers.norm === null) numbers.norm = Number.NaN
  else checkNumber(place, 'norm', numbers.norm)
  for (const name of ['sum', 'rate', 'rateFactor']) checkNumber(place, name, numbers[name])
  if (key !== undefined) checkInteger(place, 'key', key, 0, 2 ** 32 - 1)
  checkState(place, 'plateau', plateau, ['factor', 'best', 'wait'])
  checkState(place, 'stopping', stopping, ['best', 'bestEpoch', 'wait'])
  return {
    ...numbers,
    seconds: 0,
    order: readGenerator(place, 'order', order),
    partial: partial === true,
    ...(key === undefined ? {} : { key }),
    history: readHistory(place, history),
    ...(plateau === undefined ? {} : { plateau }),
    ...(stopping === undefined ? {} : { stopping }),
    losses: numbersOf(place, 'losses', losses),
  } as unknown as SavedRun['state']
}

function checkState(where: string, name: string, value: unknown, known: readonly string[]): void {
  if (value === undefined) return
  checkOptions(`${where}: ${name}`, value, known)
  for (const [key, number] of Object.entries(value)) checkNumber(where, `${name}.${key}`, number)
}

const lists = ['loss', 'validationLoss', 'learningRate', 'gradientNorm'] as const

function readHistory(where: string, value: unknown): History {
  const place = `${where}: history`
  checkOptions(place, value, [...lists, 'metrics', 'rollbacks', 'stoppedBy', 'bestEpoch'])
  const { metrics = {}, rollbacks = [] } = value as unknown as History
  if (!Array.isArray(rollbacks)) throw typeError(place, 'rollbacks', 'an array', rollbacks)
  if (typeof metrics !== 'object') throw typeError(place, 'metrics', 'an object', metrics)
  const read = lists.map((name) => [name, numbersOf(place, name, (value as Record<string, unknown>)[name])])
  const measured = Object.entries(metrics).map(([name, list]) => [name, numbersOf(place, name, list)])
  const { loss, ...others } = Object.fromEntries(read) as Record<(typeof lists)[number], number[]>
  const seconds = loss.map(() => Number.NaN) // which were not saved
  return { loss, ...others, seconds, metrics: Object.fromEntries(measured), rollbacks: structuredClone(rollbacks) }
}

function numbersOf(where: string, name: string, list: unknown): number[] {
  if (!Array.isArray(list)) throw typeError(where, name, 'an array of numbers', list)
  return list.map((number: unknown) => {
    if (number !== null && typeof number !== 'number') throw typeError(where, name, 'an array of numbers', number)
    return number ?? Number.NaN
  })
}
