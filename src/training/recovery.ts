import type { RunState, SafeState } from './run-state.ts'
import { present } from './run-state.ts'
import type { Trainee } from './trainee.ts'

/** So many times the rate is halved in a run: by 10¹², as inputs of a million may need. */
const MOST_HALVINGS = 40

/**
 * What a run with onDivergence: 'halveRate' goes back to: the start of the epoch with the least loss so far, or of the run.
 * That parameters are finite at an epoch's end does not say that they are good: the epoch from there on has to show it.
 */
export class Recovery {
  /** the share of the schedule's rate that is left */
  factor: number
  #safe: SafeState | undefined
  /** the start of the epoch in work */
  #start: SafeState | undefined
  #least: number
  readonly #trainee: Trainee
  readonly #isOn: boolean

  /** @param losses those of the epochs so far */
  constructor(
    trainee: Trainee,
    isOn: boolean,
    losses: readonly number[],
    { safe, epochStart, rateFactor = 1 }: Partial<Pick<RunState, 'safe' | 'epochStart' | 'rateFactor'>> = {},
  ) {
    this.#trainee = trainee
    this.#isOn = isOn
    this.#safe = safe
    this.#start = epochStart
    this.#least = losses.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY)
    this.factor = rateFactor
  }

  /** What is saved; between epochs no start is needed, as the next epoch's is where the network stands. */
  state(isWithin: boolean): Partial<RunState> & Pick<RunState, 'rateFactor'> {
    const [safe, start] = [this.#safe, this.#start]
    const epochStart = isWithin && start !== safe ? start : undefined
    return { rateFactor: this.factor, ...present({ safe, epochStart }) }
  }

  /** @param isWithin whether the run begins in the midst of an epoch */
  start(isWithin: boolean): void {
    if (!this.#isOn) return
    this.#start ??= isWithin && this.#safe !== undefined ? this.#safe : this.#trainee.keepSafe()
    this.#safe ??= this.#start
  }

  endEpoch(loss: number): void {
    if (!this.#isOn) return
    if (loss <= this.#least) {
      this.#least = loss
      this.#safe = this.#start
    }
    this.#start = this.#trainee.keepSafe()
  }

  /** Goes back and halves the rate; false, and nothing done, where that is not asked for or cannot help. */
  recover(error: unknown): boolean {
    const safe = this.#safe
    if (safe === undefined || this.#trainee.reasonOf(error) === undefined || this.factor <= 2 ** -MOST_HALVINGS)
      return false
    if (!this.#trainee.isByRate(error) && this.#trainee.count === safe.count) return false
    this.#trainee.goBack(safe)
    this.#start = safe
    this.factor /= 2
    return true
  }
}
