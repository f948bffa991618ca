import { describe, Phrase, rangeError } from '../errors.ts'
import { findDelimiter, isBlank, parseCells, sampleOf } from './csv-cells.ts'

/** A row by the names of its columns. */
export type CsvRow = Record<string, string>

/** Options that were checked. */
export interface CsvForm {
  readonly delimiter: string | undefined
  /** true: the first row; names: there is none; false: there is none, and columns are called 0, 1, … */
  readonly header: boolean | readonly string[]
}

/** Text goes in in pieces of this many characters, so that few rows are held at a time. */
const PIECE = 2 ** 16
const LONGEST_ROW = 2 ** 26
const WHOLE_FIELDS = 'the quotes of a field to enclose all of it, and quotes within to be doubled'

/**
 * Text in pieces becomes rows, the same however it is cut.
 *
 * papaparse knows one line end at a time, forgets whether a cell was quoted, and drops spaces behind a closing quote.
 * So text goes to it in a code: lines end in `\n`, `\r\n` (was CRLF) and `\r\r\n` (was CR), whence a cell that ends in
 * `\r` is the last and unquoted; a NUL, which no text holds, stands between a quote and a space, where it makes the
 * spaces text behind the quote, and before a line of `""` alone, which is an empty cell and no blank line.
 */
export class CsvReader {
  readonly #where: string
  readonly #form: CsvForm
  /** '' until it is known; `#quoteAndSpace`: a quote before white space that is neither this nor a line end */
  #delimiter = ''
  #quoteAndSpace = /"(?=[^\S\r\n])/g
  #names: readonly string[] | undefined
  #headerLine = 1
  #rows = 0
  #begun = false
  /** the last character, where the next one decides on it */
  #held = ''
  /** text from before the delimiter is known */
  #waiting = ''
  #sampleSize = PIECE
  /** text in code, from the start of a row on; `#tried`: how much of it holds no whole row */
  #text = ''
  #tried = 0
  /** where `#text` begins, counted from 1 */
  #line = 1

  constructor(where: string, form: CsvForm) {
    this.#where = where
    this.#form = form
    if (typeof form.header === 'object') this.#names = form.header
    if (form.delimiter !== undefined) this.#useDelimiter(form.delimiter)
  }

  /** The rows that the next characters complete. */
  *push(text: string): Generator<CsvRow, void, undefined> {
    let at = !this.#begun && text.startsWith('\ufeff') ? 1 : 0
    this.#begun ||= text !== ''
    for (; at < text.length; at += PIECE) {
      const piece = text.slice(at, at + PIECE)
      const nul = piece.indexOf('\0')
      if (nul < 0) {
        yield* this.#take(piece, false)
        continue
      }
      yield* this.#take(piece.slice(0, nul), false)
      yield* this.refuse('a field with a NUL character', 'text, which has none')
    }
  }

