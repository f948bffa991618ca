import type { Benchmark, Case } from './benchmark.ts'
import type { Contender } from './contenders.ts'
import { npmPeer, oneAndTwo, ours, pythonPeer } from './contenders.ts'
import type { Field } from './report.ts'
import { mnist } from './scratch.ts'
import type { Data, TrainTask } from './task.ts'

const SEED = 20230918

/** The lecture note's network, with the learning rate that it uses. */
const NOTE_NETWORK = {
  layers: [784, 100, 10],
  hidden: 'sigmoid',
  output: 'sigmoid',
  loss: 'squaredError',
  optimizer: { name: 'sgd', learningRate: 0.3 },
} as const

const DEEP_NETWORK = {
  layers: [784, 512, 512, 10],
  hidden: 'relu',
  output: 'softmax',
  loss: 'categoricalCrossEntropy',
  optimizer: { name: 'adam', learningRate: 0.001 },
} as const

const XOR_NETWORK = { ...NOTE_NETWORK, layers: [2, 3, 1] } as const

/** scikit-learn's classifier is made that way. */
const SOFTMAX = 'softmax and cross-entropy in the output layer, so its loss is another one'

/** The lecture note's loop: 784-100-10, one sample a step. */
export function seedLoop({ kernels, pythons, scratch, quick }: Field): Benchmark {
  const data = mnist('train', quick ? 40 : 10_000)
  const task = taskOf(NOTE_NETWORK, 1, data, { scratch, name: 'note' })
  return {
    ...common(NOTE_NETWORK),
    name: 'seed-loop',
    title: "The lecture note's loop: 784-100-10, sigmoid, squared error, rate 0.3, one sample a step",
    unit: 'µs a step',
    cases: [{ name: 'batch 1', contest: { task, unit: 1, check: quick ? 40 : 500, most: data.rows }, scale: 1e6 }],
    contenders: [
      ours('train', kernels),
      ours('fit', kernels),
      ours('train', kernels, 'float64'),
      ...pythonPeer('NumPy', pythons, oneAndTwo()),
      ...pythonPeer('NumPy', pythons, [1], { dtype: 'float64' }),
      ...pythonPeer('PyTorch', pythons, oneAndTwo()),
      ...npmPeer('brain.js'),
      ...npmPeer('tfjs wasm'),
    ],
    effort: quick ? { repeats: 3 } : { repeats: 9, seconds: 1 },
  }
}

/** Epochs of the same network in batches. */
export function epochs({ kernels, pythons, scratch, quick }: Field): Benchmark {
  const data = mnist('train', quick ? 300 : 60_000)
  return {
    ...common(NOTE_NETWORK),
    name: 'epochs',
    title: 'Epochs of 60,000 digits: 784-100-10, sigmoid, squared error, SGD',
    unit: 's an epoch',
    cases: [32, 128].map((batch) => epochOf(taskOf(NOTE_NETWORK, batch, data, { scratch, name: 'note' }), quick)),
    contenders: inBatches(kernels, pythons, SOFTMAX),
    effort: quick ? { repeats: 3 } : { repeats: 5, seconds: 4 },
  }
}

/** Epochs of a larger network, as one trains it today. */
export function adamEpochs({ kernels, pythons, scratch, quick }: Field): Benchmark {
  const data = mnist('train', quick ? 300 : 60_000, { on: 1, off: 0 })
  return {
    ...common(DEEP_NETWORK),
    name: 'adam',
    title: 'Epochs of 60,000 digits: 784-512-512-10, relu, softmax and cross-entropy, Adam',
    unit: 's an epoch',
    cases: [epochOf(taskOf(DEEP_NETWORK, 128, data, { scratch, name: 'deep' }), quick)],
    contenders: inBatches(kernels, pythons),
    effort: quick ? { repeats: 3 } : { repeats: 5, seconds: 6 },
  }
}

/** XOR: where nothing but what surrounds the arithmetic takes time. */
export function xor({ kernels, pythons, scratch, quick }: Field): Benchmark {
  const inputs = { path: scratch.write('xor-inputs', Uint8Array.of(0, 0, 0, 1, 1, 0, 1, 1)), offset: 0 }
  const labels = { path: scratch.write('xor-labels', Uint8Array.of(0, 1, 1, 0)), offset: 0 }
  const data: Data = { inputs, labels, rows: 4, factor: 1, shift: 0, on: 1, off: 0 }
  const task = taskOf(XOR_NETWORK, 4, data, { scratch, name: 'xor' })
  const check = quick ? 80 : 4000
  return {
    ...common(XOR_NETWORK),
    name: 'xor',
    title: 'XOR: 2-3-1, sigmoid, squared error, SGD, the four rows in one step',
    unit: 'µs a step',
    cases: [{ name: 'batch 4', contest: { task, unit: 4, check, most: 4e6 }, scale: 4e6 }],
    contenders: [
      ours('train', kernels),
      ours('fit', kernels),
      ...npmPeer('brain.js', 'no batches: four steps of one row each, and the loss of the last four'),
      ...npmPeer('tfjs wasm'),
      ...npmPeer('jax-js wasm'),
      ...pythonPeer('PyTorch', pythons, [1]),
    ],
    effort: quick ? { repeats: 3 } : { repeats: 5, seconds: 0.5 },
  }
}

function inBatches(kernels: string, pythons: Field['pythons'], note?: string): Contender[] {
  return [
    ours('fit', kernels),
    ...pythonPeer('PyTorch', pythons, oneAndTwo()),
    ...pythonPeer('scikit-learn', pythons, oneAndTwo(), note ? { note } : {}),
    ...npmPeer('jax-js wasm'),
    ...npmPeer('tfjs wasm'),
  ]
}

/** Ten steps to compare, then an epoch a run, or what of one fits into the time. */
function epochOf(task: TrainTask, quick: boolean): Case {
  const { batch, data } = task
  const check = quick ? 2 * batch : 10 * batch
  return { name: `batch ${batch}`, contest: { task, unit: batch, check, most: data.rows }, scale: 60_000 }
}

type NetworkOf = Omit<TrainTask, 'kind' | 'dtype' | 'batch' | 'data' | 'parameters'>

function taskOf(
  network: NetworkOf,
  batch: number,
  data: Data,
  { scratch, name }: { scratch: Field['scratch']; name: string },
): TrainTask {
  const { layers, hidden, output, loss } = network
  const options = { layers, activation: hidden, outputActivation: output, loss, seed: SEED }
  return { ...network, kind: 'train', dtype: 'float32', batch, data, parameters: scratch.parameters(name, options) }
}

function common(network: NetworkOf) {
  return { amounts: 'rows a run', value: 'mean loss', setting: { ...network, seed: SEED } } as const
}
