import type { NdArray } from 'ndarray'
import { Phrase, rangeError, typeError } from '../errors.ts'
import type { View } from '../kernels/plan.ts'
import type { Matrix } from '../matrix/matrix.ts'
import { isArrayLike } from '../matrix/rows.ts'
import { checkBounds, isNdArray } from '../matrix/view.ts'

/** One row of a table: its cells by the names of the columns, or in their order. */
export type TableRow = object

/** Rows as objects or arrays, or a matrix (rows × columns) of numbers. */
export type TableRows = readonly TableRow[] | Matrix | NdArray

/** A table as it lies: nothing is copied. */
export interface TableView {
  readonly rows: number
  /** by name, or '0', '1', … where rows are arrays */
  readonly names: readonly string[]
  /** whether rows are objects */
  readonly isNamed: boolean
  /** the numbers themselves, where the table is a matrix */
  readonly numbers: View | undefined
  /** reads the cells of a column, row by row; undefined where no row has it */
  readonly column: (name: string) => ((row: number) => unknown) | undefined
}

const THE_ROWS = 'the table of rows'
const KINDS = 'an array of rows, each an object or an array of cells, or a Matrix'

/** Looks at rows of any kind. @throws TypeError or RangeError where they are none, ragged, or mixed */
export function viewTable(where: string, rows: unknown): TableView {
  const matrix = matrixOf(rows)
  if (matrix !== undefined) return viewMatrix(where, THE_ROWS, matrix)
  if (!Array.isArray(rows)) throw noRows(where, rows)
  if (rows.length === 0) throw rangeError(where, THE_ROWS, 'at least one row', new Phrase('empty'))
  const [first] = rows as unknown[]
  if (isArrayLike(first)) return viewArrays(where, '', rows, first.length)
  for (const [i, row] of rows.entries()) {
    if (isRecord(row)) continue
    throw typeError(where, `row ${i}`, i === 0 ? `${KINDS} (one row: [row])` : 'an object, as row 0 is', row)
  }
  return viewObjects([...rows]) // a fit that is awaited reads the rows that there were
}

/** Whether a row has its cells by their names: an object, but no Date, Map or other collection. */
function isRecord(row: unknown): row is Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null && !(row instanceof Date) && !(Symbol.iterator in row)
}

/** Looks at targets that came beside rows, several for each: a matrix, or an array of arrays. */
export function viewTargets(where: string, targets: unknown): TableView {
  const matrix = matrixOf(targets)
  if (matrix !== undefined) return viewMatrix(where, 'the targets argument', matrix)
  const rows = Array.from(targets as ArrayLike<ArrayLike<unknown>>)
  return viewArrays(where, ' of the targets', rows, rows[0]?.length ?? 0)
}

/** The error for what is no table, with what helps whoever passes a stream or a promise. */
function noRows(where: string, rows: unknown): TypeError {
  if (typeof rows === 'object' && rows !== null && Symbol.asyncIterator in rows) {
    const expected = `${KINDS} (partialFit takes a stream; for await collects its rows)`
    return typeError(where, THE_ROWS, expected, new Phrase('a stream'))
  }
  return typeError(where, THE_ROWS, rows instanceof Promise ? `${KINDS}: await it` : KINDS, rows)
}

function viewObjects(rows: readonly Readonly<Record<string, unknown>>[]): TableView {
  let names: readonly string[] | undefined
  return {
    rows: rows.length,
    get names() {
      names ??= namesOf(rows)
      return names
    },
    isNamed: true,
    numbers: undefined,
    column: (name) => {
      if (!rows.some((row) => Object.hasOwn(row, name))) return undefined
      return (i) => {
        const row = rows[i] as Readonly<Record<string, unknown>>
        return Object.hasOwn(row, name) ? row[name] : undefined
      }
    },
  }
}

/** All keys, in the order in which rows first have them. */
function namesOf(rows: readonly object[]): readonly string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

function viewArrays(where: string, which: string, rows: readonly unknown[], columns: number): TableView {
  for (const [i, row] of rows.entries()) {
    if (!isArrayLike(row)) throw typeError(where, `row ${i}${which}`, 'an array of cells, as row 0 is', row)
    if (row.length === columns) continue
    throw rangeError(where, `the length of row ${i}${which}`, `${columns}, as many cells as row 0 has`, row.length)
  }
  checkFilled(where, which === '' ? THE_ROWS : 'the targets argument', [rows.length, columns])
  const cells = [...rows] as readonly ArrayLike<unknown>[]
  return positional(rows.length, columns, undefined, (j) => (i) => (cells[i] as ArrayLike<unknown>)[j])
}

function viewMatrix(where: string, subject: string, matrix: View): TableView {
  if (matrix.shape.length !== 2) {
    const received = new Phrase(`an ndarray of ${matrix.shape.length} dimensions`)
    throw rangeError(where, subject, subject === THE_ROWS ? KINDS : 'one of 1 or 2 dimensions', received)
  }
  const [rows, columns] = matrix.shape as [number, number]
  checkFilled(where, subject, [rows, columns])
  checkBounds(where, subject, matrix as unknown as NdArray)
  const { data, offset, stride } = matrix
  const [down, right] = stride as [number, number]
  const isTyped = ArrayBuffer.isView(data) // else data may have a get and set of its own
  return positional(rows, columns, isTyped ? matrix : undefined, (j) => {
    const first = offset + j * right
    return isTyped ? (i) => data[first + i * down] : (i) => matrix.get(i, j)
  })
}

function checkFilled(where: string, subject: string, [rows, columns]: readonly [number, number]): void {
  if (rows > 0 && columns > 0) return
  throw rangeError(where, subject, 'at least one row and one column', new Phrase(`(${rows}×${columns})`))
}

function positional(
  rows: number,
  columns: number,
  numbers: View | undefined,
  reader: (column: number) => (row: number) => unknown,
): TableView {
  const names = Array.from({ length: columns }, (_, j) => String(j))
  const places = new Map(names.map((name, j) => [name, j]))
  return {
    rows,
    names,
    isNamed: false,
    numbers,
    column: (name) => {
      const place = places.get(name)
      return place === undefined ? undefined : reader(place)
    },
  }
}

function matrixOf(rows: unknown): View | undefined {
  if (isNdArray(rows)) return rows as unknown as View
  if (typeof rows !== 'object' || rows === null || !('ndarray' in rows)) return undefined
  return isNdArray(rows.ndarray) ? (rows.ndarray as unknown as View) : undefined
}
