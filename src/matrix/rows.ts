import type { NdArray } from 'ndarray'
import { Phrase, rangeError, typeError } from '../errors.ts'
import type { Dtype, FloatArray, View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { autoKernels } from '../kernels/table.ts'
import type { Paused } from './pauses.ts'
import { drain } from './pauses.ts'
import { checkBounds, checkSize, isNdArray } from './view.ts'

/** Whatever is taken as rows of numbers: a Matrix, a 2-D ndarray, an array of rows, or one flat array. */
export type Table = Wrapped | NdArray | readonly ArrayLike<number>[] | ArrayLike<number>

/** What holds an ndarray, as Matrix does. */
interface Wrapped {
  readonly ndarray: View
}

/** Rows of numbers: contiguous, row by row. Not a copy where the table already was so. */
export interface Rows {
  readonly data: FloatArray
  readonly rows: number
  readonly columns: number
}

/** How a table is to be read. */
export interface Reading {
  /** for errors: the function that was called, and what it calls this argument */
  readonly where: string
  readonly subject: string
  readonly dtype: Dtype
  /** whether NaN and infinities are errors */
  readonly finite: boolean
  /** the width that is expected; a flat array is a column where the width is 1, else one row */
  readonly columns?: number
  /** the number of rows that is expected */
  readonly rows?: number
}

const KINDS = 'a Matrix, a 2-D ndarray or an array of rows of numbers'

/** So many numbers are copied between two pauses. */
const SLICE = 2 ** 16

/** Reads any table into rows; what is not a table of numbers is an error that names the place. */
export function readRows(table: unknown, reading: Reading): Rows {
  const direct = isWrapped(table) ? asTheyLie(table.ndarray, reading) : undefined
  return direct ?? drain(readInPauses(table, reading))
}

/** The same, with pauses while much is copied. */
export function* readInPauses(table: unknown, reading: Reading): Paused<Rows> {
  const direct = isWrapped(table) ? asTheyLie(table.ndarray, reading) : undefined
  if (direct !== undefined) return direct
  const source = isWrapped(table) ? table.ndarray : table
  if (isNdArray(source)) return yield* readNdArray(source, reading)
  if (isArrayLike(source)) return yield* readArray(source, reading)
  throw typeError(reading.where, reading.subject, KINDS, table)
}

/** The rows of a matrix that is as it is to be, and lies row by row; undefined, for a closer look, in any other case. */
function asTheyLie({ data, shape, stride, offset }: View, reading: Reading): Rows | undefined {
  const [rows, columns] = shape as [number, number]
  const length = rows * columns
  const fits =
    shape.length === 2 &&
    stride[1] === 1 &&
    stride[0] === columns &&
    offset >= 0 &&
    Number.isInteger(offset + length) &&
    offset + length <= data.length &&
    columns === reading.columns &&
    rows === (reading.rows ?? rows) &&
    isOfType(data, reading.dtype)
  if (!fits || length === 0) return undefined
  const own = data.length === length ? data : data.subarray(offset, offset + length)
  return reading.finite && !autoKernels(reading.where).isFinite(own) ? undefined : { data: own, rows, columns }
}

function* readNdArray(source: NdArray, reading: Reading): Paused<Rows> {
  const { where, subject } = reading
  const dimensions = source.shape.length
  if (dimensions !== 2 && dimensions !== 1) {
    throw rangeError(where, subject, KINDS, new Phrase(`an ndarray of ${dimensions} dimensions`))
  }
  checkBounds(where, subject, source)
  if (dimensions === 1) {
    return readFlat({ length: source.shape[0] as number, at: (j) => source.get(j) }, reading)
  }
  const [rows, columns] = source.shape as [number, number]
  checkShape(rows, columns, reading)
  const { data, stride, offset } = source
  const contiguous = stride[1] === 1 && (stride[0] === columns || rows === 1)
  if (contiguous && isNumeric(data)) {
    const length = rows * columns
    const own = data.length === length ? data : data.subarray(offset, offset + length)
    if (isOfType(own, reading.dtype)) {
      checkFinite(own, columns, reading)
      return { data: own, rows, columns }
    }
    const converted = yield* convert(own, reading)
    if (converted !== undefined) return { data: converted, rows, columns }
  }
  return yield* copyElements(rows, columns, (i, j) => source.get(i, j), reading)
}

/** Numbers in another type; undefined, for a closer look, where one is not finite in it and should be. */
function* convert(numbers: NumericArray, { where, dtype, finite }: Reading): Paused<FloatArray | undefined> {
  const copy = zeros(dtype, numbers.length)
  const kernels = autoKernels(where)
  for (let from = 0; from < numbers.length; from += 4 * SLICE) {
    const to = Math.min(from + 4 * SLICE, numbers.length)
    copy.set(numbers.subarray(from, to), from)
    if (finite && !kernels.isFinite(copy.subarray(from, to))) return undefined
    yield
  }
  return copy
}

function* copyElements(
  rows: number,
  columns: number,
  at: (i: number, j: number) => unknown,
  reading: Reading,
): Paused<Rows> {
  const data = zeros(reading.dtype, rows * columns)
  let copied = 0
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[i * columns + j] = element(at(i, j), i, j, reading)
    copied += columns
    if (copied < SLICE) continue
    copied = 0
    yield
  }
  return { data, rows, columns }
}

