import ndarray from 'ndarray'
import type { Labels } from '../data/labels.ts'
import { readLabels } from '../data/labels.ts'
import { checkBoolean, checkOptions } from '../errors.ts'
import type { Dtype, Optimizer } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import { Generator } from '../random/generator.ts'
import { drawWeights } from '../rule/initializers.ts'
import type { Layer } from '../rule/rule.ts'
import type { History } from '../training/loop.ts'
import { runEpochs } from '../training/loop.ts'
import { readBatch, readInputs } from './batch.ts'
import { copyOut } from './block.ts'
import { Engine } from './engine.ts'
import type { FitOptions } from './fit.ts'
import { readFit } from './fit.ts'
import type { Gradients } from './gradients.ts'
import { copyGradients } from './gradients.ts'
import { insides } from './inside.ts'
import type { OwnFunctions } from './json.ts'
import { readNetwork, restore } from './json.ts'
import type { NetworkJSON } from './json-format.ts'
import { writeNetwork } from './json-write.ts'
import type { Accuracy } from './labels.ts'
import { compareLabels, countLabels, refuseRow } from './labels.ts'
import type { Blueprint, NetworkOptions } from './options.ts'
import { readOptions } from './options.ts'
import { summarize } from './summary.ts'

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
  #fitting = false

  /** @throws TypeError or RangeError that names the option, for what cannot be built or allocated */
  constructor(options: NetworkOptions) {
    this.#blueprint = readOptions(options)
    this.#engine = new Engine(this.#blueprint)
    this.#random = new Generator(this.#blueprint.seed)
    this.#layers = Object.freeze(
      this.#engine.layers.map(({ W, b, f }) =>
        Object.freeze({ weights: Matrix.wrap(W), biases: Matrix.wrap(b), activation: f.name }),
      ),
    )
    this.#engine.layers.forEach(({ W }, l) => {
      drawWeights(W, (this.#blueprint.layers[l] as Blueprint['layers'][number]).initializer, this.#random)
    })
    insides.set(this, { blueprint: this.#blueprint, engine: this.#engine })
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
   * @returns the loss before the step
   * @throws RangeError where the loss or a parameter after the step would not be finite; none is then changed
   */
  train(inputs: Table, targets: Table): number {
    this.#refuseWhileFitting('train')
    return this.#engine.step(() => 'train', readBatch('train', this.#blueprint, inputs, targets))
  }

  /**
   * Epochs of gradient steps, goes on from where the network stands. Other work of the thread gets its turns; predict,
   * loss and toJSON then see the last completed step. Matrices of the network's dtype are read in place: leave them as they
   * are until it ends.
   *
   * @param inputs n×inputs
   * @param targets n×outputs
   * @returns the loss of each epoch
   * @throws the signal's reason where it was aborted; every completed step stands
   */
  async fit(inputs: Table, targets: Table, options: FitOptions = {}): Promise<History> {
    this.#refuseWhileFitting('fit')
    const { training, validation } = readFit('fit', this.#blueprint, inputs, targets, options)
    const where = () => `fit, after ${this.#engine.steps} ${this.#engine.steps === 1 ? 'step' : 'steps'}`
    const trainee = {
      rows: training.inputs.rows,
      step: (order: Uint32Array, from: number, to: number) =>
        this.#engine.step(where, { inputs: training.inputs, targets: training.targets, order, from, to }, true),
      settle: () => this.#engine.settle(),
      ...(validation && { validate: () => this.#engine.loss(validation) }),
    }
    this.#fitting = true
    try {
      return await runEpochs(trainee, options, this.#random)
    } finally {
      this.#engine.settle()
      this.#fitting = false
    }
  }

  /** The outputs A_L for these rows (n×inputs): n×outputs. */
  predict(inputs: Table): Matrix {
    const rows = readInputs('predict', this.#blueprint, inputs)
    const { output } = this.#engine
    const columns = output.shape[1] as number
    const data = zeros(this.dtype, rows.rows * columns)
    this.#engine.predict({ inputs: rows }, (start, count) => copyOut(output, count, data, start * columns))
    const result = ndarray(data, [rows.rows, columns])
    return Matrix.wrap(result)
  }

  /**
   * The label of each row (n×inputs): the index of the greatest output; with one sigmoid output, 1 where a ≥ 0.5.
   *
   * @throws TypeError for one output of another activation
   */
  classify(inputs: Table): number[] {
    return this.#classify('classify', readInputs('classify', this.#blueprint, inputs))
  }

  /** The loss of these rows: the sum over outputs, the mean over rows. */
  loss(inputs: Table, targets: Table): number {
    return this.#engine.loss(readBatch('loss', this.#blueprint, inputs, targets))
  }

  /** Compares `classify` with the true labels, one a row. */
  accuracy(inputs: Table, labels: Labels): Accuracy {
    const where = 'accuracy'
    const rows = readInputs(where, this.#blueprint, inputs)
    const expected = readLabels(where, labels, this.#countLabels(where))
    return compareLabels(where, this.#classify(where, rows), expected)
  }

  /** The gradients of the loss of these rows by backpropagation; no parameter changes. */
  gradients(inputs: Table, targets: Table): Gradients {
    const loss = this.#engine.gradients('gradients', readBatch('gradients', this.#blueprint, inputs, targets))
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
    const state = { optimizer: this.optimizer, generator: this.#random.state, steps: this.#engine.steps }
    return writeNetwork(this.#blueprint, this.#engine, training ? state : undefined)
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
    restore(read, network.#engine, network.#random)
    return network
  }

  #classify(where: string, inputs: Rows): number[] {
    this.#countLabels(where)
    const labels: number[] = []
    this.#engine.label({ inputs }, (label, i, row) => {
      if (Number.isNaN(label)) refuseRow(where, this.#engine.output, i, row)
      labels.push(label)
    })
    return labels
  }

  #countLabels(where: string): number {
    const { f, b } = this.#engine.layers.at(-1) as Layer
    return countLabels(where, f, b.shape[1] as number)
  }

  #refuseWhileFitting(where: string): void {
    if (!this.#fitting) return
    throw new TypeError(`${where}: the network is being fitted; await that fit first`)
  }
}
