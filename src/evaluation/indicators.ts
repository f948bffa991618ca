import { Phrase, rangeError, typeError } from '../errors.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import { readRows } from '../matrix/rows.ts'
import { isFlat } from './columns.ts'

/** Which labels each row has: rows of 0 and 1 or of booleans (n×labels). */
export type Indicators = Table | readonly ArrayLike<number | boolean>[]

/** Indicators as rows of 0 and 1. */
export function readIndicators(
  where: string,
  subject: string,
  table: unknown,
  expected: { readonly rows?: number; readonly columns?: number } = {},
): Rows {
  if (isFlat(table)) throw typeError(where, subject, 'rows of 0 and 1 or of booleans', new Phrase('a flat list'))
  const numbers: unknown = Array.isArray(table) ? table.map(asNumbers) : table
  const read = readRows(numbers, { where, subject, dtype: 'float64', finite: true, ...expected })
  const wrong = read.data.findIndex((value) => value !== 0 && value !== 1)
  if (wrong < 0) return read
  const place = `row ${Math.floor(wrong / read.columns)}, column ${wrong % read.columns}`
  throw rangeError(where, `${subject}, ${place}`, '0, 1 or a boolean', read.data[wrong])
}

function asNumbers(row: unknown): unknown {
  return Array.isArray(row) ? row.map((value) => (typeof value === 'boolean' ? Number(value) : value)) : row
}
