import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import type { Mismatch } from '../errors.ts'
import { describe, Phrase, rangeError, typeError } from '../errors.ts'

/** Images with their labels: row i of `pixels` (rows×pixels) belongs to `labels[i]`. */
export interface LabelledPixels {
  /** the first field of each row */
  readonly labels: Uint8Array
  /** the other fields (rows×pixels) */
  readonly pixels: NdArray<Uint8Array>
}

/** What was counted before the numbers are read. */
interface TableShape {
  readonly rows: number
  readonly columns: number
  readonly linesBefore: number
}

const WHERE = 'parsePixelCsv'
const [NEWLINE, RETURN, COMMA, ZERO, NINE] = [10, 13, 44, 48, 57] as const
const BYTE_ORDER_MARK = '\ufeff'

/**
 * Reads images from text with one image a line, its label first: `label,pixel,pixel,…`, whole numbers from 0
 * to 255.
 *
 * Lines end in LF or CRLF. A byte order mark, a header line whose first field is `label`, and a line end
 * after the last row may be there. Anything else is an error that names the line and the column, both counted
 * from 1.
 *
 * @param text the whole file, every line with as many fields as the first
 * @returns `labels` (one a row) and `pixels`, a uint8 ndarray (rows×pixels)
 * @throws TypeError for what is no string, RangeError for text of another form
 * @see Redmon, "MNIST in CSV" (https://pjreddie.com/projects/mnist-in-csv)
 * @example
 * import { parsePixelCsv } from 'bp-net'
 * const { labels, pixels } = parsePixelCsv('label,a,b,c\n7,0,128,255\n2,1,2,3\n')
 * console.log(labels.join(), pixels.shape.join('×'), pixels.get(0, 1)) // 7,2 2×3 128
 */
export function parsePixelCsv(text: string): LabelledPixels {
  if (typeof text !== 'string') throw typeError(WHERE, 'the argument', 'the text of a CSV file', text)
  const start = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0
  const columns = countIn(text, ',', start, endOfLine(text, start)) + 1
  const header = /^label[,\r\n]?$/i.test(text.slice(start, start + 6)) ? 1 : 0
  const first = header === 1 ? endOfLine(text, start) + 1 : start
  if (first >= text.length) throw rangeError(WHERE, 'the text', 'at least one row', new Phrase('without rows'))
  if (columns < 2) throw rangeError(WHERE, 'the number of fields in line 1', 'at least 2: label,pixel,…', columns)
  const rows = countIn(text, '\n', first, text.length) + (text.endsWith('\n') ? 0 : 1)
  const read = { labels: new Uint8Array(rows), pixels: allocatePixels(text, rows, columns) }
  readFields(text, first, { rows, columns, linesBefore: header }, read)
  return { labels: read.labels, pixels: ndarray(read.pixels, [rows, columns - 1]) }
}

/** Room for all pixels, or for as many as the text can hold: where that is less, some row is too short. */
function allocatePixels(text: string, rows: number, columns: number): Uint8Array {
  return new Uint8Array(Math.min(rows * (columns - 1), text.length))
}

function readFields(
  text: string,
  first: number,
  shape: TableShape,
  read: { labels: Uint8Array; pixels: Uint8Array },
): void {
  let at = first
  for (let row = 0; row < shape.rows; row++) {
    at = readLine(text, at, row, shape, read)
    at += text.charCodeAt(at) === RETURN ? 2 : 1
  }
}

/** Reads the fields of a line; returns where they end. */
function readLine(
  text: string,
  first: number,
  row: number,
  { columns, linesBefore }: TableShape,
  { labels, pixels }: { labels: Uint8Array; pixels: Uint8Array },
): number {
  let at = first - 1
  for (let column = 0; column < columns; column++) {
    const start = ++at
    let value = 0
    let code = text.charCodeAt(at)
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO
      code = text.charCodeAt(++at)
    }
    const ended = column === columns - 1 ? atLineEnd(text, at) : code === COMMA
    if (!ended || at === start || at - start > 3 || value > 255) {
      throw fieldError(text, start, { line: row + linesBefore + 1, column: column + 1, columns })
    }
    if (column === 0) labels[row] = value
    else pixels[row * (columns - 1) + column - 1] = value
  }
  return at
}

function atLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === NEWLINE || at === text.length || (code === RETURN && text.charCodeAt(at + 1) === NEWLINE)
}

/**
 * What is wrong with the field that starts here: the field itself, or that its line has too few or too many.
 */
function fieldError(
  text: string,
  start: number,
  { line, column, columns }: { line: number; column: number; columns: number },
): RangeError & Mismatch {
  const newline = endOfLine(text, start)
  const end =
    newline < text.length && newline > start && text.charCodeAt(newline - 1) === RETURN ? newline - 1 : newline
  const comma = text.indexOf(',', start)
  const field = text.slice(start, comma >= 0 && comma < end ? comma : end)
  const place = `line ${line}, column ${column} (both counted from 1)`
  if (column === 1 && field === '' && comma !== start) {
    return rangeError(WHERE, `line ${line} (counted from 1)`, 'label,pixel,…', new Phrase('empty'))
  }
  if (!/^\d{1,3}$/.test(field) || Number(field) > 255) {
    return rangeError(WHERE, place, 'a whole number from 0 to 255', field)
  }
  const received = new Phrase(`${describe(field)}, ${column < columns ? 'the last of its line' : 'with more after it'}`)
  return rangeError(WHERE, place, `as many fields as line 1 has, ${columns}`, received)
}

/** Where the line that holds this place ends: at its newline, or at the end of the text. */
function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline < 0 ? text.length : newline
}

function countIn(text: string, character: string, start: number, end: number): number {
  let count = 0
  for (let at = text.indexOf(character, start); at >= 0 && at < end; at = text.indexOf(character, at + 1)) count++
  return count
}
