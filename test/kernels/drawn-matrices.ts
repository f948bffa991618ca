import fc from 'fast-check'
import { expect } from 'vitest'
import { cellsWith } from '../../src/kernels/cells.ts'
import type { KernelSet } from '../../src/kernels/kernel-set.ts'
import type { Cells, Dtype, View } from '../../src/kernels/plan.ts'

/** Half a unit in the last place of 1. */
export const UNIT = { float32: 2 ** -24, float64: 2 ** -53 }

/** A few roundings of an elementwise formula; what a sum adds is counted by its length. */
export const ROUNDINGS = 16

type Shape = readonly [rows: number, columns: number]

/** Matrices of one allocation, filled with numbers from −2 to 2, between two that must never change. */
export function matrices(kernels: KernelSet, dtype: Dtype, seed: number, shapes: readonly Shape[]) {
  const [before, ...rest] = kernels.allocate(dtype, [[3, 5], ...shapes, [3, 5]]) as [View, ...View[]]
  const after = rest.pop() as View
  let state = seed + 1
  const draw = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 30 - 2
  }
  for (const view of [before, ...rest, after]) {
    const [rows, columns] = view.shape as [number, number]
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) view.set(i, j, draw())
  }
  const edges = () => JSON.stringify([read(before), read(after)])
  const drawn = edges()
  const checkEdges = () => {
    expect(edges()).toBe(drawn)
    expect(rest.flatMap(padding).filter((x) => x !== 0)).toEqual([])
  }
  return { views: rest, checkEdges }
}

export const read = (view: View): number[][] => {
  const [rows, columns] = view.shape as [number, number]
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => view.get(i, j)))
}

/** What lies beyond the columns of each row, which the kernels read as if it were columns: zeros. */
function padding({ data, shape, stride }: View): number[] {
  const [rows, columns] = shape as [number, number]
  const step = stride[0] as number
  const Numbers = data instanceof Float32Array ? Float32Array : Float64Array
  const all = new Numbers(data.buffer as ArrayBuffer, data.byteOffset, rows * step)
  return Array.from(all).filter((_, k) => k % step >= columns)
}

/** Every element of the first rows is as expected, give or take the error allowed; the other rows are as before. */
export function expectNear(
  view: View,
  rows: number,
  before: number[][],
  expected: (i: number, j: number) => [number, number],
) {
  read(view).forEach((row, i) => {
    if (i >= rows) expect(row).toEqual(before[i])
    else {
      row.forEach((value, j) => {
        const [exact, error] = expected(i, j)
        if (!(Math.abs(value - exact) <= error)) {
          expect.fail(`(${i}, ${j}): ${value} for ${exact} ± ${error}`)
        }
      })
    }
  })
}

/** Σ a(k)·b(k), and Σ |a(k)·b(k)|, which bounds its rounding errors. */
export function sum(length: number, term: (k: number) => number): { exact: number; size: number } {
  let [exact, size] = [0, 0]
  for (let k = 0; k < length; k++) {
    exact += term(k)
    size += Math.abs(term(k))
  }
  return { exact, size }
}

/** What the cells hold in these tests, where a test does not say otherwise. */
export const cellsFor = (rows: number): Cells =>
  cellsWith({
    rows,
    mean: 1 / rows,
    keep: 1,
    rate: 0.25,
    correction1: 0.1,
    correction2: 0.001,
    below: 0,
    l1: 0.5,
    l2: 0.25,
    most: 0.75,
    factor: 0.375,
  })

const size = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65),
)

export const setting = fc.record({ m: size, spare: fc.nat(3), k: size, n: size, seed: fc.nat() })

/** What a property is given: numbers of rows, used and spare, and of columns. */
export type Setting = typeof setting extends fc.Arbitrary<infer S> ? S : never
