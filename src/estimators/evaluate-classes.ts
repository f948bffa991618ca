import ndarray from 'ndarray'
import { Phrase, rangeError } from '../errors.ts'
import { type CalibrationCurve, calibrationCurve } from '../evaluation/calibration.ts'
import { type ConfusionMatrix, confusionMatrix } from '../evaluation/confusion.ts'
import { type Label, listed, quoted, readClasses } from '../evaluation/labels.ts'
import { hammingLoss, subsetAccuracy } from '../evaluation/multi-label.ts'
import { type MultiLabelReport, multiLabelReport } from '../evaluation/multi-label-report.ts'
import { averagePrecision, type PrecisionRecallCurve, precisionRecallCurve } from '../evaluation/precision-recall.ts'
import { brierScore, logLoss } from '../evaluation/probabilities.ts'
import { type ClassificationReport, classificationReport } from '../evaluation/report.ts'
import { type RocCurve, rocAuc, rocCurve } from '../evaluation/roc.ts'
import type { WeightOptions } from '../evaluation/weights.ts'
import { Matrix } from '../matrix/matrix.ts'
import {
  type ClassPlan,
  checkKind,
  chosen,
  classesOf,
  decodeClasses,
  encodeClasses,
  type OneClass,
} from './class-targets.ts'
import { meanOf } from './spread.ts'
import { refuseMissing, type TargetCells } from './target-cells.ts'

/** How well one class, or one of several labels, is told from the rest. */
export interface ClassCurves {
  /** the class, label or tag that is told from the rest */
  readonly class: Label
  /** the area under the ROC curve; NaN, as all of these, where all rows are of the class or none is */
  readonly rocAuc: number
  /** the area under the precision-recall curve */
  readonly averagePrecision: number
  /** the shares of wrongly and rightly found rows, threshold by threshold */
  readonly roc: RocCurve | undefined
  /** what share of the found rows is right, and of the right ones found */
  readonly precisionRecall: PrecisionRecallCurve | undefined
  /** predicted probabilities against how often they came true, in 10 bins */
  readonly calibration: CalibrationCurve
}

/** How well a classifier predicts rows. */
export interface ClassEvaluation {
  /** how many were compared */
  readonly rows: number
  /** those of the model, and others that occur in the rows */
  readonly classes: readonly Label[]
  /** the share of rows predicted right; of several labels a row, those with all of them right */
  readonly accuracy: number
  /** precision, recall, F₁ and support of each class */
  readonly report: ClassificationReport | MultiLabelReport
  /** the mean of −ln of the probability of what was right; of several labels a row, the mean over labels */
  readonly logLoss: number
  /** the mean squared distance of probabilities from 0 and 1 */
  readonly brierScore: number
  /** the area under the ROC curve: of the second of two classes, else the mean over classes that have one, each against the rest */
  readonly rocAuc: number
  /** the area under the precision-recall curve, likewise */
  readonly averagePrecision: number
  /** actual classes in rows, predicted ones in columns; undefined where a row has several labels */
  readonly confusion: ConfusionMatrix | undefined
  /** the share of labels that are wrong, where a row has several */
  readonly hammingLoss: number | undefined
  /** of each class (of two, the second alone) */
  readonly curves: readonly ClassCurves[]
  /** the report as text */
  toString(): string
}

/** The labels of rows, of which at least one must be known. */
export function knownLabels(where: string, plan: OneClass, cells: TargetCells): Label[] {
  checkKind(where, plan, cells)
  refuseMissing(where, cells, plan.classes)
  const { rows, at } = cells
  const labels = Array.from({ length: rows }, (_, i) => at(i, 0) as Label)
  if (labels.some((label) => plan.classes.includes(label))) return labels
  const received = new Phrase(`${quoted(labels[0] as Label)} in row 0, and no row's is a class of fit`)
  throw rangeError(where, 'the target', `classes of fit: ${listed(plan.classes)}`, received)
}

/** What was right, and what a model says of it. */
interface Compared {
  readonly plan: ClassPlan
  readonly cells: TargetCells
  /** rows×classes */
  readonly probabilities: Matrix
  readonly weighed: WeightOptions
}

/** Compares probabilities with what was right. */
export function evaluateClasses({ plan, cells, probabilities, weighed }: Compared): ClassEvaluation {
  return plan.kind === 'class'
    ? evaluateOne(plan, knownLabels('evaluate', plan, cells), probabilities, weighed)
    : evaluateMany(plan, encodeClasses('evaluate', plan, cells, 'float64'), probabilities, weighed)
}

function evaluateOne(plan: OneClass, actual: Label[], given: Matrix, weighed: WeightOptions): ClassEvaluation {
  const predicted = decodeClasses(plan, given) as Label[]
  const classes = readClasses('evaluate', undefined, plan.classes, actual)
  const probabilities = classes.length === plan.classes.length ? given : widened(plan, given, classes)
  const options = { classes, ...weighed }
  const measured = classes.length === 2 ? classes.slice(1) : classes
  const curves = measured.map((one) => {
    const k = classes.indexOf(one)
    return curvesOf(
      one,
      actual.map((label) => label === one),
      probabilities.column(k),
      weighed,
    )
  })
  const report = classificationReport(actual, predicted, options)
  return new Evaluation({
    rows: actual.length,
    classes,
    accuracy: report.accuracy,
    report,
    logLoss: logLoss(actual, probabilities, options),
    brierScore: brierScore(actual, probabilities, options),
    ...meansOf(curves),
    confusion: confusionMatrix(actual, predicted, options),
    hammingLoss: undefined,
    curves,
  })
}

