import type { Mismatch } from '../errors.ts'
import { Phrase, rangeError } from '../errors.ts'
import { farthestOf, rangesOf } from '../findings/columns.ts'
import type { Finding, FindingKind } from '../findings/finding.ts'
import { wordUnits } from '../findings/layers.ts'
import { type Evidence, findingsOf } from '../findings/refused-step.ts'
import { fixScales } from '../findings/scales.ts'
import { drain } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import { isByRate, SAFE } from '../training/guard.ts'
import { short } from '../training/number-words.ts'
import type { Batch } from './batch.ts'
import { brokenParameter, brokenRow, measureLayers } from './evidence.ts'
import type { Inside } from './inside.ts'
import type { Refusal } from './refusal.ts'

/** The error for a step that was not taken, since it would have left a number not finite. */
export interface Divergence extends RangeError, Mismatch {
  /** what most likely made it so: the kind of the first finding */
  readonly likelyCause: FindingKind
  /** what may have made it so, the likeliest first, each with what helps */
  readonly findings: readonly Finding[]
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

/**
 * Whether an error says that a step was not taken, and why.
 *
 * @param error whatever was caught
 * @returns true for a {@link Divergence}, with its findings
 * @example
 * import { isDivergence, Network } from 'bp-net'
 * const network = new Network({ layers: [1, 1], outputActivation: 'identity', learningRate: 1e9, seed: 1 })
 * await network.fit([1, 2], [1, 2], { epochs: 9 }).catch((error) => {
 *   if (isDivergence(error)) console.log(error.findings[0]?.kind) // rateTooHigh
 * })
 */
export function isDivergence(error: unknown): error is Divergence {
  return error instanceof RangeError && 'likelyCause' in error && 'findings' in error
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
    inputs: farthestOf(drain(rangesOf(inputs, batch.order))),
    targets: farthestOf(drain(rangesOf(targets, batch.order))),
    ...measured,
    ...(broken === undefined ? {} : { parameter: `${broken.place} is ${broken.value}` }),
  }
  const found = findingsOf(evidence, blueprint.optimizer, losses.length > 0 || isByRate(refusal))
  const findings = found.map((finding) => withScaling(finding, attempt))
  const [{ kind, what, fix }] = found
  const units = ABOUT_LAYERS.includes(kind) ? undefined : wordUnits(measured.layers)
  const subject = row === undefined ? refusal.subject : `${refusal.subject} of row ${row.row}`
  const isBound = refusal.layer !== undefined && Number.isFinite(refusal.size)
  const expected = isBound ? `below ${short(SAFE[blueprint.dtype])} in ${blueprint.dtype}` : 'a finite number'
  const error = rangeError(where, subject, expected, new Phrase(refusal.received))
  const first = row?.layer === undefined ? '' : `Layer ${row.layer} is the first whose activations are not finite. `
  const also = units === undefined ? '' : `; ${units}`
  error.message += `. ${first}The step was not taken: parameters and optimizer are as before it. Likely cause: ${what}${also}. ${fix.advice}`
  const { layer = row?.layer, parameter } = refusal
  return Object.assign(error, {
    likelyCause: kind,
    findings,
    evidence,
    overflow: refusal.what,
    ...(layer === undefined ? {} : { layer }),
    ...(parameter === undefined ? {} : { parameter }),
    ...(row === undefined ? {} : { row: row.row }),
  }) as Divergence
}

/** Findings that speak of layers themselves. */
const ABOUT_LAYERS: readonly FindingKind[] = ['deadUnits', 'saturatedUnits', 'explodingGradients']

/** Data that is not scaled, with how its columns are brought to the usual size, and rows that stick out. */
function withScaling(finding: Finding, attempt: Attempt): Finding {
  const data = { unscaledInputs: 'inputs', unscaledTargets: 'targets' } as const
  if (finding.kind !== 'unscaledInputs' && finding.kind !== 'unscaledTargets') return finding
  const name = data[finding.kind]
  const { order } = attempt.batch
  const fix = drain(fixScales(name, attempt[name], order))
  return { ...finding, fix: { ...finding.fix, ...fix } }
}
