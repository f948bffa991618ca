import Papa from 'papaparse'
import { Phrase, rangeError } from '../errors.ts'

/** What papaparse makes of a piece of text whose rows end in `\n`. */
export interface ParsedCells {
  readonly data: string[][]
  /** quotes that break the grammar: the row, and where in the text the field begins, behind its quote */
  readonly errors: readonly { readonly row: number; readonly index: number }[]
  /** `cursor`: where the last whole row ends */
  readonly meta: { readonly cursor: number }
}

/** The first rows are taken apart at each of these to find the delimiter. */
const DELIMITERS = [',', ';', '\t', '|'] as const

/** The cells of each row; `wholeRows` leaves out a last row that has no line end yet. */
export function parseCells(text: string, delimiter: string, wholeRows: boolean): ParsedCells {
  return new Papa.Parser({ delimiter, newline: '\n' }).parse(text, 0, wholeRows)
}

/** Whether a row is a line without anything in it. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && /^\r{0,2}$/.test(cells[0] as string)
}

/** The start of a text; a cut ends before quotes and white space, so that no quote lacks what decides on it. */
export function sampleOf(text: string, size: number): string {
  let end = size
  while (end > 0 && end < text.length && /["\s]/.test(text[end - 1] as string)) end--
  return text.slice(0, end)
}

/**
 * The delimiter that takes all rows of a sample apart into as many fields as the header has, two or more.
 *
 * Where none does, the one with which most rows agree with the header, so that the others can be named; a comma where
 * there is but one column. Undefined where the sample holds too little to tell.
 *
 * @param names how many columns there are, where that is known without the header
 * @throws RangeError where two delimiters do
 */
export function findDelimiter(
  where: string,
  sample: string,
  names: number | undefined,
  atEnd: boolean,
): string | undefined {
  const trials = DELIMITERS.map((delimiter) => tryDelimiter(sample, delimiter, names))
  if (!atEnd && trials.some(({ broken }) => !broken) && trials.every(({ rows }) => rows < 2)) return undefined
  const able = trials.filter(({ width, agreeing }) => width > 1 && agreeing > 0)
  const fitting = able.filter(({ rows, agreeing, broken }) => agreeing === rows && !broken)
  if (fitting.length > 1) {
    const received = new Phrase(fitting.map(({ delimiter }) => JSON.stringify(delimiter)).join(' or '))
    throw rangeError(where, 'the delimiter, by the rows from line 1 on,', 'the option delimiter to say which', received)
  }
  const best = fitting.concat(able.sort((a, b) => b.agreeing / b.rows - a.agreeing / a.rows || b.width - a.width))
  return best[0]?.delimiter ?? ','
}

interface Trial {
  readonly delimiter: string
  readonly width: number
  readonly rows: number
  /** how many rows have `width` fields */
  readonly agreeing: number
  /** whether quotes break the grammar */
  readonly broken: boolean
}

function tryDelimiter(sample: string, delimiter: string, names: number | undefined): Trial {
  const { data, errors } = parseCells(sample, delimiter, true)
  const rows = data.filter((cells) => !isBlank(cells))
  const width = names ?? rows[0]?.length ?? 0
  const agreeing = rows.filter((cells) => cells.length === width).length
  return { delimiter, width, rows: rows.length, agreeing, broken: errors.length > 0 }
}