function evaluateMany(plan: ClassPlan, actual: Matrix, probabilities: Matrix, weighed: WeightOptions): ClassEvaluation {
  const labels = classesOf(plan)
  const predicted = chosen(probabilities)
  const each = labels.map((label, k) => {
    const isPositive = Array.from({ length: actual.rows }, (_, i) => actual.get(i, k) === 1)
    const options = { classes: [false, true], ...weighed }
    const column = probabilities.column(k)
    return {
      curves: curvesOf(label, isPositive, column, weighed),
      logLoss: logLoss(isPositive, column, options),
      brierScore: brierScore(isPositive, column, options),
    }
  })
  const curves = each.map((one) => one.curves)
  return new Evaluation({
    rows: actual.rows,
    classes: labels,
    accuracy: subsetAccuracy(actual, predicted, weighed),
    report: multiLabelReport(actual, predicted, { labels: labels.map(String), ...weighed }),
    logLoss: meanOf(each.map((one) => one.logLoss)),
    brierScore: meanOf(each.map((one) => one.brierScore)),
    ...meansOf(curves),
    confusion: undefined,
    hammingLoss: hammingLoss(actual, predicted, weighed),
    curves,
  })
}

/** A probability of 0 for the classes that the model does not know. */
function widened(plan: OneClass, given: Matrix, classes: readonly Label[]): Matrix {
  const data = new Float64Array(given.rows * classes.length)
  for (const [k, one] of classes.entries()) {
    const place = plan.classes.indexOf(one)
    if (place < 0) continue
    for (let i = 0; i < given.rows; i++) data[i * classes.length + k] = given.get(i, place)
  }
  return Matrix.wrap(ndarray(data, [given.rows, classes.length]))
}

function curvesOf(label: Label, isPositive: boolean[], probabilities: Matrix, weighed: WeightOptions): ClassCurves {
  const options = { classes: [false, true], ...weighed }
  const weights = weighed.sampleWeights
  const counted = isPositive.filter((_, i) => weights === undefined || (weights[i] as number) > 0)
  const isJudged = counted.includes(true) && counted.includes(false)
  return {
    class: label,
    rocAuc: isJudged ? rocAuc(isPositive, probabilities, options) : Number.NaN,
    averagePrecision: isJudged ? averagePrecision(isPositive, probabilities, options) : Number.NaN,
    roc: isJudged ? rocCurve(isPositive, probabilities, options) : undefined,
    precisionRecall: isJudged ? precisionRecallCurve(isPositive, probabilities, options) : undefined,
    calibration: calibrationCurve(isPositive, probabilities, { classes: [false, true], bins: 10 }),
  }
}

function meansOf(curves: readonly ClassCurves[]): Pick<ClassEvaluation, 'rocAuc' | 'averagePrecision'> {
  const judged = curves.filter((one) => !Number.isNaN(one.rocAuc))
  return {
    rocAuc: meanOf(judged.map((one) => one.rocAuc)),
    averagePrecision: meanOf(judged.map((one) => one.averagePrecision)),
  }
}

class Evaluation implements ClassEvaluation {
  declare readonly rows: number
  declare readonly classes: readonly Label[]
  declare readonly accuracy: number
  declare readonly report: ClassificationReport | MultiLabelReport
  declare readonly logLoss: number
  declare readonly brierScore: number
  declare readonly rocAuc: number
  declare readonly averagePrecision: number
  declare readonly confusion: ConfusionMatrix | undefined
  declare readonly hammingLoss: number | undefined
  declare readonly curves: readonly ClassCurves[]

  constructor(measured: Omit<ClassEvaluation, 'toString'>) {
    Object.assign(this, measured)
  }

  toString(): string {
    const numbers = [
      `accuracy ${this.accuracy.toFixed(4)}`,
      `log loss ${this.logLoss.toFixed(4)}`,
      `Brier ${this.brierScore.toFixed(4)}`,
      `ROC AUC ${this.rocAuc.toFixed(4)}`,
      ...(this.hammingLoss === undefined ? [] : [`Hamming loss ${this.hammingLoss.toFixed(4)}`]),
    ]
    const confusions = this.confusion === undefined ? [] : ['', ...tableOf(this.confusion)]
    return [`${this.rows} rows: ${numbers.join(', ')}`, '', String(this.report), ...confusions].join('\n')
  }
}

/** The confusions as lines of text. */
function tableOf({ classes, counts }: ConfusionMatrix): string[] {
  const names = classes.map(String)
  const cells = counts.map((row) => row.map((count) => String(Number(count.toPrecision(6)))))
  const width = Math.max(...names.map(({ length }) => length), ...cells.flat().map(({ length }) => length)) + 2
  const line = (name: string, row: readonly string[]) =>
    name.padEnd(width) + row.map((one) => one.padStart(width)).join('')
  return ['rows: actual, columns: predicted', line('', names), ...cells.map((row, k) => line(names[k] as string, row))]
}
