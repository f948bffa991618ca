import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import { caught } from '../caught.ts'

const numbers = [
  [0, 1, 2],
  [3, 4, 100],
]
const typedKinds = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
]

describe('Matrix.from', () => {
  test('takes any table of numbers as it is, rounded once in float32', () => {
    const tables = fc.integer({ min: 1, max: 8 }).chain((columns) =>
      fc.array(fc.array(fc.double(), { minLength: columns, maxLength: columns }), {
        minLength: 1,
        maxLength: 8,
      }),
    )
    fc.assert(
      fc.property(tables, (rows) => {
        expect(Matrix.from(rows).toArray()).toEqual(rows)
        expect(Matrix.from(rows, { dtype: 'float32' }).toArray()).toEqual(rows.map((row) => row.map(Math.fround)))
        expect(Matrix.from(rows.map((row) => Float32Array.from(row))).toArray()).toEqual(
          rows.map((row) => row.map(Math.fround)),
        )
      }),
    )
  })

  test.each(typedKinds)('takes rows, a flat array and ndarrays of %o', (Kind) => {
    const flat = Kind.from(numbers.flat())
    expect(Matrix.from(numbers.map((row) => Kind.from(row))).toArray()).toEqual(numbers)
    expect(Matrix.from(flat).toArray()).toEqual([numbers.flat()])
    expect(Matrix.from(ndarray(flat, [2, 3])).toArray()).toEqual(numbers)
    expect(Matrix.from(ndarray(flat, [2, 3]).transpose(1, 0)).toArray()).toEqual([
      [0, 3],
      [1, 4],
      [2, 100],
    ])
    expect(Matrix.from(ndarray(flat, [2, 3]).step(-1, 2)).toArray()).toEqual([
      [3, 100],
      [0, 2],
    ])
    expect(Matrix.from(ndarray(flat)).toArray()).toEqual([numbers.flat()])
    expect(Matrix.from(ndarray(flat).step(-3)).toArray()).toEqual([[100, 2]])
    expect(Matrix.from(ndarray(flat, [2, 3]), { dtype: 'float32' }).dtype).toBe('float32')
    expect(Matrix.from(ndarray(flat, [2, 3])).dtype).toBe('float64')
  })

  test('takes ndarrays of plain arrays, of Buffers and of a generic store', () => {
    const flat = numbers.flat()
    const store = { length: 6, get: (k: number) => flat[k] as number, set: () => undefined }
    for (const data of [flat, Buffer.from(flat), store]) {
      expect(Matrix.from(ndarray(data as number[], [2, 3])).toArray()).toEqual(numbers)
    }
  })

  test('takes NaN, infinities and the sign of zero', () => {
    const rows = [[NaN, Infinity, -Infinity, -0]]
    expect(Matrix.from(rows).toArray()).toEqual(rows)
    expect(Matrix.from([[1e300]], { dtype: 'float32' }).toArray()).toEqual([[Infinity]])
  })

  test('always copies: a Matrix, an ndarray, a typed array', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const source = Matrix.from(numbers, { dtype })
      const copies = [Matrix.from(source, { dtype }), Matrix.from(source.ndarray, { dtype })]
      for (const copy of copies) {
        copy.set(0, 0, -1)
        expect(copy.ndarray.data.length).toBe(6)
        expect(source.toArray()).toEqual(numbers)
      }
    }
    const row = Float64Array.of(1, 2)
    Matrix.from(row).set(0, 0, 9)
    expect([...row]).toEqual([1, 2])
  })

  test('copies a window alone, not all the memory around it', () => {
    const window = Matrix.zeros(100, 100).block(10, 0, 2, 100)
    expect(Matrix.from(window).ndarray.data.buffer.byteLength).toBe(2 * 100 * 8)
  })

  test('converts a Matrix between dtypes, rounding to the nearest', () => {
    const double = Matrix.from([[0.1, 1 + 2 ** -30, 1e-50, -0]])
    const single = Matrix.from(double, { dtype: 'float32' })
    expect(single.toArray()).toEqual([[Math.fround(0.1), 1, 0, -0]])
    expect(Matrix.from(single).toArray()).toEqual(single.toArray())
    expect(Matrix.from(single).dtype).toBe('float64')
  })

  const holeBetween = [[1], [0], [2]]
  delete holeBetween[1]
  const hole = (() => {
    const row: number[] = [1, 2]
    delete row[1]
    return row
  })()

  test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    [
      'nothing',
      undefined,
      TypeError,
      'the argument is undefined; expected a Matrix, a 2-D ndarray or an array of rows',
    ],
    ['null', null, TypeError, 'the argument is null'],
    ['a number', 3, TypeError, 'the argument is 3'],
    ['a string', '1,2', TypeError, 'the argument is the string "1,2"'],
    ['a boolean', true, TypeError, 'the argument is true'],
    ['a bigint', 3n, TypeError, 'the argument is the bigint 3n'],
    ['a symbol', Symbol('x'), TypeError, 'the argument is a symbol'],
    ['a function', Matrix.from, TypeError, 'the argument is the function from'],
    ['an object', { rows: 1, columns: 1 }, TypeError, 'the argument is an object with rows, columns'],
    ['an array-like object', { length: 1, 0: [1] }, TypeError, 'the argument is an object with 0, length'],
    ['a Map', new Map(), TypeError, 'the argument is a Map'],
    ['a Set of rows', new Set([[1]]), TypeError, 'the argument is a Set'],
    ['an ArrayBuffer', new ArrayBuffer(8), TypeError, 'the argument is an ArrayBuffer'],
    ['a DataView', new DataView(new ArrayBuffer(8)), TypeError, 'the argument is a DataView of 8 bytes'],
    ['a Promise', Promise.resolve([[1]]), TypeError, 'the argument is a Promise'],
    ['no rows', [], RangeError, 'the shape of the argument is (0×0); expected at least one row and one column'],
    ['no columns', [[], []], RangeError, 'the shape of the argument is (2×0)'],
    ['an empty typed array', new Float64Array(0), RangeError, 'the shape of the argument is (0×0)'],
    ['an empty ndarray', ndarray(new Float64Array(0), [0, 3]), RangeError, 'the shape of the argument is (0×3)'],
    ['a shorter row', [[1, 2], [3]], RangeError, 'the length of row 1 is 1; expected 2, as many as row 0 has'],
    [
      'a longer row',
      [
        [1, 2],
        [3, 4],
        [5, 6, 7],
      ],
      RangeError,
      'the length of row 2 is 3; expected 2',
    ],
    ['an empty row', [[1, 2], []], RangeError, 'the length of row 1 is 0'],
    ['a number for a row', [[1, 2], 3], TypeError, 'the argument, row 1 is 3; expected an array of numbers'],
    ['undefined for a row', [[1, 2], undefined], TypeError, 'row 1 is undefined; expected an array of numbers'],
    ['null for a row', [[1], null], TypeError, 'row 1 is null'],
    ['a string for a row', [[1], '2'], TypeError, 'row 1 is the string "2"'],
    ['an array after a number', [1, [2]], TypeError, 'row 0, column 1 is an array of 1; expected a number'],
    ['arrays one deeper', [[[1]]], TypeError, 'row 0, column 0 is an array of 1; expected a number'],
    [
      'a string',
      [
        [1, 2],
        [3, '4'],
      ],
      TypeError,
      'row 1, column 1 is the string "4"; expected a number',
    ],
    ['an empty string', [['']], TypeError, 'row 0, column 0 is the string ""'],
    ['a hole in a row', [[3, 4], hole], TypeError, 'row 1, column 1 is undefined'],
    ['a hole between rows', holeBetween, TypeError, 'row 1 is undefined'],
    ['null in a row', [[1, null]], TypeError, 'row 0, column 1 is null'],
    ['a boolean', [[true]], TypeError, 'row 0, column 0 is true'],
    ['a Number object', [[1, Object(1)]], TypeError, 'row 0, column 1 is a Number'],
    ['a Date', [[new Date(0)]], TypeError, 'row 0, column 0 is a Date'],
    ['bigints', [[1n, 2n]], TypeError, 'row 0, column 0 is the bigint 1n'],
    ['a typed array of bigints', BigInt64Array.of(5n), TypeError, 'row 0, column 0 is the bigint 5n'],
    ['rows of bigints', [BigUint64Array.of(1n)], TypeError, 'row 0, column 0 is the bigint 1n'],
    ['an ndarray of bigints', ndarray(BigInt64Array.of(1n, 2n), [1, 2]), TypeError, 'row 0, column 0 is the bigint 1n'],
    ['an ndarray of strings', ndarray([1, 'a'] as never, [1, 2]), TypeError, 'row 0, column 1 is the string "a"'],
    ['an array of objects', [{ x: 1 }], TypeError, 'row 0, column 0 is an object with x'],
    ['matrices for rows', [Matrix.zeros(1, 2)], TypeError, 'row 0, column 0 is a Matrix'],
    ['three dimensions', ndarray(new Float64Array(8), [2, 2, 2]), RangeError, 'an ndarray of 3 dimensions'],
    ['no dimension', ndarray(new Float64Array(1), []), RangeError, 'an ndarray of 0 dimensions'],
    ['more rows than data', ndarray(new Uint8Array(4), [3, 2]), RangeError, 'expected a view within its 4 elements'],
    [
      'a flat one beyond its data',
      ndarray(new Uint8Array(4), [5]),
      RangeError,
      'expected a view within its 4 elements',
    ],
    [
      'a fractional stride',
      ndarray(new Uint8Array(4), [2, 2], [0.5, 1]),
      RangeError,
      'the stride of the argument is 0.5',
    ],
    ['1e18 elements by stride 0', ndarray(new Float64Array(1), [1e9, 1e9], [0, 0]), RangeError, 'at most 2³⁰ elements'],
    ['the longest sparse array', new Array(2 ** 32 - 1), RangeError, 'expected at most 2³⁰ elements'],
  ])('refuses %s (case %#) and says where', (_title, value, kind, message) => {
    const error = caught(() => Matrix.from(value as never))
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toContain('Matrix.from: ')
    expect(String(error)).toContain(message)
    expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
  })

  test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    [{ dtype: 'float23' }, RangeError, 'unknown dtype "float23"; did you mean "float32"?'],
    [{ dtype: 'f64' }, RangeError, 'known are float32, float64'],
    [{ dtype: 64 }, TypeError, 'dtype is 64; expected "float32" or "float64"'],
    [{ dtyp: 'float32' }, TypeError, 'unknown option "dtyp"; did you mean "dtype"?'],
    ['float32', TypeError, 'the options argument is the string "float32"'],
    [[], TypeError, 'the options argument is an array of 0'],
  ])('refuses the options %o', (options, kind, message) => {
    const error = caught(() => Matrix.from([[1]], options as never))
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toContain(`Matrix.from: `)
    expect(String(error)).toContain(message)
  })
})

