import type { Paused } from '../matrix/pauses.ts'
import type { Vector } from './vector.ts'

/** So many products between two pauses: about a millisecond. */
const PRODUCTS = 2 ** 20

/** So many rows are made side by side, so that each row above them is fetched from memory once for all. */
const ROWS = 16

/**
 * Cholesky's factor of a symmetric matrix, A = L·Lᵀ, in the place of its lower triangle, which lies row by row; false where A
 * is not positive definite, as far as rounding tells, and then what is left means nothing.
 */
export function* factorize(A: Vector, size: number): Paused<boolean> {
  let products = 0
  for (let from = 0; from < size; from += ROWS) {
    const to = Math.min(size, from + ROWS)
    for (let j = 0; j < to; j++) {
      if (!fillColumn(A, j, Math.max(from, j), to)) return false
      products += j * (to - from)
      if (products < PRODUCTS) continue
      products = 0
      yield
    }
  }
  return true
}

/** The elements of column j of L in some rows from the diagonal down; false where the diagonal has no root. */
function fillColumn(A: Vector, j: number, from: number, to: number): boolean {
  const above = (j * (j + 1)) / 2
  for (let i = from; i < to; i++) {
    const row = (i * (i + 1)) / 2
    const element = A[row + j] as number
    const rest = element - partialDot(A, row, above, j)
    if (i > j) A[row + j] = rest / (A[above + j] as number)
    else if (!(rest > Number.EPSILON * element) || rest === Number.POSITIVE_INFINITY) return false
    else A[row + j] = Math.sqrt(rest)
  }
  return true
}

/** Solves L·Lᵀ·x = b, in a new vector. */
export function* solveFactorized(L: Vector, b: Vector): Paused<Vector> {
  const x = b.slice()
  const rows = Math.ceil(PRODUCTS / x.length)
  for (let i = 0; i < x.length; i++) {
    const row = (i * (i + 1)) / 2
    let rest = x[i] as number
    for (let j = 0; j < i; j++) rest -= (L[row + j] as number) * (x[j] as number)
    x[i] = rest / (L[row + i] as number)
    if (i % rows === rows - 1) yield
  }
  for (let i = x.length - 1; i >= 0; i--) {
    const row = (i * (i + 1)) / 2
    const value = (x[i] as number) / (L[row + i] as number)
    x[i] = value
    for (let j = 0; j < i; j++) x[j] = (x[j] as number) - value * (L[row + j] as number)
    if (i % rows === 0) yield
  }
  return x
}

/** The sum of so many products of elements from p and from q on: in four sums, which the processor adds side by side. */
function partialDot(A: Vector, p: number, q: number, count: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  const even = count - (count % 4)
  for (let k = 0; k < even; k += 4) {
    a += (A[p + k] as number) * (A[q + k] as number)
    b += (A[p + k + 1] as number) * (A[q + k + 1] as number)
    c += (A[p + k + 2] as number) * (A[q + k + 2] as number)
    d += (A[p + k + 3] as number) * (A[q + k + 3] as number)
  }
  for (let k = even; k < count; k++) a += (A[p + k] as number) * (A[q + k] as number)
  return a + b + (c + d)
}
