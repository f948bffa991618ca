import type { Cells } from './plan.ts'

/** Cells that change nothing: one row, no penalty, no clipping, no random bits; but for what is given. */
export function cellsWith(given: Partial<Cells> = {}): Cells {
  return {
    rows: 1,
    mean: 1,
    keep: 0,
    rate: 0,
    correction1: 1,
    correction2: 1,
    putOff: 0,
    below: Number.POSITIVE_INFINITY,
    l1: 0,
    l2: 0,
    most: Number.POSITIVE_INFINITY,
    factor: 1,
    key: 0,
    start: 0,
    ...given,
  }
}
