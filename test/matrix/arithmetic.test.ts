import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { Dtype, FloatArray } from '../../src/kernels/plan.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import { caught } from '../caught.ts'

// Every operation is run on random views of two shared buffers, so that inputs and `out` may be equal, shifted,
// transposed or reversed windows of the same memory. What is expected is computed by plain loops from a copy of the
// memory taken before, and afterwards the whole of both buffers is compared: nothing outside of `out` may change.

/** The part of WebAssembly that is used here: its types belong to the DOM's. */
declare const WebAssembly: {
  Memory: new (options: object) => { readonly buffer: SharedArrayBuffer; grow(pages: number): number }
}

interface Shape {
  rows: number
  columns: number
}

/** A window of one of the two buffers, by seeds that any shape can use. */
interface Place {
  buffer: number
  row: number
  column: number
  rowStep: number
  columnStep: number
  transposed: boolean
}

/** The same window twice: as the library makes it, and as indices into the buffer. */
interface Window {
  matrix: Matrix
  buffer: number
  at: number[][]
}

const stepArbitrary = fc.constantFrom(1, 1, 2, -1, -2, 3)
const placeArbitrary: fc.Arbitrary<Place> = fc.record({
  buffer: fc.constantFrom(0, 0, 1),
  row: fc.nat(5),
  column: fc.nat(5),
  rowStep: stepArbitrary,
  columnStep: stepArbitrary,
  transposed: fc.boolean(),
})
const dtypeArbitrary = fc.constantFrom<Dtype>('float64', 'float32')
const size = fc.integer({ min: 1, max: 12 })

const OFFSET = 3
const PADDING = 2

/** Two buffers of side×side elements (rows padded, the first element not at 0), filled from the seed. */
function memoryOf(dtype: Dtype, side: number, seed: number, special: boolean): FloatArray[] {
  const random = randomNumbers(seed)
  return [0, 1].map(() => {
    const length = OFFSET + side * (side + PADDING)
    const data = dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)
    return data.map(() => (special && random() < 0.1 ? specialValue(random()) : (random() - 0.5) * 2000))
  })
}

function specialValue(choice: number): number {
  const values = [0, -0, NaN, Infinity, -Infinity, 1e-45, 5e-324, 3.4e38, 1.7e308, -1e-300]
  return values[Math.floor(choice * values.length)] as number
}

/** mulberry32: good enough for test data, and it shrinks to one seed. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function windowOf(memory: FloatArray[], side: number, place: Place, shape: Shape): Window {
  const data = memory[place.buffer] as FloatArray
  const [rows, columns] = place.transposed ? [shape.columns, shape.rows] : [shape.rows, shape.columns]
  const [tall, wide] = [Math.abs(place.rowStep) * (rows - 1) + 1, Math.abs(place.columnStep) * (columns - 1) + 1]
  const base = Matrix.wrap(ndarray(data, [side, side], [side + PADDING, 1], OFFSET))
  const stepped = base.block(place.row, place.column, tall, wide).step(place.rowStep, place.columnStep)
  const index = (i: number, j: number) => {
    const row = place.row + (place.rowStep > 0 ? i * place.rowStep : tall - 1 + i * place.rowStep)
    const column = place.column + (place.columnStep > 0 ? j * place.columnStep : wide - 1 + j * place.columnStep)
    return OFFSET + row * (side + PADDING) + column
  }
  return {
    matrix: place.transposed ? stepped.transpose() : stepped,
    buffer: place.buffer,
    at: table(shape, (i, j) => (place.transposed ? index(j, i) : index(i, j))),
  }
}

function table<T>({ rows, columns }: Shape, f: (i: number, j: number) => T): T[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => f(i, j)))
}

function cell(values: number[][], i: number, j: number): number {
  return (values[i] as number[])[j] as number
}

/** An expected element and how far the computed one may be from it. */
interface Expected {
  value: number
  bound: number
}

interface Operation {
  shapes: (rows: number, columns: number, inner: number) => { a: Shape; b: Shape; out: Shape }
  run: (a: Matrix, b: Matrix, out?: Matrix) => Matrix
  /** exact: each element is one correctly rounded operation; otherwise a sum, whose order is free */
  exact: boolean
  element: (a: number[][], b: number[][], i: number, j: number, dtype: Dtype) => Expected
}

