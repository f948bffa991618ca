import type { Matrix } from '../matrix/matrix.ts'
import type { Place } from '../network/gradient-check.ts'

/** A matrix of a step, by its name in the rule. */
export interface TraceMatrix {
  /** A_0, T, W_1, b_1, …; w are weights of rows, vW_1 is what the optimizer keeps of W_1 */
  readonly name: string
  /** the index in network.layers, so that W_1 has 0; absent for A_0, T, w and E_row, which belong to none */
  readonly layer?: number
  /** rows and columns */
  readonly shape: readonly [rows: number, columns: number]
  /** its numbers, a copy */
  readonly value: Matrix
}

/** One matrix that a step calculates. */
export interface TraceStep extends TraceMatrix {
  /** the pass that it belongs to */
  readonly pass: 'forward' | 'loss' | 'backward' | 'penalty' | 'update'
  /**
   * the kind of the operation of the plan that wrote it, as affine or propagate; one that writes several matrices, as an
   * update of Adam, has a step for each
   */
  readonly kind: string
  /** how it is calculated: `Z_1 = A_0·W_1 + b_1`; with ← in the place of =, it replaces what the matrix held */
  readonly formula: string
  /** what it is calculated from */
  readonly reads: readonly Pick<TraceMatrix, 'name' | 'shape'>[]
  /** what the matrix held, where it was replaced */
  readonly before?: Matrix
  /** with `check`, beside every complete gradient: the same derivatives by central differences of the objective, in float64 */
  readonly numerical?: Matrix
  /** beside `numerical`: the places where it means nothing, as a kink of f or E is crossed */
  readonly kinks?: readonly Pick<Place, 'row' | 'column'>[]
  /** beside `numerical`: by how much it is away from `value` where it is most, kinks aside */
  readonly distance?: number
  /**
   * beside `numerical`: whether that is more than a ten-thousandth of the largest number of both, and more than rounding and
   * the width of the differences explain, so that a derivative is wrong; or not finite
   */
  readonly differs?: boolean
}

/** One training step, written out. */
export interface Trace {
  /** the network in a few words: 2-3-1, squaredError, sgd */
  readonly title: string
  /** the objective before the step, as `train` returns it */
  readonly loss: number
  /** the number of rows, m */
  readonly rows: number
  /** the number of the step, counted from 1 over the network's life */
  readonly step: number
  /** whether layers dropped activations, as a training step does where the network has dropout */
  readonly dropout: boolean
  /** what the step starts from: A_0, T (smoothed where asked for), w, each W_l and b_l */
  readonly given: readonly TraceMatrix[]
  /** what it calculates, in the order in which the plan runs */
  readonly steps: readonly TraceStep[]
  /** all of it for a terminal, large matrices shortened */
  toString(): string
  /** all of it as Markdown, large matrices shortened */
  toMarkdown(): string
  /** all of it as plain values, matrices whole, as arrays of rows */
  toJSON(): TraceJSON
}

/** A trace as plain values: each Matrix is an array of rows. */
export interface TraceJSON extends Pick<Trace, 'title' | 'loss' | 'rows' | 'step' | 'dropout'> {
  /** what the step starts from */
  readonly given: readonly TraceMatrixJSON[]
  /** what it calculates */
  readonly steps: readonly TraceStepJSON[]
}

/** A matrix of a step as plain values. */
export interface TraceMatrixJSON extends Omit<TraceMatrix, 'value'> {
  /** its numbers, row by row */
  readonly value: number[][]
}

/** One matrix that a step calculates, as plain values. */
export interface TraceStepJSON extends Omit<TraceStep, 'value' | 'before' | 'numerical'> {
  /** its numbers, row by row */
  readonly value: number[][]
  /** what the matrix held, where it was replaced */
  readonly before?: number[][]
  /** the numerical derivatives, where they were asked for */
  readonly numerical?: number[][]
}
