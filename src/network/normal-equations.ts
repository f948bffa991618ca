import { cellsWith } from '../kernels/cells.ts'
import type { Cells, Run, View } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Layer } from '../rule/rule.ts'
import { carry, chosenOutput, forward } from '../rule/rule.ts'
import type { Vector } from '../solvers/vector.ts'
import type { Batch } from './batch.ts'
import type { Engine } from './engine.ts'
import { rowsOf } from './engine.ts'
import type { InputUnits } from './input-units.ts'
import type { Blueprint } from './options.ts'

/** J goes through in blocks of so many rows, and in panels of so many columns, whose products take a few milliseconds. */
const BLOCK_ROWS = 256
const PANEL = 256

/** Some neighbouring columns of J. */
interface Panel {
  readonly from: number
  readonly J: View
}

/** The product of two panels: the elements of JᵀJ in the rows of the one and the columns of the other. */
interface Product {
  readonly rows: Panel
  readonly columns: Panel
  readonly JJ: View
  readonly add: Run
}

/**
 * JᵀJ of the outputs by all parameters, where J has a row for each row i of the data and each output k: one backward pass an
 * output with T = e_k leaves every loss_l, row by row, and
 *
 *     ∂a_ik/∂W_l = A_(l-1)[i]ᵀ · loss_l[i]      ∂a_ik/∂b_l = loss_l[i]      each times √(wᵢ/m)
 *
 * Rows of J are made block by block, and never stand all together.
 */
export class NormalEquations {
  readonly #engine: Engine
  readonly #forward: Run
  readonly #carry: Run
  readonly #rows: number
  readonly #units: InputUnits | undefined
  readonly #panels: readonly Panel[]
  readonly #products: readonly Product[]
  readonly #cells: Cells = cellsWith()
  /** a row of J, before it is parted */
  readonly #row: Vector

  constructor({ kernels, layers }: Blueprint, engine: Engine, size: number, units?: InputUnits) {
    const { X, T, layers: passed, blockRows } = engine.workspace
    this.#engine = engine
    this.#units = units
    this.#row = new Float64Array(size)
    this.#forward = engine.prepare(() => forward(X, passed))
    this.#carry = engine.prepare(() => carry(X, passed, chosenOutput, T))
    const outputs = layers.at(-1)?.units as number
    this.#rows = Math.max(1, Math.min(blockRows, Math.floor(BLOCK_ROWS / outputs)))
    const starts = Array.from({ length: Math.ceil(size / PANEL) }, (_, k) => k * PANEL)
    const widthAt = (from: number) => Math.min(PANEL, size - from)
    const pairs = starts.flatMap((_, a) => starts.slice(0, a + 1).map((_, b) => [a, b] as const))
    const views = kernels.allocate('float64', [
      ...starts.map((from) => [this.#rows * outputs, widthAt(from)] as const),
      ...pairs.map(([a, b]) => [widthAt(a * PANEL), widthAt(b * PANEL)] as const),
    ])
    this.#panels = starts.map((from, k) => ({ from, J: views[k] as View }))
    this.#products = pairs.map(([a, b], k) => {
      const [rows, columns] = [this.#panels[a] as Panel, this.#panels[b] as Panel]
      const JJ = views[starts.length + k] as View
      // JᵀJ = keep·JᵀJ + JᵀJ of the block
      const plan = [{ kind: 'weightGradient', A: rows.J, loss: columns.J, dW: JJ, mean: 'mean', keep: 'keep' }] as const
      return { rows, columns, JJ, add: kernels.prepare(plan) }
    })
  }

  /** The lower triangle of JᵀJ at the engine's parameters, row by row in H, with pauses. */
  *gather(batch: Batch, H: Vector): Paused<void> {
    const { from = 0, to = batch.inputs.rows } = batch
    for (let start = from; start < to; start += this.#rows) {
      const count = Math.min(this.#rows, to - start)
      this.#cells.rows = this.#engine.inBlock(batch, start, count, () => this.#fill(batch, start, count))
      this.#cells.keep = start === from ? 0 : 1
      for (const { add } of this.#products) {
        yield
        add(this.#cells)
      }
    }
    for (const product of this.#products) copyTriangle(product, H)
  }

  /** Puts the rows of J that belong to the block into the panels; how many there are. */
  #fill(batch: Batch, start: number, count: number): number {
    const { cells, output, workspace } = this.#engine
    const outputs = output.shape[1] as number
    this.#forward(cells)
    for (let k = 0; k < outputs; k++) {
      for (let i = 0; i < count; i++) for (let j = 0; j < outputs; j++) workspace.T.set(i, j, Number(j === k))
      this.#carry(cells)
      for (let i = 0; i < count; i++) {
        const weight = batch.weights?.[start + i] ?? 1
        derivatives(workspace.X, workspace.layers, i, Math.sqrt(weight / rowsOf(batch)), this.#row, this.#units)
        for (const { from, J } of this.#panels) {
          const at = J.offset + (k * count + i) * (J.stride[0] as number)
          J.data.set(this.#row.subarray(from, from + (J.shape[1] as number)), at)
        }
      }
    }
    return outputs * count
  }
}

/** The derivatives by all parameters, in units where there are some, of what was carried back in row i, times a factor. */
function derivatives(
  X: View,
  layers: readonly Layer[],
  i: number,
  factor: number,
  row: Vector,
  inputUnits: InputUnits | undefined,
): void {
  let at = 0
  let below = X
  for (const { A, loss } of layers) {
    const units = loss.shape[1] as number
    const lossAt = loss.offset + i * (loss.stride[0] as number)
    const belowAt = below.offset + i * (below.stride[0] as number)
    const inputs = below.shape[1] as number
    for (let n = 0; n <= inputs; n++) {
      const x = below.data[belowAt + n] as number
      const measured = below === X && inputUnits !== undefined ? inputUnits.input(x, n) : x
      const a = factor * (n < inputs ? measured : 1) // the last are those of the biases
      for (let j = 0; j < units; j++) row[at++] = a * (loss.data[lossAt + j] as number)
    }
    below = A
  }
}

/** Copies what of a product lies in the lower triangle. */
function copyTriangle({ rows, columns, JJ }: Product, H: Vector): void {
  const [height, width] = JJ.shape as [number, number]
  for (let i = 0; i < height; i++) {
    const from = JJ.offset + i * (JJ.stride[0] as number)
    const row = rows.from + i
    const count = Math.min(width, row + 1 - columns.from)
    H.set(JJ.data.subarray(from, from + count), (row * (row + 1)) / 2 + columns.from)
  }
}