const alike = (rows: number, columns: number) => ({
  a: { rows, columns },
  b: { rows, columns },
  out: { rows, columns },
})

function elementwise(run: Operation['run'], f: (a: number, b: number, i: number, j: number) => number): Operation {
  return {
    shapes: alike,
    run,
    exact: true,
    // float64: one operation, so the very same number. float32: the operation in float64, rounded once when stored.
    element: (a, b, i, j) => ({ value: f(cell(a, i, j), cell(b, i, j), i, j), bound: 0 }),
  }
}

/**
 * A sum of n terms in any order is off by at most n·u·Σ|term| to first order, where u = 2⁻⁵³ (or 2⁻²⁴ if every partial
 * sum is rounded to float32); each product may be rounded too, and the naive sum here has the same error again. Hence
 * 2·(n + 1)·u·Σ|term|, and one least subnormal a term for what underflows.
 */
function sumOf(terms: number[], dtype: Dtype): Expected {
  const [unit, least] = dtype === 'float32' ? [2 ** -24, 2 ** -149] : [2 ** -53, 2 ** -1074]
  const value = terms.reduce((sum, term) => sum + term, 0)
  const magnitude = terms.reduce((sum, term) => sum + Math.abs(term), 0)
  return { value, bound: 2 * (terms.length + 1) * unit * magnitude + terms.length * least }
}

const operations: Record<string, Operation> = {
  add: elementwise(
    (a, b, out) => a.add(b, out),
    (a, b) => a + b,
  ),
  subtract: elementwise(
    (a, b, out) => a.subtract(b, out),
    (a, b) => a - b,
  ),
  multiply: elementwise(
    (a, b, out) => a.multiply(b, out),
    (a, b) => a * b,
  ),
  scale: elementwise(
    (a, _b, out) => a.scale(-1.7, out),
    (a) => -1.7 * a,
  ),
  map: elementwise(
    (a, _b, out) => a.map((value, i, j) => value * value - 10 * i + j, out),
    (a, _b, i, j) => a * a - 10 * i + j,
  ),
  addRow: {
    shapes: (rows, columns) => ({ a: { rows, columns }, b: { rows: 1, columns }, out: { rows, columns } }),
    run: (a, b, out) => a.addRow(b, out),
    exact: true,
    element: (a, b, i, j) => ({ value: cell(a, i, j) + cell(b, 0, j), bound: 0 }),
  },
  assign: {
    shapes: alike,
    run: (a, b, out) => (out ?? b.copy()).assign(a),
    exact: true,
    element: (a, _b, i, j) => ({ value: cell(a, i, j), bound: 0 }),
  },
  copy: {
    shapes: alike,
    run: (a, _b, out) => (out === undefined ? a.copy() : out.assign(a.copy())),
    exact: true,
    element: (a, _b, i, j) => ({ value: cell(a, i, j), bound: 0 }),
  },
  sumRows: {
    shapes: (rows, columns) => ({
      a: { rows, columns },
      b: { rows: 1, columns: 1 },
      out: { rows: 1, columns },
    }),
    run: (a, _b, out) => a.sumRows(out),
    exact: false,
    element: (a, _b, _i, j, dtype) =>
      sumOf(
        a.map((row) => row[j] as number),
        dtype,
      ),
  },
  matmul: {
    shapes: (rows, columns, inner) => ({
      a: { rows, columns: inner },
      b: { rows: inner, columns },
      out: { rows, columns },
    }),
    run: (a, b, out) => a.matmul(b, out),
    exact: false,
    element: (a, b, i, j, dtype) =>
      sumOf(
        (a[i] as number[]).map((value, k) => value * cell(b, k, j)),
        dtype,
      ),
  },
}

interface Case {
  dtype: Dtype
  seed: number
  sizes: [rows: number, columns: number, inner: number]
  a: Place
  b: Place
  out: Place | 'new' | 'a' | 'b'
}

function caseOf(largest: fc.Arbitrary<number>): fc.Arbitrary<Case> {
  return fc.record({
    dtype: dtypeArbitrary,
    seed: fc.integer(),
    sizes: fc.tuple(largest, largest, largest),
    a: placeArbitrary,
    b: placeArbitrary,
    out: fc.oneof(placeArbitrary, placeArbitrary, fc.constantFrom('new' as const, 'a' as const, 'b' as const)),
  })
}

