import type { SafeState } from './run-state.ts'
import type { Trainee } from './trainee.ts'

/** So many times the rate is halved in a run: by a factor of a million. */
const MOST_HALVINGS = 20

/** What a run with onDivergence: 'halveRate' goes back to: its start, then the end of each epoch with the least loss so far. */
export class Recovery {
  /** the share of the schedule's rate that is left */
  factor: number
  #safe: SafeState | undefined
  #least: number
  readonly #trainee: Trainee
  readonly #isOn: boolean

  /** @param losses those of the epochs so far */
  constructor(
    trainee: Trainee,
    isOn: boolean,
    losses: readonly number[],
    { safe, rateFactor = 1 }: { readonly safe?: SafeState; readonly rateFactor?: number } = {},
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
    if (this.#isOn) this.#safe ??= this.#trainee.keepSafe()
  }

  endEpoch(loss: number): void {
    if (!this.#isOn || loss > this.#least) return
    this.#least = loss
    this.#safe = this.#trainee.keepSafe()
  }

  /** Goes back and halves the rate; false, and nothing done, where that is not asked for or cannot help. */
  recover(error: unknown): boolean {
    const safe = this.#safe
    if (safe === undefined || this.#trainee.reasonOf(error) === undefined || this.factor <= 2 ** -MOST_HALVINGS)
      return false
    if (this.#trainee.isLossBroken(error) && this.#trainee.count === safe.count) return false
    this.#trainee.goBack(safe)
    this.factor /= 2
    return true
  }
}
