import type { View } from '../kernels/plan.ts'
import type { Vector } from '../solvers/vector.ts'
import { wordPlace } from './evidence.ts'

/** All elements of some matrices in one vector: matrix by matrix, row by row. */
export function readVector(views: readonly View[]): Vector {
  const x = new Float64Array(views.reduce((sum, { size }) => sum + size, 0))
  eachRow(views, ({ data }, from, at, columns) => {
    for (let j = 0; j < columns; j++) x[at + j] = data[from + j] as number
  })
  return x
}

/** Puts such a vector into the matrices, in their own type. */
export function writeVector(views: readonly View[], x: Vector): void {
  eachRow(views, ({ data }, from, at, columns) => {
    data.set(x.subarray(at, at + columns), from)
  })
}

/** Visits each row: where it begins in its matrix's data, where in the vector, and how long it is. */
function eachRow(views: readonly View[], visit: (view: View, from: number, at: number, columns: number) => void): void {
  let at = 0
  for (const view of views) {
    const [rows, columns] = view.shape as [number, number]
    for (let i = 0; i < rows; i++) {
      visit(view, view.offset + i * (view.stride[0] as number), at, columns)
      at += columns
    }
  }
}

/** Where element k of such a vector lies among W_1, b_1, W_2, …, in words. */
export function placeOf(views: readonly View[], k: number): string {
  let at = k
  for (const [n, { shape, size }] of views.entries()) {
    const [, columns] = shape as [number, number]
    const [i, j] = [Math.floor(at / columns), at % columns]
    if (at < size) return wordPlace(n >> 1, n % 2 === 0, i, j)
    at -= size
  }
  throw new RangeError('no element')
}
