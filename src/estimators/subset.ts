import { isArrayLike } from '../matrix/rows.ts'
import type { TableRow, TableView } from '../tables/rows.ts'
import type { Given, Request } from './request.ts'

/** Rows and their targets, of which any can be taken. */
export class Samples {
  readonly rows: readonly TableRow[]
  readonly #request: Request
  readonly #target: unknown

  /** @param hidden columns that are no inputs, which models are not to see */
  constructor(request: Request, given: unknown, hidden: readonly string[]) {
    const rows = arraysOf(request.view, given)
    this.#request = request
    this.rows = hidden.length === 0 ? rows : rows.map((row) => without(row, hidden))
    this.#target = request.options.target
  }

  /** The arguments of fit or score for these rows; `weighed`, with their sample weights. */
  take(indices: readonly number[], weighed: boolean): Given {
    const { targets, sampleWeights } = this.#request
    const rows = indices.map((i) => this.rows[i] as TableRow)
    const weights = weighed && sampleWeights ? { sampleWeights: indices.map((i) => sampleWeights[i] as number) } : {}
    if (targets.names !== undefined) return [rows, { target: this.#target ?? targets.names, ...weights }, undefined]
    const { columns, isSingle, at } = targets
    const one = (i: number) =>
      isSingle || columns === undefined ? at(i, 0) : Array.from({ length: columns }, (_, k) => at(i, k))
    return [rows, indices.map(one), weights]
  }
}

/** A copy of a row in which columns are gone, or missing where the others must keep their places. */
function without(row: TableRow, hidden: readonly string[]): TableRow {
  if (isArrayLike(row)) return Array.from(row, (cell, j) => (hidden.includes(String(j)) ? null : cell))
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)))
}

/** Rows as an array of them, those of a matrix as arrays of numbers. */
export function arraysOf(view: TableView, given: unknown): readonly TableRow[] {
  if (Array.isArray(given)) return given as readonly TableRow[]
  const columns = view.names.map((name) => view.column(name) as (row: number) => unknown)
  return Array.from({ length: view.rows }, (_, i) => columns.map((cellAt) => cellAt(i)))
}
