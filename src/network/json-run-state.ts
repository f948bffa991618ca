import { checkBoolean, checkInteger, checkMember, checkNumber, rangeError, typeError } from '../errors.ts'
import type { GeneratorState } from '../random/generator.ts'
import type { StoppingState } from '../training/early-stopping.ts'
import type { History, Rollback, StopReason } from '../training/history.ts'
import { copyHistory } from '../training/history.ts'
import type { RunSettings } from '../training/loop-options.ts'
import type { RunState } from '../training/run-state.ts'
import type { PlateauState } from '../training/schedules.ts'

const ALL_BITS = 2 ** 32 - 1

/** What is known of the rows of a run. */
interface ReadData {
  readonly rows: number
  /** whether some of them are held out */
  readonly holdsOut: boolean
  /** whether these or others are validated with */
  readonly validates: boolean
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Where a run stands, from JSON: all but its matrices.
 *
 * @throws TypeError or RangeError for what no run with these settings comes to
 */
export function readState(
  where: string,
  value: unknown,
  data: ReadData,
  settings: RunSettings,
): Omit<RunState, 'averages' | 'best' | 'last' | 'safe'> {
  const known = ['step', 'from', 'sum', 'norm', 'rate', 'order', 'losses', 'key', 'partial', 'rateFactor', 'history']
  checkMember(where, 'state', value, [...known, 'plateau', 'stopping'])
  const place = `${where}: state`
  const { step, from, key, partial, rateFactor, ...fields } = value as Fields
  checkInteger(place, 'step', step, 0)
  checkFrom(place, from, data, settings)
  if (key !== undefined) checkInteger(place, 'key', key, 0, ALL_BITS)
  checkBoolean(place, 'partial', partial)
  checkShare(place, 'rateFactor', rateFactor)
  const history = readHistory(place, fields.history, data)
  const epochs = history.loss.length
  if (partial && (epochs === 0 || from === 0)) {
    throw rangeError(place, 'partial', 'false, as no epoch was cut short at this place', partial)
  }
  const plateau = readPlateau(place, fields.plateau, settings)
  const stopping = readStopping(place, fields.stopping, settings, epochs)
  return {
    step,
    from,
    sum: readMeasure(place, 'sum', fields.sum),
    norm: readMeasure(place, 'norm', fields.norm),
    rate: readFinite(place, 'rate', fields.rate),
    order: readGenerator(place, 'order', fields.order),
    losses: readList(place, 'losses', fields.losses, 9, readFinite),
    ...(key === undefined ? {} : { key }),
    partial,
    seconds: 0, // which is not saved
    rateFactor,
    history,
    ...(plateau && { plateau }),
    ...(stopping && { stopping }),
  }
}

/** The place in the epoch: where a batch begins, or behind the last row. */
function checkFrom(
  where: string,
  from: unknown,
  { rows, holdsOut }: ReadData,
  { batchSize }: RunSettings,
): asserts from is number {
  checkInteger(where, 'from', from, 0, rows)
  if (from % batchSize === 0 || from === rows || holdsOut) return // how many are held out, the rows will say
  throw rangeError(where, 'from', `a row at which a batch of ${batchSize} begins`, from)
}

function readPlateau(where: string, value: unknown, { schedule }: RunSettings): PlateauState | undefined {
  checkDue(where, 'plateau', value, schedule.name === 'reduceOnPlateau', 'the schedule reduceOnPlateau')
  if (value === undefined) return undefined
  checkMember(where, 'plateau', value, ['factor', 'best', 'wait'])
  const { factor, best, wait } = value as Fields
  checkNumber(where, 'plateau.factor', factor, 'a number from 0 to 1', (share) => share >= 0 && share <= 1)
  checkInteger(where, 'plateau.wait', wait, 0)
  if (best === undefined) return { factor, wait }
  return { factor, best: readFinite(where, 'plateau.best', best), wait }
}

function readStopping(
  where: string,
  value: unknown,
  { earlyStopping }: RunSettings,
  epochs: number,
): StoppingState | undefined {
  checkDue(where, 'stopping', value, earlyStopping !== undefined, 'earlyStopping')
  if (value === undefined) return undefined
  checkMember(where, 'stopping', value, ['best', 'bestEpoch', 'wait'])
  const { best, bestEpoch, wait } = value as Fields
  checkInteger(where, 'stopping.wait', wait, 0)
  if (best === undefined && bestEpoch === undefined) return { wait }
  checkInteger(where, 'stopping.bestEpoch', bestEpoch, 1, epochs)
  return { best: readFinite(where, 'stopping.best', best), bestEpoch, wait }
}

const REASONS: readonly StopReason[] = ['epochs', 'maxSteps', 'earlyStopping', 'callback']

function readHistory(where: string, value: unknown, { validates }: ReadData): History {
  const known = ['loss', 'validationLoss', 'learningRate', 'gradientNorm', 'metrics', 'rollbacks']
  checkMember(where, 'history', value, [...known, 'stoppedBy', 'bestEpoch'])
  const place = `${where}: history`
  const { metrics, rollbacks, stoppedBy, bestEpoch, ...fields } = value as Fields
  const loss = readList(place, 'loss', fields.loss, Number.POSITIVE_INFINITY, readMeasure)
  const epochs = loss.length
  const upToNow = (name: string, list: unknown) => readList(place, name, list, epochs, readMeasure)
  const inFull = (name: string, length: number) => {
    const read = upToNow(name, fields[name])
    if (read.length === length) return read
    throw rangeError(place, `the length of ${name}`, `${length}, with ${epochs} of loss`, read.length)
  }
  if (typeof metrics !== 'object' || metrics === null || Array.isArray(metrics)) {
    throw typeError(place, 'metrics', 'an object', metrics)
  }
  if (stoppedBy !== undefined && !REASONS.includes(stoppedBy as StopReason)) {
    throw rangeError(place, 'stoppedBy', `one of ${REASONS.join(', ')}`, stoppedBy)
  }
  if (bestEpoch !== undefined) checkInteger(place, 'bestEpoch', bestEpoch, 1, epochs)
  return copyHistory({
    loss,
    validationLoss: inFull('validationLoss', validates ? epochs : 0),
    learningRate: inFull('learningRate', epochs),
    gradientNorm: upToNow('gradientNorm', fields.gradientNorm),
    seconds: loss.map(() => Number.NaN), // which were not saved
    ...(stoppedBy === undefined ? {} : { stoppedBy: stoppedBy as StopReason }),
    ...(bestEpoch === undefined ? {} : { bestEpoch }),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, list]) => [name, upToNow(`metrics.${name}`, list)]),
    ),
    rollbacks: readRollbacks(place, rollbacks),
  })
}

