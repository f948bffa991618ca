import fc from 'fast-check'
import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { oneHot, scalePixels } from '../../src/data/encoding.ts'
import { Matrix } from '../../src/matrix/matrix.ts'

const formula = (value: number) => (value / 255) * 0.99 + 0.01

function caught(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  return new Error('nothing was thrown')
}

describe('scalePixels', () => {
  it('turns 0 into 0.01 and 255 into 1', () => {
    expect(scalePixels([[0, 255]], { dtype: 'float64' }).toArray()).toEqual([[0.01, 1]])
  })

  it('makes float32 unless told, rounded from the exact formula', () => {
    const bytes = ndarray(
      Uint8Array.from({ length: 256 }, (_, v) => v),
      [2, 128],
    )
    const single = scalePixels(bytes)
    const double = scalePixels(bytes, { dtype: 'float64' })
    expect([single.dtype, double.dtype]).toEqual(['float32', 'float64'])
    for (let v = 0; v < 256; v++) {
      expect(double.get(v >> 7, v & 127)).toBe(formula(v))
      expect(single.get(v >> 7, v & 127)).toBe(Math.fround(formula(v)))
    }
  })

  it('makes one row of everything below one index of the first axis', () => {
    const images = ndarray(
      Uint8Array.from({ length: 24 }, (_, v) => v),
      [2, 3, 4],
    )
    const scaled = scalePixels(images, { dtype: 'float64' })
    expect(scaled.shape).toEqual([2, 12])
    expect(scaled.get(1, 6)).toBe(formula(images.get(1, 1, 2)))
  })

  it('gives the same for every kind of table that holds the same values', () => {
    const rows = [
      [0, 7, 200],
      [255, 31, 1],
    ]
    const flat = rows.flat()
    const expected = rows.map((row) => row.map(formula))
    const tables = [
      rows,
      rows.map((row) => Uint8Array.from(row)),
      Matrix.from(rows),
      Matrix.from(rows, { dtype: 'float32' }),
      Matrix.from([
        [0, 255],
        [7, 31],
        [200, 1],
      ]).transpose(),
      ndarray(flat, [2, 3]),
      ndarray(Uint8ClampedArray.from(flat), [2, 3]),
      ndarray(Int16Array.from(flat), [2, 3]),
      ndarray(Float64Array.from([9, ...flat, 9]), [2, 3], [3, 1], 1),
      ndarray(Buffer.from(flat), [2, 3]),
      ndarray(Uint8Array.of(1, 31, 255, 200, 7, 0), [2, 3]).step(-1, -1),
    ] as NdArray[]
    for (const table of tables) expect(scalePixels(table, { dtype: 'float64' }).toArray()).toEqual(expected)
  })

  it('reads views of any strides', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 23 }), (sizes, choice) => {
        const size = sizes.reduce((product, length) => product * length, 1)
        const axes = sizes
          .map((_, axis) => axis)
          .sort((a, b) => (((a + 1) * choice) % 5) - (((b + 1) * choice) % 5) || a - b)
        const steps = sizes.map((_, axis) => ((choice >> axis) & 1 ? -1 : 1))
        const view = ndarray(
          Uint8Array.from({ length: size }, (_, v) => v),
          sizes,
        )
          .transpose(...axes)
          .step(...steps)
        const scaled = scalePixels(view, { dtype: 'float64' })
        const width = size / (view.shape[0] as number)
        expect(scaled.shape).toEqual([view.shape[0], width])
        for (let k = 0; k < size; k++) {
          let rest = k
          const index = [...view.shape].reverse().map((length) => {
            const i = rest % length
            rest = (rest - i) / length
            return i
          })
          expect(scaled.get(Math.floor(k / width), k % width)).toBe(formula(view.get(...index.reverse())))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves the pixels as they were and shares nothing with them', () => {
    const pixels = Matrix.from([[1, 2]])
    scalePixels(pixels, { dtype: 'float64' }).set(0, 0, 9)
    expect(pixels.toArray()).toEqual([[1, 2]])
  })
})

describe('oneHot', () => {
  it('puts 1 in the column of the label and 0 elsewhere', () => {
    expect(oneHot([2, 0], 3).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ])
    expect(oneHot([2, 0], 3).dtype).toBe('float32')
  })

  it('takes other values for on and off, as the lecture note does', () => {
    const targets = oneHot([1], 3, { on: 0.99, off: 0.01, dtype: 'float64' })
    expect(targets.toArray()).toEqual([[0.01, 0.99, 0.01]])
  })

  it('takes arrays, typed arrays, array-likes and 1-D ndarrays of any stride', () => {
    const lists = [
      [1, 0, 2],
      Uint8Array.of(1, 0, 2),
      Float64Array.of(1, 0, 2),
      { length: 3, 0: 1, 1: 0, 2: 2 },
      ndarray(Uint8Array.of(1, 0, 2)),
      ndarray([2, 0, 1]).step(-1),
    ] as ArrayLike<number>[]
    for (const labels of lists)
      expect(oneHot(labels, 3).toArray()).toEqual([
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ])
  })

  it('has in each row one `on`, at the label', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }), (labels) => {
        const rows = oneHot(labels, 10).toArray()
        expect(rows.map((row) => row.indexOf(1))).toEqual(labels)
        expect(rows.every((row) => row.reduce((sum, value) => sum + value, 0) === 1)).toBe(true)
      }),
    )
  })
})

const scale = (pixels: unknown, options?: unknown) => () =>
  scalePixels(pixels as Matrix, options as { dtype: 'float32' })
const encode = (labels: unknown, classes: unknown, options?: unknown) => () =>
  oneHot(labels as number[], classes as number, options as { on: number })

