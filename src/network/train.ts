import type { Table } from '../matrix/rows.ts'
import type { Generator } from '../random/generator.ts'
import { readBatch } from './batch.ts'
import { divergence } from './divergence.ts'
import type { Inside } from './inside.ts'
import type { Objective } from './objective.ts'
import { checkObjective, readObjective } from './objective.ts'
import type { Blueprint } from './options.ts'
import { hasDropout } from './options.ts'
import { Refusal } from './refusal.ts'
import { plainStep } from './steps.ts'

/** Rows with the objective that is taken of them. */
export function readTask(where: string, blueprint: Blueprint, inputs: Table, targets: Table, objective?: Objective) {
  const batch = readBatch(where, blueprint, inputs, targets)
  if (objective === undefined) return { batch, penalty: undefined }
  checkObjective(where, objective)
  const { l1, l2, ...terms } = readObjective(where, blueprint, batch.targets, objective)
  return { batch: { inputs: batch.inputs, ...terms }, penalty: { l1, l2 } }
}

/** The single steps of a network. */
export class SingleSteps {
  readonly #inside: Inside
  readonly #random: Generator
  readonly #hasDropout: boolean

  constructor(inside: Inside, random: Generator) {
    this.#inside = inside
    this.#random = random
    this.#hasDropout = hasDropout(inside.blueprint)
  }

  /** One gradient step; returns the objective before it. @throws Divergence where it is not taken */
  take(inputs: Table, targets: Table, objective?: Objective): number {
    const { blueprint, steps, losses } = this.#inside
    const { batch, penalty } = readTask('train', blueprint, inputs, targets, objective)
    const form = penalty === undefined ? plainStep : { ...plainStep, ...penalty }
    const generator = this.#hasDropout ? this.#random.state : undefined
    const rate = blueprint.optimizer.learningRate
    try {
      const loss = steps.take(batch, form, { rate, key: generator === undefined ? 0 : this.#random.bits() })
      losses.add(loss)
      return loss
    } catch (error) {
      if (generator !== undefined) this.#random.state = generator
      if (!(error instanceof Refusal)) throw error
      const where = `train, step ${steps.count + 1} of the network`
      throw divergence(this.#inside, error, { where, ...batch, batch, losses: losses.losses, rate, l2: form.l2 })
    }
  }
}
