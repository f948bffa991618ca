import { Phrase, rangeError, typeError } from '../errors.ts'

/** Words that stand for nothing in tables, beside the empty text. */
const BLANKS: ReadonlySet<string> = new Set([
  'NA',
  'N/A',
  'n/a',
  'na',
  '#N/A',
  'NaN',
  'nan',
  'null',
  'NULL',
  'None',
  '?',
  '-',
  '.',
])

/** A text that begins or ends with white space. */
const PADDED = /^\s|\s$/

/** Whether a cell holds nothing: null, undefined, NaN, an invalid Date, an empty text or a word for it, such as NA. */
export function isMissing(cell: unknown): boolean {
  if (cell === undefined || cell === null) return true
  if (typeof cell === 'number') return Number.isNaN(cell)
  if (typeof cell === 'string') return cell.length <= 6 || PADDED.test(cell) ? isBlank(cell) : false
  return cell instanceof Date && Number.isNaN(cell.getTime())
}

function isBlank(text: string): boolean {
  const trimmed = text.trim()
  return trimmed === '' || BLANKS.has(trimmed)
}

/** Whether a cell holds nothing, whatever words stand for it: null, undefined, NaN, an empty text. */
export function isEmpty(cell: unknown): boolean {
  return isMissing(cell) && !isBlankWord(cell)
}

/** Whether a cell is missing by a word, such as NA, that might have been meant as a value. */
export function isBlankWord(cell: unknown): cell is string {
  return typeof cell === 'string' && cell.trim() !== '' && isMissing(cell)
}

/** What a text says where it is plainly a number, such as 12, -1.5 or 3e-8; NaN for any other, 0x10 and Infinity included. */
export function plainNumber(text: string): number {
  const value = Number(text)
  if (Number.isNaN(value) || /[xobXOBy]/.test(text)) return Number.NaN // hexadecimal, octal, binary; Infinity
  return text.trim() === '' ? Number.NaN : value
}

/** A cell as the name of a category: true and "true", 1 and "1" are the same. */
export function categoryOf(cell: unknown): string {
  return typeof cell === 'string' ? cell.trim() : cell instanceof Date ? cell.toISOString() : String(cell)
}

/** Whether a cell may stand in a table. */
export function isCell(cell: unknown): boolean {
  if (typeof cell === 'object') return cell === null || cell instanceof Date
  return typeof cell !== 'function' && typeof cell !== 'symbol'
}

/** Throws unless a cell may stand in a table. */
export function checkCell(where: string, column: string, row: number, cell: unknown): void {
  if (isCell(cell)) return
  throw typeError(where, placeOf(column, row), 'a number, a text, a boolean, a Date, or null', cell)
}

/** The error for an infinite number, or one so great that it becomes infinite. */
export function refuseInfinite(where: string, column: string, row: number, cell: unknown): never {
  const text = String(cell)
  throw rangeError(
    where,
    placeOf(column, row),
    'a finite number',
    new Phrase(text.length > 40 ? `${text.slice(0, 37)}…` : text),
  )
}

function placeOf(column: string, row: number): string {
  return `column ${JSON.stringify(column)}, row ${row}`
}
