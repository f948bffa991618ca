import type { Paused } from '../matrix/pauses.ts'
import type { LinePoint } from './line-search.ts'
import { MOST_TRIALS, strongWolfe, wolfe } from './line-search.ts'
import type { Iterate, Point, Problem, Solver, SolverEnd, SolverSettings, Solving } from './solver.ts'
import { HIDDEN, isFlat, isSettled } from './solver.ts'
import type { Vector } from './vector.ts'
import { dot, norm, plus } from './vector.ts'

/** So many of the last steps are remembered. */
const MEMORY = 10

/**
 * It has converged where so many iterations one after the other lowered E by at most tolerance·|E|, and a tenth as much is all
 * that the model promises: one short step says little, and a model of few steps does not know every direction.
 */
const SETTLED = 3
const PROMISED = 0.1

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

function* solve(problem: Problem, start: Vector, settings: SolverSettings): Solving {
  const descent = new Descent(problem)
  const ending = new Ending(settings, problem.floor)
  let point = yield* problem.gradientAt(start)
  yield { ...point, evaluations: 1, step: 0 }
  for (;;) {
    yield* descent.aim(point)
    const end = ending.before(point, descent.promise)
    if (end !== undefined) return end
    const next = yield* descent.next(point, ending.enough)
    if (next === undefined) return isFlat(point, descent.promise, ending.enough) ? 'converged' : 'stalled'
    ending.take(point, next)
    point = next
    yield next
    if (descent.isEndless) return 'stalled'
  }
}

/** Counts iterations, and tells when there were enough. */
class Ending {
  /** where no step is found, so small a share of E to gain is none */
  readonly enough: number
  #iterations = 0
  #settled = 0
  readonly #settings: SolverSettings
  readonly #floor: number

  constructor(settings: SolverSettings, floor = Number.NEGATIVE_INFINITY) {
    this.enough = Math.max(settings.tolerance, HIDDEN)
    this.#settings = settings
    this.#floor = floor
  }

  /** Why the next step is not taken; undefined where it is. */
  before(point: Point, promise: number): SolverEnd | undefined {
    const { maxIterations, tolerance } = this.#settings
    const share = this.#settled < SETTLED ? 0 : PROMISED * tolerance
    if (point.value <= this.#floor || isFlat(point, promise, share)) return 'converged'
    return this.#iterations === maxIterations ? 'maxIterations' : undefined
  }

  take(point: Point, next: Point): void {
    this.#iterations++
    this.#settled = isSettled(point.value, next.value, this.#settings.tolerance) ? this.#settled + 1 : 0
  }
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

  /** The next point; undefined where even the steepest descent leads to none, or there is so small a share of E to gain. */
  *next(point: Point, enough: number): Paused<Iterate | undefined> {
    for (;;) {
      const { promise } = this
      const found = this.#slope < 0 ? yield* this.#search(point) : undefined
      if (found !== undefined) {
        const { x, value, gradient, t } = found
        this.#pairs.add(plus(x, -1, point.x), plus(gradient, -1, point.gradient))
        return { x, value, gradient, evaluations: this.#evaluations, step: t * norm(this.#direction) }
      }
      if (this.#pairs.isEmpty || isFlat(point, promise, enough)) return undefined
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
    this.#measure(My)
    this.#pairs.push({ s, y, rho: 1 / growth, size: dot(y, My) })
    if (this.#pairs.length > MEMORY) this.#pairs.shift()
  }

  /** v = M·v with M = S·Sᵀ: what is known of H without any step, but for a factor. */
  #measure(v: Vector): void {
    const { units } = this.#problem
    units?.gradient(v)
    units?.step(v)
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
    this.#measure(d)
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
