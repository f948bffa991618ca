import type { Mismatch } from '../errors.ts'
import { rangeError } from '../errors.ts'
import type { Cells, Optimizer, Run, View } from '../kernels/plan.ts'
import type { Layer } from '../rule/rule.ts'
import { backward, forward, loss } from '../rule/rule.ts'
import type { Parameter } from '../training/optimizers.ts'
import { bounds, corrections, limits, safeBelow, settlement, stateCount, updates } from '../training/optimizers.ts'
import type { Batch } from './batch.ts'
import { copyRows } from './block.ts'
import { allocate, memoryOf } from './memory.ts'
import type { Blueprint } from './options.ts'

/**
 * A network's memory, allocated once, and its passes over it. Batches of any number of rows go through in blocks; data
 * stays outside and is copied in.
 */
export class Engine {
  readonly layers: readonly Layer[]
  /** W_1, b_1, W_2, b_2, … with their gradients and the optimizer's state */
  readonly parameters: readonly Parameter[]
  /** gradient steps taken */
  steps = 0
  readonly #optimizer: Optimizer
  readonly #blockRows: number
  readonly #X: View
  readonly #T: View
  readonly #perRow: View
  readonly #labels: View
  readonly #bounds: View
  readonly #largestBound: number
  readonly #cells: Cells
  readonly #passes: Passes
  #running = false
  #waits = false

  constructor(blueprint: Blueprint) {
    const { layers, E, optimizer, dtype, kernels } = blueprint
    this.#blockRows = memoryOf(blueprint).blockRows
    this.#optimizer = optimizer
    const views = allocate(blueprint).values()
    const take = () => views.next().value as View
    const takeParameter = (): Parameter => ({
      parameter: take(),
      gradient: take(),
      state: Array.from({ length: stateCount(optimizer) }, take),
    })
    const read = layers.map(({ f }) => {
      const [weights, biases] = [takeParameter(), takeParameter()]
      const [W, dW, b, db] = [weights.parameter, weights.gradient, biases.parameter, biases.gradient]
      return { weights, biases, layer: { f, W, dW, b, db, Z: take(), A: take(), loss: take() } }
    })
    this.layers = read.map(({ layer }) => layer)
    this.parameters = read.flatMap(({ weights, biases }) => [weights, biases])
    const [X, T, perRow, labels, limit, bound] = [take(), take(), take(), take(), take(), take()]
    ;[this.#X, this.#T, this.#perRow, this.#labels, this.#bounds] = [X, T, perRow, labels, bound]
    this.#cells = { rows: 0, mean: 0, keep: 0, rate: optimizer.learningRate, correction1: 1, correction2: 1, putOff: 0 }
    const below = safeBelow(optimizer, dtype)
    this.#largestBound = below.bound
    const forwardPass = forward(X, this.layers)
    const lossPass = loss(this.layers, E, T, perRow)
    const updatePass = updates(optimizer, this.parameters)
    this.#passes = {
      forward: kernels.prepare(forwardPass),
      loss: kernels.prepare(lossPass),
      label: kernels.prepare([{ kind: 'label', A: this.output, labels }]),
      backward: kernels.prepare(backward(X, this.layers, E, T, 'keep')),
      judge: kernels.prepare(bounds(this.parameters, bound)),
      update: kernels.prepare(updatePass),
      settle: kernels.prepare(settlement(this.layers)),
      step: kernels.prepare([
        ...forwardPass,
        ...lossPass,
        ...backward(X, this.layers, E, T),
        ...limits(X, this.layers, limit),
        { kind: 'guard', perRow, limits: limit, below: below.limit },
        ...updatePass,
      ]),
    }
  }

  /** The output layer's activations of the block in work. */
  get output(): View {
    return (this.layers.at(-1) as Layer).A
  }

