import { rangeError } from '../errors.ts'
import type { Cells, Plan, Run, View } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import { drain } from '../matrix/pauses.ts'
import type { Layer } from '../rule/rule.ts'
import { measure } from '../training/updates.ts'
import type { Batch } from './batch.ts'
import { copyRows } from './block.ts'
import type { Blueprint } from './options.ts'
import { stepParts } from './step-plan.ts'
import type { Workspace } from './workspace.ts'
import { numberAt, takeWorkspace } from './workspace.ts'

/** What the objective adds to the loss: λ₁·Σ|W| + ½λ₂·ΣW². */
export interface Penalty {
  readonly l1: number
  readonly l2: number
}

export const noPenalty: Penalty = { l1: 0, l2: 0 }

/** The passes of a network over its workspace. Batches of any number of rows go through in blocks. */
export class Engine {
  readonly workspace: Workspace
  /** A plan over the workspace, prepared when it is first run. */
  readonly prepare: (plan: () => Plan) => Run
  readonly #passes: Readonly<
    Record<'forward' | 'loss' | 'label' | 'weigh' | 'penalty' | 'penaltyGradient' | 'norms', Run>
  >
  /** forward with dropout, and backward for each form of a step */
  readonly #training: (weighted: boolean, dropout: boolean) => { readonly forward: Run; readonly backward: Run }
  #running = false
  #gradientRuns = 0

