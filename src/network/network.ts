import type { Labels } from '../data/labels.ts'
import { checkBoolean, checkOptions } from '../errors.ts'
import type { Dtype, Optimizer } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Table } from '../matrix/rows.ts'
import { Generator } from '../random/generator.ts'
import type { History } from '../training/history.ts'
import { LossTrace } from '../training/loss-trace.ts'
import { drawnEngine } from './drawn-engine.ts'
import type { Engine } from './engine.ts'
import type { FitOptions } from './fit.ts'
import type { Gradients } from './gradients.ts'
import { copyGradients } from './gradients.ts'
import type { Inside } from './inside.ts'
import { insides } from './inside.ts'
import type { OwnFunctions } from './json.ts'
import { readNetwork, restore } from './json.ts'
import type { NetworkJSON } from './json-format.ts'
import { matricesOf, writeRun } from './json-run.ts'
import { writeNetwork } from './json-write.ts'
import type { Accuracy } from './labels.ts'
import type { Objective } from './objective.ts'
import type { Blueprint, NetworkOptions } from './options.ts'
import { readOptions } from './options.ts'
import { accuracy, activations, classify, predict } from './predictions.ts'
import { Runs } from './runs.ts'
import type { Solution } from './solve.ts'
import type { SolveOptions } from './solve-options.ts'
import { Steps } from './steps.ts'
import { summarize } from './summary.ts'
import { readTask, SingleSteps } from './train.ts'

/** A weighted layer: its parameters are live, so writing into them changes the network. */
export interface NetworkLayer {
  /** W (units of the layer below × units) */
  readonly weights: Matrix
  /** b (1 × units) */
  readonly biases: Matrix
  /** the name of f */
  readonly activation: string
}

/**
 * A feed-forward network of any number of layers, trained by the generalized backpropagation rule.
 *
 *     Z_l = A_(l-1)·W_l + b_l      A_l = f_l(Z_l)      loss_(l-1) = (loss_l·W_lᵀ) ⊙ f'_(l-1)
 *     dW_l = (1/m)·A_(l-1)ᵀ·loss_l      db_l = (1/m)·column sums of loss_l
 *
 * Inputs and targets (rows × units) are taken as a Matrix, a 2-D ndarray or an array of rows; a flat array is a column
 * where the layer has one unit, else one row. What is not a table of finite numbers of the right shape is a TypeError or
 * RangeError that says where, and the parameters stay as they were.
 *
 * @see rule/rule.ts for the rule as it runs
 * @example
 * import { Network } from 'bp-net'
 * const network = new Network({ layers: [2, 4, 1], learningRate: 5, seed: 1 })
 * const [inputs, targets] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]]
 * for (let step = 0; step < 2000; step++) network.train(inputs, targets)
 * console.log(network.classify(inputs).join(' ')) // 0 1 1 0
 */
export class Network {
  readonly #layers: readonly NetworkLayer[]
  readonly #blueprint: Blueprint
  readonly #engine: Engine
  readonly #random: Generator
  readonly #inside: Inside
  readonly #singleSteps: SingleSteps
  readonly #runs: Runs

