import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrationCurve } from '../../src/evaluation/calibration.ts'
import { accuracyScore, confusionMatrix } from '../../src/evaluation/confusion.ts'
import { multiLabelReport } from '../../src/evaluation/multi-label-report.ts'
import { precisionRecallCurve } from '../../src/evaluation/precision-recall.ts'
import { brierScore } from '../../src/evaluation/probabilities.ts'
import { meanSquaredError, r2Score, rootMeanSquaredError } from '../../src/evaluation/regression.ts'
import { classificationReport } from '../../src/evaluation/report.ts'
import { rocAuc, rocCurve } from '../../src/evaluation/roc.ts'
import { differences, groups, measures } from './measures.ts'

/** What a measure is called with, a row each. */
interface Rows {
  readonly actual: readonly unknown[]
  readonly given: readonly unknown[]
}

const CLASSES = ['a', 'b', 'c']

const label = fc.constantFrom(...CLASSES)
const half = fc.constantFrom('a', 'b')
/** Multiples of 1/16: with few rows, many are equal. */
const share = fc.integer({ min: 0, max: 16 }).map((sixteenths) => sixteenths / 16)
const number = fc.integer({ min: -50, max: 50 }).map((eighths) => eighths / 8)
const probabilities = fc.tuple(share, share).map(([p, q]) => [p, (1 - p) * q, (1 - p) * (1 - q)])
const indicators = fc.array(fc.constantFrom(0, 1), { minLength: 3, maxLength: 3 })
const targets = fc.array(number, { minLength: 2, maxLength: 2 })

function rowsOf<A, G>(actual: fc.Arbitrary<A>, given: fc.Arbitrary<G>, least = 2) {
  return fc.array(fc.tuple(actual, given), { minLength: least, maxLength: 30 }).map((pairs) => ({
    actual: pairs.map(([one]) => one),
    given: pairs.map(([, one]) => one),
  }))
}

/** Rows of two classes, at least one of each, and scores for the second. */
const binary = rowsOf(half, share).map(({ actual, given }) => ({ actual: ['a', 'b', ...actual.slice(2)], given }))

/** Every measure with rows that it takes and the options that it needs. */
const subjects = [
  ...groups.labels.map(([name]) => ({ name, rows: rowsOf(label, label), options: {} })),
  ...groups.scores.map(([name]) => ({ name, rows: binary, options: {} })),
  ...['logLoss', 'brierScore'].map((name) => ({
    name,
    rows: rowsOf(label, probabilities),
    options: { classes: CLASSES },
  })),
  { name: 'calibrationCurve', rows: rowsOf(half, share), options: { positive: 'b', classes: ['a', 'b'] } },
  { name: 'calibrationCurve', rows: rowsOf(half, share), options: { classes: ['a', 'b'], strategy: 'quantile' } },
  ...groups.numbers.map(([name]) => ({ name, rows: rowsOf(targets, targets), options: {} })),
  ...groups.indicators.map(([name]) => ({ name, rows: rowsOf(indicators, indicators), options: {} })),
] as { name: keyof typeof measures; rows: fc.Arbitrary<Rows>; options: { classes?: string[] } }[]

const weighable = subjects.filter(({ name }) => name !== 'calibrationCurve')

function call(name: string, { actual, given }: Rows, options: object): unknown {
  return measures[name]?.(actual, given, options)
}

/** Row i so many times as `times` says. */
function repeated<T>(list: readonly T[], times: readonly number[]): T[] {
  return list.flatMap((one, i) => new Array<T>(times[i] as number).fill(one))
}

function expectSame(found: unknown, expected: unknown): void {
  expect(differences({ found }, { found: expected })).toEqual([])
}

describe.each(subjects)('$name', ({ name, rows, options }) => {
  it('does not depend on the order of rows', () => {
    const shuffled = rows.chain((one) => {
      const places = [...one.actual.keys()]
      return fc.tuple(fc.constant(one), fc.shuffledSubarray(places, { minLength: places.length }))
    })
    fc.assert(
      fc.property(shuffled, (drawn) => {
        const [one, order] = drawn
        const other = { actual: order.map((i) => one.actual[i]), given: order.map((i) => one.given[i]) }
        expectSame(call(name, other, options), call(name, one, options))
      }),
    )
  })

  it('leaves its arguments as they are', () => {
    fc.assert(
      fc.property(rows, (one) => {
        const before = structuredClone(one)
        call(name, one, options)
        expect(one).toEqual(before)
      }),
      { numRuns: 20 },
    )
  })
})

