import type { FloatArray } from '../kernels/plan.ts'
import type { GeneratorState } from '../random/generator.ts'
import type { StoppingState } from './early-stopping.ts'
import type { History } from './history.ts'
import type { PlateauState } from './schedules.ts'

/** Matrices as they were at some time: those of W_1, b_1, W_2, b_2, … */
export type Snapshot = readonly FloatArray[]

/** Where a run goes back to. */
export interface SafeState {
  readonly parameters: Snapshot
  /** of the optimizer: what it keeps of W_1, b_1, … */
  readonly state: Snapshot
  readonly averages?: Snapshot
  /** steps the network had taken */
  readonly count: number
}

/** Where a run stands: with the network, its generator and the same rows, all that the next step depends on. */
export interface RunState {
  /** steps of the run */
  readonly step: number
  /** the place in the order of the epoch in work, and what its rows have lost so far */
  readonly from: number
  readonly sum: number
  /** where the generator stands before it draws that order */
  readonly order: GeneratorState
  /** whether the history's last epoch was cut short at this place */
  readonly partial: boolean
  /** the bits that the step in work has drawn for its dropout, where it gave way in the midst */
  readonly key?: number
  /** of the last step: the norm of its gradients, NaN where that was not measured, and its rate */
  readonly norm: number
  readonly rate: number
  /** how long the epoch in work has taken */
  readonly seconds: number
  /** the share of the schedule's rate that rollbacks have left */
  readonly rateFactor: number
  readonly history: History
  readonly plateau?: PlateauState
  readonly stopping?: StoppingState
  /** the loss of the first step and of the last few, for what an error says */
  readonly losses: readonly number[]
  readonly averages?: Snapshot
  /** the parameters of the best epoch */
  readonly best?: Snapshot
  /** where a divergence goes back to */
  readonly safe?: SafeState
  /** the last step's parameters, where the network has others: the best, or the averages */
  readonly last?: Snapshot
}

/** The members that are there: what is undefined is left out, as JSON would. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}
