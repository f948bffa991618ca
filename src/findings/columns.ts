import { classOf } from '../data/classes.ts'
import { isPause, type Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import { evenly } from '../random/permutation.ts'
import { short, wordSeries } from '../training/number-words.ts'
import type { Finding, Fix } from './finding.ts'

/** A column of a table, and how far it reaches. */
export interface ColumnRange {
  /** its index */
  readonly column: number
  /** its least number */
  readonly least: number
  /** its greatest number */
  readonly greatest: number
}

/** Inputs and targets up to here need no scaling: standardised columns with outliers stay below. */
export const USUAL_SIZE = 10

/** A value is the background of a table where so large a share of its changing columns holds it, as pixels off the drawing. */
const BACKGROUND = 0.05

/** Of so many rows. */
const SAMPLE = 512

/** The range of each column, over the rows that are named, or over all. */
export function* rangesOf({ data, rows, columns }: Rows, order?: ArrayLike<number>): Paused<ColumnRange[]> {
  const count = order?.length ?? rows
  const least = new Float64Array(columns).fill(Infinity)
  const greatest = new Float64Array(columns).fill(-Infinity)
  for (let i = 0; i < count; i++) {
    const from = (order?.[i] ?? i) * columns
    for (let j = 0; j < columns; j++) {
      const value = data[from + j] as number
      if (value < (least[j] as number)) least[j] = value
      if (value > (greatest[j] as number)) greatest[j] = value
    }
    if (isPause(i, columns)) yield
  }
  return Array.from(least, (value, column) => ({ column, least: value, greatest: greatest[column] as number }))
}

/** The one that reaches farthest from 0. */
export function farthestOf(ranges: readonly ColumnRange[]): ColumnRange {
  return ranges.reduce((most, one) => (reachOf(one) > reachOf(most) ? one : most))
}

/** How far a column reaches from 0. */
export function reachOf({ least, greatest }: Pick<ColumnRange, 'least' | 'greatest'>): number {
  return Math.max(-least, greatest)
}

/** The same, at least 1. */
export function sizeOf(range: ColumnRange): number {
  return Math.max(1, reachOf(range))
}

/** What is wrong with the scale of a column, in words that follow its range. */
export interface Unscaled extends ColumnRange {
  readonly words?: string
}

/** Columns that are not scaled, the first of them in words. */
export function unscaled(
  data: 'inputs' | 'targets',
  [first, ...others]: readonly [Unscaled, ...Unscaled[]],
  fix: Omit<Fix, 'advice'> = {},
): Finding {
  const { column, least, greatest, words = '' } = first
  const reach = least === greatest ? `is ${short(least)}` : `goes from ${short(least)} to ${short(greatest)}`
  const more = others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'is' : 'are'} not`
  return {
    kind: data === 'inputs' ? 'unscaledInputs' : 'unscaledTargets',
    what: `the ${data} are not scaled: column ${column} ${reach}${words}${more}`,
    where: { data, columns: [first, ...others].map((range) => range.column) },
    evidence: { column, least, greatest },
    fix: {
      advice: 'Bring each column to about −1 to 1, or to mean 0 and standard deviation 1',
      ...fix,
    },
  }
}

/**
 * Columns that are the same in every row. Those of inputs that hold the background of the table, as pixels at the edge of a
 * drawing or words that no text has, are features that do not occur here, and not worth a word; nor is a label without rows.
 */
export function findConstant(data: 'inputs' | 'targets', rows: Rows, ranges: readonly ColumnRange[]): Finding[] {
  if (rows.rows < 2 || (data === 'targets' && rows.columns > 1 && classOf(rows) !== undefined)) return []
  const constant = ranges.filter(({ least, greatest }) => least === greatest)
  const changing = ranges.filter(({ least, greatest }) => least < greatest)
  if (constant.length === 0) return []
  const shareOf = countNumbers(rows, changing)
  const found = data === 'targets' ? constant : constant.filter(({ least }) => shareOf(least) < BACKGROUND)
  if (found.length === 0) return []
  const columns = found.map(({ column }) => column)
  const [word, verb] = found.length === 1 ? ['column', 'is'] : ['columns', 'are']
  const where = `${word} ${wordSeries(columns)} of the ${data} ${verb} the same in every row`
  const value = found.length === 1 ? `, ${short(found[0]?.least as number)}` : ''
  return [
    {
      kind: 'constantColumns',
      what: `${where}${value}`,
      where: { data, columns },
      evidence: { values: found.map(({ least }) => least) },
      fix: {
        advice:
          data === 'inputs'
            ? 'Leave them out: they tell nothing'
            : 'Look where the targets come from: there is nothing to learn',
      },
    },
  ]
}

/** How often each number is met in some columns, in a few rows of many. */
function countNumbers({ data, rows, columns }: Rows, among: readonly ColumnRange[]): (value: number) => number {
  const counts = new Map<number, number>()
  const sample = evenly(rows, SAMPLE)
  for (const row of sample) {
    for (const { column } of among) {
      const value = data[row * columns + column] as number
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  }
  return (value) => (counts.get(value) ?? 0) / Math.max(1, sample.length * among.length)
}
