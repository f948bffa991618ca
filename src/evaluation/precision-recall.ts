import { checkOptions } from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import type { Label } from './labels.ts'
import type { AverageOptions, BinaryRows, ScoreOptions } from './scored-rows.ts'
import { overClasses, positiveRows, readAverage, readScoredRows } from './scored-rows.ts'
import { countAtThresholds } from './thresholds.ts'

/** Precision and recall at each threshold, and a last point (1, 0) that has none. */
export interface PrecisionRecallCurve {
  /** the share of the rows taken for positive that are (thresholds + 1) */
  readonly precision: number[]
  /** the share of the positive rows that are taken for positive, descending (thresholds + 1) */
  readonly recall: number[]
  /** what a score must reach to be taken for positive, ascending */
  readonly thresholds: number[]
}

/**
 * Precision and recall of one class against the rest at each threshold.
 *
 *     precision(t) = TP(t) / (TP(t) + FP(t))    recall(t) = TP(t) / Σ wᵢ over positive rows
 *
 * TP(t) and FP(t) are the weights of the positive and the negative rows with scoreᵢ ≥ t. The thresholds are the distinct
 * scores. Where no row is positive, recall is 1, as in scikit-learn.
 *
 * @param actual the labels of n rows
 * @param scores one number a row (n or n×1), the score or probability of the positive class; or one for each class (n×classes)
 * @param options `classes`: every class in the order of the columns, where left out those that occur, sorted; `positive`: the
 *   class to tell from the others, of two classes the second where left out; `sampleWeights` (n), where rows of weight 0 are
 *   left out
 * @returns precision, recall and thresholds; precision and recall end with 1 and 0, which belong to no threshold
 * @throws TypeError for what are no labels or no numbers; RangeError for no rows, different lengths, NaN or infinite scores, a
 *   label that is not among the classes, weights that are negative or all 0
 * @see Davis and Goadrich, "The relationship between Precision-Recall and ROC curves", 2006; scikit-learn,
 *   `sklearn.metrics.precision_recall_curve`
 * @example
 * import { precisionRecallCurve } from 'bp-net'
 * const { precision, recall, thresholds } = precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
 * console.log(precision.map((value) => value.toFixed(2)).join()) // 0.50,0.67,0.50,1.00,1.00
 * console.log(recall.join()) // 1,1,0.5,0.5,0
 * console.log(thresholds.join()) // 0.1,0.35,0.4,0.8
 */
export function precisionRecallCurve(
  actual: ArrayLike<Label>,
  scores: Table,
  options: ScoreOptions = {},
): PrecisionRecallCurve {
  checkOptions('precisionRecallCurve', options, ['classes', 'positive', 'sampleWeights'])
  const scored = readScoredRows('precisionRecallCurve', 'scores', actual, scores, options)
  return curveOf(positiveRows('precisionRecallCurve', scored))
}

/**
 * The mean precision over recall: the area under the steps of the precision-recall curve. Of several classes, the mean of each
 * against the rest.
 *
 *     AP = Σₖ (recallₖ − recallₖ₋₁)·precisionₖ    over thresholds from the highest down
 *
 * A class of which there is no row has 0, as in scikit-learn.
 *
 * @param actual the labels of n rows
 * @param scores one number a row (n or n×1), the score or probability of the positive class; or one for each class (n×classes)
 * @param options `classes`: every class in the order of the columns, where left out those that occur, sorted; `positive`: the
 *   class to tell from the others, of two classes the second where left out; `average`: of several classes, the plain mean
 *   ('macro', the default) or the mean weighted by support ('weighted'); `sampleWeights` (n)
 * @returns a number from 0 to 1: 1 where every positive row has a higher score than every other
 * @throws TypeError for what are no labels or no numbers; RangeError for no rows, different lengths, NaN or infinite scores, a
 *   label that is not among the classes, weights that are negative or all 0
 * @see scikit-learn, `sklearn.metrics.average_precision_score`
 * @example
 * import { averagePrecision } from 'bp-net'
 * console.log(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).toFixed(3)) // 0.833
 */
export function averagePrecision(actual: ArrayLike<Label>, scores: Table, options: AverageOptions = {}): number {
  const average = readAverage('averagePrecision', options)
  const scored = readScoredRows('averagePrecision', 'scores', actual, scores, options)
  return overClasses(scored, average, (rows) => areaUnder(curveOf(rows)))
}

function curveOf(rows: BinaryRows): PrecisionRecallCurve {
  const { falsePositives, truePositives, thresholds } = countAtThresholds(rows)
  const positives = truePositives.at(-1) as number
  const precision = truePositives.map((count, k) => count / (count + (falsePositives[k] as number)))
  const recall = truePositives.map((count) => (positives === 0 ? 1 : count / positives))
  return {
    precision: [...precision.reverse(), 1],
    recall: [...recall.reverse(), 0],
    thresholds: thresholds.reverse(),
  }
}

function areaUnder({ precision, recall }: PrecisionRecallCurve): number {
  let area = 0
  for (let k = 0; k + 1 < recall.length; k++) {
    area += ((recall[k] as number) - (recall[k + 1] as number)) * (precision[k] as number)
  }
  return area
}
