import ndarray from 'ndarray'
import { checkMember, rangeError, typeError } from '../errors.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import { isArrayLike, readRows } from '../matrix/rows.ts'

/** How columns are scaled: x becomes (x − mean)/scale. Plain data, that can be saved beside a network. */
export interface Scaling {
  /** the mean of each column */
  readonly means: readonly number[]
  /** what each column is divided by */
  readonly scales: readonly number[]
}

/** Scaled columns reach at most so far: a column of zeros with one great number is not made a greater one. */
const FARTHEST = 10

/** Numbers that differ by less are next to 0, where rounding is coarse. */
const LEAST = 1e-300

/**
 * Learns how the columns of a table are brought to mean 0 and standard deviation 1.
 *
 *     (x − mean)/scale      scale = max(standard deviation, max |x − mean|/10), 1 for a constant column
 *
 * Learn it from the rows that are trained on, and scale all others by the same numbers.
 *
 * @param table n×d, finite numbers; a flat array is a column
 * @returns plain data for {@link scaleColumns}
 * @throws TypeError or RangeError for what is no table of finite numbers
 * @example
 * import { learnScaling, scaleColumns } from 'bp-net'
 * const scaling = learnScaling([[1000], [3000]])
 * console.log(scaling.means[0], scaling.scales[0]) // 2000 1000
 * console.log(scaleColumns([[4000]], scaling).toArray()) // [ [ 2 ] ]
 */
export function learnScaling(table: Table): Scaling {
  const isFlat = isArrayLike(table) && typeof table[0] === 'number'
  const reading = { where: 'learnScaling', subject: 'the table', dtype: 'float64', finite: true } as const
  return scalingOf(readRows(table, isFlat ? { ...reading, columns: 1 } : reading))
}

/** The same of rows that were read: of those that are named, or of all. */
export function scalingOf({ data, rows, columns }: Rows, order?: ArrayLike<number>): Scaling {
  const count = order?.length ?? rows
  const [means, most, squares] = [0, 1, 2].map(() => new Float64Array(columns)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const forEach = (see: (x: number, j: number) => void) => {
    for (let i = 0; i < count; i++) {
      const from = (order?.[i] ?? i) * columns
      for (let j = 0; j < columns; j++) see(data[from + j] as number, j)
    }
  }
  forEach((x, j) => {
    means[j] = (means[j] as number) + x / count
  })
  forEach((x, j) => {
    most[j] = Math.max(most[j] as number, Math.abs(x - (means[j] as number)))
  })
  forEach((x, j) => {
    if (most[j] !== 0) squares[j] = (squares[j] as number) + ((x - (means[j] as number)) / (most[j] as number)) ** 2
  })
  return {
    means: Array.from(means),
    scales: Array.from(most, (far, j) => {
      if (far <= Math.max(LEAST, Math.abs(means[j] as number) * 2 ** -30)) return 1 // less is rounding of the mean
      return far * Math.max(Math.sqrt((squares[j] as number) / count), 1 / FARTHEST)
    }),
  }
}

/**
 * Scales the columns of a table: (x − mean)/scale.
 *
 * @param table n×d
 * @param scaling as {@link learnScaling} gives it, of d columns; undefined leaves the numbers as they are
 * @returns n×d, float64
 * @throws TypeError or RangeError for what is no table of finite numbers, or a scaling of other columns
 * @example
 * import { learnScaling, scaleColumns } from 'bp-net'
 * const rows = [[10, 0.1], [20, 0.3]]
 * console.log(scaleColumns(rows, learnScaling(rows)).get(1, 0)) // 1
 */
export function scaleColumns(table: Table, scaling: Scaling | undefined): Matrix {
  return change('scaleColumns', table, scaling, (x, mean, scale) => (x - mean) / scale)
}

/**
 * Brings scaled columns back: x·scale + mean, as for predictions of a network that was trained on scaled targets.
 *
 * @param table n×d
 * @param scaling as {@link learnScaling} gives it, of d columns; undefined leaves the numbers as they are
 * @returns n×d, float64
 * @throws TypeError or RangeError for what is no table of finite numbers, or a scaling of other columns
 * @example
 * import { learnScaling, unscaleColumns } from 'bp-net'
 * console.log(unscaleColumns([[2]], learnScaling([[1000], [3000]])).toArray()) // [ [ 4000 ] ]
 */
export function unscaleColumns(table: Table, scaling: Scaling | undefined): Matrix {
  return change('unscaleColumns', table, scaling, (x, mean, scale) => x * scale + mean)
}

function change(
  where: string,
  table: Table,
  scaling: Scaling | undefined,
  to: (x: number, mean: number, scale: number) => number,
): Matrix {
  if (scaling === undefined) return Matrix.from(table)
  checkMember(where, 'scaling', scaling, ['means', 'scales'])
  const means = readNumbers(where, 'scaling.means', scaling.means)
  const scales = readNumbers(where, 'scaling.scales', scaling.scales)
  const columns = means.length
  if (scales.length !== columns) {
    throw rangeError(where, 'the number of scaling.scales', `${columns}, one for each mean`, scales.length)
  }
  const zero = scales.findIndex((scale) => scale <= 0)
  if (zero >= 0) throw rangeError(where, `scaling.scales[${zero}]`, 'a number above 0', scales[zero])
  const read = readRows(table, { where, subject: 'the table', dtype: 'float64', finite: true, columns })
  const data = Float64Array.from(read.data, (x, k) =>
    to(x, means[k % columns] as number, scales[k % columns] as number),
  )
  return Matrix.wrap(ndarray(data, [read.rows, columns]))
}

function readNumbers(where: string, subject: string, value: unknown): number[] {
  if (!isArrayLike(value) || value.length === 0) throw typeError(where, subject, 'an array of numbers', value)
  return Array.from(value, (x, j) => {
    if (typeof x !== 'number') throw typeError(where, `${subject}[${j}]`, 'a finite number', x)
    if (!Number.isFinite(x)) throw rangeError(where, `${subject}[${j}]`, 'a finite number', x)
    return x
  })
}
