import fc from 'fast-check'
import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { shuffle, split } from '../../src/data/split.ts'
import { Matrix } from '../../src/matrix/matrix.ts'

/** The same n row numbers in every kind of column. */
function columnsOf(n: number) {
  const numbers = Array.from({ length: n }, (_, i) => i)
  return {
    matrix: Matrix.from(numbers.map((i) => [i, i + 0.5])),
    single: Matrix.from([numbers, numbers], { dtype: 'float32' }).transpose(),
    images: ndarray(Uint8Array.from(numbers.flatMap((i) => Array<number>(12).fill(i))), [n, 3, 4]),
    list: ndarray(Int16Array.from(numbers).reverse()).step(-1),
    plain: ndarray(numbers.slice(), [n]),
    bytes: Uint8Array.from(numbers),
    floats: Float64Array.from(numbers),
    bigs: BigInt64Array.from(numbers, BigInt),
    rows: numbers.map((i) => [i, i]),
    labels: numbers,
    names: numbers.map((i) => `row ${i}`),
  }
}

type Mixed = Pick<
  ReturnType<typeof columnsOf>,
  'matrix' | 'single' | 'bytes' | 'floats' | 'bigs' | 'rows' | 'labels' | 'names'
> & {
  images: NdArray<Uint8Array>
  list: NdArray<Int16Array>
  plain: NdArray<number[]>
}

/** The row numbers of a set of columns, after a check that all columns agree on them. */
function rowsOf(columns: Mixed): number[] {
  const { labels } = columns
  const n = labels.length
  expect(columns.matrix.toArray()).toEqual(labels.map((i) => [i, i + 0.5]))
  expect(columns.single.toArray()).toEqual(labels.map((i) => [i, i]))
  expect(columns.images.shape).toEqual([n, 3, 4])
  expect([...columns.images.data]).toEqual(labels.flatMap((i) => Array(12).fill(i)))
  expect(labels.map((_, k) => columns.list.get(k))).toEqual(labels)
  expect(labels.map((_, k) => columns.plain.get(k))).toEqual(labels)
  expect([...columns.bytes]).toEqual(labels)
  expect([...columns.floats]).toEqual(labels)
  expect(Array.from(columns.bigs, Number)).toEqual(labels)
  expect(columns.rows).toEqual(labels.map((i) => [i, i]))
  expect(columns.names).toEqual(labels.map((i) => `row ${i}`))
  return labels
}

const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)
const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

describe('shuffle', () => {
  it('keeps rows together and loses none, whatever holds them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), seeds, (n, seed) => {
        const mixed = shuffle(columnsOf(n), { seed })
        expect(ascending(rowsOf(mixed))).toEqual(Array.from({ length: n }, (_, i) => i))
      }),
      { numRuns: 200 },
    )
  })

  it('keeps names, kinds and dtypes', () => {
    const columns = columnsOf(9)
    const mixed = shuffle(columns, { seed: 1 })
    expect(Object.keys(mixed)).toEqual(Object.keys(columns))
    expect(mixed.matrix).toBeInstanceOf(Matrix)
    expect([mixed.matrix.dtype, mixed.single.dtype]).toEqual(['float64', 'float32'])
    expect([mixed.images.dtype, mixed.list.dtype, mixed.plain.dtype]).toEqual(['uint8', 'int16', 'array'])
    expect([mixed.bytes, mixed.floats, mixed.bigs].map((column) => column.constructor)).toEqual([
      Uint8Array,
      Float64Array,
      BigInt64Array,
    ])
    expect([Array.isArray(mixed.rows), Array.isArray(mixed.labels)]).toEqual([true, true])
    expect(shuffle({ bytes: Buffer.from([1, 2]) }, { seed: 1 }).bytes.constructor).toBe(Uint8Array)
  })

  it('leaves the columns as they were and shares no elements with them', () => {
    const columns = columnsOf(12)
    const mixed = shuffle(columns, { seed: 2 })
    mixed.matrix.set(0, 0, -1)
    mixed.bytes.fill(99)
    mixed.images.data.fill(99)
    mixed.labels.fill(-1)
    expect(rowsOf(columns)).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it('gives the same order for the same seed and another for another', () => {
    const order = (seed: number) => shuffle({ labels: columnsOf(50).labels }, { seed }).labels.join()
    expect(order(5)).toBe(order(5))
    expect(new Set([0, 1, 2, 3, 2 ** 32, Number.MAX_SAFE_INTEGER].map(order)).size).toBe(6)
  })

  it('gives the same order however many columns there are', () => {
    const { labels, names } = shuffle(columnsOf(20), { seed: 3 })
    expect(shuffle({ names: columnsOf(20).names }, { seed: 3 }).names).toEqual(names)
    expect(shuffle({ labels: columnsOf(20).labels }, { seed: 3 }).labels).toEqual(labels)
  })

  it('puts every row in every place equally often', () => {
    const [n, runs] = [6, 6000]
    const counts = new Float64Array(n * n)
    for (let seed = 0; seed < runs; seed++) {
      shuffle({ labels: [0, 1, 2, 3, 4, 5] }, { seed }).labels.forEach((label, place) => {
        counts[place * n + label] = (counts[place * n + label] as number) + 1
      })
    }
    const expected = runs / n
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(52.6) // the 0.999 quantile at (n − 1)² = 25 degrees of freedom
  })
})

