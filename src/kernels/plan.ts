import type { NdArray } from 'ndarray'

/** The element types that the arithmetic knows. */
export type Dtype = 'float32' | 'float64'

/** Where elements live. */
export type FloatArray = Float32Array | Float64Array

/** A matrix as the kernels see it: a 2-D window of data, given by shape, stride and offset. */
export type View = NdArray<FloatArray>

/** A new array of zeros. */
export function zeros(dtype: Dtype, length: number): FloatArray {
  return dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)
}

/** An activation that acts on each element alone: a = f(z). */
export interface ElementActivation {
  /** what options, reports and saved networks call it */
  readonly name: string
  /** f(z) */
  readonly value: (z: number) => number
  /** f'(z); a = f(z) is given because many derivatives are shorter in it, as sigmoid's a·(1 − a) */
  readonly derivative: (z: number, a: number) => number
  /** where f' jumps: a numerical derivative across such a point means nothing */
  readonly kinks?: readonly number[]
  /** the name of the weight initializer that fits; xavierUniform if absent */
  readonly initializer?: string
}

/** An activation that acts on a row as a whole, as softmax does; for the output layer only. */
export interface RowActivation {
  /** what options, reports and saved networks call it */
  readonly name: string
  /** tells it from an ElementActivation */
  readonly rowwise: true
  /** the row a = f(z) */
  readonly value: (z: ArrayLike<number>) => number[]
  /** the row Jᵀ·g, where g = ∂E/∂a and J = ∂a/∂z, taken at a = f(z) */
  readonly derivative: (a: ArrayLike<number>, g: ArrayLike<number>) => number[]
  /** where an element's f' jumps */
  readonly kinks?: readonly number[]
  /** the name of the weight initializer that fits; xavierUniform if absent */
  readonly initializer?: string
}

/** How a layer turns Z into A. */
export type Activation = ElementActivation | RowActivation

/** A loss that is a sum over the outputs of a row: E_row = Σ value(a, t). */
export interface ElementLoss {
  /** what options and saved networks call it */
  readonly name: string
  /** E of one output */
  readonly value: (a: number, t: number) => number
  /** ∂value/∂a */
  readonly derivative: (a: number, t: number) => number
  /** the differences a − t where the derivative jumps */
  readonly kinks?: readonly number[]
}

/** A loss written for one output activation, where the two together are simpler and stable: taken from Z. */
export interface FusedLoss {
  /** what options and saved networks call it */
  readonly name: string
  /** the name of the one output activation that it goes with */
  readonly fusedWith: string
  /** E of one row */
  readonly value: (z: ArrayLike<number>, t: ArrayLike<number>) => number
  /** the row ∂E/∂z, where a = f(z) is at hand */
  readonly derivative: (a: ArrayLike<number>, t: ArrayLike<number>) => number[]
  /** the least and the greatest target that mean something */
  readonly targets?: readonly [number, number]
}

/** What training descends. */
export type Loss = ElementLoss | FusedLoss

/** How parameters follow their gradients: plain data that can be saved. */
export interface Optimizer {
  /** which rule the updates follow */
  readonly name: 'sgd'
  /** how far a parameter moves for a gradient of 1 */
  readonly learningRate: number
}

/** What changes between two runs of the same plan. Operations name the cell that they read. */
export interface Cells {
  /** rows of the block in work; every view over rows holds at least as many */
  rows: number
  /** 1/m, m the rows of the whole batch */
  mean: number
  /** 1 to add to the gradients of the blocks before, 0 to start anew */
  keep: number
  /** the learning rate */
  rate: number
}

/**
 * One operation of a plan, as data. Fields are named as in the rule: A, Z, W, b, T, loss, dW, db, f (activation),
 * E (loss function). Views over rows have the shape rows × units.
 */
export type Operation =
  /** Z = A·W + b */
  | { kind: 'affine'; A: View; W: View; b: View; Z: View }
  /** A = f(Z) */
  | { kind: 'activate'; f: Activation; Z: View; A: View }
  /** perRow (rows × 1) = E of each row */
  | { kind: 'loss'; E: Loss; Z: View; A: View; T: View; perRow: View }
  /** loss = ∂E/∂A ⊙ f'(Z) */
  | { kind: 'lossGradient'; E: Loss; f: Activation; Z: View; A: View; T: View; loss: View }
  /** lossBelow = (loss·Wᵀ) ⊙ f'(Z), where f, Z and A are those of the layer below */
  | { kind: 'propagate'; loss: View; W: View; f: ElementActivation; Z: View; A: View; lossBelow: View }
  /** dW = keep·dW + mean·Aᵀ·loss */
  | { kind: 'weightGradient'; A: View; loss: View; dW: View; mean: 'mean'; keep: 'keep' }
  /** db = keep·db + mean·(column sums of loss) */
  | { kind: 'biasGradient'; loss: View; db: View; mean: 'mean'; keep: 'keep' }
  /** bound (1 × 1) = Σ|parameter| + rate·Σ|gradient|, which no updated parameter can exceed */
  | { kind: 'bound'; parameter: View; gradient: View; rate: 'rate'; bound: View }
  /** parameter = parameter − rate·gradient */
  | { kind: 'update'; parameter: View; gradient: View; rate: 'rate' }

/** A list of operations that run one after the other. */
type Plan = readonly Operation[]

/** A prepared plan: runs on what its views and the cells hold now. */
export type Run = (cells: Cells) => void

/** One way to do the arithmetic: the only seam for speed. */
export interface KernelSet {
  readonly name: string
  /** Zeroed memory for all matrices of one network, in one call, so that a set can take it in one piece. */
  readonly allocate: (dtype: Dtype, shapes: readonly (readonly [rows: number, columns: number])[]) => View[]
  /** Turns a plan into a function that runs it; done once for each plan. */
  readonly prepare: (plan: Plan) => Run
  /** out = a·b, with any strides; the caller has checked shapes and that out overlaps neither. */
  readonly matmul: (out: View, a: View, b: View) => void
}
