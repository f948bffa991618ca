import { createRequire } from 'node:module'
import type { KernelName, Optimizer } from 'bp-net'
import * as library from 'bp-net'
import { Matrix, Network } from 'bp-net'
import ndarray from 'ndarray'
import type { Factors, Material, Options, PredictTask, ProductTask, Session, Task, TrainTask, Work } from '../task.ts'

const { version } = createRequire(import.meta.url)('bp-net/package.json') as { version: string }
const versions = { 'bp-net': version }

/** bp-net, by its public interface; options: `by` ('train' or 'fit') and `kernels`. */
export function open(task: Task, material: Material & Factors, options: Options): Session {
  if (task.kind === 'product') return { versions, begin: (calls) => multiply(task, material, calls) }
  if (task.kind === 'predict') return { versions, begin: (calls) => predict(task, material, options, calls) }
  const by = options.by === 'train' ? trainSteps : fitEpochs
  return { versions, begin: (rows, shuffle) => by(task, material, networkOf(task, material, options), rows, shuffle) }
}

/** `train`, a batch at a time, on matrices made ahead; the rows in order, again and again. */
function trainSteps(task: TrainTask, material: Material, network: Network, rows: number): Work {
  const { batch, data } = task
  const batches = Math.min(rows, data.rows) / batch
  const [inputs, targets] = tables(task, material, batches * batch)
  const ready = Array.from({ length: batches }, (_, k): [Matrix, Matrix] => [
    inputs.block(k * batch, 0, batch, inputs.columns),
    targets.block(k * batch, 0, batch, targets.columns),
  ])
  const steps = rows / batch
  return () => {
    let sum = 0
    for (let step = 0; step < steps; step++) sum += network.train(...(ready[step % batches] as [Matrix, Matrix]))
    return sum / steps
  }
}

/** One call of `fit`; as many epochs as the rows make. */
function fitEpochs(task: TrainTask, material: Material, network: Network, rows: number, shuffle: boolean): Work {
  const [inputs, targets] = tables(task, material, Math.min(rows, task.data.rows))
  const epochs = Math.max(1, Math.round(rows / task.data.rows))
  return async () => {
    const { loss } = await network.fit(inputs, targets, { epochs, batchSize: task.batch, shuffle })
    return loss.reduce((sum, value) => sum + value, 0) / epochs
  }
}

/** `predict` of all rows; the value is the mean output. */
function predict(task: PredictTask, material: Material, options: Options, calls: number): Work {
  const network = networkOf(task, material, options)
  const [inputs] = tables(task, material, task.data.rows)
  return () => {
    let outputs = network.predict(inputs)
    for (let call = 1; call < calls; call++) outputs = network.predict(inputs)
    const data: ArrayLike<number> = outputs.ndarray.data
    return Array.from(data).reduce((sum, value) => sum + value, 0) / data.length
  }
}

/** `matmul` into a matrix that is there. */
function multiply({ m, n, k }: ProductTask, { a, b }: Factors, calls: number): Work {
  const [A, B] = [Matrix.wrap(ndarray(a, [m, k])), Matrix.wrap(ndarray(b, [k, n]))]
  const C = Matrix.zeros(m, n, { dtype: 'float32' })
  return () => {
    for (let call = 0; call < calls; call++) A.matmul(B, C)
    return C.get(m - 1, n - 1)
  }
}

function tables({ layers }: TrainTask | PredictTask, { inputs, targets }: Material, rows: number): [Matrix, Matrix] {
  const table = (numbers: typeof inputs, columns: number) =>
    Matrix.wrap(ndarray(numbers as Float32Array, [numbers.length / columns, columns])).block(0, 0, rows, columns)
  return [table(inputs, layers[0] as number), table(targets, layers.at(-1) as number)]
}

function networkOf(task: TrainTask | PredictTask, { parameters }: Material, { kernels = 'auto' }: Options): Network {
  const [name, threads] = String(kernels).split(':')
  const network = new Network({
    layers: [...task.layers],
    activation: task.hidden,
    outputActivation: task.output,
    ...(task.kind === 'train' ? { loss: task.loss, optimizer: optimizerOf(task.optimizer) } : lossFor(task.output)),
    dtype: task.dtype,
    kernels: name as KernelName,
    ...(threads === undefined ? {} : { blasThreads: Number(threads) }),
    seed: 1,
  })
  network.layers.forEach(({ weights, biases }, l) => {
    const initial = parameters[l] as Material['parameters'][number]
    weights.assign(ndarray(initial.weights, weights.shape))
    biases.assign(ndarray(initial.biases, biases.shape))
  })
  return network
}

/** softmax stands with its own loss only. */
function lossFor(output: PredictTask['output']) {
  return output === 'softmax' ? ({ loss: 'categoricalCrossEntropy' } as const) : {}
}

/** sgd or adam; looked up as it runs, so that the bench works with a bp-net that has no adam. */
function optimizerOf({ name, learningRate }: TrainTask['optimizer']): Optimizer {
  const make = (library as unknown as Record<string, (options: { learningRate: number }) => Optimizer>)[name]
  if (make === undefined) throw new Error(`bp-net ${version} has no ${name}`)
  return make({ learningRate })
}
