import { Phrase, rangeError, typeError } from '../errors.ts'
import { isNdArray } from '../matrix/view.ts'
import type { TableRow } from '../tables/rows.ts'
import type { Given } from './request.ts'
import { isOptions } from './target-cells.ts'

/** So many rows of a stream are learned from first, and taken in at a time afterwards. */
export const PIECE = 8192

/** Rows that come one by one. */
export type RowStream = AsyncIterable<TableRow> | Iterable<TableRow>

/** What partialFit was given, in pieces that fit into memory: as it came, or so many rows of a stream at a time. */
export function piecesOf(given: Given): Iterable<Given> | AsyncIterable<Given> {
  const [rows, second, third] = given
  if (Array.isArray(rows) || typeof rows !== 'object' || rows === null) return [given]
  if (isNdArray(rows) || 'ndarray' in rows || !isStream(rows)) return [given] // a Matrix gives its rows one by one, too
  if (third === undefined && (second === undefined || isOptions(second))) return gather(rows, second)
  throw typeError('partialFit', 'the targets of a stream', '{ target: the name of a column }', second)
}

function isStream(rows: object): rows is RowStream {
  return Symbol.asyncIterator in rows || Symbol.iterator in rows
}

async function* gather(stream: RowStream, options: unknown): AsyncGenerator<Given> {
  let rows: TableRow[] = []
  let isEmpty = true
  for await (const row of stream) {
    isEmpty = false
    rows.push(row)
    if (rows.length < PIECE) continue
    yield [rows, options, undefined]
    rows = []
  }
  if (isEmpty) throw rangeError('partialFit', 'the stream of rows', 'at least one row', new Phrase('empty'))
  if (rows.length > 0) yield [rows, options, undefined]
}
