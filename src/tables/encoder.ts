import ndarray from 'ndarray'
import { knownBeside, Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import type { Dtype, FloatArray } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Paused } from '../matrix/pauses.ts'
import { checkCell, refuseInfinite } from './cells.ts'
import type { ColumnKind, ColumnPlan } from './column.ts'
import { kindOf } from './kinds.ts'
import type { TableView } from './rows.ts'
import { learnColumn, learnNumbers } from './typing.ts'

/** So many rows are encoded column by column between two pauses. */
const BLOCK = 256

/** How the columns are to be learned. */
export interface Asked {
  /** the columns that are inputs */
  readonly names: readonly string[]
  /** what the user wants some of them to be taken as */
  readonly kinds: Readonly<Record<string, ColumnKind>>
  readonly warn: (message: string) => void
}

/** What rows became. */
export interface Encoded {
  /** rows×inputs */
  readonly inputs: Matrix
  /** by column, how often each text was met that fit did not know */
  readonly unknown: Unknown
  /** by column, how many cells are missing where none was in fit, or all of a column that no row has */
  readonly gaps: Readonly<Record<string, number>>
}

/** Counts by column and text. */
export type Unknown = Readonly<Record<string, Readonly<Record<string, number>>>>

/** How rows become inputs: the plan of each column, learned once, the same ever after. */
export class Encoder {
  readonly columns: readonly ColumnPlan[]
  /** whether rows are objects */
  readonly isNamed: boolean
  /** the number of cells that a row had, where rows are arrays */
  readonly cells: number

  constructor(columns: readonly ColumnPlan[], isNamed: boolean, cells: number) {
    this.columns = columns
    this.isNamed = isNamed
    this.cells = cells
  }

  /** Learns from rows. @throws RangeError where no column is left */
  static *learn(where: string, view: TableView, { names, kinds, warn }: Asked): Paused<Encoder> {
    checkNames(where, names, kinds)
    const columns: ColumnPlan[] = []
    for (const name of names) {
      const cellAt = view.column(name) as (row: number) => unknown
      const asked = Object.hasOwn(kinds, name) ? kinds[name] : undefined
      const column = { where, name, asked, isNamed: view.isNamed, warn }
      columns.push(
        view.numbers !== undefined && (asked === undefined || asked === 'number')
          ? learnNumbers(column, numbersOf(view.rows, cellAt))
          : learnColumn({ ...column, cells: Array.from({ length: view.rows }, (_, i) => cellAt(i)) }),
      )
      yield
    }
    warnOfIgnored(columns, warn)
    const encoder = new Encoder(columns, view.isNamed, view.names.length)
    if (encoder.inputs.length > 0) return encoder
    const reasons = columns.map((plan) => `${JSON.stringify(plan.name)}: ${plan.kind === 'ignore' ? plan.reason : ''}`)
    const shown = reasons.slice(0, 4).join('; ') + (reasons.length > 4 ? '; …' : '')
    const received = new Phrase(reasons.length === 0 ? 'without columns' : `without a column of use (${shown})`)
    throw rangeError(where, 'the table of inputs', 'at least one column that differs from row to row', received)
  }

  /** The names of the inputs that rows become, in order. */
  get inputs(): readonly string[] {
    return this.columns.flatMap((plan) => kindOf(plan).inputs(plan))
  }

  /** Encodes rows (rows×columns) as inputs (rows×inputs). */
  *encode(where: string, view: TableView, dtype: Dtype): Paused<Encoded> {
    this.#checkForm(where, view)
    const width = this.inputs.length
    const data = zeros(dtype, view.rows * width)
    const counts = new Map<string, Map<string, number>>()
    const gaps = new Map<string, number>()
    const writers = this.#writers(where, view, counts, gaps)
    for (let from = 0; from < view.rows; from += BLOCK) {
      const to = Math.min(from + BLOCK, view.rows)
      for (const write of writers) write(data, width, from, to)
      yield
    }
    const inputs = Matrix.wrap(ndarray(data, [view.rows, width]))
    return {
      inputs,
      unknown: Object.fromEntries([...counts].map(([name, texts]) => [name, Object.fromEntries(texts)])),
      gaps: Object.fromEntries(gaps),
    }
  }

