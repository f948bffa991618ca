import { checkBoolean, checkFunction, checkInteger, typeError } from '../errors.ts'
import type { Generator } from '../random/generator.ts'
import { inOrder, permutation } from '../random/permutation.ts'

/** What an epoch gave. */
export interface EpochReport {
  /** counted from 1 */
  readonly epoch: number
  /** how many were asked for */
  readonly epochs: number
  /** the mean over rows of each row's loss, taken before the step that the row was part of */
  readonly loss: number
  /** the loss of the validation rows after the epoch */
  readonly validationLoss?: number
  /** how long the epoch took, validation included */
  readonly seconds: number
}

/** What each epoch of a fit gave, epoch by epoch. */
export interface History {
  /** the mean loss of the rows, each taken before the step that the row was part of */
  readonly loss: number[]
  /** empty where no validation rows were given */
  readonly validationLoss: number[]
  /** how long the epoch took */
  readonly seconds: number[]
}

/** How often and in what order `fit` shows the rows to the network. */
export interface LoopOptions {
  /** how often all rows are shown (1) */
  readonly epochs?: number
  /** the rows of one gradient step; the last step of an epoch takes what is left (32) */
  readonly batchSize?: number
  /** whether each epoch has a new random order, from the network's generator (true) */
  readonly shuffle?: boolean
  /** called and awaited after each epoch; false stops */
  readonly onEpoch?: (report: EpochReport) => unknown
  /** stops at the end of the step in work: fit rejects with the signal's reason, and every completed step stands */
  readonly signal?: AbortSignal
}

/** The names of the loop's options. */
export const loopOptions = ['epochs', 'batchSize', 'shuffle', 'onEpoch', 'signal'] as const

/** What the loop trains: it knows steps, not networks. */
export interface Trainee {
  readonly rows: number
  /** one gradient step on the rows order[from] … order[to − 1]; returns their loss before it */
  step(order: Uint32Array, from: number, to: number): number
  /** ends what steps have put off: called before anyone else can look */
  settle(): void
  /** the loss of the validation rows now */
  validate?(): number
}

/** How long the loop may hold the thread before other work gets a turn. */
const TURN_MS = 15

/** Throws for options that the loop cannot take. */
export function checkLoopOptions(where: string, options: LoopOptions): void {
  const { epochs = 1, batchSize = 1, shuffle = true, onEpoch, signal } = options
  checkInteger(where, 'epochs', epochs, 1)
  checkInteger(where, 'batchSize', batchSize, 1)
  checkBoolean(where, 'shuffle', shuffle)
  if (onEpoch !== undefined) checkFunction(where, 'onEpoch', onEpoch)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw typeError(where, 'signal', 'an AbortSignal', signal)
  }
}

/** Epochs of gradient steps; gives way to other work of the thread between steps. */
export async function runEpochs(trainee: Trainee, options: LoopOptions, random: Generator): Promise<History> {
  const { epochs = 1, batchSize = 32, shuffle = true, onEpoch, signal } = options
  const history: History = { loss: [], validationLoss: [], seconds: [] }
  let turnEnds = performance.now() + TURN_MS
  signal?.throwIfAborted()
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const start = performance.now()
    const order = shuffle ? permutation(trainee.rows, random) : inOrder(trainee.rows)
    let sum = 0
    for (let from = 0; from < order.length; from += batchSize) {
      const to = Math.min(from + batchSize, order.length)
      sum += (to - from) * trainee.step(order, from, to)
      if (performance.now() < turnEnds) continue
      trainee.settle()
      await otherWork()
      signal?.throwIfAborted()
      turnEnds = performance.now() + TURN_MS
    }
    const loss = sum / order.length
    trainee.settle()
    const validated = trainee.validate === undefined ? {} : { validationLoss: trainee.validate() }
    const report = { epoch, epochs, loss, seconds: (performance.now() - start) / 1000, ...validated }
    remember(history, report)
    if (onEpoch === undefined) continue
    if ((await onEpoch(report)) === false) break
    signal?.throwIfAborted()
  }
  return history
}

function remember(history: History, { loss, validationLoss, seconds }: EpochReport): void {
  history.loss.push(loss)
  history.seconds.push(seconds)
  if (validationLoss !== undefined) history.validationLoss.push(validationLoss)
}

/** Resolves after timers, input and messages that wait have had their turn. */
function otherWork(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve)
  })
}
