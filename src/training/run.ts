import type { Paused } from '../matrix/pauses.ts'
import type { Generator as Random } from '../random/generator.ts'
import { Stopping } from './early-stopping.ts'
import type { BatchReport, EpochReport, History } from './history.ts'
import { addEpoch, copyHistory, dropEpoch, emptyHistory } from './history.ts'
import type { RunSettings } from './loop-options.ts'
import { limitReached } from './loop-options.ts'
import { Passage } from './passage.ts'
import { Recovery } from './recovery.ts'
import type { RunState, Snapshot } from './run-state.ts'
import { present } from './run-state.ts'
import { Rates } from './schedules.ts'
import type { Scores, Trainee } from './trainee.ts'
import { Turn } from './turn.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What a run stops for: to report a step or an epoch that has ended. */
type Wanted = Readonly<Record<'batches' | 'epochs', boolean>>

/**
 * A run of epochs, and where it stands. What repeats is here and not in the async function that awaits others' work, which
 * engines optimize late.
 */
export class Run {
  readonly history: History
  readonly #trainee: Trainee
  readonly #settings: RunSettings
  readonly #passage: Passage
  readonly #rates: Rates
  readonly #stopping: Stopping | undefined
  readonly #recovery: Recovery
  #phase: 'steps' | 'scores' | 'over' = 'steps'
  /** whether the history's last epoch was cut short */
  #isPartial = false
  /** a validation that gave way in the midst */
  #pending: Paused<Scores> | undefined
  #best: Snapshot | undefined
  #last: Snapshot | undefined
  /** when the epoch in work began */
  #began: number
  readonly #turn = new Turn()

  /** @param state where an earlier run stood, to go on from there */
  constructor(trainee: Trainee, settings: RunSettings, random: Random, state?: RunState) {
    const { epochs = Number.POSITIVE_INFINITY, maxSteps = Number.POSITIVE_INFINITY, earlyStopping } = settings
    this.#trainee = trainee
    this.#settings = settings
    this.history = state === undefined ? emptyHistory() : copyHistory(state.history)
    delete this.history.stoppedBy
    delete this.history.bestEpoch
    if (state?.partial) dropEpoch(this.history)
    this.#passage = new Passage(trainee, settings, random, state)
    const { batches } = this.#passage
    const steps = Math.min(epochs * batches, maxSteps)
    const total = Number.isFinite(steps) ? steps : undefined
    this.#rates = new Rates(settings.schedule, trainee.learningRate, batches, total, state?.plateau)
    this.#stopping = earlyStopping && new Stopping(earlyStopping, state?.stopping)
    this.#recovery = new Recovery(trainee, settings.onDivergence === 'halveRate', this.history.loss, state)
    this.#best = state?.best
    this.#began = this.#turn.now - 1000 * (state?.seconds ?? 0)
    this.#choosePhase()
  }

  get isDone(): boolean {
    return this.#phase === 'over'
  }

  /** The epoch in work, counted from 1. */
  get epoch(): number {
    return this.history.loss.length + 1
  }

  /** Whether other work has waited long enough. */
  get isTimeUp(): boolean {
    return this.#turn.isUp
  }

  /** Called once, before the first step. */
  start(): void {
    this.#look()
    this.#recovery.start()
  }

