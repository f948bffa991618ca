import { meanAbsoluteError, r2Score, rootMeanSquaredError } from '../evaluation/regression.ts'
import type { WeightOptions } from '../evaluation/weights.ts'
import type { Matrix } from '../matrix/matrix.ts'
import type { NumberPlan } from './number-targets.ts'
import { meanOf } from './spread.ts'

/** How well one target is predicted. */
export interface TargetErrors {
  /** its column, or its place */
  readonly name: string
  /** mean |y − ŷ|, in its units */
  readonly meanAbsoluteError: number
  /** √ mean (y − ŷ)², in its units */
  readonly rootMeanSquaredError: number
  /** 1 − Σ(y − ŷ)² / Σ(y − mean y)² */
  readonly r2: number
}

/** How well a regressor predicts rows. */
export interface NumberEvaluation extends Omit<TargetErrors, 'name'> {
  /** how many were compared */
  readonly rows: number
  /** of each target; the numbers above are the means over these */
  readonly targets: readonly TargetErrors[]
  /** y, row by row, of each target */
  readonly actual: readonly (readonly number[])[]
  /** ŷ likewise */
  readonly predicted: readonly (readonly number[])[]
  /** the report as text */
  toString(): string
}

/** Compares predictions with what was right. */
export function evaluateNumbers(
  plan: NumberPlan,
  actual: Matrix,
  predicted: Matrix,
  weighed: WeightOptions,
): NumberEvaluation {
  const targets = plan.means.map((_, k): TargetErrors => {
    const [y, yHat] = [actual.column(k), predicted.column(k)]
    return {
      name: plan.names?.[k] ?? String(k),
      meanAbsoluteError: meanAbsoluteError(y, yHat, weighed),
      rootMeanSquaredError: rootMeanSquaredError(y, yHat, weighed),
      r2: r2Score(y, yHat, weighed),
    }
  })
  const mean = (of: (errors: TargetErrors) => number) => meanOf(targets.map(of))
  return new Report(actual, predicted, targets, {
    meanAbsoluteError: mean((one) => one.meanAbsoluteError),
    rootMeanSquaredError: mean((one) => one.rootMeanSquaredError),
    r2: mean((one) => one.r2),
  })
}

class Report implements NumberEvaluation {
  readonly rows: number
  readonly meanAbsoluteError: number
  readonly rootMeanSquaredError: number
  readonly r2: number
  readonly targets: readonly TargetErrors[]
  readonly actual: readonly (readonly number[])[]
  readonly predicted: readonly (readonly number[])[]

  constructor(actual: Matrix, predicted: Matrix, targets: readonly TargetErrors[], means: Omit<TargetErrors, 'name'>) {
    this.rows = actual.rows
    this.meanAbsoluteError = means.meanAbsoluteError
    this.rootMeanSquaredError = means.rootMeanSquaredError
    this.r2 = means.r2
    this.targets = targets
    this.actual = actual.transpose().toArray()
    this.predicted = predicted.transpose().toArray()
  }

  toString(): string {
    const width = Math.max(6, ...this.targets.map(({ name }) => name.length))
    const line = (name: string, ...cells: string[]) =>
      name.padEnd(width) + cells.map((cell) => cell.padStart(14)).join('')
    const row = ({ name, meanAbsoluteError: mae, rootMeanSquaredError: rmse, r2 }: TargetErrors) =>
      line(name, short(mae), short(rmse), r2.toFixed(4))
    return [line('target', 'MAE', 'RMSE', 'R²'), ...this.targets.map(row), `${this.rows} rows`].join('\n')
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)))
}
