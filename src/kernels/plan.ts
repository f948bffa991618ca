import type { NdArray } from 'ndarray'
import type { Formula } from './formula.ts'

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
  /** how it is written; by its name if absent */
  readonly formula?: Formula
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
  /** how it is written; by its name if absent */
  readonly formula?: Formula
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
  /** how it is written: E of a row, and ∂E/∂a; by its name if absent */
  readonly formula?: Formula
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
  /** how it is written: E of a row, and ∂E/∂z; by its name if absent */
  readonly formula?: Formula
}

/** What training descends. */
export type Loss = ElementLoss | FusedLoss

/** What every optimizer has. */
interface Rated {
  /** how far a parameter moves for a gradient of 1 (sgd), or about how far in a step (the others) */
  readonly learningRate: number
  /** λ: adds λ·parameter to each gradient; with adamw shrinks each parameter by rate·λ instead */
  readonly weightDecay: number
}

/** Stochastic gradient descent: plain data that can be saved. */
export interface Sgd extends Rated {
  /** which rule the updates follow */
  readonly name: 'sgd'
  /** what is kept of the velocity in a step; 0 for none */
  readonly momentum: number
  /** whether the gradient is counted ahead of the velocity (Nesterov) */
  readonly nesterov: boolean
}

/** AdaGrad: plain data that can be saved. */
export interface Adagrad extends Rated {
  /** which rule the updates follow */
  readonly name: 'adagrad'
  /** what is added to the root of the sum of squares, so that nothing is divided by 0 */
  readonly epsilon: number
}

/** RMSProp: plain data that can be saved. */
export interface Rmsprop extends Rated {
  /** which rule the updates follow */
  readonly name: 'rmsprop'
  /** what is kept of the mean of the squares in a step */
  readonly decay: number
  /** what is added to the root of that mean, so that nothing is divided by 0 */
  readonly epsilon: number
}

/** Adam, or AdamW, which differ in what weightDecay does: plain data that can be saved. */
export interface Adam extends Rated {
  /** which rule the updates follow */
  readonly name: 'adam' | 'adamw'
  /** what is kept of the mean of the gradients in a step */
  readonly beta1: number
  /** what is kept of the mean of their squares in a step */
  readonly beta2: number
  /** what is added to the root of that mean, so that nothing is divided by 0 */
  readonly epsilon: number
}

/** How parameters follow their gradients. */
export type Optimizer = Sgd | Adagrad | Rmsprop | Adam

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
  /** what every limit must stay below for a guard to let the run go on */
  below: number
  /** λ₁ and λ₂ of the penalties λ₁·Σ|W| + ½λ₂·ΣW² */
  l1: number
  l2: number
  /** what no gradient may exceed in size */
  most: number
  /** what gradients are multiplied by */
  factor: number
  /** 32 random bits from which the step's dropout follows */
  key: number
  /** the place of the block's first row in the batch */
  start: number
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
  /** rows of loss ⊙ weights (rows × 1): each row times its own number */
  | { kind: 'weigh'; weights: View; of: View }
  /**
   * to = from ⊙ mask/(1 − share), where the mask is 0 for that share of the elements and else 1. It follows from key, layer
   * and place (random/counter.ts), so that a loss gets the same mask as its A.
   */
  | { kind: 'dropout'; from: View; to: View; share: number; layer: number; key: 'key'; start: 'start' }
  /** penalty (1 × 1) = λ₁·Σ|W| + ½λ₂·ΣW² */
  | { kind: 'penalty'; W: View; l1: 'l1'; l2: 'l2'; penalty: View }
  /** dW = dW + λ₁·sign(W) + λ₂·W */
  | { kind: 'penaltyGradient'; W: View; dW: View; l1: 'l1'; l2: 'l2' }
  /** gradient = gradient + weightDecay·parameter */
  | { kind: 'weightDecay'; parameter: View; gradient: View; weightDecay: number }
  /** norm (1 × 1) = √Σ of², in double precision */
  | { kind: 'norm'; of: View; norm: View }
  /** of = factor·of */
  | { kind: 'scale'; of: View; factor: 'factor' }
  /** of = of, but at most `most` in size; NaN stays */
  | { kind: 'clip'; of: View; most: 'most' }
  /** largest (1 × 1) = max |of|; NaN where any element is */
  | { kind: 'largest'; of: View; largest: View }
  /** limit (1 × 1) = max(1, max |A|)·max |loss|: no dW or db of a batch of these rows is greater in size */
  | { kind: 'limit'; A: View; loss: View; limit: View }
  /** ends the run unless every perRow is finite and every limit less than `below` */
  | { kind: 'guard'; perRow: View; limits: View; below: 'below' }
  /** labels (rows × 1) = the index of the greatest a of a row, or a ≥ 0.5 of the only one; NaN where a row holds NaN */
  | { kind: 'label'; A: View; labels: View }
  /** parameter = parameter − rate·gradient; the gradient is spent: what it holds afterwards means nothing, here and below */
  | { kind: 'update'; parameter: View; gradient: View; rate: 'rate' }
  /**
   * velocity = μ·velocity + gradient, then parameter = parameter − rate·velocity;
   * with nesterov parameter − rate·(gradient + μ·velocity)
   */
  | { kind: 'momentum'; parameter: View; gradient: View; velocity: View; rate: 'rate'; settings: Sgd }
  /** squares = keep·squares + add·gradient² (AdaGrad: a sum, RMSProp: a moving mean), then parameter = parameter − rate·gradient/(√squares + ε) */
  | {
      kind: 'adaptive'
      parameter: View
      gradient: View
      squares: View
      rate: 'rate'
      settings: { readonly keep: number; readonly add: number; readonly epsilon: number }
    }
  /**
   * m = β₁·m + (1 − β₁)·gradient, v = β₂·v + (1 − β₂)·gradient²,
   * parameter = (1 − rate·decay)·parameter − rate/(1 − β₁ᵗ)·m/(√v/√(1 − β₂ᵗ) + ε), where decay is adamw's weightDecay, else 0
   */
  | { kind: 'adam'; parameter: View; gradient: View; m: View; v: View; rate: 'rate'; settings: Adam }
  /** average = keep·average + (1 − keep)·of */
  | { kind: 'average'; of: View; average: View; keep: 'keep' }
  /** does the update of the parameter by this loss that a run has put off, if one has */
  | { kind: 'settle'; loss: View; parameter: View }

/** A list of operations that run one after the other. */
export type Plan = readonly Operation[]

/** A prepared plan: runs on what its views and the cells hold now. False where a guard ended the run before its end. */
export type Run = (cells: Cells) => boolean
