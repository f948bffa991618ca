import { type Fold, kFolds } from '../data/folds.ts'
import { checkFunction, checkInteger, Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import { isArrayLike } from '../matrix/rows.ts'
import type { TableRows } from '../tables/rows.ts'
import { Classifier } from './classifier.ts'
import type { FitRequest } from './options.ts'
import { type Given, type Request, readRequest } from './request.ts'
import { spreadOf } from './spread.ts'
import { Samples } from './subset.ts'
import { partArguments, refuseMissing, type Targets } from './target-cells.ts'

/** What is validated: Classifier and Regressor are such, and so is whatever has these methods. */
export interface Validated<Prediction> {
  /** learns from rows: (rows, { target }) or (rows, targets, options) */
  readonly fit: (rows: never, targets: never, options?: never) => Promise<unknown>
  /** how good it is for rows, the greater the better */
  readonly score: (rows: never, targets: never, options?: never) => number
  /** what it predicts for each row */
  readonly predict: (rows: never) => Prediction[]
}

/** How a model is validated. */
export interface CrossValidationOptions extends Pick<FitRequest, 'target' | 'sampleWeights' | 'classes' | 'signal'> {
  /** how many folds (5), or for each the indices of the rows to test with */
  readonly folds?: number | readonly ArrayLike<number>[]
  /** from which the folds follow; drawn where none is given */
  readonly seed?: number
  /** whether each fold has the same share of each class (true for a classifier with one class a row, unless there are groups) */
  readonly stratify?: boolean
  /** the group of each row, or the column that holds it (and is no input then): no group is both trained on and tested with */
  readonly groups?: ArrayLike<unknown> | string
  /** called and awaited after each fold; false stops */
  readonly onFold?: (report: FoldReport) => unknown
}

/** What a fold gave. */
export interface FoldReport {
  /** counted from 1 */
  readonly fold: number
  /** how many there are */
  readonly folds: number
  /** accuracy, or R² */
  readonly score: number
  /** the model that was trained on the others */
  readonly model: unknown
}

/** What all folds gave. */
export interface CrossValidation<Prediction> {
  /** of each fold: accuracy, or R² */
  readonly scores: number[]
  /** their mean */
  readonly mean: number
  /** their standard deviation (of the population) */
  readonly std: number
  /** of each row, by the model that was not trained on it; undefined for rows that no fold tests */
  readonly predictions: (Prediction | undefined)[]
  /** the rows of each fold */
  readonly folds: Fold[]
}

const known = ['target', 'sampleWeights', 'classes', 'folds', 'seed', 'stratify', 'groups', 'onFold', 'signal']
const WHERE = 'crossValidate'

/**
 * Trains a new model for each fold on the other folds, and scores it on the fold: an estimate of how good the model is for rows
 * that it has not seen. All that is learned of a table, means and medians too, is learned from the training rows alone.
 *
 *     mean ± std of score(test rows of fold k), k = 1 … folds
 *
 * @param build makes a new model
 * @param rows as of fit
 * @param targets `{ target, folds, seed, … }`, or the targets themselves
 * @param options the options, where targets are the third argument
 * @throws as fit and kFolds; the signal's reason where it was aborted
 * @see Stone, "Cross-validatory choice and assessment of statistical predictions", 1974
 * @example
 * import { Classifier, crossValidate } from 'bp-net'
 * const rows = Array.from({ length: 60 }, (_, i) => ({ x: Math.sin(i), y: Math.cos(i), side: Math.sin(i) > 0 ? 'up' : 'down' }))
 * const { mean, scores } = await crossValidate(() => new Classifier({ seed: 1 }), rows, { target: 'side', folds: 3, seed: 1 })
 * console.log(scores.length, mean > 0.8) // 3 true
 */
export async function crossValidate<Prediction>(
  build: () => Validated<Prediction>,
  rows: TableRows,
  targets: Targets | CrossValidationOptions,
  options?: CrossValidationOptions,
): Promise<CrossValidation<Prediction>> {
  checkBuild(build)
  const asked = readArguments([rows, targets, options])
  refuseMissing(WHERE, asked.request.targets, asked.options.classes)
  const { onFold, signal, classes } = asked.options
  if (onFold !== undefined) checkFunction(WHERE, 'onFold', onFold)
  const samples = new Samples(asked.request, rows, asked.hidden)
  const folds = foldsOf(asked, build() instanceof Classifier)
  const scores: number[] = []
  const predictions = new Array<Prediction | undefined>(samples.rows.length).fill(undefined)
  for (const { train, test } of folds) {
    signal?.throwIfAborted()
    const model = build()
    await fitOn(model, samples.take(train, true), { ...(signal && { signal }), ...(classes && { classes }) })
    const given = samples.take(test, false)
    scores.push((model as Loose<Prediction>).score(...given))
    for (const [k, one] of (model as Loose<Prediction>).predict(given[0]).entries()) {
      predictions[test[k] as number] = one
    }
    const report = { fold: scores.length, folds: folds.length, score: scores.at(-1) as number, model }
    if ((await onFold?.(report)) === false) break
  }
  return { scores, ...spreadOf(scores), predictions, folds }
}

/** A model whose arguments have been read already. */
interface Loose<Prediction> {
  readonly fit: (...given: Given) => Promise<unknown>
  readonly score: (...given: Given) => number
  readonly predict: (rows: unknown) => Prediction[]
}

interface Asked {
  readonly request: Request
  readonly options: CrossValidationOptions
  readonly groups: ArrayLike<unknown> | undefined
  /** columns that are no inputs */
  readonly hidden: readonly string[]
}

function checkBuild(build: unknown): void {
  const isClass = typeof build === 'function' && /^class\b/.test(Function.prototype.toString.call(build))
  if (typeof build === 'function' && !isClass) return
  const received = isClass ? new Phrase('a class') : build
  throw typeError(WHERE, 'the first argument', 'a function that makes models, as () => new Classifier({ … })', received)
}

function readArguments(given: Given): Asked {
  const request = readRequest(WHERE, given, known)
  const options = request.options as CrossValidationOptions
  const { view } = request
  const { groups, sampleWeights } = {
    ...options,
    sampleWeights: partArguments<CrossValidationOptions>(given[1], given[2]).own.sampleWeights,
  }
  const hidden = [groups, sampleWeights].filter((name) => typeof name === 'string')
  if (typeof groups !== 'string') return { request, options, groups, hidden }
  const cellAt = view.column(groups)
  if (cellAt === undefined) throw unknownName(WHERE, 'column of groups', groups, view.names)
  return { request, options, groups: Array.from({ length: view.rows }, (_, i) => cellAt(i)), hidden }
}

async function fitOn(model: Validated<unknown>, [rows, targets, more]: Given, also: object): Promise<void> {
  const loose = model as Loose<unknown>
  await (more === undefined
    ? loose.fit(rows, { ...(targets as object), ...also }, undefined)
    : loose.fit(rows, targets, { ...(more as object), ...also }))
}

function foldsOf({ request, options, groups }: Asked, isClassifier: boolean): Fold[] {
  const { rows, at, isSingle, columns } = request.targets
  const { folds = 5, seed } = options
  if (isArrayLike(folds)) return givenFolds(folds as readonly unknown[], rows)
  const hasClasses = isClassifier && isSingle && columns !== undefined && groups === undefined
  const stratify = options.stratify ?? hasClasses
  return kFolds(rows, {
    folds: folds as number,
    ...(seed === undefined ? {} : { seed }),
    ...(groups === undefined ? {} : { groups }),
    ...(stratify ? { stratify: Array.from({ length: rows }, (_, i) => at(i, 0)) } : {}),
  })
}

/** Folds as the user wants them. */
function givenFolds(folds: readonly unknown[], rows: number): Fold[] {
  if (folds.length === 0)
    throw rangeError(WHERE, 'folds', 'at least one list of rows to test with', new Phrase('empty'))
  return folds.map((test, k) => {
    if (!isArrayLike(test)) throw typeError(WHERE, `folds[${k}]`, 'the indices of the rows to test with', test)
    const tested = new Set<number>()
    for (let t = 0; t < test.length; t++) {
      checkInteger(WHERE, `folds[${k}][${t}]`, test[t], 0, rows - 1)
      tested.add(test[t] as number)
    }
    const train = Array.from({ length: rows }, (_, i) => i).filter((i) => !tested.has(i))
    if (tested.size > 0 && train.length > 0) return { train, test: [...tested] }
    throw rangeError(WHERE, `the number of rows in folds[${k}]`, `from 1 to ${rows - 1}`, tested.size)
  })
}
