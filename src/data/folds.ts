import { checkInteger, checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import { isArrayLike } from '../matrix/rows.ts'
import { drawSeed, Generator } from '../random/generator.ts'
import { permutation } from '../random/permutation.ts'

/** Rows to train on and rows to test with, both in ascending order. */
export interface Fold {
  /** the rows of all other folds */
  readonly train: number[]
  /** the rows of the fold */
  readonly test: number[]
}

/** How rows are parted into folds. */
export interface FoldOptions {
  /** how many (5) */
  readonly folds?: number
  /** a whole number from 0; the same seed parts in the same way; drawn where none is given */
  readonly seed?: number
  /** the class of each row: each fold has the same share of each, as far as their numbers divide */
  readonly stratify?: ArrayLike<unknown>
  /** the group of each row: no group is in two folds */
  readonly groups?: ArrayLike<unknown>
}

/**
 * Parts n rows at random into k folds; each is the test of one round, the others are trained on.
 *
 *     rows of a fold = n/k, up or down; of each class likewise, with `stratify`
 *
 * With `groups`, the largest group is put first into the fold with the fewest rows, and so on; folds are then as equal as groups
 * let them be.
 *
 * @param rows their number, at least k
 * @returns k folds
 * @throws TypeError for options of another kind, RangeError where there are fewer rows, or groups, than folds
 * @see Kohavi, "A study of cross-validation and bootstrap for accuracy estimation and model selection", 1995
 * @example
 * import { kFolds } from 'bp-net'
 * const folds = kFolds(6, { folds: 3, seed: 1, stratify: ['a', 'a', 'a', 'b', 'b', 'b'] })
 * console.log(folds.map(({ test }) => test.length).join()) // 2,2,2
 */
export function kFolds(rows: number, options: FoldOptions = {}): Fold[] {
  const where = 'kFolds'
  checkOptions(where, options, ['folds', 'seed', 'stratify', 'groups'])
  const { folds = 5, seed = drawSeed(), stratify, groups } = options
  checkInteger(where, 'folds', folds, 2)
  checkInteger(where, 'seed', seed, 0)
  checkInteger(where, 'the number of rows', rows, 2, 2 ** 32 - 1)
  if (folds > rows) throw rangeError(where, 'the number of folds', `at most ${rows}, the number of rows`, folds)
  if (stratify !== undefined && groups !== undefined) {
    throw typeError(where, 'stratify', 'one of stratify and groups', new Phrase('given beside groups'))
  }
  const order = permutation(rows, new Generator(seed))
  if (groups !== undefined) return inFolds(byGroup(where, order, readList(where, 'groups', groups, rows), folds), folds)
  const classes = stratify === undefined ? undefined : readList(where, 'stratify', stratify, rows)
  return inFolds(inTurn(classes === undefined ? order : sorted(order, classes), folds), folds)
}

function readList(where: string, name: string, list: unknown, rows: number): ArrayLike<unknown> {
  if (!isArrayLike(list)) throw typeError(where, name, 'an array with one for each row', list)
  if (list.length !== rows) throw rangeError(where, `the length of ${name}`, `${rows}, one for each row`, list.length)
  return list
}

/** The rows class by class, each in its random order. */
function sorted(order: Uint32Array, classes: ArrayLike<unknown>): Uint32Array {
  return Uint32Array.from([...rowsBy(order, classes).values()].flat())
}

function rowsBy(order: Uint32Array, names: ArrayLike<unknown>): Map<unknown, number[]> {
  const found = new Map<unknown, number[]>()
  for (const row of order) {
    const rows = found.get(names[row])
    if (rows === undefined) found.set(names[row], [row])
    else rows.push(row)
  }
  return found
}

/** The fold of each row: one after the other, in turn. */
function inTurn(order: Uint32Array, folds: number): Uint32Array {
  const foldOf = new Uint32Array(order.length)
  for (const [place, row] of order.entries()) foldOf[row] = place % folds
  return foldOf
}

/** The fold of each row, that of its group. */
function byGroup(where: string, order: Uint32Array, groups: ArrayLike<unknown>, folds: number): Uint32Array {
  const members = [...rowsBy(order, groups).values()].sort((a, b) => b.length - a.length)
  if (members.length < folds) {
    throw rangeError(where, 'the number of groups', `at least ${folds}, one for each fold`, members.length)
  }
  const counts = new Array<number>(folds).fill(0)
  const foldOf = new Uint32Array(order.length)
  for (const rows of members) {
    const fewest = counts.indexOf(Math.min(...counts))
    counts[fewest] = (counts[fewest] as number) + rows.length
    for (const row of rows) foldOf[row] = fewest
  }
  return foldOf
}

function inFolds(foldOf: Uint32Array, folds: number): Fold[] {
  const parted = Array.from({ length: folds }, (): Fold => ({ train: [], test: [] }))
  for (const [row, own] of foldOf.entries()) {
    for (const [k, fold] of parted.entries()) (k === own ? fold.test : fold.train).push(row)
  }
  return parted
}
