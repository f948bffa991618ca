import type { Trial } from '../findings/rates.ts'
import { usualRate } from '../findings/refused-step.ts'
import type { Paused } from '../matrix/pauses.ts'
import { drawnEngine } from '../network/drawn-engine.ts'
import type { Engine } from '../network/engine.ts'
import { type Blueprint, sizesOf } from '../network/options.ts'
import { Refusal } from '../network/refusal.ts'
import { plainStep, type StepForm, Steps } from '../network/steps.ts'
import { Generator } from '../random/generator.ts'
import { countParameters } from '../rule/parameter-count.ts'
import { RandomSteps, type StepTask } from './random-steps.ts'

/** A trial takes so many steps, or fewer where they would take more multiplications than that; but never fewer than the least. */
const STEPS = 100
const MULTIPLICATIONS = 2e9
const LEAST_STEPS = 20

/** How far up and down rates are tried, in powers of 10. */
const HIGHEST = 12
const LOWEST = 6

/** After so many of them, one that leads well down is enough. */
const ENOUGH = 3

/** What is tried. */
export interface TrialTask extends StepTask {
  readonly blueprint: Blueprint
  /** rows whose loss is looked at */
  readonly sample: Uint32Array
  /** at most */
  readonly steps?: number
}

/** What a loss is taken of. */
type Sampled = Pick<TrialTask, 'blueprint' | 'batch' | 'sample' | 'form'>

/** What trials gave. */
export interface Trials {
  readonly trials: readonly Trial[]
  readonly steps: number
}

/** How many steps a trial takes. */
function stepsOf({ blueprint, batchSize, steps = STEPS }: TrialTask): number {
  const affordable = Math.floor(MULTIPLICATIONS / (3 * countParameters(sizesOf(blueprint)) * batchSize))
  return Math.min(Math.max(LEAST_STEPS, Math.min(STEPS, affordable)), steps)
}

/** Some steps from the weights that the seed draws, over the rows in an order that is the same for every rate. */
function* tryRate(task: TrialTask, learningRate: number, count: number): Paused<Trial> {
  const { blueprint } = task
  const engine = drawnEngine(blueprint, new Generator(blueprint.seed))
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

/** The loss of the sample, with the penalty where there is one. */
function lossOf({ batch: { inputs, targets }, sample, form }: Sampled, engine: Engine): Paused<number> {
  const rows = { inputs, ...(targets && { targets }), order: sample, from: 0, to: sample.length }
  return engine.lossInBlocks(rows, form)
}

/** The weights that the seed draws: their loss, and the penalty on them. */
export function* measureDrawn(task: Omit<Sampled, 'form'>, form: StepForm): Paused<{ loss: number; penalty: number }> {
  const { blueprint } = task
  const engine = drawnEngine(blueprint, new Generator(blueprint.seed))
  return { loss: yield* lossOf({ ...task, form: plainStep }, engine), penalty: engine.penalty(form) }
}

/** Tries the network's own rate; and where that does not lead well down, tenths and tens of it. */
export function* tryRates(task: TrialTask, first: number, blank: number, isSettled: boolean): Paused<Trials> {
  const steps = stepsOf(task)
  const own = yield* tryRate(task, task.blueprint.optimizer.learningRate, steps)
  const aim = 0.6 * Math.min(first, blank)
  if (isSettled && own.loss < aim) return { trials: [own], steps }
  const lower = own.loss < aim ? [] : yield* tryLower(task, steps, aim)
  const isInfinite = own.loss === Number.POSITIVE_INFINITY
  const higher = isInfinite ? [] : yield* tryHigher(task, steps, aim, 2 * Math.max(first, blank))
  return { trials: [own, ...lower, ...higher], steps }
}

/** Tenths of the rate, and at last what is usual for the optimizer, until one leads well down. */
function* tryLower(task: TrialTask, steps: number, aim: number): Paused<Trial[]> {
  const { optimizer } = task.blueprint
  const usual = usualRate(optimizer) / 10
  const tenths = Array.from({ length: LOWEST }, (_, k) => rounded(optimizer.learningRate / 10 ** (k + 1)))
  const trials: Trial[] = []
  for (const rate of usual < optimizer.learningRate ? [...tenths, usual] : tenths) {
    const trial = yield* tryRate(task, rate, steps)
    trials.push(trial)
    if (trial.loss < aim || (trials.length >= ENOUGH && trial.loss < Number.POSITIVE_INFINITY)) break
  }
  return trials
}

/** Tens of the rate, until the loss rises. */
function* tryHigher(task: TrialTask, steps: number, aim: number, most: number): Paused<Trial[]> {
  const { learningRate } = task.blueprint.optimizer
  const trials: Trial[] = []
  for (let k = 1; k <= HIGHEST; k++) {
    const trial = yield* tryRate(task, rounded(learningRate * 10 ** k), steps)
    trials.push(trial)
    const isFound = k >= ENOUGH && trials.some(({ loss }) => loss < aim)
    if (trial.loss > most || isFound) break
  }
  return trials
}

function rounded(rate: number): number {
  return Number(rate.toPrecision(12))
}
