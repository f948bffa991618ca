import { checkFunction, checkInteger, checkNumber, checkOptions } from '../errors.ts'
import type { Optimizer } from '../kernels/plan.ts'
import type { Table } from '../matrix/rows.ts'
import { readBatchInPauses } from '../network/batch.ts'
import { copyInside } from '../network/copy.ts'
import type { FitOptions } from '../network/fit.ts'
import { readSettings } from '../network/fit-settings.ts'
import { insideOf } from '../network/inside.ts'
import type { Network } from '../network/network.ts'
import type { Objective } from '../network/objective.ts'
import { objectiveOptions, readObjective } from '../network/objective.ts'
import { hasDropout } from '../network/options.ts'
import { Generator } from '../random/generator.ts'
import { unlessAborted } from '../training/abort.ts'
import { inTurns, tellInTurns } from '../training/turn.ts'
import { RangeTest } from './range-test.ts'
import type { LearningRateRange, RatePoint } from './rate-curve.ts'
import { readCurve } from './rate-curve.ts'

/** How a learning rate is looked for; what concerns a step as in `fit`. */
export interface LearningRateOptions
  extends Objective,
    Pick<FitOptions, 'batchSize' | 'clipNorm' | 'clipValue' | 'signal'> {
  /** the rate of the first step (1e-5 with sgd, else 1e-6) */
  readonly least?: number
  /** the rate of the last step (100 with sgd, else 10) */
  readonly greatest?: number
  /** how many steps lie between, from 10 (200) */
  readonly steps?: number
  /** from which the order of the rows follows, and dropout (the network's) */
  readonly seed?: number
  /** called and awaited after each step; false stops, and what was seen so far counts */
  readonly onStep?: (report: RateReport) => unknown
}

/** What a step of a range test gave. */
export interface RateReport {
  /** counted from 1 */
  readonly step: number
  /** how many there are, unless the loss leaves all bounds before */
  readonly steps: number
  /** the rate of the step */
  readonly learningRate: number
  /** the loss after it, always of the same rows */
  readonly loss: number
}

const WHERE = 'findLearningRate'

const knownOptions = [
  'least',
  'greatest',
  'steps',
  'batchSize',
  'seed',
  'signal',
  'onStep',
  'clipNorm',
  'clipValue',
  ...objectiveOptions,
]

/**
 * Looks for a learning rate by a range test: gradient steps on a copy of the network, each at a greater rate than the one
 * before, until the loss leaves all bounds.
 *
 *     rate_k = least·(greatest/least)^(k/(steps − 1))        suggestion = minimum/3 with sgd, minimum/5 with the others
 *
 * The minimum is the rate at which the loss has come down by 99% of its fall, before it first rises by half of that. It is
 * measured after each step, on the same rows, at most 256, dropout off. The test begins where the network stands, its
 * optimizer's state included, and leaves it as it is, to the bit; its generator does not move either. Other work of the thread
 * gets its turns; matrices of the network's dtype are read in place. The suggestion is a rate to begin with: where training
 * first has to cross a plateau, which no such test sees beyond, greater rates may be better.
 *
 * @param network whose optimizer, state and batch size the suggestion is for; not touched
 * @param inputs n×inputs
 * @param targets n×outputs
 * @param options the range, and what a step is made of: `batchSize` (32) and objective as in the fit to come
 * @returns the suggestion and the curve; as text, by `toString()` or in a template, a picture of it
 * @throws TypeError or RangeError that names the argument; RangeError, with the `curve`, where no rate lowered the loss by
 *   a thousandth; RangeError where it is not finite before the first step, with the parameter, the function or the row at fault;
 *   the signal's reason where it was aborted
 * @see Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3
 * @example
 * import { findLearningRate, Network } from 'bp-net'
 * const inputs = Array.from({ length: 50 }, (_, i) => [i / 50])
 * const targets = inputs.map(([x]) => [1 - 2 * x])
 * const options = { layers: [1, 8, 1], activation: 'tanh', outputActivation: 'identity', seed: 1 } as const
 * const { suggestion } = await findLearningRate(new Network(options), inputs, targets)
 * const network = new Network({ ...options, learningRate: suggestion })
 * await network.fit(inputs, targets, { epochs: 100 })
 * console.log(network.loss(inputs, targets) < 1e-3) // true
 */
export async function findLearningRate(
  network: Network,
  inputs: Table,
  targets: Table,
  options: LearningRateOptions = {},
): Promise<LearningRateRange> {
  const inside = insideOf(WHERE, network)
  const { blueprint } = inside
  const { rates, random, batchSize, form, onStep, signal } = readRange(blueprint, options)
  signal?.throwIfAborted()
  const copy = copyInside(blueprint, inside)
  const data = await inTurns(readBatchInPauses(WHERE, blueprint, inputs, targets))
  const { l1: _, l2: __, ...terms } = readObjective(WHERE, blueprint, data.targets, options)
  const batch = { inputs: data.inputs, ...terms }
  const test = new RangeTest(copy, { batch, form, rates, batchSize, hasDropout: hasDropout(blueprint) }, random)
  const start = await inTurns(test.measure())
  if (!Number.isFinite(start)) throw test.explain(WHERE, blueprint, start)
  const steps = rates.length
  const tell = (point: RatePoint) => unlessAborted(onStep?.({ step: test.curve.length, steps, ...point }), signal)
  const stoppedBy = await tellInTurns(test.run(start), tell, signal)
  return readCurve(WHERE, blueprint.optimizer, start, test.curve, stoppedBy)
}

/** Checks the options, and fills in what was not given. */
function readRange({ optimizer, seed: own }: { optimizer: Optimizer; seed: number }, options: LearningRateOptions) {
  checkOptions(WHERE, options, knownOptions)
  const isSgd = optimizer.name === 'sgd'
  const { least = isSgd ? 1e-5 : 1e-6, greatest = isSgd ? 100 : 10, steps = 200, seed = own, onStep, ...rest } = options
  const { settings, form } = readSettings(WHERE, rest)
  checkNumber(WHERE, 'least', least, 'a finite number above 0', (rate) => rate > 0)
  checkNumber(WHERE, 'greatest', greatest, `a finite number above least, ${least}`, (rate) => rate > least)
  checkInteger(WHERE, 'steps', steps, 10)
  checkInteger(WHERE, 'seed', seed, 0)
  if (onStep !== undefined) checkFunction(WHERE, 'onStep', onStep)
  const rates = Array.from({ length: steps }, (_, k) => least * (greatest / least) ** (k / (steps - 1)))
  const { batchSize } = settings
  return { rates, batchSize, form, random: new Generator(seed), onStep, signal: options.signal }
}
