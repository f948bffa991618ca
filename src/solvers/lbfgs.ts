import type { Paused } from '../matrix/pauses.ts'
import type { LinePoint } from './line-search.ts'
import { strongWolfe } from './line-search.ts'
import type { Iterate, Point, Problem, Solver, SolverSettings, Solving } from './solver.ts'
import { isSettled } from './solver.ts'
import type { Vector } from './vector.ts'
import { dot, norm, plus } from './vector.ts'

/** So many of the last steps are remembered. */
const MEMORY = 10

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
  const enough = tolerance * norm(point.gradient)
  yield { ...point, evaluations: 1, step: 0 }
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (norm(point.gradient) <= enough) return 'converged'
    const before = point.value
    const next = yield* descent.next(point)
    if (next === undefined) {
      // what is left to gain may be less than rounding lets a search see
      const least = point.value + descent.slope
      return isSettled(before, least, Math.max(tolerance, Number.EPSILON)) ? 'converged' : 'stalled'
    }
    point = next
    yield next
    if (isSettled(before, point.value, tolerance)) return 'converged'
  }
  return norm(point.gradient) <= enough ? 'converged' : 'maxIterations'
}

/** Goes from point to point, and learns from each step. */
class Descent {
  /** ∂E/∂t along the last direction, at its begin */
  slope = 0
  #evaluations = 1
  readonly #pairs = new Pairs()
  readonly #problem: Problem

  constructor(problem: Problem) {
    this.#problem = problem
  }

  /** The next point; undefined where even the steepest descent leads to none. */
  *next(point: Point): Paused<Iterate | undefined> {
    for (;;) {
      const direction = yield* this.#pairs.direction(point.gradient)
      this.slope = dot(point.gradient, direction)
      // the first step has the length 1 at most; later ones are those of Newton's method where H is good
      const first = this.#pairs.isEmpty ? Math.min(1, 1 / norm(direction)) : 1
      const found = this.slope < 0 ? yield* this.#search(point, direction, first) : undefined
      if (found !== undefined) {
        const { x, value, gradient, t } = found
        this.#pairs.add(plus(x, -1, point.x), plus(gradient, -1, point.gradient))
        return { x, value, gradient, evaluations: this.#evaluations, step: t * norm(direction) }
      }
      if (this.#pairs.isEmpty) return undefined
      this.#pairs.clear() // anew, along the steepest descent
    }
  }

  #search({ x, value }: Point, direction: Vector, first: number): Paused<Found | undefined> {
    const self = this
    function* at(t: number): Paused<Found> {
      self.#evaluations++
      const found = yield* self.#problem.gradientAt(plus(x, t, direction))
      return { ...found, t, slope: dot(found.gradient, direction) }
    }
    return strongWolfe(at, { t: 0, value, slope: this.slope }, first)
  }
}

/** A step s, the change of the gradient y over it, and 1/(sᵀy). */
interface Pair {
  readonly s: Vector
  readonly y: Vector
  readonly rho: number
}

/** The last steps, of which H is made. */
class Pairs {
  #pairs: Pair[] = []

  get isEmpty(): boolean {
    return this.#pairs.length === 0
  }

  clear(): void {
    this.#pairs = []
  }

  /** Remembers a step, unless the slope did not grow along it: H would then have directions that lead uphill. */
  add(s: Vector, y: Vector): void {
    const growth = dot(s, y)
    if (!(growth > Number.EPSILON * dot(y, y))) return
    this.#pairs.push({ s, y, rho: 1 / growth })
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
    const last = this.#pairs.at(-1)
    if (last !== undefined) {
      const scale = 1 / (last.rho * dot(last.y, last.y))
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