/** Runs one operation on one case and throws where it differs from plain loops. */
function verify(operation: Operation, { dtype, seed, sizes, ...places }: Case): void {
  const side = 3 * Math.max(...sizes) + 6
  const memory = memoryOf(dtype, side, seed, operation.exact)
  const before = memory.map((data) => data.slice())
  const shapes = operation.shapes(...sizes)
  const [a, b] = [windowOf(memory, side, places.a, shapes.a), windowOf(memory, side, places.b, shapes.b)]
  const outPlace = places.out === 'a' || places.out === 'b' ? places[places.out] : places.out
  const out = outPlace === 'new' ? undefined : windowOf(memory, side, outPlace, shapes.out)

  const read = (window: Window) =>
    window.at.map((row) => row.map((k) => (before[window.buffer] as FloatArray)[k] as number))
  const [aBefore, bBefore] = [read(a), read(b)]
  const stored = dtype === 'float32' ? Math.fround : (value: number) => value
  const expected = table(shapes.out, (i, j) => operation.element(aBefore, bBefore, i, j, dtype))

  const result = operation.run(a.matrix, b.matrix, out?.matrix)

  expect(result.shape).toEqual([shapes.out.rows, shapes.out.columns])
  expect(result.dtype).toBe(dtype)
  if (out !== undefined) expect(result).toBe(out.matrix)
  expected.forEach((row, i) => {
    row.forEach(({ value, bound }, j) => {
      const computed = result.get(i, j)
      const right = bound === 0 ? Object.is(computed, stored(value)) : Math.abs(computed - value) <= bound
      if (!right) throw new Error(`row ${i}, column ${j}: ${computed}, expected ${stored(value)} ± ${bound}`)
    })
  })
  const written = new Set(out?.at.flat())
  memory.forEach((data, buffer) => {
    data.forEach((value, k) => {
      const mayChange = out?.buffer === buffer && written.has(k)
      if (!mayChange && !Object.is(value, before[buffer]?.[k]))
        throw new Error(`buffer ${buffer}, element ${k} changed`)
    })
  })
}

describe.each(Object.entries(operations))('%s', (_name, operation) => {
  test('equals plain loops for any views, both dtypes, with any out, and touches nothing but out', () => {
    fc.assert(
      fc.property(caseOf(size), (input) => verify(operation, input)),
      { numRuns: 400 },
    )
  })

  test('is right where out is one of the inputs, turned, reversed or shifted by one', () => {
    const turns: Partial<Place>[] = [
      {},
      { transposed: true },
      { rowStep: -1 },
      { columnStep: -1 },
      { rowStep: -1, columnStep: -1, transposed: true },
      { row: 1 },
      { column: 1 },
      { row: 1, column: 1 },
    ]
    const plain: Place = { buffer: 0, row: 0, column: 0, rowStep: 1, columnStep: 1, transposed: false }
    for (const dtype of ['float64', 'float32'] as const) {
      for (const turnOfOut of turns) {
        for (const turnOfB of turns) {
          const out = { ...plain, ...turnOfOut }
          verify(operation, { dtype, seed: 7, sizes: [5, 5, 5], a: plain, b: { ...plain, ...turnOfB }, out })
        }
      }
    }
  })
})

describe('matmul', () => {
  test('is right for sizes beyond the blocks of 32 of the reference', () => {
    fc.assert(
      fc.property(caseOf(fc.integer({ min: 25, max: 70 })), (input) => verify(operations.matmul as Operation, input)),
      { numRuns: 25 },
    )
  })

  test('takes nothing from what out held before, not even NaN', () => {
    const [a, b] = [
      Matrix.from([
        [1, 2],
        [3, 4],
      ]),
      Matrix.from([
        [5, 6],
        [7, 8],
      ]),
    ]
    expect(
      a
        .matmul(
          b,
          Matrix.from([
            [NaN, Infinity],
            [-Infinity, NaN],
          ]),
        )
        .toArray(),
    ).toEqual([
      [19, 22],
      [43, 50],
    ])
  })

  test('carries NaN and Infinity to where they belong', () => {
    const a = Matrix.from([
      [NaN, 0],
      [1, Infinity],
      [1, 1],
    ])
    expect(
      a
        .matmul(
          Matrix.from([
            [1, 0],
            [1, 0],
          ]),
        )
        .toArray(),
    ).toEqual([
      [NaN, NaN],
      [Infinity, NaN],
      [2, 0],
    ])
  })

  test('reads inputs that repeat elements (stride 0, equal strides)', () => {
    const row = Matrix.wrap(ndarray(Float64Array.of(1, 2, 3), [2, 3], [0, 1]))
    const sliding = Matrix.wrap(ndarray(Float64Array.of(1, 2, 3, 4, 5), [3, 3], [1, 1]))
    expect(row.matmul(sliding).toArray()).toEqual([
      [14, 20, 26],
      [14, 20, 26],
    ])
    expect(sliding.matmul(sliding).toArray()).toEqual([
      [14, 20, 26],
      [20, 29, 38],
      [26, 38, 50],
    ])
  })
})

