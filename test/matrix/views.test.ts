import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import { caught } from '../caught.ts'

const table = (rows: number, columns: number) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => i * columns + j))

/** A view of a view of … : each move on the matrix, and the same on plain arrays of indices into its buffer. */
interface Window {
  matrix: Matrix
  at: number[][]
}

type Move = (window: Window) => Window

const strided = <T>(items: T[], step: number): T[] =>
  (step < 0 ? [...items].reverse() : items).filter((_, k) => k % Math.abs(step) === 0)

const turn: Move = ({ matrix, at }) => ({
  matrix: matrix.transpose(),
  at: (at[0] as number[]).map((_, j) => at.map((row) => row[j] as number)),
})

const stepBy =
  (down: number, across: number): Move =>
  ({ matrix, at }) => ({
    matrix: matrix.step(down, across),
    at: strided(at, down).map((row) => strided(row, across)),
  })

/** Fractions in [0, 1) choose the corners, whatever the size. */
const cut =
  (f: readonly [number, number, number, number]): Move =>
  ({ matrix, at }) => {
    const row = Math.floor(f[0] * matrix.rows)
    const column = Math.floor(f[1] * matrix.columns)
    const rows = 1 + Math.floor(f[2] * (matrix.rows - row))
    const columns = 1 + Math.floor(f[3] * (matrix.columns - column))
    return {
      matrix: matrix.block(row, column, rows, columns),
      at: at.slice(row, row + rows).map((line) => line.slice(column, column + columns)),
    }
  }

const fraction = fc.double({ min: 0, max: 0.999, noNaN: true })
const step = fc.constantFrom(1, -1, 2, -2, 3, -3, 100, -(2 ** 31), 2 ** 32, Number.MAX_SAFE_INTEGER)
const moveArbitrary: fc.Arbitrary<Move> = fc.oneof(
  fc.constant(turn),
  fc.tuple(step, step).map(([down, across]) => stepBy(down, across)),
  fc.tuple(fraction, fraction, fraction, fraction).map(cut),
)

const windowArbitrary = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.array(moveArbitrary, { maxLength: 6 }))
  .map(([rows, columns, moves]) => {
    const whole = { matrix: Matrix.from(table(rows, columns)), at: table(rows, columns) }
    return { data: whole.matrix.ndarray.data, ...moves.reduce<Window>((window, move) => move(window), whole) }
  })

