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

/** Throws where a solver is named that takes all rows at once, and where batches of rows are taken. */
export function refuseSolver(where: string, subject: string, name: unknown): void {
  if (typeof name !== 'string' || !Object.hasOwn(solvers, name)) return
  const expected = `one that takes steps of single batches; ${name} is a full-batch solver: await network.solve(inputs, targets, { method: '${name}' })`
  throw rangeError(where, subject, expected, name)
}
