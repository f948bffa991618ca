import type { Loss, View } from '../kernels/plan.ts'
import type { Table } from '../matrix/rows.ts'
import type { Layer } from '../rule/rule.ts'
import type { Batch } from './batch.ts'
import { readBatch } from './batch.ts'
import type { Engine, Penalty } from './engine.ts'
import { float64Copy } from './float64-copy.ts'
import { insideOf } from './inside.ts'
import type { Network } from './network.ts'
import type { Objective } from './objective.ts'
import { readObjective } from './objective.ts'

/** A derivative by differences, and whether its steps cross a kink, where it means nothing. */
export interface Difference {
  readonly value: number
  readonly kink: boolean
  /** what rounding of the losses alone may add to the value */
  readonly noise: number
}

/** Measures the loss of a float64 copy of a network while one parameter is moved; the network itself is not touched. */
export class Probe {
  readonly layers: readonly Layer[]
  readonly #engine: Engine
  readonly #batch: Batch
  readonly #E: Loss
  readonly #penalty: Penalty

  constructor(where: string, network: Network, inputs: Table, targets: Table, objective: Objective) {
    const { blueprint, engine } = insideOf(where, network)
    const copy = { ...blueprint, dtype: 'float64' } as const
    const read = readBatch(where, copy, inputs, targets)
    const { l1, l2, ...batch } = readObjective(where, copy, read.targets, objective)
    this.#batch = { inputs: read.inputs, ...batch }
    this.#penalty = { l1, l2 }
    this.#E = copy.E
    this.#engine = float64Copy(blueprint, engine.layers)
    this.layers = this.#engine.layers
  }

  /** The loss at the parameters as they are. */
  loss(): number {
    return this.#loss().loss
  }

  /** Backpropagation: leaves every dW and db in `layers` and returns the loss. */
  backprop(where: string): number {
    return this.#engine.gradients(where, this.#batch, this.#penalty)
  }

  /** (E(w + h) − E(w − h)) / 2h: an error of order h². */
  central(parameter: View, i: number, j: number, epsilon: number): Difference {
    const { differences, h, ...rest } = this.#measure(parameter, i, j, epsilon, [1])
    return { value: (differences[0] as number) / (2 * h), ...rest }
  }

  /** (8(E(w + h) − E(w − h)) − (E(w + 2h) − E(w − 2h))) / 12h: an error of order h⁴, so h may be wide. */
  fourthOrder(parameter: View, i: number, j: number, epsilon: number): Difference {
    const { differences, h, ...rest } = this.#measure(parameter, i, j, epsilon, [1, 2])
    const [near, far] = differences as [number, number]
    return { value: (8 * near - far) / (12 * h), ...rest }
  }

  /** E(w + s·h) − E(w − s·h) for each s, where h is about epsilon·max(1, |w|) and w + h is exact. */
  #measure(parameter: View, i: number, j: number, epsilon: number, steps: readonly number[]) {
    const w = parameter.get(i, j)
    const h = w + epsilon * Math.max(1, Math.abs(w)) - w
    let first: number[] | undefined
    const reach = h * (steps.at(-1) as number)
    let kink = this.#penalty.l1 > 0 && Math.abs(w) <= reach && this.layers.some(({ W }) => W === parameter)
    let greatest = 0
    const lossAt = (value: number) => {
      parameter.set(i, j, value)
      const { loss, sides } = this.#loss()
      greatest = Math.max(greatest, Math.abs(loss))
      first ??= sides
      kink ||= sides.some((side, k) => side !== first?.[k])
      return loss
    }
    const differences = steps.map((s) => lossAt(w + s * h) - lossAt(w - s * h))
    parameter.set(i, j, w)
    // some roundings: of E itself, and of outputs near 1 behind it, by which E changes about like its root
    const rounding = 32 * Number.EPSILON * (greatest + Math.sqrt(greatest))
    return { differences, h, kink, noise: rounding / h }
  }

  /** The loss, and on which side of its kinks each element of each row lies. */
  #loss(): { loss: number; sides: number[] } {
    const sides: number[] = []
    const note = (
      kinks: readonly number[] = [],
      rows: number,
      columns: number,
      at: (i: number, j: number) => number,
    ) => {
      if (kinks.length === 0) return
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) sides.push(kinks.filter((kink) => at(i, j) > kink).length)
      }
    }
    const targets = this.#batch.targets as NonNullable<Batch['targets']>
    const loss = this.#engine.loss(this.#batch, this.#penalty, (start, count) => {
      for (const { f, Z } of this.layers) note(f.kinks, count, Z.shape[1] as number, (i, j) => Z.get(i, j))
      if ('fusedWith' in this.#E) return
      const { output } = this.#engine
      const target = (i: number, j: number) => targets.data[(start + i) * targets.columns + j] as number
      note(this.#E.kinks, count, targets.columns, (i, j) => output.get(i, j) - target(i, j))
    })
    return { loss, sides }
  }
}
