import ndarray from 'ndarray'
import gemm from 'ndarray-gemm'
import ops from 'ndarray-ops'
import type { KernelSet } from './kernel-set.ts'
import type { Operations } from './ndarray-elements.ts'
import { columns, first, forEach, largest, readRow, writeRow } from './ndarray-elements.ts'
import { adjustments, updates } from './ndarray-updates.ts'
import type { Cells, ElementActivation, Operation, View } from './plan.ts'
import { zeros } from './plan.ts'

/**
 * The reference kernels, written to be read: each operation as its formula, on ndarray, ndarray-ops and ndarray-gemm.
 * Faster sets are proved against this one.
 */
export const ndarrayKernels: KernelSet = {
  name: 'ndarray',

  describe: () => ({ kernels: 'ndarray', products: 'JavaScript', fma: false, wide: false }),

  allocate: (dtype, shapes) => shapes.map(([rows, columns]) => ndarray(zeros(dtype, rows * columns), [rows, columns])),

  prepare: (plan) => (cells) => {
    for (const operation of plan) {
      const run = operations[operation.kind] as (operation: Operation, cells: Cells) => unknown
      if (run(operation, cells) === false) return false
    }
    return true
  },

  combine(kind, out, a, b) {
    if (kind === 'add') ops.add(out, a, b)
    else if (kind === 'subtract') ops.sub(out, a, b)
    else ops.mul(out, a, b)
  },

  isFinite(numbers) {
    let sum = 0 // 0·x is 0, except where x is infinite or no number
    for (let k = 0; k < numbers.length; k++) sum += 0 * (numbers[k] as number)
    return sum === 0
  },

  matmul: (out, a, b) => gemm(out, a, b),
}

const operations: Operations = {
  /** Z = A·W + b */
  affine({ A, W, b, Z }, { rows }) {
    gemm(first(rows, Z), first(rows, A), W)
    for (let i = 0; i < rows; i++) ops.addeq(Z.pick(i, null), b.pick(0, null))
  },

  /** A = f(Z) */
  activate({ f, Z, A }, { rows }) {
    if ('rowwise' in f) {
      for (let i = 0; i < rows; i++) writeRow(A, i, f.value(readRow(Z, i)))
    } else {
      forEach(first(rows, A), (i, j) => A.set(i, j, f.value(Z.get(i, j))))
    }
  },

  /** perRow = E of each row: Σ value(a, t), or value(z, t) of the whole row where E is fused with f */
  loss({ E, Z, A, T, perRow }, { rows }) {
    for (let i = 0; i < rows; i++) {
      if ('fusedWith' in E) {
        perRow.set(i, 0, E.value(readRow(Z, i), readRow(T, i)))
      } else {
        let sum = 0
        for (let j = 0; j < columns(A); j++) sum += E.value(A.get(i, j), T.get(i, j))
        perRow.set(i, 0, sum)
      }
    }
  },

  /** loss = ∂E/∂A ⊙ f'(Z); the fused pair gives it at once; a row-wise f multiplies by its whole Jacobian */
  lossGradient({ E, f, Z, A, T, loss }, { rows }) {
    if ('fusedWith' in E) {
      for (let i = 0; i < rows; i++) writeRow(loss, i, E.derivative(readRow(A, i), readRow(T, i)))
    } else if ('rowwise' in f) {
      for (let i = 0; i < rows; i++) {
        const t = readRow(T, i)
        const a = readRow(A, i)
        writeRow(
          loss,
          i,
          f.derivative(
            a,
            a.map((value, j) => E.derivative(value, t[j] as number)),
          ),
        )
      }
    } else {
      forEach(first(rows, loss), (i, j) => {
        const a = A.get(i, j)
        loss.set(i, j, E.derivative(a, T.get(i, j)) * f.derivative(Z.get(i, j), a))
      })
    }
  },

  /** lossBelow = (loss·Wᵀ) ⊙ f'(Z) */
  propagate({ loss, W, f, Z, A, lossBelow }, { rows }) {
    const below = first(rows, lossBelow)
    gemm(below, first(rows, loss), W.transpose(1, 0))
    timesDerivative(below, f, Z, A)
  },

  /** dW = keep·dW + mean·Aᵀ·loss */
  weightGradient({ A, loss, dW, mean, keep }, cells) {
    gemm(dW, first(cells.rows, A).transpose(1, 0), first(cells.rows, loss), cells[mean], keep ? cells[keep] : 0)
  },

  /** db = keep·db + mean·(column sums of loss) */
  biasGradient({ loss, db, mean, keep }, cells) {
    for (let j = 0; j < columns(db); j++) {
      let sum = 0
      for (let i = 0; i < cells.rows; i++) sum += loss.get(i, j)
      const before = keep && cells[keep] !== 0 ? cells[keep] * db.get(0, j) : 0
      db.set(0, j, before + cells[mean] * sum)
    }
  },

  /** limit = max(1, max |A|)·max |loss| */
  limit({ A, loss, limit }, { rows }) {
    limit.set(0, 0, Math.max(1, largest(first(rows, A))) * largest(first(rows, loss)))
  },

  /** ends the run unless every perRow is finite and every limit less than `below` */
  guard({ perRow, limits }, { rows, below }) {
    for (let i = 0; i < rows; i++) if (!Number.isFinite(perRow.get(i, 0))) return false
    for (let k = 0; k < columns(limits); k++) if (!(limits.get(0, k) < below)) return false
    return true
  },

  /** labels = the index of the greatest a of each row; NaN where one is NaN */
  label({ A, labels }, { rows }) {
    for (let i = 0; i < rows; i++) {
      const row = readRow(A, i)
      const best =
        row.length === 1 ? Number((row[0] as number) >= 0.5) : row.indexOf(row.reduce((a, b) => Math.max(a, b)))
      labels.set(i, 0, row.some(Number.isNaN) ? Number.NaN : best)
    }
  },

  ...adjustments,
  ...updates,
}

/** below = below ⊙ f'(Z), the last step of propagate. */
export function timesDerivative(below: View, f: ElementActivation, Z: View, A: View): void {
  forEach(below, (i, j) => below.set(i, j, below.get(i, j) * f.derivative(Z.get(i, j), A.get(i, j))))
}
