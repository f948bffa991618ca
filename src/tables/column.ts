import type { NumberForm } from './number-form.ts'

/** What a column of numbers becomes: z = (x − mean)/scale. */
export interface NumberColumn {
  /** what it is taken as */
  readonly kind: 'number'
  /** of the column, or its place where rows are arrays */
  readonly name: string
  /** how its texts are written */
  readonly form: NumberForm
  /** of the values that are not missing */
  readonly mean: number
  /** the standard deviation (of the population), above 0 */
  readonly scale: number
  /** the median, which stands in for what is missing */
  readonly fill: number
  /** whether an input of its own tells which rows lacked it */
  readonly missing: boolean
}

/** What a column of dates becomes: days since 1970-01-01, standardised likewise. */
export interface DateColumn extends Omit<NumberColumn, 'kind' | 'form'> {
  /** what it is taken as */
  readonly kind: 'date'
}

/** What a column of names becomes: an input for each category, 1 where the row has it (one-hot). */
export interface CategoryColumn {
  /** what it is taken as */
  readonly kind: 'category'
  /** of the column, or its place where rows are arrays */
  readonly name: string
  /** the most frequent first; equally frequent ones in alphabetical order */
  readonly categories: readonly string[]
  /** rarer ones that fit saw, which have no input of their own; absent where there are none */
  readonly others?: readonly string[]
  /** whether words such as NA are categories, too: where the user asked for categories; else absent */
  readonly words?: true
  /** whether an input of its own tells which rows lacked it; the most frequent category then stands in */
  readonly missing: boolean
}

/** A column that is left out. */
export interface IgnoredColumn {
  /** what it is taken as */
  readonly kind: 'ignore'
  /** of the column, or its place where rows are arrays */
  readonly name: string
  /** why */
  readonly reason: string
}

/** What was learned of a column, as plain data. */
export type ColumnPlan = NumberColumn | DateColumn | CategoryColumn | IgnoredColumn

/** What a column can be taken as. */
export type ColumnKind = ColumnPlan['kind']
