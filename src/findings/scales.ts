import { classOf } from '../data/classes.ts'
import { type Scaling, scalingOf } from '../data/scaling.ts'
import type { Loss } from '../kernels/plan.ts'
import { isPause, type Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import { evenly, inOrder } from '../random/permutation.ts'
import { short, wordSeries } from '../training/number-words.ts'
import { type ColumnRange, rangesOf, reachOf, type Unscaled, USUAL_SIZE, unscaled } from './columns.ts'
import type { Finding, Fix } from './finding.ts'

/** Quantiles are taken of so many rows, evenly spread. */
const SAMPLE = 2048

/** A number sticks out where it is so many times the width of the middle half away from the median, and few are. */
const FAR = 50
const FEW = 0.2

/** Of fewer rows, none sticks out. */
const FEWEST_ROWS = 20

/** A column hides what it tells where it is so many times farther from 0 than it is wide; a target column half as many. */
const OFFSET = 10

/** A column hides beside others that are so many times wider; and a whole table that is so narrow hides. */
const NARROW = 1e-3
const TINY = 0.01

const POWERS = ', over several powers of 10 (take its logarithm)'

/** Where the numbers of a column lie, but for a few at its ends. */
interface Bulk extends ColumnRange {
  /** of which a twentieth is below, a quarter, half, a quarter above, a twentieth above */
  readonly low: number
  readonly lower: number
  readonly median: number
  readonly upper: number
  readonly high: number
}

/** Scales of a table: rows that stick out, columns beyond the usual size, far from 0 or narrow; and how to scale what is left. */
export function* findScales(
  data: 'inputs' | 'targets',
  rows: Rows,
  ranges: readonly ColumnRange[],
  E?: Loss,
): Paused<Finding[]> {
  const isLabel = data === 'targets' && classOf(rows) !== undefined
  if (isLabel) return []
  const bulks = yield* bulksOf(rows, ranges)
  // losses that do not square bear targets that stick out
  const bears = data === 'targets' && (E?.name === 'huber' || E?.name === 'absoluteError')
  const outlying = bears ? [] : yield* outlyingRows(rows, bulks)
  const found = outlying.length === 0 ? [] : [outliers(data, rows, bulks, outlying)]
  const [first, ...others] = unscaledOf(data, bulks)
  if (first === undefined) return found
  return [...found, unscaled(data, [first, ...others], { [data]: scalingWithout(rows, outlying) })]
}

/** How to scale a table, learned from the rows that are named, or all, without those that stick out; and those. */
export function* fixScales(
  data: 'inputs' | 'targets',
  rows: Rows,
  order: Uint32Array | undefined,
): Paused<Omit<Fix, 'advice'>> {
  const outlying = yield* outlyingRows(rows, yield* bulksOf(rows, yield* rangesOf(rows)))
  return { [data]: scalingWithout(rows, outlying, order), ...(outlying.length > 0 && { leaveOut: outlying }) }
}

function* bulksOf({ data, rows, columns }: Rows, ranges: readonly ColumnRange[]): Paused<Bulk[]> {
  const sample = evenly(rows, SAMPLE)
  const sorted = new Float64Array(sample.length)
  const bulks: Bulk[] = []
  for (const range of ranges) {
    for (const [k, row] of sample.entries()) sorted[k] = data[row * columns + range.column] as number
    sorted.sort()
    const at = (share: number) => sorted[Math.round(share * (sample.length - 1))] as number
    bulks.push({ ...range, low: at(0.05), lower: at(0.25), median: at(0.5), upper: at(0.75), high: at(0.95) })
    yield
  }
  return bulks
}

/** The rows in which a number is far from all but a few of its column. */
function* outlyingRows({ data, rows, columns }: Rows, bulks: readonly Bulk[]): Paused<number[]> {
  if (rows < FEWEST_ROWS) return []
  const suspects = bulks.flatMap((bulk) => {
    const { column, least, greatest, lower, median, upper } = bulk
    const far = Math.max(FAR * (upper - lower), USUAL_SIZE)
    const isSuspect = !isSparse(bulk) && !isSkewed(bulk) && (least < median - far || greatest > median + far)
    return isSuspect ? [{ column, from: median - far, to: median + far }] : []
  })
  const found: number[] = []
  for (let i = 0; i < rows && suspects.length > 0; i++) {
    const isOutlying = suspects.some(({ column, from, to }) => {
      const x = data[i * columns + column] as number
      return x < from || x > to
    })
    if (isOutlying) found.push(i)
    if (isPause(i, columns)) yield
  }
  return found.length <= FEW * rows ? found : []
}

/** Whether a column is above 0 and its logarithm has no number that sticks out, as of incomes. */
function isSkewed({ least, lower, median, upper, greatest }: Bulk): boolean {
  if (!(least > 0)) return false
  const width = Math.log(upper) - Math.log(lower)
  const far = Math.max(Math.log(greatest) - Math.log(median), Math.log(median) - Math.log(least))
  return far < (FAR / 10) * width
}

/** Whether most of a column is one number, as off the drawing or for texts without a word. */
function isSparse({ low, median, high }: Bulk): boolean {
  return low === median || median === high
}

function outliers(
  data: 'inputs' | 'targets',
  rows: Rows,
  bulks: readonly Bulk[],
  outlying: readonly number[],
): Finding {
  const farthest = bulks.reduce(
    (held, { column, lower, median, upper }) => {
      for (const row of outlying) {
        const value = rows.data[row * rows.columns + column] as number
        const far = upper > lower ? Math.abs(value - median) / (upper - lower) : 0
        if (far > held.far) held = { far, row, column, value }
      }
      return held
    },
    { far: 0, row: 0, column: 0, value: 0 },
  )
  const { row, column, value } = farthest
  const { lower, upper } = bulks[column] as Bulk
  const many = outlying.length === 1 ? '1 row sticks' : `${outlying.length} rows stick`
  return {
    kind: 'outlyingRows',
    what: `${many} out of the ${data}: row ${row}, column ${column} is ${short(value)}, where half are from ${short(lower)} to ${short(upper)}${outlying.length > 1 ? `; rows ${wordSeries(outlying)}` : ''}`,
    where: { data, rows: outlying, columns: [column] },
    evidence: { outlying: outlying.length, rows: rows.rows, row, column, value },
    fix: {
      advice: 'Look at them: an error, or a code for a missing number? Leave them out, or write what is meant',
      leaveOut: outlying,
    },
  }
}

/** Columns that are too large, too far from 0 or too narrow, worst first. */
function unscaledOf(data: 'inputs' | 'targets', bulks: readonly Bulk[]): Unscaled[] {
  const changing = bulks.filter(({ least, greatest }) => least < greatest)
  const large = bulks.filter(({ low, high }) => reachOf({ least: low, greatest: high }) > USUAL_SIZE)
  const width = ({ low, high }: Bulk) => high - low
  const widest = changing.reduce((most, bulk) => Math.max(most, width(bulk)), 0)
  const least = data === 'inputs' ? OFFSET : OFFSET / 2
  const others = changing.filter((bulk) => !large.includes(bulk) && !isSparse(bulk))
  // three quarters of the width of nine in ten are about the deviation of numbers that spread evenly
  const far = others.filter((bulk) => Math.abs(bulk.median) > Math.max(0.3 * least * width(bulk), 0.1))
  const narrow = data === 'inputs' ? others.filter((bulk) => !far.includes(bulk) && width(bulk) < NARROW * widest) : []
  const isTiny = changing.length > 0 && changing.every((bulk) => width(bulk) < TINY && reachOf(bulk) < 10 * TINY)
  const tiny = isTiny && data === 'targets' ? changing : changing.filter((bulk) => isTiny && reachOf(bulk) < TINY)
  return [
    ...large
      .sort((a, b) => reachOf(b) - reachOf(a))
      .map((bulk) => (isSkewed(bulk) && bulk.greatest > 100 * bulk.median ? { ...bulk, words: POWERS } : bulk)),
    ...far.map((bulk) => ({ ...bulk, words: ', far from 0 for its width' })),
    ...narrow.map((bulk) => ({ ...bulk, words: `, where another is ${short(widest)} wide` })),
    ...(large.length + far.length + narrow.length === 0 ? tiny : []),
  ]
}

/** Rows to validate on of which most lie far outside the columns of those that are trained on: scaled in another way. */
export function* findForeign(ranges: readonly ColumnRange[], validation: Rows): Paused<Finding[]> {
  const { data, rows, columns } = validation
  const outside = new Float64Array(columns)
  for (let i = 0; i < rows; i++) {
    for (const { column, least, greatest } of ranges) {
      const x = data[i * columns + column] as number
      const room = greatest - least
      if (x < least - room || x > greatest + room) outside[column] = (outside[column] as number) + 1
    }
    if (isPause(i, columns)) yield
  }
  const [first, ...others] = ranges.filter(({ column }) => (outside[column] as number) > rows / 2)
  if (first === undefined) return []
  const { column, least, greatest } = first
  const there = (yield* rangesOf(validation))[column] as ColumnRange
  const more = others.length === 0 ? '' : `, and ${others.length} more differ so`
  return [
    {
      kind: 'unscaledInputs',
      what: `the validation inputs are not scaled as those that are trained on: column ${column} goes from ${short(there.least)} to ${short(there.greatest)}, there from ${short(least)} to ${short(greatest)}${more}`,
      where: { data: 'validation', columns: [column, ...others.map((range) => range.column)] },
      evidence: { column, least: there.least, greatest: there.greatest },
      fix: { advice: 'Scale both by the numbers that were learned from the rows to train on' },
    },
  ]
}

/** A scaling that is learned without some rows. */
function scalingWithout(rows: Rows, left: readonly number[], order = inOrder(rows.rows)): Scaling {
  const out = new Set(left)
  return scalingOf(
    rows,
    order.filter((row) => !out.has(row)),
  )
}
