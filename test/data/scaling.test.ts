import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { learnScaling, Matrix, scaleColumns, unscaleColumns } from '../../src/index.ts'

const tables = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) =>
  fc.array(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  }),
)

describe('learnScaling', () => {
  test('gives the mean and the standard deviation of each column', () => {
    expect(
      learnScaling([
        [1, 10],
        [3, 20],
        [5, 60],
      ]),
    ).toEqual({ means: [3, 30], scales: [Math.sqrt(8 / 3), Math.sqrt(1400 / 3)].map((x) => expect.closeTo(x, 12)) })
  })

  test('leaves no number beyond 10, where one is far from all others', () => {
    const column = [...Array<number>(999).fill(0), 1e6]
    const scaled = scaleColumns(column, learnScaling(column))
    expect(scaled.get(999, 0)).toBeCloseTo(10, 12)
  })

  test.each([0, 0.1, -7e5, 1e300])('divides a column that is always %d by 1', (value) => {
    const { means, scales } = learnScaling(Array<number>(5000).fill(value))
    expect(scales).toEqual([1])
    expect((means[0] as number) - value).toBeCloseTo(0, value === 1e300 ? -290 : 6)
  })

  test('takes a matrix, an ndarray, rows, and a flat array as a column', () => {
    const expected = learnScaling([[1], [2], [4]])
    expect(learnScaling([1, 2, 4])).toEqual(expected)
    expect(learnScaling(Float32Array.of(1, 2, 4))).toEqual(expected)
    expect(learnScaling(Matrix.from([[1], [2], [4]]))).toEqual(expected)
    expect(learnScaling(ndarray(Int8Array.of(1, 2, 4), [3, 1]))).toEqual(expected)
  })

  test('is plain data', () => {
    const scaling = learnScaling([[1, 2]])
    expect(JSON.parse(JSON.stringify(scaling))).toEqual(scaling)
  })
})

describe('scaled columns', () => {
  test('have mean 0 and reach at most 10', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const scaled = scaleColumns(table, learnScaling(table))
        for (let j = 0; j < scaled.columns; j++) {
          const column = scaled.toArray().map((row) => row[j] as number)
          const mean = column.reduce((sum, x) => sum + x / column.length, 0)
          const size = Math.max(...table.map((row) => Math.abs(row[j] as number)))
          // a column of nearly equal numbers is left as it is, with the rounding of its mean
          expect(Math.abs(mean)).toBeLessThan(1e-6 + 1e-12 * size)
          expect(Math.max(...column.map(Math.abs))).toBeLessThanOrEqual(Math.max(10 + 1e-9, 2e-9 * size))
        }
      }),
    )
  })

  test('come back', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const scaling = learnScaling(table)
        const back = unscaleColumns(scaleColumns(table, scaling), scaling)
        const size = Math.max(1, ...table.flat().map(Math.abs))
        // two roundings each of a number, its mean and their difference
        for (const [i, row] of table.entries()) {
          for (const [j, x] of row.entries())
            expect(Math.abs(back.get(i, j) - x)).toBeLessThanOrEqual(8 * 2 ** -52 * size)
        }
      }),
    )
  })
})

describe('bad input', () => {
  const scaling = learnScaling([[1, 2]])
  test.each([
    [() => learnScaling([]), RangeError, 'learnScaling: '],
    [() => learnScaling([[1, Number.NaN]]), RangeError, 'learnScaling: the table, row 0, column 1 is NaN'],
    [() => learnScaling('1,2' as never), TypeError, 'learnScaling: the table is the string "1,2"'],
    [
      () => scaleColumns([[1]], scaling),
      RangeError,
      'scaleColumns: the shape of the table is (1×1); expected 2 columns',
    ],
    [() => scaleColumns([[1, 2]], { means: [1, 2] } as never), TypeError, 'scaleColumns: scaling.scales is undefined'],
    [
      () => scaleColumns([[1, 2]], { ...scaling, scales: [1] }),
      RangeError,
      'the number of scaling.scales is 1; expected 2',
    ],
    [() => unscaleColumns([[1, 2]], { ...scaling, scales: [1, 0] }), RangeError, 'scaling.scales[1] is 0'],
    [() => unscaleColumns([[1, 2]], { ...scaling, means: [1, Infinity] }), RangeError, 'scaling.means[1] is Infinity'],
    [
      () => unscaleColumns([[1, 2]], { ...scaling, means: ['1', 2] as never }),
      TypeError,
      'scaling.means[0] is the string "1"',
    ],
    [() => unscaleColumns([[1, 2]], null as never), TypeError, 'unscaleColumns: scaling is null'],
  ])('%#: %s', (call, kind, words) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(words)
  })
})
