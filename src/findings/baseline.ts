import type { Loss } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'
import { medianOf } from '../tables/statistics.ts'

/** Probabilities are kept so far from 0 and 1, where their logarithms end. */
const LEAST_SHARE = 1e-6

/**
 * The loss of the best outputs that are the same for every row, which know the targets and nothing of the inputs: the mean or the
 * median of each column, or the share of each label. For a loss of the user's own that is taken from Z, z = 0 stands for them.
 */
export function baselineOf(E: Loss, targets: Rows): number {
  if (!('fusedWith' in E)) {
    const [means, medians] = [columnsOf(targets, meanOf), columnsOf(targets, medianOf)]
    const lossOf = (constant: readonly number[]) =>
      meanOver(targets, (t) => t.reduce((sum, target, j) => sum + E.value(constant[j] as number, target), 0))
    return Math.min(lossOf(means), lossOf(medians))
  }
  const shares = columnsOf(targets, meanOf).map((share) => Math.max(LEAST_SHARE, share))
  if (E.fusedWith === 'softmax') return meanOver(targets, (t) => E.value(shares.map(Math.log), t))
  if (E.fusedWith !== 'sigmoid') {
    const zeros = shares.map(() => 0)
    return meanOver(targets, (t) => E.value(zeros, t))
  }
  const logits = shares.map((share) => {
    const inside = Math.min(share, 1 - LEAST_SHARE)
    return Math.log(inside / (1 - inside))
  })
  return meanOver(targets, (t) => E.value(logits, t))
}

function meanOver({ data, rows, columns }: Rows, lossOf: (t: readonly number[]) => number): number {
  let sum = 0
  for (let i = 0; i < rows; i++) sum += lossOf(Array.from(data.subarray(i * columns, (i + 1) * columns)))
  return sum / rows
}

function columnsOf({ data, rows, columns }: Rows, measure: (column: Float64Array) => number): number[] {
  return Array.from({ length: columns }, (_, j) =>
    measure(Float64Array.from({ length: rows }, (_, i) => data[i * columns + j] as number)),
  )
}

function meanOf(column: Float64Array): number {
  return column.reduce((sum, x) => sum + x / column.length, 0)
}
