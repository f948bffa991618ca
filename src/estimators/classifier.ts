import { Phrase, typeError } from '../errors.ts'
import { accuracyScore } from '../evaluation/confusion.ts'
import type { Label } from '../evaluation/labels.ts'
import { subsetAccuracy } from '../evaluation/multi-label.ts'
import type { Matrix } from '../matrix/matrix.ts'
import type { OwnFunctions } from '../network/json.ts'
import type { TableRows } from '../tables/rows.ts'
import { type ClassPlan, chosen, classesOf, decodeClasses, encodeClasses } from './class-targets.ts'
import { classification } from './classification.ts'
import {
  type ConformalOptions,
  type ConformalSets,
  calibrate,
  coverageOf,
  labelScores,
  labelSets,
  readLevel,
} from './conformal.ts'
import { Estimator } from './estimator.ts'
import { type ClassEvaluation, evaluateClasses, knownLabels } from './evaluate-classes.ts'
import { readModel } from './json-read.ts'
import { Model } from './model.ts'
import type { EstimatorOptions, ScoreRequest } from './options.ts'
import { probabilitiesOf } from './probabilities.ts'
import type { Given } from './request.ts'
import type { Targets } from './target-cells.ts'

/**
 * A classifier of tables: rows in, labels out.
 *
 * Rows are objects or arrays, or a Matrix. Columns are typed by looking: numbers (and dates) are standardised, texts and
 * booleans become an input for each category, missing cells (null, NaN, '', 'NA') are filled by the median or the most frequent
 * category and marked by an input of their own. What was done stands in `columns`, what may surprise in `warnings`. The labels
 * are of one kind (texts, numbers or booleans), one a row; or several a row: `target: ['a', 'b']`, rows of 0 and 1, or lists
 * of tags.
 *
 *     predict = argmax softmax(Z_L), or, of several labels a row, those with sigmoid(Z_L) ≥ ½
 *
 * @typeParam Prediction what predict gives for a row: a label, as they came to fit
 * @example
 * import { Classifier } from 'bp-net'
 * const rows = Array.from({ length: 60 }, (_, i) => ({
 *   length: i % 2 === 0 ? 30 + (i % 7) : 50 + (i % 5),
 *   colour: i % 2 === 0 ? 'grey' : i % 3 === 0 ? null : 'blue',
 *   species: i % 2 === 0 ? 'Adelie' : 'Gentoo',
 * }))
 * const model = new Classifier({ seed: 1 })
 * await model.fit(rows, { target: 'species' })
 * console.log(model.predict([{ length: 52, colour: 'blue' }])) // [ 'Gentoo' ]
 * console.log(model.score(rows)) // 1
 */
export class Classifier<Prediction = Label> extends Estimator<ClassPlan, Prediction> {
  /** @throws TypeError or RangeError that names the option */
  constructor(options: EstimatorOptions = {}) {
    super(new Model(classification, options))
  }

  /** The classes in ascending order (of several labels a row: the labels, or the tags), in the order of probabilities. */
  get classes(): readonly Label[] {
    return classesOf(this.inside.fitted('classes').targets)
  }

  /** How probable each class is for each row: rows×classes; the rows of one class each sum to 1. */
  predictProbabilities(rows: TableRows): Matrix {
    return this.#probabilities('predictProbabilities', rows)
  }

  /** The share of rows that are predicted right; of several labels a row, those with all of them right. */
  score(rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest): number {
    const { plan, cells, probabilities, weighed } = this.#compare('score', [rows, targets, options])
    if (plan.kind === 'class') {
      const predicted = decodeClasses(plan, probabilities) as Label[]
      return accuracyScore(knownLabels('score', plan, cells), predicted, weighed)
    }
    const actual = encodeClasses('score', plan, cells, 'float64')
    return subsetAccuracy(actual, chosen(probabilities), weighed)
  }

  /** Accuracy, confusions, precision and recall, log loss, curves: numbers, and a report as text. */
  evaluate(rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest): ClassEvaluation {
    return evaluateClasses(this.#compare('evaluate', [rows, targets, options]))
  }

  /**
   * Sets of labels that hold the true one in at least the asked share of new rows, by split conformal prediction. It holds for
   * rows drawn as those given here, which must not have been trained on; on average over such rows, not for each class.
   *
   *     set = { k : 1 − p_k ≤ threshold }      threshold = the ⌈(n + 1)·level⌉-th smallest 1 − p of the true labels
   *
   * @param rows n rows that the model was not trained on
   * @param targets `{ target, level: 0.9 }`, or their labels; those of fit's target where none is named
   * @throws TypeError where a row has several labels
   * @see Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005
   */
  conformal(rows: TableRows, targets?: Targets | ConformalOptions, options?: ConformalOptions): ConformalSets {
    const where = 'conformal'
    const { level, given } = readLevel(where, targets, options)
    const made = this.inside.fitted(where)
    const { classes } = this
    const judge = (at: string, ...given: Given) => {
      this.inside.checkSame(at, made)
      const { targets: plan } = made
      if (plan.kind !== 'class')
        throw typeError(at, 'the target', 'one class a row', new Phrase('several labels a row'))
      const { cells, probabilities } = this.#compare(at, given)
      return { labels: knownLabels(at, plan, cells), probabilities }
    }
    const { labels, probabilities } = judge(where, rows, ...given)
    const calibration = calibrate(labelScores(probabilities, classes, labels), level)
    const { threshold } = calibration
    return {
      ...calibration,
      predict: (of) => {
        this.inside.checkSame('predict', made)
        return labelSets(this.#probabilities('predict', of), classes, threshold)
      },
      coverage: (...of) => {
        const known = judge('coverage', of[0], of[1], of[2])
        const scores = labelScores(known.probabilities, classes, known.labels)
        const sizes = labelSets(known.probabilities, classes, threshold).map(({ length }) => length)
        return coverageOf(
          Array.from(scores, (score) => score <= threshold),
          sizes,
        )
      },
    }
  }

  /** The classifier that `toJSON` wrote: the value, or its text; `own` as of Network.fromJSON. */
  static fromJSON<Prediction = Label>(value: unknown, own: OwnFunctions = {}): Classifier<Prediction> {
    const classifier = new Classifier<Prediction>()
    classifier.replace(readModel(classification, value, own))
    return classifier
  }

  protected decode(rows: TableRows): Prediction[] {
    const { targets } = this.inside.fitted('predict')
    return decodeClasses(targets, this.#probabilities('predict', rows)) as Prediction[]
  }

  #compare(where: string, given: Given) {
    const { outputs, ...compared } = this.inside.compare(where, given)
    return { ...compared, probabilities: probabilitiesOf(compared.plan, outputs) }
  }

  #probabilities(where: string, rows: TableRows): Matrix {
    const { targets } = this.inside.fitted(where)
    return probabilitiesOf(targets, this.inside.outputs(where, rows))
  }
}
