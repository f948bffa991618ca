import { checkOptions } from '../errors.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import { readColumns } from './columns.ts'
import type { Weighting, WeightOptions } from './weights.ts'
import { readWeights, weightedMean } from './weights.ts'

/**
 * The mean distance of predictions from targets; of several outputs, the mean of theirs.
 *
 *     MAE = Σᵢ wᵢ·|yᵢ − ŷᵢ| / Σᵢ wᵢ
 *
 * @param actual the targets: a flat list (n) or rows (n×outputs)
 * @param predicted the predictions, of the same shape
 * @param options `sampleWeights` (n)
 * @returns a number from 0, in the unit of the targets
 * @throws TypeError for what are no numbers; RangeError for no rows, different shapes, NaN or infinities, weights that are
 *   negative or all 0
 * @see scikit-learn, `sklearn.metrics.mean_absolute_error`
 * @example
 * import { meanAbsoluteError } from 'bp-net'
 * console.log(meanAbsoluteError([3, -1, 2, 7], [2.5, 0, 2, 8])) // 0.625
 */
export function meanAbsoluteError(actual: Table, predicted: Table, options: WeightOptions = {}): number {
  return overOutputs('meanAbsoluteError', actual, predicted, options, (output) => {
    return weightedMean(output.weighting, (i) => Math.abs(output.error(i)))
  })
}

/**
 * The mean squared distance of predictions from targets; of several outputs, the mean of theirs.
 *
 *     MSE = Σᵢ wᵢ·(yᵢ − ŷᵢ)² / Σᵢ wᵢ
 *
 * @param actual the targets: a flat list (n) or rows (n×outputs)
 * @param predicted the predictions, of the same shape
 * @param options `sampleWeights` (n)
 * @returns a number from 0, in the squared unit of the targets
 * @throws TypeError for what are no numbers; RangeError for no rows, different shapes, NaN or infinities, weights that are
 *   negative or all 0
 * @see scikit-learn, `sklearn.metrics.mean_squared_error`
 * @example
 * import { meanSquaredError } from 'bp-net'
 * console.log(meanSquaredError([3, -1, 2, 7], [2.5, 0, 2, 8])) // 0.5625
 */
export function meanSquaredError(actual: Table, predicted: Table, options: WeightOptions = {}): number {
  return overOutputs('meanSquaredError', actual, predicted, options, squaredError)
}

/**
 * The square root of the mean squared error; of several outputs, the mean of their roots.
 *
 *     RMSE = √(Σᵢ wᵢ·(yᵢ − ŷᵢ)² / Σᵢ wᵢ)
 *
 * @param actual the targets: a flat list (n) or rows (n×outputs)
 * @param predicted the predictions, of the same shape
 * @param options `sampleWeights` (n)
 * @returns a number from 0, in the unit of the targets
 * @throws TypeError for what are no numbers; RangeError for no rows, different shapes, NaN or infinities, weights that are
 *   negative or all 0
 * @see scikit-learn 1.2, `sklearn.metrics.mean_squared_error` with squared=False
 * @example
 * import { rootMeanSquaredError } from 'bp-net'
 * console.log(rootMeanSquaredError([3, -1, 2, 7], [2.5, 0, 2, 8])) // 0.75
 */
export function rootMeanSquaredError(actual: Table, predicted: Table, options: WeightOptions = {}): number {
  return overOutputs('rootMeanSquaredError', actual, predicted, options, (output) => Math.sqrt(squaredError(output)))
}

/**
 * The coefficient of determination: what share of the targets' variance is predicted; of several outputs, the mean of theirs.
 *
 *     R² = 1 − Σᵢ wᵢ·(yᵢ − ŷᵢ)² / Σᵢ wᵢ·(yᵢ − ȳ)²    ȳ = Σᵢ wᵢ·yᵢ / Σᵢ wᵢ
 *
 * Of constant targets it is 1 where every prediction is right, else 0.
 *
 * @param actual the targets: a flat list (n) or rows (n×outputs)
 * @param predicted the predictions, of the same shape
 * @param options `sampleWeights` (n)
 * @returns 1 at best, 0 for predictions as good as the mean, below 0 for worse ones; NaN for a single row, which has no variance
 * @throws TypeError for what are no numbers; RangeError for no rows, different shapes, NaN or infinities, weights that are
 *   negative or all 0
 * @see scikit-learn, `sklearn.metrics.r2_score`
 * @example
 * import { r2Score } from 'bp-net'
 * console.log(r2Score([1, 2, 3, 4], [1, 2, 3, 5])) // 0.8
 */
export function r2Score(actual: Table, predicted: Table, options: WeightOptions = {}): number {
  return overOutputs('r2Score', actual, predicted, options, determination)
}

/** One column of targets and predictions. */
interface Output {
  readonly weighting: Weighting
  readonly target: (row: number) => number
  /** target − prediction */
  readonly error: (row: number) => number
}

function squaredError({ weighting, error }: Output): number {
  return weightedMean(weighting, (i) => error(i) ** 2)
}

function determination(output: Output): number {
  const { weighting, target } = output
  if (weighting.weights.length < 2) return Number.NaN
  // measured from a target that counts, so that constant targets have no variance at all, not one of rounding
  const origin = target(weighting.weights.findIndex((weight) => weight > 0))
  const mean = weightedMean(weighting, (i) => target(i) - origin)
  const variance = weightedMean(weighting, (i) => (target(i) - origin - mean) ** 2)
  const unexplained = squaredError(output)
  if (variance === 0) return unexplained === 0 ? 1 : 0
  return 1 - unexplained / variance
}

/** The mean over outputs of what is measured of each. */
function overOutputs(
  where: string,
  actual: unknown,
  predicted: unknown,
  options: WeightOptions,
  measure: (output: Output) => number,
): number {
  checkOptions(where, options, ['sampleWeights'])
  const targets = readColumns(where, 'actual', actual)
  const { rows, columns } = targets
  const predictions = readColumns(where, 'predicted', predicted, { rows, columns })
  const weighting = readWeights(where, options.sampleWeights, rows)
  let sum = 0
  for (let j = 0; j < columns; j++) {
    const target = valueAt(targets, j)
    const prediction = valueAt(predictions, j)
    sum += measure({ weighting, target, error: (i) => target(i) - prediction(i) })
  }
  return sum / columns
}

function valueAt({ data, columns }: Rows, j: number): (row: number) => number {
  return (i) => data[i * columns + j] as number
}
