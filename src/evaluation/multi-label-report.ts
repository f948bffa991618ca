import { checkOptions } from '../errors.ts'
import type { Indicators } from './indicators.ts'
import type { Label } from './labels.ts'
import type { Compared } from './multi-label.ts'
import { readCompared, readLabelNames } from './multi-label.ts'
import type { ClassScores } from './report.ts'
import { lineOf, scoreTable } from './score-table.ts'
import type { Scores, Tally } from './scores.ts'
import { averageScores, scoresOf } from './scores.ts'
import type { WeightOptions } from './weights.ts'

/** How several labels a row are to be compared. */
export interface MultiLabelOptions extends WeightOptions {
  /** the names of the labels, in the order of the columns; where left out, 0, 1, … */
  readonly labels?: ArrayLike<Label>
}

/** How well several labels a row were predicted, label by label and in all. */
export interface MultiLabelReport {
  /** the scores of each label, in the order of the columns */
  readonly labels: ClassScores[]
  /** the scores of all labels of all rows together */
  readonly microAverage: Scores
  /** the plain mean over labels */
  readonly macroAverage: Scores
  /** the mean over labels weighted by their support */
  readonly weightedAverage: Scores
  /** the mean over rows of the scores of each row's labels */
  readonly samplesAverage: Scores
  /** the table that scikit-learn prints, with two decimals */
  toString(): string
}

/**
 * Precision, recall, F₁ and support of each of several labels that a row may have, and their averages.
 *
 *     precision = TP / (TP + FP)
 *     recall = TP / (TP + FN)
 *     f1 = 2·precision·recall / (precision + recall)
 *     support = TP + FN
 *
 * with 0/0 = 0. The micro average counts TP, FP and FN over all labels, the samples average takes the scores of each row over
 * its labels and then the mean over rows.
 *
 * @param actual which of k labels each row has: rows of 0 and 1 or of booleans (n×k)
 * @param predicted which were predicted (n×k)
 * @param options `labels`: the names of the columns (k); `sampleWeights` (n)
 * @returns the scores as numbers; as text, by `toString()` or in a template, the table of scikit-learn
 * @throws TypeError for what are no rows; RangeError for other numbers than 0 and 1, no rows, different shapes, weights that
 *   are negative or all 0
 * @see scikit-learn, `sklearn.metrics.classification_report` of indicators
 * @example
 * import { multiLabelReport } from 'bp-net'
 * const report = multiLabelReport([[1, 0], [1, 1]], [[1, 0], [0, 1]], { labels: ['red', 'round'] })
 * console.log(report.labels.map(({ recall }) => recall).join()) // 0.5,1
 * console.log(report.microAverage.precision, report.samplesAverage.recall) // 1 0.75
 */
export function multiLabelReport(
  actual: Indicators,
  predicted: Indicators,
  options: MultiLabelOptions = {},
): MultiLabelReport {
  checkOptions('multiLabelReport', options, ['labels', 'sampleWeights'])
  const compared = readCompared('multiLabelReport', actual, predicted, options)
  return new Report(compared, readLabelNames('multiLabelReport', options.labels, compared.actual.columns))
}

class Report implements MultiLabelReport {
  readonly labels: ClassScores[]
  readonly microAverage: Scores
  readonly macroAverage: Scores
  readonly weightedAverage: Scores
  readonly samplesAverage: Scores

  constructor(compared: Compared, names: readonly Label[]) {
    const { rows, columns } = compared.actual
    const { weights } = compared.weighting
    const ofLabels = names.map((_, k) =>
      tally(compared, rows, (i) => ({ element: i * columns + k, weight: weights[i] as number })),
    )
    const ofRows = Array.from({ length: rows }, (_, i) =>
      scoresOf(tally(compared, columns, (k) => ({ element: i * columns + k, weight: 1 }))),
    )
    this.labels = ofLabels.map((one, k) => ({ label: names[k] as Label, ...scoresOf(one) }))
    this.microAverage = scoresOf(ofLabels.reduce(together))
    this.macroAverage = averageScores(this.labels, () => 1)
    this.weightedAverage = averageScores(this.labels, ({ support }) => support)
    this.samplesAverage = averageScores(ofRows, (_, i) => weights[i] as number, this.macroAverage.support)
  }

  toString(): string {
    return scoreTable(
      this.labels.map((scores) => lineOf(scores.label, scores)),
      [
        lineOf('micro avg', this.microAverage),
        lineOf('macro avg', this.macroAverage),
        lineOf('weighted avg', this.weightedAverage),
        lineOf('samples avg', this.samplesAverage),
      ],
    )
  }
}

/** Counts some elements of the tables, each with its weight. */
function tally(
  { actual, predicted }: Compared,
  count: number,
  at: (index: number) => { element: number; weight: number },
): Tally {
  const sums = { hits: 0, predicted: 0, actual: 0 }
  for (let index = 0; index < count; index++) {
    const { element, weight } = at(index)
    const [is, was] = [actual.data[element] as number, predicted.data[element] as number]
    sums.hits += weight * is * was
    sums.predicted += weight * was
    sums.actual += weight * is
  }
  return sums
}

function together(a: Tally, b: Tally): Tally {
  return { hits: a.hits + b.hits, predicted: a.predicted + b.predicted, actual: a.actual + b.actual }
}
