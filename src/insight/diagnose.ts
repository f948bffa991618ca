import ndarray from 'ndarray'
import { baselineOf } from '../findings/baseline.ts'
import {
  type CourseContext,
  FITTED,
  findJumps,
  findOverfitting,
  findUnderfitting,
  fixPenalty,
} from '../findings/course.ts'
import type { Finding, FindingKind } from '../findings/finding.ts'
import { findInLayers } from '../findings/layers.ts'
import { findHighRate, findLowRate, UNFITTED } from '../findings/rates.ts'
import { brokenFunction, brokenParameter as findBroken } from '../findings/refused-step.ts'
import { findContradictions } from '../findings/repeats.ts'
import { findLargeBatch, findLargeNetwork } from '../findings/sizes.ts'
import { zeros } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Table } from '../matrix/rows.ts'
import { copyRows } from '../network/block.ts'
import { brokenParameter, measureLayers } from '../network/evidence.ts'
import { float64Copy } from '../network/float64-copy.ts'
import { type Inside, insideOf } from '../network/inside.ts'
import type { Network } from '../network/network.ts'
import type { Blueprint } from '../network/options.ts'
import { hasDropout, sizesOf } from '../network/options.ts'
import { plainStep, type StepForm } from '../network/steps.ts'
import { evenly } from '../random/permutation.ts'
import type { History } from '../training/history.ts'
import { inTurns } from '../training/turn.ts'
import { type Data, findInData } from './diagnose-data.ts'
import { type DiagnoseOptions, readData, readForm } from './diagnose-options.ts'
import { fitToLayers } from './network-fix.ts'
import { measureDrawn, tryRates } from './rate-trials.ts'

const WHERE = 'diagnose'

/** The loss is looked at on so many rows at most, layers on so many. */
const SAMPLE = 2048
const LAYER_SAMPLE = 256

/**
 * Looks for what keeps a network from learning: in the data, in its layers, in its options, and with a `history` in the course of
 * its training. Each finding says what, where, by which numbers, and what helps; where options help, it has them.
 *
 * Data is looked at row by row, layers on 256 rows, in float64. The learning rate is tried: some steps from the weights that the
 * seed draws, and where they do not lead well down, at other rates. All of that happens on copies; nothing of the network changes.
 *
 * @param network before its training or after it
 * @param inputs n×inputs, those to train on
 * @param targets n×outputs
 * @param options those of fit, of which batchSize, validation (rows of their own), weights, penalties and clipping are looked at,
 *   and signal; history, what fit returned
 * @returns what was found, data first, then rate, layers, course and sizes; empty where nothing was
 * @throws TypeError or RangeError for what fit refuses; the signal's reason
 * @see findings/ for what is looked for, and beyond which numbers
 * @example
 * import { diagnose, Network } from 'bp-net'
 * const network = new Network({ layers: [1, 4, 1], outputActivation: 'sigmoid', seed: 1 })
 * const rows = Array.from({ length: 20 }, (_, i) => [i / 10])
 * const findings = await diagnose(network, rows, rows)
 * for (const { kind, what, fix } of findings) console.log(`${kind}: ${what}`, fix.network)
 * // targetsOutOfRange: 9 of 20 targets are beyond what sigmoid outputs, from 0 to 1: row 19, column 0 is 1.9 { outputActivation: 'identity' }
 */
export async function diagnose(
  network: Network,
  inputs: Table,
  targets: Table,
  options: DiagnoseOptions = {},
): Promise<Finding[]> {
  const inside = insideOf(WHERE, network)
  const form = readForm(WHERE, options)
  const data = await inTurns(readData(WHERE, inside.blueprint, inputs, targets, options), options.signal)
  const found = await inTurns(findAll(inside, { data, form, options }), options.signal)
  return found.map((finding) => {
    const { network: fix } = finding.fix
    return fix ? { ...finding, fix: { ...finding.fix, network: fitToLayers(fix, inside.blueprint) } } : finding
  })
}

/** What is diagnosed. */
interface Task {
  readonly data: Data
  readonly form: StepForm
  readonly options: DiagnoseOptions
}

function* findAll(inside: Inside, task: Task): Paused<Finding[]> {
  const { blueprint, engine } = inside
  const { data, options } = task
  const inData = yield* findInData(blueprint, data)
  const broken = brokenParameter(engine.layers)
  if (broken !== undefined) return [...inData, findBroken(`${broken.place} is ${broken.value}`)]
  const context = yield* contextOf(inside, task)
  const isFitted = context.loss < FITTED * context.baseline
  const inLayers = isFitted ? [] : findLayers(inside, task, inData)
  yield
  const course = options.history === undefined ? [] : findInCourse(inside, options.history, context)
  const jumps = course.filter(({ kind }) => kind === 'rateTooHigh')
  // what a rate leads to is the rate's doing only where the data is sound and gradients come through
  const isSound = ![...inData, ...inLayers].some(({ kind }) => UNSOUND.includes(kind))
  const isTried = isSound && !isFitted && jumps.length === 0
  const rates = [...jumps, ...(isTried ? yield* findRates(inside, task, context) : [])]
  // too few units are to blame where nothing else is
  const isBlameless = isSound && rates.length === 0
  const underfitting = isBlameless ? course.filter(({ kind }) => kind === 'underfitting') : []
  const isPoor = options.history !== undefined && isSound && context.loss > UNFITTED * context.baseline
  const contradictions = isPoor ? yield* findContradictions(data.inputs, data.targets) : []
  const isForeign = inData.some(({ where }) => where.data === 'validation')
  const overfitting = isForeign ? [] : course.filter(({ kind }) => kind === 'overfitting')
  const isProved = (options.history?.validationLoss.length ?? 0) > 0 && overfitting.length === 0
  return [
    ...inData,
    ...rates,
    ...inLayers,
    ...overfitting,
    ...(contradictions.length > 0 ? contradictions : underfitting),
    ...findLargeBatch(options.batchSize, data.inputs.rows),
    ...(isProved ? [] : findLargeNetwork(context)),
  ]
}

