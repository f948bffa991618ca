import { checkNumber, checkOptions } from '../errors.ts'
import type { Label } from '../evaluation/labels.ts'
import type { Matrix } from '../matrix/matrix.ts'
import type { TableRows } from '../tables/rows.ts'
import type { FitRequest, ScoreRequest } from './options.ts'
import { meanOf } from './spread.ts'
import { partArguments, type Targets } from './target-cells.ts'

/** How sure sets or intervals are to be. */
export interface ConformalOptions extends Pick<FitRequest, 'target'> {
  /** the share of new rows whose target is to be covered, above 0 and below 1 (0.9) */
  readonly level?: number
}

/** How often the truth was covered, and at what price. */
export interface Coverage {
  /** the share of rows whose target is within its set or interval */
  readonly coverage: number
  /** the mean number of classes of a set, or the mean width of an interval */
  readonly meanSize: number
}

/** What rows that the model was not trained on say of how wrong it is. */
export interface Calibration {
  /** the share of new rows whose target is to be covered */
  readonly level: number
  /** the greatest score that is covered: 1 − a class's probability, or |y − ŷ|; infinite where the rows are too few for the level */
  readonly threshold: number
  /** the rows that it was found on */
  readonly rows: number
}

/** Sets of labels, one a row, that hold the true one as often as asked. */
export interface ConformalSets extends Calibration {
  /** the labels that may be true of each row, the most probable first; none where no class is probable enough */
  readonly predict: (rows: TableRows) => Label[][]
  /** how it does on rows whose labels are known, given as to score */
  readonly coverage: (rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest) => Coverage
}

/** Intervals, one a row, that hold the true number as often as asked. */
export interface ConformalIntervals extends Calibration {
  /** from where to where the target of each row lies */
  readonly predict: (rows: TableRows) => [low: number, high: number][]
  /** how it does on rows whose targets are known, given as to score */
  readonly coverage: (rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest) => Coverage
}

/**
 * The threshold of split conformal prediction: of n scores in ascending order the k-th, k = ⌈(n + 1)·level⌉; infinite where k > n.
 *
 * @see Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-free predictive inference for regression", 2018
 */
export function calibrate(scores: Float64Array, level: number): Calibration {
  const rank = Math.ceil((scores.length + 1) * level - 1e-9) // 0.55·20 is a little more than 11
  const sorted = scores.slice().sort()
  return { level, threshold: sorted[rank - 1] ?? Number.POSITIVE_INFINITY, rows: scores.length }
}

/** Parts the level from what score takes. */
export function readLevel(
  where: string,
  targets: unknown,
  options: unknown,
): { level: number; given: readonly [targets: unknown, options: unknown] } {
  const { beside, own } = partArguments<ConformalOptions>(targets, options)
  checkOptions(where, own, ['target', 'level'])
  const { level = 0.9, ...rest } = own
  checkNumber(where, 'level', level, 'a number above 0 and below 1', (share) => share > 0 && share < 1)
  return { level, given: beside === undefined ? [rest, undefined] : [beside, rest] }
}

/**
 * How unusual the true label of each row is: 1 − its probability; infinite for labels that the model does not know.
 *
 * @see Sadinle, Lei and Wasserman, "Least ambiguous set-valued classifiers with bounded error levels", 2019
 */
export function labelScores(probabilities: Matrix, classes: readonly Label[], labels: readonly Label[]): Float64Array {
  return Float64Array.from(labels, (label, i) => {
    const k = classes.indexOf(label)
    return k < 0 ? Number.POSITIVE_INFINITY : 1 - probabilities.get(i, k)
  })
}

/** The labels of each row whose score is within the threshold. */
export function labelSets(probabilities: Matrix, classes: readonly Label[], threshold: number): Label[][] {
  return Array.from({ length: probabilities.rows }, (_, i) => {
    const within = classes
      .map((label, k) => ({ label, p: probabilities.get(i, k) }))
      .filter(({ p }) => 1 - p <= threshold)
    return within.sort((a, b) => b.p - a.p).map(({ label }) => label)
  })
}

/** How often the truth was within, and the mean size. */
export function coverageOf(isCovered: readonly boolean[], sizes: readonly number[]): Coverage {
  return { coverage: meanOf(isCovered.map(Number)), meanSize: meanOf(sizes) }
}
