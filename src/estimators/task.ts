import type { Label } from '../evaluation/labels.ts'
import type { Dtype } from '../kernels/plan.ts'
import type { Matrix } from '../matrix/matrix.ts'
import type { FitOptions } from '../network/fit.ts'
import type { MetricName } from '../network/metrics.ts'
import type { NetworkOptions } from '../network/options.ts'
import type { FitRequest } from './options.ts'
import type { TargetCells } from './target-cells.ts'

/** What tells a classifier from a regressor: how targets become outputs. */
export interface Task<Plan> {
  /** the class, for errors */
  readonly name: 'Classifier' | 'Regressor'
  /** what its files call themselves */
  readonly format: string
  /** looks at targets; `classes`, where they are told beforehand */
  readonly learn: (where: string, cells: TargetCells, classes: readonly Label[] | undefined) => Plan
  /** targets as the network sees them (rows×outputs) */
  readonly encode: (where: string, plan: Plan, cells: TargetCells, dtype: Dtype) => Matrix
  /** the output layer and the loss */
  readonly output: (plan: Plan) => { units: number } & Required<Pick<NetworkOptions, 'outputActivation' | 'loss'>>
  /** the weights of classes in the order of the outputs */
  readonly classWeights: (where: string, given: FitRequest['classWeights'], plan: Plan) => FitOptions['classWeights']
  /** what may be a mistake about the targets of so many rows */
  readonly doubt: (plan: Plan, rows: number) => string | undefined
  /** what is measured of validation rows where nothing is asked for */
  readonly metrics: (plan: Plan) => readonly MetricName[]
  /** the plan that a saved file holds */
  readonly read: (where: string, value: unknown) => Plan
  /** the columns that held the targets, where they were the rows' own */
  readonly names: (plan: Plan) => readonly string[] | undefined
  /** whether a row has one target itself */
  readonly isSingle: (plan: Plan) => boolean
}
