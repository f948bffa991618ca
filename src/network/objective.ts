import { classOf } from '../data/classes.ts'
import { checkNumber, checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import type { FloatArray } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'
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
  const { sampleWeights, classWeights, l1 = 0, l2 = 0, labelSmoothing = 0 } = objective
  for (const [name, lambda] of [
    ['l1', l1],
    ['l2', l2],
  ] as const) {
    checkNumber(where, name, lambda, 'a finite number from 0', (value) => value >= 0)
  }
  checkNumber(where, 'labelSmoothing', labelSmoothing, 'a number from 0 to below 1', (share) => share >= 0 && share < 1)
  const weights = readWeights(where, blueprint, targets, { sampleWeights, classWeights }, rows)
  const smoothed = labelSmoothing === 0 ? targets : smooth(where, blueprint, targets, labelSmoothing)
  return { targets: smoothed, ...(weights && { weights }), l1, l2 }
}

/** The options of an objective alone, as train and gradients take them. */
export function checkObjective(where: string, objective: Objective): void {
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

/** The weight of each row: its own times that of its class, with mean 1 over the rows that are trained on. */
function readWeights(
  where: string,
  { dtype }: Blueprint,
  targets: Rows,
  { sampleWeights, classWeights }: { sampleWeights: unknown; classWeights: unknown },
  trained?: Uint32Array,
): FloatArray | undefined {
  if (sampleWeights === undefined && classWeights === undefined) return undefined
  const weights = zeros(dtype, targets.rows).fill(1)
  if (sampleWeights !== undefined) readSampleWeights(where, sampleWeights, weights)
  if (classWeights !== undefined) timesClassWeights(where, classWeights, targets, weights, trained)
  const rows = trained ?? weights.keys()
  let sum = 0
  let count = 0
  for (const row of rows) {
    sum += weights[row] as number
    count++
  }
  if (!(sum > 0) || !Number.isFinite(sum)) {
    throw rangeError(where, 'the sum of the weights of all rows', 'a finite number above 0', sum)
  }
  const scale = count / sum
  for (let i = 0; i < weights.length; i++) weights[i] = scale * (weights[i] as number)
  return weights
}

function readSampleWeights(where: string, given: unknown, weights: FloatArray): void {
  const { length } = Object(given) as ArrayLike<unknown>
  if (typeof given !== 'object' || typeof length !== 'number') {
    throw typeError(where, 'sampleWeights', 'an array of numbers, one for each row', given)
  }
  if (length !== weights.length) {
    throw rangeError(where, 'the number of sampleWeights', `${weights.length}, one for each row of inputs`, length)
  }
  for (let i = 0; i < length; i++) {
    const weight = (given as ArrayLike<unknown>)[i]
    checkNumber(where, `sampleWeights[${i}]`, weight, 'a finite number from 0', (value) => value >= 0)
    weights[i] = weight
  }
}

function timesClassWeights(
  where: string,
  given: unknown,
  targets: Rows,
  weights: FloatArray,
  trained: Uint32Array | undefined,
): void {
  const labelOf = classOf(targets)
  if (labelOf === undefined) {
    const received = new Phrase('other numbers')
    throw rangeError(where, 'targets beside classWeights', 'labels: 0 or 1, or rows with one 1 among 0s', received)
  }
  const classes = Math.max(2, targets.columns)
  const byClass = given === 'balanced' ? balanced(labelOf, classes, trained ?? weights.keys()) : given
  if (!Array.isArray(byClass)) throw typeError(where, 'classWeights', "'balanced' or an array of numbers", given)
  if (byClass.length !== classes) {
    throw rangeError(where, 'the number of classWeights', `${classes}, one for each class`, byClass.length)
  }
  for (const [k, weight] of byClass.entries()) {
    checkNumber(where, `classWeights[${k}]`, weight, 'a finite number from 0', (value) => value >= 0)
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
