import { runInNewContext } from 'node:vm'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'

// Values that look like what is expected and are not, or are it in an unusual way. None may give a matrix that reads
// outside of its data, that shows undefined for a number, or that is silently wrong.

const rows = [
  [1, 2],
  [3, 4],
]

/** A foreign ndarray, as another copy of the package or a look-alike makes it. */
function lookalike(changes: object = {}): never {
  const data = Float64Array.of(1, 2, 3, 4)
  const get = (i: number, j: number) => data[2 * i + j]
  return {
    data,
    shape: [2, 2],
    stride: [2, 1],
    offset: 0,
    dimension: 2,
    dtype: 'float64',
    size: 4,
    get,
    ...changes,
  } as never
}

describe('a look-alike of an ndarray', () => {
  test('is wrapped and read by its data, not by its methods', () => {
    const wrapped = Matrix.wrap(lookalike({ get: () => 'surprise', set: () => undefined }))
    expect(wrapped.toArray()).toEqual(rows)
    expect(wrapped.transpose().step(-1).toArray()).toEqual([
      [2, 4],
      [1, 3],
    ])
    expect(wrapped.set(0, 0, 9).get(0, 0)).toBe(9)
  })

  test('with a wrong dtype is known by its data', () => {
    expect(Matrix.wrap(lookalike({ dtype: 'float32' })).dtype).toBe('float64')
    expect(() => Matrix.wrap(lookalike({ data: Uint8Array.of(1, 2, 3, 4) }))).toThrow('dtype uint8')
    expect(() => Matrix.wrap(lookalike({ data: [1, 2, 3, 4] }))).toThrow('dtype array')
  })

  test('with a wrong dimension or size is known by its shape', () => {
    expect(Matrix.from(lookalike({ dimension: 1, size: 100 })).toArray()).toEqual(rows)
    expect(() => Matrix.wrap(lookalike({ dimension: 2, shape: [4], stride: [1] }))).toThrow('of shape (4)')
    expect(Matrix.from(lookalike({ dimension: 2, shape: [1], stride: [1], get: () => 5 })).shape).toEqual([1, 1])
  })

  test('that returns what is no number is refused', () => {
    const odd = lookalike({ stride: [1, 2], get: () => 'surprise' })
    expect(() => Matrix.from(odd)).toThrow('row 0, column 0 is the string "surprise"')
    expect(() => Matrix.from(lookalike({ stride: [1, 2], get: () => undefined }))).toThrow(
      'row 0, column 0 is undefined',
    )
  })

  test.each([
    ['no data', { data: undefined }],
    ['data that is null', { data: null }],
    ['no get', { get: undefined }],
    ['no shape', { shape: undefined }],
    ['a typed shape', { shape: Int32Array.of(2, 2) }],
    ['no stride', { stride: undefined }],
    ['no offset', { offset: undefined }],
  ])('with %s is no ndarray', (_title, changes) => {
    expect(() => Matrix.wrap(lookalike(changes))).toThrow(TypeError)
    expect(() => Matrix.from(lookalike(changes))).toThrow(TypeError)
  })

  test.each([
    ['data without a length', { data: {} }],
    ['empty data', { data: new Float64Array(0) }],
    ['a shape larger than the data', { shape: [2 ** 53, 2 ** 53] }],
    ['more strides of NaN', { stride: [NaN, NaN] }],
    ['no strides', { stride: [] }],
  ])('with %s is out of bounds', (_title, changes) => {
    expect(() => Matrix.wrap(lookalike(changes))).toThrow(RangeError)
    expect(() => Matrix.from(lookalike(changes))).toThrow(RangeError)
  })

  test('keeps a wrapped matrix as it is when its own shape is changed later', () => {
    const array = ndarray(Float64Array.of(1, 2, 3, 4), [2, 2])
    const matrix = Matrix.wrap(array)
    array.shape[0] = 100
    array.offset = 50
    expect(matrix.toArray()).toEqual(rows)
  })
})

