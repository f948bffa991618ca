import type { Paused } from '../matrix/pauses.ts'
import type { LinePoint } from './line-search.ts'
import { MOST_TRIALS, strongWolfe, wolfe } from './line-search.ts'
import type { Iterate, Point, Problem, Solver, SolverSettings, Solving } from './solver.ts'
import { HIDDEN, isFlat, isSettled } from './solver.ts'
import type { Vector } from './vector.ts'
import { dot, norm, plus } from './vector.ts'

/** So many of the last steps are remembered. */
const MEMORY = 10

/**
 * It has converged where so many iterations one after the other lowered E by at most tolerance·|E|, and so many times as much
 * is all that the model promises: one short step says little, and a model of few steps does not know every direction.
 */
const SETTLED = 2
const PROMISED = 10

/** A product beyond which 1/(sᵀy) would not be finite. */
const SMALLEST = 2 ** -1022

/** A fall of E by this share. */
const VISIBLE = 0.01

/** A point on the line of a search. */
type Found = Point & LinePoint

/**
 * Limited-memory BFGS: each iteration goes along −H·∇E, where H, what is known of the inverse second derivatives, follows
 * from the last 10 steps s and changes of the gradient y; how far, a search for the strong Wolfe conditions finds.
 *
 * @see Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989; Nocedal and Wright,
 *   "Numerical optimization", 2006, algorithms 7.4 and 7.5
 */
export const lbfgs: Solver = { name: 'lbfgs', solve }

function* solve(problem: Problem, start: Vector, { maxIterations, tolerance }: SolverSettings): Solving {
  const descent = new Descent(problem)
  let point = yield* problem.gradientAt(start)
  let settled = 0
  yield { ...point, evaluations: 1, step: 0 }
  for (let iteration = 0; ; iteration++) {
    yield* descent.aim(point)
    if (problem.floor !== undefined && point.value <= problem.floor) return 'converged'
    if (isFlat(point, descent.promise, settled >= SETTLED ? PROMISED * tolerance : 0)) return 'converged'
    if (iteration === maxIterations) return 'maxIterations'
    const next = yield* descent.next(point)
    if (next === undefined) return isFlat(point, descent.promise, Math.max(tolerance, HIDDEN)) ? 'converged' : 'stalled'
    if (descent.isEndless) return yield* stalledAt(next)
    settled = isSettled(point.value, next.value, tolerance) ? settled + 1 : 0
    point = next
    yield next
  }
}

/** The last iterate of a way that falls without end. */
function* stalledAt(last: Iterate): Generator<Iterate, 'stalled'> {
  yield last
  return 'stalled'
}

/** Goes from point to point, and learns from each step. */
class Descent {
  /** by how much the quadratic model says that E can still fall: ½·∇Eᵀ·H·∇E; unknown before there is a model */
  promise = Number.POSITIVE_INFINITY
  /** whether E still fell where the last search had gone as far as searches go */
  isEndless = false
  #evaluations = 1
  #direction: Vector = new Float64Array()
  #slope = 0
  readonly #pairs: Pairs
  readonly #problem: Problem

  constructor(problem: Problem) {
    this.#problem = problem
    this.#pairs = new Pairs(problem)
  }

  /** Takes the direction of the next step. */
  *aim({ gradient }: Point): Paused<void> {
    this.#direction = yield* this.#pairs.direction(gradient)
    this.#slope = dot(gradient, this.#direction)
    this.promise = this.#pairs.isEmpty && this.#slope < 0 ? Number.POSITIVE_INFINITY : -this.#slope / 2
  }

  /** The next point; undefined where even the steepest descent leads to none. */
  *next(point: Point): Paused<Iterate | undefined> {
    for (;;) {
      const { promise } = this
      const found = this.#slope < 0 ? yield* this.#search(point) : undefined
      if (found !== undefined) {
        const { x, value, gradient, t } = found
        this.#pairs.add(plus(x, -1, point.x), plus(gradient, -1, point.gradient))
        return { x, value, gradient, evaluations: this.#evaluations, step: t * norm(this.#direction) }
      }
      if (this.#pairs.isEmpty) return undefined
      this.#pairs.clear() // anew, along the steepest descent
      yield* this.aim(point)
      this.promise = promise
    }
  }

  *#search({ x, value }: Point): Paused<Found | undefined> {
    const [direction, slope] = [this.#direction, this.#slope]
    // later steps are those of Newton's method where H is good
    const first = this.#pairs.isEmpty ? firstStep(value, slope) : 1
    let trials = 0
    const self = this
    function* at(t: number): Paused<Found> {
      self.#evaluations++
      const found = yield* self.#problem.gradientAt(plus(x, t, direction))
      const trial = { ...found, t, slope: dot(found.gradient, direction) }
      // where there is no model yet, the first trial shows how the function bends along the line
      if (trials++ === 0) self.promise = Math.min(self.promise, parabola(slope, trial))
      return trial
    }
    const found = yield* strongWolfe(at, { t: 0, value, slope }, first)
    this.isEndless = trials >= MOST_TRIALS && found !== undefined && found.slope <= wolfe.c2 * slope
    return found
  }
}

/** A step without a model: of the length 1 at most, as M measures, unless E then falls by less than can be seen. */
function firstStep(value: number, slope: number): number {
  return Math.min(1, Math.max(1 / Math.sqrt(-slope), (VISIBLE * Math.abs(value)) / -slope))
}

/** By how much a parabola with these slopes at 0 and at t falls at most; without end where it does not bend upward. */
function parabola(slope: number, at: LinePoint): number {
  const curvature = (at.slope - slope) / at.t
  return curvature > 0 ? (0.5 * slope * slope) / curvature : Number.POSITIVE_INFINITY
}

/** A step s, the change of the gradient y over it, 1/(sᵀy), and yᵀ·M·y. */
interface Pair {
  readonly s: Vector
  readonly y: Vector
  readonly rho: number
  readonly size: number
}

/** The last steps, of which H is made. */
class Pairs {
  #pairs: Pair[] = []
  readonly #problem: Problem

  constructor(problem: Problem) {
    this.#problem = problem
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0
  }

  clear(): void {
    this.#pairs = []
  }

  /** Remembers a step, unless the slope did not grow along it: H would then have directions that lead uphill. */
  add(s: Vector, y: Vector): void {
    const growth = dot(s, y)
    if (!(growth > Number.EPSILON * norm(s) * norm(y)) || growth < SMALLEST) return
    const My = y.slice()
    this.#problem.precondition?.(My)
    this.#pairs.push({ s, y, rho: 1 / growth, size: dot(y, My) })
    if (this.#pairs.length > MEMORY) this.#pairs.shift()
  }

  /** −H·gradient, by two passes over the pairs, with a pause after each of them. */
  *direction(gradient: Vector): Paused<Vector> {
    const d = gradient.map((value) => -value)
    const shares: number[] = []
    for (const { s, y, rho } of this.#pairs.toReversed()) {
      const share = rho * dot(s, d)
      shares.push(share)
      addTo(d, -share, y)
      yield
    }
    this.#problem.precondition?.(d)
    const last = this.#pairs.at(-1)
    if (last !== undefined) {
      const scale = 1 / (last.rho * last.size)
      for (let i = 0; i < d.length; i++) d[i] = scale * (d[i] as number)
    }
    for (const { s, y, rho } of this.#pairs) {
      addTo(d, (shares.pop() as number) - rho * dot(y, d), s)
      yield
    }
    return d
  }
}

/** a = a + factor·b */
function addTo(a: Vector, factor: number, b: Vector): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + factor * (b[i] as number)
}
