import type { Mismatch } from '../errors.ts'
import { rangeError } from '../errors.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Cause, Evidence } from '../training/diagnosis.ts'
import { diagnose, short, wordUnits } from '../training/diagnosis.ts'
import type { Batch } from './batch.ts'
import { brokenParameter, brokenRow, farthestColumn, measureLayers } from './evidence.ts'
import type { Inside } from './inside.ts'
import type { Refusal } from './steps.ts'

/** The error for a step that was not taken, since it would have left a number not finite. */
export interface Divergence extends RangeError, Mismatch {
  /** what most likely made it so */
  readonly likelyCause: Cause
  /** what was measured */
  readonly evidence: Evidence
  /** what was not finite first, or would not have been: 'the loss', 'the gradient', …; `layer` and `parameter` say of what */
  readonly overflow: string
  /** the index in network.layers; absent for the loss */
  readonly layer?: number
  /** which parameter of the layer; absent for the loss */
  readonly parameter?: 'weights' | 'biases'
  /** the row of the data whose loss is not finite; absent where it is not the loss */
  readonly row?: number
}

/** When a step was tried. */
export interface Attempt {
  readonly where: string
  /** the data, of which the batch is a part */
  readonly inputs: Rows
  readonly targets: Rows
  readonly batch: Batch
  readonly losses: readonly number[]
  readonly rate: number
}

/** Measures why a step was refused, and words it. */
export function divergence({ blueprint, engine }: Inside, refusal: Refusal, attempt: Attempt): Divergence {
  const { where, inputs, targets, batch, losses, rate } = attempt
  const { what, size, layer, parameter } = refusal
  const isLoss = layer === undefined
  const row = isLoss ? brokenRow(engine, batch) : undefined
  const broken = brokenParameter(engine.layers)
  const measured = measureLayers(blueprint, engine.layers, batch)
  const evidence: Evidence = {
    losses,
    learningRate: rate,
    inputs: farthestColumn(inputs),
    targets: farthestColumn(targets),
    ...measured,
    ...(broken === undefined ? {} : { parameter: broken }),
  }
  const { cause, words, advice } = diagnose(evidence, blueprint.optimizer)
  const units = cause === 'units' ? undefined : wordUnits(measured.layers)
  const subject = isLoss
    ? `the loss${row === undefined ? '' : ` of row ${row}`}`
    : `layer ${layer}: ${what} of its ${parameter}`
  const expected = isLoss ? 'a finite number' : `a number that leaves all finite in ${blueprint.dtype}`
  const error = rangeError(where, subject, expected, Number(short(size)))
  error.message += `. The step was not taken: parameters and optimizer are as before it. Likely cause: ${words}${
    units === undefined ? '' : `; ${units}`
  }. ${advice}`
  return Object.assign(error, {
    likelyCause: cause,
    evidence,
    overflow: what,
    ...(isLoss ? {} : { layer, parameter }),
    ...(row === undefined ? {} : { row }),
  }) as Divergence
}
