import { Phrase, typeError } from '../errors.ts'
import { r2Score } from '../evaluation/regression.ts'
import type { OwnFunctions } from '../network/json.ts'
import type { TableRows } from '../tables/rows.ts'
import { type ConformalIntervals, type ConformalOptions, calibrate, coverageOf, readLevel } from './conformal.ts'
import { Estimator } from './estimator.ts'
import { evaluateNumbers, type NumberEvaluation } from './evaluate-numbers.ts'
import { readModel } from './json-read.ts'
import { Model } from './model.ts'
import { actualNumbers, decodeNumbers, type NumberPlan, unscale } from './number-targets.ts'
import type { EstimatorOptions, ScoreRequest } from './options.ts'
import { regression } from './regression.ts'
import type { Given } from './request.ts'
import type { Targets } from './target-cells.ts'

/**
 * A regressor of tables: rows in, numbers out. Columns are read as by `Classifier`. Targets, one or several a row
 * (`target: ['x', 'y']`, or rows of numbers), are standardised for the network and predicted in their own units.
 *
 *     predict = mean + standard deviation · Z_L
 *
 * @typeParam Prediction what predict gives for a row: a number, or several in the form in which they came to fit
 * @example
 * import { Regressor } from 'bp-net'
 * const rows = Array.from({ length: 200 }, (_, i) => ({ size: i, kind: i % 2 ? 'flat' : 'house', price: 1000 + 5 * i + (i % 2) * 100 }))
 * const model = await new Regressor({ seed: 1 }).fit(rows, { target: 'price' })
 * const [price = 0] = model.predict([{ size: 100, kind: 'house' }])
 * console.log(Math.abs(price - 1500) < 50) // true
 */
export class Regressor<Prediction = number> extends Estimator<NumberPlan, Prediction> {
  /** @throws TypeError or RangeError that names the option */
  constructor(options: EstimatorOptions = {}) {
    super(new Model(regression, options))
  }

  /** R²: 1 − Σ(y − ŷ)² / Σ(y − mean y)², the mean over targets where there are several. */
  score(rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest): number {
    const { plan, actual, predicted, weighed } = this.#compare('score', [rows, targets, options])
    return plan.means.length === 1
      ? r2Score(actual.column(0), predicted.column(0), weighed)
      : r2Score(actual, predicted, weighed)
  }

  /** Errors in the units of the targets, and R²: numbers, and a report as text. */
  evaluate(rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest): NumberEvaluation {
    const { plan, actual, predicted, weighed } = this.#compare('evaluate', [rows, targets, options])
    return evaluateNumbers(plan, actual, predicted, weighed)
  }

  /**
   * Intervals that hold the true number in at least the asked share of new rows, by split conformal prediction. It holds for rows
   * drawn as those given here, which must not have been trained on; on average over such rows.
   *
   *     interval = ŷ ± threshold      threshold = the ⌈(n + 1)·level⌉-th smallest |y − ŷ|
   *
   * @param rows n rows that the model was not trained on
   * @param targets `{ target, level: 0.9 }`, or their targets; those of fit where none is named
   * @throws TypeError where a row has several targets
   * @see Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-free predictive inference for regression", 2018
   */
  conformal(rows: TableRows, targets?: Targets | ConformalOptions, options?: ConformalOptions): ConformalIntervals {
    const where = 'conformal'
    const { level, given } = readLevel(where, targets, options)
    const made = this.inside.fitted(where)
    const judge = (at: string, ...given: Given) => {
      this.inside.checkSame(at, made)
      const { plan, actual, predicted } = this.#compare(at, given)
      if (plan.means.length !== 1) throw typeError(at, 'the target', 'one number a row', new Phrase('several'))
      return Float64Array.from({ length: actual.rows }, (_, i) => Math.abs(actual.get(i, 0) - predicted.get(i, 0)))
    }
    const calibration = calibrate(judge(where, rows, ...given), level)
    const { threshold } = calibration
    return {
      ...calibration,
      predict: (of) => {
        this.inside.checkSame('predict', made)
        const predicted = unscale(made.targets, this.inside.outputs('predict', of))
        return Array.from({ length: predicted.rows }, (_, i) => {
          const middle = predicted.get(i, 0)
          return [middle - threshold, middle + threshold]
        })
      },
      coverage: (...of) => {
        const errors = Array.from(judge('coverage', of[0], of[1], of[2]))
        return coverageOf(
          errors.map((error) => error <= threshold),
          [2 * threshold],
        )
      },
    }
  }

  /** The regressor that `toJSON` wrote: the value, or its text; `own` as of Network.fromJSON. */
  static fromJSON<Prediction = number>(value: unknown, own: OwnFunctions = {}): Regressor<Prediction> {
    const regressor = new Regressor<Prediction>()
    regressor.replace(readModel(regression, value, own))
    return regressor
  }

  protected decode(rows: TableRows): Prediction[] {
    const { targets } = this.inside.fitted('predict')
    return decodeNumbers(targets, unscale(targets, this.inside.outputs('predict', rows))) as Prediction[]
  }

  #compare(where: string, given: Given) {
    const { plan, cells, outputs, weighed } = this.inside.compare(where, given)
    return { plan, actual: actualNumbers(where, plan, cells), predicted: unscale(plan, outputs), weighed }
  }
}
