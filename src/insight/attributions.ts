import ndarray from 'ndarray'
import { checkInteger, checkOptions, Phrase, rangeError, typeError } from '../errors.ts'
import type { Run } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import { isArrayLike, readRows } from '../matrix/rows.ts'
import type { Batch } from '../network/batch.ts'
import { readInputs } from '../network/batch.ts'
import type { Engine } from '../network/engine.ts'
import { float64Copy } from '../network/float64-copy.ts'
import { insideOf } from '../network/inside.ts'
import type { Network } from '../network/network.ts'
import { inOrder } from '../random/permutation.ts'
import { carry, carryToInputs, chosenOutput, forward } from '../rule/rule.ts'
import type { Quadrature } from './gauss-legendre.ts'
import { gaussLegendre } from './gauss-legendre.ts'

/** What is attributed, and how exactly. */
export interface AttributionOptions {
  /**
   * which output is explained: its index, or one for each row, as `classify` gives them (the only output; a network with
   * several needs to be told)
   */
  readonly output?: number | ArrayLike<number>
  /** the inputs that stand for nothing: one row, or one for each row (zeros; fit for data where 0 means nothing or the mean) */
  readonly baseline?: Table
  /** at how many points between baseline and inputs the derivatives are taken, from 1 to 4096 (256) */
  readonly steps?: number
}

/** How much each input adds to an output. */
export interface Attributions {
  /** of each input of each row (n×inputs, float64) */
  readonly attributions: Matrix
  /** f(x): the chosen output of each row, in float64 */
  readonly outputs: number[]
  /** f(x′): the same output at the row's baseline */
  readonly baselines: number[]
  /**
   * of each row, the sum of its attributions less f(x) − f(x′): 0 but for the error of the integral. Look at them: the
   * attributions of a row whose gap is not small beside f(x) − f(x′) do not explain its output. More steps make it smaller; but
   * with inputs of 1e300, say, f does all its changing between two points, and the attributions are 0: scale such inputs
   */
  readonly gaps: number[]
}

const WHERE = 'attributions'

/** Of more points even their own computation would take long, and kinks alone could need them. */
const MOST_STEPS = 4096

/**
 * How much each input adds to an output, by integrated gradients: the derivatives of the output by the inputs, gathered on
 * the straight way from a baseline x′ to the inputs x.
 *
 *     attribution_j = (x_j − x′_j) · ∫₀¹ ∂f_k/∂x_j (x′ + α·(x − x′)) dα        Σ_j attribution_j = f_k(x) − f_k(x′)
 *
 * The derivatives are those of the rule, carried one layer farther: ∂f_k/∂X = loss_1·W_1ᵀ. The integral is taken by the
 * points of Gauss and Legendre, on a float64 copy of the network, dropout off. Activations with kinks (relu, leakyRelu) and
 * very steep ones leave greater gaps: more steps make them smaller. Works without giving way to other work of the thread, in
 * a memory that does not grow with the number of rows but for the result.
 *
 * @param network which is not touched
 * @param inputs x, n×inputs
 * @param options `output` k; `baseline` x′ (1×inputs or n×inputs); `steps`
 * @returns n×inputs attributions, the output at x and at x′, and by how much the sums miss the difference
 * @throws TypeError or RangeError that names the argument; RangeError where an attribution is not finite
 * @see Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", 2017, equations 1 and 3
 * @example
 * import { attributions, Network } from 'bp-net'
 * const network = new Network({ layers: [2, 1], outputActivation: 'identity', seed: 1 })
 * network.layers[0].weights.assign([[3], [-1]]) // f(x) = 3·x_1 − x_2
 * const { attributions: each, outputs } = attributions(network, [[1, 2]], { baseline: [0, 1] })
 * console.log(each.get(0, 0).toFixed(6), each.get(0, 1).toFixed(6), outputs[0]) // 3.000000 -1.000000 1
 */
export function attributions(network: Network, inputs: Table, options: AttributionOptions = {}): Attributions {
  const { blueprint, engine } = insideOf(WHERE, network)
  checkOptions(WHERE, options, ['output', 'baseline', 'steps'])
  const { output, baseline, steps = 256 } = options
  checkInteger(WHERE, 'steps', steps, 1, MOST_STEPS)
  const double = { ...blueprint, dtype: 'float64' } as const
  const x = readInputs(WHERE, double, inputs)
  const from = readBaseline(baseline, x)
  const chosen = readOutput(output, x.rows, blueprint.layers.at(-1)?.units as number)
  const paths = new Paths(float64Copy(blueprint, engine.layers), x, from, chosen)
  const { outputs, baselines } = paths.ends()
  const values = paths.integrate(gaussLegendre(steps))
  const gaps = outputs.map((value, i) => {
    const row = values.subarray(i * x.columns, (i + 1) * x.columns)
    const sum = row.reduce((total, one) => total + one, 0)
    const gap = sum - (value - (baselines[i] as number))
    if (!Number.isFinite(gap))
      throw rangeError(WHERE, `the sum of the attributions of row ${i}`, 'a finite number', sum)
    return gap
  })
  return { attributions: Matrix.wrap(ndarray(values, [x.rows, x.columns])), outputs, baselines, gaps }
}

