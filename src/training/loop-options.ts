import { checkBoolean, checkFunction, checkInteger, checkNumber, rangeError, typeError } from '../errors.ts'
import type { EarlyStopping } from './early-stopping.ts'
import { readEarlyStopping } from './early-stopping.ts'
import type { BatchReport, EpochReport, StopReason } from './history.ts'
import type { Schedule } from './schedules.ts'
import { readSchedule } from './schedules.ts'

/** How often, in what order and at what rate `fit` shows the rows to the network, and when it stops. */
export interface LoopOptions {
  /** how often all rows are shown (1; with maxSteps alone, as often as that takes) */
  readonly epochs?: number
  /** ends the run after so many gradient steps, in the midst of an epoch too */
  readonly maxSteps?: number
  /** the rows of one gradient step; the last step of an epoch takes what is left (32) */
  readonly batchSize?: number
  /** whether each epoch has a new random order, from the network's generator (true) */
  readonly shuffle?: boolean
  /** how the learning rate changes from the optimizer's own on (constant) */
  readonly schedule?: Schedule
  /** stops where the loss of the validation rows, or else of the training rows, no longer falls */
  readonly earlyStopping?: EarlyStopping
  /** keeps a moving mean of the parameters, of which a step keeps this share, as 0.999: validated, and left in the network */
  readonly averaging?: number
  /** whether the norm of the gradients is measured at each epoch's end, at the cost of one more pass for plain sgd (true) */
  readonly gradientNorms?: boolean
  /**
   * where a step would leave a number not finite: an error (stop); or, there and after an epoch that leaves twice the loss of
   * a network of zeros, and of the best epoch, back to that epoch and on with half the rate, at most 40 times (halveRate)
   */
  readonly onDivergence?: 'stop' | 'halveRate'
  /** called and awaited after each step; false stops */
  readonly onBatch?: (report: BatchReport) => unknown
  /** called and awaited after each epoch; false stops */
  readonly onEpoch?: (report: EpochReport) => unknown
  /** stops at the end of the step in work: fit rejects with the signal's reason, and every completed step stands */
  readonly signal?: AbortSignal
}

/** What a run is asked for, as data: saved with the network, so that the run can be resumed. */
export interface RunSettings {
  readonly epochs?: number
  readonly maxSteps?: number
  readonly batchSize: number
  readonly shuffle: boolean
  readonly schedule: Schedule
  readonly earlyStopping?: Required<EarlyStopping>
  readonly averaging?: number
  readonly gradientNorms: boolean
  readonly onDivergence: 'stop' | 'halveRate'
}

/** The options of the loop that are data. */
export const loopSettings = [
  'epochs',
  'maxSteps',
  'batchSize',
  'shuffle',
  'schedule',
  'earlyStopping',
  'averaging',
  'gradientNorms',
  'onDivergence',
] as const

/** The options of the loop that are not. */
export const loopCallbacks = ['onBatch', 'onEpoch', 'signal'] as const

/** Checks the loop's options, and fills in what was not given. */
export function readLoopOptions(where: string, options: LoopOptions): RunSettings {
  const { epochs, maxSteps, batchSize = 32, shuffle = true, averaging, gradientNorms = true } = options
  const { schedule = { name: 'constant' }, earlyStopping, onDivergence = 'stop' } = options
  if (epochs !== undefined) checkInteger(where, 'epochs', epochs, 1)
  if (maxSteps !== undefined) checkInteger(where, 'maxSteps', maxSteps, 1)
  checkInteger(where, 'batchSize', batchSize, 1)
  checkBoolean(where, 'shuffle', shuffle)
  checkBoolean(where, 'gradientNorms', gradientNorms)
  if (averaging !== undefined) {
    checkNumber(where, 'averaging', averaging, 'a number above 0 and below 1', (kept) => kept > 0 && kept < 1)
  }
  if (onDivergence !== 'stop' && onDivergence !== 'halveRate') {
    const expected = "'stop' or 'halveRate'"
    if (typeof onDivergence !== 'string') throw typeError(where, 'onDivergence', expected, onDivergence)
    throw rangeError(where, 'onDivergence', expected, onDivergence)
  }
  checkCallbacks(where, options)
  return {
    ...(epochs === undefined && maxSteps === undefined ? { epochs: 1 } : {}),
    ...(epochs === undefined ? {} : { epochs }),
    ...(maxSteps === undefined ? {} : { maxSteps }),
    batchSize,
    shuffle,
    schedule: readSchedule(where, schedule),
    ...(earlyStopping === undefined ? {} : { earlyStopping: readEarlyStopping(where, earlyStopping) }),
    ...(averaging === undefined ? {} : { averaging }),
    gradientNorms,
    onDivergence,
  }
}

/** The limit that ends a run after so many epochs and steps, if one does. */
export function limitReached({ epochs, maxSteps }: RunSettings, epoch: number, step: number): StopReason | undefined {
  if (epochs !== undefined && epoch >= epochs) return 'epochs'
  return maxSteps !== undefined && step >= maxSteps ? 'maxSteps' : undefined
}

function checkCallbacks(where: string, { onBatch, onEpoch, signal }: LoopOptions): void {
  if (onBatch !== undefined) checkFunction(where, 'onBatch', onBatch)
  if (onEpoch !== undefined) checkFunction(where, 'onEpoch', onEpoch)
  checkSignal(where, signal)
}

/** Throws unless a signal is one, or absent. */
export function checkSignal(where: string, signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw typeError(where, 'signal', 'an AbortSignal', signal)
}
