import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classOf } from '../../src/data/classes.ts'

/** The classes of all rows; undefined where the targets are not labels. */
function classesOf(
  table: readonly (readonly number[])[],
  Kind: typeof Float32Array | typeof Float64Array = Float64Array,
) {
  const columns = table[0]?.length ?? 0
  const name = classOf({ data: Kind.from(table.flat()), rows: table.length, columns })
  return name && table.map((_, row) => name(row))
}

const column = (...values: readonly number[]) => values.map((value) => [value])
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const pairs = fc.tuple(finite, finite).filter(([low, high]) => low < high)

// biome-ignore format: a table
const NO_LABELS: readonly (readonly [what: string, table: number[][]])[] = [
  ['two greatest in a row', [[0, 1, 0], [0, 1, 1]]],
  ['a row without', [[0, 1, 0], [0, 0, 0]]],
  ['a first row without', [[0, 0], [0, 1]]],
  ['a first row with two', [[1, 1, 0], [0, 1, 0]]],
  ['several lesser values', [[0, 1, 0.5], [0, 1, 0.5]]],
  ['another greatest in each row', [[0, 1], [0, 2]]],
  ['another least in each row', [[0, 1], [0.1, 1]]],
  ['NaN', [[0, 1], [Number.NaN, 1]]],
  ['a first row with NaN', [[Number.NaN, 1], [0, 1]]],
  ['several labels at a time', [[1, 0, 1], [0, 1, 1]]],
]

describe('one column', () => {
  it.each([
    ['0 and 1', column(0, 1, 1, 0), [0, 1, 1, 0]],
    ['nothing but 0', column(0, 0), [0, 0]],
    ['nothing but 1', column(1, 1), [1, 1]],
    ['one row of 1', column(1), [1]],
    ['0.01 and 0.99', column(0.99, 0.01, 0.99), [1, 0, 1]],
    ['−1 and 1', column(-1, 1, -1), [0, 1, 0]],
    ['1 and 2', column(1, 1, 2), [0, 0, 1]],
    ['−0, 0 and 1', column(-0, 1, 0), [0, 1, 0]],
  ])('of %s is labels', (_, table, classes) => {
    expect(classesOf(table)).toEqual(classes)
    expect(classesOf(table, Float32Array)).toEqual(classes)
  })

  it.each([
    ['three values', column(0, 1, 2)],
    ['0, 1 and something between', column(0, 1, 0, 0.5)],
    ['one value that is neither 0 nor 1', column(0.5, 0.5)],
    ['a measured quantity', column(1.5, 2.25, 3.75)],
    ['NaN', column(0, Number.NaN)],
    ['nothing but NaN', column(Number.NaN, Number.NaN)],
  ])('of %s is not', (_, table) => {
    expect(classesOf(table)).toBeUndefined()
  })

  it('of any two values has the class 1 where the greater is', () => {
    fc.assert(
      fc.property(pairs, fc.array(fc.boolean(), { maxLength: 30 }), ([low, high], more) => {
        const greater = [true, false, ...more]
        expect(classesOf(column(...greater.map((is) => (is ? high : low))))).toEqual(greater.map(Number))
      }),
    )
  })
})

describe('several columns', () => {
  it('that are the same greater value once a row and the same lesser one elsewhere are labels', () => {
    const classes = fc
      .integer({ min: 2, max: 12 })
      .chain((columns) =>
        fc.tuple(
          fc.constant(columns),
          fc.array(fc.integer({ min: 0, max: columns - 1 }), { minLength: 1, maxLength: 30 }),
        ),
      )
    const values = fc.oneof(pairs, fc.constantFrom([0, 1], [0.01, 0.99], [-1, 1], [0.1 / 3, 0.9]))
    fc.assert(
      fc.property(classes, values, ([columns, labels], [low, high]) => {
        const table = labels.map((label) =>
          Array.from({ length: columns }, (_, j) => (j === label ? high : low) as number),
        )
        expect(classesOf(table)).toEqual(labels)
      }),
    )
  })

  it('in float32 are too', () => {
    const table = [
      [0.01, 0.99, 0.01],
      [0.01, 0.01, 0.99],
    ]
    expect(classesOf(table, Float32Array)).toEqual([1, 2])
  })

  it.each(NO_LABELS)('with %s are not', (_, table) => {
    expect(classesOf(table)).toBeUndefined()
  })

  it('stop being labels by any change of one element', () => {
    const labels = [0, 2, 1, 2]
    fc.assert(
      fc.property(fc.nat(3), fc.nat(2), finite, (row, j, value) => {
        const table = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)))
        const changed = table[row] as number[]
        fc.pre(value !== changed[j])
        changed[j] = value
        expect(classesOf(table)).toBeUndefined()
      }),
    )
  })
})

it('reads 60,000 rows of 10 in little time, and any array of numbers', () => {
  const data = new Float32Array(600_000).fill(0.01)
  for (let row = 0; row < 60_000; row++) data[row * 10 + (row % 10)] = 0.99
  const start = performance.now()
  const name = classOf({ data, rows: 60_000, columns: 10 })
  expect(performance.now() - start).toBeLessThan(500) // takes about 3 ms; the bound is for a slow machine at work
  expect([0, 1, 59_999].map((row) => name?.(row))).toEqual([0, 1, 9])
  expect(classOf({ data: [0, 1], rows: 2, columns: 1 })?.(1)).toBe(1)
})

it('has no classes where there is nothing', () => {
  expect(classesOf([])).toBeUndefined()
})
