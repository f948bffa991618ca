import type { Mismatch } from '../errors.ts'
import { Phrase, rangeError } from '../errors.ts'
import type { Cells, Run, View } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Layer } from '../rule/rule.ts'
import { backward, forward, loss } from '../rule/rule.ts'
import { bounds, updates } from '../training/optimizers.ts'
import type { Batch } from './batch.ts'
import type { Blueprint } from './options.ts'

/** A block holds at most so many rows, and its workspace at most so many bytes unless one row needs more. */
const BLOCK_ROWS = 256
const BLOCK_BYTES = 2 ** 25

/** A network's memory is addressed by 32 bits. */
const LARGEST_BYTES = 2 ** 32

/** What a network takes: how many rows its block holds, and the bytes of its parts. */
export interface Memory {
  readonly blockRows: number
  readonly parameters: number
  readonly gradients: number
  readonly workspace: number
}

/** The memory that a blueprint asks for; nothing is allocated. */
export function memoryOf({ inputs, layers, dtype }: Blueprint): Memory {
  const size = dtype === 'float32' ? 4 : 8
  let parameters = 0
  let perRow = size * (inputs + (layers.at(-1)?.units ?? 0) + 1)
  layers.forEach(({ units }, l) => {
    parameters += size * ((layers[l - 1]?.units ?? inputs) + 1) * units
    perRow += size * 3 * units
  })
  const blockRows = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_BYTES / perRow)))
  const judgement = size * 2 * layers.length
  return { blockRows, parameters, gradients: parameters, workspace: blockRows * perRow + judgement }
}

/**
 * A network's memory, allocated once, and its passes over it. Batches of any number of rows go through in blocks; data
 * stays outside and is copied in.
 */
export class Engine {
  readonly layers: readonly Layer[]
  readonly #blockRows: number
  readonly #X: View
  readonly #T: View
  readonly #perRow: View
  readonly #bounds: View
  readonly #cells: Cells
  readonly #forward: Run
  readonly #loss: Run
  readonly #backward: Run
  readonly #judge: Run
  readonly #updates: Run
  #running = false

  constructor(blueprint: Blueprint) {
    const { layers, E, optimizer, kernels } = blueprint
    const { blockRows } = memoryOf(blueprint)
    const views = allocate(blueprint).values()
    const take = () => views.next().value as View
    this.layers = layers.map(({ f }) => ({
      f,
      W: take(),
      dW: take(),
      b: take(),
      db: take(),
      Z: take(),
      A: take(),
      loss: take(),
    }))
    ;[this.#X, this.#T, this.#perRow, this.#bounds] = [take(), take(), take(), take()]
    this.#blockRows = blockRows
    this.#cells = { rows: 0, mean: 0, keep: 0, rate: optimizer.learningRate }
    const [X, T] = [this.#X, this.#T]
    this.#forward = kernels.prepare(forward(X, this.layers))
    this.#loss = kernels.prepare(loss(this.layers, E, T, this.#perRow))
    this.#backward = kernels.prepare(backward(X, this.layers, E, T))
    this.#judge = kernels.prepare(bounds(this.layers, this.#bounds))
    this.#updates = kernels.prepare(updates(this.layers))
  }

  /** The output layer's activations of the block in work. */
  get output(): View {
    return (this.layers.at(-1) as Layer).A
  }

  /** The forward pass, block by block; `visit` sees each block's views before the next one takes their place. */
  predict(batch: Batch, visit: (start: number, count: number) => void): void {
    this.#eachBlock(batch, (start, count) => {
      this.#forward(this.#cells)
      visit(start, count)
    })
  }

  /** The loss of the batch: the mean over rows. */
  loss(batch: Batch, visit?: (start: number, count: number) => void): number {
    let sum = 0
    this.predict(batch, (start, count) => {
      sum += this.#blockLoss()
      visit?.(start, count)
    })
    return sum * this.#cells.mean
  }

