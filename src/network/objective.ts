import { classOf } from '../data/classes.ts'
import { checkNumber, checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import type { FloatArray } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'
import { refuseSolverIn } from '../solvers/table.ts'
import type { Blueprint } from './options.ts'

/**
 * What is descended beside the plain loss. Rows weigh wᵢ, T is smoothed, and weights (not biases) are penalised:
 *
 *     E = (1/m) Σ wᵢ·Eᵢ(smoothed T) + l1·Σ|W| + ½·l2·ΣW²
 */
export interface Objective {
  /** a number of at least 0 for each row; scaled so that their mean over the rows is 1 */
  readonly sampleWeights?: ArrayLike<number>
  /** a number of at least 0 for each class, by which its rows count, or 'balanced': n/(classes·rows of the class) */
  readonly classWeights?: 'balanced' | readonly number[]
  /** λ₁, from 0 (0) */
  readonly l1?: number
  /** λ₂, from 0 (0) */
  readonly l2?: number
  /** ε, from 0 to below 1 (0): softmax outputs aim at (1 − ε)·T + ε/K, K classes; sigmoid ones at (1 − ε)·T + ε/2 */
  readonly labelSmoothing?: number
}

/** The options of an objective that are plain numbers. */
export const objectiveSettings = ['classWeights', 'l1', 'l2', 'labelSmoothing'] as const

/** All options of an objective. */
export const objectiveOptions = ['sampleWeights', ...objectiveSettings] as const

/** An objective for certain rows. */
export interface ReadObjective {
  /** those of the network, smoothed where that was asked for */
  readonly targets: Rows
  /** of each row of the data, with mean 1 over `rows` */
  readonly weights?: FloatArray
  readonly l1: number
  readonly l2: number
}

/** Checks an objective and applies it to targets; `rows` are those that are trained on, all if absent. */
export function readObjective(
  where: string,
  blueprint: Blueprint,
  targets: Rows,
  objective: Objective,
  rows?: Uint32Array,
): ReadObjective {
  const { l1, l2, labelSmoothing } = readTerms(where, objective)
  const weights = readWeights(where, blueprint, targets, objective, rows)
  const smoothed = labelSmoothing === 0 ? targets : smooth(where, blueprint, targets, labelSmoothing)
  return { targets: smoothed, ...(weights && { weights }), l1, l2 }
}

/** The terms of an objective that need no rows to be checked. */
export function readTerms(where: string, { classWeights, l1 = 0, l2 = 0, labelSmoothing = 0 }: Objective) {
  checkNotNegative(where, 'l1', l1)
  checkNotNegative(where, 'l2', l2)
  checkNumber(where, 'labelSmoothing', labelSmoothing, 'a number from 0 to below 1', (share) => share >= 0 && share < 1)
  if (classWeights !== undefined && classWeights !== 'balanced') checkClassWeights(where, classWeights)
  return { l1, l2, labelSmoothing }
}

function checkNotNegative(where: string, name: string, value: unknown): asserts value is number {
  checkNumber(where, name, value, 'a finite number of at least 0', (number) => number >= 0)
}

function checkClassWeights(where: string, given: unknown): void {
  if (!Array.isArray(given)) throw typeError(where, 'classWeights', "'balanced' or an array of numbers", given)
  for (const [k, weight] of given.entries()) checkNotNegative(where, `classWeights[${k}]`, weight)
}

/** The options of an objective alone, as train and gradients take them. */
export function checkObjective(where: string, objective: Objective): void {
  refuseSolverIn(where, objective)
  checkOptions(where, objective, objectiveOptions)
}

/** Targets moved toward what an output that knows nothing says. */
function smooth(where: string, { layers, dtype }: Blueprint, { data, rows, columns }: Rows, share: number): Rows {
  const f = layers.at(-1)?.f.name
  if (f !== 'softmax' && f !== 'sigmoid') {
    const received = new Phrase(`${share} with the output activation ${f}`)
    throw rangeError(where, 'labelSmoothing', '0, or outputs of softmax or sigmoid, which stand for classes', received)
  }
  const smoothed = zeros(dtype, data.length)
  for (let i = 0; i < rows; i++) {
    const [from, to] = [i * columns, (i + 1) * columns]
    let sum = 0
    for (let k = from; k < to; k++) sum += data[k] as number
    const middle = f === 'softmax' ? sum / columns : 0.5
    for (let k = from; k < to; k++) smoothed[k] = (1 - share) * (data[k] as number) + share * middle
  }
  return { data: smoothed, rows, columns }
}

/** So that the number of rows divided by the sum of their weights is finite. */
const LEAST_SUM = 1e-290

/** The weight of each row: its own times that of its class, with mean 1 over the rows that are trained on. */
function readWeights(
  where: string,
  { dtype }: Blueprint,
  targets: Rows,
  { sampleWeights, classWeights }: Objective,
  trained?: Uint32Array,
): FloatArray | undefined {
  if (sampleWeights === undefined && classWeights === undefined) return undefined
  const given = new Float64Array(targets.rows).fill(1) // where small and large ones do not become 0 or infinite
  if (sampleWeights !== undefined) readSampleWeights(where, sampleWeights, given)
  if (classWeights !== undefined) timesClassWeights(where, classWeights, targets, given, trained)
  let sum = 0
  let count = 0
  for (const row of trained ?? given.keys()) {
    sum += given[row] as number
    count++
  }
  if (!(sum >= LEAST_SUM) || !Number.isFinite(sum)) {
    const what = [sampleWeights && 'sampleWeights', classWeights && 'classWeights'].filter(Boolean).join(' times ')
    const expected = `a finite number ${sum === 0 ? 'above 0' : `of at least ${LEAST_SUM}`}`
    throw rangeError(
      where,
      `the sum of ${what} over the rows${trained === undefined ? '' : ' to train on'}`,
      expected,
      sum,
    )
  }
  const scale = count / sum
  const weights = zeros(dtype, targets.rows)
  for (let i = 0; i < weights.length; i++) weights[i] = scale * (given[i] as number)
  return weights
}

function readSampleWeights(where: string, given: unknown, weights: Float64Array): void {
  const { length } = Object(given) as ArrayLike<unknown>
  if (typeof given !== 'object' || typeof length !== 'number') {
    throw typeError(where, 'sampleWeights', 'an array of numbers, one for each row', given)
  }
  if (length !== weights.length) {
    throw rangeError(where, 'the number of sampleWeights', `${weights.length}, one for each row of inputs`, length)
  }
  for (let i = 0; i < length; i++) {
    const weight = (given as ArrayLike<unknown>)[i]
    checkNotNegative(where, `sampleWeights[${i}]`, weight)
    weights[i] = weight
  }
}

function timesClassWeights(
  where: string,
  given: NonNullable<Objective['classWeights']>,
  targets: Rows,
  weights: Float64Array,
  trained: Uint32Array | undefined,
): void {
  const labelOf = classOf(targets)
  if (labelOf === undefined) {
    const received = new Phrase('given for targets that are no labels')
    throw rangeError(where, 'classWeights', 'one-hot rows or one column of two values as targets', received)
  }
  const classes = Math.max(2, targets.columns)
  const byClass = given === 'balanced' ? balanced(labelOf, classes, trained ?? weights.keys()) : given
  if (byClass.length !== classes) {
    throw rangeError(where, 'the number of classWeights', `${classes}, one for each class`, byClass.length)
  }
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) * (byClass[labelOf(i)] as number)
}

/** n/(classes·rows of the class), as scikit-learn's class_weight='balanced'; of classes that have rows. */
function balanced(labelOf: (row: number) => number, classes: number, rows: Iterable<number>): number[] {
  const counts = Array<number>(classes).fill(0)
  let n = 0
  for (const row of rows) {
    const label = labelOf(row)
    counts[label] = (counts[label] as number) + 1
    n++
  }
  const present = counts.filter((count) => count > 0).length
  return counts.map((count) => (count === 0 ? 0 : n / (present * count)))
}
