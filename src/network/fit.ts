import { classOf } from '../data/classes.ts'
import { holdOut } from '../data/hold-out.ts'
import { checkFunction, checkInteger, checkMember, checkOptions, rangeError, typeError } from '../errors.ts'
import type { FloatArray } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import type { Generator } from '../random/generator.ts'
import { inOrder } from '../random/permutation.ts'
import type { LoopOptions, RunSettings } from '../training/loop-options.ts'
import { loopCallbacks } from '../training/loop-options.ts'
import { present } from '../training/run-state.ts'
import { readBatchInPauses } from './batch.ts'
import { checkPlace, checkResumed, pickSaved, readSettings, savedOptions } from './fit-settings.ts'
import type { NetworkJSON } from './json-format.ts'
import type { Metric, MetricName } from './metrics.ts'
import { readMetrics } from './metrics.ts'
import type { Objective } from './objective.ts'
import { objectiveOptions, readObjective } from './objective.ts'
import type { Blueprint } from './options.ts'
import type { SavedRun } from './saved-run.ts'
import type { StepForm } from './steps.ts'

/** Rows that are not trained on. */
export interface Validation {
  /** n×inputs */
  readonly inputs: Table
  /** n×outputs */
  readonly targets: Table
}

/** Where a run is saved on its way. */
export interface Checkpoints {
  /** called and awaited with the network as toJSON gives it */
  readonly save: (network: NetworkJSON) => unknown
  /** after so many epochs each time (1, unless everySteps is given) */
  readonly everyEpochs?: number
  /** after so many steps each time */
  readonly everySteps?: number
}

/** How `fit` goes. */
export interface FitOptions extends LoopOptions, Objective {
  /**
   * rows that are not trained on, whose loss is reported after each epoch: a set of their own, or the share of the rows to
   * hold out, drawn from the network's generator; labels are then held out in equal shares of each class
   */
  readonly validation?: Validation | number
  /** what is measured of the validation rows after each epoch */
  readonly metrics?: readonly (MetricName | Metric)[]
  /** the greatest norm of all gradients together; greater ones are scaled down to it */
  readonly clipNorm?: number
  /** the greatest size of a gradient's element; greater ones are cut to it */
  readonly clipValue?: number
  /** saves the network on the way, so that an interrupted run can be resumed */
  readonly checkpoint?: Checkpoints
  /** goes on with the run that was saved or interrupted, with its options where none are given; epochs count from its start */
  readonly resume?: boolean
}

/** What a fit was asked for, read and checked. */
export interface FitTask {
  readonly inputs: Rows
  /** smoothed, where that was asked for */
  readonly targets: Rows
  readonly weights?: FloatArray
  /** the rows that are trained on */
  readonly rows: Uint32Array
  /** as they were given; `rows` are those that count, all if absent */
  readonly validation?: { readonly inputs: Rows; readonly targets: Rows; readonly rows?: Uint32Array }
  readonly metrics: readonly Metric[]
  readonly form: StepForm
  readonly settings: RunSettings
  /** what is saved of the options, for `resume` */
  readonly saved: Omit<SavedRun, 'state'>
}

/** All options of fit. */
export const fitOptions = [
  ...new Set([...savedOptions, ...loopCallbacks, ...objectiveOptions, 'metrics', 'checkpoint', 'resume']),
]

const WHERE = 'fit'

/** Checks what was given to `fit`, and converts its rows once, with pauses while much is copied. */
export function* readFit(
  blueprint: Blueprint,
  inputs: Table,
  targets: Table,
  given: FitOptions,
  random: Generator,
  earlier: SavedRun | undefined,
): Paused<FitTask> {
  const options: FitOptions = { ...earlier?.options, ...present(given) }
  const { settings, form } = readSettings(WHERE, options)
  checkCheckpoints(options.checkpoint)
  const data = yield* readBatchInPauses(WHERE, blueprint, inputs, targets)
  if (earlier !== undefined) checkResumed(WHERE, earlier, given, data.inputs.rows)
  const { validation } = options
  const metrics = readMetrics(WHERE, options.metrics, blueprint)
  if (metrics.length > 0 && validation === undefined) {
    throw typeError(WHERE, 'validation', 'rows to measure the metrics on', validation)
  }
  const split = earlier?.split ?? random.state
  const held = typeof validation === 'number' ? readShare(data, validation, random, earlier) : undefined
  const rows = held?.training ?? inOrder(data.inputs.rows)
  if (earlier !== undefined) checkPlace(WHERE, earlier, settings, rows.length)
  const { l1: _, l2: __, ...objective } = readObjective(WHERE, blueprint, data.targets, options, rows)
  const saved = {
    rows: data.inputs.rows,
    options: pickSaved(options, settings),
    ...(held && { split }),
    ...(validation === undefined || held ? {} : { validationSet: true as const }),
    ...(options.sampleWeights === undefined ? {} : { sampleWeights: true as const }),
  }
  return {
    inputs: data.inputs,
    ...objective,
    rows,
    ...(yield* readValidation(blueprint, validation, data, held?.held)),
    metrics,
    form,
    settings,
    saved,
  }
}

/** The rows to train on and those to validate with; a resumed run parts them as before. */
function readShare(
  { inputs, targets }: { inputs: Rows; targets: Rows },
  share: number,
  random: Generator,
  earlier: SavedRun | undefined,
) {
  if (inputs.rows < 2)
    throw rangeError(WHERE, 'the number of rows', 'at least 2, to hold out a share of them', inputs.rows)
  const now = random.state
  if (earlier?.split !== undefined) random.state = earlier.split
  const parted = holdOut(inputs.rows, share, random, classOf(targets))
  if (earlier !== undefined) random.state = now
  return parted
}

function* readValidation(
  blueprint: Blueprint,
  validation: FitOptions['validation'],
  data: { inputs: Rows; targets: Rows },
  held: Uint32Array | undefined,
): Paused<Pick<FitTask, 'validation'>> {
  if (held !== undefined) return { validation: { ...data, rows: held } }
  if (validation === undefined) return {}
  const where = `${WHERE}: validation`
  checkOptions(where, validation, ['inputs', 'targets'])
  const { inputs, targets } = validation as Validation
  return { validation: yield* readBatchInPauses(where, blueprint, inputs, targets) }
}

function checkCheckpoints(checkpoint: unknown): void {
  if (checkpoint === undefined) return
  const where = `${WHERE}: checkpoint`
  checkMember(WHERE, 'checkpoint', checkpoint, ['save', 'everyEpochs', 'everySteps'])
  const { save, everyEpochs, everySteps } = checkpoint as Partial<Checkpoints>
  checkFunction(where, 'save', save)
  if (everyEpochs !== undefined) checkInteger(where, 'everyEpochs', everyEpochs, 1)
  if (everySteps !== undefined) checkInteger(where, 'everySteps', everySteps, 1)
}
