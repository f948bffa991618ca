import type { Trial } from '../findings/rates.ts'
import { usualRate } from '../findings/refused-step.ts'
import type { Paused } from '../matrix/pauses.ts'
import { Engine } from '../network/engine.ts'
import type { Blueprint } from '../network/options.ts'
import { Refusal } from '../network/refusal.ts'
import { Steps } from '../network/steps.ts'
import { Generator } from '../random/generator.ts'
import { drawWeights } from '../rule/initializers.ts'
import { RandomSteps, type StepTask } from './random-steps.ts'

/** A trial takes so many steps, or fewer where they would take more multiplications than that; but never fewer than the least. */
const STEPS = 100
const MULTIPLICATIONS = 2e9
const LEAST_STEPS = 20

/** How far up and down rates are tried, in powers of 10. */
const HIGHEST = 3
const LOWEST = 6

/** What is tried. */
export interface TrialTask extends StepTask {
  readonly blueprint: Blueprint
  /** rows whose loss is looked at */
  readonly sample: Uint32Array
  /** at most */
  readonly steps?: number
}

/** What trials gave. */
export interface Trials {
  readonly trials: readonly Trial[]
  /** the loss of the initial weights */
  readonly first: number
  readonly steps: number
}

/** How many steps a trial takes. */
function stepsOf({ blueprint: { inputs, layers }, batchSize, steps = STEPS }: TrialTask): number {
  const parameters = layers.reduce((sum, { units }, l) => sum + units * ((layers[l - 1]?.units ?? inputs) + 1), 0)
  const affordable = Math.floor(MULTIPLICATIONS / (3 * parameters * batchSize))
  return Math.min(Math.max(LEAST_STEPS, Math.min(STEPS, affordable)), steps)
}

/** Some steps from the weights that the seed draws, over the rows in an order that is the same for every rate. */
function* tryRate(task: TrialTask, learningRate: number, count: number): Paused<Trial> {
  const { blueprint } = task
  const engine = drawEngine(blueprint)
  const steps = new RandomSteps({ engine, steps: new Steps(blueprint, engine) }, task, new Generator(blueprint.seed))
  try {
    for (let step = 0; step < count; step++) {
      yield* steps.take(learningRate)
      yield
    }
  } catch (error) {
    if (error instanceof Refusal) return { learningRate, loss: Number.POSITIVE_INFINITY }
    throw error
  }
  const loss = yield* lossOf(task, engine)
  return { learningRate, loss: Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss }
}

function drawEngine(blueprint: Blueprint): Engine {
  const engine = new Engine(blueprint)
  const random = new Generator(blueprint.seed)
  for (const [l, { initializer }] of blueprint.layers.entries()) {
    drawWeights((engine.layers[l] as (typeof engine.layers)[number]).W, initializer, random)
  }
  return engine
}

/** The plain loss of the sample. */
function lossOf({ batch: { inputs, targets }, sample }: TrialTask, engine: Engine): Paused<number> {
  return engine.lossInBlocks({ inputs, ...(targets && { targets }), order: sample, from: 0, to: sample.length })
}

/** Tries the network's own rate; and where that does not lead well down, tenths and tens of it. */
export function* tryRates(task: TrialTask, blank: number, isSettled: boolean): Paused<Trials> {
  const steps = stepsOf(task)
  const rate = task.blueprint.optimizer.learningRate
  const first = yield* lossOf(task, drawEngine(task.blueprint))
  const own = yield* tryRate(task, rate, steps)
  const trials = [own]
  const result = { trials, first, steps }
  const aim = 0.6 * Math.min(first, blank)
  if (isSettled && own.loss < aim) return result
  const lower = Array.from({ length: LOWEST }, (_, k) => Number((rate / 10 ** (k + 1)).toPrecision(12)))
  const usual = usualRate(task.blueprint.optimizer) / 10
  for (const [k, lowerRate] of [...lower, ...(usual < rate ? [usual] : [])].entries()) {
    if (own.loss < aim) break
    const trial = yield* tryRate(task, lowerRate, steps)
    trials.push(trial)
    if (trial.loss < aim || (k + 1 >= HIGHEST && trial.loss < Number.POSITIVE_INFINITY)) break
  }
  if (own.loss === Number.POSITIVE_INFINITY) return result
  for (let k = 1; k <= HIGHEST; k++) trials.push(yield* tryRate(task, Number((rate * 10 ** k).toPrecision(12)), steps))
  return result
}
