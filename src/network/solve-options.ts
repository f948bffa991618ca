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
import { losses } from '../rule/losses.ts'
import { countParameters } from '../rule/parameter-count.ts'
import type { Solver, SolverSettings } from '../solvers/solver.ts'
import type { SolverName } from '../solvers/table.ts'
import { solverCalled, solverNames, solvers } from '../solvers/table.ts'
import { checkSignal } from '../training/loop-options.ts'
import { isOptimizerName } from '../training/optimizers.ts'
import type { Objective } from './objective.ts'
import { objectiveOptions } from './objective.ts'
import type { Blueprint } from './options.ts'
import { sizesOf } from './options.ts'

/** How `solve` goes: the way, when it ends, and the terms of the objective. */
export interface SolveOptions extends Objective {
  /**
   * 'lbfgs' ('lbfgs') takes any objective and any number of parameters. 'levenbergMarquardt' takes the built-in squaredError
   * without l1, and needs by far the fewest iterations; each costs the cube of the number of parameters: some 0.4 s at
   * 1000 and 15 s at 4000, and 4096 is the most. Take it up to some hundred parameters, and lbfgs for all else.
   *
   * At kinks, as l1, absoluteError and relu have them, lbfgs stops near the minimum and not at it, and no weight becomes
   * exactly 0. Where it ends on columns that are nearly sums of others, a smaller tolerance may still gain.
   */
  readonly method?: SolverName
  /** ends after so many iterations (1000) */
  readonly maxIterations?: number
  /**
   * What share of the objective is too little to go on for, from 0 to below 1 (1e-9). It has converged where an iteration
   * lowers the objective by no more, and the method's own model of it promises no more; with 0 it goes on until rounding
   * hides all that is left.
   */
  readonly tolerance?: number
  /**
   * called and awaited after each iteration; false stops. The parameters are those of the iteration; what it writes into them
   * is overwritten
   */
  readonly onIteration?: (report: IterationReport) => unknown
  /**
   * stops where the iteration in work stands, onIteration settled or not: solve rejects with the signal's reason, the last
   * completed iteration stays
   */
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

const solveOptions = [...objectiveOptions, 'method', 'maxIterations', 'tolerance', 'onIteration', 'signal']

const NO_BATCHES = 'a solver takes all rows at once; fit takes batches'
const OWN_STEPS = 'a solver finds the length of its steps itself; fit and train have a learning rate'
const ITERATIONS = 'it is called maxIterations'
const TOLERANCE = 'it is called tolerance: the share of the objective that is too little to go on for'
const CALLED = 'it is called onIteration'

/** What users of fit look for here, and of SciPy. */
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
  onEpoch: CALLED,
  callback: CALLED,
  clipNorm: 'a solver takes gradients as they are',
  clipValue: 'a solver takes gradients as they are',
  maxIter: ITERATIONS,
  maxiter: ITERATIONS,
  iterations: ITERATIONS,
  tol: TOLERANCE,
  ftol: TOLERANCE,
  gtol: `${TOLERANCE}; sizes of gradients end nothing, as they depend on the units of the inputs`,
  xtol: TOLERANCE,
} as const

const WHERE = 'solve'

/** The method and its settings, checked. */
export function readSolveOptions(
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
  const meant = solverCalled(method)
  if (meant === method) return
  if (meant !== undefined) throw rangeError(WHERE, 'method', `'${meant}', as it is called here`, method)
  if (!isOptimizerName(method)) throw unknownName(WHERE, 'method', method, solverNames)
  const expected = `${names}; ${method} is an optimizer, for fit and train: new Network({ optimizer: ${method}() })`
  throw rangeError(WHERE, 'method', expected, method)
}

/** Throws where an objective is no sum of squares, or has too many parameters for a matrix of all their pairs. */
function checkSquares(blueprint: Blueprint, { l1 = 0 }: SolveOptions, method: string, most: number): void {
  const { E } = blueprint
  const instead = "method: 'lbfgs' takes any"
  if (E !== losses.squaredError) {
    const expected = `the built-in squaredError, which ${method} needs; ${instead}`
    throw rangeError(WHERE, 'the loss of the network', expected, E.name)
  }
  if (l1 !== 0) throw rangeError(WHERE, 'l1', `0 with ${method}, which needs a sum of squares; ${instead}`, l1)
  const parameters = countParameters(sizesOf(blueprint))
  if (parameters <= most) return
  const expected = `at most ${most} for ${method}, which holds a matrix of all pairs of them; ${instead} number`
  throw rangeError(WHERE, 'the number of parameters', expected, new Phrase(String(parameters)))
}