describe.each(weighable)('the sample weights of $name', ({ name, rows, options }) => {
  const weighted = (weight: fc.Arbitrary<number>) => {
    return rows.chain((one) => {
      const { length } = one.actual
      return fc.tuple(fc.constant(one), fc.array(weight, { minLength: length, maxLength: length }))
    })
  }

  it('are repetitions of rows where they are whole numbers; a weight of 0 leaves a row out', () => {
    const classes = options.classes ?? (groups.labels.some(([other]) => other === name) ? CLASSES : undefined)
    const own = name === 'accuracyScore' || classes === undefined ? options : { classes }
    fc.assert(
      fc.property(weighted(fc.nat({ max: 3 })), ([one, drawn]) => {
        const times = drawn.map((count, i) => (i < 2 ? count + 1 : count)) // a row of each of two classes stays
        const other = { actual: repeated(one.actual, times), given: repeated(one.given, times) }
        expectSame(call(name, one, { ...own, sampleWeights: times }), call(name, other, own))
      }),
    )
  })

  it('count by their ratios', () => {
    if (/^(confusionMatrix|.*Report)$/.test(name)) return // whose counts and supports are of the weights themselves
    fc.assert(
      fc.property(weighted(fc.integer({ min: 1, max: 5 })), ([one, sampleWeights]) => {
        const doubled = sampleWeights.map((weight) => 2 * weight)
        const found = call(name, one, { ...options, sampleWeights: doubled })
        expectSame(found, call(name, one, { ...options, sampleWeights }))
      }),
    )
  })

  it('of 1 are none', () => {
    fc.assert(
      fc.property(rows, (one) => {
        const sampleWeights = one.actual.map(() => 1)
        expect(call(name, one, { ...options, sampleWeights })).toEqual(call(name, one, options))
      }),
    )
  })
})