describe('a look-alike of a Matrix', () => {
  test('gives its elements to from and assign', () => {
    expect(Matrix.from({ ndarray: ndarray(Float64Array.of(1, 2), [1, 2]) }).toArray()).toEqual([[1, 2]])
  })

  test.each([[{ ndarray: 1 }], [{ ndarray: {} }], [{ ndarray: null }], [{ get: () => 1, rows: 1, columns: 1 }]])(
    'that has no ndarray is refused: %o',
    (value) => {
      expect(() => Matrix.from(value as never)).toThrow(TypeError)
      expect(() => Matrix.from(rows).assign(value as never)).toThrow(TypeError)
    },
  )

  test('is no operand', () => {
    const lookalikeMatrix = { ndarray: ndarray(Float64Array.of(1, 2, 3, 4), [2, 2]), rows: 2, columns: 2 }
    expect(() => Matrix.from(rows).add(lookalikeMatrix as never)).toThrow(
      'add: b is an object with ndarray, rows, columns',
    )
  })

  test('is a Matrix when it is a proxy of one, as reactive objects are', () => {
    const proxy = new Proxy(Matrix.from(rows), {})
    expect(proxy.add(proxy).toArray()).toEqual([
      [2, 4],
      [6, 8],
    ])
    expect(proxy.get(1, 0)).toBe(3)
    expect(
      proxy
        .set(1, 0, 5)
        .matmul(Matrix.from([[1], [0]]))
        .toArray(),
    ).toEqual([[1], [5]])
    expect(Matrix.from(proxy).equals(proxy)).toBe(true)
  })
})

