import ndarray from 'ndarray'
import { checkOptions, typeError } from '../errors.ts'
import { baselineOf } from '../findings/baseline.ts'
import { findConstant, findUnscaled, rangesOf } from '../findings/columns.ts'
import { type CourseContext, FITTED, findJumps, findOverfitting, findUnderfitting } from '../findings/course.ts'
import type { Finding, FindingKind } from '../findings/finding.ts'
import { findImbalance } from '../findings/labels.ts'
import { findInLayers } from '../findings/layers.ts'
import { findHighRate, findLowRate, UNFITTED } from '../findings/rates.ts'
import { findUnreachable } from '../findings/reach.ts'
import { brokenFunction, brokenParameter as findBroken } from '../findings/refused-step.ts'
import { findDuplicates, findLeaks } from '../findings/repeats.ts'
import { findLargeBatch, findLargeNetwork } from '../findings/sizes.ts'
import type { FloatArray } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import { readBatchInPauses } from '../network/batch.ts'
import { copyRows } from '../network/block.ts'
import { brokenParameter, measureLayers } from '../network/evidence.ts'
import { type FitOptions, fitOptions } from '../network/fit.ts'
import { readSettings } from '../network/fit-settings.ts'
import { float64Copy } from '../network/float64-copy.ts'
import { type Inside, insideOf } from '../network/inside.ts'
import type { Network } from '../network/network.ts'
import { readObjective } from '../network/objective.ts'
import type { Blueprint } from '../network/options.ts'
import { hasDropout } from '../network/options.ts'
import type { StepForm } from '../network/steps.ts'
import type { History } from '../training/history.ts'
import { inTurns } from '../training/turn.ts'
import { tryRates } from './rate-trials.ts'

/** What is known of a training, beside its rows: the options of the fit, and what it gave. */
export interface DiagnoseOptions extends FitOptions {
  /** what fit returned; absent before training */
  readonly history?: History
}

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
 * @param options those of fit, of which batchSize, validation (rows of their own), weights and penalties are looked at; history,
 *   what fit returned
 * @returns what was found, data first, then rate, layers, course and sizes; empty where nothing was
 * @throws TypeError or RangeError for what fit refuses
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
  const task = await inTurns(readTask(inside, inputs, targets, options))
  return inTurns(findAll(inside, task))
}

interface Task {
  readonly inputs: Rows
  readonly targets: Rows
  readonly weights?: FloatArray
  readonly form: StepForm
  readonly validation?: Rows
  readonly options: DiagnoseOptions
}

function* readTask({ blueprint }: Inside, inputs: Table, targets: Table, options: DiagnoseOptions): Paused<Task> {
  checkOptions(WHERE, options, [...fitOptions, 'history'])
  const { history, validation } = options
  if (history !== undefined) checkHistory(history)
  const { form } = readSettings(WHERE, options)
  const read = yield* readBatchInPauses(WHERE, blueprint, inputs, targets)
  const { l1: _, l2: __, weights } = readObjective(WHERE, blueprint, read.targets, options)
  const task = { ...read, form, options, ...(weights && { weights }) }
  if (validation === undefined || typeof validation === 'number') return task
  const where = `${WHERE}: validation`
  checkOptions(where, validation, ['inputs', 'targets'])
  const held = yield* readBatchInPauses(where, blueprint, validation.inputs, validation.targets)
  return { ...task, validation: held.inputs }
}

function checkHistory(history: unknown): void {
  const { loss, validationLoss, rollbacks } = Object(history) as Partial<History>
  if (Array.isArray(loss) && Array.isArray(validationLoss) && Array.isArray(rollbacks)) return
  throw typeError(WHERE, 'history', 'what fit returned', history)
}

function* findAll(inside: Inside, task: Task): Paused<Finding[]> {
  const found = yield* findInData(inside, task)
  const broken = brokenParameter(inside.engine.layers)
  if (broken !== undefined) return [...found, findBroken(`${broken.place} is ${broken.value}`)]
  const context = yield* contextOf(inside, task)
  const isFitted = context.loss < FITTED * context.baseline
  const layers = isFitted ? [] : findLayers(inside, task)
  yield
  const course = findInCourse(inside, task, context)
  // what a rate leads to is the rate's doing only where the data is sound and gradients come through
  const isSound = ![...found, ...layers].some(({ kind }) => UNSOUND.includes(kind))
  const jumps = course.filter(({ kind }) => kind === 'rateTooHigh')
  const tried = isSound && !isFitted && jumps.length === 0 ? yield* findRates(inside, task, context) : []
  const rates = [...jumps, ...tried]
  found.push(...rates, ...layers)
  found.push(...course.filter(({ kind }) => kind === 'overfitting'))
  // too few units are to blame where nothing else is
  if (isSound && rates.length === 0) found.push(...course.filter(({ kind }) => kind === 'underfitting'))
  const isOverfitting = course.some(({ kind }) => kind === 'overfitting')
  const isProved = (task.options.history?.validationLoss.length ?? 0) > 0 && !isOverfitting
  return [...found, ...findSizes(inside, task, isProved)]
}

