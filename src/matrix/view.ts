import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import ops from 'ndarray-ops'
import { checkInteger, Phrase, rangeError, typeError } from '../errors.ts'
import type { View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'

/** The largest number of elements that a new matrix may have: 2³⁰, 8 GiB in float64. */
const LARGEST = 2 ** 30

/** Throws where a new matrix of this shape would be too large. */
export function checkSize(where: string, subject: string, rows: number, columns: number): void {
  if (rows * columns <= LARGEST) return
  throw rangeError(where, `the shape of ${subject}`, 'at most 2³⁰ elements', new Phrase(`(${rows}×${columns})`))
}

/** Whether a value has the parts of an ndarray, whichever copy of the package made it. */
export function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== 'object' || value === null) return false
  const { shape, stride, offset, data, get } = value as Partial<NdArray>
  return (
    Array.isArray(shape) &&
    Array.isArray(stride) &&
    typeof offset === 'number' &&
    typeof get === 'function' &&
    typeof data === 'object' &&
    data !== null
  )
}

/** Throws where an index of the view would lie outside its data (ndarray itself checks nothing). */
export function checkBounds(where: string, subject: string, view: NdArray): void {
  for (const size of view.shape) {
    if (!Number.isInteger(size) || size < 0) throw rangeError(where, `the shape of ${subject}`, 'whole numbers', size)
  }
  for (const step of view.stride) {
    if (!Number.isInteger(step)) throw rangeError(where, `the stride of ${subject}`, 'whole numbers', step)
  }
  if (view.shape.includes(0)) return
  const [lowest, highest] = extent(view)
  const length = view.data.length
  if (!(Number.isInteger(lowest) && Number.isInteger(highest) && lowest >= 0 && highest < length)) {
    const received = new Phrase(`a view of the elements ${lowest} to ${highest}`)
    throw rangeError(where, subject, `a view within its ${length} elements`, received)
  }
}

/** Throws unless row i and column j are within the view. */
export function checkIndex(where: string, view: View, i: number, j: number): void {
  checkInteger(where, 'row', i, 0, (view.shape[0] as number) - 1)
  checkInteger(where, 'column', j, 0, (view.shape[1] as number) - 1)
}

/** This view as an ndarray of our own; throws unless it is a non-empty 2-D float32 or float64 array within its data. */
export function readView(where: string, subject: string, value: unknown): View {
  if (!isNdArray(value)) throw typeError(where, subject, 'a 2-D ndarray', value)
  if (value.shape.length !== 2 || value.shape.includes(0)) {
    throw rangeError(
      where,
      subject,
      'a 2-D ndarray that is not empty',
      new Phrase(`of shape (${value.shape.join('×')})`),
    )
  }
  checkBounds(where, subject, value)
  const view = ndarray(value.data, value.shape, value.stride, value.offset)
  if (view.dtype !== 'float32' && view.dtype !== 'float64') {
    const received = new Phrase(`an ndarray of dtype ${view.dtype}`)
    throw typeError(where, subject, 'float32 or float64 (Matrix.from converts)', received)
  }
  return view as View
}

/** The lowest and the highest index into its data that a view reaches. */
function extent(view: NdArray): [number, number] {
  let lowest = view.offset
  let highest = view.offset
  view.shape.forEach((size, axis) => {
    const reach = (size - 1) * (view.stride[axis] as number)
    if (reach < 0) lowest += reach
    else highest += reach
  })
  return [lowest, highest]
}

/** Whether two views may share an element (by the range of bytes that each reaches, so sometimes too careful). */
export function overlap(a: View, b: View): boolean {
  // two SharedArrayBuffers may be one memory: a clone of one, or a WebAssembly memory before and after it grew
  if (a.data.buffer !== b.data.buffer) return isShared(a) && isShared(b)
  const [aStart, aEnd] = byteExtent(a)
  const [bStart, bEnd] = byteExtent(b)
  return aStart < bEnd && bStart < aEnd
}

function isShared(view: View): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && view.data.buffer instanceof SharedArrayBuffer
}

/** Whether two indices of the view are the same element, as with a stride of 0 or with two equal strides. */
export function repeats(view: View): boolean {
  const [rows, columns] = view.shape as [number, number]
  const [down, across] = view.stride.map(Math.abs) as [number, number]
  // the smallest step that leads back is across/common rows one way and down/common columns the other
  const common = greatestDivisor(down, across) || 1
  return rows * columns > 1 && across / common < rows && down / common < columns
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

function byteExtent(view: View): [number, number] {
  const [lowest, highest] = extent(view as unknown as NdArray)
  const size = view.data.BYTES_PER_ELEMENT
  return [view.data.byteOffset + lowest * size, view.data.byteOffset + (highest + 1) * size]
}

/** Whether two views hold the same element at every index. */
export function sameElements(a: View, b: View): boolean {
  return (
    a.data.buffer === b.data.buffer &&
    a.dtype === b.dtype &&
    byteExtent(a)[0] === byteExtent(b)[0] &&
    a.shape.every((size, axis) => size === b.shape[axis] && (size === 1 || a.stride[axis] === b.stride[axis]))
  )
}

/** A contiguous copy. */
export function copyOf(view: View): View {
  const [rows, columns] = view.shape as [number, number]
  const copy = ndarray(zeros(view.dtype as 'float32' | 'float64', rows * columns), [rows, columns])
  ops.assign(copy, view)
  return copy
}

/** Visits every index, row by row. */
export function forEach(view: View, visit: (i: number, j: number) => void): void {
  const [rows, columns] = view.shape as [number, number]
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) visit(i, j)
}
