import { Phrase, rangeError } from '../errors.ts'
import type { Optimizer } from '../kernels/plan.ts'
import { short } from '../training/number-words.ts'
import { plotRates } from './rate-plot.ts'

/** A step of a range test. */
export interface RatePoint {
  /** the rate of the step */
  readonly learningRate: number
  /** the loss after it, always of the same rows */
  readonly loss: number
}

/** What ended a range test: the greatest rate, a loss or a step that grew beyond all measure, or onStep that returned false. */
export type RangeStop = 'greatest' | 'diverged' | 'callback'

/** What a range test found. */
export interface LearningRateRange {
  /** the learning rate to begin with, to two digits */
  readonly suggestion: number
  /** the rate at which the loss had come down by 99% of its fall, before it first rose by half of what it had fallen */
  readonly minimum: number
  /** the rate at which the loss fell most from one step to the next, up to that minimum */
  readonly steepest: number
  /** the loss before the first step */
  readonly start: number
  /** every step, from the least rate on */
  readonly curve: RatePoint[]
  /** what ended the test */
  readonly stoppedBy: RangeStop
  /** the curve as a picture of characters, and the rates in words */
  toString(): string
}

/** Such a part of what the loss had fallen is a rise, and not the noise of small batches. */
const RISE = 0.5

/** A fall by less than this part of the loss is none. */
const LEAST_FALL = 1e-3

/** A loss that has risen by so many times what it was is no longer of interest. */
const BEYOND = 3

/** So much of the whole fall counts as all of it: a loss near 0 creeps on, whatever the rate. */
const WHOLE = 0.99

/**
 * The part of the minimum that is suggested: the rate there ended a fall that lower ones had done, and is too high to stay
 * with. Of some hundred rules tried on 13 problems with all optimizers against a grid of rates, these parts came nearest to the
 * best; sgd bears more, since its steps become smaller where the slope does.
 */
const PARTS: { readonly [name in Optimizer['name']]: number } = {
  sgd: 1 / 3,
  adagrad: 1 / 5,
  rmsprop: 1 / 5,
  adam: 1 / 5,
  adamw: 1 / 5,
}

/** Whether the test may end, since the loss has left all that a lower rate could be chosen by. */
export function isBeyond(start: number, least: number, loss: number): boolean {
  return !(loss - start <= BEYOND * Math.max(Math.abs(start), start - least))
}

/** What the curve of a range test says. @throws RangeError where no rate lowered the loss */
export function readCurve(
  where: string,
  optimizer: Optimizer,
  start: number,
  curve: RatePoint[],
  stoppedBy: RangeStop,
): LearningRateRange {
  const best = firstMinimum(start, curve)
  if (best === undefined) throw noFall(where, start, curve, stoppedBy)
  const { learningRate: minimum } = curve[best] as RatePoint
  return new Curve({
    suggestion: Number((PARTS[optimizer.name] * minimum).toPrecision(2)),
    minimum,
    steepest: (curve[steepestFall(start, curve, best)] as RatePoint).learningRate,
    start,
    curve,
    stoppedBy,
  })
}

/** The error for a curve that shows no fall, or too small a one. */
function noFall(where: string, start: number, curve: RatePoint[], stoppedBy: RangeStop): RangeError {
  const ends = [...new Set([curve[0], curve.at(-1)].flatMap((point) => (point ? [short(point.learningRate)] : [])))]
  const rates = {
    0: '',
    1: `, at ${curve.length === 1 ? 'a rate of' : 'rates near'} ${ends[0]}`,
    2: `, at rates from ${ends.join(' to ')}`,
  }[ends.length]
  const least = curve.reduce((held, { loss }) => Math.min(held, loss), start)
  const [was, is] = [start, least].map((loss) => String(Number(loss.toPrecision(6)))) as [string, string]
  const [enough, verdict] =
    is === was
      ? ['below', 'no rate lowered it']
      : [`more than ${100 * LEAST_FALL}% below`, 'no rate lowered it by so much']
  const stop = stoppedBy === 'callback' ? `; onStep stopped the test after step ${curve.length}` : ''
  const expected = `${enough} ${was}, what it was before the first step${rates}: ${verdict}${stop}`
  return Object.assign(rangeError(where, 'the least loss', expected, new Phrase(is)), { start, curve })
}

/** Where the loss had done its fall, up to the first rise; undefined where it did not fall. */
function firstMinimum(start: number, curve: readonly RatePoint[]): number | undefined {
  let best: number | undefined
  let least = start - LEAST_FALL * Math.abs(start)
  for (const [k, { loss }] of curve.entries()) {
    if (loss < least) {
      best = k
      least = loss
    } else if (best !== undefined && loss - least > RISE * (start - least)) break
  }
  if (best === undefined) return undefined
  const level = start - WHOLE * (start - least)
  return curve.findIndex(({ loss }) => loss <= level)
}

function steepestFall(start: number, curve: readonly RatePoint[], last: number): number {
  const fallAt = (k: number) => (curve[k - 1]?.loss ?? start) - (curve[k] as RatePoint).loss
  let steepest = 0
  for (let k = 1; k <= last; k++) if (fallAt(k) > fallAt(steepest)) steepest = k
  return steepest
}

class Curve implements LearningRateRange {
  readonly suggestion: number
  readonly minimum: number
  readonly steepest: number
  readonly start: number
  readonly curve: RatePoint[]
  readonly stoppedBy: RangeStop

  constructor(found: Omit<LearningRateRange, 'toString'>) {
    this.suggestion = found.suggestion
    this.minimum = found.minimum
    this.steepest = found.steepest
    this.start = found.start
    this.curve = found.curve
    this.stoppedBy = found.stoppedBy
  }

  toString(): string {
    const { suggestion, minimum, steepest, curve, stoppedBy } = this
    const [first, last] = [curve[0], curve.at(-1)].map((point) => point?.learningRate as number) as [number, number]
    const words = [
      `suggestion ${suggestion}; the loss has fallen at ${short(minimum)}, and falls fastest at ${short(steepest)}`,
      ...(stoppedBy === 'diverged' ? [`the test ended after ${short(last)}, where the loss left all bounds`] : []),
      ...(stoppedBy === 'greatest' && minimum > last / 2
        ? [`the loss fell to the end: rates above ${short(last)} may be better`]
        : []),
      ...(minimum === first ? [`the loss fell at once: rates below ${short(first)} should be tried too`] : []),
    ]
    return [...plotRates(this), ...words].join('\n')
  }

  /** What Node's `console.log` shows. @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
