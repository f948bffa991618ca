/** What an epoch gave. */
export interface EpochReport {
  /** counted from 1 */
  readonly epoch: number
  /** how many were asked for; absent where maxSteps alone ends the run */
  readonly epochs?: number
  /** gradient steps of the run so far */
  readonly step: number
  /** the mean over rows of each row's objective, taken before the step that the row was part of */
  readonly loss: number
  /** the loss of the validation rows after the epoch, without penalties, weights and smoothing */
  readonly validationLoss?: number
  /** each metric of the validation rows, by its name; empty where none was asked for */
  readonly metrics: Readonly<Record<string, number>>
  /** the learning rate of the epoch's last step */
  readonly learningRate: number
  /**
   * √Σ² of all gradients of the epoch's last step, before clipping; NaN where a callback cut the epoch short, so that nobody
   * knew that it was the last; absent with gradientNorms: false
   */
  readonly gradientNorm?: number
  /** how long the epoch took, validation included */
  readonly seconds: number
}

/** What a step gave. */
export interface BatchReport {
  /** the epoch in work, counted from 1 */
  readonly epoch: number
  /** how many were asked for; absent where maxSteps alone ends the run */
  readonly epochs?: number
  /** the step of the epoch, counted from 1 */
  readonly batch: number
  /** how many an epoch has */
  readonly batches: number
  /** gradient steps of the run so far */
  readonly step: number
  /** the objective of the batch before the step */
  readonly loss: number
  /** the mean over the epoch's rows so far */
  readonly meanLoss: number
  /** the learning rate of the step */
  readonly learningRate: number
}

/** What each epoch of a run gave, epoch by epoch; what was not measured is an empty list. */
export interface History {
  /** the mean objective of the rows, each taken before the step that the row was part of */
  readonly loss: number[]
  /** the loss of the validation rows after the epoch */
  readonly validationLoss: number[]
  /** each metric of the validation rows, by its name */
  readonly metrics: Record<string, number[]>
  /** the learning rate of the epoch's last step */
  readonly learningRate: number[]
  /** the norm of all gradients of the epoch's last step, before clipping; NaN where a callback cut the epoch short */
  readonly gradientNorm: number[]
  /** how long the epoch took, validation included */
  readonly seconds: number[]
  /** where the run went back to an earlier state and halved its rate: what went wrong */
  readonly rollbacks: Rollback[]
  /** what ended the run; absent while it goes on, and where it was aborted or failed */
  stoppedBy?: StopReason
  /** the epoch, counted from 1, whose parameters the network has where earlyStopping put the best ones back */
  bestEpoch?: number
}

/** Where a run with onDivergence: 'halveRate' went back, to go on with half the rate. */
export interface Rollback {
  /** the epoch, counted from 1 */
  readonly epoch: number
  /** the step of the run, counted from 1: the one that was not taken, or the last of an epoch that led astray */
  readonly step: number
  /** the rate from there on, as a share of what the schedule says */
  readonly rateFactor: number
  /** what would not have been finite, or how large the loss was */
  readonly reason: string
}

/** What ended a run: the epochs or steps asked for, no improvement in time, or a callback that returned false. */
export type StopReason = 'epochs' | 'maxSteps' | 'earlyStopping' | 'callback'

/** A history of nothing yet. */
export function emptyHistory(): History {
  return { loss: [], validationLoss: [], metrics: {}, learningRate: [], gradientNorm: [], seconds: [], rollbacks: [] }
}

/** A copy that shares no list with the original. */
export function copyHistory({ metrics, rollbacks, ...history }: History): History {
  const { loss, validationLoss, learningRate, gradientNorm, seconds } = history
  return {
    ...history,
    loss: [...loss],
    validationLoss: [...validationLoss],
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, [...values]])),
    learningRate: [...learningRate],
    gradientNorm: [...gradientNorm],
    seconds: [...seconds],
    rollbacks: [...rollbacks],
  }
}

/** Adds what an epoch gave. */
export function addEpoch(history: History, report: EpochReport): void {
  history.loss.push(report.loss)
  history.learningRate.push(report.learningRate)
  history.seconds.push(report.seconds)
  if (report.validationLoss !== undefined) history.validationLoss.push(report.validationLoss)
  const { length } = history.loss
  if (report.gradientNorm !== undefined) addAt(length, history.gradientNorm, report.gradientNorm)
  for (const [name, value] of Object.entries(report.metrics)) {
    history.metrics[name] ??= []
    addAt(length, history.metrics[name], value)
  }
}

/** Adds the number of an epoch; earlier ones, of a run that did not ask for it before it was resumed, have NaN. */
function addAt(epoch: number, list: number[], value: number): void {
  while (list.length < epoch - 1) list.push(Number.NaN)
  list.push(value)
}

/** Takes the last epoch out again: one that was cut short and now goes on. */
export function dropEpoch(history: History): void {
  const { loss, validationLoss, learningRate, gradientNorm, seconds, metrics } = history
  for (const list of [validationLoss, learningRate, gradientNorm, seconds, ...Object.values(metrics)]) {
    if (list.length === loss.length) list.pop()
  }
  loss.pop()
}
