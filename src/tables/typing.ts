import { categoryOf, checkCell, isEmpty, isMissing, refuseInfinite } from './cells.ts'
import type { ColumnPlan } from './column.ts'
import { daysOf, looksLikeDate } from './dates.ts'
import { numberOf } from './kinds.ts'
import {
  type Column,
  FEWEST_IDENTIFIERS,
  isIdentifier,
  noteBlanks,
  noteForm,
  noteIdentifiers,
  some,
  theColumn,
} from './notes.ts'
import { formOf, type NumberForm, numberIn, PLAIN } from './number-form.ts'
import { medianOf, momentsOf } from './statistics.ts'

/** So many categories become inputs. */
const MOST_CATEGORIES = 64
/** So many rarer ones are known by name, so that they are not counted as unknown. */
const MOST_OTHERS = 10_000
const ALL_MISSING = 'all its cells are missing'
/** The share of cells that must be numbers, or dates, for a column to be one of them. */
const MOST = 0.9

/** The cells of a column by what they are. */
interface Contents {
  /** those that are not missing */
  readonly present: readonly unknown[]
  readonly missing: number
  readonly texts: readonly string[]
  readonly booleans: number
  readonly dates: number
}

/** Decides what a column is by looking at its cells, and learns what encoding it needs. */
export function learnColumn(column: Column): ColumnPlan {
  const { name, asked } = column
  if (asked === 'ignore') return { kind: 'ignore', name, reason: 'as asked' } // whatever its cells are
  const contents = sort(column)
  if (contents.present.length === 0) return leftOut(column, ALL_MISSING)
  if (asked !== 'category') noteBlanks(column)
  if (asked === 'number') return numberColumn(column, contents, formOf(contents.texts))
  if (asked === 'date') return dateColumn(column)
  if (asked === 'category') return categoryColumn(column, contents)
  return byLooking(column, contents)
}

/** The same for a column of a matrix: its numbers, NaN where they are missing. */
export function learnNumbers(column: Pick<Column, 'where' | 'name'>, numbers: Float64Array): ColumnPlan {
  const { where, name } = column
  const infinite = numbers.findIndex((x) => x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY)
  if (infinite >= 0) refuseInfinite(where, name, infinite, numbers[infinite])
  const known = numbers.some(Number.isNaN) ? numbers.filter((x) => !Number.isNaN(x)) : numbers
  if (known.length === 0) return leftOut(column, ALL_MISSING)
  return standardised(column, known, numbers.length, (moments) => ({ kind: 'number', name, form: PLAIN, ...moments }))
}

function byLooking(column: Column, contents: Contents): ColumnPlan {
  const { present, texts, booleans, dates } = contents
  if (texts.length === 0 && dates === 0 && booleans < present.length) return numberColumn(column, contents, PLAIN)
  if (texts.length === 0 && booleans === present.length) return categoryColumn(column, contents)
  const form = formOf(texts)
  const numbers = present.length - texts.length - dates + countNumbers(texts, form)
  if (numbers / present.length >= MOST) {
    noteForm(column, texts, form)
    return numberColumn(column, contents, form)
  }
  const days = present.filter((cell) => !Number.isNaN(daysOf(cell))).length
  if (days / present.length >= MOST) {
    column.warn(`${theColumn(column)} holds dates; read as days since 1970-01-01, as one number`)
    return dateColumn(column)
  }
  noteMost(column, Math.max(numbers, days), present.length, numbers > days ? 'number' : 'date')
  return categoryOrNone(column, contents)
}

function categoryOrNone(column: Column, contents: Contents): ColumnPlan {
  const { present, texts } = contents
  if (shareOf(texts, looksLikeDate) >= MOST) {
    return leftOut(column, 'its texts look like dates of a form that can be misread; write them as 2026-11-24')
  }
  const distinct = new Set(present.map(categoryOf)).size
  if (present.length >= FEWEST_IDENTIFIERS && distinct === present.length) {
    return leftOut(column, 'its texts differ in every row, as identifiers do')
  }
  if (distinct > MOST_CATEGORIES && distinct > present.length / 2) {
    return leftOut(column, `${distinct} different texts in ${present.length} rows tell rows apart, not kinds of rows`)
  }
  if (present.length >= FEWEST_IDENTIFIERS && distinct > present.length / 2) {
    column.warn(
      `${theColumn(column)} has ${distinct} different texts in ${present.length} rows; taken as categories all the same`,
    )
  }
  return categoryColumn(column, contents)
}

/** Warns where most of a column, but not enough of it, is of another kind. */
function noteMost(column: Column, count: number, of: number, kind: 'number' | 'date'): void {
  if (count <= of / 2) return
  const remedy = `{ columns: { ${JSON.stringify(column.name)}: '${kind}' } } takes the others as missing`
  column.warn(`${theColumn(column)}: ${count} of ${of} cells are ${kind}s, too few to take it as such; ${remedy}`)
}

