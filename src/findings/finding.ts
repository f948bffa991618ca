import type { Scaling } from '../data/scaling.ts'
import type { Activation, Optimizer } from '../kernels/plan.ts'
import type { ActivationName } from '../rule/activations.ts'
import type { InitializerName } from '../rule/initializers.ts'
import type { LossName } from '../rule/losses.ts'
import type { EarlyStopping } from '../training/early-stopping.ts'

/** What can be found. */
export type FindingKind =
  /** input columns are far from the size that networks are made for */
  | 'unscaledInputs'
  /** target columns are */
  | 'unscaledTargets'
  /** numbers that are far from all others of their column */
  | 'outlyingRows'
  /** columns that are the same in every row */
  | 'constantColumns'
  /** rows that stand in the data more than once */
  | 'duplicatedRows'
  /** rows to validate on that are among those trained on */
  | 'leakedRows'
  /** rows of the same inputs have other targets */
  | 'contradictingRows'
  /** some labels are much rarer than others */
  | 'labelImbalance'
  /** targets that no output can reach */
  | 'targetsOutOfRange'
  /** units that give 0 with a derivative of 0 in every row */
  | 'deadUnits'
  /** units whose derivative is nearly 0 in every row */
  | 'saturatedUnits'
  /** gradients shrink from the output down */
  | 'vanishingGradients'
  /** activations or gradients grow from layer to layer */
  | 'explodingGradients'
  /** the network learns its rows, and not what holds for others */
  | 'overfitting'
  /** the network is hardly better than the best constant output */
  | 'underfitting'
  /** the learning rate is too high */
  | 'rateTooHigh'
  /** the learning rate is too low */
  | 'rateTooLow'
  /** a batch has more rows than the data */
  | 'batchTooLarge'
  /** the network has far more parameters than the targets have numbers */
  | 'networkTooLarge'
  /** a parameter is not finite: someone wrote it */
  | 'brokenParameter'
  /** an activation or a loss of the user's own gave no finite number */
  | 'brokenFunction'

/** Where something was found; what does not apply is absent. */
export interface FindingPlace {
  /** the data in question */
  readonly data?: 'inputs' | 'targets' | 'validation'
  /** the columns of that data, counted from 0 */
  readonly columns?: readonly number[]
  /** the rows of that data, counted from 0 */
  readonly rows?: readonly number[]
  /** the indices in network.layers */
  readonly layers?: readonly number[]
  /** the epoch of the history, counted from 1 */
  readonly epoch?: number
}

/** A layer in the place of one that names more than its units. */
export interface FixedLayer {
  /** the number of units */
  readonly units: number
  /** f */
  readonly activation?: ActivationName | Activation
  /** how the weights are drawn */
  readonly initializer?: InitializerName
  /** the share of activations that a training step drops */
  readonly dropout?: number
}

/** Options of a network that help. */
export interface NetworkFix {
  /** in the place of the optimizer's own */
  readonly learningRate?: number
  /** how parameters follow their gradients */
  readonly optimizer?: Optimizer
  /** of hidden layers */
  readonly activation?: ActivationName
  /** of the output layer */
  readonly outputActivation?: ActivationName
  /** how weights are drawn */
  readonly initializer?: InitializerName
  /** what training descends, where the other output activation needs another */
  readonly loss?: LossName
  /** inputs, then each layer, as an option of Network: what a layer of the network said itself is kept, or changed there */
  readonly layers?: readonly (number | FixedLayer)[]
}

/** What helps: in words, and as options to apply where such exist. */
export interface Fix {
  /** in words */
  readonly advice: string
  /** for new Network({ ...options, ...fix.network }) */
  readonly network?: NetworkFix
  /** options for network.fit(inputs, targets, { ...options, ...fix.fit }) */
  readonly fit?: {
    /** the rows of one step */
    readonly batchSize?: number
    /** how rows count by their class */
    readonly classWeights?: 'balanced'
    /** λ₁ of the penalty on weights */
    readonly l1?: number
    /** λ₂ of the penalty on weights */
    readonly l2?: number
    /** the greatest norm of all gradients together */
    readonly clipNorm?: number
    /** the greatest size of a gradient's element */
    readonly clipValue?: number
    /** what to do where a step would leave a number not finite */
    readonly onDivergence?: 'halveRate'
    /** when to stop */
    readonly earlyStopping?: EarlyStopping
  }
  /** for scaleColumns(inputs, fix.inputs), of the rows to train on and of all others */
  readonly inputs?: Scaling
  /** for scaleColumns(targets, fix.targets); unscaleColumns(network.predict(rows), fix.targets) leads back */
  readonly targets?: Scaling
  /** class labels are to be made rows of so many numbers: oneHot(labels, fix.oneHot) */
  readonly oneHot?: number
  /** rows of the data in question (where.data) that are better left out */
  readonly leaveOut?: readonly number[]
}

/**
 * One thing that was found: what, where, by which numbers, and what helps. Plain data, but for functions of your own in
 * fix.network.layers.
 */
export interface Finding {
  /** for programs that react to it */
  readonly kind: FindingKind
  /** what it is, in plain words with its numbers */
  readonly what: string
  /** where */
  readonly where: FindingPlace
  /** what was measured */
  readonly evidence: Readonly<Record<string, number | readonly number[] | string>>
  /** what helps */
  readonly fix: Fix
}