  /** The rows before this place, which itself is refused. */
  *refuse(received: string, expected: string): Generator<CsvRow, void, undefined> {
    yield* this.#take('', true)
    throw rangeError(this.#where, this.#placeAt(this.#text.length), expected, new Phrase(received))
  }

  /** The rows that the end of the text completes. */
  *end(): Generator<CsvRow, void, undefined> {
    yield* this.#take('\n', true)
    if (this.#text !== '') {
      const begin = parseCells(this.#text, this.#delimiter, false).errors[0]?.index ?? 1
      const expected = 'a closing quote before the end of the text'
      const received = new Phrase('a quoted field that is never closed')
      throw rangeError(this.#where, this.#placeAt(begin - 1), expected, received)
    }
    if (this.#rows > 0) return
    const hasHeader = this.#form.header === true && this.#names !== undefined
    const received = new Phrase(hasHeader ? `without a row after the header in line ${this.#headerLine}` : 'empty')
    const expected = this.#form.header === true && !hasHeader ? 'a header and at least one row' : 'at least one row'
    throw rangeError(this.#where, 'the text', expected, received)
  }

  /** Takes text up; `all`: nothing that belongs to it follows. */
  *#take(piece: string, all: boolean): Generator<CsvRow, void, undefined> {
    const text = this.#held + piece
    const isOpen = text.endsWith('\r') || text.endsWith('"')
    this.#held = isOpen && !all ? text.slice(-1) : ''
    const lines = text.slice(0, text.length - this.#held.length).replace(/\r(?!\n)/g, '\r\r\n')
    this.#waiting += lines
    if (this.#delimiter === '' && !this.#hasDelimiter(all)) return
    const coded = this.#waiting.replace(this.#quoteAndSpace, '"\0')
    this.#waiting = ''
    this.#text += coded
    const { length } = this.#text
    const isNear = this.#tried < PIECE && coded.includes('\n')
    // a row over many pieces is parsed each time it has doubled: once from its start for each piece were quadratic
    if (all || isNear || length >= Math.max(PIECE, 2 * this.#tried)) yield* this.#parse()
  }

  #hasDelimiter(all: boolean): boolean {
    while (all || this.#waiting.length >= this.#sampleSize) {
      const isLast = this.#sampleSize > LONGEST_ROW || this.#waiting.length < this.#sampleSize
      const names = typeof this.#form.header === 'object' ? this.#form.header.length : undefined
      const delimiter = findDelimiter(this.#where, sampleOf(this.#waiting, this.#sampleSize), names, isLast)
      if (delimiter !== undefined) {
        this.#useDelimiter(delimiter)
        return true
      }
      this.#sampleSize *= 2
    }
    return false
  }

  #useDelimiter(delimiter: string): void {
    this.#delimiter = delimiter
    const code = delimiter.charCodeAt(0).toString(16).padStart(4, '0')
    this.#quoteAndSpace = new RegExp(`"(?=[^\\S\\r\\n\\u${code}])`, 'g')
  }

  *#parse(): Generator<CsvRow, void, undefined> {
    const hasQuotes = this.#text.includes('"')
    if (hasQuotes) this.#text = this.#text.replace(/(^|\n)""(?=\r*\n)/g, '$1\0""')
    const text = this.#text
    const parsed = parseCells(text, this.#delimiter, true)
    const failure = parsed.errors[0]
    const isCoded = text.includes('\0') || text.includes('\r\r\n')
    const whole = failure?.row ?? parsed.data.length
    for (let i = 0; i < whole; i++) {
      const row = this.#row(parsed.data[i] as string[], i, isCoded)
      if (row !== undefined) yield row
    }
    if (failure !== undefined) {
      const received = new Phrase('a quoted field with text after its closing quote')
      throw rangeError(this.#where, this.#placeAt(failure.index - 1), WHOLE_FIELDS, received)
    }
    const { cursor } = parsed.meta
    this.#line += hasQuotes ? lineEnds(text.slice(0, cursor)) : parsed.data.length
    this.#text = text.slice(cursor)
    this.#tried = this.#text.length
    if (this.#tried > LONGEST_ROW) {
      const received = new Phrase(`the start of a row of more than ${LONGEST_ROW} characters`)
      throw rangeError(this.#where, `line ${this.#line}`, 'a line end, or a closing quote, before', received)
    }
  }

  /** The row of these cells; none for a blank line and for the header. */
  #row(cells: string[], index: number, isCoded: boolean): CsvRow | undefined {
    if (isBlank(cells)) return undefined
    const last = cells.length - 1
    const lastCell = cells[last] as string
    if (lastCell.endsWith('\r')) cells[last] = lastCell.slice(0, lastCell.endsWith('\r\r') ? -2 : -1)
    if (isCoded) decode(cells)
    if (this.#names === undefined) {
      this.#headerLine = this.#lineOf(index)
      this.#names = this.#form.header === true ? this.#header(cells) : cells.map((_, j) => String(j))
      if (this.#form.header === true) return undefined
    }
    const names = this.#names
    if (cells.length !== names.length) throw this.#ragged(cells.length, names.length, this.#lineOf(index))
    this.#rows++
    const row: CsvRow = {}
    for (let j = 0; j < names.length; j++) row[names[j] as string] = cells[j] as string
    return row
  }

  #header(names: readonly string[]): readonly string[] {
    checkNames(this.#where, names, (j) => `line ${this.#headerLine}, column ${j + 1}`)
    return names
  }

  #ragged(width: number, expected: number, line: number): RangeError {
    const { header } = this.#form
    const few = width < expected
    const received = new Phrase(`${few ? 'missing' : 'one too many'}: the row has ${fields(width)}`)
    const model =
      typeof header === 'object'
        ? 'one for each name of the option header'
        : `as ${header ? 'the header in ' : ''}line ${this.#headerLine} has`
    const wanted = `${fields(expected)}, ${model} (the delimiter is ${JSON.stringify(this.#delimiter)})`
    return rangeError(this.#where, this.#place(line, few ? width + 1 : expected + 1), wanted, received)
  }

  /** The line in which a row of `#text` begins; in code each line end has one `\n`. */
  #lineOf(index: number): number {
    const before = parseCells(this.#text, this.#delimiter, true).data.slice(0, index)
    return before.reduce((line, cells) => line + 1 + lineEnds(cells.join('')), this.#line)
  }

  /** The line and the column that hold this place of `#text`. */
  #placeAt(index: number): string {
    const before = this.#text.slice(0, index)
    const cells = parseCells(before, this.#delimiter, false).data.at(-1)
    return this.#place(this.#line + lineEnds(before), cells?.length ?? 1)
  }

  #place(line: number, column: number): string {
    const name = this.#form.header === false ? undefined : this.#names?.[column - 1]
    return `line ${line}, column ${column}${name === undefined ? '' : ` (${describe(name).replace('the string ', '')})`}`
  }
}

/** Throws unless there are names, none empty, none twice, and none that an object cannot hold. */
export function checkNames(where: string, names: readonly string[], placeOf: (column: number) => string): void {
  const columns = new Map<string, number>()
  for (const [j, name] of names.entries()) {
    // a table with row names, as pandas and R write them, has no name above these
    if (name === '' && j > 0) throw rangeError(where, placeOf(j), 'the name of a column', name)
    if (name === '__proto__') throw rangeError(where, placeOf(j), 'a name that is safe as a key of an object', name)
    const first = columns.get(name)
    if (first !== undefined) {
      const received = new Phrase(`${describe(name)}, as column ${first + 1} is`)
      throw rangeError(where, placeOf(j), 'a name of its own for each column', received)
    }
    columns.set(name, j)
  }
}

/** Cells as the file has them, from the code of CsvReader. */
function decode(cells: string[]): void {
  if (cells.length === 1 && cells[0] === '\0""') cells[0] = ''
  for (const [j, cell] of cells.entries()) cells[j] = cell.replaceAll('\0', '').replaceAll('\r\r\n', '\r')
}

function lineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function fields(count: number): string {
  return `${count} field${count === 1 ? '' : 's'}`
}
