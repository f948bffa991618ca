import { Phrase, rangeError } from '../errors.ts'
import type { Rows } from '../matrix/rows.ts'
import { isArrayLike, readRows } from '../matrix/rows.ts'
import { isNdArray } from '../matrix/view.ts'

/** Finite numbers in float64, row by row; a flat list is one column. `rows` and `columns` say what is expected. */
export function readColumns(
  where: string,
  subject: string,
  table: unknown,
  expected: { readonly rows?: number; readonly columns?: number } = {},
): Rows {
  const reading = { where, subject, dtype: 'float64', finite: true } as const
  if (!isFlat(table)) return readRows(table, { ...reading, ...expected })
  if (expected.columns !== undefined && expected.columns !== 1) {
    throw rangeError(where, subject, `rows of ${expected.columns} numbers`, new Phrase('a flat list'))
  }
  return readRows(table, { ...reading, ...expected, columns: 1 })
}

/** Whether something is a list of elements, not of rows; an empty one may be either. */
export function isFlat(table: unknown): boolean {
  if (isNdArray(table)) return table.shape.length === 1
  return isArrayLike(table) && table.length > 0 && !isArrayLike(table[0])
}
