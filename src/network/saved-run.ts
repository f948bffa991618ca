import type { GeneratorState } from '../random/generator.ts'
import type { RunState } from '../training/run-state.ts'
import type { FitOptions } from './fit.ts'

/** The options of a fit that are data, as they were given. */
export type SavedOptions = Pick<
  FitOptions,
  | 'epochs'
  | 'maxSteps'
  | 'batchSize'
  | 'shuffle'
  | 'schedule'
  | 'earlyStopping'
  | 'averaging'
  | 'gradientNorms'
  | 'onDivergence'
  | 'classWeights'
  | 'l1'
  | 'l2'
  | 'labelSmoothing'
  | 'clipNorm'
  | 'clipValue'
> & { readonly validation?: number }

/** A run that can be resumed: where it stands, and what it was asked for. */
export interface SavedRun {
  /** the rows of the data, held-out ones included */
  readonly rows: number
  readonly options: SavedOptions
  /** where the generator stood before it drew the rows to hold out */
  readonly split?: GeneratorState
  /** whether there was a validation set, and sampleWeights, which are not saved */
  readonly validationSet?: true
  readonly sampleWeights?: true
  readonly state: RunState
}
