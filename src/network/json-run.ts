import ndarray from 'ndarray'
import { checkInteger, checkMember, rangeError, typeError } from '../errors.ts'
import type { Dtype, View } from '../kernels/plan.ts'
import type { RunState, SafeState, Snapshot } from '../training/run-state.ts'
import { checkAllFinite, decodeNumbers, encodeNumbers, writeNumbers } from './encoding.ts'
import type { Engine } from './engine.ts'
import { readSaved } from './fit-settings.ts'
import type { RunJSON } from './json-format.ts'
import { checkDue, readGenerator, readState } from './json-run-state.ts'
import type { SavedOptions, SavedRun } from './saved-run.ts'

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
  const encodeSafe = ({ parameters, state, averages, count }: SafeState) => ({
    parameters: encode(parameters),
    state: encode(state, states),
    ...(averages && { averages: encode(averages) }),
    count,
  })
  return {
    ...asJson({ ...run, state: { ...numbers, history: course } }),
    matrices: {
      ...(averages && { averages: encode(averages) }),
      ...(best && { best: encode(best) }),
      ...(last && { last: encode(last) }),
      ...(safe && { safe: encodeSafe(safe) }),
    },
  }
}

/** A copy that shares nothing, in which numbers that are not finite are null. */
function asJson(plain: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(plain)) as Readonly<Record<string, unknown>>
}

/** The run that such JSON stands for, for a network with these matrices. @throws TypeError or RangeError for any other */
export function readRun(within: string, value: unknown, matrices: Matrices): SavedRun {
  checkMember(within, 'run', value, ['rows', 'options', 'split', 'validationSet', 'sampleWeights', 'state', 'matrices'])
  const where = `${within}: run`
  const given = value as Record<string, unknown>
  checkInteger(where, 'rows', given.rows, 1)
  const { options, settings } = readSaved(where, given.options)
  const about = readGiven(where, given, options)
  const holdsOut = options.validation !== undefined
  const data = { rows: given.rows, holdsOut, validates: holdsOut || about.validationSet === true }
  return {
    rows: given.rows,
    options,
    ...about,
    state: {
      ...readState(where, given.state, data, settings),
      ...readMatrices(where, given.matrices, matrices, options, given.state as Record<string, unknown>),
    },
  }
}

/** What is said of rows, sets and weights that are not saved. */
function readGiven(
  where: string,
  { split, validationSet, sampleWeights }: Record<string, unknown>,
  { validation }: SavedOptions,
): Pick<SavedRun, 'split' | 'validationSet' | 'sampleWeights'> {
  checkDue(where, 'split', split, validation !== undefined, 'a share for validation')
  for (const [name, one] of Object.entries({ validationSet, sampleWeights })) {
    if (one !== undefined && one !== true) throw rangeError(where, name, 'true or absent', one)
  }
  if (validationSet === true && validation !== undefined) {
    throw rangeError(where, 'validationSet', 'absent beside a share for validation', validationSet)
  }
  return {
    ...(split === undefined ? {} : { split: readGenerator(where, 'split', split) }),
    ...(validationSet === undefined ? {} : { validationSet: true }),
    ...(sampleWeights === undefined ? {} : { sampleWeights: true }),
  }
}

type InMatrices = Pick<RunState, 'averages' | 'best' | 'last' | 'safe'>

function readMatrices(
  where: string,
  value: unknown,
  { parameters, state: states }: Matrices,
  { averaging }: SavedOptions,
  { stopping }: Record<string, unknown>,
): InMatrices {
  checkMember(where, 'matrices', value, ['averages', 'best', 'last', 'safe'])
  const place = `${where}: matrices`
  const decode = (name: string, encoded: unknown, views = parameters) => readSnapshot(place, name, encoded, views)
  const { averages, best, last, safe } = value as Record<string, unknown>
  checkDue(place, 'averages', averages, averaging !== undefined, 'averaging')
  if (best !== undefined && (stopping as Record<string, unknown> | undefined)?.bestEpoch === undefined) {
    throw rangeError(place, 'best', 'none, as the state has no bestEpoch', best)
  }
  return {
    ...(averages === undefined ? {} : { averages: decode('averages', averages) }),
    ...(best === undefined ? {} : { best: decode('best', best) }),
    ...(safe === undefined ? {} : { safe: readSafe(place, 'safe', safe, decode, states) }),
    ...(last === undefined ? {} : { last: decode('last', last) }),
  }
}

type Decode = (name: string, encoded: unknown, views?: readonly View[]) => Snapshot

function readSafe(where: string, name: string, value: unknown, decode: Decode, states: readonly View[]): SafeState {
  checkMember(where, name, value, ['parameters', 'state', 'averages', 'count'])
  const { parameters, state, averages, count } = value as Record<string, unknown>
  checkInteger(where, `${name}.count`, count, 0)
  return {
    parameters: decode(`${name}.parameters`, parameters),
    state: decode(`${name}.state`, state, states),
    ...(averages === undefined ? {} : { averages: decode(`${name}.averages`, averages) }),
    count,
  }
}

/** Copies laid out as the network's own matrices are. */
function readSnapshot(where: string, name: string, encoded: unknown, views: readonly View[]): Snapshot {
  if (!Array.isArray(encoded)) throw typeError(where, name, `an array of ${views.length} matrices`, encoded)
  if (encoded.length !== views.length) throw rangeError(where, name, `${views.length} matrices`, encoded)
  return views.map(({ data, shape, stride, size, dtype }, k) => {
    const text: unknown = encoded[k]
    const expected = `base64 of ${size} ${dtype} numbers`
    if (typeof text !== 'string') throw typeError(where, `${name}[${k}]`, expected, text)
    const numbers = decodeNumbers(text, size, dtype as Dtype)
    if (numbers === undefined) throw rangeError(where, `${name}[${k}]`, expected, text)
    checkAllFinite(where, `${name}[${k}]`, numbers)
    const copy = data.slice().fill(0)
    writeNumbers(ndarray(copy, shape, stride), numbers)
    return copy
  })
}
