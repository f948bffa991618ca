import type { ClassOptions, ConfusionMatrix } from './confusion.ts'
import { countConfusions } from './confusion.ts'
import type { Label } from './labels.ts'
import { lineOf, scoreTable, supportText, twoDecimals } from './score-table.ts'
import type { Scores } from './scores.ts'
import { averageScores, scoresOf } from './scores.ts'

/** The scores of one class. */
export interface ClassScores extends Scores {
  /** the class, or the label */
  label: Label
}

/** How well labels were predicted, class by class and in all. */
export interface ClassificationReport {
  /** the scores of each class, in the order of the classes */
  readonly classes: ClassScores[]
  /** the share of rows whose label was predicted */
  readonly accuracy: number
  /** the plain mean over classes */
  readonly macroAverage: Scores
  /** the mean over classes weighted by their support */
  readonly weightedAverage: Scores
  /** the table that scikit-learn prints, with two decimals */
  toString(): string
}

/**
 * Precision, recall, F₁ and support of each class, their averages, and accuracy.
 *
 *     precision = TP / (TP + FP)
 *     recall = TP / (TP + FN)
 *     f1 = 2·precision·recall / (precision + recall)
 *     support = TP + FN
 *
 * with 0/0 = 0: the precision of a class that was never predicted, the recall of a class that never occurs.
 *
 * @param actual the labels of n rows: strings, numbers, booleans or bigints
 * @param predicted the labels that were predicted (n)
 * @param options `classes`: every class in the order to list them, where left out those that occur in either, sorted;
 *   `sampleWeights` (n)
 * @returns the scores as numbers; as text, by `toString()` or in a template, the table of scikit-learn
 * @throws TypeError for what are no labels; RangeError for no rows, different lengths, a label that is not among the
 *   classes, weights that are negative or all 0
 * @see scikit-learn, `sklearn.metrics.classification_report`
 * @example
 * import { classificationReport } from 'bp-net'
 * const report = classificationReport(['cat', 'dog', 'dog', 'dog'], ['cat', 'dog', 'cat', 'dog'])
 * console.log(report.accuracy, report.macroAverage.precision) // 0.75 0.75
 * console.log(String(report).split('\n')[2]?.trim()) // cat       0.50      1.00      0.67         1
 */
export function classificationReport(
  actual: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
  options: ClassOptions = {},
): ClassificationReport {
  return new Report(countConfusions('classificationReport', actual, predicted, options))
}

class Report implements ClassificationReport {
  readonly classes: ClassScores[]
  readonly accuracy: number
  readonly macroAverage: Scores
  readonly weightedAverage: Scores

  constructor({ classes, counts }: ConfusionMatrix) {
    const all = counts.map((row, k) => {
      const predicted = counts.map((other) => other[k] as number)
      return { hits: row[k] as number, predicted: sum(predicted), actual: sum(row) }
    })
    this.classes = all.map((tally, k) => ({ label: classes[k] as Label, ...scoresOf(tally) }))
    this.accuracy = sum(all.map(({ hits }) => hits)) / sum(all.map(({ actual }) => actual))
    this.macroAverage = averageScores(this.classes, () => 1)
    this.weightedAverage = averageScores(this.classes, ({ support }) => support)
  }

  toString(): string {
    const accuracy = ['', '', twoDecimals(this.accuracy), supportText(this.macroAverage.support)]
    return scoreTable(
      this.classes.map((scores) => lineOf(scores.label, scores)),
      [['accuracy', accuracy], lineOf('macro avg', this.macroAverage), lineOf('weighted avg', this.weightedAverage)],
    )
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