  /** @throws TypeError or RangeError that names the option, for what cannot be built or allocated */
  constructor(options: NetworkOptions) {
    this.#blueprint = readOptions(options)
    this.#random = new Generator(this.#blueprint.seed)
    this.#engine = drawnEngine(this.#blueprint, this.#random)
    const steps = new Steps(this.#blueprint, this.#engine)
    this.#inside = {
      blueprint: this.#blueprint,
      engine: this.#engine,
      steps,
      random: this.#random,
      losses: new LossTrace(),
    }
    this.#singleSteps = new SingleSteps(this.#inside, this.#random)
    this.#runs = new Runs(this.#inside, this.#random)
    this.#layers = Object.freeze(
      this.#engine.layers.map(({ W, b, f }) =>
        Object.freeze({ weights: Matrix.wrap(W), biases: Matrix.wrap(b), activation: f.name }),
      ),
    )
    insides.set(this, this.#inside)
  }

  /** The weighted layers, frozen (write into their matrices); `layers[0]` is the first above the inputs. */
  get layers(): readonly NetworkLayer[] {
    return this.#layers
  }

  /** The seed from which the network's randomness follows. */
  get seed(): number {
    return this.#blueprint.seed
  }

  /** The type of the parameters. */
  get dtype(): Dtype {
    return this.#blueprint.dtype
  }

  /** How parameters follow their gradients. */
  get optimizer(): Optimizer {
    return this.#blueprint.optimizer
  }

  /**
   * One gradient step on these rows.
   *
   * @param inputs n×inputs
   * @param targets n×outputs
   * @param objective weights of rows and classes, penalties, smoothing; the plain loss if absent
   * @returns the objective before the step
   * @throws Divergence (a RangeError) where the loss, a parameter or the optimizer's state would not be finite; nothing is
   *   then changed, and the error says what the likely cause is
   */
  train(inputs: Table, targets: Table, objective?: Objective): number {
    this.#runs.refuseMeanwhile('train')
    const loss = this.#singleSteps.take(inputs, targets, objective)
    this.#runs.saved = undefined // a run that others have stepped in cannot be resumed
    return loss
  }

  /**
   * Epochs of gradient steps, from where the network stands. Other work of the thread gets its turns; predict, loss and
   * toJSON then see the last completed step. Matrices of the network's dtype are read in place: leave them as they are until
   * it ends.
   *
   * @param inputs n×inputs
   * @param targets n×outputs
   * @returns what each epoch gave
   * @throws the signal's reason where it was aborted, and Divergence (a RangeError) where a step would leave a number not
   *   finite; every completed step stands, and `resume: true` goes on from there
   */
  async fit(inputs: Table, targets: Table, options: FitOptions = {}): Promise<History> {
    this.#runs.refuseMeanwhile('fit')
    return this.#runs.fit(inputs, targets, options, () => this.toJSON())
  }

  /**
   * Minimises the objective at all rows at once, in float64 and without dropout, by L-BFGS or Levenberg–Marquardt.
   *
   *     lbfgs: W ← W − t·H·dW, H from the last 10 steps, t by a search      levenbergMarquardt: W ← W − (JᵀJ + μ·D)⁻¹·dW
   *
   * It starts from the parameters as they are when it is called. They follow iteration by iteration, rounded to the network's
   * dtype ('float64' keeps an exact fit exact); what others write into them is overwritten. Matrices of float64 are read in
   * place: leave them as they are until it ends. The optimizer's state stays; a run of fit can no longer be resumed. Scale
   * columns first (scaleColumns; diagnose says where): the start, l1 and l2 depend on their sizes.
   *
   * @param inputs n×inputs
   * @param targets n×outputs
   * @param options method ('lbfgs'), maxIterations, tolerance, onIteration, signal, and the terms of an objective
   * @returns the objective that was reached, how, and why it ended
   * @throws the signal's reason where it was aborted, and RangeError for a start or an own derivative that is not finite, and
   *   for a solution that float32 cannot hold; every completed iteration stands
   * @see Nocedal and Wright, "Numerical optimization", 2006; Moré, "The Levenberg–Marquardt algorithm", 1978
   * @example
   * import { Network } from 'bp-net'
   * const line = new Network({ layers: [1, 1], outputActivation: 'identity', dtype: 'float64', seed: 1 })
   * const { stoppedBy } = await line.solve([0, 1, 2, 3], [1, 3, 5, 7], { method: 'levenbergMarquardt' })
   * console.log(stoppedBy, line.predict([10]).get(0, 0).toFixed(3)) // converged 21.000
   */
  async solve(inputs: Table, targets: Table, options: SolveOptions = {}): Promise<Solution> {
    this.#runs.refuseMeanwhile('solve')
    return this.#runs.solve(inputs, targets, options)
  }

  /** The outputs A_L for these rows (n×inputs): n×outputs. */
  predict(inputs: Table): Matrix {
    return predict('predict', this.#inside, inputs)
  }

  /** What each layer makes of these rows (n×inputs): copies of every A_l (n × units of `layers[l]`), the outputs last. */
  activations(inputs: Table): Matrix[] {
    return activations('activations', this.#inside, inputs)
  }

  /**
   * The label of each row (n×inputs): the index of the greatest output; with one sigmoid output, 1 where a ≥ 0.5.
   *
   * @throws TypeError for one output of another activation
   */
  classify(inputs: Table): number[] {
    return classify('classify', this.#inside, inputs)
  }

  /** The loss of these rows: the sum over outputs, the mean over rows; or an objective that has more terms. */
  loss(inputs: Table, targets: Table, objective?: Objective): number {
    const { batch, penalty } = readTask('loss', this.#blueprint, inputs, targets, objective)
    return this.#engine.loss(batch, penalty)
  }

  /** Compares `classify` with the true labels, one a row. */
  accuracy(inputs: Table, labels: Labels): Accuracy {
    return accuracy('accuracy', this.#inside, inputs, labels)
  }

  /** The gradients of the loss of these rows, or of an objective, by backpropagation, dropout off; no parameter changes. */
  gradients(inputs: Table, targets: Table, objective?: Objective): Gradients {
    const { batch, penalty } = readTask('gradients', this.#blueprint, inputs, targets, objective)
    const loss = this.#engine.gradients('gradients', batch, penalty)
    return copyGradients(loss, this.#engine.layers)
  }

  /** Layers, shapes, parameters and memory, as a table of text. */
  summary(): string {
    return summarize(this.#blueprint)
  }

  /** The network as a JSON value, exact to the bit; `training: false` leaves out what only further training needs: the
   * optimizer with its state, the generator and the count of steps. */
  toJSON(options: { training?: boolean } | string = {}): NetworkJSON {
    if (typeof options === 'string') return this.toJSON() // JSON.stringify passes the key
    checkOptions('toJSON', options, ['training'])
    const { training = true } = options
    checkBoolean('toJSON', 'training', training)
    return writeNetwork(this.#blueprint, this.#engine, training ? this.#trainingState() : undefined)
  }

  /**
   * The network that `toJSON` wrote: the value, or its text.
   *
   * @param own the user's own activations and losses, where the network uses such; kernels and onWarning as in the constructor
   * @throws TypeError or RangeError for what is no such value, was changed or cut, or comes from a newer version
   */
  static fromJSON(value: unknown, own: OwnFunctions = {}): Network {
    const read = readNetwork(value, own)
    const network = new Network(read.options)
    network.#runs.saved = restore(read, network.#inside, network.#random)
    return network
  }

  #trainingState() {
    const run = this.#runs.saved
    const { count } = this.#inside.steps
    const state = { optimizer: this.optimizer, generator: this.#random.state, steps: count }
    return run === undefined ? state : { ...state, run: writeRun(run, matricesOf(this.#engine)) }
  }
}
