import { short } from '../training/number-words.ts'
import { tooHigh } from './course.ts'
import type { Finding } from './finding.ts'

/** Some steps from the initial weights at one rate. */
export interface Trial {
  readonly learningRate: number
  /** after them; infinite where a step would have left a number not finite */
  readonly loss: number
}

/** A run that ends with more than that share of what a constant output loses might have had a better rate. */
export const UNFITTED = 0.35

/** What trials of rates are judged by. */
export interface RateContext {
  /** the network's own */
  readonly learningRate: number
  /** the loss before the first step, and that of the best outputs that are the same for every row */
  readonly first: number
  readonly baseline: number
  readonly steps: number
  readonly trials: readonly Trial[]
  /** where the network was trained: the loss that it has now */
  readonly reached?: number
}

/** A rate that leads nowhere, where a tenth or a hundredth of it leads down. */
export function findHighRate({ learningRate, first, baseline, steps, trials, reached }: RateContext): Finding[] {
  const own = lossAt(trials, learningRate)
  const blank = Math.min(first, baseline)
  if (own < 0.9 * blank || (reached !== undefined && reached < 0.5 * baseline)) return []
  const lower = leastOf(trials.filter((trial) => trial.learningRate < learningRate))
  if (lower === undefined || !(lower.loss < 0.6 * Math.min(own, 2 * blank))) return []
  const words = `${steps} steps from the initial weights leave a loss of ${short(own)}, at ${short(lower.learningRate)} of ${short(lower.loss)}`
  return [tooHigh(learningRate, lower.learningRate, words)]
}

/** A rate at which the loss hardly falls, where ten, a hundred or a thousand times as much lead down. */
export function findLowRate({ learningRate, first, baseline, steps, trials, reached }: RateContext): Finding[] {
  const blank = Math.min(first, baseline)
  const higher = leastOf(trials.filter((trial) => trial.learningRate > learningRate))
  if (higher === undefined || !(higher.loss < 0.7 * blank)) return []
  const own = lossAt(trials, learningRate)
  const isSlow = first - own < 0.02 * (first - higher.loss)
  // where the rate itself did better in a trial, something else held the run back
  const isHeldBack = reached !== undefined && own < 0.9 * reached
  const isBehind = reached !== undefined && reached > UNFITTED * baseline && higher.loss < 0.7 * reached && !isHeldBack
  if (reached === undefined ? !isSlow : !isBehind) return []
  const goodEnough = trials.filter(
    (trial) => trial.learningRate > learningRate && first - trial.loss >= 0.5 * (first - higher.loss),
  )
  const better = goodEnough.reduce((least, trial) => (trial.learningRate < least.learningRate ? trial : least), higher)
  const standing = reached === undefined ? `${short(own)}` : `${short(own)}, the whole run ${short(reached)}`
  return [
    {
      kind: 'rateTooLow',
      what: `the learning rate ${short(learningRate)} is too low: ${steps} steps from the initial weights leave a loss of ${standing}, at ${short(better.learningRate)} of ${short(better.loss)}`,
      where: {},
      evidence: { learningRate, better: better.learningRate },
      fix: {
        advice: `Try a learning rate of ${short(better.learningRate)}; findLearningRate draws the whole curve`,
        network: { learningRate: better.learningRate },
      },
    },
  ]
}

function lossAt(trials: readonly Trial[], rate: number): number {
  return trials.find(({ learningRate }) => learningRate === rate)?.loss ?? Number.POSITIVE_INFINITY
}

function leastOf(trials: readonly Trial[]): Trial | undefined {
  return trials.reduce<Trial | undefined>(
    (held, trial) => (held === undefined || trial.loss < held.loss ? trial : held),
    undefined,
  )
}
