import { describe, expect, it } from 'vitest'
import { confusionMatrix } from '../../src/evaluation/confusion.ts'
import { multiLabelReport } from '../../src/evaluation/multi-label-report.ts'
import { logLoss } from '../../src/evaluation/probabilities.ts'
import { classificationReport } from '../../src/evaluation/report.ts'
import { rocAuc } from '../../src/evaluation/roc.ts'
import { twoDecimals } from '../../src/evaluation/score-table.ts'

const actual = ['setosa', 'setosa', 'versicolor', 'versicolor', 'virginica', 'virginica', 'virginica']
const predicted = ['setosa', 'setosa', 'versicolor', 'virginica', 'virginica', 'virginica', 'versicolor']

describe('a report as text', () => {
  it('is the table of scikit-learn', () => {
    expect(`${classificationReport(actual, predicted)}`).toMatchInlineSnapshot(`
      "              precision    recall  f1-score   support

            setosa       1.00      1.00      1.00         2
        versicolor       0.50      0.50      0.50         2
         virginica       0.67      0.67      0.67         3

          accuracy                           0.71         7
         macro avg       0.72      0.72      0.72         7
      weighted avg       0.71      0.71      0.71         7"
    `)
  })

  it('grows with the longest name and shows weighted supports with two decimals where they are not whole', () => {
    const classes = ['setosa', 'versicolor', 'virginica', 'a class that never occurs']
    const sampleWeights = [0.5, 0.25, 1, 1, 0.1, 0.2, 0.3]
    expect(`${classificationReport(actual, predicted, { classes, sampleWeights })}`).toMatchInlineSnapshot(`
      "                           precision    recall  f1-score   support

                         setosa       1.00      1.00      1.00      0.75
                     versicolor       0.77      0.50      0.61         2
                      virginica       0.23      0.50      0.32      0.60
      a class that never occurs       0.00      0.00      0.00         0

                       accuracy                           0.61      3.35
                      macro avg       0.50      0.50      0.48      3.35
                   weighted avg       0.72      0.61      0.64      3.35"
    `)
  })

  it('of several labels a row has four averages', () => {
    const [is, was] = [
      [
        [true, false],
        [true, true],
        [false, false],
      ],
      [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
    ]
    expect(`${multiLabelReport(is, was, { labels: ['red', 'round'] })}`).toMatchInlineSnapshot(`
      "              precision    recall  f1-score   support

               red       1.00      0.50      0.67         2
             round       0.50      1.00      0.67         1

         micro avg       0.67      0.67      0.67         3
         macro avg       0.75      0.75      0.67         3
      weighted avg       0.83      0.67      0.67         3
       samples avg       0.67      0.50      0.56         3"
    `)
  })

  it('rounds to the nearest, from the middle to the even, as Python does', () => {
    const values = [0.125, 0.375, 0.625, 0.875, 0.005, 0.025, 0.045, 0.285, 1.005, 0, 1, 12.125, 2 / 3]
    const texts = [
      '0.12',
      '0.38',
      '0.62',
      '0.88',
      '0.01',
      '0.03',
      '0.04',
      '0.28',
      '1.00',
      '0.00',
      '1.00',
      '12.12',
      '0.67',
    ]
    expect(values.map(twoDecimals)).toEqual(texts)
  })
})

describe('a report as data', () => {
  it('is plain: JSON holds all of it', () => {
    const report = JSON.parse(JSON.stringify(classificationReport(['a', 'b'], ['a', 'a'])))
    expect(report).toEqual({
      classes: [
        { label: 'a', precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
        { label: 'b', precision: 0, recall: 0, f1: 0, support: 1 },
      ],
      accuracy: 0.5,
      macroAverage: { precision: 0.25, recall: 0.5, f1: 1 / 3, support: 2 },
      weightedAverage: { precision: 0.25, recall: 0.5, f1: 1 / 3, support: 2 },
    })
  })
})

describe('the classes', () => {
  it('are sorted: booleans, numbers by value, bigints, strings by code units', () => {
    const labels = ['b', 10, 'B', true, 9, 3n, -1, 'é', false, '10', 2n]
    const { classes } = confusionMatrix(labels, labels.toReversed())
    expect(classes).toEqual([false, true, -1, 9, 10, 2n, 3n, '10', 'B', 'b', 'é'])
  })

  it('are those that are given, in that order; 1, "1" and true are three, 0 and -0 are one', () => {
    const { classes, counts } = confusionMatrix([1, '1', true], ['1', '1', 1], { classes: ['1', true, 1] })
    expect(classes).toEqual(['1', true, 1])
    expect(counts).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [1, 0, 0],
    ])
    expect(confusionMatrix([0, -0], [-0, 0]).counts).toEqual([[2]])
  })

  it('may be typed arrays', () => {
    expect(confusionMatrix(Uint8Array.of(0, 1, 1), Int32Array.of(0, 1, 0)).counts).toEqual([
      [1, 0],
      [1, 1],
    ])
  })

  it('that are given do not stay bound to the array that gave them', () => {
    const classes = ['a', 'b']
    const matrix = confusionMatrix(['a'], ['b'], { classes })
    classes.reverse()
    expect(matrix.classes).toEqual(['a', 'b'])
  })
})

describe('many rows', () => {
  it('are quick', () => {
    const n = 100_000
    const labels = Array.from({ length: n }, (_, i) => (i * 7919) % 10)
    const scores = labels.map((label, i) => [((i * 104_729) % 1009) / 1009, label / 10])
    const rows = labels.map((label) => Array.from({ length: 10 }, (_, k) => (k === label ? 0.91 : 0.01)))
    const start = performance.now()
    classificationReport(labels, labels.toReversed())
    rocAuc(
      labels.map((label) => label > 4),
      scores,
    )
    logLoss(labels, rows)
    expect(performance.now() - start).toBeLessThan(3000) // takes about 200 ms; far more would be a square of the rows
  })
})