describe('sum', () => {
  test('is the sum of all elements of any view', () => {
    fc.assert(
      fc.property(dtypeArbitrary, fc.integer(), size, size, placeArbitrary, (dtype, seed, rows, columns, place) => {
        const memory = memoryOf(dtype, 42, seed, false)
        const { matrix, at } = windowOf(memory, 42, place, { rows, columns })
        const terms = at.flat().map((k) => (memory[place.buffer] as FloatArray)[k] as number)
        // the sum is a float64 number for both dtypes
        const { value, bound } = sumOf(terms, 'float64')
        expect(Math.abs(matrix.sum() - value)).toBeLessThanOrEqual(bound)
      }),
    )
  })
})

describe('equals', () => {
  test('compares any two views element by element', () => {
    fc.assert(
      fc.property(
        dtypeArbitrary,
        fc.integer(),
        size,
        size,
        placeArbitrary,
        fc.nat(),
        fc.nat(),
        (dtype, seed, rows, columns, place, i, j) => {
          const { matrix } = windowOf(memoryOf(dtype, 42, seed, false), 42, place, { rows, columns })
          const [row, column] = [i % rows, j % columns]
          const copy = matrix.copy()
          expect(matrix.equals(copy)).toBe(true)
          expect(copy.equals(matrix)).toBe(true)
          // |values| ≤ 1000, where float32 numbers are 2⁻¹⁴ apart: 0.5 is added with an error below 0.001
          copy.set(row, column, copy.get(row, column) + 0.5)
          expect(matrix.equals(copy)).toBe(false)
          expect(matrix.equals(copy, 0.499)).toBe(false)
          expect(matrix.equals(copy, 0.501)).toBe(true)
        },
      ),
    )
  })

  test('is false for NaN and for other shapes, true for equal infinities and for zeros of either sign', () => {
    expect(Matrix.from([[NaN]]).equals(Matrix.from([[NaN]]))).toBe(false)
    expect(Matrix.from([[NaN]]).equals(Matrix.from([[NaN]]), 1)).toBe(false)
    expect(Matrix.from([[1, 2]]).equals(Matrix.from([[1], [2]]))).toBe(false)
    expect(Matrix.from([[1, 2]]).equals(Matrix.from([[1, 2, 3]]))).toBe(false)
    expect(Matrix.from([[Infinity, -Infinity]]).equals(Matrix.from([[Infinity, -Infinity]]))).toBe(true)
    expect(Matrix.from([[Infinity]]).equals(Matrix.from([[-Infinity]]), 1e300)).toBe(false)
    expect(Matrix.from([[0, -0]]).equals(Matrix.from([[-0, 0]]))).toBe(true)
  })
})