  constructor(blueprint: Blueprint) {
    const { kernels } = blueprint
    const workspace = takeWorkspace(blueprint)
    this.workspace = workspace
    this.prepare = (plan) => onceNeeded(() => kernels.prepare(plan()))
    const { parameters, labels, sizes } = workspace
    const gradients = parameters.map(({ gradient }) => gradient)
    const parts = stepParts(blueprint, workspace, { weighted: true })
    const plain = { forward: this.prepare(parts.forward) }
    this.#passes = {
      ...plain,
      loss: this.prepare(parts.loss),
      label: this.prepare(() => [{ kind: 'label', A: this.output, labels }]),
      weigh: this.prepare(parts.weigh),
      penalty: this.prepare(parts.penalty),
      penaltyGradient: this.prepare(parts.penaltyGradient),
      norms: this.prepare(() => measure('norm', gradients, sizes)),
    }
    const dropping = { forward: this.prepare(stepParts(blueprint, workspace, { dropout: true }).forward) }
    const forms = [false, true].map((weighted) =>
      [false, true].map((dropout) => ({
        ...(dropout ? dropping : plain),
        backward: this.prepare(stepParts(blueprint, workspace, { weighted, dropout, keep: 'keep' }).backward),
      })),
    )
    this.#training = (weighted, dropout) => forms[Number(weighted)]?.[Number(dropout)] as (typeof forms)[0][0]
  }

  get layers(): readonly Layer[] {
    return this.workspace.layers
  }

  get cells(): Cells {
    return this.workspace.cells
  }

  /** The output layer's activations of the block in work. */
  get output(): View {
    return (this.layers.at(-1) as Layer).A
  }

  /** The forward pass, block by block; `visit` sees each block's views before the next one takes their place. */
  predict(batch: Batch, visit: (start: number, count: number) => void): void {
    drain(this.predictInBlocks(batch, visit))
  }

  /** The same, with a pause after each block but the last. */
  *predictInBlocks(batch: Batch, visit: (start: number, count: number) => void): Paused<void> {
    yield* this.#eachBlock(batch, (start, count) => {
      this.#passes.forward(this.cells)
      visit(start, count)
    })
  }

  /** The label of each row: row i of the block in work. NaN where an output is. */
  label(batch: Batch, visit: (label: number, i: number, row: number) => void): void {
    const { labels } = this.workspace
    this.predict(batch, (start, count) => {
      this.#passes.label(this.cells)
      for (let i = 0; i < count; i++) visit(labels.get(i, 0), i, start + i)
    })
  }

  /** The objective at the batch: the mean over rows of their losses, and the penalty. */
  loss(batch: Batch, penalty = noPenalty, visit?: (start: number, count: number) => void): number {
    return drain(this.lossInBlocks(batch, penalty, visit))
  }

  /** The same, with a pause after each block but the last. */
  *lossInBlocks(batch: Batch, penalty = noPenalty, visit?: (start: number, count: number) => void): Paused<number> {
    let sum = 0
    yield* this.predictInBlocks(batch, (start, count) => {
      sum += this.blockLoss(batch, count)
      visit?.(start, count)
    })
    return sum * (1 / rowsOf(batch)) + this.penalty(penalty)
  }

  /** The gradients of the objective, left in every dW and db; returns the objective. @throws RangeError where it is not finite */
  gradients(where: string, batch: Batch, penalty = noPenalty): number {
    const loss = drain(this.gradientsInBlocks(batch, penalty))
    if (!Number.isFinite(loss)) throw rangeError(where, 'the loss', 'a finite number', loss)
    return loss
  }

  /**
   * The same, with a pause after each block but the last; begun anew where someone else takes gradients in a pause, and then
   * without pauses, so that it comes to its end. Where the loss is not finite, the gradients mean nothing.
   */
  *gradientsInBlocks(batch: Batch, penalty: Penalty, dropout = false): Paused<number> {
    const { forward, backward } = this.#training(batch.weights !== undefined, dropout)
    let run: number
    let sum: number
    let pauses = true
    do {
      run = ++this.#gradientRuns
      sum = 0
      const blocks = this.#eachBlock(batch, (start, count) => {
        forward(this.cells)
        sum += this.blockLoss(batch, count)
        this.cells.keep = start === 0 ? 0 : 1
        if (Number.isFinite(sum)) backward(this.cells)
      })
      while (run === this.#gradientRuns && blocks.next().done !== true) if (pauses) yield
      pauses = false
    } while (run !== this.#gradientRuns)
    const loss = sum * (1 / rowsOf(batch)) + this.penalty(penalty)
    if (penalty.l1 !== 0 || penalty.l2 !== 0) this.#passes.penaltyGradient(this.cells)
    return loss
  }

  /** λ₁·Σ|W| + ½λ₂·ΣW² of all layers. */
  penalty({ l1, l2 }: Penalty): number {
    if (l1 === 0 && l2 === 0) return 0
    this.cells.l1 = l1
    this.cells.l2 = l2
    this.#passes.penalty(this.cells)
    return this.layers.reduce((sum, _, l) => sum + numberAt(this.workspace.penalties, l), 0)
  }

  /** √Σ² of every gradient together, as the last pass left them. */
  gradientNorm(): number {
    this.#passes.norms(this.cells)
    return this.normOfSizes()
  }

  /** The same from the norms of single gradients, where a pass has left them. */
  normOfSizes(): number {
    const { parameters, sizes } = this.workspace
    let largest = 0
    for (let k = 0; k < parameters.length; k++) largest = Math.max(largest, numberAt(sizes, k))
    if (largest === 0 || !Number.isFinite(largest)) return largest
    let sum = 0
    for (let k = 0; k < parameters.length; k++) {
      const share = numberAt(sizes, k) / largest // whose square cannot overflow
      sum += share * share
    }
    return largest * Math.sqrt(sum)
  }

  /** The loss of the block in work, after a forward pass: the sum over its rows, each times its weight. */
  blockLoss(batch: Batch, count: number): number {
    this.#passes.loss(this.cells)
    if (batch.weights !== undefined) this.#passes.weigh(this.cells)
    return this.sumOfRows(count)
  }

  /** The sum of what the rows of the block in work lose. */
  sumOfRows(count: number): number {
    const { data, offset, stride } = this.workspace.perRow
    const step = stride[0] as number
    let sum = 0
    for (let i = 0; i < count; i++) sum += data[offset + i * step] as number
    return sum
  }

  /** Runs with rows of the batch, from `start` on, in the block. */
  inBlock<Result>(batch: Batch, start: number, count: number, run: (count: number) => Result): Result {
    if (this.#running) throw new TypeError('Network: an activation or a loss called the network that is calling it')
    this.#running = true
    try {
      this.#load(batch, start, count)
      return run(count)
    } finally {
      this.#running = false
    }
  }

  *#eachBlock(batch: Batch, run: (start: number, count: number) => void): Paused<void> {
    const { from = 0, to = batch.inputs.rows } = batch
    const { blockRows } = this.workspace
    for (let start = from; start < to; start += blockRows) {
      if (start > from) yield
      this.inBlock(batch, start, Math.min(blockRows, to - start), (count) => run(start - from, count))
    }
  }

  /** Puts rows of the batch into the block. */
  #load(batch: Batch, start: number, count: number): void {
    const { inputs, targets, weights, order, from = 0 } = batch
    const { X, T, cells } = this.workspace
    copyRows(inputs, X, start, count, order)
    if (targets !== undefined) copyRows(targets, T, start, count, order)
    if (weights !== undefined)
      copyRows({ data: weights, rows: weights.length, columns: 1 }, this.workspace.weights, start, count, order)
    cells.rows = count
    cells.mean = 1 / rowsOf(batch)
    cells.start = start - from
  }
}

/** How many rows a batch names. */
export function rowsOf({ inputs, from = 0, to = inputs.rows }: Batch): number {
  return to - from
}

/** What makes a function, called when that is first called. */
function onceNeeded(make: () => Run): Run {
  let made: Run | undefined
  return (cells) => {
    made ??= make()
    return made(cells)
  }
}
