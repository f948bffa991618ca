import {
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  Phrase,
  rangeError,
  typeError,
  unknownName,
} from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import { losses } from '../rule/losses.ts'
import type { Iterate, Solver, SolverEnd, SolverSettings, Solving } from '../solvers/solver.ts'
import type { SolverName } from '../solvers/table.ts'
import { solverNames, solvers } from '../solvers/table.ts'
import { norm } from '../solvers/vector.ts'
import { checkSignal } from '../training/loop-options.ts'
import { isOptimizerName } from '../training/optimizers.ts'
import { inTurns, otherWork, Turn } from '../training/turn.ts'
import { readBatchInPauses } from './batch.ts'
import type { Inside } from './inside.ts'
import type { Objective } from './objective.ts'
import { objectiveOptions, readObjective } from './objective.ts'
import type { Blueprint } from './options.ts'
import { ParameterProblem } from './parameter-problem.ts'
import { writeVector } from './parameter-vector.ts'

/** How `solve` goes: the way, when it ends, and the terms of the objective. */
export interface SolveOptions extends Objective {
  /** 'lbfgs' ('lbfgs'), or 'levenbergMarquardt' for squaredError, up to 4096 parameters, without l1 */
  readonly method?: SolverName
  /** ends after so many iterations (1000) */
  readonly maxIterations?: number
  /**
   * from 0 to below 1 (1e-9): ends where √Σ² of the gradient is at most so many times that of the start, or where an
   * iteration lowers the objective by at most this share of it, and levenbergMarquardt's model promises no more either
   */
  readonly tolerance?: number
  /** called and awaited after each iteration; false stops */
  readonly onIteration?: (report: IterationReport) => unknown
  /** stops where the iteration in work stands: solve rejects with the signal's reason, the last completed iteration stays */
  readonly signal?: AbortSignal
}

/** What an iteration of `solve` gave. */
export interface IterationReport {
  /** counted from 1 */
  readonly iteration: number
  /** the objective after it */
  readonly loss: number
  /** √Σ² of the objective's gradient by all parameters */
  readonly gradientNorm: number
  /** at how many points the objective was taken so far, the start among them */
  readonly evaluations: number
  /** √Σ² of the way of all parameters in this iteration */
  readonly step: number
  /** levenbergMarquardt's μ for the next iteration; absent with other methods */
  readonly damping?: number
}

/** What `solve` found; plain data. */
export interface Solution {
  /** which solver it was */
  readonly method: SolverName
  /** the objective at the end, of the float64 parameters; a float32 network has them rounded, and its own loss differs a little */
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
  /** what ended it; stalled: no step that the method knows lowers the objective, though its gradient says that some do */
  readonly stoppedBy: SolveEnd
  /** the objective at the start and after each iteration */
  readonly losses: readonly number[]
  /** how long it took, the reading of the rows included */
  readonly seconds: number
}

/** What ended `solve`. */
export type SolveEnd = SolverEnd | 'callback'

const WHERE = 'solve'

const solveOptions = [...objectiveOptions, 'method', 'maxIterations', 'tolerance', 'onIteration', 'signal']

const NO_BATCHES = 'a solver takes all rows at once; fit takes batches'
const OWN_STEPS = 'a solver finds the length of its steps itself; fit and train have a learning rate'

/** What users of fit look for here. */
const elsewhere = {
  batchSize: NO_BATCHES,
  shuffle: NO_BATCHES,
  epochs: 'a solver counts iterations: maxIterations',
  maxSteps: 'a solver counts iterations: maxIterations',
  learningRate: OWN_STEPS,
  schedule: OWN_STEPS,
  optimizer: 'a solver takes its place: method',
  solver: 'it is called method',
  validation: 'a solver takes all rows as they are; onIteration can measure others',
  earlyStopping: 'onIteration can return false',
  onEpoch: 'onIteration is called',
  clipNorm: 'a solver takes gradients as they are',
  clipValue: 'a solver takes gradients as they are',
} as const

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
  const problem = await readProblem(inside, inputs, targets, options)
  options.signal?.throwIfAborted()
  const parameters = inside.engine.workspace.parameters.map(({ parameter }) => parameter)
  const found: number[] = []
  let last: Iterate | undefined
  const take = async (iterate: Iterate): Promise<boolean> => {
    const isStart = last === undefined
    if (isStart && !Number.isFinite(iterate.value)) {
      throw rangeError(WHERE, 'the loss at the start', 'a finite number', iterate.value)
    }
    last = iterate
    found.push(iterate.value)
    if (isStart) return true
    begin()
    writeVector(parameters, iterate.x)
    return (await options.onIteration?.(reportOf(iterate, found.length - 1))) !== false
  }
  const stoppedBy = await goThrough((solvers[method] as Solver).solve(problem, problem.start, settings), take, options)
  const { value: loss, gradient, evaluations } = last as unknown as Iterate
  return {
    method,
    loss,
    gradientNorm: norm(gradient),
    iterations: found.length - 1,
    evaluations,
    stoppedBy,
    losses: found,
    seconds: (performance.now() - start) / 1000,
  }
}

