import type { View } from '../kernels/plan.ts'
import { GREATEST } from '../matrix/dtype.ts'
import type { Paused } from '../matrix/pauses.ts'
import { losses } from '../rule/losses.ts'
import type { Point, Problem, Squares } from '../solvers/solver.ts'
import type { Vector } from '../solvers/vector.ts'
import { norm } from '../solvers/vector.ts'
import type { Batch } from './batch.ts'
import type { Engine, Penalty } from './engine.ts'
import { float64Copy } from './float64-copy.ts'
import type { InputUnits } from './input-units.ts'
import type { Inside } from './inside.ts'
import { NormalEquations } from './normal-equations.ts'
import type { Blueprint } from './options.ts'
import { placeOf, readVector, writeVector } from './parameter-vector.ts'
import { gradientFault } from './solve-faults.ts'

/** A parameter that a step was to make larger than the network's type can hold. */
interface Beyond {
  readonly place: string
  /** among all parameters */
  readonly k: number
  readonly value: number
}

/** A network's objective at certain rows as a function of all its parameters, W_1, b_1, W_2, …: on a float64 copy, dropout off. */
export class ParameterProblem implements Problem {
  readonly start: Vector
  /** the copy */
  readonly engine: Engine
  readonly batch: Batch
  readonly penalty: Penalty
  readonly floor?: number
  readonly units: InputUnits | undefined
  readonly #blueprint: Blueprint
  readonly #parameters: readonly View[]
  readonly #gradients: readonly View[]
  #beyond: Beyond | undefined
  #normal: NormalEquations | undefined
  #H: Vector | undefined

  /** @param begin where to start, the network's own parameters if absent; and the units of the inputs, 1 if absent */
  constructor(
    { blueprint, engine }: Inside,
    batch: Batch,
    penalty: Penalty,
    begin: { readonly start?: Vector; readonly units?: InputUnits } = {},
  ) {
    this.#blueprint = blueprint
    this.engine = float64Copy(blueprint, engine.layers)
    this.#parameters = this.engine.workspace.parameters.map(({ parameter }) => parameter)
    this.#gradients = this.engine.workspace.parameters.map(({ gradient }) => gradient)
    this.batch = batch
    this.penalty = penalty
    this.start = begin.start ?? readVector(this.#parameters)
    this.units = begin.units
    // a mean so small of −log p: each p is 1 to rounding, and weights would only grow
    const { E } = blueprint
    const hasLogs = E === losses.binaryCrossEntropy || E === losses.categoricalCrossEntropy
    if (hasLogs) this.floor = Number.EPSILON
  }

  get size(): number {
    return this.start.length
  }

  /** What was refused last, if x has come near to it: what is wanted is more than the type holds. */
  beyondAt(x: Vector): Beyond | undefined {
    if (this.#beyond === undefined) return undefined
    const { k } = this.#beyond
    return Math.abs(x[k] as number) > GREATEST[this.#blueprint.dtype] / 100 ? this.#beyond : undefined
  }

  *value(x: Vector): Paused<number> {
    if (!this.#place(x)) return Number.POSITIVE_INFINITY
    return yield* this.engine.lossInBlocks(this.batch, this.penalty)
  }

  /** @throws RangeError where a function of the user's own gives no finite number for a derivative */
  *gradientAt(x: Vector): Paused<Point> {
    if (!this.#place(x)) return { x, value: Number.POSITIVE_INFINITY, gradient: readVector(this.#gradients) }
    const value = yield* this.engine.gradientsInBlocks(this.batch, this.penalty)
    const gradient = readVector(this.#gradients)
    const size = norm(gradient)
    if (Number.isFinite(value) && !Number.isFinite(size)) {
      const fault = gradientFault(this.#blueprint, this.engine, this.batch, size)
      if (fault !== undefined) throw fault
    }
    return { x, value, gradient }
  }

  *squaresAt(x: Vector): Paused<Squares> {
    const point = yield* this.gradientAt(x)
    this.#H ??= new Float64Array((this.size * (this.size + 1)) / 2)
    const H = this.#H
    if (!Number.isFinite(point.value)) return { ...point, H }
    this.#normal ??= new NormalEquations(this.#blueprint, this.engine, this.size, this.units)
    yield* this.#normal.gather(this.batch, H)
    this.#addPenalty(H)
    return { ...point, H }
  }

  /** Makes x the parameters of the copy; false where the network's own type could not hold them. */
  #place(x: Vector): boolean {
    const largest = GREATEST[this.#blueprint.dtype]
    const k = x.findIndex((value) => !(Math.abs(value) <= largest))
    if (k < 0) {
      writeVector(this.#parameters, x)
      return true
    }
    this.#beyond = { place: placeOf(this.#parameters, k), k, value: x[k] as number }
    return false
  }

  /** Calls with the place of each weight in the vector, and the column of its input where that is one of the data's. */
  eachWeight(visit: (k: number, input: number | undefined) => void): void {
    let at = 0
    this.#parameters.forEach(({ size, shape }, k) => {
      for (let n = 0; n < size; n++, at++) {
        if (k % 2 === 0) visit(at, k === 0 ? Math.floor(n / (shape[1] as number)) : undefined)
      }
    })
  }

  /** λ₂ on the diagonal, at weights; times s² where there are units. */
  #addPenalty(H: Vector): void {
    this.eachWeight((k, input) => {
      const diagonal = (k * (k + 3)) / 2
      const scale = (input === undefined ? undefined : this.units?.scale(input)) ?? 1
      H[diagonal] = (H[diagonal] as number) + this.penalty.l2 * scale * scale
    })
  }
}
