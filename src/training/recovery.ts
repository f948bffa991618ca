import { short } from './number-words.ts'
import type { RunState, SafeState } from './run-state.ts'
import type { Trainee } from './trainee.ts'

/** So many times the rate is halved in a run: by 10¹², as inputs of a million may need. */
const MOST_HALVINGS = 40

/**
 * A network whose loss is so many times that of one that says nothing, and that of the place to go back to, has gone astray,
 * though its numbers may stay finite for many steps.
 */
const ASTRAY = 2

/** What a run with onDivergence: 'halveRate' goes back to: its start, then the end of each epoch with the least loss so far. */
export class Recovery {
  /** the share of the schedule's rate that is left */
  factor: number
  #safe: SafeState | undefined
  #least: number
  /** the loss, at a glance, of a network of zeros, and the one that is too much */
  #blank = 0
  #bound = Number.POSITIVE_INFINITY
  readonly #trainee: Trainee
  readonly #isOn: boolean

  /** @param losses those of the epochs so far */
  constructor(
    trainee: Trainee,
    isOn: boolean,
    losses: readonly number[],
    { safe, rateFactor = 1 }: Partial<Pick<RunState, 'safe' | 'rateFactor'>> = {},
  ) {
    this.#trainee = trainee
    this.#isOn = isOn
    this.#safe = safe
    this.#least = losses.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY)
    this.factor = rateFactor
  }

  get safe(): SafeState | undefined {
    return this.#safe
  }

  start(): void {
    if (!this.#isOn) return
    const blank = this.#trainee.glance(this.#trainee.blank())
    if (Number.isFinite(blank)) this.#blank = blank
    this.#safe ??= this.#trainee.keepSafe()
    this.#setBound(this.#trainee.glance(this.#safe.parameters))
  }

  /** Goes back where the epoch has led astray, and then says why. */
  endEpoch(loss: number): string | undefined {
    if (!this.#isOn) return undefined
    const isLeast = loss <= this.#least
    if (isLeast) this.#least = loss
    const now = this.#trainee.glance()
    if (!(now < this.#bound)) return this.#goBack() ? `the loss rose to ${short(now)}` : undefined
    if (!isLeast) return undefined
    this.#safe = this.#trainee.keepSafe()
    this.#setBound(now)
    return undefined
  }

  /** Goes back where a step was not taken, and then says why; nothing is done where that is not asked for or cannot help. */
  recover(error: unknown): string | undefined {
    const reason = this.#trainee.reasonOf(error)
    const isHopeless = !this.#trainee.isByRate(error) && this.#trainee.count === this.#safe?.count
    return reason !== undefined && !isHopeless && this.#goBack() ? reason : undefined
  }

  /** Goes back and halves the rate; false where it was halved too often, or there is no way back. */
  #goBack(): boolean {
    if (this.#safe === undefined || this.factor <= 2 ** -MOST_HALVINGS) return false
    this.#trainee.goBack(this.#safe)
    this.factor /= 2
    return true
  }

  #setBound(loss: number): void {
    this.#bound = ASTRAY * Math.max(this.#blank, Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss)
  }
}
