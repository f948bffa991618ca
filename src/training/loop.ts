import { checkBoolean, checkFunction, checkInteger, typeError } from '../errors.ts'
import type { Generator } from '../random/generator.ts'
import { inOrder, permute } from '../random/permutation.ts'

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
  const { onEpoch, signal } = options
  const run = new Epochs(trainee, options, random)
  signal?.throwIfAborted()
  while (!run.isDone) {
    const report = run.goOn(onEpoch !== undefined)
    if (report !== undefined && (await onEpoch?.(report)) === false) break
    if (run.isTimeUp) await otherWork()
    signal?.throwIfAborted()
    run.takeTurn()
  }
  return run.history
}

/** Where a run of epochs stands. What repeats is here and not in the async function, which engines optimize late. */
class Epochs {
  readonly history: History = { loss: [], validationLoss: [], seconds: [] }
  readonly #trainee: Trainee
  readonly #random: Generator | undefined
  readonly #epochs: number
  readonly #batchSize: number
  readonly #order: Uint32Array
  #from = 0
  #sum = 0
  #start = performance.now()
  #now = this.#start
  #turnEnds = this.#start + TURN_MS

  constructor(trainee: Trainee, { epochs = 1, batchSize = 32, shuffle = true }: LoopOptions, random: Generator) {
    this.#trainee = trainee
    this.#random = shuffle ? random : undefined
    this.#epochs = epochs
    this.#batchSize = batchSize
    this.#order = inOrder(trainee.rows)
  }

  get isDone(): boolean {
    return this.history.loss.length === this.#epochs
  }

  /** Whether other work has waited long enough. */
  get isTimeUp(): boolean {
    return this.#now >= this.#turnEnds
  }

  /** Steps until all are done, the time is up, or an epoch has ended that is to be reported. */
  goOn(reports: boolean): EpochReport | undefined {
    while (!this.isDone) {
      if (this.#from === 0 && this.#random !== undefined) permute(this.#order, this.#random)
      const ended = this.#stepThroughOrder()
      this.#trainee.settle()
      if (!ended) return undefined
      this.#endEpoch()
      if (reports) return reportOf(this.history, this.#epochs)
      if (this.isTimeUp) break
    }
    return undefined
  }

  /** Goes on after others have had the thread; a new turn begins where the last was over. */
  takeTurn(): void {
    const wasOver = this.isTimeUp
    this.#now = performance.now()
    if (this.#from === 0) this.#start = this.#now
    if (wasOver) this.#turnEnds = this.#now + TURN_MS
  }

  /** Whether the epoch came to its end before the turn did. */
  #stepThroughOrder(): boolean {
    const { length } = this.#order
    while (this.#from < length) {
      const to = Math.min(this.#from + this.#batchSize, length)
      this.#sum += (to - this.#from) * this.#trainee.step(this.#order, this.#from, to)
      this.#from = to
      this.#now = performance.now()
      if (this.isTimeUp) return to === length
    }
    return true
  }

  #endEpoch(): void {
    this.history.loss.push(this.#sum / this.#order.length)
    if (this.#trainee.validate !== undefined) {
      this.history.validationLoss.push(this.#trainee.validate())
      this.#now = performance.now()
    }
    this.history.seconds.push((this.#now - this.#start) / 1000)
    this.#start = this.#now
    this.#from = 0
    this.#sum = 0
  }
}

/** The last epoch of a history. */
function reportOf({ loss, validationLoss, seconds }: History, epochs: number): EpochReport {
  const last = <T>(values: readonly T[]) => values.at(-1) as T
  const validated = validationLoss.length === 0 ? {} : { validationLoss: last(validationLoss) }
  return { epoch: loss.length, epochs, loss: last(loss), seconds: last(seconds), ...validated }
}

/** Resolves after timers, input and messages that wait have had their turn. */
function otherWork(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve)
  })
}
