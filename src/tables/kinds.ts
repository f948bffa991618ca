import type { FloatArray } from '../kernels/plan.ts'
import { categoryOf, isEmpty, isMissing } from './cells.ts'
import type { CategoryColumn, ColumnKind, ColumnPlan, DateColumn, IgnoredColumn, NumberColumn } from './column.ts'
import { daysOf } from './dates.ts'
import { type NumberForm, numberIn } from './number-form.ts'
import { standardise } from './statistics.ts'

/** Standardised values beyond this are cut to it: a million standard deviations tell no more, and float32 has an end. */
const FARTHEST = 1e6

/** What a column says to whoever encodes it. */
export interface Encounters {
  /** a category that fit did not see, or a text that is no number: counted */
  readonly unknown: (text: string) => void
  /** a cell that is missing where none was in fit: counted */
  readonly gap: () => unknown
  /** an infinite number: an error */
  readonly infinite: (cell: unknown) => never
}

/** Writes the inputs that a cell becomes. */
type Writer = (cell: unknown, inputs: FloatArray, at: number) => void

/** How a kind of columns becomes inputs. A new kind is an entry of the table, its plan, and its place in `typing.ts`. */
interface Kind<Plan extends ColumnPlan> {
  /** the names of the inputs */
  readonly inputs: (plan: Plan) => string[]
  readonly writer: (plan: Plan, encounters: Encounters) => Writer
  /** what was done with the column, in a few words */
  readonly describe: (plan: Plan) => string
}

const number: Kind<NumberColumn> = {
  inputs: (plan) => withIndicator(plan, [plan.name]),
  writer: (plan, encounters) => scaled(plan, encounters, (cell) => numberOf(cell, plan.form, encounters)),
  describe: ({ mean, scale, missing, fill }) =>
    `number, mean ${short(mean)}, standard deviation ${short(scale)}${missing ? `; missing: ${short(fill)}, the median` : ''}`,
}

const date: Kind<DateColumn> = {
  inputs: (plan) => withIndicator(plan, [plan.name]),
  writer: (plan, encounters) => scaled(plan, encounters, (cell) => dayOf(cell, encounters)),
  describe: ({ mean, scale, missing, fill }) =>
    `date, in days, mean ${dayText(mean)}, standard deviation ${short(scale)} days${missing ? `; missing: ${dayText(fill)}, the median` : ''}`,
}

const category: Kind<CategoryColumn> = {
  inputs: (plan) =>
    withIndicator(
      plan,
      plan.categories.map((one) => `${plan.name}=${one}`),
    ),
  writer({ categories, others, missing, words }, { unknown, gap }) {
    const places = new Map(categories.map((one, k) => [one, k]))
    const rare = new Set(others)
    const indicator = categories.length
    const holdsNothing = words ? isEmpty : isMissing
    return (cell, inputs, at) => {
      const isGone = holdsNothing(cell)
      const place = isGone ? 0 : places.get(categoryOf(cell))
      if (place !== undefined) inputs[at + place] = 1
      else if (!rare.has(categoryOf(cell))) unknown(categoryOf(cell))
      if (!isGone) return
      if (missing) inputs[at + indicator] = 1
      else gap()
    }
  },
  describe: ({ categories, others = [], missing }) =>
    `category, ${categories.length} of them${others.length > 0 ? `, and ${others.length} rarer ones as none` : ''}${missing ? `; missing: ${JSON.stringify(categories[0])}, the most frequent` : ''}`,
}

const ignore: Kind<IgnoredColumn> = {
  inputs: () => [],
  writer: () => () => undefined,
  describe: ({ reason }) => `left out: ${reason}`,
}

/** The kinds of columns by name. */
export const kinds: { readonly [K in ColumnKind]: Kind<Extract<ColumnPlan, { kind: K }>> } = {
  number,
  date,
  category,
  ignore,
}

/** The kind of a plan. */
export function kindOf<Plan extends ColumnPlan>(plan: Plan): Kind<Plan> {
  return kinds[plan.kind] as unknown as Kind<Plan>
}

/** The number that a cell holds, NaN where it is missing; a boolean is 0 or 1. */
export function numberOf(
  cell: unknown,
  form: NumberForm,
  { unknown, infinite }: Pick<Encounters, 'unknown' | 'infinite'>,
): number {
  if (typeof cell === 'number') return Number.isFinite(cell) || Number.isNaN(cell) ? cell : infinite(cell)
  if (isMissing(cell)) return Number.NaN
  if (typeof cell === 'boolean' || typeof cell === 'bigint') return finite(Number(cell), cell, infinite)
  const value = typeof cell === 'string' ? numberIn(cell, form) : Number.NaN
  if (!Number.isNaN(value)) return finite(value, cell, infinite)
  unknown(categoryOf(cell))
  return Number.NaN
}

function finite(value: number, cell: unknown, infinite: Encounters['infinite']): number {
  return Number.isFinite(value) ? value : infinite(cell)
}

function dayOf(cell: unknown, { unknown }: Encounters): number {
  if (isMissing(cell)) return Number.NaN
  const days = daysOf(cell)
  if (Number.isNaN(days)) unknown(categoryOf(cell))
  return days
}

function scaled(
  { mean, scale, fill, missing }: Omit<NumberColumn, 'kind' | 'form'>,
  { gap }: Encounters,
  read: (cell: unknown) => number,
): Writer {
  return (cell, inputs, at) => {
    const value = read(cell)
    const isGone = Number.isNaN(value)
    const z = standardise(isGone ? fill : value, mean, scale)
    inputs[at] = Math.min(Math.max(z, -FARTHEST), FARTHEST)
    if (!isGone) return
    if (missing) inputs[at + 1] = 1
    else if (isMissing(cell)) gap() // else it has been counted as unknown
  }
}

function withIndicator({ name, missing }: { name: string; missing: boolean }, inputs: string[]): string[] {
  return missing ? [...inputs, `${name} is missing`] : inputs
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}

function dayText(days: number): string {
  return new Date(Math.round(days) * 86_400_000).toISOString().slice(0, 10)
}
