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

/** Stochastic gradient descent: plain data that can be saved. */
export interface Sgd {
  /** which rule the updates follow */
  readonly name: 'sgd'
  /** how far a parameter moves for a gradient of 1 */
  readonly learningRate: number
}

/** Adam: plain data that can be saved. */
export interface Adam {
  /** which rule the updates follow */
  readonly name: 'adam'
  /** about how far a parameter moves in a step */
  readonly learningRate: number
  /** what is kept of the mean of the gradients in a step */
  readonly beta1: number
  /** what is kept of the mean of their squares in a step */
  readonly beta2: number
  /** what is added to the root of that mean, so that nothing is divided by 0 */
  readonly epsilon: number
}

/** How parameters follow their gradients. */
export type Optimizer = Sgd | Adam

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
  /** 1 − β₁ᵗ, t the number of the step, counted from 1 */
  correction1: number
  /** 1 − β₂ᵗ */
  correction2: number
  /** 1 where the run may leave an update to the next run of the same plan, which can do it in passing; else 0 */
  putOff: number
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
  /** dW = keep·dW + mean·Aᵀ·loss; nothing is kept where the operation names no keep */
  | { kind: 'weightGradient'; A: View; loss: View; dW: View; mean: 'mean'; keep?: 'keep' }
  /** db = keep·db + mean·(column sums of loss), likewise */
  | { kind: 'biasGradient'; loss: View; db: View; mean: 'mean'; keep?: 'keep' }
  /** bound (1 × 1) = Σ|parameter| + rate·Σ|gradient|, which no updated parameter can exceed */
  | { kind: 'bound'; parameter: View; gradient: View; rate: 'rate'; bound: View }
  /** limit (1 × 1) = rate·max(1, max |A|)·max |loss|: no rate·dW or rate·db of a batch of these rows is greater */
  | { kind: 'limit'; A: View; loss: View; rate: 'rate'; limit: View }
  /** ends the run unless every perRow is finite and every limit less than `below` */
  | { kind: 'guard'; perRow: View; limits: View; below: number }
  /** labels (rows × 1) = the index of the greatest a of a row, or a ≥ 0.5 of the only one; NaN where a row holds NaN */
  | { kind: 'label'; A: View; labels: View }
  /** parameter = parameter − rate·gradient; the gradient is spent: what it holds afterwards means nothing */
  | { kind: 'update'; parameter: View; gradient: View; rate: 'rate' }
  /**
   * m = β₁·m + (1 − β₁)·gradient, v = β₂·v + (1 − β₂)·gradient²,
   * parameter = parameter − rate/(1 − β₁ᵗ)·m/(√v/√(1 − β₂ᵗ) + ε); the gradient is spent
   */
  | { kind: 'adam'; parameter: View; gradient: View; m: View; v: View; rate: 'rate'; settings: Adam }
  /** does the update of the parameter by this loss that a run has put off, if one has */
  | { kind: 'settle'; loss: View; parameter: View }

/** A list of operations that run one after the other. */
export type Plan = readonly Operation[]

/** A prepared plan: runs on what its views and the cells hold now. False where a guard ended the run before its end. */
export type Run = (cells: Cells) => boolean

/** What a kernel set is made of here, for people. */
export interface Description {
  /** the name of the set */
  readonly kernels: string
  /** what does the products: 'JavaScript', 'WebAssembly SIMD', the path of a library */
  readonly products: string
  /** whether a·b + c is rounded once */
  readonly fma: boolean
  /** whether vectors of 256 bits paid in a trial, as V8 makes them where it is asked to */
  readonly wide: boolean
  /** what would make it faster, where something would */
  readonly hint?: string
}

/** One way to do the arithmetic: the only seam for speed. */
export interface KernelSet {
  readonly name: string
  /** Whether 'auto' passes it over. */
  readonly onlyByName?: boolean
  /** Why the set cannot run here, as it follows "it …"; undefined where it can. */
  readonly unavailable?: () => string | undefined
  /** What it is made of here. */
  readonly describe: () => Description
  /** Zeroed memory for all matrices of one network, in one call, so that a set can take it in one piece. */
  readonly allocate: (dtype: Dtype, shapes: readonly (readonly [rows: number, columns: number])[]) => View[]
  /** Turns a plan into a function that runs it; done once for each plan. */
  readonly prepare: (plan: Plan) => Run
  /** out = a ∘ b element by element, with any strides, 0 for one row that stands for all; out may be a or b itself. */
  readonly combine: (kind: 'add' | 'subtract' | 'multiply', out: View, a: View, b: View) => void
  /** Whether no number is NaN or infinite. */
  readonly isFinite: (numbers: FloatArray) => boolean
  /** out = a·b, with any strides; the caller has checked shapes and that out overlaps neither. */
  readonly matmul: (out: View, a: View, b: View) => void
  /**
   * The same set with so many threads (the option blasThreads), where it calls a library that has its own.
   * @throws RangeError for no positive whole number, and for a library whose threads cannot be set
   */
  readonly threads?: (where: string, count: number) => KernelSet
  /** The set in the form that gives the same bits on every engine and processor, where it has one. */
  readonly reproducible?: KernelSet
}
