import type { Batch } from '../network/batch.ts'
import type { Copy } from '../network/copy.ts'
import type { Blueprint } from '../network/options.ts'
import { Refusal } from '../network/refusal.ts'
import type { Generator as Random } from '../random/generator.ts'
import { permutation } from '../random/permutation.ts'
import { brokenStart } from './broken-start.ts'
import type { StepTask } from './random-steps.ts'
import { RandomSteps } from './random-steps.ts'
import type { RangeStop, RatePoint } from './rate-curve.ts'
import { isBeyond } from './rate-curve.ts'

/** The loss is measured on at most so many rows, the same each time: the noise of batches would hide where it turns. */
const MEASURED_ROWS = 256

/** What is tried. */
export interface RangeTask extends StepTask {
  readonly rates: readonly number[]
}

/** Steps on a copy of a network, each at a greater rate than the one before. */
export class RangeTest {
  readonly curve: RatePoint[] = []
  readonly #copy: Copy
  readonly #task: RangeTask
  readonly #steps: RandomSteps
  readonly #measured: Batch

  constructor(copy: Copy, task: RangeTask, random: Random) {
    this.#copy = copy
    this.#task = task
    const order = permutation(task.batch.inputs.rows, random).slice(0, MEASURED_ROWS)
    this.#measured = { ...task.batch, order, from: 0, to: order.length }
    this.#steps = new RandomSteps(copy, task, random)
  }

  /** The objective of the measured rows, dropout off. */
  measure() {
    return this.#copy.engine.lossInBlocks(this.#measured, this.#task.form)
  }

  /** Why such an objective is not finite. */
  explain(where: string, blueprint: Blueprint, loss: number) {
    return brokenStart(where, blueprint, this.#copy.engine, this.#measured, loss)
  }

  /** All steps, with a pause after each, which gives its point, and between blocks. */
  *run(start: number): Generator<RatePoint | undefined, RangeStop> {
    let least = start
    for (const learningRate of this.#task.rates) {
      try {
        yield* this.#steps.take(learningRate)
      } catch (error) {
        if (error instanceof Refusal) return 'diverged'
        throw error
      }
      const loss = yield* this.measure()
      if (!Number.isFinite(loss)) return 'diverged'
      const point = { learningRate, loss }
      this.curve.push(point)
      if (isBeyond(start, least, loss)) return 'diverged'
      least = Math.min(least, loss)
      yield point
    }
    return 'greatest'
  }
}