describe('memory', () => {
  test('may be a SharedArrayBuffer; copies are not shared', () => {
    const shared = Matrix.wrap(ndarray(new Float32Array(new SharedArrayBuffer(16)), [2, 2])).assign(rows)
    expect(shared.matmul(shared).toArray()).toEqual([
      [7, 10],
      [15, 22],
    ])
    expect(shared.copy().ndarray.data.buffer).toBeInstanceOf(ArrayBuffer)
    expect(Matrix.from(shared, { dtype: 'float32' }).ndarray.data.buffer).toBeInstanceOf(ArrayBuffer)
    expect(shared.add(shared, shared).toArray()).toEqual([
      [2, 4],
      [6, 8],
    ])
    expect(shared.assign(shared.transpose()).toArray()).toEqual([
      [2, 6],
      [4, 8],
    ])
  })

  test('may be a part of a buffer, and neighbours in it are left alone', () => {
    const buffer = new Float64Array(10).fill(7)
    const [left, right] = [buffer.subarray(1, 5), buffer.subarray(5, 9)].map((part) =>
      Matrix.wrap(ndarray(part, [2, 2])),
    )
    left?.assign(rows)
    left?.matmul(left, right)
    expect([...buffer]).toEqual([7, 1, 2, 3, 4, 7, 10, 15, 22, 7])
    // two typed arrays that overlap in the buffer, by three of their four elements
    const shifted = Matrix.wrap(ndarray(buffer.subarray(2, 6), [2, 2]))
    expect(left?.matmul(left, shifted).toArray()).toEqual([
      [7, 10],
      [15, 22],
    ])
    expect([...buffer]).toEqual([7, 1, 7, 10, 15, 22, 10, 15, 22, 7])
  })

  test('may be resizable: a view that fits is taken, also after growth; one that does not fit any more is refused', () => {
    const buffer = new (
      ArrayBuffer as unknown as new (
        length: number,
        options: object,
      ) => ArrayBuffer & { resize(length: number): void }
    )(32, { maxByteLength: 320 })
    const array = ndarray(new Float64Array(buffer), [2, 2])
    const matrix = Matrix.wrap(array).assign(rows)
    buffer.resize(320)
    expect(matrix.toArray()).toEqual(rows)
    buffer.resize(24)
    expect(() => Matrix.wrap(array)).toThrow('expected a view within its 3 elements')
    expect(() => Matrix.from(array)).toThrow('expected a view within its 3 elements')
  })

  test('that was given away to another thread is refused', () => {
    const array = ndarray(Float64Array.of(1, 2, 3, 4), [2, 2])
    structuredClone(array.data.buffer, { transfer: [array.data.buffer as ArrayBuffer] })
    expect(() => Matrix.wrap(array)).toThrow('expected a view within its 0 elements')
    expect(() => Matrix.from(array)).toThrow('expected a view within its 0 elements')
  })

  test('may belong to a subclass, whatever its constructor and species', () => {
    class Tagged extends Float64Array {
      constructor(_tag: string, length: number) {
        super(length)
      }
      static get [Symbol.species](): never {
        throw new Error('species')
      }
    }
    const data = new Tagged('x', 4)
    data.set([1, 2, 3, 4])
    const matrix = Matrix.wrap(ndarray(data, [2, 2]))
    expect(Matrix.from(ndarray(data, [2, 2])).toArray()).toEqual(rows)
    expect(Matrix.from(matrix).ndarray.data.constructor).toBe(Float64Array)
    expect(matrix.matmul(matrix).toArray()).toEqual([
      [7, 10],
      [15, 22],
    ])
    expect(Matrix.zeros(2, 2).assign(matrix).toArray()).toEqual(rows)
    expect(matrix.assign(matrix.transpose()).toArray()).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  test('may come from another realm, as test runners and frames have them', () => {
    const foreign: { flat: Float64Array; rows: number[][] } = runInNewContext(
      '({ flat: Float64Array.of(1, 2, 3, 4), rows: [[1, 2], [3, 4]] })',
    )
    expect(foreign.flat instanceof Float64Array).toBe(false)
    const matrix = Matrix.wrap(ndarray(foreign.flat, [2, 2]))
    expect(matrix.matmul(matrix).toArray()).toEqual([
      [7, 10],
      [15, 22],
    ])
    expect(Matrix.from(foreign.rows).toArray()).toEqual(rows)
    expect(Matrix.from(foreign.flat).toArray()).toEqual([[1, 2, 3, 4]])
    expect(Matrix.from(matrix).toArray()).toEqual(rows)
  })

  test('of subclassed arrays is read like that of arrays', () => {
    class List extends Array<number> {}
    expect(Matrix.from([List.of(1, 2), List.of(3, 4)]).toArray()).toEqual(rows)
    expect(Matrix.from(List.of(1, 2)).toArray()).toEqual([[1, 2]])
    expect(Matrix.from(Object.freeze([Object.freeze([1, 2])])).toArray()).toEqual([[1, 2]])
    expect(Matrix.from(new Proxy(rows, {})).toArray()).toEqual(rows)
  })
})

describe('a size that no memory can hold', () => {
  const million = (shape: number[]) => Matrix.wrap(ndarray(new Float64Array(1), shape, [0, 0]))
  const tall = million([1e6, 1])
  const wide = million([1, 1e6])
  const vast = million([1e6, 1e6])

  test.each<[string, () => unknown]>([
    ['zeros', () => Matrix.zeros(1e9, 1e9)],
    ['from', () => Matrix.from(vast)],
    ['copy', () => vast.copy()],
    ['matmul', () => tall.matmul(wide)],
    ['add', () => vast.add(vast)],
    ['scale', () => vast.scale(2)],
    ['map', () => vast.map(() => 1)],
    ['addRow', () => vast.addRow(wide)],
    ['assign', () => vast.assign(vast)],
  ])('is refused by %s before anything is allocated', (name, call) => {
    expect(call).toThrow(RangeError)
    expect(call).toThrow(`${name}: the shape of`)
    expect(call).toThrow('expected at most 2³⁰ elements')
  })

  test('does not keep a view of it from being shown', () => {
    expect(vast.toString()).toContain('Matrix 1000000×1000000 float64')
    expect(vast.block(0, 0, 1, 2).toArray()).toEqual([[0, 0]])
  })
})