function* readArray(source: ArrayLike<unknown>, reading: Reading): Paused<Rows> {
  const { where, subject } = reading
  const firstRow = source[0]
  if (source.length > 0 && !isArrayLike(firstRow)) {
    return readFlat({ length: source.length, at: (j) => source[j] }, reading)
  }
  const rows = source.length
  const columns = isArrayLike(firstRow) ? firstRow.length : 0
  checkShape(rows, columns, reading)
  const rowAt = (i: number): ArrayLike<unknown> => {
    const row = source[i]
    if (!isArrayLike(row)) throw typeError(where, `${subject}, row ${i}`, 'an array of numbers', row)
    if (row.length !== columns) {
      const expected = `${columns}, as many as row 0 has`
      throw rangeError(where, `${subject}: the length of row ${i}`, expected, row.length)
    }
    return row
  }
  let row: ArrayLike<unknown> = []
  const at = (i: number, j: number) => {
    if (j === 0) row = rowAt(i)
    return row[j]
  }
  return yield* copyElements(rows, columns, at, reading)
}

function readFlat(source: { length: number; at: (index: number) => unknown }, reading: Reading): Rows {
  const [rows, columns] = reading.columns === 1 ? [source.length, 1] : [1, source.length]
  checkShape(rows, columns, reading)
  const data = zeros(reading.dtype, source.length)
  for (let k = 0; k < source.length; k++) {
    const [i, j] = reading.columns === 1 ? [k, 0] : [0, k]
    data[k] = element(source.at(k), i, j, reading)
  }
  return { data, rows, columns }
}

/** One element as it will be stored; in float32, a number too large for it is refused like an infinity. */
function element(value: unknown, row: number, column: number, reading: Reading): number {
  const { where, subject, dtype, finite } = reading
  const place = `${subject}, row ${row}, column ${column}`
  if (typeof value !== 'number') throw typeError(where, place, 'a number', value)
  const stored = dtype === 'float32' ? Math.fround(value) : value
  if (finite && !Number.isFinite(stored)) {
    const expected = Number.isFinite(value) ? 'a number within float32' : 'a finite number'
    throw rangeError(where, place, expected, value)
  }
  return stored
}

function checkFinite(data: FloatArray, columns: number, reading: Reading): void {
  if (!reading.finite || autoKernels(reading.where).isFinite(data)) return
  for (let k = 0; k < data.length; k++) {
    if (!Number.isFinite(data[k])) element(data[k], Math.floor(k / columns), k % columns, reading)
  }
}

function checkShape(rows: number, columns: number, reading: Reading): void {
  const { where, subject } = reading
  const received = new Phrase(`(${rows}×${columns})`)
  if (rows === 0 || columns === 0) {
    throw rangeError(where, `the shape of ${subject}`, 'at least one row and one column', received)
  }
  if (reading.columns !== undefined && columns !== reading.columns) {
    const plural = reading.columns === 1 ? 'column' : 'columns'
    throw rangeError(where, `the shape of ${subject}`, `${reading.columns} ${plural}`, received)
  }
  if (reading.rows !== undefined && rows !== reading.rows) {
    throw rangeError(
      where,
      `the shape of ${subject}`,
      `${reading.rows} ${reading.rows === 1 ? 'row' : 'rows'}`,
      received,
    )
  }
  checkSize(where, subject, rows, columns)
}

function isWrapped(value: unknown): value is { ndarray: View } {
  return typeof value === 'object' && value !== null && 'ndarray' in value && isNdArray(value.ndarray)
}

/** Whether something is an array or a typed array. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

const numericArrays = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
] as const
type NumericArray = InstanceType<(typeof numericArrays)[number]>

// not instanceof: a subclass may have a constructor of its own, which subarray and slice would call
function isNumeric(data: unknown): data is NumericArray {
  return numericArrays.some((Numeric) => (data as object).constructor === Numeric)
}

function isOfType(data: unknown, dtype: Dtype): data is FloatArray {
  return (data as object).constructor === (dtype === 'float32' ? Float32Array : Float64Array)
}
