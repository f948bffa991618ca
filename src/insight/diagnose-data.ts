import { findConstant, rangesOf } from '../findings/columns.ts'
import type { Finding } from '../findings/finding.ts'
import { findImbalance } from '../findings/labels.ts'
import { findUnreachable } from '../findings/reach.ts'
import { findDuplicates, findLeaks } from '../findings/repeats.ts'
import { findForeign, findScales } from '../findings/scales.ts'
import type { FloatArray } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Blueprint } from '../network/options.ts'

/** Rows to train on, and those to validate on. */
export interface Data {
  readonly inputs: Rows
  readonly targets: Rows
  readonly weights?: FloatArray
  readonly validation?: Rows
}

/** What is found in the data alone, for a network of such outputs and such a loss. */
export function* findInData({ layers, E }: Blueprint, data: Data): Paused<Finding[]> {
  const { inputs, targets, validation, weights } = data
  const { f } = layers.at(-1) as Blueprint['layers'][number]
  const inputRanges = yield* rangesOf(inputs)
  const targetRanges = yield* rangesOf(targets)
  const found = yield* findScales('inputs', inputs, inputRanges)
  found.push(...findConstant('inputs', inputs, inputRanges))
  yield
  const unreachable = findUnreachable(targets, f, E)
  found.push(...unreachable)
  if (unreachable.length === 0) found.push(...(yield* findScales('targets', targets, targetRanges, E)))
  found.push(...findConstant('targets', targets, targetRanges))
  if (weights === undefined) found.push(...findImbalance(targets))
  yield
  found.push(...(yield* findDuplicates(inputs, targets)))
  if (validation === undefined) return found
  return [...found, ...(yield* findForeign(inputRanges, validation)), ...(yield* findLeaks(inputs, validation))]
}
