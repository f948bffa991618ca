import { checkOptions, rangeError, typeError, unknownName } from '../errors.ts'
import type { Rows } from '../matrix/rows.ts'
import { readColumns } from './columns.ts'
import type { Label } from './labels.ts'
import { checkLabel, classIndices, listed, readClasses, readLabelList } from './labels.ts'
import type { Weighting, WeightOptions } from './weights.ts'
import { readWeights } from './weights.ts'

/** Which class each score speaks of. */
export interface ScoreOptions extends WeightOptions {
  /** every class, in the order of the columns of the scores; where left out, those that occur, sorted */
  readonly classes?: ArrayLike<Label>
  /** the class to tell from all others; of two classes, the second where left out */
  readonly positive?: Label
}

/** The same, for a measure that can be averaged over classes. */
export interface AverageOptions extends ScoreOptions {
  /** of several classes, each against the rest: the plain mean ('macro'), or the mean weighted by support */
  readonly average?: 'macro' | 'weighted'
}

/** Rows of known classes and what a model gave for them. */
export interface ScoredRows {
  readonly classes: readonly Label[]
  /** the class index of each row (n) */
  readonly actual: Uint32Array
  /** a column for each class (n×classes), or one for the positive class (n×1) */
  readonly scores: Rows
  readonly weighting: Weighting
  /** the index of the positive class; undefined where there are several classes and none was named */
  readonly positive: number | undefined
}

/** One class against the rest. */
export interface BinaryRows {
  /** the class, for errors */
  readonly label: Label
  /** whether each row is of the class (n) */
  readonly isPositive: readonly boolean[]
  /** its score for the class (n) */
  readonly scores: Float64Array
  readonly weights: Float64Array
}

/** Reads labels and the scores for them; `subject` is what the scores are called. */
export function readScoredRows(
  where: string,
  subject: string,
  actual: unknown,
  scores: unknown,
  options: ScoreOptions,
): ScoredRows {
  const labels = readLabelList(where, 'actual', actual)
  const table = readColumns(where, subject, scores, { rows: labels.length })
  const classes = readClasses(where, options.classes, labels)
  const positive = readPositive(where, options.positive, classes)
  checkColumns(where, subject, table.columns, classes, positive)
  return {
    classes,
    actual: classIndices(where, 'actual', labels, classes),
    scores: table,
    weighting: readWeights(where, options.sampleWeights, labels.length),
    positive: positive ?? (classes.length === 2 ? 1 : undefined),
  }
}

/** The rows as class k against the rest. */
function binaryRows({ classes, actual, scores, weighting }: ScoredRows, k: number): BinaryRows {
  const { data, columns } = scores
  const column = columns === 1 ? 0 : k
  return {
    label: classes[k] as Label,
    isPositive: Array.from(actual, (index) => index === k),
    scores: Float64Array.from(actual, (_, i) => data[i * columns + column] as number),
    weights: weighting.weights,
  }
}

/** The rows as the positive class against the rest. @throws RangeError where several classes leave open which it is */
export function positiveRows(where: string, scored: ScoredRows): BinaryRows {
  if (scored.positive !== undefined) return binaryRows(scored, scored.positive)
  const expected = '2, or the option positive, the class to tell from the others'
  throw rangeError(where, 'the number of classes', expected, scored.classes.length)
}

/** A measure of the positive class against the rest, or the mean over several classes, each against the rest. */
export function overClasses(
  scored: ScoredRows,
  average: 'macro' | 'weighted',
  measure: (rows: BinaryRows) => number,
): number {
  if (scored.positive !== undefined) return measure(binaryRows(scored, scored.positive))
  const supports = new Float64Array(scored.classes.length)
  scored.actual.forEach((k, i) => {
    supports[k] = (supports[k] as number) + (scored.weighting.weights[i] as number)
  })
  const sums = { values: 0, weights: 0 }
  scored.classes.forEach((_, k) => {
    const weight = average === 'weighted' ? (supports[k] as number) : 1
    sums.values += weight * measure(binaryRows(scored, k))
    sums.weights += weight
  })
  return sums.values / sums.weights
}

/** The options of an averaged measure, checked; 'macro' unless told. */
export function readAverage(where: string, options: AverageOptions): 'macro' | 'weighted' {
  checkOptions(where, options, ['classes', 'positive', 'average', 'sampleWeights'])
  const average: unknown = options.average ?? 'macro'
  if (average === 'macro' || average === 'weighted') return average
  if (typeof average !== 'string') throw typeError(where, 'average', "'macro' or 'weighted'", average)
  throw unknownName(where, 'average', average, ['macro', 'weighted'])
}

function readPositive(where: string, given: unknown, classes: readonly Label[]): number | undefined {
  if (given === undefined) return undefined
  checkLabel(where, 'positive', given)
  const place = classes.indexOf(given)
  if (place >= 0) return place
  throw rangeError(where, 'positive', `one of the classes ${listed(classes)}`, given)
}

function checkColumns(
  where: string,
  subject: string,
  columns: number,
  classes: readonly Label[],
  positive: number | undefined,
): void {
  if (columns === 1) {
    if (positive !== undefined || classes.length === 2) return
    const expected = `2, as ${subject} has one number a row; the option classes names those that do not occur`
    throw rangeError(where, `the number of classes (${listed(classes)})`, expected, classes.length)
  }
  if (columns === classes.length) return
  const expected = `${classes.length}, one for each of ${listed(classes)}; the option classes names those that do not occur`
  throw rangeError(where, `the number of columns of ${subject}`, expected, columns)
}
