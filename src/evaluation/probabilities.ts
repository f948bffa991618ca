import { checkOptions, rangeError } from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import type { ClassOptions } from './confusion.ts'
import type { Label } from './labels.ts'
import type { ScoredRows, ScoreOptions } from './scored-rows.ts'
import { readScoredRows } from './scored-rows.ts'
import { weightedMean } from './weights.ts'

/** How far from 1 the probabilities of a row may sum: what float32 may leave. */
const SUM_TOLERANCE = 1e-4

/**
 * The cross-entropy of probabilities: the mean of −ln of the probability that each row's class was given.
 *
 *     logLoss = −Σᵢ wᵢ·ln(pᵢ of the class of row i / Σₖ pᵢₖ) / Σᵢ wᵢ
 *
 * with each p clipped to [ε, 1 − ε] first, ε = 2⁻⁵², so that one 0 costs about 36 and not ∞.
 *
 * @param actual the labels of n rows
 * @param probabilities of each class (n×classes, rows that sum to 1 within 10⁻⁴); of two classes also those of the second alone
 *   (n or n×1)
 * @param options `classes`: every class in the order of the columns, where left out those that occur, sorted; `sampleWeights`
 *   (n)
 * @returns a number from 0; the lower the better, ln(classes) for a model that knows nothing
 * @throws TypeError for what are no labels or no numbers; RangeError for fewer than two classes, no rows, different lengths,
 *   probabilities outside 0–1 or rows that do not sum to 1, a label that is not among the classes, weights that are negative
 *   or all 0
 * @see Good, "Rational decisions", 1952; scikit-learn 1.2, `sklearn.metrics.log_loss`
 * @example
 * import { logLoss } from 'bp-net'
 * console.log(logLoss(['no', 'yes'], [0.1, 0.8]).toFixed(4)) // 0.1643
 * console.log(logLoss(['a', 'a'], [[0.5, 0.5, 0], [1, 0, 0]], { classes: ['a', 'b', 'c'] }).toFixed(4)) // 0.3466
 */
export function logLoss(actual: ArrayLike<Label>, probabilities: Table, options: ClassOptions = {}): number {
  checkOptions('logLoss', options, ['classes', 'sampleWeights'])
  const scored = readProbabilities('logLoss', actual, probabilities, options)
  const { data, columns } = scored.scores
  return weightedMean(scored.weighting, (i) => {
    const k = scored.actual[i] as number
    if (columns === 1) {
      const second = clip(data[i] as number)
      return -Math.log(k === 1 ? second : 1 - second)
    }
    let sum = 0
    for (let j = 0; j < columns; j++) sum += clip(data[i * columns + j] as number)
    return -Math.log(clip(data[i * columns + k] as number) / sum)
  })
}

/**
 * The mean squared error of probabilities.
 *
 *     two classes:      Σᵢ wᵢ·(pᵢ − yᵢ)² / Σᵢ wᵢ           pᵢ: probability of the second class; yᵢ: 1 where row i is of it, else 0
 *     several classes:  Σᵢ wᵢ·Σₖ (pᵢₖ − yᵢₖ)² / Σᵢ wᵢ     yᵢₖ: 1 where row i is of class k, else 0
 *
 * The first is half of what the second would be for two classes: from 0 to 1, as scikit-learn has it, against 0 to 2.
 *
 * @param actual the labels of n rows
 * @param probabilities of each class (n×classes, rows that sum to 1 within 10⁻⁴); of two classes also those of the second alone
 *   (n or n×1)
 * @param options `classes`: every class in the order of the columns, where left out those that occur, sorted; `sampleWeights`
 *   (n)
 * @returns a number from 0 to 1, of several classes from 0 to 2; the lower the better
 * @throws TypeError for what are no labels or no numbers; RangeError for fewer than two classes, no rows, different lengths,
 *   probabilities outside 0–1 or rows that do not sum to 1, a label that is not among the classes, weights that are negative
 *   or all 0
 * @see Brier, "Verification of forecasts expressed in terms of probability", 1950; scikit-learn,
 *   `sklearn.metrics.brier_score_loss` (two classes)
 * @example
 * import { brierScore } from 'bp-net'
 * console.log(brierScore(['no', 'yes'], [0.5, 1])) // 0.125
 * console.log(brierScore(['a', 'b', 'c'], [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]])) // 0.5
 */
export function brierScore(actual: ArrayLike<Label>, probabilities: Table, options: ClassOptions = {}): number {
  checkOptions('brierScore', options, ['classes', 'sampleWeights'])
  const {
    actual: classOf,
    classes,
    scores,
    weighting,
  } = readProbabilities('brierScore', actual, probabilities, options)
  const { data, columns } = scores
  const squared = (i: number, k: number, column: number) => {
    return ((data[i * columns + column] as number) - Number(classOf[i] === k)) ** 2
  }
  if (classes.length === 2) return weightedMean(weighting, (i) => squared(i, 1, columns - 1))
  return weightedMean(weighting, (i) => {
    let sum = 0
    for (let k = 0; k < columns; k++) sum += squared(i, k, k)
    return sum
  })
}

/** Reads labels and probabilities: from 0 to 1, in rows that sum to 1 where there is one for each class. */
export function readProbabilities(
  where: string,
  actual: unknown,
  probabilities: unknown,
  options: ScoreOptions,
): ScoredRows {
  const scored = readScoredRows(where, 'probabilities', actual, probabilities, options)
  const { data, rows, columns } = scored.scores
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let j = 0; j < columns; j++) {
      const value = data[i * columns + j] as number
      if (value < 0 || value > 1) {
        throw rangeError(where, `probabilities, row ${i}, column ${j}`, 'a number from 0 to 1', value)
      }
      sum += value
    }
    if (columns > 1 && Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw rangeError(where, `the sum of probabilities, row ${i}`, '1 within 0.0001', sum)
    }
  }
  return scored
}

function clip(probability: number): number {
  return Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON)
}