describe('what cannot be encoded', () => {
  it.each([
    [scale(undefined), TypeError, /^scalePixels: pixels is undefined; expected a Matrix, an ndarray of at least 2/],
    [scale('0,1'), TypeError, /^scalePixels: pixels is the string "0,1"/],
    [scale([1, 2, 3]), TypeError, /^scalePixels: pixels is an array of 3/],
    [scale(Uint8Array.of(1)), TypeError, /^scalePixels: pixels is a Uint8Array/],
    [scale({ length: 2 }), TypeError, /^scalePixels: pixels is an object with length/],
    [scale(ndarray(Uint8Array.of(1, 2))), RangeError, /^scalePixels: pixels is an ndarray of 1 dimensions/],
    [scale([]), RangeError, /^scalePixels: the shape of pixels is \(0×0\)/],
    [scale([[], []]), RangeError, /\(2×0\); expected at least one row and one column/],
    [scale([[1, 2], [3]]), RangeError, /length of row 1 is 1; expected 2/],
    [
      scale([
        [1, 2],
        [3, '4'],
      ]),
      TypeError,
      /pixels, row 1, column 1 is the string "4"/,
    ],
    [
      scale([
        [1, 2],
        [3, Number.NaN],
      ]),
      RangeError,
      /pixels, row 1, column 1 is NaN/,
    ],
    [
      scale([
        [1, 2],
        [256, 4],
      ]),
      RangeError,
      /^scalePixels: pixels\[1, 0\] is 256; expected a number from 0 to 255/,
    ],
    [scale([[1, -0.5]]), RangeError, /pixels\[0, 1\] is -0.5/],
    [scale(Matrix.from([[1], [Number.POSITIVE_INFINITY]])), RangeError, /pixels\[1, 0\] is Infinity/],
    [scale(Matrix.from([[1], [Number.NaN]])), RangeError, /pixels\[1, 0\] is NaN/],
    [scale(ndarray(Int16Array.of(0, 1, 2, 3, 4, -1, 6, 7), [2, 2, 2])), RangeError, /pixels\[1, 0, 1\] is -1/],
    [scale(ndarray([1, 'x'] as unknown as number[], [1, 2])), TypeError, /pixels\[0, 1\] is the string "x"/],
    [scale(ndarray(BigInt64Array.of(1n), [1, 1])), TypeError, /pixels\[0, 0\] is the bigint 1n/],
    [scale(ndarray(new Uint8Array(4), [4, 4])), RangeError, /pixels is a view of the elements 0 to 15; expected .*4/],
    [scale(ndarray(new Uint8Array(4), [2, 0])), RangeError, /\(2×0\); expected at least one row/],
    [scale(ndarray(new Uint8Array(1), [2 ** 16, 2 ** 16], [0, 0])), RangeError, /\(65536×65536\).*2³⁰/],
    [scale([[1]], { dtype: 'float16' }), RangeError, /^scalePixels: unknown dtype "float16"/],
    [scale([[1]], { dtype: 32 }), TypeError, /^scalePixels: dtype is 32/],
    [scale([[1]], { type: 'float32' }), TypeError, /^scalePixels: unknown option "type"; did you mean "dtype"/],
    [scale([[1]], null), TypeError, /^scalePixels: the options argument is null/],
    [encode(undefined, 3), TypeError, /^oneHot: labels is undefined; expected an array of whole numbers/],
    [encode('012', 3), TypeError, /^oneHot: labels is the string "012"/],
    [encode({}, 3), TypeError, /^oneHot: labels is an empty object/],
    [encode(Matrix.from([[1]]), 3), TypeError, /^oneHot: labels is a Matrix/],
    [encode(ndarray(new Uint8Array(4), [2, 2]), 3), RangeError, /^oneHot: labels is an ndarray of 2 dimensions/],
    [encode(ndarray(new Uint8Array(4), [9]), 3), RangeError, /^oneHot: labels is a view of the elements 0 to 8/],
    [encode([], 3), RangeError, /\(0×3\); expected at least one row/],
    [encode([0, 3], 3), RangeError, /^oneHot: the label at index 1 is 3; expected a whole number from 0 to 2/],
    [encode([0, -1], 3), RangeError, /the label at index 1 is -1/],
    [encode([0.5], 3), RangeError, /the label at index 0 is 0.5/],
    [encode([Number.NaN], 3), RangeError, /the label at index 0 is NaN/],
    [encode(['1'], 3), TypeError, /the label at index 0 is the string "1"/],
    [encode(new Array(2), 3), TypeError, /the label at index 0 is undefined/],
    [encode(BigInt64Array.of(1n), 3), TypeError, /the label at index 0 is the bigint 1n/],
    [encode([0], undefined), TypeError, /^oneHot: classes is undefined; expected a whole number of at least 1/],
    [encode([0], 0), RangeError, /^oneHot: classes is 0/],
    [encode([0], 2.5), RangeError, /^oneHot: classes is 2.5/],
    [encode([0, 0], 2 ** 30), RangeError, /\(2×1073741824\).*at most 2³⁰ elements/],
    [encode({ length: 2 ** 52 }, 3), RangeError, /at most 2³⁰ elements/],
    [encode([0], 3, { on: '1' }), TypeError, /^oneHot: on is the string "1"/],
    [encode([0], 3, { off: Number.NaN }), RangeError, /^oneHot: off is NaN/],
    [encode([0], 3, { on: 1e39 }), RangeError, /^oneHot: on is 1e\+39; expected a finite float32 number/],
    [encode([0], 3, { offf: 1 }), TypeError, /^oneHot: unknown option "offf"; did you mean "off"/],
  ])('is refused with what came and what was expected (%#)', (act, Kind, message) => {
    const error = caught(act)
    expect(error.message).toMatch(message)
    expect(error).toBeInstanceOf(Kind)
  })
})
