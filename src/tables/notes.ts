import { isBlankWord, plainNumber } from './cells.ts'
import type { ColumnKind } from './column.ts'
import { type NumberForm, numberIn } from './number-form.ts'

/** From so many rows on, a text that differs in each is taken for an identifier. */
export const FEWEST_IDENTIFIERS = 11

/** A column as it is looked at. */
export interface Column {
  /** for errors: the function that was called */
  readonly where: string
  readonly name: string
  readonly cells: readonly unknown[]
  /** what the user wants it to be taken as */
  readonly asked: ColumnKind | undefined
  /** whether its name was given by the user and may tell something */
  readonly isNamed: boolean
  readonly warn: (message: string) => void
}

/** Whole numbers, no two the same, under a name such as id. */
export function isIdentifier({ name, isNamed }: Column, known: Float64Array): boolean {
  if (!isNamed || known.length < FEWEST_IDENTIFIERS || !areDistinctIntegers(known)) return false
  if (name === '') return true // the row names of pandas and R
  return /(^|[^a-z])(id|ids|uuid|guid|index|key|row|rownum|nr|no)$/i.test(name) || /[a-z](Id|ID|Key|Index)$/.test(name)
}

/** Warns of what counts as row numbers do. */
export function noteIdentifiers(column: Column, known: Float64Array): void {
  if (!column.isNamed || column.asked !== undefined || known.length < FEWEST_IDENTIFIERS) return
  if (isIdentifier(column, known) || !areDistinctIntegers(known)) return
  const range = known.reduce((most, x) => Math.max(most, x)) - known.reduce((least, x) => Math.min(least, x))
  if (range !== known.length - 1) return
  column.warn(
    `${theColumn(column)} counts through whole numbers without a gap, as row numbers do; kept as a number, { columns: { ${JSON.stringify(column.name)}: 'ignore' } } leaves it out`,
  )
}

function areDistinctIntegers(known: Float64Array): boolean {
  return known.every(Number.isInteger) && new Set(known).size === known.length
}

/** Warns where numbers are texts of another form than JavaScript's. */
export function noteForm(column: Column, texts: readonly string[], form: NumberForm): void {
  const isPlain = (text: string) => !Number.isNaN(plainNumber(text)) && !/^\s*[+-]?0\d/.test(text) // 01234 may be a code
  const written = texts.find((text) => !isPlain(text) && !Number.isNaN(numberIn(text, form)))
  if (written === undefined) return
  const isCode = !Number.isNaN(plainNumber(written))
  const remedy = isCode ? `; { columns: { ${JSON.stringify(column.name)}: 'category' } } keeps the texts` : ''
  column.warn(
    `${theColumn(column)} holds numbers as text: ${JSON.stringify(written)} was read as ${numberIn(written, form)}, the others in the same way${remedy}`,
  )
}

/** Warns of words, such as NA, that are taken as missing. */
export function noteBlanks(column: Column): void {
  const words = new Set(column.cells.filter(isBlankWord))
  if (words.size > 0) column.warn(`${theColumn(column)}: ${some(words)} taken as missing`)
}

/** A column in a message. */
export function theColumn({ name }: Column): string {
  return `column ${JSON.stringify(name)}`
}

/** A few texts in a message. */
export function some(texts: ReadonlySet<string>): string {
  const shown = [...texts].slice(0, 3).map((text) => JSON.stringify(text.length > 30 ? `${text.slice(0, 29)}…` : text))
  return shown.join(', ') + (texts.size > 3 ? ', …' : '')
}
