const LAST = 8

/** The loss of the first step of a run, and of the last few. */
export class LossTrace {
  #first: number | undefined
  #count = 0
  readonly #last = new Float64Array(LAST)

  constructor(losses: readonly number[] = []) {
    for (const loss of losses) this.add(loss)
  }

  add(loss: number): void {
    this.#first ??= loss
    this.#last[this.#count % LAST] = loss
    this.#count++
  }

  /** From the first on, in order. */
  get losses(): number[] {
    const kept = Math.min(this.#count, LAST)
    const last = Array.from({ length: kept }, (_, k) => this.#last[(this.#count - kept + k) % LAST] as number)
    return this.#count > LAST ? [this.#first as number, ...last] : last
  }
}