  #writers(where: string, view: TableView, counts: Map<string, Map<string, number>>, gaps: Map<string, number>) {
    let place = 0
    return this.columns.flatMap((plan) => {
      const { name } = plan
      const kind = kindOf(plan)
      if (plan.kind === 'ignore') return []
      const first = place
      place += kind.inputs(plan).length
      const found = view.column(name)
      if (found === undefined) gaps.set(name, view.rows)
      const cellAt = found ?? this.#absent(where, view, plan)
      let row = 0
      const write = kind.writer(plan, {
        unknown: (text) => count(counts, name, text),
        gap: () => gaps.set(name, (gaps.get(name) ?? 0) + 1),
        infinite: (cell) => refuseInfinite(where, name, row, cell),
      })
      return [
        (inputs: FloatArray, width: number, from: number, to: number) => {
          for (row = from; row < to; row++) {
            const cell = cellAt(row)
            checkCell(where, name, row, cell)
            write(cell, inputs, row * width + first)
          }
        },
      ]
    })
  }

  /** The cells of a column that no row has: missing ones, if fit has seen such. */
  #absent(where: string, view: TableView, plan: ColumnPlan): () => undefined {
    if ('missing' in plan && plan.missing) return () => undefined
    const column = knownBeside(plan.name, view.names)
    const message = `${where}: no row has the column ${column}; it had no missing cell in fit (write null where it has now)`
    throw Object.assign(new RangeError(message), { expected: plan.name, received: view.names.join(', ') })
  }

  #checkForm(where: string, view: TableView): void {
    if (view.isNamed !== this.isNamed) {
      const expected = this.isNamed ? 'objects, as those of fit' : `arrays of ${this.cells} cells, as those of fit`
      throw typeError(where, 'the table of rows', expected, new Phrase(view.isNamed ? 'of objects' : 'of arrays'))
    }
    if (this.isNamed) return
    // a target behind the inputs may be absent
    const least = Number(this.columns.at(-1)?.name) + 1
    const { length } = view.names
    if (length >= least && length <= this.cells) return
    const expected = least === this.cells ? `${this.cells}` : `${least} (or ${this.cells} with the target)`
    throw rangeError(where, 'the number of cells of a row', `${expected}, as in fit`, length)
  }
}

function numbersOf(rows: number, cellAt: (row: number) => unknown): Float64Array {
  const numbers = new Float64Array(rows)
  for (let i = 0; i < rows; i++) numbers[i] = Number(cellAt(i))
  return numbers
}

function checkNames(where: string, names: readonly string[], kinds: Readonly<Record<string, ColumnKind>>): void {
  for (const name of Object.keys(kinds))
    if (!names.includes(name)) throw unknownName(`${where}: columns`, 'input column', name, names)
}

/** One warning for each reason, with the columns that it holds for. */
function warnOfIgnored(columns: readonly ColumnPlan[], warn: (message: string) => void): void {
  const byReason = new Map<string, string[]>()
  for (const plan of columns) {
    if (plan.kind !== 'ignore' || plan.reason === 'as asked') continue
    byReason.set(plan.reason, [...(byReason.get(plan.reason) ?? []), JSON.stringify(plan.name)])
  }
  for (const [reason, names] of byReason) {
    const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? `, … (${names.length} columns)` : '')
    warn(`${names.length === 1 ? 'column' : 'columns'} ${shown} left out: ${reason}`)
  }
}

function count(counts: Map<string, Map<string, number>>, name: string, text: string): void {
  const texts = counts.get(name) ?? new Map<string, number>()
  texts.set(text, (texts.get(text) ?? 0) + 1)
  counts.set(name, texts)
}
