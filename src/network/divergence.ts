import type { Mismatch } from '../errors.ts'
import { Phrase, rangeError } from '../errors.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Cause, Evidence } from '../training/diagnosis.ts'
import { diagnose, wordUnits } from '../training/diagnosis.ts'
import { isByRate, SAFE } from '../training/guard.ts'
import { short } from '../training/number-words.ts'
import type { Batch } from './batch.ts'
import { brokenParameter, brokenRow, farthestColumn, measureLayers } from './evidence.ts'
import type { Inside } from './inside.ts'
import type { Refusal } from './refusal.ts'

/** The error for a step that was not taken, since it would have left a number not finite. */
export interface Divergence extends RangeError, Mismatch {
  /** what most likely made it so */
  readonly likelyCause: Cause
  /** what was measured */
  readonly evidence: Evidence
  /** what was not finite first, or would not have been: 'the loss', 'the gradient', …; `layer` and `parameter` say of what */
  readonly overflow: string
  /** the index in network.layers, for the loss that of the first whose activations are not finite; absent where only the loss is so */
  readonly layer?: number
  /** of the layer; absent for the loss */
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
  /** λ of the penalty */
  readonly l2: number
}

/** Measures why a step was refused, and words it. */
export function divergence(inside: Inside, refusal: Refusal, attempt: Attempt): Divergence {
  const { blueprint, engine } = inside
  const { where, inputs, targets, batch, losses, rate, l2 } = attempt
  const row = refusal.layer === undefined ? brokenRow(inside, batch) : undefined
  const broken = brokenParameter(engine.layers)
  const measured = measureLayers(blueprint, engine.layers, batch, row?.place ?? 0)
  const evidence: Evidence = {
    losses,
    learningRate: rate,
    decay: blueprint.optimizer.weightDecay + l2,
    inputs: farthestColumn(inputs, batch.order),
    targets: farthestColumn(targets, batch.order),
    ...measured,
    ...(broken === undefined ? {} : { parameter: `${broken.place} is ${broken.value}` }),
  }
  const { cause, words, advice } = diagnose(evidence, blueprint.optimizer, losses.length > 0 || isByRate(refusal))
  const units = cause === 'units' || cause === 'gradients' ? undefined : wordUnits(measured.layers)
  const subject = row === undefined ? refusal.subject : `${refusal.subject} of row ${row.row}`
  const isBound = refusal.layer !== undefined && Number.isFinite(refusal.size)
  const expected = isBound ? `below ${short(SAFE[blueprint.dtype])} in ${blueprint.dtype}` : 'a finite number'
  const error = rangeError(where, subject, expected, new Phrase(refusal.received))
  const first = row?.layer === undefined ? '' : `Layer ${row.layer} is the first whose activations are not finite. `
  const also = units === undefined ? '' : `; ${units}`
  error.message += `. ${first}The step was not taken: parameters and optimizer are as before it. Likely cause: ${words}${also}. ${advice}`
  const { layer = row?.layer, parameter } = refusal
  return Object.assign(error, {
    likelyCause: cause,
    evidence,
    overflow: refusal.what,
    ...(layer === undefined ? {} : { layer }),
    ...(parameter === undefined ? {} : { parameter }),
    ...(row === undefined ? {} : { row: row.row }),
  }) as Divergence
}
