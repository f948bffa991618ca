import type { Matrix } from '../../src/matrix/matrix.ts'
import { drain } from '../../src/matrix/pauses.ts'
import type { ColumnKind, ColumnPlan } from '../../src/tables/column.ts'
import { Encoder, type Unknown } from '../../src/tables/encoder.ts'
import { viewTable } from '../../src/tables/rows.ts'
import { caught } from '../caught.ts'

/** What was learned of a table, what was said about it, and how its own rows are encoded. */
export interface Learned {
  readonly encoder: Encoder
  readonly warnings: readonly string[]
  readonly own: readonly number[][]
  /** encodes other rows, in float64 */
  readonly encode: (rows: unknown) => { inputs: readonly number[][]; unknown: Unknown }
}

/** Learns all columns of rows. */
export function learn(rows: unknown, kinds: Readonly<Record<string, ColumnKind>> = {}): Learned {
  const warnings: string[] = []
  const view = viewTable('fit', rows)
  const asked = { names: view.names, kinds, warn: (message: string) => void warnings.push(message) }
  const encoder = drain(Encoder.learn('fit', view, asked))
  const encode = (others: unknown) => {
    const { inputs, unknown } = drain(encoder.encode('predict', viewTable('predict', others), 'float64'))
    return { inputs: (inputs as Matrix).toArray(), unknown }
  }
  return { encoder, warnings, own: encode(rows).inputs, encode }
}

/** What was learned of one column, beside another of use, without that other. */
export interface LearnedColumn {
  readonly plan: ColumnPlan
  readonly warnings: readonly string[]
  /** the inputs of its own rows */
  readonly own: readonly number[][]
  readonly inputs: readonly string[]
}

/** Learns one column. */
export function learnOne(cells: readonly unknown[], kind?: ColumnKind, name = 'x'): LearnedColumn {
  const rows = cells.map((cell, i) => ({ [name]: cell, beside: i % 2 }))
  const { encoder, warnings, own } = learn(rows, kind === undefined ? {} : { [name]: kind })
  return {
    plan: encoder.columns[0] as ColumnPlan,
    warnings,
    own: own.map((row) => row.slice(0, -1)),
    inputs: encoder.inputs.slice(0, -1),
  }
}

/** So many cells, each made from its place. */
export function cellsOf<Cell>(count: number, of: (i: number) => Cell): Cell[] {
  return Array.from({ length: count }, (_, i) => of(i))
}

/** What a call throws: its kind and its message. */
export function refusal(call: () => unknown): string {
  const { name, message } = caught(call) as Error
  return `${name}: ${message}`
}
