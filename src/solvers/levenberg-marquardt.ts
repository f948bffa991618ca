import type { Paused } from '../matrix/pauses.ts'
import { factorize, solveFactorized } from './cholesky.ts'
import type { Iterate, Problem, Solver, SolverSettings, Solving, Squares } from './solver.ts'
import { HIDDEN, isFlat, isSettled } from './solver.ts'
import type { Vector } from './vector.ts'
import { dot, norm, plus } from './vector.ts'

/** Of the damping μ: the first; the least, which rounding hides; and the greatest, beyond which no step is left. */
const FIRST = 1e-4
const LEAST = 1e-30
const GREATEST = 1e100

/** μ with which what is left to gain is asked for at the end: a condition of JᵀJ beyond 1/μ is that of rounding. */
const LAST = 1e-14

/** Where a step does what the model says but for so small a share, μ falls by more at once. */
const EXACT = 1e-3
const FASTEST = 1e-4

/** Steps are taken that lower E by this share of what the model says. */
const LEAST_GAIN = 1e-4

/**
 * Levenberg–Marquardt: each iteration solves (H + μ·D)·step = −∇E with H = JᵀJ and D its diagonal, the greatest so far. Where
 * the step lowers E about as the quadratic model says, μ falls, and steps become those of Gauss and Newton; where it does
 * not, μ grows, and they become short ones down the slope.
 *
 * @see Moré, "The Levenberg–Marquardt algorithm: implementation and theory", 1978, for D; Nielsen, "Damping parameter in
 *   Marquardt's method", 1999, for μ
 */
export const levenbergMarquardt: Solver = {
  name: 'levenbergMarquardt',
  // the triangle of H is then 64 MiB, of which there are three: as it is gathered, H, and its factor
  squares: { mostParameters: 4096 },
  solve,
}

function* solve(problem: Problem, start: Vector, { maxIterations, tolerance }: SolverSettings): Solving {
  const descent = new Descent(problem)
  let point = yield* problem.squaresAt(start)
  let settled = false
  yield iterateOf(point, 1, 0, FIRST)
  for (let iteration = 0; ; iteration++) {
    // a great μ hides what can still be gained: where a step brought little, a leap has the last word
    const leap = settled ? yield* descent.leap(point, tolerance) : undefined
    if (settled && leap === undefined) return 'converged'
    if (iteration === maxIterations) return 'maxIterations'
    const before = point
    const x = leap ?? (yield* descent.next(point))
    if (x === undefined) {
      return isFlat(point, descent.promised, Math.max(tolerance, HIDDEN)) ? 'converged' : 'stalled'
    }
    point = yield* problem.squaresAt(x)
    yield iterateOf(point, descent.evaluations, norm(plus(x, -1, before.x)), descent.damping.mu)
    // both what the step did and what the model had promised
    settled = isSettled(before.value, Math.min(point.value, before.value - descent.promised), tolerance)
  }
}

function iterateOf({ x, value, gradient }: Squares, evaluations: number, step: number, damping: number): Iterate {
  return { x, value, gradient, evaluations, step, damping }
}

/** Goes from point to point, with steps as long as the quadratic model is good. */
class Descent {
  evaluations = 1
  /** the most by which a step of the last iteration was to lower E */
  promised = 0
  readonly damping: Damping
  /** in the problem's units, as H and steps are */
  #gradient: Vector = new Float64Array()
  readonly #problem: Problem

  constructor(problem: Problem) {
    this.#problem = problem
    this.damping = new Damping(problem.size)
  }

  #look({ gradient, H }: Squares): void {
    this.damping.look(H)
    this.#gradient = gradient.slice()
    this.#problem.units?.gradient(this.#gradient)
  }

  /** Where a step with next to no damping leads; undefined where it promises no more than such a share of E, or breaks its word. */
  *leap(point: Squares, tolerance: number): Paused<Vector | undefined> {
    const { damping } = this
    damping.mu = Math.min(damping.mu, LAST)
    this.#look(point)
    const step = yield* damping.step(this.#gradient, point.H)
    if (step === undefined) return undefined
    this.promised = this.#promiseOf(step)
    if (isFlat(point, this.promised, tolerance)) return undefined
    return yield* this.#tried(point, step, this.promised)
  }

  /** Where the next step leads that lowers E; undefined where none does. */
  *next(point: Squares): Paused<Vector | undefined> {
    this.promised = 0
    this.#look(point)
    for (;;) {
      const step = yield* this.damping.step(this.#gradient, point.H)
      if (step === undefined) return undefined
      const promise = this.#promiseOf(step)
      this.promised = Math.max(this.promised, promise)
      if (isFlat(point, promise, Number.EPSILON)) return undefined
      const x = yield* this.#tried(point, step, promise)
      if (x !== undefined) return x
    }
  }

  /** Where a step leads; undefined where it does not do enough of what it promised. */
  *#tried({ x, value }: Squares, step: Vector, promise: number): Paused<Vector | undefined> {
    const way = step.slice()
    this.#problem.units?.step(way)
    const there = plus(x, 1, way)
    this.evaluations++
    const gain = (value - (yield* this.#problem.value(there))) / promise
    return this.damping.judge(gain) ? there : undefined
  }

  /** −∇Eᵀ·step − ½·stepᵀ·H·step, where (H + μ·D)·step = −∇E */
  #promiseOf(step: Vector): number {
    return 0.5 * (this.damping.square(step) - dot(this.#gradient, step))
  }
}

/** μ and D, and the steps that they give. */
class Damping {
  mu = FIRST
  #growth = 2
  readonly #D: Vector
  readonly #L: Vector

  constructor(size: number) {
    this.#D = new Float64Array(size)
    this.#L = new Float64Array((size * (size + 1)) / 2)
  }

  /** Takes the diagonal of H into account. */
  look(H: Vector): void {
    const D = this.#D
    for (let i = 0; i < D.length; i++) D[i] = Math.max(D[i] as number, H[(i * (i + 3)) / 2] as number)
  }

  /** The step; undefined where no μ gives one. */
  *step(gradient: Vector, H: Vector): Paused<Vector | undefined> {
    const [D, L] = [this.#D, this.#L]
    while (this.mu < GREATEST) {
      L.set(H)
      for (let i = 0; i < D.length; i++) {
        const at = (i * (i + 3)) / 2
        L[at] = (L[at] as number) + this.mu * ((D[i] as number) || 1) // a parameter without effect has no diagonal
      }
      if (yield* factorize(L, D.length)) return (yield* solveFactorized(L, gradient)).map((value) => -value)
      this.#grow()
    }
    return undefined
  }

  /** stepᵀ·μ·D·step */
  square(step: Vector): number {
    let sum = 0
    for (let i = 0; i < step.length; i++)
      sum += ((this.#D[i] as number) || 1) * (step[i] as number) * (step[i] as number)
    return this.mu * sum
  }

  /** Whether a step that lowered E by so many times what the model said is taken; sets μ for the next. */
  judge(gain: number): boolean {
    if (!(gain > LEAST_GAIN)) {
      this.#grow()
      return false
    }
    const excess = 2 * gain - 1
    // as of a linear network, whose model is exact whatever μ is
    const fall = Math.abs(gain - 1) < EXACT ? FASTEST : 1 / 10
    this.mu = Math.max(LEAST, this.mu * Math.max(fall, 1 - excess * excess * excess))
    this.#growth = 2
    return true
  }

  #grow(): void {
    this.mu *= this.#growth
    this.#growth *= 2
  }
}
