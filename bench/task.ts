/** A file of numbers, from some byte on. */
export interface Place {
  readonly path: string
  readonly offset: number
}

/** Rows of bytes v and a label each; inputs are v·factor + shift, targets `on` at the label and `off` elsewhere. */
export interface Data {
  readonly inputs: Place
  readonly labels: Place
  readonly rows: number
  readonly factor: number
  readonly shift: number
  readonly on: number
  readonly off: number
}

/** A network, the parameters it starts from (float64: W_1, b_1, W_2, …) and the data it meets. */
interface Subject {
  readonly layers: readonly number[]
  readonly hidden: 'sigmoid' | 'relu'
  readonly output: 'sigmoid' | 'softmax'
  readonly dtype: 'float32' | 'float64'
  readonly data: Data
  readonly parameters: string
}

/** To train on so many rows, in batches. An amount is a number of rows. */
export interface TrainTask extends Subject {
  readonly kind: 'train'
  readonly loss: 'squaredError' | 'categoricalCrossEntropy'
  readonly optimizer: { readonly name: 'sgd' | 'adam'; readonly learningRate: number }
  readonly batch: number
}

/** To predict all rows of the data at once. An amount is a number of calls. */
export interface PredictTask extends Subject {
  readonly kind: 'predict'
}

/** To multiply A (m×k) by B (k×n), float32, both in one file. An amount is a number of products. */
export interface ProductTask {
  readonly kind: 'product'
  readonly m: number
  readonly n: number
  readonly k: number
  readonly numbers: string
}

export type Task = TrainTask | PredictTask | ProductTask

/** What a contender is told beside the task: `by`, `kernels`, `threads`, … */
export type Options = Readonly<Record<string, string | number>>

type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** The numbers of a task, read. Everything is row by row. */
export interface Material {
  readonly inputs: Numbers
  readonly targets: Numbers
  readonly labels: Uint8Array
  readonly parameters: readonly { readonly weights: Float64Array; readonly biases: Float64Array }[]
}

/** The numbers of a product, read. */
export interface Factors {
  readonly a: Float32Array<ArrayBuffer>
  readonly b: Float32Array<ArrayBuffer>
}

/** The timed part: all of an amount of work. Returns its loss, or a number that stands for what was computed. */
export type Work = () => number | Promise<number>

/** A contender at one task. */
export interface Session {
  /** what does the work, and its version */
  readonly versions: Readonly<Record<string, string>>
  /** Makes ready what is not timed, from the task's first parameters; `shuffle: false` where rows come in order. */
  begin(amount: number, shuffle: boolean): Work | Promise<Work>
}

/** What a contender's module exports. */
export interface ContenderModule {
  open(task: Task, material: Material & Factors, options: Options): Session | Promise<Session>
}

/** What the bench asks of a contender's process, a line of JSON each. */
export type Request =
  | { readonly do: 'open'; readonly task: Task; readonly options: Options }
  | { readonly do: 'run'; readonly amount: number; readonly shuffle: boolean }

/** What it answers, a line of JSON after {@link MARK}: what else it prints does not count. */
export type Answer =
  | { readonly versions: Readonly<Record<string, string>> }
  | { readonly seconds: number; readonly value: number }
  | { readonly error: string }

/** Begins a line of answer. */
export const MARK = '@bench '
