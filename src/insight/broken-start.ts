import type { Mismatch } from '../errors.ts'
import { rangeError } from '../errors.ts'
import type { Finding } from '../findings/finding.ts'
import { brokenFunction, brokenParameter } from '../findings/refused-step.ts'
import type { Batch } from '../network/batch.ts'
import type { Engine } from '../network/engine.ts'
import { type BrokenRow, brokenRow, brokenParameter as findBroken, measureLayers } from '../network/evidence.ts'
import type { Blueprint } from '../network/options.ts'

/** The error for a loss that is not finite before any step: it names the parameter, the user's own function, or the row. */
export function brokenStart(
  where: string,
  blueprint: Blueprint,
  engine: Engine,
  batch: Batch,
  loss: number,
): RangeError & Mismatch {
  const row = brokenRow({ engine }, batch)
  const parameter = findBroken(engine.layers)
  const { ownFunction } = measureLayers(blueprint, engine.layers, batch, row?.place ?? 0)
  const error = rangeError(where, 'the loss before the first step', 'a finite number', loss)
  if (parameter !== undefined) error.message += wordCause(brokenParameter(`${parameter.place} is ${parameter.value}`))
  else if (ownFunction !== undefined) error.message += wordCause(brokenFunction(ownFunction))
  else error.message += row === undefined ? FINITE_ROWS : wordRow(row)
  return error
}

const FINITE_ROWS = '. The loss of every row is finite: their sum is not, or the penalty by l1 and l2'

function wordCause({ what, fix }: Finding): string {
  return `. Likely cause: ${what}. ${fix.advice}`
}

function wordRow({ row, layer }: BrokenRow): string {
  const first = layer === undefined ? '' : `; layer ${layer} is the first whose activations are not finite`
  return `. The loss of row ${row} is not finite${first}`
}
