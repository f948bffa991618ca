import type { Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Vector } from '../solvers/vector.ts'

/** So many numbers are read between two pauses. */
const NUMBERS = 2 ** 20

/**
 * The units in which the first layer's parameters are alike, whatever the inputs are measured in: those that they would have if
 * each column j had mean 0 and variance 1. With u = W·√(σ² + λ₂) and c = b + μᵀW, a step along −∂E/∂(u, c) is one along −M·∂E/∂(W, b):
 *
 *     ΔW_j = (∂W_j − μ_j·∂b)/(σ_j² + λ₂)      Δb = ∂b − Σ_j μ_j·ΔW_j
 */
export class InputUnits {
  readonly #means: Vector
  /** σ² + λ₂ */
  readonly #curvatures: Vector

  private constructor(means: Vector, curvatures: Vector) {
    this.#means = means
    this.#curvatures = curvatures
  }

  /** Measures inputs, with pauses. */
  static *of({ data, rows, columns }: Rows, l2: number): Paused<InputUnits> {
    const [means, squares] = [new Float64Array(columns), new Float64Array(columns)]
    const between = Math.max(1, Math.ceil(NUMBERS / columns))
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        // Welford's: exact where a column's mean is far from 0
        const apart = (data[i * columns + j] as number) - (means[j] as number)
        const mean = (means[j] as number) + apart / (i + 1)
        means[j] = mean
        squares[j] = (squares[j] as number) + apart * ((data[i * columns + j] as number) - mean)
      }
      if (i % between === between - 1) yield
    }
    const curvatures = squares.map((sum) => {
      const curvature = sum / rows + l2
      return curvature > 0 && curvature < Number.POSITIVE_INFINITY ? curvature : 1
    })
    return new InputUnits(means, curvatures)
  }

  /** v = M·v for the parameters of the first layer, W (columns × units) and b, with which a vector begins. */
  apply(v: Vector, units: number): void {
    const columns = this.#means.length
    const b = columns * units
    for (let k = 0; k < units; k++) {
      const bias = v[b + k] as number
      let moved = bias
      for (let j = 0; j < columns; j++) {
        const at = j * units + k
        const mean = this.#means[j] as number
        const weight = ((v[at] as number) - mean * bias) / (this.#curvatures[j] as number)
        v[at] = weight
        moved -= mean * weight
      }
      v[b + k] = moved
    }
  }
}