describe('a view of a view', () => {
  test('holds the elements that plain arrays give, in every way of reading', () => {
    fc.assert(
      fc.property(windowArbitrary, ({ matrix, at }) => {
        const [rows, columns] = [at.length, (at[0] as number[]).length]
        expect(matrix.shape).toEqual([rows, columns])
        expect([matrix.rows, matrix.columns]).toEqual([rows, columns])
        expect(matrix.toArray()).toEqual(at)
        expect([...matrix]).toEqual(at)
        expect(at.map((row, i) => row.map((_, j) => matrix.get(i, j)))).toEqual(at)
        expect(at.map((_, i) => matrix.row(i).toArray()[0])).toEqual(at)
        expect(matrix.row(rows - 1).shape).toEqual([1, columns])
        expect(matrix.column(columns - 1).toArray()).toEqual(at.map((row) => [row[columns - 1]]))
        expect(Matrix.from(matrix).toArray()).toEqual(at)
        expect(Matrix.from(matrix.ndarray).toArray()).toEqual(at)
        expect(Matrix.from(matrix.toArray()).equals(matrix)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('is live both ways: a write through it is one write in the matrix, and the other way round', () => {
    fc.assert(
      fc.property(windowArbitrary, fraction, fraction, ({ matrix, at, data }, down, across) => {
        const before = data.slice()
        const [i, j] = [Math.floor(down * matrix.rows), Math.floor(across * matrix.columns)]
        const k = (at[i] as number[])[j] as number
        expect(matrix.set(i, j, -1)).toBe(matrix)
        before[k] = -1
        expect(data).toEqual(before)
        data[k] = -2
        expect(matrix.get(i, j)).toBe(-2)
        expect(matrix.row(i).get(0, j)).toBe(-2)
        expect(matrix.transpose().get(j, i)).toBe(-2)
      }),
      { numRuns: 300 },
    )
  })

  test('is copied into memory of its own, without gaps', () => {
    fc.assert(
      fc.property(windowArbitrary, ({ matrix, at, data }) => {
        const copy = matrix.copy()
        expect(copy.ndarray.data.buffer).not.toBe(data.buffer)
        expect([...copy.ndarray.data]).toEqual(at.flat())
        copy.set(0, 0, -1)
        expect(matrix.toArray()).toEqual(at)
      }),
    )
  })

  test('gives arrays that are copies', () => {
    const matrix = Matrix.from([[1, 2]])
    const [row] = matrix.toArray() as [number[]]
    row[0] = 9
    expect(matrix.get(0, 0)).toBe(1)
  })
})

describe('step', () => {
  const matrix = Matrix.from(table(4, 5))

  test('of −1 reverses, and twice is the matrix itself', () => {
    expect(matrix.step(-1, -1).toArray()).toEqual(
      table(4, 5)
        .reverse()
        .map((row) => row.reverse()),
    )
    expect(matrix.step(-1, -1).step(-1, -1).equals(matrix)).toBe(true)
  })

  test('beyond the size finds the first row, backwards the last', () => {
    for (const far of [5, 2 ** 31, 2 ** 31 + 1, 2 ** 32, 2 ** 60, Number.MAX_VALUE]) {
      expect(matrix.step(far).toArray()).toEqual([[0, 1, 2, 3, 4]])
      expect(matrix.step(-far).toArray()).toEqual([[15, 16, 17, 18, 19]])
    }
  })

  test('as often as one likes stays within numbers', () => {
    let view = matrix
    for (let k = 0; k < 100; k++) view = view.step(2 ** 30, 2 ** 30)
    expect(view.toArray()).toEqual([[0]])
  })
})

describe('an index, size or step outside of the matrix', () => {
  const m = Matrix.from(table(2, 3))

  test.each<[string, () => unknown, typeof TypeError | typeof RangeError, string]>([
    ['get', () => m.get(2, 0), RangeError, 'get: row is 2; expected a whole number from 0 to 1'],
    ['get', () => m.get(0, 3), RangeError, 'get: column is 3; expected a whole number from 0 to 2'],
    ['get', () => m.get(-1, 0), RangeError, 'get: row is -1'],
    ['get', () => m.get(0.5, 0), RangeError, 'get: row is 0.5'],
    ['get', () => m.get(NaN, 0), RangeError, 'get: row is NaN'],
    ['get', () => m.get(0, '1' as never), TypeError, 'get: column is the string "1"'],
    ['get', () => (m.get as unknown as (i: number) => number).call(m, 0), TypeError, 'get: column is undefined'],
    ['set', () => m.set(2, 0, 1), RangeError, 'set: row is 2'],
    ['set', () => m.set(0, Infinity, 1), RangeError, 'set: column is Infinity'],
    ['set', () => m.set(0, 0, '1' as never), TypeError, 'set: the value is the string "1"; expected a number'],
    ['set', () => m.set(0, 0, undefined as never), TypeError, 'set: the value is undefined'],
    ['row', () => m.row(2), RangeError, 'row: i is 2; expected a whole number from 0 to 1'],
    ['row', () => m.row(-1), RangeError, 'row: i is -1'],
    ['column', () => m.column(3), RangeError, 'column: j is 3'],
    ['column', () => m.column(null as never), TypeError, 'column: j is null'],
    ['block', () => m.block(2, 0, 1, 1), RangeError, 'block: row is 2'],
    ['block', () => m.block(0, 3, 1, 1), RangeError, 'block: column is 3'],
    ['block', () => m.block(1, 0, 2, 1), RangeError, 'block: rows is 2; expected a whole number from 1 to 1'],
    ['block', () => m.block(0, 1, 1, 3), RangeError, 'block: columns is 3; expected a whole number from 1 to 2'],
    ['block', () => m.block(0, 0, 0, 1), RangeError, 'block: rows is 0'],
    ['block', () => m.block(0, 0, 1, 1.5), RangeError, 'block: columns is 1.5'],
    ['block', () => (m.block as unknown as () => Matrix).call(m), TypeError, 'block: row is undefined'],
    ['step', () => m.step(0), RangeError, 'step: rowStep is 0; expected a whole number other than 0'],
    ['step', () => m.step(1, 0), RangeError, 'step: columnStep is 0'],
    ['step', () => m.step(-0), RangeError, 'step: rowStep is -0'],
    ['step', () => m.step(1.5), RangeError, 'step: rowStep is 1.5'],
    ['step', () => m.step(-Infinity), RangeError, 'step: rowStep is -Infinity'],
    ['step', () => m.step(undefined as never), TypeError, 'step: rowStep is undefined'],
    ['zeros', () => Matrix.zeros(0, 1), RangeError, 'Matrix.zeros: rows is 0; expected a whole number of at least 1'],
    ['zeros', () => Matrix.zeros(1, -1), RangeError, 'Matrix.zeros: columns is -1'],
    ['zeros', () => Matrix.zeros(1.5, 1), RangeError, 'Matrix.zeros: rows is 1.5'],
    ['zeros', () => Matrix.zeros('1' as never, 1), TypeError, 'Matrix.zeros: rows is the string "1"'],
    ['zeros', () => Matrix.zeros([2, 2] as never, 1), TypeError, 'Matrix.zeros: rows is an array of 2'],
    ['zeros', () => Matrix.zeros(1e9, 1e9), RangeError, '(1000000000×1000000000); expected at most 2³⁰ elements'],
    ['zeros', () => Matrix.zeros(2 ** 15 + 1, 2 ** 15), RangeError, 'expected at most 2³⁰ elements'],
    ['zeros', () => Matrix.zeros(2 ** 31, 1), RangeError, 'expected at most 2³⁰ elements'],
    ['zeros', () => Matrix.zeros(1, 1, { dtype: 'float16' as never }), RangeError, 'unknown dtype "float16"'],
    ['zeros', () => Matrix.zeros(1, 1, { dtype: 32 as never }), TypeError, 'dtype is 32'],
    [
      'zeros',
      () => Matrix.zeros(1, 1, { type: 'float32' } as never),
      TypeError,
      'unknown option "type"; did you mean "dtype"?',
    ],
    ['zeros', () => Matrix.zeros(1, 1, 'float32' as never), TypeError, 'the options argument is the string "float32"'],
    ['zeros', () => Matrix.zeros(1, 1, null as never), TypeError, 'the options argument is null'],
  ])('is refused by %s (case %#)', (_name, call, kind, message) => {
    const error = caught(call)
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toContain(message)
    expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
    expect(m.toArray()).toEqual(table(2, 3))
  })
})

describe('Matrix.zeros', () => {
  test('is float64 unless told, and zero', () => {
    expect(Matrix.zeros(2, 3).dtype).toBe('float64')
    expect(Matrix.zeros(2, 3, {}).ndarray.data).toBeInstanceOf(Float64Array)
    expect(Matrix.zeros(2, 3, { dtype: 'float32' }).ndarray.data).toBeInstanceOf(Float32Array)
    expect(Matrix.zeros(2, 3).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })
})

describe('Matrix.wrap', () => {
  test.each([Float32Array, Float64Array])('shares the memory of an ndarray over a %o, both ways', (Kind) => {
    const data = Kind.from(table(4, 5).flat())
    const array = ndarray(data as Float64Array, [4, 5]).step(-2, 2)
    const matrix = Matrix.wrap(array)
    expect(matrix.toArray()).toEqual([
      [15, 17, 19],
      [5, 7, 9],
    ])
    expect(matrix.dtype).toBe(Kind === Float32Array ? 'float32' : 'float64')
    matrix.set(0, 0, -1)
    expect([data[15], array.get(0, 0)]).toEqual([-1, -1])
    array.set(1, 2, -2)
    expect(matrix.get(1, 2)).toBe(-2)
    expect(matrix.ndarray.data).toBe(data)
  })

  const data = new Float64Array(12)
  const moved = (changes: object) => Object.assign(ndarray(data, [3, 4]), changes)

  test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ['one dimension', ndarray(data), RangeError, 'of shape (12)'],
    ['three dimensions', ndarray(data, [2, 3, 2]), RangeError, 'of shape (2×3×2)'],
    ['no dimension', ndarray(data, []), RangeError, 'expected a 2-D ndarray that is not empty'],
    ['no rows', ndarray(data, [0, 4]), RangeError, 'of shape (0×4)'],
    ['no columns', ndarray(data, [3, 0]), RangeError, 'of shape (3×0)'],
    ['uint8', ndarray(new Uint8Array(4), [2, 2]), TypeError, 'dtype uint8; expected float32 or float64'],
    ['int32', ndarray(new Int32Array(4), [2, 2]), TypeError, 'dtype int32'],
    ['a plain array', ndarray([1, 2, 3, 4], [2, 2]), TypeError, 'dtype array'],
    ['a Buffer', ndarray(Buffer.alloc(4), [2, 2]), TypeError, 'dtype buffer'],
    ['bigints', ndarray(new BigInt64Array(4), [2, 2]), TypeError, 'dtype bigint64'],
    ['a generic store', ndarray({ length: 4, get: () => 1, set: () => 1 }, [2, 2]), TypeError, 'dtype generic'],
    [
      'more rows than data',
      ndarray(data, [4, 4]),
      RangeError,
      'elements 0 to 15; expected a view within its 12 elements',
    ],
    ['a row stride that leaves the data', ndarray(data, [3, 4], [5, 1]), RangeError, 'elements 0 to 13'],
    ['a column stride that leaves the data', ndarray(data, [3, 4], [1, 4]), RangeError, 'elements 0 to 14'],
    ['a negative stride that leaves the data', ndarray(data, [3, 4], [-4, 1], 7), RangeError, 'elements -1 to 10'],
    ['an offset that leaves the data', ndarray(data, [3, 4], [4, 1], 1), RangeError, 'elements 1 to 12'],
    ['a negative offset', ndarray(data, [3, 3], [4, 1], -1), RangeError, 'elements -1 to 9'],
    ['a fractional stride', ndarray(data, [3, 3], [0.5, 1]), RangeError, 'the stride of the argument is 0.5'],
    ['a stride of NaN', ndarray(data, [1, 3], [NaN, 1]), RangeError, 'the stride of the argument is NaN'],
    ['an infinite stride', ndarray(data, [1, 3], [Infinity, 1]), RangeError, 'the stride of the argument is Infinity'],
    ['too few strides', moved({ stride: [4] }), RangeError, 'expected'],
    ['an offset of NaN', moved({ offset: NaN }), RangeError, 'elements NaN to NaN'],
    ['a fractional offset', moved({ offset: 0.5 }), RangeError, 'elements 0.5 to 11.5'],
    ['an offset that is a string', moved({ offset: '0' }), TypeError, 'expected a 2-D ndarray'],
    [
      'a fractional shape',
      ndarray(data, [1.5, 2]),
      RangeError,
      'the shape of the argument is 1.5; expected whole numbers',
    ],
    ['a negative shape', ndarray(data, [-1, 2]), RangeError, 'the shape of the argument is -1'],
    ['a shape of NaN', ndarray(data, [NaN, 2]), RangeError, 'the shape of the argument is NaN'],
    ['an infinite shape', ndarray(data, [Infinity, 2], [0, 1]), RangeError, 'the shape of the argument is Infinity'],
    ['a shape of strings', ndarray(data, ['3', 4] as never), RangeError, 'the shape of the argument is the string "3"'],
    ['an array', [[1, 2]], TypeError, 'Matrix.wrap: the argument is an array of 1; expected a 2-D ndarray'],
    ['a typed array', data, TypeError, 'the argument is a Float64Array of 96 bytes'],
    ['a Matrix', Matrix.zeros(1, 1), TypeError, 'the argument is a Matrix'],
    ['null', null, TypeError, 'the argument is null'],
    ['undefined', undefined, TypeError, 'the argument is undefined'],
    ['an empty object', {}, TypeError, 'the argument is an empty object'],
    ['ndarray itself', ndarray, TypeError, 'the argument is the function'],
    ['a trivial ndarray', (ndarray as unknown as () => object)(), TypeError, 'expected a 2-D ndarray'],
  ])('refuses %s', (_title, value, kind, message) => {
    const error = caught(() => Matrix.wrap(value as never))
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toContain('Matrix.wrap: ')
    expect(String(error)).toContain(message)
    expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
  })

  test('refuses exactly the views that leave their data', () => {
    const small = fc.integer({ min: -4, max: 4 })
    const sizes = fc.integer({ min: 1, max: 4 })
    const offsets = fc.integer({ min: -3, max: 14 })
    fc.assert(
      fc.property(sizes, sizes, small, small, offsets, (rows, columns, down, across, offset) => {
        const array = ndarray(data, [rows, columns], [down, across], offset)
        const reached = table(rows, columns).flatMap((row, i) => row.map((_, j) => array.index(i, j) as number))
        const inside = reached.every((k) => k >= 0 && k < data.length)
        if (inside) expect(Matrix.wrap(array).sum()).toBe(0)
        else expect(() => Matrix.wrap(array)).toThrow('expected a view within its 12 elements')
      }),
      { numRuns: 1000 },
    )
  })
})
