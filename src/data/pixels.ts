import type { NdArray } from 'ndarray'
import { Phrase, rangeError, typeError } from '../errors.ts'
import { Matrix } from '../matrix/matrix.ts'
import { readRows } from '../matrix/rows.ts'
import { checkBounds, checkSize, isNdArray } from '../matrix/view.ts'
import { isContiguous, isTypedArray, takeRows } from './take-rows.ts'

/** Values row by row, the last index fastest; not a copy where they already lay so. */
export interface Pixels {
  readonly values: ArrayLike<unknown>
  /** two dimensions or more, rows on the first */
  readonly shape: readonly number[]
}

const KINDS = 'a Matrix, an ndarray of at least 2 dimensions or an array of rows of numbers'

/**
 * The values of a Matrix, of an ndarray of at least 2 dimensions, or of an array of rows; only the arrays are
 * checked.
 */
export function readPixels(where: string, pixels: unknown): Pixels {
  if (pixels instanceof Matrix) return readView(where, pixels.ndarray as unknown as NdArray)
  if (isNdArray(pixels)) {
    if (!(Array.isArray(pixels.data) || isTypedArray(pixels.data))) throw typeError(where, 'pixels', KINDS, pixels)
    if (pixels.dimension < 2) {
      throw rangeError(where, 'pixels', KINDS, new Phrase(`an ndarray of ${pixels.dimension} dimensions`))
    }
    checkBounds(where, 'pixels', pixels)
    return readView(where, pixels)
  }
  if (!Array.isArray(pixels) || typeof pixels[0] === 'number') throw typeError(where, 'pixels', KINDS, pixels)
  const { data, rows, columns } = readRows(pixels, {
    where,
    subject: 'pixels',
    dtype: 'float64',
    finite: true,
  })
  return { values: data, shape: [rows, columns] }
}

/** Throws for a table without elements and for one too large to be made. */
export function checkTableSize(where: string, rows: number, columns: number): void {
  if (rows === 0 || columns === 0) {
    const received = new Phrase(`(${rows}×${columns})`)
    throw rangeError(where, 'the shape of the result', 'at least one row and one column', received)
  }
  checkSize(where, 'the result', rows, columns)
}

function readView(where: string, view: NdArray): Pixels {
  const { data, shape, offset } = view
  const [rows = 0, ...rest] = shape
  checkTableSize(
    where,
    rows,
    rest.reduce((product, size) => product * size, 1),
  )
  if (isTypedArray(data) && isContiguous(view)) return { values: data.subarray(offset, offset + view.size), shape }
  return {
    values: takeRows(
      view,
      Array.from({ length: rows }, (_, i) => i),
    ).data as number[],
    shape,
  }
}