/** Beside these, neither a rate nor a lack of units can be judged. */
const UNSOUND: readonly FindingKind[] = [
  'unscaledInputs',
  'unscaledTargets',
  'targetsOutOfRange',
  'vanishingGradients',
  'brokenFunction',
]

function* findInData({ blueprint }: Inside, { inputs, targets, validation, weights }: Task): Paused<Finding[]> {
  const { E } = blueprint
  const f = (blueprint.layers.at(-1) as Blueprint['layers'][number]).f
  const inputRanges = yield* rangesOf(inputs)
  const targetRanges = yield* rangesOf(targets)
  const found = [...findUnscaled('inputs', inputs, inputRanges), ...findConstant('inputs', inputs, inputRanges)]
  yield
  const unreachable = findUnreachable(targets, f, E)
  found.push(...unreachable)
  if (unreachable.length === 0) found.push(...findUnscaled('targets', targets, targetRanges))
  found.push(...findConstant('targets', targets, targetRanges))
  if (weights === undefined) found.push(...findImbalance(targets))
  yield
  found.push(...(yield* findDuplicates(inputs, targets)))
  if (validation !== undefined) found.push(...(yield* findLeaks(inputs, validation)))
  return found
}

/** So many rows of the data, or all, evenly spread. */
function spread(rows: number, most: number): Uint32Array {
  const count = Math.min(rows, most)
  return Uint32Array.from({ length: count }, (_, k) => Math.floor((k * rows) / count))
}

function* contextOf({ blueprint, engine }: Inside, { inputs, targets }: Task): Paused<CourseContext> {
  const order = spread(inputs.rows, SAMPLE)
  const batch = { inputs, targets, order, from: 0, to: order.length }
  const loss = yield* float64Copy(blueprint, engine.layers).lossInBlocks(batch)
  const columns = targets.columns
  const data = zeros('float64', order.length * columns)
  copyRows(targets, ndarray(data, [order.length, columns]), 0, order.length, order)
  const baseline = baselineOf(blueprint.E, { data, rows: order.length, columns })
  return { baseline, loss, layers: layersOf(blueprint), rows: inputs.rows }
}

/** Inputs, units of each layer, outputs. */
function layersOf({ inputs, layers }: Blueprint): [number, ...number[]] {
  return [inputs, ...layers.map(({ units }) => units)]
}

function findLayers({ blueprint, engine }: Inside, { inputs, targets }: Task): Finding[] {
  const order = spread(inputs.rows, LAYER_SAMPLE)
  const batch = { inputs, targets, order, from: 0, to: order.length }
  const { layers, ownFunction } = measureLayers(blueprint, engine.layers, batch, 0)
  if (ownFunction !== undefined) return [brokenFunction(ownFunction)]
  return findInLayers(
    layers,
    blueprint.layers.slice(0, -1).map(({ f }) => f.name),
  )
}

function findInCourse({ blueprint }: Inside, { options: { history } }: Task, context: CourseContext): Finding[] {
  if (history === undefined) return []
  const { learningRate } = blueprint.optimizer
  return [
    ...findJumps(history, learningRate, context),
    ...findOverfitting(history, context),
    ...findUnderfitting(history, context),
  ]
}

function* findRates({ blueprint, steps: { count } }: Inside, task: Task, context: CourseContext): Paused<Finding[]> {
  const { inputs, targets, weights, form, options } = task
  const { rows } = inputs
  const { baseline, loss } = context
  const batchSize = Math.min(options.batchSize ?? 32, rows)
  const { history } = options
  const reached = history === undefined ? {} : { reached: loss }
  const isSettled = history === undefined || loss <= UNFITTED * baseline
  const { trials, first, steps } = yield* tryRates(
    {
      blueprint,
      batch: { inputs, targets, ...(weights && { weights }) },
      hasDropout: hasDropout(blueprint),
      sample: spread(rows, SAMPLE),
      form,
      batchSize,
      ...(history === undefined ? {} : { steps: Math.max(1, Math.ceil(loss < 0.9 * baseline ? count / 4 : count)) }),
    },
    baseline,
    isSettled,
  )
  const rates = { learningRate: blueprint.optimizer.learningRate, first, baseline, steps, trials, ...reached }
  const high = findHighRate(rates)
  return high.length > 0 ? high : findLowRate(rates)
}

function findSizes({ blueprint }: Inside, { inputs, options }: Task, isProved: boolean): Finding[] {
  const layers = layersOf(blueprint)
  const large = isProved ? [] : findLargeNetwork({ layers, rows: inputs.rows })
  return [...findLargeBatch(options.batchSize, inputs.rows), ...large]
}
