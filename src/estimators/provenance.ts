import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { emptyLike } from '../data/take-rows.ts'
import type { Paused } from '../matrix/pauses.ts'
import { isArrayLike } from '../matrix/rows.ts'
import type { Network } from '../network/network.ts'
import { isCell } from '../tables/cells.ts'
import type { TableView } from '../tables/rows.ts'
import type { History } from '../training/history.ts'
import type { TableValidation } from './options.ts'
import type { Request } from './request.ts'
import { BP_NET_VERSION } from './version.ts'

/** Where a model comes from: kept in its file. */
export interface Provenance {
  /** the version of bp-net that trained it */
  readonly bpNet: string
  /**
   * SHA-256 of the rows: a line of JSON for each, the cells in the order of the columns, then targets that came beside them (of
   * a matrix, first all its numbers, row by row, in the little-endian bytes of its type); of several calls of partialFit, of
   * the hash before, and the rows that came
   */
  readonly data: string
  /** how many rows it saw */
  readonly rows: number
  /** the columns of the rows */
  readonly columns: readonly string[]
  /** the seed of its network */
  readonly seed: number
  /** the share of the rows that was held out, drawn from the seed; absent where none was */
  readonly validation?: number
  /** what training gave at its end: the loss, and what was measured of the validation rows */
  readonly metrics: Readonly<Record<string, number>>
}

/** So many cells go into the hash between two pauses. */
const SLICE = 2 ** 14

const text = new TextEncoder()

/** The hash of rows and of targets beside them; `before`, the hash that it goes on from. */
export function* hashOf({ view, targets }: Pick<Request, 'view' | 'targets'>, before = ''): Paused<string> {
  const hash = sha256.create().update(text.encode(before))
  const cellsOf = cellsOfRow(view, targets)
  const block = Math.max(1, Math.floor(SLICE / (view.names.length + 1)))
  for (let from = 0; view.numbers !== undefined && from < view.rows; from += block) {
    hash.update(bytesOf(view.numbers, from, Math.min(from + block, view.rows)))
    yield
  }
  for (let from = 0; from < view.rows; from += block) {
    const to = Math.min(from + block, view.rows)
    const lines = Array.from({ length: to - from }, (_, i) => cellsOf(from + i)).filter(({ length }) => length > 0)
    hash.update(text.encode(lines.map(lineOf).join('')))
    yield
  }
  return `sha256:${bytesToHex(hash.digest())}`
}

/** Reads the cells of a row that go into the hash as text. */
function cellsOfRow(view: TableView, { names, columns = 1, at }: Request['targets']): (row: number) => unknown[] {
  const own = view.numbers === undefined ? view.names.map((name) => view.column(name)) : []
  const beside = names === undefined ? columns : 0
  return (i) => [...own.map((cellAt) => cellAt?.(i)), ...Array.from({ length: beside }, (_, k) => at(i, k))]
}

/** What is known of the making of a model, `history` at its end. */
export function provenanceOf(
  network: Network,
  of: {
    readonly request: Request
    readonly data: string
    readonly rows: number
    readonly validation?: TableValidation | undefined
  },
  history?: History,
): Provenance {
  const validation = of.request.options.validation ?? of.validation
  const measured = Object.entries({
    loss: history?.loss,
    validationLoss: history?.validationLoss,
    ...history?.metrics,
  }).flatMap(([name, list]) =>
    list === undefined || list.length === 0 ? [] : [[name, list.at(-1) as number] as const],
  )
  return {
    bpNet: BP_NET_VERSION,
    data: of.data,
    rows: of.rows,
    columns: of.request.view.names,
    seed: network.seed,
    ...(typeof validation === 'number' ? { validation } : {}),
    metrics: Object.fromEntries(measured),
  }
}

function lineOf(cells: readonly unknown[]): string {
  return `${JSON.stringify(cells.map(plain))}\n`
}

/** What JSON has no words for, in those that it has; null for what is no cell, such as a function or a nested object. */
function plain(cell: unknown): unknown {
  if (typeof cell === 'bigint') return `${cell}n`
  if (isArrayLike(cell)) return Array.from(cell, (tag) => (isCell(tag) ? plain(tag) : null))
  return isCell(cell) ? cell : null
}

/** Rows of a matrix in the bytes of its own type. */
function bytesOf(
  { data, shape, stride, offset }: NonNullable<TableView['numbers']>,
  from: number,
  to: number,
): Uint8Array {
  const columns = shape[1] as number
  const [down, right] = stride as [number, number]
  const numbers = emptyLike(data, (to - from) * columns)
  let at = 0
  for (let i = from; i < to; i++) {
    for (let j = 0; j < columns; j++) numbers[at++] = data[offset + i * down + j * right] as number
  }
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}