/** Beside these, neither a rate nor a lack of units can be judged. */
const UNSOUND: readonly FindingKind[] = [
  'outlyingRows',
  'unscaledInputs',
  'unscaledTargets',
  'targetsOutOfRange',
  'vanishingGradients',
  'brokenFunction',
]

function* contextOf({ blueprint, engine }: Inside, { data, form, options }: Task): Paused<CourseContext> {
  const { inputs, targets } = data
  const sample = evenly(inputs.rows, SAMPLE)
  const rows = { inputs, targets, order: sample, from: 0, to: sample.length }
  const now = yield* float64Copy(blueprint, engine.layers).lossInBlocks(rows)
  const last = options.history?.loss.at(-1) ?? Number.POSITIVE_INFINITY
  const columns = targets.columns
  const seen = ndarray(zeros('float64', sample.length * columns), [sample.length, columns])
  copyRows(targets, seen, 0, sample.length, sample)
  const drawn = yield* measureDrawn({ blueprint, batch: { inputs, targets }, sample }, form)
  return {
    baseline: baselineOf(blueprint.E, { data: seen.data, rows: sample.length, columns }),
    // of a share that fit held out nothing was learned: what it says itself counts, too
    loss: typeof options.validation === 'number' ? Math.min(now, last) : now,
    first: drawn.loss,
    penalty: drawn.penalty,
    layers: sizesOf(blueprint),
    hidden: hiddenOf(blueprint),
    rows: inputs.rows,
    optimizer: blueprint.optimizer,
    form,
  }
}

function hiddenOf({ layers }: Blueprint): string[] {
  return layers.slice(0, -1).map(({ f }) => f.name)
}

function findLayers({ blueprint, engine }: Inside, { data, form }: Task, inData: readonly Finding[]): Finding[] {
  const { inputs, targets } = data
  const order = evenly(inputs.rows, LAYER_SAMPLE)
  const batch = { inputs, targets, order, from: 0, to: order.length }
  const { layers, ownFunction } = measureLayers(blueprint, engine.layers, batch, 0)
  if (ownFunction !== undefined) return [brokenFunction(ownFunction)]
  const found = findInLayers(layers, hiddenOf(blueprint))
  if (inData.some(({ kind }) => kind === 'unscaledInputs' || kind === 'outlyingRows')) {
    return found.map((finding) => ({ ...finding, fix: { advice: 'Mend the inputs first' } }))
  }
  const held = layers.every(({ largestParameter: most }) => most > 0 && most < SHRUNK)
    ? fixPenalty({ form, ...blueprint })
    : undefined
  return held === undefined ? found : found.map((finding) => ({ ...finding, fix: held }))
}

/** Weights so small were drawn to 0. */
const SHRUNK = 0.1

function findInCourse({ blueprint }: Inside, history: History, context: CourseContext): Finding[] {
  return [
    ...findJumps(history, blueprint.optimizer.learningRate, context),
    ...findOverfitting(history, context),
    ...findUnderfitting(history, context),
  ]
}

function* findRates({ blueprint, steps: { count } }: Inside, task: Task, context: CourseContext): Paused<Finding[]> {
  const { data, form, options } = task
  const { inputs, targets, weights } = data
  const { baseline, loss } = context
  const first = context.first + context.penalty
  const isTrained = options.history !== undefined
  const most = Math.max(1, Math.ceil(loss < 0.9 * baseline ? count / 4 : count))
  const trial = {
    blueprint,
    batch: { inputs, targets, ...(weights && { weights }) },
    hasDropout: hasDropout(blueprint),
    sample: evenly(inputs.rows, SAMPLE),
    form: { ...plainStep, l1: form.l1, l2: form.l2 }, // a rate can make up for clipping, but should not
    batchSize: Math.min(options.batchSize ?? 32, inputs.rows),
    ...(isTrained && { steps: most }),
  }
  const isSettled = !isTrained || loss <= UNFITTED * baseline
  const tried = yield* tryRates(trial, first, baseline, isSettled)
  const { learningRate } = blueprint.optimizer
  const rates = { learningRate, first, baseline, ...tried, ...(isTrained && { reached: loss }) }
  const high = findHighRate(rates)
  return high.length > 0 ? high : findLowRate(rates)
}
