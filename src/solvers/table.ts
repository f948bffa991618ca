import { rangeError } from '../errors.ts'
import { lbfgs } from './lbfgs.ts'
import { levenbergMarquardt } from './levenberg-marquardt.ts'
import type { Solver } from './solver.ts'

/** Every solver by name; a new one is a file and a row. */
export const solvers = { lbfgs, levenbergMarquardt } as const satisfies Record<string, Solver>

/** The name of a solver. */
export type SolverName = keyof typeof solvers

/** All names of solvers. */
export const solverNames = Object.keys(solvers) as readonly SolverName[]

/** What others call them, in small letters. */
const OTHER_NAMES: Readonly<Record<string, SolverName>> = {
  bfgs: 'lbfgs',
  lbfgsb: 'lbfgs',
  lm: 'levenbergMarquardt',
  trainlm: 'levenbergMarquardt',
  levenberg: 'levenbergMarquardt',
  marquardt: 'levenbergMarquardt',
  levmar: 'levenbergMarquardt',
}

/** The solver that is meant: by its name in any spelling, or by one that others have for it. */
export function solverCalled(name: string): SolverName | undefined {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '')
  const known = solverNames.find((one) => one.toLowerCase() === plain)
  return known ?? (Object.hasOwn(OTHER_NAMES, plain) ? OTHER_NAMES[plain] : undefined)
}

/** Throws where a solver is named that takes all rows at once, and where batches of rows are taken. */
export function refuseSolver(where: string, subject: string, name: unknown): void {
  const meant = typeof name === 'string' ? solverCalled(name) : undefined
  if (meant === undefined) return
  const expected = `one that takes steps of single batches; ${meant} is a full-batch solver: await network.solve(inputs, targets, { method: '${meant}' })`
  throw rangeError(where, subject, expected, name)
}

/** The same for options, where it may stand under the name that solve has for it, or under others. */
export function refuseSolverIn(where: string, options: unknown): void {
  const given = Object(options) as Record<string, unknown>
  for (const key of ['method', 'solver', 'optimizer']) refuseSolver(where, key, given[key])
}
