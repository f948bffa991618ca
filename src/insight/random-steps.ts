import type { Paused } from '../matrix/pauses.ts'
import type { Batch } from '../network/batch.ts'
import type { Copy } from '../network/copy.ts'
import type { StepForm } from '../network/steps.ts'
import type { Generator as Random } from '../random/generator.ts'
import { permute } from '../random/permutation.ts'

/** What steps are made of. */
export interface StepTask {
  readonly batch: Batch
  readonly form: StepForm
  readonly batchSize: number
  /** whether steps draw random bits for dropout */
  readonly hasDropout: boolean
}

/** Gradient steps on a copy of a network, over all rows in random order; after the last ones they begin anew in another. */
export class RandomSteps {
  readonly #copy: Copy
  readonly #task: StepTask
  readonly #random: Random
  readonly #order: Uint32Array
  #from: number

  constructor(copy: Copy, task: StepTask, random: Random) {
    this.#copy = copy
    this.#task = task
    this.#random = random
    this.#order = new Uint32Array(task.batch.inputs.rows)
    this.#from = this.#order.length
  }

  /** A step on the next rows, with a pause after each block but the last. @throws Refusal where it is not taken */
  *take(rate: number): Paused<void> {
    const { batch, form, batchSize, hasDropout } = this.#task
    const { engine, steps } = this.#copy
    if (this.#from === this.#order.length) {
      permute(this.#order, this.#random)
      this.#from = 0
    }
    const [from, to] = [this.#from, Math.min(this.#from + batchSize, this.#order.length)]
    this.#from = to
    const rows = { ...batch, order: this.#order, from, to }
    const moment = { rate, key: hasDropout ? this.#random.bits() : 0 }
    if (to - from > engine.workspace.blockRows) yield* steps.takeInBlocks(rows, form, moment)
    else steps.take(rows, form, moment)
  }
}
