import { checkInteger, checkOptions, typeError, unknownName } from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import type { Label } from './labels.ts'
import { readProbabilities } from './probabilities.ts'
import type { ScoreOptions } from './scored-rows.ts'
import { positiveRows } from './scored-rows.ts'

/** How rows are put into bins. */
export interface CalibrationOptions extends Pick<ScoreOptions, 'classes' | 'positive'> {
  /** how many bins, 5 where left out */
  readonly bins?: number
  /** bins of equal width ('uniform', the default), or of about as many rows each ('quantile') */
  readonly strategy?: 'uniform' | 'quantile'
}

/** Predicted probabilities against what came true, bin by bin; bins without rows are left out. */
export interface CalibrationCurve {
  /** the mean predicted probability of the rows of each bin */
  readonly predicted: number[]
  /** the share of its rows that are of the positive class */
  readonly observed: number[]
  /** the number of its rows */
  readonly counts: number[]
}

/**
 * Compares predicted probabilities with how often they come true, in bins of similar probability.
 *
 *     predicted(B) = Σ pᵢ over rows of bin B / rows of B    observed(B) = positive rows of B / rows of B
 *
 * A bin holds the probabilities above its lower edge up to its upper edge; the first also holds those at its lower edge. The
 * edges are 0, 1/bins, 2/bins, … 1, or the quantiles of the probabilities at these.
 *
 * @param actual the labels of n rows
 * @param probabilities one a row (n or n×1), of the positive class; or one for each class (n×classes, rows that sum to 1 within
 *   10⁻⁴)
 * @param options `bins`: their number, 5 where left out; `strategy`: bins of equal width ('uniform', the default) or of about as
 *   many rows each ('quantile'); `positive`: the class to tell from the others, of two classes the second where left out;
 *   `classes`: every class in the order of the columns, where left out those that occur, sorted
 * @returns the bins that have rows, in ascending order
 * @throws TypeError for what are no labels or no numbers; RangeError for no rows, different lengths, probabilities outside 0–1
 *   or rows that do not sum to 1, a label that is not among the classes, a number of bins that is not whole or below 1
 * @see Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning", 2005; scikit-learn,
 *   `sklearn.calibration.calibration_curve`
 * @example
 * import { calibrationCurve } from 'bp-net'
 * const { predicted, observed, counts } = calibrationCurve([0, 0, 1, 1], [0.25, 0.25, 0.25, 1], { bins: 2 })
 * console.log(predicted.join(), counts.join()) // 0.25,1 3,1
 * console.log(observed.map((share) => share.toFixed(2)).join()) // 0.33,1.00
 */
export function calibrationCurve(
  actual: ArrayLike<Label>,
  probabilities: Table,
  options: CalibrationOptions = {},
): CalibrationCurve {
  const where = 'calibrationCurve'
  checkOptions(where, options, ['bins', 'strategy', 'positive', 'classes'])
  const bins: unknown = options.bins ?? 5
  checkInteger(where, 'bins', bins, 1, 1e6)
  const strategy = readStrategy(where, options.strategy)
  const { scores, isPositive } = positiveRows(where, readProbabilities(where, actual, probabilities, options))
  const edges = strategy === 'uniform' ? innerShares(bins) : quantiles(scores, innerShares(bins))
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, positive: 0 }))
  scores.forEach((probability, i) => {
    const bin = sums[countBelow(edges, probability)] as (typeof sums)[number]
    bin.rows++
    bin.predicted += probability
    bin.positive += Number(isPositive[i])
  })
  const kept = sums.filter(({ rows }) => rows > 0)
  return {
    predicted: kept.map(({ rows, predicted }) => predicted / rows),
    observed: kept.map(({ rows, positive }) => positive / rows),
    counts: kept.map(({ rows }) => rows),
  }
}

function readStrategy(where: string, given: unknown = 'uniform'): 'uniform' | 'quantile' {
  if (given === 'uniform' || given === 'quantile') return given
  if (typeof given !== 'string') throw typeError(where, 'strategy', "'uniform' or 'quantile'", given)
  throw unknownName(where, 'strategy', given, ['uniform', 'quantile'])
}

/** 1/bins, 2/bins, … (bins − 1)/bins, to the bits of NumPy's linspace, on which rows at an edge depend. */
function innerShares(bins: number): number[] {
  return Array.from({ length: bins - 1 }, (_, k) => (k + 1) * (1 / bins))
}

/** The quantiles at these shares, linear between neighbours, to the bits of NumPy's percentile. */
function quantiles(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.toSorted()
  return shares.map((share) => {
    const place = (sorted.length - 1) * ((share * 100) / 100)
    const below = Math.floor(place)
    const [a, b] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number]
    const t = place - below
    return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t)
  })
}

/** How many of the ascending edges are below the value. */
function countBelow(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((edges[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
