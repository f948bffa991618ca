import ndarray from 'ndarray'
import { checkMember, Phrase, rangeError, typeError } from '../errors.ts'
import type { Dtype } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import { plainNumber } from '../tables/cells.ts'
import { momentsOf, standardise } from '../tables/statistics.ts'
import { areTexts, refuseMissing, type TargetCells } from './target-cells.ts'

/** What a regressor learned of its targets: t = (y − mean)/scale of each. */
export interface NumberPlan {
  readonly kind: 'number'
  /** the columns that hold them, where they are the rows' own */
  readonly names?: readonly string[]
  /** whether a row has one itself, not a list of them */
  readonly isSingle: boolean
  readonly means: readonly number[]
  /** standard deviations (of the population); 0 where the target is constant, and so is the prediction */
  readonly scales: readonly number[]
}

/** A predicted target: as those came that fit was given. */
export type Estimate = number | readonly number[] | Readonly<Record<string, number>>

/** Looks at the targets of a regressor. */
export function learnNumbers(where: string, cells: TargetCells): NumberPlan {
  const values = readNumbers(where, cells)
  const columns = values.length / cells.rows
  const moments = Array.from({ length: columns }, (_, k) => momentsOf(values.filter((_, at) => at % columns === k)))
  return {
    kind: 'number',
    ...(cells.names === undefined ? {} : { names: cells.names }),
    isSingle: cells.isSingle,
    means: moments.map(({ mean }) => mean),
    scales: moments.map(({ deviation }) => deviation),
  }
}

/** Targets as numbers, row by row. */
function readNumbers(where: string, cells: TargetCells): Float64Array {
  refuseMissing(where, cells)
  const { rows, columns, at, place } = cells
  if (columns === undefined) {
    throw typeError(where, 'the target', 'numbers, in each row as many', new Phrase('a list of its own in each row'))
  }
  const values = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) values[i * columns + k] = readNumber(where, at(i, k), () => place(i, k))
  }
  return values
}

function readNumber(where: string, cell: unknown, place: () => string): number {
  const value = typeof cell === 'string' ? plainNumber(cell) : cell
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw typeError(where, place(), 'a number, such as 1.5 (a Classifier takes labels)', cell)
  }
  if (!Number.isFinite(value)) throw rangeError(where, place(), 'a finite number', value)
  return value
}

/** Targets in their own units (rows×targets). */
export function actualNumbers(where: string, plan: NumberPlan, cells: TargetCells): Matrix {
  const values = readNumbers(where, cells)
  const columns = plan.means.length
  if (values.length === cells.rows * columns) return Matrix.wrap(ndarray(values, [cells.rows, columns]))
  throw rangeError(where, 'the number of targets of a row', `${columns}, as in fit`, values.length / cells.rows)
}

/** Targets as the network sees them (rows×outputs). */
export function encodeNumbers(where: string, plan: NumberPlan, cells: TargetCells, dtype: Dtype): Matrix {
  const actual = actualNumbers(where, plan, cells)
  const { rows, columns } = actual
  const data = zeros(dtype, rows * columns)
  for (let i = 0; i < rows; i++) {
    plan.means.forEach((mean, k) => {
      const scale = plan.scales[k] as number
      data[i * columns + k] = scale === 0 ? 0 : standardise(actual.get(i, k), mean, scale)
    })
  }
  return Matrix.wrap(ndarray(data, [rows, columns]))
}

/** Outputs in the units of the targets (rows×targets). */
export function unscale(plan: NumberPlan, outputs: Matrix): Matrix {
  const data = new Float64Array(outputs.rows * outputs.columns)
  for (let i = 0; i < outputs.rows; i++) {
    plan.means.forEach((mean, k) => {
      data[i * outputs.columns + k] = mean + (plan.scales[k] as number) * outputs.get(i, k)
    })
  }
  return Matrix.wrap(ndarray(data, [outputs.rows, outputs.columns]))
}

/** Rows of numbers as predictions. */
export function decodeNumbers(plan: NumberPlan, numbers: Matrix): Estimate[] {
  return numbers.toArray().map((row) => {
    if (plan.isSingle) return row[0] as number
    return plan.names === undefined ? row : Object.fromEntries(plan.names.map((name, k) => [name, row[k] as number]))
  })
}

/** The plan that a saved file holds. */
export function readNumberPlan(where: string, value: unknown): NumberPlan {
  checkMember(where, 'targets', value, ['kind', 'names', 'isSingle', 'means', 'scales'])
  const { kind, names, isSingle, means, scales } = value as Partial<NumberPlan>
  const areNumbers = (list: unknown): list is number[] => Array.isArray(list) && list.every(Number.isFinite)
  const isGood = areNumbers(means) && areNumbers(scales) && means.length > 0 && means.length === scales.length
  if (isGood && kind === 'number' && typeof isSingle === 'boolean' && areTexts(names)) {
    return value as NumberPlan
  }
  throw rangeError(where, 'targets', 'what a regressor learned of its targets', value)
}
