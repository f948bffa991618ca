import type { View } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Point, Problem, Squares } from '../solvers/solver.ts'
import type { Vector } from '../solvers/vector.ts'
import type { Batch } from './batch.ts'
import type { Engine, Penalty } from './engine.ts'
import { float64Copy } from './float64-copy.ts'
import type { Inside } from './inside.ts'
import { NormalEquations } from './normal-equations.ts'
import type { Blueprint } from './options.ts'
import { readVector, writeVector } from './parameter-vector.ts'

/** The largest number that a parameter of the type can hold. */
const LARGEST = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE } as const

/** A network's objective at certain rows as a function of all its parameters, W_1, b_1, W_2, …: on a float64 copy, dropout off. */
export class ParameterProblem implements Problem {
  readonly start: Vector
  readonly #blueprint: Blueprint
  readonly #engine: Engine
  readonly #parameters: readonly View[]
  readonly #gradients: readonly View[]
  readonly #batch: Batch
  readonly #penalty: Penalty
  #normal: NormalEquations | undefined
  #H: Vector | undefined

  constructor({ blueprint, engine }: Inside, batch: Batch, penalty: Penalty) {
    this.#blueprint = blueprint
    this.#engine = float64Copy(blueprint, engine.layers)
    this.#parameters = this.#engine.workspace.parameters.map(({ parameter }) => parameter)
    this.#gradients = this.#engine.workspace.parameters.map(({ gradient }) => gradient)
    this.#batch = batch
    this.#penalty = penalty
    this.start = readVector(this.#parameters)
  }

  get size(): number {
    return this.start.length
  }

  *value(x: Vector): Paused<number> {
    if (!this.#place(x)) return Number.POSITIVE_INFINITY
    return yield* this.#engine.lossInBlocks(this.#batch, this.#penalty)
  }

  *gradientAt(x: Vector): Paused<Point> {
    const value = this.#place(x)
      ? yield* this.#engine.gradientsInBlocks(this.#batch, this.#penalty)
      : Number.POSITIVE_INFINITY
    return { x, value, gradient: readVector(this.#gradients) }
  }

  *squaresAt(x: Vector): Paused<Squares> {
    const point = yield* this.gradientAt(x)
    this.#H ??= new Float64Array((this.size * (this.size + 1)) / 2)
    const H = this.#H
    if (!Number.isFinite(point.value)) return { ...point, H }
    this.#normal ??= new NormalEquations(this.#blueprint, this.#engine, this.size)
    yield* this.#normal.gather(this.#batch, H)
    this.#addPenalty(H)
    return { ...point, H }
  }

  /** Makes x the parameters of the copy; false where the network's own type could not hold them. */
  #place(x: Vector): boolean {
    const largest = LARGEST[this.#blueprint.dtype]
    if (!x.every((value) => Math.abs(value) <= largest)) return false
    writeVector(this.#parameters, x)
    return true
  }

  /** λ₂ on the diagonal, at weights. */
  #addPenalty(H: Vector): void {
    let at = 0
    this.#parameters.forEach(({ size }, k) => {
      const isWeights = k % 2 === 0
      for (let n = 0; n < size; n++, at++) {
        const diagonal = (at * (at + 3)) / 2
        if (isWeights) H[diagonal] = (H[diagonal] as number) + this.#penalty.l2
      }
    })
  }
}
