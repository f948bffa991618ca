import ndarray from 'ndarray'
import type { FloatArray, View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import { isByRate } from '../training/guard.ts'
import { LossTrace } from '../training/loss-trace.ts'
import type { RunState, SafeState, Snapshot } from '../training/run-state.ts'
import type { Occasion, Scores, StepMoment, Trainee } from '../training/trainee.ts'
import { Averages, snapshotOf, write } from './averages.ts'
import type { Batch } from './batch.ts'
import { copyOut, copyRows } from './block.ts'
import { divergence } from './divergence.ts'
import type { FitTask } from './fit.ts'
import type { Inside } from './inside.ts'
import { measureAll } from './metrics.ts'
import { hasDropout } from './options.ts'
import { Refusal } from './refusal.ts'

/** A network in a fit, as the loop sees it. */
export class FitTrainee implements Trainee {
  readonly rows: Uint32Array
  readonly blockRows: number
  readonly learningRate: number
  readonly hasDropout: boolean
  readonly validate?: () => Paused<Scores>
  readonly #inside: Inside
  readonly #task: FitTask
  readonly #averages: Averages | undefined
  readonly #parameters: readonly View[]
  readonly #state: readonly View[]
  /** the losses of steps before the run */
  readonly #before: readonly number[]

  constructor(inside: Inside, task: FitTask, state?: RunState) {
    const { blueprint, engine } = inside
    this.#inside = inside
    this.#task = task
    this.rows = task.rows
    this.blockRows = engine.workspace.blockRows
    this.learningRate = blueprint.optimizer.learningRate
    this.hasDropout = hasDropout(blueprint)
    const { parameters } = engine.workspace
    this.#parameters = parameters.map(({ parameter }) => parameter)
    this.#state = parameters.flatMap(({ state }) => state)
    this.#before = state === undefined || state.losses.length === 0 ? inside.losses.losses : []
    if (state?.last !== undefined) this.write(state.last)
    if (task.settings.averaging !== undefined) {
      this.#averages = new Averages(blueprint, this.#parameters, engine.cells, state?.averages)
    }
    const { validation } = task
    if (validation !== undefined) this.validate = () => this.#score(validation)
  }

  get count(): number {
    return this.#inside.steps.count
  }

  get norm(): number {
    return this.#inside.steps.norm
  }

  step(order: Uint32Array, from: number, to: number, moment: StepMoment): number {
    return this.#inside.steps.take(this.#batch(order, from, to), this.#task.form, moment)
  }

  stepInBlocks(order: Uint32Array, from: number, to: number, moment: StepMoment): Paused<number> {
    return this.#inside.steps.takeInBlocks(this.#batch(order, from, to), this.#task.form, moment)
  }

  settle(): void {
    this.#inside.steps.settle()
  }

  look(): void {
    const broken = this.#inside.steps.brokenParameter()
    if (broken !== undefined) throw broken
  }

  average(keep: number): void {
    this.#averages?.update(keep)
  }

  parameters(): Snapshot {
    return snapshotOf(this.#parameters)
  }

  averages(): Snapshot | undefined {
    return this.#averages?.snapshot
  }

  write(parameters: Snapshot): void {
    write(this.#parameters, parameters)
  }

  glance(at?: Snapshot): number {
    const batch = this.#batch(this.rows, 0, Math.min(this.blockRows, this.rows.length))
    return this.#with(at, () => this.#inside.engine.loss(batch))
  }

  blank(): Snapshot {
    return this.parameters().map((matrix) => matrix.fill(0))
  }

  keepSafe(): SafeState {
    const averages = this.averages()
    const [parameters, state] = [this.parameters(), snapshotOf(this.#state)]
    return { parameters, state, count: this.count, ...(averages && { averages }) }
  }

  goBack({ parameters, state, averages, count }: SafeState): void {
    this.write(parameters)
    write(this.#state, state)
    if (averages !== undefined && this.#averages !== undefined) this.#averages.snapshot = averages
    this.#inside.steps.count = count
    this.#inside.steps.look()
  }

  reasonOf(error: unknown): string | undefined {
    return error instanceof Refusal ? `${error.subject} is ${error.received}` : undefined
  }

  isByRate(error: unknown): boolean {
    return error instanceof Refusal && isByRate(error)
  }

  explain(error: unknown, { epoch, batch, step, order, from, to, losses, rate }: Occasion): unknown {
    const { inputs, targets } = this.#task
    const where = `fit, epoch ${epoch}, batch ${batch} (step ${step} of the run)`
    if (!(error instanceof Refusal)) return error
    const all = new LossTrace([...this.#before, ...losses]).losses
    const attempt = {
      where,
      inputs,
      targets,
      batch: this.#batch(order, from, to),
      losses: all,
      rate,
      l2: this.#task.form.l2,
    }
    return divergence(this.#inside, error, attempt)
  }

  #batch(order: Uint32Array, from: number, to: number): Batch {
    const { inputs, targets, weights } = this.#task
    return weights === undefined ? { inputs, targets, order, from, to } : { inputs, targets, weights, order, from, to }
  }

  /** The validation rows' loss and metrics; what is measured are the averages, where there are some. */
  *#score({ inputs, targets, rows }: NonNullable<FitTask['validation']>): Paused<Scores> {
    const { engine } = this.#inside
    const { metrics } = this.#task
    const count = rows?.length ?? inputs.rows
    const batch: Batch = { inputs, targets, from: 0, to: count, ...(rows && { order: rows }) }
    const { columns } = targets
    const outputs = metrics.length === 0 ? undefined : zeros(this.#inside.blueprint.dtype, count * columns)
    const passes = engine.lossInBlocks(batch, undefined, (start, many) => {
      if (outputs !== undefined) copyOut(engine.output, many, outputs, start * columns)
    })
    const averages = this.averages()
    for (;;) {
      const { done, value } = this.#with(averages, () => passes.next())
      if (done === true) return { loss: value, metrics: outputs === undefined ? {} : this.#measure(outputs, batch) }
      yield
    }
  }

  /** Runs with other parameters in the place of the network's, which come back. */
  #with<Result>(others: Snapshot | undefined, run: () => Result): Result {
    if (others === undefined) return run()
    const own = this.parameters()
    this.write(others)
    try {
      return run()
    } finally {
      this.write(own)
    }
  }

  #measure(outputs: FloatArray, { targets, order }: Batch): Record<string, number> {
    const { columns } = targets as Rows
    const rows = outputs.length / columns
    const [seen, expected] = [ndarray(outputs, [rows, columns]), ndarray(outputs.slice(), [rows, columns])]
    copyRows(targets as Rows, expected, 0, rows, order)
    return measureAll('fit', this.#task.metrics, Matrix.wrap(seen), Matrix.wrap(expected))
  }
}
