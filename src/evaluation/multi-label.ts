import { checkOptions, rangeError } from '../errors.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Indicators } from './indicators.ts'
import { readIndicators } from './indicators.ts'
import type { Label } from './labels.ts'
import { readDistinct } from './labels.ts'
import type { Weighting, WeightOptions } from './weights.ts'
import { readWeights, weightedMean } from './weights.ts'

/** Actual and predicted indicators of one shape, and the weights of their rows. */
export interface Compared {
  readonly actual: Rows
  readonly predicted: Rows
  readonly weighting: Weighting
}

/**
 * The share of labels that were predicted wrongly, over rows and labels.
 *
 *     hammingLoss = Σᵢ wᵢ·(labels of row i that differ) / (k · Σᵢ wᵢ)
 *
 * @param actual which of k labels each row has: rows of 0 and 1 or of booleans (n×k)
 * @param predicted which were predicted (n×k)
 * @param options `sampleWeights` (n)
 * @returns a number from 0 to 1; the lower the better
 * @throws TypeError for what are no rows; RangeError for other numbers than 0 and 1, no rows, different shapes, weights that
 *   are negative or all 0
 * @see scikit-learn, `sklearn.metrics.hamming_loss`
 * @example
 * import { hammingLoss } from 'bp-net'
 * console.log(hammingLoss([[1, 0], [1, 1]], [[1, 0], [0, 1]])) // 0.25
 */
export function hammingLoss(actual: Indicators, predicted: Indicators, options: WeightOptions = {}): number {
  checkOptions('hammingLoss', options, ['sampleWeights'])
  const compared = readCompared('hammingLoss', actual, predicted, options)
  return weightedMean(compared.weighting, (i) => differences(compared, i)) / compared.actual.columns
}

/**
 * The share of rows all of whose labels were predicted rightly.
 *
 *     subsetAccuracy = Σ wᵢ over the rows i that are equal / Σ wᵢ
 *
 * @param actual which of k labels each row has: rows of 0 and 1 or of booleans (n×k)
 * @param predicted which were predicted (n×k)
 * @param options `sampleWeights` (n)
 * @returns a number from 0 to 1
 * @throws TypeError for what are no rows; RangeError for other numbers than 0 and 1, no rows, different shapes, weights that
 *   are negative or all 0
 * @see scikit-learn, `sklearn.metrics.accuracy_score` of indicators
 * @example
 * import { subsetAccuracy } from 'bp-net'
 * console.log(subsetAccuracy([[1, 0], [1, 1]], [[1, 0], [0, 1]])) // 0.5
 */
export function subsetAccuracy(actual: Indicators, predicted: Indicators, options: WeightOptions = {}): number {
  checkOptions('subsetAccuracy', options, ['sampleWeights'])
  const compared = readCompared('subsetAccuracy', actual, predicted, options)
  return weightedMean(compared.weighting, (i) => Number(differences(compared, i) === 0))
}

/** Reads both tables, which must have one shape, and the weights. */
export function readCompared(where: string, actual: unknown, predicted: unknown, options: WeightOptions): Compared {
  const first = readIndicators(where, 'actual', actual)
  const { rows, columns } = first
  const second = readIndicators(where, 'predicted', predicted, { rows, columns })
  return { actual: first, predicted: second, weighting: readWeights(where, options.sampleWeights, rows) }
}

/** The names of the labels, one for each column; their numbers where none are given. */
export function readLabelNames(where: string, given: unknown, columns: number): readonly Label[] {
  if (given === undefined) return Array.from({ length: columns }, (_, k) => k)
  const names = readDistinct(where, 'labels', given)
  if (names.length === columns) return names
  throw rangeError(where, 'the length of labels', `${columns}, one for each column of actual`, names.length)
}

/** In how many labels the prediction of row i differs. */
function differences({ actual, predicted }: Compared, i: number): number {
  let count = 0
  for (let k = i * actual.columns; k < (i + 1) * actual.columns; k++) {
    if (actual.data[k] !== predicted.data[k]) count++
  }
  return count
}
