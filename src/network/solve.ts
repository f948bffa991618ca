import type { Table } from '../matrix/rows.ts'
import type { Iterate, Solver, SolverEnd } from '../solvers/solver.ts'
import type { SolverName } from '../solvers/table.ts'
import { solvers } from '../solvers/table.ts'
import { norm } from '../solvers/vector.ts'
import { unlessAborted } from '../training/abort.ts'
import { inTurns, tellInTurns } from '../training/turn.ts'
import { readBatchInPauses } from './batch.ts'
import { InputUnits } from './input-units.ts'
import type { Inside } from './inside.ts'
import { readObjective } from './objective.ts'
import type { Blueprint } from './options.ts'
import { ParameterProblem } from './parameter-problem.ts'
import { readVector, writeVector } from './parameter-vector.ts'
import { isDoubtful } from './solve-doubts.ts'
import { refuseBeyond, refuseParameters, startFault } from './solve-faults.ts'
import type { IterationReport, SolveOptions } from './solve-options.ts'
import { readSolveOptions } from './solve-options.ts'

/** What `solve` found; plain data. */
export interface Solution {
  /** which solver it was */
  readonly method: SolverName
  /**
   * the objective at the end, of the float64 parameters; a float32 network has them rounded, and its own loss differs a little,
   * of an exact fit by much: dtype 'float64' keeps it
   */
  readonly loss: number
  /** √Σ² of the objective's gradient at the end */
  readonly gradientNorm: number
  /** how many were completed */
  readonly iterations: number
  /**
   * at how many points the objective was taken, the start among them: with lbfgs the gradient at each, too, with
   * levenbergMarquardt the Jacobian at the start and after each iteration
   */
  readonly evaluations: number
  /** what ended it */
  readonly stoppedBy: SolveEnd
  /** the objective at the start and after each iteration */
  readonly losses: readonly number[]
  /** how long it took, the reading of the rows included */
  readonly seconds: number
}

/**
 * What ended `solve`:
 *
 *     converged       the last iteration did, and the method promises, no more than tolerance says, or rounding hides the rest
 *     maxIterations   there were so many; calling solve again goes on
 *     stalled         no step that the method knows lowers the objective, though its gradient says that some do, as at kinks; or
 *                     the objective falls without end; or there is reason to doubt the minimum: a network of zeros is better, or
 *                     l2 lets the gradient promise more (columns of very unlike sizes; scale them)
 *     callback        onIteration gave false
 */
export type SolveEnd = SolverEnd | 'callback'

/** Minimises a network's objective at all rows; `begin` is called before the first parameter changes. */
export async function solve(
  inside: Inside,
  inputs: Table,
  targets: Table,
  options: SolveOptions,
  begin: () => void,
): Promise<Solution> {
  const start = performance.now()
  const { method, settings } = readSolveOptions(inside.blueprint, options)
  const { signal, onIteration } = options
  refuseParameters(inside.engine.layers)
  const parameters = inside.engine.workspace.parameters.map(({ parameter }) => parameter)
  const problem = await readProblem(inside, readVector(parameters), inputs, targets, options)
  signal?.throwIfAborted()
  const found: number[] = []
  let last: Iterate | undefined
  const write = () => last && writeVector(parameters, last.x)
  const take = async (iterate: Iterate): Promise<boolean> => {
    if (last === undefined && !Number.isFinite(iterate.value))
      throw startFault(inside.blueprint, problem, iterate.value)
    const isStart = last === undefined
    last = iterate
    found.push(iterate.value)
    if (isStart) return true
    begin()
    write()
    try {
      return (await unlessAborted(onIteration?.(reportOf(iterate, found.length - 1)), signal)) !== false
    } finally {
      write() // what others wrote is no part of the way
    }
  }
  try {
    const solving = (solvers[method] as Solver).solve(problem, problem.start, settings)
    const stoppedBy = await tellInTurns(solving, take, signal)
    write()
    const end = last as unknown as Iterate
    const { value: loss, gradient, evaluations } = end
    await refuseBeyond(inside, problem, end, signal)
    const isDoubted = stoppedBy === 'converged' && (await inTurns(isDoubtful(problem, end), signal))
    return {
      method,
      loss,
      gradientNorm: norm(gradient),
      iterations: found.length - 1,
      evaluations,
      stoppedBy: isDoubted ? 'stalled' : stoppedBy,
      losses: found,
      seconds: (performance.now() - start) / 1000,
    }
  } finally {
    write()
  }
}

function reportOf({ value, gradient, evaluations, step, damping }: Iterate, iteration: number): IterationReport {
  const report = { iteration, loss: value, gradientNorm: norm(gradient), evaluations, step }
  return damping === undefined ? report : { ...report, damping }
}

async function readProblem(
  inside: Inside,
  start: Float64Array,
  inputs: Table,
  targets: Table,
  options: SolveOptions,
): Promise<ParameterProblem> {
  const copy: Blueprint = { ...inside.blueprint, dtype: 'float64' }
  const batch = await inTurns(readBatchInPauses('solve', copy, inputs, targets))
  const { l1, l2, ...terms } = readObjective('solve', copy, batch.targets, options)
  const units = await inTurns(InputUnits.of(batch.inputs, l2, copy.layers[0]?.units as number))
  return new ParameterProblem(inside, { inputs: batch.inputs, ...terms }, { l1, l2 }, { start, units })
}
