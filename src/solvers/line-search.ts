import type { Paused } from '../matrix/pauses.ts'

/** What is known of φ(t) = E(x + t·d) at a step t. */
export interface LinePoint {
  readonly t: number
  readonly value: number
  /** φ'(t) */
  readonly slope: number
}

/** The strong Wolfe conditions: φ(t) ≤ φ(0) + c₁·t·φ'(0) and |φ'(t)| ≤ c₂·|φ'(0)|. */
export const wolfe = { c1: 1e-4, c2: 0.9 } as const

/** So many steps are tried at most. */
export const MOST_TRIALS = 40

/**
 * A step that satisfies the strong Wolfe conditions; where rounding or a kink lets none be found, the best that lowers φ
 * enough; undefined where there is none. Where φ or its slope is not finite, the step was too long.
 *
 * @see Nocedal and Wright, "Numerical optimization", 2006, algorithms 3.5 and 3.6, with their safeguarded cubic
 *   interpolation (3.59)
 */
export function* strongWolfe<P extends LinePoint>(
  at: (t: number) => Paused<P>,
  start: LinePoint,
  first: number,
): Paused<P | undefined> {
  const search = new Search(at, start)
  let before: P | undefined
  let t = first
  while (search.trials < MOST_TRIALS) {
    const point = yield* search.try(t)
    if (!search.isLower(point) || (before !== undefined && point.value >= before.value)) {
      return yield* search.zoom(before ?? start, point)
    }
    if (search.isFlat(point)) return point
    if (point.slope >= 0) return yield* search.zoom(point, before ?? start)
    // still falling: further on, by as much as the cubic through both says, from 1.1 to 4 times the last way
    const way = point.t - (before ?? start).t
    t = within(minimum(before ?? start, point), point.t + 1.1 * way, point.t + 4 * way)
    before = point
  }
  return search.best
}

class Search<P extends LinePoint> {
  trials = 0
  /** the lowest point that lowers φ enough */
  best: P | undefined
  readonly #at: (t: number) => Paused<P>
  readonly #start: LinePoint

  constructor(at: (t: number) => Paused<P>, start: LinePoint) {
    this.#at = at
    this.#start = start
  }

  *try(t: number): Paused<P> {
    this.trials++
    const point = yield* this.#at(t)
    if (this.isLower(point) && !(point.value >= (this.best?.value ?? Number.POSITIVE_INFINITY))) this.best = point
    return point
  }

  /** Whether φ is enough lower, and lower at all: so small a step as rounding hides leads nowhere. */
  isLower({ t, value, slope }: LinePoint): boolean {
    const { value: before, slope: fall } = this.#start
    return Number.isFinite(value) && Number.isFinite(slope) && value < before && value <= before + wolfe.c1 * t * fall
  }

  isFlat({ slope }: LinePoint): boolean {
    return Math.abs(slope) <= -wolfe.c2 * this.#start.slope
  }

  /** Between `low`, the lowest point so far, and `high`, toward which φ falls at first, lies a step that is wanted. */
  *zoom(low: LinePoint, high: LinePoint): Paused<P | undefined> {
    let width = Number.POSITIVE_INFINITY
    while (this.trials < MOST_TRIALS) {
      const way = high.t - low.t
      const t = between(low, high, width)
      if (isNarrow(low, high, t)) break
      width = Math.abs(way)
      const point = yield* this.try(t)
      if (this.isLower(point) && point.value < low.value) {
        if (this.isFlat(point)) return point
        if (point.slope * way >= 0) high = low
        low = point
      } else high = point
    }
    return this.best
  }
}

/** Whether an interval is as narrow as numbers are, or what φ can fall in it is rounding. */
function isNarrow(low: LinePoint, high: LinePoint, t: number): boolean {
  const fall = Math.abs(low.slope * (high.t - low.t))
  return t === low.t || t === high.t || fall <= Number.EPSILON * Math.abs(low.value)
}

/**
 * Where the cubic through both points is least, a tenth of the way from each at the least; the middle where the trial before,
 * in an interval so wide, did not halve it.
 */
function between(low: LinePoint, high: LinePoint, width: number): number {
  const way = high.t - low.t
  if (Math.abs(way) > 0.5 * width) return low.t + way / 2
  const ends = [low.t + 0.1 * way, low.t + 0.9 * way]
  return within(minimum(low, high), Math.min(...ends), Math.max(...ends))
}

/** Where the cubic through two points with their slopes is least; NaN where it has no minimum or a number is not finite. */
function minimum(a: LinePoint, b: LinePoint): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t)
  const d2 = Math.sign(b.t - a.t) * Math.sqrt(d1 * d1 - a.slope * b.slope)
  return b.t - ((b.t - a.t) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2)
}

/** The number moved into an interval; its middle for NaN. */
function within(t: number, least: number, greatest: number): number {
  return Number.isNaN(t) ? (least + greatest) / 2 : Math.min(greatest, Math.max(least, t))
}