describe('out', () => {
  const a = () =>
    Matrix.from([
      [1, 2, 3],
      [4, 5, 6],
    ])
  const square = () =>
    Matrix.from([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ])
  const calls: [name: string, call: (out: Matrix) => Matrix, rows: number, columns: number][] = [
    ['matmul', (out) => a().matmul(square(), out), 2, 3],
    ['add', (out) => a().add(a(), out), 2, 3],
    ['subtract', (out) => a().subtract(a(), out), 2, 3],
    ['multiply', (out) => a().multiply(a(), out), 2, 3],
    ['scale', (out) => a().scale(2, out), 2, 3],
    ['map', (out) => a().map((value) => value + 1, out), 2, 3],
    ['addRow', (out) => a().addRow(a().row(0), out), 2, 3],
    ['sumRows', (out) => a().sumRows(out), 1, 3],
  ]

  describe.each(calls)('%s', (name, call, rows, columns) => {
    test.each<[string, () => { out: Matrix; data: FloatArray }, typeof TypeError | typeof RangeError, string]>([
      [
        'another number of rows',
        () => filled(new Float64Array(99), [rows + 1, columns]),
        RangeError,
        'the shape of out',
      ],
      [
        'another number of columns',
        () => filled(new Float64Array(99), [rows, columns - 1]),
        RangeError,
        'the shape of out',
      ],
      ['the transposed shape', () => filled(new Float64Array(99), [columns, rows]), RangeError, 'the shape of out'],
      ['another dtype', () => filled(new Float32Array(99), [rows, columns]), TypeError, 'the dtype of out'],
      [
        'columns that repeat',
        () => filled(new Float64Array(99), [rows, columns], [columns, 0]),
        RangeError,
        'repeats elements',
      ],
    ])('refuses %s and writes nothing', (_title, make, kind, message) => {
      const { out, data } = make()
      const error = caught(() => call(out))
      expect(error).toBeInstanceOf(kind)
      expect(String(error)).toContain(`${name}: `)
      expect(String(error)).toContain(message)
      expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
      expect(data.every((value) => value === 7)).toBe(true)
    })

    test.each([[[[1, 2]]], [null], ['out'], [ndarray(new Float64Array(6), [2, 3])]])('refuses %o', (out) => {
      expect(() => call(out as never)).toThrow(TypeError)
      expect(() => call(out as never)).toThrow(`${name}: out is`)
    })
  })

  test.each([
    ['stride 0 over rows', [3, 3], [0, 1]],
    ['stride 0 over both', [2, 2], [0, 0]],
    ['equal strides', [3, 3], [1, 1]],
    ['opposite strides', [2, 2], [1, -1]],
    ['two steps that meet', [3, 4], [3, 2]],
  ])('is refused with elements that repeat: %s', (_title, shape, stride) => {
    const data = new Float64Array(20).fill(7)
    const out = Matrix.wrap(ndarray(data, shape, stride, 5))
    expect(() => out.copy().scale(2, out)).toThrow(RangeError)
    expect(() => out.assign(out.copy())).toThrow('repeats elements')
    expect([...data]).toEqual(new Array(20).fill(7))
  })

  test.each([
    ['a stride 0 along an axis of size 1', [1, 3], [0, 1]],
    ['both strides 0 for one element', [1, 1], [0, 0]],
    ['rows that lie between each other', [2, 3], [1, 2]],
    ['rows closer than they are long', [3, 3], [3, 2]],
    ['steps that would meet further on', [2, 3], [3, 2]],
  ])('is taken with elements of its own: %s', (_title, shape, stride) => {
    const out = Matrix.wrap(ndarray(new Float64Array(20), shape, stride))
    const source = Matrix.zeros(shape[0] as number, shape[1] as number).map((_, i, j) => 1 + 10 * i + j)
    expect(source.scale(1, out).toArray()).toEqual(source.toArray())
  })

  test('is refused exactly where two indices are one element', () => {
    const strides = fc.integer({ min: -6, max: 6 })
    const sizes = fc.integer({ min: 1, max: 5 })
    fc.assert(
      fc.property(sizes, sizes, strides, strides, (rows, columns, down, across) => {
        const out = Matrix.wrap(
          ndarray(new Float64Array(60), [rows, columns], [down, across], 30 - 2 * (down + across)),
        )
        const distinct = new Set(indices([rows, columns], [down, across])).size === rows * columns
        const write = () => out.assign(Matrix.zeros(rows, columns))
        if (distinct) expect(write()).toBe(out)
        else expect(write).toThrow('repeats elements')
      }),
      { numRuns: 1000 },
    )
  })

  test('of map is left as it was where f throws or returns no number midway', () => {
    const out = square()
    const throwing = (value: number, i: number, j: number) => {
      if (i === 1 && j === 2) throw new Error('midway')
      return value * 100
    }
    expect(() => square().map(throwing, out)).toThrow('midway')
    expect(() => out.map(throwing, out)).toThrow('midway')
    expect(() => out.map((value) => (value === 8 ? '8' : 0) as never, out)).toThrow(
      'map: f at row 2, column 1 is the string "8"; expected a number',
    )
    expect(out.toArray()).toEqual(square().toArray())
  })

  test('may be memory that two SharedArrayBuffer objects hold in common', () => {
    const buffer = new SharedArrayBuffer(9 * 8)
    const [first, second] = [new Float64Array(buffer), new Float64Array(structuredClone(buffer))]
    first.set([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(second[8]).toBe(9)
    const [a, b] = [first, second].map((data) => Matrix.wrap(ndarray(data, [3, 3]))) as [Matrix, Matrix]
    const expected = square().matmul(square()).toArray()
    expect(a.matmul(a, b).toArray()).toEqual(expected)
    a.assign(square())
    expect(b.assign(a.transpose()).toArray()).toEqual(square().transpose().toArray())
  })

  test('may be a WebAssembly memory that grew between the views', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true })
    const old = Matrix.wrap(ndarray(new Float64Array(memory.buffer, 0, 9), [3, 3])).assign(square())
    memory.grow(1)
    const grown = Matrix.wrap(ndarray(new Float64Array(memory.buffer, 0, 9), [3, 3]))
    expect(old.matmul(old, grown).toArray()).toEqual(square().matmul(square()).toArray())
  })
})

