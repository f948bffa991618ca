import { checkOptions } from '../errors.ts'
import { checkSize } from '../matrix/view.ts'
import type { Label } from './labels.ts'
import { checkSameLength, classIndices, readClasses, readLabelList } from './labels.ts'
import type { WeightOptions } from './weights.ts'
import { readWeights, weightedMean } from './weights.ts'

/** How labels are to be compared. */
export interface ClassOptions extends WeightOptions {
  /** every class, in the order in which they are to be listed; where left out, those that occur, sorted */
  readonly classes?: ArrayLike<Label>
}

/** How often rows of one class were taken for another. */
export interface ConfusionMatrix {
  /** the classes, in the order of rows and columns */
  readonly classes: Label[]
  /** the rows (or their weight) of actual class i and predicted class j, at [i][j] (classes×classes) */
  readonly counts: number[][]
}

/**
 * Counts how often rows of each class were predicted to be of each class.
 *
 *     counts[i][j] = Σ wₙ over the rows n of actual class i and predicted class j
 *
 * @param actual the labels of n rows: strings, numbers, booleans or bigints
 * @param predicted the labels that were predicted (n)
 * @param options `classes`: every class in the order to list them, where left out those that occur in either, sorted (false
 *   before true, numbers by value, strings by code units; booleans, then numbers, then strings); `sampleWeights` (n)
 * @returns the classes and the counts: a row for each actual class, a column for each predicted one
 * @throws TypeError for what are no labels; RangeError for no rows, different lengths, a label that is not among the
 *   classes, weights that are negative or all 0
 * @see scikit-learn, `sklearn.metrics.confusion_matrix`
 * @example
 * import { confusionMatrix } from 'bp-net'
 * const { classes, counts } = confusionMatrix(['cat', 'dog', 'dog', 'dog'], ['cat', 'dog', 'cat', 'dog'])
 * console.log(classes.join()) // cat,dog
 * console.log(counts.join(' | ')) // 1,0 | 1,2
 */
export function confusionMatrix(
  actual: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
  options: ClassOptions = {},
): ConfusionMatrix {
  return countConfusions('confusionMatrix', actual, predicted, options)
}

/** The same for any function that takes these arguments. */
export function countConfusions(
  where: string,
  actual: unknown,
  predicted: unknown,
  options: ClassOptions,
): ConfusionMatrix {
  checkOptions(where, options, ['classes', 'sampleWeights'])
  const lists = readPair(where, actual, predicted)
  const { weights } = readWeights(where, options.sampleWeights, lists.actual.length)
  const classes = readClasses(where, options.classes, lists.actual, lists.predicted)
  checkSize(where, 'the counts', classes.length, classes.length)
  const rows = classIndices(where, 'actual', lists.actual, classes)
  const columns = classIndices(where, 'predicted', lists.predicted, classes)
  const counts = classes.map(() => new Array<number>(classes.length).fill(0))
  weights.forEach((weight, n) => {
    const row = counts[rows[n] as number] as number[]
    const column = columns[n] as number
    row[column] = (row[column] as number) + weight
  })
  return { classes: [...classes], counts }
}

/**
 * The share of rows whose label was predicted.
 *
 *     accuracy = Σ wₙ over the rows whose predicted label is the actual one / Σ wₙ
 *
 * @param actual the labels of n rows: strings, numbers, booleans or bigints
 * @param predicted the labels that were predicted (n)
 * @param options `sampleWeights` (n)
 * @returns a number from 0 to 1
 * @throws TypeError for what are no labels; RangeError for no rows, different lengths, weights that are negative or all 0
 * @see scikit-learn, `sklearn.metrics.accuracy_score`
 * @example
 * import { accuracyScore } from 'bp-net'
 * console.log(accuracyScore(['cat', 'dog', 'dog', 'dog'], ['cat', 'dog', 'cat', 'dog'])) // 0.75
 */
export function accuracyScore(
  actual: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
  options: WeightOptions = {},
): number {
  checkOptions('accuracyScore', options, ['sampleWeights'])
  const lists = readPair('accuracyScore', actual, predicted)
  const weighting = readWeights('accuracyScore', options.sampleWeights, lists.actual.length)
  return weightedMean(weighting, (n) => Number(lists.actual[n] === lists.predicted[n]))
}

/** Actual and predicted labels, as many of each. */
function readPair(where: string, actual: unknown, predicted: unknown) {
  const lists = {
    actual: readLabelList(where, 'actual', actual),
    predicted: readLabelList(where, 'predicted', predicted),
  }
  checkSameLength(where, 'predicted', lists.predicted.length, lists.actual.length)
  return lists
}
