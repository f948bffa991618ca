import type { Paused } from '../matrix/pauses.ts'
import type { GeneratorState, Generator as Random } from '../random/generator.ts'
import { permute } from '../random/permutation.ts'
import type { BatchReport } from './history.ts'
import type { RunSettings } from './loop-options.ts'
import { LossTrace } from './loss-trace.ts'
import type { RunState } from './run-state.ts'
import type { Occasion, StepMoment, Trainee } from './trainee.ts'

/** The way through the rows, epoch by epoch and step by step, in orders that a generator draws. */
export class Passage {
  /** steps of the run */
  step: number
  /** the mean loss of the rows so far is sum/from */
  from: number
  sum: number
  /** of the last step: the norm of its gradients, NaN where that was not measured, and its rate */
  norm: number
  rate: number
  readonly #trainee: Trainee
  readonly #settings: RunSettings
  readonly #random: Random
  readonly #order: Uint32Array
  readonly #losses: LossTrace
  readonly #moment: StepMoment
  /** where the generator stands before it draws the order of the epoch in work */
  #orderState: GeneratorState
  /** the bits that the step in work has drawn, and where the generator stood before */
  #key: number | undefined
  #keyState: GeneratorState | undefined
  /** a step of several blocks that gave way in the midst */
  #pending: Paused<number> | undefined

  constructor(trainee: Trainee, settings: RunSettings, random: Random, state?: RunState) {
    this.#trainee = trainee
    this.#settings = settings
    this.#random = random
    this.#order = trainee.rows.slice()
    this.#losses = new LossTrace(state?.losses)
    this.#moment = { rate: 0, key: 0, measuresNorm: false, mayWait: settings.averaging === undefined }
    this.step = state?.step ?? 0
    this.from = state?.from ?? 0
    this.sum = state?.sum ?? 0
    this.norm = state?.norm ?? 0
    this.rate = state?.rate ?? 0
    this.#orderState = state?.order ?? random.state
    const now = random.state
    random.state = this.#orderState
    if (this.from === 0) return // the first step of an epoch draws its order and its own bits, again if it gave way
    this.#key = state?.key
    this.#drawOrder()
    random.state = now
  }

  /** steps of an epoch */
  get batches(): number {
    return Math.ceil(this.#order.length / this.#settings.batchSize)
  }

  get isAtEnd(): boolean {
    return this.from === this.#order.length
  }

  get state(): Pick<RunState, 'step' | 'from' | 'sum' | 'norm' | 'rate' | 'order' | 'losses' | 'key'> {
    const { step, from, sum, norm, rate } = this
    const key = this.#key === undefined ? {} : { key: this.#key }
    return { step, from, sum, norm, rate, order: this.#orderState, losses: this.#losses.losses, ...key }
  }

  /** What the step that ended last gave. */
  report(epoch: number, loss: number): BatchReport {
    const { batches, step, sum, from, rate } = this
    const { batchSize, epochs } = this.#settings
    const report = {
      epoch,
      batch: Math.ceil(from / batchSize),
      batches,
      step,
      loss,
      meanLoss: sum / from,
      learningRate: rate,
    }
    return epochs === undefined ? report : { ...report, epochs }
  }

  /** One step, or one block of it; returns its loss where it has ended. @throws where the step is not taken */
  goOn(rate: number): number | undefined {
    if (this.from === 0 && this.#pending === undefined) this.#drawOrder()
    const to = this.#to
    const loss = this.#pending === undefined ? this.#begin(rate, to) : this.#goOnInBlocks(this.#pending)
    if (loss === undefined) return undefined
    this.#key = undefined
    this.norm = this.#moment.measuresNorm ? this.#trainee.norm : Number.NaN
    this.rate = rate
    this.#losses.add(loss)
    this.sum += (to - this.from) * loss
    this.from = to
    this.step++
    return loss
  }

  /** To the begin of the epoch, in a new order: its steps no longer count, so that a schedule goes on from there. */
  goBack(): void {
    this.step -= Math.ceil(this.from / this.#settings.batchSize)
    this.restart()
  }

  /** To the first row, in a new order. */
  restart(): void {
    this.from = 0
    this.sum = 0
    this.#key = undefined
    this.#pending = undefined
    this.#orderState = this.#random.state
  }

  /** Takes back what the step that was not taken has drawn; says which step that was. */
  giveUp(epoch: number, rate: number): Occasion {
    this.#pending = undefined
    if (this.#key !== undefined && this.#keyState !== undefined) {
      this.#random.state = this.#keyState
      this.#key = undefined
    }
    const { from } = this
    if (from === 0) {
      this.#random.state = this.#orderState
      this.#key = undefined // which is drawn after the order
    }
    const batch = Math.floor(from / this.#settings.batchSize) + 1
    return {
      epoch,
      batch,
      step: this.step + 1,
      order: this.#order,
      from,
      to: this.#to,
      losses: this.#losses.losses,
      rate,
    }
  }

  get #to(): number {
    return Math.min(this.from + this.#settings.batchSize, this.#order.length)
  }

  #begin(rate: number, to: number): number | undefined {
    const moment = this.#moment
    const { gradientNorms, maxSteps } = this.#settings
    if (this.#trainee.hasDropout && this.#key === undefined) {
      this.#keyState = this.#random.state
      this.#key = this.#random.bits()
    }
    moment.key = this.#key ?? 0
    moment.rate = rate
    moment.measuresNorm = gradientNorms && (to === this.#order.length || this.step + 1 === maxSteps)
    if (to - this.from <= this.#trainee.blockRows) return this.#trainee.step(this.#order, this.from, to, moment)
    this.#pending = this.#trainee.stepInBlocks(this.#order, this.from, to, moment)
    return this.#goOnInBlocks(this.#pending)
  }

  #goOnInBlocks(step: Paused<number>): number | undefined {
    const { done, value } = step.next()
    if (done !== true) return undefined
    this.#pending = undefined
    return value
  }

  #drawOrder(): void {
    this.#orderState = this.#random.state
    const { rows } = this.#trainee
    if (!this.#settings.shuffle) {
      this.#order.set(rows)
      return
    }
    permute(this.#order, this.#random)
    for (let k = 0; k < rows.length; k++) this.#order[k] = rows[this.#order[k] as number] as number
  }
}
