import { checkOptions, rangeError } from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import type { Label } from './labels.ts'
import { quoted } from './labels.ts'
import type { AverageOptions, BinaryRows, ScoreOptions } from './scored-rows.ts'
import { overClasses, positiveRows, readAverage, readScoredRows } from './scored-rows.ts'
import type { ThresholdCounts } from './thresholds.ts'
import { countAtThresholds } from './thresholds.ts'

/** The receiver operating characteristic: a point for each threshold, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** the share of the negative rows that are taken for positive, ascending */
  readonly falsePositiveRate: number[]
  /** the share of the positive rows that are, ascending */
  readonly truePositiveRate: number[]
  /** what a score must reach to be taken for positive, descending; the first is the highest score + 1, which none reaches */
  readonly thresholds: number[]
}

/**
 * The receiver operating characteristic of one class against the rest: what share of either is taken for positive at each
 * threshold.
 *
 *     falsePositiveRate(t) = Σ wᵢ over negative rows with scoreᵢ ≥ t / Σ wᵢ over negative rows
 *     truePositiveRate(t) = Σ wᵢ over positive rows with scoreᵢ ≥ t / Σ wᵢ over positive rows
 *
 * The thresholds are the distinct scores, less those whose point lies evenly between its neighbours on a straight line.
 *
 * @param actual the labels of n rows
 * @param scores one number a row (n or n×1), the score or probability of the positive class; or one for each class (n×classes)
 * @param options `classes`: every class in the order of the columns, where left out those that occur, sorted; `positive`: the
 *   class to tell from the others, of two classes the second where left out; `sampleWeights` (n), where rows of weight 0 are
 *   left out
 * @returns rates and thresholds, of equal length
 * @throws TypeError for what are no labels or no numbers; RangeError where all rows are positive or none is, for no rows,
 *   different lengths, NaN or infinite scores, a label that is not among the classes, weights that are negative or all 0
 * @see Fawcett, "An introduction to ROC analysis", 2006; scikit-learn 1.2, `sklearn.metrics.roc_curve`
 * @example
 * import { rocCurve } from 'bp-net'
 * const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
 * console.log(falsePositiveRate.join()) // 0,0,0.5,0.5,1
 * console.log(truePositiveRate.join()) // 0,0.5,0.5,1,1
 * console.log(thresholds.join()) // 1.8,0.8,0.4,0.35,0.1
 */
export function rocCurve(actual: ArrayLike<Label>, scores: Table, options: ScoreOptions = {}): RocCurve {
  checkOptions('rocCurve', options, ['classes', 'positive', 'sampleWeights'])
  const scored = readScoredRows('rocCurve', 'scores', actual, scores, options)
  return curveOf('rocCurve', positiveRows('rocCurve', scored))
}

/**
 * The area under the ROC curve: the probability that a positive row has a higher score than a negative one, where equal
 * scores count half. Of several classes, the mean of each against the rest.
 *
 *     AUC = Σᵢⱼ wᵢ·wⱼ·(1 if scoreᵢ > scoreⱼ, ½ if equal, 0 if less) / Σᵢⱼ wᵢ·wⱼ    i positive, j negative
 *
 * @param actual the labels of n rows
 * @param scores one number a row (n or n×1), the score or probability of the positive class; or one for each class (n×classes)
 * @param options `classes`: every class in the order of the columns, where left out those that occur, sorted; `positive`: the
 *   class to tell from the others, of two classes the second where left out; `average`: of several classes, the plain mean
 *   ('macro', the default) or the mean weighted by support ('weighted'); `sampleWeights` (n)
 * @returns a number from 0 to 1: 1 where scores part the classes, ½ where they say nothing
 * @throws TypeError for what are no labels or no numbers; RangeError where all rows or none are of a class, for no rows,
 *   different lengths, NaN or infinite scores, a label that is not among the classes, weights that are negative or all 0
 * @see Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve", 1982;
 *   scikit-learn, `sklearn.metrics.roc_auc_score` with multi_class='ovr'
 * @example
 * import { rocAuc } from 'bp-net'
 * console.log(rocAuc(['no', 'no', 'yes', 'yes'], [0.1, 0.4, 0.35, 0.8])) // 0.75
 * const probabilities = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]]
 * console.log(rocAuc(['a', 'b', 'c'], probabilities)) // 1
 */
export function rocAuc(actual: ArrayLike<Label>, scores: Table, options: AverageOptions = {}): number {
  const average = readAverage('rocAuc', options)
  const scored = readScoredRows('rocAuc', 'scores', actual, scores, options)
  return overClasses(scored, average, (rows) => areaUnder(curveOf('rocAuc', rows)))
}

function curveOf(where: string, rows: BinaryRows): RocCurve {
  const all = countAtThresholds(rows)
  const [negatives, positives] = [all.falsePositives.at(-1) as number, all.truePositives.at(-1) as number]
  const expected = 'above 0: the curve compares rows of the class with rows of others'
  const label = quoted(rows.label)
  if (positives === 0) throw rangeError(where, `the weight of the rows of the class ${label}`, expected, 0)
  if (negatives === 0) throw rangeError(where, `the weight of the rows of other classes than ${label}`, expected, 0)
  const { falsePositives, truePositives, thresholds } = corners(all)
  return {
    falsePositiveRate: [0, ...falsePositives.map((count) => count / negatives)],
    truePositiveRate: [0, ...truePositives.map((count) => count / positives)],
    thresholds: [(thresholds[0] as number) + 1, ...thresholds],
  }
}

/** The points at which either count bends, with the first and the last. */
function corners({ falsePositives, truePositives, thresholds }: ThresholdCounts): ThresholdCounts {
  const bends = (counts: readonly number[], k: number) => {
    const [before, at, after] = [counts[k - 1] as number, counts[k] as number, counts[k + 1] as number]
    return after - at - (at - before) !== 0
  }
  const last = thresholds.length - 1
  const isCorner = (k: number) => k === 0 || k === last || bends(falsePositives, k) || bends(truePositives, k)
  return {
    falsePositives: falsePositives.filter((_, k) => isCorner(k)),
    truePositives: truePositives.filter((_, k) => isCorner(k)),
    thresholds: thresholds.filter((_, k) => isCorner(k)),
  }
}

/** By the trapezoidal rule. */
function areaUnder({ falsePositiveRate: x, truePositiveRate: y }: RocCurve): number {
  let area = 0
  for (let k = 1; k < x.length; k++) {
    area += (((x[k] as number) - (x[k - 1] as number)) * ((y[k] as number) + (y[k - 1] as number))) / 2
  }
  return area
}
