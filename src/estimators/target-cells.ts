import type { NdArray } from 'ndarray'
import { Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import type { Matrix } from '../matrix/matrix.ts'
import { isArrayLike } from '../matrix/rows.ts'
import { isNdArray } from '../matrix/view.ts'
import { isBlankWord, isMissing } from '../tables/cells.ts'
import { type TableView, viewTargets } from '../tables/rows.ts'

/** The column that rows are to be told apart by, or several: names, or places from 0 where rows are arrays. */
export type Target = string | number | readonly (string | number)[]

/** Targets beside the rows: one a row, or several; a flat array, an ndarray, a Matrix, or an array of arrays. */
export type Targets = ArrayLike<unknown> | Matrix | NdArray

/** Targets as they came, not yet understood. */
export interface TargetCells {
  readonly rows: number
  /** how many there are for each row; undefined where each row has a list of its own */
  readonly columns: number | undefined
  /** whether a row has one target itself, not a list of them */
  readonly isSingle: boolean
  /** the names of the columns, where they came as columns of the rows */
  readonly names: readonly string[] | undefined
  /** column k of row i, or the list of row i */
  readonly at: (i: number, k: number) => unknown
  /** where a row's target stands, for errors */
  readonly place: (i: number, k: number) => string
}

/** The columns of a table that are targets. */
export function targetColumns(where: string, view: TableView, target: Target): string[] {
  const asked = Array.isArray(target) ? (target as readonly (string | number)[]) : [target as string | number]
  if (asked.length === 0) throw rangeError(where, 'target', 'the name of a column, or several', new Phrase('empty'))
  const names = asked.map((one: unknown) => {
    if (typeof one !== 'string' && typeof one !== 'number') {
      throw typeError(where, 'target', 'the name of a column, or several', one)
    }
    return String(one)
  })
  for (const [k, name] of names.entries()) {
    if (view.column(name) === undefined) throw unknownName(where, 'target column', name, view.names)
    if (names.indexOf(name) < k) throw rangeError(where, 'target', 'each column once', target)
  }
  return names
}

/** The cells of target columns. */
export function cellsOfColumns(view: TableView, names: readonly string[], isSingle: boolean): TargetCells {
  const columns = names.map((name) => view.column(name) as (row: number) => unknown)
  const [first] = columns
  const hasLists = isSingle && isArrayLike(first?.(0))
  return {
    rows: view.rows,
    columns: hasLists ? undefined : names.length,
    isSingle,
    names,
    at: (i, k) => columns[k]?.(i),
    place: (i, k) => `the target ${JSON.stringify(names[k])} of row ${i}`,
  }
}

/** Targets that came beside the rows: one a row, or several, as a flat array, an ndarray, a Matrix or an array of arrays. */
export function readTargets(where: string, given: unknown, rows: number): TargetCells {
  const cells = looseTargets(where, given)
  if (cells.rows !== rows) throw rangeError(where, 'the number of targets', `${rows}, one for each row`, cells.rows)
  return cells
}

function looseTargets(where: string, given: unknown): TargetCells {
  const place = (i: number) => `the target of row ${i}`
  if (isNdArray(given) && given.shape.length === 1) {
    return {
      rows: given.shape[0] as number,
      columns: 1,
      isSingle: true,
      names: undefined,
      at: (i) => given.get(i),
      place,
    }
  }
  if (isArrayLike(given) && given.length > 0 && !isArrayLike(given[0])) {
    return { rows: given.length, columns: 1, isSingle: true, names: undefined, at: (i) => given[i], place }
  }
  if (isArrayLike(given) && (given.length === 0 || areLists(given as ArrayLike<ArrayLike<unknown>>))) {
    return { rows: given.length, columns: undefined, isSingle: false, names: undefined, at: (i) => given[i], place }
  }
  if (
    !isArrayLike(given) &&
    !isNdArray(given) &&
    !(typeof given === 'object' && given !== null && 'ndarray' in given)
  ) {
    throw typeError(
      where,
      'the targets argument',
      'an array of targets, one a row, or { target: the name of a column }',
      given,
    )
  }
  const view = viewTargets(where, given)
  const columns = view.names.map((name) => view.column(name) as (row: number) => unknown)
  const isSingle = columns.length === 1
  return {
    rows: view.rows,
    columns: columns.length,
    isSingle,
    names: undefined,
    at: (i, k) => columns[k]?.(i),
    place: isSingle ? place : (i, k) => `the target of row ${i}, column ${k}`,
  }
}

/** Whether rows have lists of tags: texts, or lists of different lengths. */
function areLists(rows: ArrayLike<ArrayLike<unknown>>): boolean {
  const { length } = rows[0] as ArrayLike<unknown>
  return Array.from(rows).some(
    (row) => isArrayLike(row) && (row.length !== length || Array.from(row).some((tag) => typeof tag === 'string')),
  )
}

/** Throws where a row has no target: the first of them, and how many there are. `labels` are none of those. */
export function refuseMissing(
  where: string,
  { rows, columns, at, place }: TargetCells,
  labels: readonly unknown[] = [],
): void {
  let missing = 0
  let first: { readonly place: string; readonly cell: unknown } | undefined
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < (columns ?? 1); k++) {
      const cell = at(i, k)
      if (!isMissing(cell) || labels.includes(cell)) continue
      first ??= { place: place(i, k), cell }
      missing++
    }
  }
  if (first === undefined) return
  const word = isBlankWord(first.cell) ? first.cell : undefined
  const hint = word === undefined ? '' : `; where ${JSON.stringify(word)} is a label, name all labels: { classes: […] }`
  const expected = `a target for each row (leave rows without one out: rows.filter(…)${hint})`
  const what = word === undefined ? 'missing' : `${JSON.stringify(word)}, which stands for a missing one`
  const received = new Phrase(`${what} (${missing === 1 ? 'it alone' : `${missing} in all`})`)
  throw rangeError(where, first.place, expected, received)
}

/** Whether the second argument of fit and score holds options, not targets. */
export function isOptions(given: unknown): given is object {
  return (
    typeof given === 'object' && given !== null && !isArrayLike(given) && !isNdArray(given) && !('ndarray' in given)
  )
}

/** The targets beside the rows, where there are any, and the options of a function that takes `(rows, options)` or `(rows, targets, options)`. */
export function partArguments<Options extends object>(
  second: unknown,
  third: unknown,
): { readonly beside: Targets | undefined; readonly own: Options } {
  if (isOptions(second)) return { beside: undefined, own: second as Options }
  return { beside: second as Targets | undefined, own: (third ?? {}) as Options }
}

/** Whether names of a saved file are such, or absent. */
export function areTexts(names: unknown): boolean {
  return names === undefined || (Array.isArray(names) && names.every((name) => typeof name === 'string'))
}
