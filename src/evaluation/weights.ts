import { checkNumber, Phrase, rangeError, typeError } from '../errors.ts'
import { checkSameLength } from './labels.ts'

/** How much each row counts. */
export interface Weighting {
  /** the weight of each row (n), 1 where none were given */
  readonly weights: Float64Array
  /** their sum, above 0 */
  readonly total: number
}

/** What every measure takes beside what is compared. */
export interface WeightOptions {
  /** how much each row counts (n): finite, not negative, not all 0; equally where left out */
  readonly sampleWeights?: ArrayLike<number>
}

/** Sample weights (rows), or 1 for each row where none are given. */
export function readWeights(where: string, given: unknown, rows: number): Weighting {
  if (given === undefined) return { weights: new Float64Array(rows).fill(1), total: rows }
  const { length } = Object(given) as ArrayLike<unknown>
  if (typeof given !== 'object' || !Number.isSafeInteger(length) || length < 0) {
    throw typeError(where, 'sampleWeights', 'an array of numbers', given)
  }
  checkSameLength(where, 'sampleWeights', length, rows)
  const weights = Float64Array.from(given as ArrayLike<number>, (weight, i) => {
    const expected = 'a finite number of at least 0'
    checkNumber(where, `the weight at index ${i} of sampleWeights`, weight, expected, (value) => value >= 0)
    return weight
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) throw rangeError(where, 'sampleWeights', 'at least one weight above 0', new Phrase('0 in every row'))
  if (total === Number.POSITIVE_INFINITY) {
    throw rangeError(where, 'the sum of sampleWeights', 'a finite number', total)
  }
  return { weights, total }
}

/** The weighted mean over rows: Σ wᵢ·value(i) / Σ wᵢ. */
export function weightedMean({ weights, total }: Weighting, value: (row: number) => number): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * value(i)
  return sum / total
}