function numberColumn(column: Column, { missing }: Contents, form: NumberForm): ColumnPlan {
  const { name, cells, warn } = column
  const values = new Float64Array(cells.length)
  const strange = new Set<string>()
  const infinite = (cell: unknown) => refuseInfinite(column.where, name, cells.indexOf(cell), cell)
  let count = 0
  for (const cell of cells) {
    const value = numberOf(cell, form, { unknown: (text) => strange.add(text), infinite })
    if (!Number.isNaN(value)) values[count++] = value
  }
  if (strange.size > 0) {
    const rows = cells.length - missing - count
    warn(`${theColumn(column)}: ${rows} of ${cells.length} cells are no numbers (${some(strange)}); taken as missing`)
  }
  if (count === 0) return leftOut(column, 'none of its cells is a number')
  const known = values.subarray(0, count)
  noteIdentifiers(column, known)
  if (column.asked === undefined && isIdentifier(column, known)) {
    return leftOut(column, 'whole numbers that differ in every row, under a name of identifiers')
  }
  return standardised(column, known, cells.length, (moments) => ({ kind: 'number', name, form, ...moments }))
}

function dateColumn(column: Column): ColumnPlan {
  const { name, cells, warn } = column
  const days = cells.map(daysOf)
  const known = Float64Array.from(days.filter((day) => !Number.isNaN(day)))
  const strange = new Set(cells.filter((cell, i) => !isMissing(cell) && Number.isNaN(days[i])).map(categoryOf))
  if (strange.size > 0) {
    const rows = cells.filter((cell, i) => !isMissing(cell) && Number.isNaN(days[i])).length
    warn(`${theColumn(column)}: ${rows} of ${cells.length} cells are no dates (${some(strange)}); taken as missing`)
  }
  if (known.length === 0) return leftOut(column, 'none of its cells is a date such as 2026-11-24')
  return standardised(column, known, cells.length, (moments) => ({ kind: 'date', name, ...moments }))
}

/** The parts that plans of numbers and of dates share, or the column left out where it is constant. */
function standardised(
  column: Pick<Column, 'name'>,
  known: Float64Array,
  rows: number,
  plan: (moments: { mean: number; scale: number; fill: number; missing: boolean }) => ColumnPlan,
): ColumnPlan {
  const missing = known.length < rows
  const { mean, deviation } = momentsOf(known)
  if (deviation > 0) return plan({ mean, scale: deviation, fill: medianOf(known), missing })
  if (!missing) return leftOut(column, sameInAll(known))
  // what tells rows apart is whether they have it
  return plan({ mean, scale: 1, fill: mean, missing })
}

function categoryColumn(column: Column, { present, missing }: Contents): ColumnPlan {
  const counts = new Map<string, number>()
  for (const cell of present) {
    const one = categoryOf(cell)
    counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([one]) => one)
  if (ranked.length === 1 && missing === 0) return leftOut(column, `it is ${some(new Set(ranked))} in every row`)
  if (ranked.length > MOST_CATEGORIES) {
    column.warn(
      `${theColumn(column)} has ${ranked.length} categories; the ${MOST_CATEGORIES} most frequent are told apart, the others not`,
    )
  }
  const others = ranked.slice(MOST_CATEGORIES, MOST_CATEGORIES + MOST_OTHERS)
  return {
    kind: 'category',
    name: column.name,
    categories: ranked.slice(0, MOST_CATEGORIES),
    missing: missing > 0,
    ...(others.length > 0 ? { others } : {}),
    ...(column.asked === 'category' ? { words: true as const } : {}),
  }
}

function sort(column: Column): Contents {
  const present: unknown[] = []
  const texts: string[] = []
  let booleans = 0
  let dates = 0
  const isGone = column.asked === 'category' ? isEmpty : isMissing // who asks for categories means all words
  column.cells.forEach((cell, i) => {
    checkCell(column.where, column.name, i, cell)
    if (isGone(cell)) return
    present.push(cell)
    if (typeof cell === 'string') texts.push(cell)
    else if (typeof cell === 'boolean') booleans++
    else if (cell instanceof Date) dates++
  })
  return { present, texts, booleans, dates, missing: column.cells.length - present.length }
}

function sameInAll(known: Float64Array): string {
  const [first] = known
  const areEqual = known.every((value) => value === first)
  return areEqual ? `it is ${first} in every row` : 'its values differ by less than numbers can tell'
}

function leftOut({ name }: Pick<Column, 'name'>, reason: string): ColumnPlan {
  return { kind: 'ignore', name, reason } // whoever asked for all columns warns once for each reason
}

function countNumbers(texts: readonly string[], form: NumberForm): number {
  return texts.reduce((count, text) => count + (Number.isNaN(numberIn(text, form)) ? 0 : 1), 0)
}

function shareOf<Cell>(cells: readonly Cell[], holds: (cell: Cell) => boolean): number {
  return cells.length === 0 ? 0 : cells.filter(holds).length / cells.length
}
