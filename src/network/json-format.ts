import type { Dtype, Optimizer } from '../kernels/plan.ts'
import type { GeneratorState } from '../random/generator.ts'

/** What a network's file calls itself, and the version of its form. */
export const FORMAT = 'bp-net network'
export const VERSION = 2

/** Where training stands: what the next step needs beside the parameters. */
export interface TrainingState {
  /** how parameters follow their gradients */
  readonly optimizer: Optimizer
  /** where the network's generator stands, which draws the next epoch's order */
  readonly generator: GeneratorState
  /** gradient steps taken so far */
  readonly steps: number
  /** what the optimizer keeps of W_1, b_1, W_2, …: of each, as Adam's m and v, as base64; absent where it keeps nothing */
  readonly state?: readonly string[]
  /** the run of fit that can be resumed; absent where there was none, or single steps came after it */
  readonly run?: RunJSON
}

/** A run of fit as JSON: what it was asked for and where it stands, without times. Its form is not public. */
export type RunJSON = Readonly<Record<string, unknown>>

/** A network as JSON. Numbers of weights and biases are base64 of little-endian bytes, row by row. */
export interface NetworkJSON {
  /** what kind of file this is */
  readonly format: typeof FORMAT
  /** of the form of the file */
  readonly version: number
  /** of weights and biases */
  readonly dtype: Dtype
  /** from which the network was made */
  readonly seed: number
  /** the number of inputs */
  readonly inputs: number
  /** the name of the loss */
  readonly loss: string
  /** from the first above the inputs to the output */
  readonly layers: readonly LayerJSON[]
  /** true where the network gives the same bits on every engine, else absent */
  readonly reproducible?: true
  /** absent where it was left out */
  readonly training?: TrainingState
  /** CRC-32 of all the rest */
  readonly checksum: string
}

/** A weighted layer as JSON. */
export interface LayerJSON {
  /** the number of units */
  readonly units: number
  /** the name of f */
  readonly activation: string
  /** the share that training drops; absent where it is 0 */
  readonly dropout?: number
  /** W (units of the layer below × units), as base64 */
  readonly weights: string
  /** b (1 × units), as base64 */
  readonly biases: string
}