  /** The gradients of the batch, left in every dW and db; returns the loss. @throws RangeError for a loss that is not finite */
  gradients(where: string, batch: Batch): number {
    let sum = 0
    this.predict(batch, (start) => {
      sum += this.#blockLoss()
      this.#cells.keep = start === 0 ? 0 : 1
      if (Number.isFinite(sum)) this.#backward(this.#cells)
    })
    const loss = sum * this.#cells.mean
    if (!Number.isFinite(loss)) throw notTaken(rangeError(where, 'the loss', 'a finite number', loss))
    return loss
  }

  /** One gradient step; returns the loss before it. @throws RangeError where it would leave a parameter not finite */
  step(where: string, batch: Batch): number {
    const loss = this.gradients(where, batch)
    this.#judge(this.#cells)
    for (let k = 0; k < 2 * this.layers.length; k++) {
      const bound = this.#bounds.get(0, k)
      if (Number.isFinite(bound)) continue
      const subject = `layer ${k >> 1}: the size of its ${k % 2 === 0 ? 'weights' : 'biases'} after this step`
      throw notTaken(rangeError(where, subject, 'a finite number', bound))
    }
    this.#updates(this.#cells)
    return loss
  }

  #blockLoss(): number {
    this.#loss(this.#cells)
    let sum = 0
    for (let i = 0; i < this.#cells.rows; i++) sum += this.#perRow.get(i, 0)
    return sum
  }

  #eachBlock(batch: Batch, run: (start: number, count: number) => void): void {
    const { inputs, targets, order, from = 0, to = inputs.rows } = batch
    if (this.#running) throw new TypeError('Network: an activation or a loss called the network that is calling it')
    this.#running = true
    try {
      this.#cells.mean = 1 / (to - from)
      for (let start = from; start < to; start += this.#blockRows) {
        const count = Math.min(this.#blockRows, to - start)
        copyRows(inputs, this.#X, start, count, order)
        if (targets !== undefined) copyRows(targets, this.#T, start, count, order)
        this.#cells.rows = count
        run(start - from, count)
      }
    } finally {
      this.#running = false
    }
  }
}

/** The same error, with what to make of it. */
function notTaken(error: RangeError & Mismatch): RangeError & Mismatch {
  error.message += '. No parameter was changed; a smaller learning rate or inputs nearer to 0 may help'
  return error
}

/** All matrices of a network, in the order in which the constructor takes them. */
function allocate(blueprint: Blueprint): View[] {
  const { inputs, layers, dtype, kernels } = blueprint
  const { blockRows, parameters, gradients, workspace } = memoryOf(blueprint)
  const bytes = parameters + gradients + workspace
  const needed = new Phrase(`${(bytes / 2 ** 30).toPrecision(3)} GiB`)
  if (bytes > LARGEST_BYTES) throw rangeError('Network', 'the memory that these layers need', 'at most 4 GiB', needed)
  const shapes = layers.flatMap(({ units }, l): [number, number][] => {
    const below = layers[l - 1]?.units ?? inputs
    const overRows: [number, number] = [blockRows, units]
    return [[below, units], [below, units], [1, units], [1, units], overRows, overRows, overRows]
  })
  const outputs = layers.at(-1)?.units as number
  try {
    return kernels.allocate(dtype, [
      ...shapes,
      [blockRows, inputs],
      [blockRows, outputs],
      [blockRows, 1],
      [1, 2 * layers.length],
    ])
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw rangeError('Network', 'the memory that these layers need', 'what this machine can give', needed)
  }
}

/** Copies rows of data into the first rows of a block. */
function copyRows(source: Rows, block: View, start: number, count: number, order: Uint32Array | undefined): void {
  const { data, columns } = source
  const [stride] = block.stride as [number]
  for (let i = 0; i < count; i++) {
    const row = order === undefined ? start + i : (order[start + i] as number)
    block.data.set(data.subarray(row * columns, (row + 1) * columns), block.offset + i * stride)
  }
}