  /** Steps until all are done, the time is up, or something has ended that is to be reported. */
  goOn(wanted: Wanted): BatchReport | EpochReport | undefined {
    while (this.#phase !== 'over') {
      if (this.#phase === 'steps') {
        const report = this.#goOnStepping(wanted.batches)
        this.#trainee.settle()
        if (report !== undefined || this.#phase === 'steps') return report
      }
      const scores = this.#goOnScoring()
      if (scores === undefined) return undefined
      const report = this.#endEpoch(scores)
      if (wanted.epochs) return report
      if (this.isTimeUp) return undefined
    }
    return undefined
  }

  /** Goes on after others may have had the thread, and the parameters. */
  takeTurn(): void {
    if (this.#phase !== 'over') this.#look()
    this.#turn.goOn()
  }

  /** Ends the run where it stands, since a callback said so. */
  stop(): void {
    this.history.stoppedBy ??= 'callback'
    if (this.#phase === 'steps') this.#choosePhase()
  }

  /** Leaves the parameters that the settings ask for; returns the history. */
  finish(): History {
    const best = this.#settings.earlyStopping?.restoreBest === true ? this.#best : undefined
    const final = best ?? this.#trainee.averages()
    if (final !== undefined) {
      this.#look() // at what the last callback may have written, so that it can be saved
      this.#last = this.#trainee.parameters()
      this.#trainee.write(final)
      if (best !== undefined) this.history.bestEpoch = this.#stopping?.bestEpoch as number
    }
    return copyHistory(this.history)
  }

  /** Where the run stands, as of the last completed step. */
  get state(): RunState {
    const [best, last, { safe, factor }] = [this.#best, this.#last, this.#recovery]
    const matrices = { averages: this.#trainee.averages(), best, safe, last }
    return {
      ...this.#passage.state,
      partial: this.#isPartial,
      seconds: this.#passage.from === 0 ? 0 : (this.#turn.now - this.#began) / 1000,
      rateFactor: factor,
      history: copyHistory(this.history),
      ...present({ plateau: this.#rates.state, stopping: this.#stopping?.state, ...matrices }),
    }
  }

  /** Looks at the parameters, which others may have written. */
  #look(): void {
    try {
      this.#trainee.look()
    } catch (error) {
      throw this.#trainee.explain(error, this.#passage.giveUp(this.epoch, this.#rate))
    }
  }

  get #rate(): number {
    return this.#recovery.factor * this.#rates.at(this.#passage.step)
  }

  /** Steps to the end of the epoch or of the turn, or to the first that is to be reported. */
  #goOnStepping(reports: boolean): BatchReport | undefined {
    while (this.#phase === 'steps') {
      const loss = this.#stepOnce()
      this.#turn.look()
      if (loss !== undefined && reports) return this.#passage.report(this.epoch, loss)
      if (this.isTimeUp) break
    }
    return undefined
  }

  /** One step, or one block of it; the loss where it has ended. */
  #stepOnce(): number | undefined {
    const rate = this.#rate
    let loss: number | undefined
    try {
      loss = this.#passage.goOn(rate)
    } catch (error) {
      this.#recover(error, rate)
    }
    if (loss === undefined) return undefined
    const [{ step }, { averaging, maxSteps }] = [this.#passage, this.#settings]
    if (averaging !== undefined) this.#trainee.average(Math.min(averaging, step / (9 + step)))
    if (this.#passage.isAtEnd || step === maxSteps) this.#phase = 'scores'
    return loss
  }

  /** Goes back to where all was well, or throws. */
  #recover(error: unknown, rate: number): void {
    const [reason, { epoch }] = [this.#recovery.recover(error), this]
    if (reason === undefined) throw this.#trainee.explain(error, this.#passage.giveUp(epoch, rate))
    this.history.rollbacks.push({ epoch, step: this.#passage.step + 1, rateFactor: this.#recovery.factor, reason })
    this.#passage.goBack()
  }

  /** What the validation rows say, or nothing of them; undefined where the time is up before they are through. */
  #goOnScoring(): Scores | undefined {
    this.#pending ??= this.#trainee.validate?.()
    let result = this.#pending?.next()
    while (result !== undefined && result.done !== true) {
      this.#turn.look()
      if (this.isTimeUp) return undefined
      result = this.#pending?.next()
    }
    this.#pending = undefined
    this.#turn.look()
    return result?.value ?? { metrics: {} }
  }

  #endEpoch({ loss: validationLoss, metrics }: Scores): EpochReport {
    const { isAtEnd, step, sum, from, norm, rate } = this.#passage
    const seconds = (this.#turn.now - this.#began) / 1000
    const report: Writable<EpochReport> = {
      epoch: this.epoch,
      step,
      loss: sum / from,
      metrics,
      learningRate: rate,
      seconds,
    }
    if (this.#settings.epochs !== undefined) report.epochs = this.#settings.epochs
    if (validationLoss !== undefined) report.validationLoss = validationLoss
    if (this.#settings.gradientNorms) report.gradientNorm = norm
    this.#isPartial = !isAtEnd
    addEpoch(this.history, report)
    this.#began = this.#turn.now
    if (!this.#isPartial) this.#judgeEpoch(report)
    this.#choosePhase()
    return report
  }

  /** What follows from the loss of a whole epoch. */
  #judgeEpoch({ epoch, step, loss, validationLoss = loss }: EpochReport): void {
    this.#passage.restart()
    this.#rates.endEpoch(validationLoss)
    if (this.#stopping?.note(epoch, validationLoss) && this.#settings.earlyStopping?.restoreBest) {
      this.#best = this.#trainee.averages() ?? this.#trainee.parameters()
    }
    const reason = this.#recovery.endEpoch(loss)
    if (reason !== undefined) this.history.rollbacks.push({ epoch, step, rateFactor: this.#recovery.factor, reason })
  }

  /** Whether the run is over, and what comes next. */
  #choosePhase(): void {
    if (this.#passage.isAtEnd) {
      this.#phase = 'scores' // a run that was saved between an epoch's last step and its end
      return
    }
    const epochs = this.history.loss.length - Number(this.#isPartial)
    const reason = this.#stopping?.isOver ? 'earlyStopping' : limitReached(this.#settings, epochs, this.#passage.step)
    if (reason !== undefined) this.history.stoppedBy ??= reason
    if (this.history.stoppedBy === undefined) this.#phase = 'steps'
    else this.#phase = this.#passage.from > 0 && !this.#isPartial ? 'scores' : 'over' // an epoch cut short is reported too
  }
}