/** Takes a solver to its end, turn by turn. */
async function goThrough(
  solving: Solving,
  take: (iterate: Iterate) => Promise<boolean>,
  { signal }: SolveOptions,
): Promise<SolveEnd> {
  const turn = new Turn()
  for (;;) {
    const { done, value } = solving.next()
    if (done === true) return value
    const goesOn = value === undefined || (await take(value))
    turn.look()
    if (turn.isUp) {
      await otherWork()
      turn.goOn()
    }
    signal?.throwIfAborted()
    if (!goesOn) return 'callback'
  }
}

function reportOf({ value, gradient, evaluations, step, damping }: Iterate, iteration: number): IterationReport {
  const report = { iteration, loss: value, gradientNorm: norm(gradient), evaluations, step }
  return damping === undefined ? report : { ...report, damping }
}

async function readProblem(
  inside: Inside,
  inputs: Table,
  targets: Table,
  options: SolveOptions,
): Promise<ParameterProblem> {
  const copy: Blueprint = { ...inside.blueprint, dtype: 'float64' }
  const batch = await inTurns(readBatchInPauses(WHERE, copy, inputs, targets))
  const { l1, l2, ...terms } = readObjective(WHERE, copy, batch.targets, options)
  return new ParameterProblem(inside, { inputs: batch.inputs, ...terms }, { l1, l2 })
}

function readSolveOptions(
  blueprint: Blueprint,
  options: SolveOptions,
): { method: SolverName; settings: SolverSettings } {
  checkOptions(WHERE, options, solveOptions, elsewhere)
  const { method = 'lbfgs', maxIterations = 1000, tolerance = 1e-9, onIteration, signal } = options
  checkMethod(method)
  checkInteger(WHERE, 'maxIterations', maxIterations, 1)
  checkNumber(WHERE, 'tolerance', tolerance, 'a number from 0 to below 1', (share) => share >= 0 && share < 1)
  if (onIteration !== undefined) checkFunction(WHERE, 'onIteration', onIteration)
  checkSignal(WHERE, signal)
  const { squares } = solvers[method] as Solver
  if (squares !== undefined) checkSquares(blueprint, options, method, squares.mostParameters)
  return { method, settings: { maxIterations, tolerance } }
}

function checkMethod(method: unknown): asserts method is SolverName {
  const names = solverNames.map((name) => `'${name}'`).join(' or ')
  if (typeof method !== 'string') throw typeError(WHERE, 'method', names, method)
  if (Object.hasOwn(solvers, method)) return
  if (!isOptimizerName(method)) throw unknownName(WHERE, 'method', method, solverNames)
  const expected = `${names}; ${method} is an optimizer, for fit and train: new Network({ optimizer: ${method}() })`
  throw rangeError(WHERE, 'method', expected, method)
}

/** Throws where an objective is no sum of squares, or has too many parameters for a matrix of all their pairs. */
function checkSquares({ E, inputs, layers }: Blueprint, { l1 = 0 }: SolveOptions, method: string, most: number): void {
  const instead = "method: 'lbfgs' takes any"
  if (E !== losses.squaredError) {
    throw rangeError(WHERE, 'the loss of the network', `squaredError, which ${method} needs; ${instead}`, E.name)
  }
  if (l1 !== 0) throw rangeError(WHERE, 'l1', `0 with ${method}, which needs a sum of squares; ${instead}`, l1)
  const parameters = layers.reduce((sum, { units }, l) => sum + ((layers[l - 1]?.units ?? inputs) + 1) * units, 0)
  if (parameters <= most) return
  const expected = `at most ${most} for ${method}, which holds a matrix of all pairs of them; ${instead} number`
  throw rangeError(WHERE, 'the number of parameters', expected, new Phrase(String(parameters)))
}