describe('split', () => {
  it('parts the rows: each is in one of both, together with the rest of it', () => {
    const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), share, seeds, (n, test, seed) => {
        const parts = split(columnsOf(n), { test, seed })
        const [trained, tested] = [rowsOf(parts.train), rowsOf(parts.test)]
        expect(ascending([...trained, ...tested])).toEqual(Array.from({ length: n }, (_, i) => i))
        expect(tested.length).toBe(Math.min(Math.max(Math.round(test * n), 1), n - 1))
      }),
      { numRuns: 200 },
    )
  })

  it('is shuffle with the same seed, cut once', () => {
    const columns = { labels: columnsOf(30).labels }
    const { train, test } = split(columns, { test: 0.2, seed: 4 })
    expect([train.labels.length, test.labels.length]).toEqual([24, 6])
    expect([...train.labels, ...test.labels]).toEqual(shuffle(columns, { seed: 4 }).labels)
  })

  it('leaves at least one row on each side', () => {
    const lengths = (test: number) => {
      const parts = split({ labels: [1, 2, 3] }, { test, seed: 1 })
      return [parts.train.labels.length, parts.test.labels.length]
    }
    expect([lengths(1e-9), lengths(1 - 1e-9)]).toEqual([
      [2, 1],
      [1, 2],
    ])
  })

  it('tests with every row equally often', () => {
    const counts = new Float64Array(10)
    for (let seed = 0; seed < 2000; seed++) {
      for (const label of split({ labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }, { test: 0.3, seed }).test.labels) {
        counts[label] = (counts[label] as number) + 1
      }
    }
    const deviation = Math.sqrt(2000 * 0.3 * 0.7)
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(4 * deviation) // 4 standard errors
  })
})

type Loose = (columns: unknown, options?: unknown) => () => unknown
const mix: Loose =
  (columns, options = { seed: 1 }) =>
  () =>
    shuffle(columns as { a: number[] }, options as { seed: number })
const part: Loose =
  (columns, options = { test: 0.5, seed: 1 }) =>
  () =>
    split(columns as { a: number[] }, options as { test: number; seed: number })

describe('what cannot be shuffled or split', () => {
  it.each([
    [mix(undefined), TypeError, /^shuffle: the columns argument is undefined; expected an object of columns/],
    [mix([1, 2]), TypeError, /the columns argument is an array of 2/],
    [mix(Matrix.from([[1]])), TypeError, /the columns argument is a Matrix/],
    [mix(ndarray([1])), TypeError, /^shuffle: the columns argument is/],
    [mix(Uint8Array.of(1)), TypeError, /the columns argument is a Uint8Array/],
    [mix({}), RangeError, /^shuffle: the columns argument is an empty object; expected at least one column/],
    [
      mix({ a: 'abc' }),
      TypeError,
      /^shuffle: a is the string "abc"; expected a Matrix, an ndarray, a typed array or an/,
    ],
    [mix({ a: [1], b: undefined }), TypeError, /^shuffle: b is undefined/],
    [mix({ a: new DataView(new ArrayBuffer(1)) }), TypeError, /^shuffle: a is a DataView/],
    [mix({ a: { length: 1 } }), TypeError, /^shuffle: a is an object with length/],
    [mix({ a: ndarray({ get: () => 1, set: () => undefined, length: 1 }, [1]) }), TypeError, /^shuffle: a is/],
    [mix({ a: ndarray([1], []) }), RangeError, /^shuffle: a is an ndarray without any; expected at least 1 dimension/],
    [mix({ a: ndarray([1], [3]) }), RangeError, /^shuffle: a is a view of the elements 0 to 2; expected .*1 elements/],
    [mix({ a: [1, 2], b: [1, 2, 3] }), RangeError, /the number of rows of b is 3; expected 2, as many as a has/],
    [mix({ a: Matrix.from([[1], [2]]), b: Uint8Array.of(1) }), RangeError, /rows of b is 1; expected 2, as many as a/],
    [mix({ a: [] }), RangeError, /^shuffle: the number of rows is 0; expected at least 1/],
    [mix({ a: [1] }, {}), TypeError, /^shuffle: the seed is undefined; expected a whole number of at least 0/],
    [() => (shuffle as (columns: object) => unknown)({ a: [1] }), TypeError, /the options argument is undefined.*seed/],
    [mix({ a: [1] }, { seed: -1 }), RangeError, /^shuffle: the seed is -1/],
    [mix({ a: [1] }, { seed: 1.5 }), RangeError, /^shuffle: the seed is 1.5/],
    [mix({ a: [1] }, { seed: '1' }), TypeError, /^shuffle: the seed is the string "1"/],
    [mix({ a: [1] }, { sed: 1 }), TypeError, /^shuffle: unknown option "sed"; did you mean "seed"/],
    [part({ a: [1] }), RangeError, /^split: the number of rows is 1; expected at least 2/],
    [part({ a: [1, 2], b: [1] }), RangeError, /^split: the number of rows of b is 1; expected 2, as many as a has/],
    [part({ a: [1, 2] }, { test: 0.5 }), TypeError, /^split: the seed is undefined/],
    [part({ a: [1, 2] }, { seed: 1 }), TypeError, /^split: test is undefined; expected a share between 0 and 1/],
    [part({ a: [1, 2] }, { seed: 1, test: 0 }), RangeError, /^split: test is 0/],
    [part({ a: [1, 2] }, { seed: 1, test: 1 }), RangeError, /^split: test is 1/],
    [part({ a: [1, 2] }, { seed: 1, test: Number.NaN }), RangeError, /^split: test is NaN/],
    [part({ a: [1, 2] }, { seed: 1, test: '20%' }), TypeError, /^split: test is the string "20%"/],
  ])('is refused with what came and what was expected (%#)', (act, Kind, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(Kind)
  })
})
