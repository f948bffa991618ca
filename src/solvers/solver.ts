import type { Paused } from '../matrix/pauses.ts'
import type { Vector } from './vector.ts'

/** A function E of a vector, as solvers ask for it. Where E is not finite, what else is given means nothing. */
export interface Problem {
  /** the length of the vector */
  readonly size: number
  /** E(x) */
  value(x: Vector): Paused<number>
  /** E and its gradient at x */
  gradientAt(x: Vector): Paused<Point>
  /** units u, x = S·u, in which E is about as steep in each direction; those of x if absent */
  readonly units?: Units | undefined
  /** where E is no more than this, rounding hides the rest */
  readonly floor?: number
  /** the same with the matrix H of {@link Squares}, where E is a sum of squares; H is one memory, written anew each time */
  squaresAt(x: Vector): Paused<Squares>
}

/** A change of variables, x = S·u, in place. */
export interface Units {
  /** v = Sᵀ·v: derivatives by x become those by u */
  gradient(v: Vector): void
  /** v = S·v: a step of u becomes one of x */
  step(v: Vector): void
}

/** What is known of E at x. */
export interface Point {
  readonly x: Vector
  readonly value: number
  readonly gradient: Vector
}

/**
 * What is known of E = ½·Σ r² + ½·Σ c·x² at x: H = JᵀJ + c on the diagonal, where J = ∂r/∂x; where there
 * are units, both are of u. Its lower triangle lies row by
 * row: the element of row i and column j ≤ i at i(i + 1)/2 + j.
 */
export interface Squares extends Point {
  readonly H: Vector
}

/** Where a solver stands: at the start, and after each iteration. */
export interface Iterate extends Point {
  /** how often E was asked for, at whatever points, the start among them */
  readonly evaluations: number
  /** the length of the way from the iterate before */
  readonly step: number
  /** μ of levenbergMarquardt */
  readonly damping?: number
}

/** When a solver ends. */
export interface SolverSettings {
  readonly maxIterations: number
  /** ends where an iteration lowers E by at most tolerance·|E|, and what is known of E promises no more for the next */
  readonly tolerance: number
}

/** Why a solver ended; stalled: no step along any direction that it knows lowers E, or E falls without end. */
export type SolverEnd = 'converged' | 'maxIterations' | 'stalled'

/** A solver at work: gives the start and each iterate, and undefined at pauses between them. */
export type Solving = Generator<Iterate | undefined, SolverEnd>

/** A way to the minimum of a function. */
export interface Solver {
  readonly name: string
  /** whether it knows sums of squares only, and how long the vector may be then: H grows with its square */
  readonly squares?: { readonly mostParameters: number }
  readonly solve: (problem: Problem, start: Vector, settings: SolverSettings) => Solving
}

/** Whether E fell by at most so small a share of it. */
export function isSettled(before: number, after: number, tolerance: number): boolean {
  return before - after <= tolerance * Math.abs(before)
}

/** Where no step lowers E, so small a share of it may be what rounding hides: √ε. */
export const HIDDEN = 2 ** -26

/**
 * Whether what a model says is left to gain is at most such a share of E, or less than rounding of x changes it by,
 * ε·Σ|∂E/∂xᵢ·xᵢ|: all that is left of a fit that is exact, whatever the sizes of its numbers.
 */
export function isFlat({ x, value, gradient }: Point, promise: number, share: number): boolean {
  if (promise <= share * Math.abs(value)) return true
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += Math.abs((gradient[i] as number) * (x[i] as number))
  return promise <= Number.EPSILON * sum
}
