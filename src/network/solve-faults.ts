import type { Mismatch } from '../errors.ts'
import { Phrase, rangeError } from '../errors.ts'
import { farthestOf, rangesOf } from '../findings/columns.ts'
import type { Finding } from '../findings/finding.ts'
import * as cause from '../findings/refused-step.ts'
import { drain } from '../matrix/pauses.ts'
import { activations } from '../rule/activations.ts'
import { losses } from '../rule/losses.ts'
import type { Layer } from '../rule/rule.ts'
import type { Point } from '../solvers/solver.ts'
import { short } from '../training/number-words.ts'
import { inTurns } from '../training/turn.ts'
import type { Batch } from './batch.ts'
import type { Engine } from './engine.ts'
import { brokenParameter, brokenRow, measureLayers } from './evidence.ts'
import type { Inside } from './inside.ts'
import type { Blueprint } from './options.ts'
import type { ParameterProblem } from './parameter-problem.ts'

const WHERE = 'solve'

type Fault = RangeError & Mismatch

/** Throws where a solver could not begin, since a parameter is not finite. */
export function refuseParameters(layers: readonly Layer[]): void {
  const broken = brokenParameter(layers)
  if (broken === undefined) return
  const { place, value } = broken
  const words = `${place} is ${value}`
  throw because(rangeError(WHERE, place, 'a finite number', value), cause.brokenParameter(words))
}

/** The error for an objective that is not finite at the start. */
export function startFault(blueprint: Blueprint, { engine, batch }: ParameterProblem, value: number): Fault {
  const row = brokenRow({ engine }, batch)
  const wide: Blueprint = { ...blueprint, dtype: 'float64' }
  const measured = measureLayers(wide, engine.layers, batch, row?.place ?? 0)
  const [finding] = cause.findingsOf(
    {
      losses: [],
      learningRate: 0,
      decay: 0,
      inputs: farthestOf(drain(rangesOf(batch.inputs))),
      targets: farthestOf(drain(rangesOf(batch.targets ?? batch.inputs))),
      ...measured,
    },
    blueprint.optimizer,
    false,
  )
  const error = rangeError(WHERE, `the loss${row ? ` of row ${row.row}` : ''} at the start`, 'a finite number', value)
  if (row?.layer !== undefined) error.message += `. Layer ${row.layer} is the first whose activations are not finite`
  return because(error, finding)
}

/** The error for a gradient that is not finite where the loss is: by a function of the user's own; undefined where none did that. */
export function gradientFault(blueprint: Blueprint, engine: Engine, batch: Batch, size: number): Fault | undefined {
  const isBuiltIn =
    blueprint.layers.every(({ f }) => Object.hasOwn(activations, f.name)) && Object.hasOwn(losses, blueprint.E.name)
  if (isBuiltIn) return undefined
  const { blockRows } = engine.workspace
  const wide: Blueprint = { ...blueprint, dtype: 'float64' }
  for (let place = 0; place < batch.inputs.rows; place += blockRows) {
    const { ownFunction } = measureLayers(wide, engine.layers, batch, place)
    if (ownFunction === undefined) continue
    return because(rangeError(WHERE, 'the gradient', 'a finite number', size), cause.brokenFunction(ownFunction))
  }
  return undefined
}

/** Throws where the way led to numbers that the network's own type cannot hold: to a parameter, or to its loss. */
export async function refuseBeyond(
  { blueprint: { dtype }, engine }: Inside,
  problem: ParameterProblem,
  { x, value }: Point,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (dtype === 'float64') return
  const wider = "new Network({ dtype: 'float64' }) has room"
  const beyond = problem.beyondAt(x)
  if (beyond !== undefined) {
    const expected = `at most 3.4e38 in ${dtype}; ${wider}, if the objective has a minimum at all`
    throw rangeError(WHERE, `${beyond.place} of the next step`, expected, new Phrase(short(beyond.value)))
  }
  const loss = await inTurns(engine.lossInBlocks(problem.batch, problem.penalty), signal)
  if (Number.isFinite(loss)) return
  const expected = `a finite number, as the ${short(value)} that it is in float64; ${wider}`
  throw rangeError(WHERE, `the loss that the solution has in ${dtype}`, expected, new Phrase(String(loss)))
}

/** Names the likely cause, and what helps. */
function because(error: Fault, finding: Finding): Fault {
  error.message += `. Likely cause: ${finding.what}. ${finding.fix.advice}`
  return Object.assign(error, { likelyCause: finding.kind, findings: [finding] })
}