function readRollbacks(where: string, value: unknown): Rollback[] {
  if (!Array.isArray(value)) throw typeError(where, 'rollbacks', 'an array', value)
  return value.map((one: unknown, k) => {
    const name = `rollbacks[${k}]`
    checkMember(where, name, one, ['epoch', 'step', 'rateFactor', 'reason'])
    const { epoch, step, rateFactor, reason } = one as Fields
    checkInteger(where, `${name}.epoch`, epoch, 1)
    checkInteger(where, `${name}.step`, step, 1)
    checkShare(where, `${name}.rateFactor`, rateFactor)
    if (typeof reason !== 'string') throw typeError(where, `${name}.reason`, 'a text', reason)
    return { epoch, step, rateFactor, reason }
  })
}

/** Throws where a part of a run is there though nothing asked for it, or is missing though it was. */
export function checkDue(where: string, name: string, value: unknown, isDue: boolean, option: string): void {
  if ((value !== undefined) === isDue) return
  const expected = isDue ? `one, as options have ${option}` : `none, as options have no ${option}`
  throw typeError(where, name, expected, value)
}

/** The state of a generator. */
export function readGenerator(where: string, name: string, words: unknown): GeneratorState {
  if (!Array.isArray(words)) throw typeError(where, name, 'four 32-bit words', words)
  if (words.length !== 4) throw rangeError(where, name, 'four 32-bit words', words)
  for (const word of words) checkInteger(where, `a word of ${name}`, word, 0, ALL_BITS)
  return [...words] as unknown as GeneratorState
}

type ReadNumber = (where: string, name: string, value: unknown) => number

function readList(where: string, name: string, list: unknown, most: number, read: ReadNumber): number[] {
  if (!Array.isArray(list)) throw typeError(where, name, 'an array of numbers', list)
  if (list.length > most) throw rangeError(where, `the length of ${name}`, `at most ${most}`, list.length)
  return list.map((number: unknown, k) => read(where, `${name}[${k}]`, number))
}

const readFinite: ReadNumber = (where, name, value) => {
  checkNumber(where, name, value)
  return value
}

/** What was measured and may not have been finite, for which JSON has null: it is read as NaN. */
const readMeasure: ReadNumber = (where, name, value) => (value === null ? Number.NaN : readFinite(where, name, value))

function checkShare(where: string, name: string, value: unknown): asserts value is number {
  checkNumber(where, name, value, 'a number above 0, at most 1', (share) => share > 0 && share <= 1)
}
