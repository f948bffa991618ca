import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const brain = require('brain.js')
const versions = { 'brain.js': require('brain.js/package.json').version }

/** brain.js by `train`: batch 1, rows in order, its error report included. Half the sum of squares is n/2 times its mse. */
export function open({ layers, optimizer, data }, { inputs, targets, parameters }) {
  const [columns, outputs] = [layers[0], layers.at(-1)]
  const row = (i) => ({
    input: inputs.subarray(i * columns, (i + 1) * columns),
    output: targets.subarray(i * outputs, (i + 1) * outputs),
  })
  return {
    versions,
    begin(rows) {
      const network = networkOf(layers, parameters)
      const samples = Array.from({ length: Math.min(rows, data.rows) }, (_, i) => row(i))
      const training = {
        iterations: Math.max(1, Math.round(rows / data.rows)),
        learningRate: optimizer.learningRate,
        errorThresh: 1e-30, // never: it is to go on
        momentum: 1e-30, // 0 is refused
      }
      return () => (network.train(samples, training).error * outputs) / 2
    },
  }
}

/** A network with these parameters, by `fromJSON`, whose weights have a row for each unit. */
function networkOf(sizes, parameters) {
  const network = new brain.NeuralNetwork({
    inputSize: sizes[0],
    hiddenLayers: sizes.slice(1, -1),
    outputSize: sizes.at(-1),
    activation: 'sigmoid',
  })
  network.initialize()
  const layers = parameters.map(({ weights, biases }, l) => ({
    weights: Array.from(biases, (_, j) => Array.from({ length: sizes[l] }, (_, i) => weights[i * biases.length + j])),
    biases: [...biases],
  }))
  return network.fromJSON({ ...network.toJSON(), layers: [{ weights: [], biases: [] }, ...layers] })
}