describe('what belongs together', () => {
  it('confusion counts sum to the number of rows, those on the diagonal to the accuracy', () => {
    fc.assert(
      fc.property(rowsOf(label, label), ({ actual, given }) => {
        const { counts } = confusionMatrix(actual, given)
        const trace = counts.reduce((sum, row, k) => sum + (row[k] as number), 0)
        expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(actual.length)
        expect(accuracyScore(actual, given)).toBeCloseTo(trace / actual.length, 12)
      }),
    )
  })

  it('actual and predicted changed about transpose the counts and exchange precision and recall', () => {
    fc.assert(
      fc.property(rowsOf(label, label), ({ actual, given }) => {
        const [one, other] = [confusionMatrix(actual, given).counts, confusionMatrix(given, actual).counts]
        expect(other).toEqual(one.map((_, i) => one.map((row) => row[i])))
        const turned = classificationReport(given, actual).classes.map(({ precision }) => precision)
        expect(turned).toEqual(classificationReport(actual, given).classes.map(({ recall }) => recall))
      }),
    )
  })

  it('recall averaged by support is the accuracy', () => {
    fc.assert(
      fc.property(rowsOf(label, label), ({ actual, given }) => {
        const report = classificationReport(actual, given)
        expect(report.weightedAverage.recall).toBeCloseTo(report.accuracy, 12)
      }),
    )
  })

  it('several labels of which a row has one are classes', () => {
    const oneHot = (one: string) => CLASSES.map((other) => Number(other === one))
    fc.assert(
      fc.property(rowsOf(label, label), ({ actual, given }) => {
        const classes = classificationReport(actual, given, { classes: CLASSES })
        const labels = multiLabelReport(actual.map(oneHot), given.map(oneHot), { labels: CLASSES })
        expect(labels.labels).toEqual(classes.classes)
        expect(labels.macroAverage).toEqual(classes.macroAverage)
        expect(labels.samplesAverage.f1).toBeCloseTo(classes.accuracy, 12)
      }),
    )
  })

  it('AUC is the share of pairs in order, and what is missing to 1 once the scores change sign or the class is the other', () => {
    fc.assert(
      fc.property(binary, ({ actual, given }) => {
        const scoresOf = (one: string) => given.filter((_, i) => actual[i] === one)
        const pairs = scoresOf('b').flatMap((b) => scoresOf('a').map((a) => (Math.sign(b - a) + 1) / 2))
        const auc = rocAuc(actual, given)
        expect(auc).toBeCloseTo(pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length, 12)
        const turned = given.map((score) => -score)
        expect(rocAuc(actual, turned)).toBeCloseTo(1 - auc, 12)
        expect(rocAuc(actual, turned, { positive: 'a' })).toBeCloseTo(auc, 12)
        expect(
          rocAuc(
            actual,
            given.map((score) => Math.exp(5 * score) - 100),
          ),
        ).toBe(auc) // the order alone counts
      }),
    )
  })

  it('the ROC curve rises from (0, 0) to (1, 1) while thresholds fall', () => {
    fc.assert(
      fc.property(binary, ({ actual, given }) => {
        const { falsePositiveRate: x, truePositiveRate: y, thresholds } = rocCurve(actual, given)
        expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1])
        for (const rates of [x, y, thresholds.map((threshold) => -threshold)]) {
          expect(rates).toEqual(rates.toSorted((a, b) => a - b))
        }
      }),
    )
  })

  it('the precision-recall curve has a point for each distinct score and the point (1, 0)', () => {
    fc.assert(
      fc.property(binary, ({ actual, given }) => {
        const { precision, recall, thresholds } = precisionRecallCurve(actual, given)
        expect(thresholds).toEqual([...new Set(given)].sort((a, b) => a - b))
        expect([precision.length, recall.length]).toEqual([thresholds.length + 1, thresholds.length + 1])
        expect([precision.at(-1), recall.at(-1), recall[0]]).toEqual([1, 0, 1])
      }),
    )
  })

  it('a table of two columns is its second column; one of n×1 is a flat list', () => {
    const names = [...groups.scores, ...groups.probabilities].map(([name]) => name)
    fc.assert(
      fc.property(binary, ({ actual, given }) => {
        for (const name of names) {
          const flat = call(name, { actual, given }, {})
          expectSame(call(name, { actual, given: given.map((p) => [1 - p, p]) }, {}), flat)
          expectSame(call(name, { actual, given: given.map((p) => [p]) }, {}), flat)
        }
      }),
    )
  })

  it('the Brier score of two classes is half of the sum over both', () => {
    fc.assert(
      fc.property(binary, ({ actual, given }) => {
        const three = given.map((p) => [1 - p, p, 0])
        expect(brierScore(actual, three, { classes: CLASSES })).toBeCloseTo(2 * brierScore(actual, given), 12)
      }),
    )
  })

  it('calibration bins hold all rows, ascending', () => {
    const strategies = fc.constantFrom('uniform' as const, 'quantile' as const)
    fc.assert(
      fc.property(binary, fc.integer({ min: 1, max: 12 }), strategies, ({ actual, given }, bins, strategy) => {
        const { predicted, observed, counts } = calibrationCurve(actual, given, { bins, strategy })
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(actual.length)
        expect(predicted).toEqual(predicted.toSorted((a, b) => a - b))
        const positives = observed.reduce((sum, one, bin) => sum + one * (counts[bin] as number), 0)
        expect(positives).toBeCloseTo(actual.filter((one) => one === 'b').length, 9)
      }),
    )
  })

  it('the root mean squared error of one output is the root of the mean squared error', () => {
    fc.assert(
      fc.property(rowsOf(number, number), ({ actual, given }) => {
        expect(rootMeanSquaredError(actual, given) ** 2).toBeCloseTo(meanSquaredError(actual, given), 9)
      }),
    )
  })

  it('R² of constant targets is 1 where all is right, else 0, without a rounding error taken for variance', () => {
    const double = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const weights = fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(double, weights, (target, drawn) => {
        const actual = [target + 5, ...drawn.map(() => target)] // the first row has no weight
        const sampleWeights = [0, ...drawn]
        expect(r2Score(actual, actual.with(0, 0), { sampleWeights })).toBe(1)
        expect(r2Score(actual, actual.with(1, target + 1), { sampleWeights })).toBe(0)
      }),
    )
  })
})