/** One row for all, or one for each; zeros where none is given. */
function readBaseline(baseline: Table | undefined, { rows, columns }: Rows): Rows {
  if (baseline === undefined) return { data: new Float64Array(columns), rows: 1, columns }
  const read = readRows(baseline, { where: WHERE, subject: 'baseline', dtype: 'float64', finite: true, columns })
  if (read.rows === 1 || read.rows === rows) return read
  const expected = rows === 1 ? '1 row' : `1 row, or ${rows}, one for each row of inputs`
  throw rangeError(WHERE, 'the shape of baseline', expected, new Phrase(`(${read.rows}×${columns})`))
}

/** The output that is explained of each row. */
function readOutput(output: unknown, rows: number, outputs: number): Uint32Array {
  const chosen = new Uint32Array(rows)
  if (output === undefined && outputs === 1) return chosen
  if (isArrayLike(output)) {
    if (output.length !== rows) {
      throw rangeError(WHERE, 'the number of outputs chosen', `${rows}, one for each row of inputs`, output.length)
    }
    for (let i = 0; i < rows; i++) {
      const k = output[i]
      checkInteger(WHERE, `output[${i}]`, k, 0, outputs - 1)
      chosen[i] = k
    }
    return chosen
  }
  if (typeof output !== 'number') {
    throw typeError(WHERE, 'output', `a whole number from 0 to ${outputs - 1}, or an array of one for each row`, output)
  }
  checkInteger(WHERE, 'output', output, 0, outputs - 1)
  return chosen.fill(output)
}

/** The straight ways from baselines to inputs, and the derivatives of the chosen outputs along them. */
class Paths {
  readonly #engine: Engine
  readonly #derive: Run
  readonly #x: Rows
  readonly #baseline: Rows
  /** the row of the baseline that goes with each row of x */
  readonly #baselineOf: Uint32Array
  readonly #chosen: Uint32Array

  constructor(engine: Engine, x: Rows, baseline: Rows, chosen: Uint32Array) {
    const { X, T, layers } = engine.workspace
    this.#engine = engine
    this.#derive = engine.prepare(() => [
      ...forward(X, layers),
      ...carry(X, layers, chosenOutput, T),
      ...carryToInputs(X, layers),
    ])
    this.#x = x
    this.#baseline = baseline
    this.#baselineOf = baseline.rows === x.rows ? inOrder(x.rows) : new Uint32Array(x.rows)
    this.#chosen = chosen
  }

  /** The chosen outputs at the ends of the ways: at x and at the baselines. */
  ends(): Pick<Attributions, 'outputs' | 'baselines'> {
    const { rows } = this.#x
    return {
      outputs: this.#outputsAt({ inputs: this.#x, to: rows }),
      baselines: this.#outputsAt({ inputs: this.#baseline, order: this.#baselineOf, to: rows }),
    }
  }

  #outputsAt(batch: Batch): number[] {
    const { output } = this.#engine
    const outputs: number[] = []
    this.#engine.predict(batch, (start, count) => {
      for (let i = 0; i < count; i++) outputs.push(output.get(i, this.#chosen[start + i] as number))
    })
    return outputs
  }

  /** Every (x_j − x′_j)·Σ w_i·∂f/∂x_j (point i of the way); the points of all rows go through in full blocks. */
  integrate({ points, weights }: Quadrature): Float64Array {
    const { rows, columns } = this.#x
    const { blockRows, T } = this.#engine.workspace
    const block = { inputs: zeroRows(blockRows, columns), targets: zeroRows(blockRows, T.shape[1] as number) }
    const integrals = new Float64Array(rows * columns)
    const steps = points.length
    for (let start = 0; start < rows * steps; start += blockRows) {
      const count = Math.min(blockRows, rows * steps - start)
      block.targets.data.fill(0)
      for (let i = 0; i < count; i++) {
        const row = Math.floor((start + i) / steps)
        this.#place(row, points[(start + i) % steps] as number, block.inputs, i)
        block.targets.data[i * block.targets.columns + (this.#chosen[row] as number)] = 1
      }
      this.#engine.inBlock(block, 0, count, () => this.#derive(this.#engine.cells))
      for (let i = 0; i < count; i++) {
        this.#gather(i, weights[(start + i) % steps] as number, integrals, Math.floor((start + i) / steps))
      }
    }
    // + 0, so that no 0 is negative
    return integrals.map((integral, k) => integral * this.#difference(Math.floor(k / columns), k % columns) + 0)
  }

  /** Row i of the block = x′ + α·(x − x′) of a row. */
  #place(row: number, alpha: number, { data, columns }: Rows, i: number): void {
    const base = (this.#baselineOf[row] as number) * columns
    for (let j = 0; j < columns; j++) {
      data[i * columns + j] = (this.#baseline.data[base + j] as number) + alpha * this.#difference(row, j)
    }
  }

  /** Adds the derivatives of row i of the block, which have taken the place of X, to the integrals of a row. */
  #gather(i: number, weight: number, integrals: Float64Array, row: number): void {
    const { data, offset, stride, shape } = this.#engine.workspace.X
    const columns = shape[1] as number
    const from = offset + i * (stride[0] as number)
    const to = row * columns
    for (let j = 0; j < columns; j++) {
      integrals[to + j] = (integrals[to + j] as number) + weight * (data[from + j] as number)
    }
  }

  #difference(row: number, j: number): number {
    const { columns } = this.#x
    const base = (this.#baselineOf[row] as number) * columns
    return (this.#x.data[row * columns + j] as number) - (this.#baseline.data[base + j] as number)
  }
}

function zeroRows(rows: number, columns: number): Rows {
  return { data: new Float64Array(rows * columns), rows, columns }
}
