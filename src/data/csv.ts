import { checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import { type CsvForm, CsvReader, type CsvRow, checkNames } from './csv-reader.ts'
import { type CsvStream, isStream, streamRows } from './csv-source.ts'

export type { CsvRow } from './csv-reader.ts'
export type { CsvStream } from './csv-source.ts'

/** How a CSV file is laid out. */
export interface CsvOptions {
  /** one character; by default `,`, `;`, tab or `|`, whichever takes the first rows apart as it does the header */
  readonly delimiter?: string | undefined
  /**
   * `true` (the default): the first row holds the names of the columns. An array: there is no such row, and these are
   * the names. `false`: there is none, and the columns are called `'0'`, `'1'`, …
   */
  readonly header?: boolean | readonly string[] | undefined
}

const KNOWN = ['delimiter', 'header'] as const

/**
 * Reads CSV: from text all rows, from a stream one row after the other, so that a file of any size takes little memory.
 *
 * Each row is an object of strings by the names of the columns, each cell as the file has it: no blanks are trimmed, an
 * empty cell is `''`. Cells may stand in double quotes; then they may hold delimiters, line breaks, and quotes, doubled.
 * A quote within a cell that does not begin with one is a character like others. Lines end in LF, CRLF or CR, blank ones
 * are skipped, and a byte order mark is dropped. A row may have 2²⁶ characters. (Names that are whole numbers come first
 * in `Object.keys(row)`, as in any object.)
 *
 * A stream is one of bytes in UTF-8 or of strings: `response.body`, `file.stream()`, a stream of Node or an async
 * generator; it is closed when the loop over the rows is left. What is wrong with a row is thrown when it is reached.
 *
 * @param source the text of a file, or a stream of it
 * @param options `delimiter` (by default found from the first rows) and `header` (`true`, `false` or names)
 * @returns the rows: an array of text, an async generator of a stream
 * @throws TypeError for what is neither text nor a stream of it, or for an unknown option; RangeError, which names the
 *   line and the column counted from 1, for a row with fewer or more fields than the header, a quote that is never
 *   closed or has text after it, a name that is empty or there twice, no rows, bytes that are not UTF-8, and NUL
 * @see RFC 4180, "Common Format and MIME Type for CSV Files" (https://www.rfc-editor.org/rfc/rfc4180)
 * @example
 * import { readCsv } from 'bp-net'
 * const rows = readCsv('name;petal\niris;"1,4"\n"a ""b""";\n')
 * console.log(rows.length, rows[0].petal, rows[1].name) // 2 1,4 a "b"
 * for await (const row of readCsv(new Blob(['x,y\n1,2\n']).stream())) console.log(row) // { x: '1', y: '2' }
 */
export function readCsv(source: string, options?: CsvOptions): CsvRow[]
export function readCsv(source: CsvStream, options?: CsvOptions): AsyncGenerator<CsvRow, void, undefined>
export function readCsv(
  source: string | CsvStream,
  options: CsvOptions = {},
): CsvRow[] | AsyncGenerator<CsvRow, void, undefined> {
  const where = 'readCsv'
  const form = checkForm(where, options)
  if (typeof source === 'string') return textRows(where, source, form)
  if (isStream(source)) return streamRows(where, source, form)
  const expected = 'the text of a CSV file, or a stream of it (response.body, file.stream(), fs.createReadStream(path))'
  throw typeError(where, 'the argument', expected, source)
}

function textRows(where: string, text: string, form: CsvForm): CsvRow[] {
  if (text.length < 4096 && /^[^\r\n]+\.(csv|tsv)(\.gz)?$/i.test(text)) {
    const expected = 'the text of a CSV file: read the file first, or take readCsvFile of bp-net/node'
    throw rangeError(where, 'the text', expected, new Phrase(`the path ${JSON.stringify(text)}`))
  }
  const reader = new CsvReader(where, form)
  const rows: CsvRow[] = []
  for (const row of reader.push(text)) rows.push(row)
  for (const row of reader.end()) rows.push(row)
  return rows
}

/** The options, checked and filled in. */
export function checkForm(where: string, options: CsvOptions): CsvForm {
  checkOptions(where, options, KNOWN)
  const { delimiter, header = true } = options
  if (delimiter !== undefined && typeof delimiter !== 'string') {
    throw typeError(where, 'the option delimiter', 'one character', delimiter)
  }
  if (delimiter !== undefined && !/^[^"\r\n\0\ufeff]$/.test(delimiter)) {
    throw rangeError(where, 'the option delimiter', 'one character, no quote and no line end', delimiter)
  }
  if (typeof header === 'boolean') return { delimiter, header }
  if (!Array.isArray(header)) throw typeError(where, 'the option header', 'true, false or an array of names', header)
  const names: readonly unknown[] = header
  if (names.length === 0) throw rangeError(where, 'the option header', 'at least one name', header)
  const other = names.findIndex((name) => typeof name !== 'string')
  if (other >= 0) throw typeError(where, `the option header[${other}]`, 'a name', names[other])
  checkNames(where, header, (j) => `the option header[${j}]`)
  return { delimiter, header: [...header] }
}
