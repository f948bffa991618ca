import type { NdArray } from 'ndarray'
import { checkInteger, checkNumber, checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import type { View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import { checkBounds, isNdArray } from '../matrix/view.ts'
import { Generator } from '../random/generator.ts'
import { permutation } from '../random/permutation.ts'
import type { TypedArray } from './take-rows.ts'
import { emptyLike, isTypedArray, takeRows } from './take-rows.ts'

/** Something with rows: a Matrix, an ndarray (rows on its first axis), a typed array or an array. */
export type Column = Matrix | NdArray | TypedArray | readonly unknown[]

/** Columns of the same names and kinds, with rows of their own. */
export type Rearranged<C> = { -readonly [K in keyof C]: Copied<C[K]> }

/** Rows parted in two. */
export interface Split<C> {
  /** the rows to train on */
  train: Rearranged<C>
  /** the rows to test with */
  test: Rearranged<C>
}

/** What a copy is: a plain array of a tuple, a Uint8Array of a Node Buffer, else the same. */
type Copied<T> = T extends Matrix
  ? Matrix
  : T extends Uint8Array & { readonly readUInt8: unknown }
    ? Uint8Array
    : T extends readonly (infer Element)[]
      ? Element[]
      : T

/**
 * Puts the rows of several columns into one random order, every order equally likely; row i of each stays
 * with row i of the others.
 *
 * @param columns an object whose every value has n rows: a Matrix (n×d), an ndarray (n×…), a typed array or
 *   an array (n)
 * @param options `seed`: a whole number from 0; the same seed gives the same order everywhere
 * @returns a new object with the same names; each value is a copy of the same kind and dtype (what an array
 *   holds is not copied)
 * @throws TypeError for other kinds or without a seed; RangeError where there are no rows or their numbers
 *   differ
 * @see Durstenfeld, "Algorithm 235: Random permutation", 1964
 * @example
 * import { Matrix, shuffle } from 'bp-net'
 * const inputs = Matrix.from([[1, 1], [2, 2], [3, 3], [4, 4]])
 * const mixed = shuffle({ inputs, labels: [1, 2, 3, 4] }, { seed: 7 })
 * console.log(mixed.inputs.column(0).toArray().join() === mixed.labels.join()) // true
 */
export function shuffle<C extends { readonly [K in keyof C]: Column }>(
  columns: C,
  options: { seed: number },
): Rearranged<C> {
  checkOptions('shuffle', options, ['seed'])
  checkInteger('shuffle', 'the seed', options.seed, 0)
  const rows = countRows('shuffle', columns, 1)
  return take(columns, permutation(rows, new Generator(options.seed)))
}

/**
 * Parts the rows of several columns at random into rows to train on and rows to test with.
 *
 *     rows of test = round(test·n), but at least 1 and at most n − 1
 *
 * The order is that of `shuffle` with the same seed: first `train`, then `test`.
 *
 * @param columns an object whose every value has n ≥ 2 rows: a Matrix (n×d), an ndarray (n×…), a typed array
 *   or an array (n)
 * @param options `test`: the share of the rows to test with, between 0 and 1; `seed`: a whole number from 0
 * @returns `train` and `test`, each with the names of `columns` and copies of the same kinds and dtypes
 * @throws TypeError for other kinds or without a seed; RangeError for a share that is not between 0 and 1, or
 *   where there are fewer than 2 rows or their numbers differ
 * @see Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2009, section 7.2
 * @example
 * import { split } from 'bp-net'
 * const columns = { inputs: [[0], [1], [2], [3], [4]], labels: [0, 1, 2, 3, 4] }
 * const { train, test } = split(columns, { test: 0.4, seed: 7 })
 * console.log(train.labels.length, test.labels.length) // 3 2
 * console.log(test.inputs.join() === test.labels.join()) // true
 */
export function split<C extends { readonly [K in keyof C]: Column }>(
  columns: C,
  options: { test: number; seed: number },
): Split<C> {
  checkOptions('split', options, ['test', 'seed'])
  checkInteger('split', 'the seed', options.seed, 0)
  checkNumber('split', 'test', options.test, 'a share between 0 and 1', (share) => share > 0 && share < 1)
  const rows = countRows('split', columns, 2)
  const order = permutation(rows, new Generator(options.seed))
  const trained = rows - Math.min(Math.max(Math.round(options.test * rows), 1), rows - 1)
  return { train: take(columns, order.subarray(0, trained)), test: take(columns, order.subarray(trained)) }
}

/** The number of rows, which all columns must have. */
function countRows(where: string, columns: unknown, atLeast: number): number {
  const isObject = typeof columns === 'object' && columns !== null && !Array.isArray(columns)
  if (!isObject || columns instanceof Matrix || isTypedArray(columns) || isNdArray(columns)) {
    throw typeError(where, 'the columns argument', 'an object of columns, as { inputs, labels }', columns)
  }
  const counts = Object.entries(columns).map(([name, column]) => [name, rowsOf(where, name, column)] as const)
  const [first] = counts
  if (first === undefined) throw rangeError(where, 'the columns argument', 'at least one column', columns)
  for (const [name, rows] of counts) {
    const expected = `${first[1]}, as many as ${first[0]} has`
    if (rows !== first[1]) throw rangeError(where, `the number of rows of ${name}`, expected, rows)
  }
  if (first[1] < atLeast) throw rangeError(where, 'the number of rows', `at least ${atLeast}`, first[1])
  return first[1]
}

function rowsOf(where: string, name: string, column: unknown): number {
  if (column instanceof Matrix) return column.rows
  if (Array.isArray(column) || isTypedArray(column)) return column.length
  if (!isNdArray(column) || !(Array.isArray(column.data) || isTypedArray(column.data))) {
    throw typeError(where, name, 'a Matrix, an ndarray, a typed array or an array', column)
  }
  if (column.dimension < 1) throw rangeError(where, name, 'at least 1 dimension', new Phrase('an ndarray without any'))
  checkBounds(where, name, column)
  return column.shape[0] as number
}

function take<C extends { readonly [K in keyof C]: Column }>(columns: C, order: Uint32Array): Rearranged<C> {
  const taken = Object.entries<Column>(columns).map(([name, column]) => [name, takeColumn(column, order)])
  return Object.fromEntries(taken) as Rearranged<C>
}

function takeColumn(column: Column, order: Uint32Array): Column {
  if (column instanceof Matrix)
    return Matrix.wrap(takeRows(column.ndarray as unknown as NdArray, order) as unknown as View)
  if (isTypedArray(column)) {
    const taken = emptyLike(column, order.length)
    order.forEach((row, k) => {
      taken[k] = column[row] as number & bigint
    })
    return taken
  }
  return isNdArray(column) ? takeRows(column, order) : Array.from(order, (row) => (column as readonly unknown[])[row])
}
