import { cellsWith } from './cells.ts'
import type { KernelSet } from './kernel-set.ts'
import type { View } from './plan.ts'

/** Sizes that are no multiples of a tile, and enough work that no set leaves it to another. */
const [ROWS, INNER, COLUMNS] = [13, 19, 17]

const found = new WeakMap<KernelSet, { fault: string | undefined }>()

/**
 * What is wrong with the products of a set, if something is, as it follows "it …": at first use it multiplies small whole
 * numbers, whose sums are exact in any order, in both types.
 */
export function faultOf(set: KernelSet): string | undefined {
  let entry = found.get(set)
  if (entry === undefined) {
    entry = { fault: check(set) }
    found.set(set, entry)
  }
  return entry.fault
}

function check(set: KernelSet): string | undefined {
  try {
    for (const dtype of ['float32', 'float64'] as const) {
      const [A, W, b, Z] = set.allocate(dtype, [
        [ROWS, INNER],
        [INNER, COLUMNS],
        [1, COLUMNS],
        [ROWS, COLUMNS],
      ]) as [View, View, View, View]
      fill(A, 1)
      fill(W, 2)
      fill(b, 3)
      set.prepare([{ kind: 'affine', A, W, b, Z }])(cellsWith({ rows: ROWS }))
      const wrong = firstWrong(A, W, b, Z)
      if (wrong !== undefined) return `multiplies wrongly: ${wrong} in ${dtype}`
    }
    return undefined
  } catch (error) {
    return `fails at a small product: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Whole numbers from −8 to 8. */
function fill(view: View, seed: number): void {
  const [rows, columns] = view.shape as [number, number]
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) view.set(i, j, ((7 * i + 5 * j + seed) % 17) - 8)
}

/** The first element of Z that is not A·W + b, in words. */
function firstWrong(A: View, W: View, b: View, Z: View): string | undefined {
  for (let i = 0; i < ROWS; i++) {
    for (let j = 0; j < COLUMNS; j++) {
      let expected = b.get(0, j)
      for (let k = 0; k < INNER; k++) expected += A.get(i, k) * W.get(k, j)
      if (Z.get(i, j) !== expected) return `${Z.get(i, j)} for ${expected}`
    }
  }
  return undefined
}
