import { checkBoolean, checkInteger, checkMember, rangeError, typeError } from '../errors.ts'
import type { ColumnKind, ColumnPlan } from './column.ts'
import { Encoder } from './encoder.ts'
import { kinds } from './kinds.ts'

/** A table's encoder as JSON. */
export interface TableJSON {
  /** whether rows are objects */
  readonly isNamed: boolean
  /** the number of cells of a row, where rows are arrays */
  readonly cells: number
  /** what was learned of each column */
  readonly columns: readonly ColumnPlan[]
}

/** The JSON value of an encoder. */
export function writeEncoder({ isNamed, cells, columns }: Encoder): TableJSON {
  return { isNamed, cells, columns }
}

/** The encoder that a saved file holds. */
export function readEncoder(where: string, value: unknown): Encoder {
  checkMember(where, 'table', value, ['isNamed', 'cells', 'columns'])
  const { isNamed, cells, columns } = value as Partial<Record<string, unknown>>
  const at = `${where}: table`
  checkBoolean(at, 'isNamed', isNamed)
  checkInteger(at, 'cells', cells, 1)
  if (!Array.isArray(columns)) throw typeError(at, 'columns', 'an array', columns)
  const read = columns.map((plan: unknown, j) => {
    if (isPlan(plan)) return plan
    throw rangeError(at, `columns[${j}]`, 'what fit learned of a column', plan)
  })
  return new Encoder(read, isNamed, cells)
}

const isText = (value: unknown) => typeof value === 'string'
const isTexts = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isText)
const isFlag = (value: unknown) => typeof value === 'boolean'
const moments = {
  mean: Number.isFinite,
  scale: (value: unknown) => Number(value) > 0 && Number.isFinite(value),
  fill: Number.isFinite,
  missing: isFlag,
}

/** What each kind of plan must have. */
const parts: Readonly<Record<ColumnKind, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  number: { ...moments, form: (form) => isText(Object(form).digits) && isText(Object(form).unit) },
  date: moments,
  category: {
    categories: isTexts,
    missing: isFlag,
    others: (list) => list === undefined || isTexts(list),
    words: (flag) => flag === undefined || flag === true,
  },
  ignore: { reason: isText },
}

function isPlan(value: unknown): value is ColumnPlan {
  const plan = Object(value) as Readonly<Record<string, unknown>>
  if (!isText(plan.name) || !isText(plan.kind) || !Object.hasOwn(kinds, plan.kind as string)) return false
  return Object.entries(parts[plan.kind as ColumnKind]).every(([name, isGood]) => isGood(plan[name]))
}