  /** The forward pass, block by block; `visit` sees each block's views before the next one takes their place. */
  predict(batch: Batch, visit: (start: number, count: number) => void): void {
    this.settle()
    this.#eachBlock(batch, (start, count) => {
      this.#passes.forward(this.#cells)
      visit(start, count)
    })
  }

  /** The label of each row: row i of the block in work. NaN where an output is. */
  label(batch: Batch, visit: (label: number, i: number, row: number) => void): void {
    this.predict(batch, (start, count) => {
      this.#passes.label(this.#cells)
      for (let i = 0; i < count; i++) visit(this.#labels.get(i, 0), i, start + i)
    })
  }

  /** The loss of the batch: the mean over rows. */
  loss(batch: Batch, visit?: (start: number, count: number) => void): number {
    let sum = 0
    this.predict(batch, (start, count) => {
      this.#passes.loss(this.#cells)
      sum += this.#blockLoss(count)
      visit?.(start, count)
    })
    return sum * this.#cells.mean
  }

  /** The gradients of the batch, left in every dW and db; returns the loss. @throws RangeError for a loss that is not finite */
  gradients(where: string, batch: Batch): number {
    let sum = 0
    this.predict(batch, (start, count) => {
      this.#passes.loss(this.#cells)
      sum += this.#blockLoss(count)
      this.#cells.keep = start === 0 ? 0 : 1
      if (Number.isFinite(sum)) this.#passes.backward(this.#cells)
    })
    const loss = sum * this.#cells.mean
    if (!Number.isFinite(loss)) throw notTaken(rangeError(where, 'the loss', 'a finite number', loss))
    return loss
  }

  /**
   * One gradient step; returns the loss before it. With `putOff`, the last update may wait for the next step, which can do
   * it in passing; until `settle`, no one else may look at the parameters.
   *
   * @throws RangeError where it would leave a parameter not finite
   */
  step(where: () => string, batch: Batch, putOff = false): number {
    const [correction1, correction2] = corrections(this.#optimizer, this.steps + 1)
    this.#cells.correction1 = correction1
    this.#cells.correction2 = correction2
    const loss = this.#stepOfOneBlock(batch, putOff) ?? this.#stepByGradients(where(), batch)
    this.steps++
    return loss
  }

  /** A step in one run; undefined, and nothing done, where the batch has several blocks or a guard doubts. */
  #stepOfOneBlock(batch: Batch, putOff: boolean): number | undefined {
    const { from = 0, to = batch.inputs.rows } = batch
    if (to - from > this.#blockRows) return undefined
    const rows = to - from
    const mayWait = putOff && rows === 1
    if (!mayWait) this.settle()
    this.#enter()
    try {
      this.#load(batch, from, rows)
      this.#cells.mean = 1 / rows
      this.#cells.putOff = mayWait ? 1 : 0
      const taken = this.#passes.step(this.#cells)
      this.#waits = taken && mayWait
      return taken ? this.#blockLoss(rows) * this.#cells.mean : undefined
    } finally {
      this.#running = false
    }
  }

  /** Does the update that a step has put off, if one has. */
  settle(): void {
    if (!this.#waits) return
    this.#waits = false
    this.#passes.settle(this.#cells)
  }

  /** A step by way of all gradients, judged by what each parameter would become. */
  #stepByGradients(where: string, batch: Batch): number {
    const loss = this.gradients(where, batch)
    this.#passes.judge(this.#cells)
    for (let k = 0; k < this.parameters.length; k++) {
      const bound = this.#bounds.get(0, k)
      if (bound < this.#largestBound) continue
      const subject = `layer ${k >> 1}: the size of its ${k % 2 === 0 ? 'weights' : 'biases'} after this step`
      const { name } = this.#optimizer
      const most = `less than ${this.#largestBound.toPrecision(3)}, within which ${name} keeps every number finite`
      throw notTaken(rangeError(where, subject, Number.isFinite(bound) ? most : 'a finite number', bound))
    }
    this.#passes.update(this.#cells)
    return loss
  }

  #blockLoss(count: number): number {
    const { data, offset, stride } = this.#perRow
    const step = stride[0] as number
    let sum = 0
    for (let i = 0; i < count; i++) sum += data[offset + i * step] as number
    return sum
  }

  #eachBlock(batch: Batch, run: (start: number, count: number) => void): void {
    const { from = 0, to = batch.inputs.rows } = batch
    this.#enter()
    try {
      this.#cells.mean = 1 / (to - from)
      for (let start = from; start < to; start += this.#blockRows) {
        const count = Math.min(this.#blockRows, to - start)
        this.#load(batch, start, count)
        run(start - from, count)
      }
    } finally {
      this.#running = false
    }
  }

  #enter(): void {
    if (this.#running) throw new TypeError('Network: an activation or a loss called the network that is calling it')
    this.#running = true
  }

  /** Puts rows of the batch into the block. */
  #load({ inputs, targets, order }: Batch, start: number, count: number): void {
    copyRows(inputs, this.#X, start, count, order)
    if (targets !== undefined) copyRows(targets, this.#T, start, count, order)
    this.#cells.rows = count
  }
}

/** The prepared plans. */
type Passes = Readonly<Record<'forward' | 'loss' | 'label' | 'backward' | 'judge' | 'update' | 'settle' | 'step', Run>>

/** The same error, with what to make of it. */
function notTaken(error: RangeError & Mismatch): RangeError & Mismatch {
  error.message += '. No parameter was changed; a smaller learning rate or inputs nearer to 0 may help'
  return error
}
