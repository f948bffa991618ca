import { calibrationCurve } from '../../src/evaluation/calibration.ts'
import { accuracyScore, confusionMatrix } from '../../src/evaluation/confusion.ts'
import { hammingLoss, subsetAccuracy } from '../../src/evaluation/multi-label.ts'
import { multiLabelReport } from '../../src/evaluation/multi-label-report.ts'
import { averagePrecision, precisionRecallCurve } from '../../src/evaluation/precision-recall.ts'
import { brierScore, logLoss } from '../../src/evaluation/probabilities.ts'
import { meanAbsoluteError, meanSquaredError, r2Score, rootMeanSquaredError } from '../../src/evaluation/regression.ts'
import { classificationReport } from '../../src/evaluation/report.ts'
import { rocAuc, rocCurve } from '../../src/evaluation/roc.ts'

/** A measure as tests call it: with anything. */
export type Measure = (actual: unknown, given: unknown, options?: unknown) => unknown

/** Those that compare labels with labels. */
const ofLabels = { confusionMatrix, classificationReport, accuracyScore }
/** Those that compare labels with scores. */
const ofScores = { rocCurve, rocAuc, precisionRecallCurve, averagePrecision }
/** Those that compare labels with probabilities. */
const ofProbabilities = { logLoss, brierScore, calibrationCurve }
/** Those that compare numbers with numbers. */
const ofNumbers = { meanAbsoluteError, meanSquaredError, rootMeanSquaredError, r2Score }
/** Those that compare indicators with indicators. */
const ofIndicators = { hammingLoss, subsetAccuracy, multiLabelReport }

const table = <T extends object>(measures: T) => Object.entries(measures) as [keyof T & string, Measure][]

/** Name and function of every measure, by what they compare. */
export const groups = {
  labels: table(ofLabels),
  scores: table(ofScores),
  probabilities: table(ofProbabilities),
  numbers: table(ofNumbers),
  indicators: table(ofIndicators),
}

/** Every measure by its name. */
export const measures: Readonly<Record<string, Measure>> = Object.fromEntries(Object.values(groups).flat())

/** Everything that differs by more than 1e-12 of the larger of 1 and the reference, each with its place. */
export function differences(found: unknown, expected: unknown, place = ''): string[] {
  if (typeof expected === 'number' && typeof found === 'number') {
    const near = Math.abs(found - expected) <= 1e-12 * Math.max(1, Math.abs(expected))
    return near || Object.is(found, expected) ? [] : [`${place}: ${found} is not ${expected}`]
  }
  if (typeof expected !== 'object' || expected === null || typeof found !== 'object' || found === null) {
    return found === expected ? [] : [`${place}: ${found} is not ${expected}`]
  }
  const keys = [...new Set([...Object.keys(found), ...Object.keys(expected)])]
  const at = (value: object, key: string) => (value as Record<string, unknown>)[key]
  return keys.flatMap((key) => differences(at(found, key), at(expected, key), `${place}.${key}`))
}