describe('assign', () => {
  test('takes what Matrix.from takes, in either dtype, and returns the matrix', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const flat = numbers.flat()
      for (const source of [
        numbers,
        numbers.map((row) => Uint8Array.from(row)),
        ndarray(Int32Array.from(flat), [2, 3]),
        ndarray(Float32Array.from(flat), [2, 3]),
        ndarray(Float64Array.from(flat), [2, 3]),
        Matrix.from(numbers, { dtype: 'float32' }),
        Matrix.from(numbers, { dtype: 'float64' }).transpose().copy().transpose(),
      ]) {
        const matrix = Matrix.zeros(2, 3, { dtype })
        expect(matrix.assign(source as Matrix)).toBe(matrix)
        expect(matrix.toArray()).toEqual(numbers)
        expect(matrix.dtype).toBe(dtype)
      }
    }
  })

  test('takes a flat array as the one row or the one column there is', () => {
    expect(Matrix.zeros(1, 3).assign([1, 2, 3]).toArray()).toEqual([[1, 2, 3]])
    expect(Matrix.zeros(3, 1).assign([1, 2, 3]).toArray()).toEqual([[1], [2], [3]])
    expect(
      Matrix.zeros(3, 1)
        .assign(ndarray([1, 2, 3]))
        .toArray(),
    ).toEqual([[1], [2], [3]])
  })

  test('converts between two dtypes over the same bytes', () => {
    const buffer = new ArrayBuffer(32)
    const doubles = Matrix.wrap(ndarray(new Float64Array(buffer), [2, 2]))
    const singles = Matrix.wrap(ndarray(new Float32Array(buffer), [2, 2], [2, 1], 2))
    doubles.assign([
      [1.5, 2],
      [3, 4],
    ])
    singles.assign(doubles)
    expect(singles.toArray()).toEqual([
      [1.5, 2],
      [3, 4],
    ])
    singles.assign([
      [5, 6],
      [7, 8],
    ])
    doubles.assign(singles)
    expect(doubles.toArray()).toEqual([
      [5, 6],
      [7, 8],
    ])
  })

  test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    [
      'a ragged table',
      [
        [9, 9, 9],
        [9, 9],
      ],
      RangeError,
      'the length of row 1 is 2',
    ],
    [
      'a string at the end',
      [
        [9, 9, 9],
        [9, 9, '9'],
      ],
      TypeError,
      'row 1, column 2 is the string "9"',
    ],
    [
      'too many rows',
      [
        [9, 9, 9],
        [9, 9, 9],
        [9, 9, 9],
      ],
      RangeError,
      'is (3×3); expected 2 rows',
    ],
    ['too few rows', [[9, 9, 9]], RangeError, 'is (1×3); expected 2 rows'],
    [
      'too few columns',
      [
        [9, 9],
        [9, 9],
      ],
      RangeError,
      'is (2×2); expected 3 columns',
    ],
    ['the transpose', Matrix.zeros(3, 2), RangeError, 'is (3×2); expected 3 columns'],
    ['six numbers in a row', [9, 9, 9, 9, 9, 9], RangeError, 'is (1×6); expected 3 columns'],
    ['a number', 9, TypeError, 'assign: the argument is 9'],
    ['nothing', undefined, TypeError, 'assign: the argument is undefined'],
    ['a view beyond its data', ndarray(new Float64Array(5), [2, 3]), RangeError, 'a view within its 5 elements'],
    ['bigints', ndarray(new BigInt64Array(6), [2, 3]), TypeError, 'row 0, column 0 is the bigint 0n'],
  ])('refuses %s and changes nothing', (_title, value, kind, message) => {
    const matrix = Matrix.from(numbers)
    const error = caught(() => matrix.assign(value as never))
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toContain(message)
    expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
    expect(matrix.toArray()).toEqual(numbers)
  })

  test('changes nothing where reading the values throws midway', () => {
    const matrix = Matrix.from(numbers)
    const row = [9, 9, 9]
    Object.defineProperty(row, 2, {
      get() {
        throw new Error('midway')
      },
    })
    expect(() => matrix.assign([[9, 9, 9], row])).toThrow('midway')
    expect(matrix.toArray()).toEqual(numbers)
  })
})
