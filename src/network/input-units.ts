import { isPause, type Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Units } from '../solvers/solver.ts'
import type { Vector } from '../solvers/vector.ts'

/** The gradient by the weight of so large a constant is rounding. */
const LARGE = 1e6

/**
 * The units in which the first layer's parameters are alike, whatever the inputs are measured in: those that they would have if
 * each column j had mean 0 and variance 1. With s_j = 1/√(σ_j² + λ₂):
 *
 *     W_j = s_j·u_j      b = c − Σ_j μ_j·W_j      so that      ∂u_j = s_j·(∂W_j − μ_j·∂b)      ∂c = ∂b
 *
 * A column that is constant tells no more than the bias does: its weights stay as they are, s = 0, but for small ones with λ₂,
 * which draws them to 0.
 */
export class InputUnits implements Units {
  readonly #units: number
  readonly #means: Vector
  readonly #scales: Vector

  private constructor(units: number, means: Vector, scales: Vector) {
    this.#units = units
    this.#means = means
    this.#scales = scales
  }

  /** Measures inputs of a first layer of so many units, with pauses. */
  static *of({ data, rows, columns }: Rows, l2: number, units: number): Paused<InputUnits> {
    const [means, squares] = [new Float64Array(columns), new Float64Array(columns)]
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        // Welford's: exact where a column's mean is far from 0
        const apart = (data[i * columns + j] as number) - (means[j] as number)
        const mean = (means[j] as number) + apart / (i + 1)
        means[j] = mean
        squares[j] = (squares[j] as number) + apart * ((data[i * columns + j] as number) - mean)
      }
      if (isPause(i, columns)) yield
    }
    const scales = squares.map((sum, j) => {
      if (sum === 0 && (l2 === 0 || Math.abs(means[j] as number) > LARGE)) return 0
      const scale = 1 / Math.sqrt(sum / rows + l2)
      return scale > 0 && scale < Number.POSITIVE_INFINITY ? scale : 1
    })
    return new InputUnits(units, means, scales)
  }

  /** An input x of column j, as W_j's derivatives in these units have it. */
  input(x: number, j: number): number {
    return (x - (this.#means[j] as number)) * (this.#scales[j] as number)
  }

  /** |μ_j| + σ_j, about */
  reach(j: number): number {
    const scale = this.#scales[j] as number
    return Math.abs(this.#means[j] as number) + (scale > 0 ? 1 / scale : 0)
  }

  /** s_j */
  scale(j: number): number {
    return this.#scales[j] as number
  }

  /** Derivatives by the parameters, W (columns × units) and b first, become those by u and c. */
  gradient(v: Vector): void {
    this.#each(v, (weight, bias, mean, scale) => scale * (weight - mean * bias))
  }

  /** A step of u and c becomes that of W and b. */
  step(v: Vector): void {
    const { length } = this.#means
    this.#each(v, (weight, _bias, _mean, scale) => scale * weight)
    for (let k = 0; k < this.#units; k++) {
      let bias = v[length * this.#units + k] as number
      for (let j = 0; j < length; j++) bias -= (this.#means[j] as number) * (v[j * this.#units + k] as number)
      v[length * this.#units + k] = bias
    }
  }

  #each(v: Vector, change: (weight: number, bias: number, mean: number, scale: number) => number): void {
    const { length } = this.#means
    const units = this.#units
    for (let j = 0; j < length; j++) {
      const [mean, scale] = [this.#means[j] as number, this.#scales[j] as number]
      for (let k = 0; k < units; k++) {
        const at = j * units + k
        v[at] = change(v[at] as number, v[length * units + k] as number, mean, scale)
      }
    }
  }
}
