import type { Paused } from '../matrix/pauses.ts'
import type { SafeState, Snapshot } from './run-state.ts'

/** What changes from step to step. */
export interface StepMoment {
  /** the learning rate */
  rate: number
  /** 32 random bits from which dropout follows */
  key: number
  /** whether the norm of the gradients is to be measured */
  measuresNorm: boolean
  /** whether the last update may wait for the next step, which can do it in passing, or for `settle` */
  mayWait: boolean
}

/** What was measured of the validation rows. */
export interface Scores {
  /** absent where there are none */
  readonly loss?: number
  readonly metrics: Readonly<Record<string, number>>
}

/** Where in a run something went wrong; all counted from 1, steps over the whole run. */
export interface Occasion {
  readonly epoch: number
  readonly batch: number
  readonly step: number
  /** the rows order[from] … order[to − 1] */
  readonly order: Uint32Array
  readonly from: number
  readonly to: number
  /** the loss of the first step and of the last few */
  readonly losses: readonly number[]
  readonly rate: number
}

/** What a run trains: it knows steps, not networks. */
export interface Trainee {
  /** the rows that are trained on */
  readonly rows: Uint32Array
  /** the rows that go through at once */
  readonly blockRows: number
  /** the optimizer's own */
  readonly learningRate: number
  readonly hasDropout: boolean
  /** steps taken, in this run and before */
  readonly count: number
  /** the norm of all gradients, where the last step measured it */
  readonly norm: number
  /** one gradient step on the rows order[from] … order[to − 1]; returns their objective before it. @throws where it is not taken */
  step(order: Uint32Array, from: number, to: number, moment: StepMoment): number
  /** the same, with pauses */
  stepInBlocks(order: Uint32Array, from: number, to: number, moment: StepMoment): Paused<number>
  /** ends what steps have put off: called before anyone else can look */
  settle(): void
  /** looks at the parameters, which others may have written. @throws where one is not finite */
  look(): void
  /** moves the averages to the parameters, where they are kept */
  average(keep: number): void
  /** measures the validation rows, with pauses; absent where there are none */
  readonly validate?: () => Paused<Scores>
  parameters(): Snapshot
  /** the averages; undefined where none are kept */
  averages(): Snapshot | undefined
  write(parameters: Snapshot): void
  /** the loss of the first block of rows, at these parameters or the present ones */
  glance(at?: Snapshot): number
  /** parameters that are all 0 */
  blank(): Snapshot
  /** everything that a step changes */
  keepSafe(): SafeState
  goBack(safe: SafeState): void
  /** what was wrong with a step that was not taken, in a few words; undefined for any other error */
  reasonOf(error: unknown): string | undefined
  /** whether what was not finite follows from the rate of that step, so that a lower one could help at once */
  isByRate(error: unknown): boolean
  /** the error to throw for a step that was not taken, with cause and evidence; any other as it is */
  explain(error: unknown, occasion: Occasion): unknown
}
