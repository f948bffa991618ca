import { createRequire } from 'node:module'
import { version_wasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers' // which brings the gradients of operations; tfjs-core alone has none in Node

const versions = {
  'tfjs-core': createRequire(import.meta.url)('@tensorflow/tfjs-core/package.json').version,
  'tfjs-backend-wasm': version_wasm,
}
const ACTIVATIONS = { sigmoid: tf.sigmoid, relu: tf.relu, softmax: tf.softmax }

/**
 * tfjs-core on its wasm backend. Training is a loop of `optimizer.minimize`, each step in a `tidy`: faster than `fit` and
 * `trainOnBatch` of tfjs-layers, which do the same with more around it.
 */
export async function open(task, material) {
  if (!(await tf.setBackend('wasm'))) throw new Error('its wasm backend does not start')
  if (task.kind === 'product') return { versions, begin: (calls) => multiply(task, material, calls) }
  const inputs = tf.tensor2d(material.inputs, [task.data.rows, task.layers[0]])
  if (task.kind === 'predict') return { versions, begin: (calls) => predict(task, material, inputs, calls) }
  const targets = tf.tensor2d(material.targets, [task.data.rows, task.layers.at(-1)])
  return { versions, begin: (rows, shuffle) => train(task, material, { inputs, targets }, rows, shuffle) }
}

function train(task, { parameters }, { inputs, targets }, rows, shuffle) {
  const { batch, data, optimizer } = task
  const variables = variablesOf(task, parameters)
  const optimize = optimizerOf(optimizer)
  const lossOf = (x, t) => (task.loss === 'squaredError' ? squaredError : crossEntropy)(logits(task, variables, x), t)
  const within = Math.min(rows, data.rows)
  const step = (indices) =>
    tf.tidy(() => {
      const x = tf.gather(inputs, indices)
      const t = tf.gather(targets, indices)
      return optimize.minimize(() => lossOf(x, t), true).dataSync()[0] * indices.length
    })
  return () => {
    let sum = 0
    for (let seen = 0; seen < rows; seen += within) {
      const order = inOrder(within)
      if (shuffle) tf.util.shuffle(order)
      for (let from = 0; from < within; from += batch) sum += step(order.subarray(from, from + batch))
    }
    optimize.dispose()
    for (const { W, b } of variables) tf.dispose([W, b])
    return sum / rows
  }
}

/** Adam with the epsilon that the others have; its own is 1e-7. */
function optimizerOf({ name, learningRate }) {
  return name === 'adam' ? tf.train.adam(learningRate, 0.9, 0.999, 1e-8) : tf.train.sgd(learningRate)
}

function predict(task, { parameters }, inputs, calls) {
  const variables = variablesOf(task, parameters)
  const once = () => tf.tidy(() => ACTIVATIONS[task.output](logits(task, variables, inputs)).dataSync())
  return () => {
    let outputs = once()
    for (let call = 1; call < calls; call++) outputs = once()
    for (const { W, b } of variables) tf.dispose([W, b])
    return outputs.reduce((sum, value) => sum + value, 0) / outputs.length
  }
}

function multiply({ m, n, k }, { a, b }, calls) {
  const [A, B] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])]
  return () => {
    for (let call = 1; call < calls; call++) tf.matMul(A, B).dispose()
    const C = tf.matMul(A, B)
    const value = C.dataSync()[m * n - 1]
    tf.dispose([A, B, C])
    return value
  }
}

function variablesOf({ layers }, parameters) {
  return parameters.map(({ weights, biases }, l) => ({
    W: tf.variable(tf.tensor2d(Float32Array.from(weights), [layers[l], layers[l + 1]])),
    b: tf.variable(tf.tensor1d(Float32Array.from(biases))),
  }))
}

/** Z of the last layer, which losses and predictions finish in their own way. */
function logits({ hidden }, variables, x) {
  return variables.reduce((z, { W, b }, l) => {
    const a = l === 0 ? z : ACTIVATIONS[hidden](z)
    return tf.add(tf.matMul(a, W), b)
  }, x)
}

/** Mean over rows of ½Σ(a − t)², a = sigmoid(z). */
function squaredError(z, t) {
  return tf.mul(tf.sum(tf.square(tf.sub(tf.sigmoid(z), t))), 0.5 / t.shape[0])
}

function crossEntropy(z, t) {
  return tf.losses.softmaxCrossEntropy(t, z)
}

function inOrder(count) {
  return Int32Array.from({ length: count }, (_, i) => i)
}