describe('arithmetic', () => {
  const a = Matrix.from([
    [1, 2, 3],
    [4, 5, 6],
  ])
  const single = Matrix.from(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { dtype: 'float32' },
  )

  test.each<[string, () => unknown, typeof TypeError | typeof RangeError, string]>([
    ['matmul', () => a.matmul(a), RangeError, 'matmul: a is (2×3) and b is (2×3); inner sizes 3 and 2 must match'],
    ['matmul', () => a.matmul(single.transpose()), TypeError, 'matmul: a is float64 and b is float32'],
    ['matmul', () => a.matmul([[1], [2], [3]] as never), TypeError, 'matmul: b is an array of 3; expected a Matrix'],
    ['add', () => a.add(a.transpose()), RangeError, 'add: a is (2×3) and b is (3×2)'],
    ['add', () => a.add(a.row(0)), RangeError, 'the shapes must be equal'],
    ['add', () => a.add(single), TypeError, 'add: a is float64 and b is float32'],
    ['add', () => a.add(1 as never), TypeError, 'add: b is 1; expected a Matrix'],
    ['subtract', () => a.subtract(undefined as never), TypeError, 'subtract: b is undefined'],
    ['multiply', () => a.multiply(a.column(0)), RangeError, 'multiply: a is (2×3) and b is (2×1)'],
    ['multiply', () => single.multiply(a), TypeError, 'multiply: a is float32 and b is float64'],
    ['scale', () => a.scale('2' as never), TypeError, 'scale: the factor is the string "2"; expected a number'],
    ['scale', () => a.scale(2n as never), TypeError, 'scale: the factor is the bigint 2n'],
    ['addRow', () => a.addRow(a), RangeError, 'addRow: a is (2×3) and b is (2×3); b must be (1×3)'],
    ['addRow', () => a.addRow(a.column(0).transpose()), RangeError, 'b must be (1×3)'],
    ['addRow', () => a.addRow(single.row(0)), TypeError, 'addRow: a is float64 and b is float32'],
    ['map', () => a.map(2 as never), TypeError, 'map: the argument is 2; expected a function'],
    ['map', () => a.map((() => undefined) as never), TypeError, 'map: f at row 0, column 0 is undefined'],
    ['map', () => a.map((async () => 1) as never), TypeError, 'map: f at row 0, column 0 is a Promise'],
    ['equals', () => a.equals([[1]] as never), TypeError, 'equals: the argument is an array of 1'],
    ['equals', () => a.equals(a, -1), RangeError, 'equals: tolerance is -1; expected a number of at least 0'],
    ['equals', () => a.equals(a, NaN), RangeError, 'equals: tolerance is NaN'],
  ])('%s refuses what does not fit (case %#)', (_name, call, kind, message) => {
    const error = caught(call)
    expect(error).toBeInstanceOf(kind)
    expect(String(error)).toContain(message)
    expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
  })
})

function filled(data: FloatArray, shape: number[], stride?: number[]): { out: Matrix; data: FloatArray } {
  data.fill(7)
  return { out: Matrix.wrap(ndarray(data, shape, stride) as never), data }
}

function indices(shape: number[], stride: number[]): number[] {
  const [rows, columns] = shape as [number, number]
  return table({ rows, columns }, (i, j) => i * (stride[0] as number) + j * (stride[1] as number)).flat()
}
