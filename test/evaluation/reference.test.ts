import { readFileSync } from 'node:fs'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import { differences, groups, type Measure, measures } from './measures.ts'

/** What scikit-learn says of one case; the head of the file says how it was made. */
interface Reference {
  readonly measure: string
  readonly title: string
  readonly actual: readonly unknown[]
  readonly given: readonly unknown[]
  readonly options: object
  readonly value: unknown
}

const special = new Map(Object.entries({ NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY }))
const { references } = JSON.parse(readFileSync('test/evaluation/scikit-learn.json', 'utf8'), (_, value) => {
  return special.get(value) ?? value
}) as { references: Reference[] }

const isNumeric = (list: readonly unknown[]) => list.every((value) => typeof value === 'number')
const isTable = (list: readonly unknown[]) => list.every((row) => Array.isArray(row) && isNumeric(row))

describe.each(Object.entries(measures))('%s', (name, measure) => {
  const own = references.filter((reference) => reference.measure === name)

  it('has reference values', () => {
    expect(own.length).toBeGreaterThan(5)
  })

  it.each(own)('is what scikit-learn says: $title', ({ actual, given, options, value }) => {
    expectValue(measure, [actual, given, options], value)
  })

  it('takes matrices, typed arrays and, for numbers, ndarrays too', () => {
    for (const { actual, given, options, value } of own) {
      expectValue(measure, [convert(actual), convert(given), withTypedWeights(options)], value)
      expectValue(measure, [actual, asNdArray(name, given), options], value)
    }
  })
})

/** The value is that of the reference to 1e-12 (sums of some ten numbers in another order), and so is the text of a report. */
function expectValue(measure: Measure, given: Parameters<Measure>, expected: unknown): void {
  const found = measure(...given)
  const { text, ...value } = typeof expected === 'object' ? (expected as { text?: string | null }) : { value: expected }
  expect(differences(typeof found === 'object' ? found : { value: found }, value)).toEqual([])
  if (typeof text === 'string') expect(`${found}\n`).toBe(text)
}

function convert(list: readonly unknown[]): unknown {
  if (isTable(list)) return Matrix.from(list as number[][])
  return isNumeric(list) ? Float64Array.from(list as number[]) : list
}

/** Numbers as an ndarray that runs backwards in memory; labels as they are. */
function asNdArray(name: string, list: readonly unknown[]): unknown {
  if (groups.labels.some(([other]) => other === name)) return list
  const reversed = list.toReversed()
  if (!isTable(list)) return ndarray(Float64Array.from(reversed as number[])).step(-1)
  const { ndarray: view } = Matrix.from(reversed as number[][])
  return view.step(-1, 1)
}

function withTypedWeights(options: { sampleWeights?: number[] }): object {
  return options.sampleWeights ? { ...options, sampleWeights: Float64Array.from(options.sampleWeights) } : options
}
