import { readFileSync } from 'node:fs'
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'

const manifest = new URL('node_modules/@jax-js/jax/package.json', import.meta.url)
const versions = { 'jax-js': JSON.parse(readFileSync(manifest, 'utf8')).version }
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8]

/**
 * jax-js on its wasm backend: a whole step (gather, gradient, update, sum of losses) is one `jit`, what it is given is
 * consumed, and each step is awaited, without which its queue of steps grows and slows down.
 */
export async function open(task, material) {
  if (!(await init('wasm')).includes('wasm')) throw new Error('its wasm backend does not start')
  defaultDevice('wasm')
  if (task.kind === 'product') return multiplier(task, material)
  const inputs = np.array(material.inputs).reshape([task.data.rows, task.layers[0]])
  const targets = np.array(material.targets).reshape([task.data.rows, task.layers.at(-1)])
  const step = jit(stepOf(task))
  return { versions, begin: (rows, shuffle) => train(task, material, { inputs, targets, step }, rows, shuffle) }
}

function train({ batch, data, layers }, { parameters }, { inputs, targets, step }, rows, shuffle) {
  const within = Math.min(rows, data.rows)
  let state = stateOf(parameters, layers)
  return async () => {
    for (let seen = 0; seen < rows; seen += within) {
      const order = Int32Array.from({ length: within }, (_, i) => i)
      if (shuffle) mix(order)
      for (let from = 0; from < within; from += batch) {
        const indices = np.array(order.slice(from, from + batch), { dtype: np.int32 })
        state = step(state, inputs.ref, targets.ref, indices)
        await blockUntilReady(state.loss)
      }
    }
    const sum = await state.loss.ref.jsAsync()
    tree.dispose(state)
    return sum / rows
  }
}

/** The parameters, Adam's two moments of each and the powers of its two rates, and the sum of losses so far. */
function stateOf(parameters, layers) {
  const W = parameters.map(({ weights }, l) => array(weights, [layers[l], layers[l + 1]]))
  const b = parameters.map(({ biases }) => array(biases, [biases.length]))
  const zeros = () => ({ W: W.map((w) => np.zerosLike(w.ref)), b: b.map((v) => np.zerosLike(v.ref)) })
  return { p: { W, b }, m: zeros(), v: zeros(), power1: scalar(1), power2: scalar(1), loss: scalar(0) }
}

function stepOf({ optimizer, ...task }) {
  const gradientOf = valueAndGrad(lossOf(task))
  const update = optimizer.name === 'adam' ? adam : sgd
  return ({ loss, p, ...state }, inputs, targets, indices) => {
    const count = indices.shape[0] // the last batch of an epoch may be smaller: its step is compiled, too
    const [value, g] = gradientOf(tree.ref(p), inputs.slice(indices.ref), targets.slice(indices))
    return { ...update(p, g, state, optimizer.learningRate), loss: loss.add(value.mul(count)) }
  }
}

function sgd(p, g, state, rate) {
  return { ...state, p: tree.map((w, d) => w.sub(d.mul(rate)), p, g) }
}

function adam(p, g, state, rate) {
  const power1 = state.power1.mul(BETA1)
  const power2 = state.power2.mul(BETA2)
  const m = tree.map((m, d) => m.mul(BETA1).add(d.mul(1 - BETA1)), state.m, tree.ref(g))
  const v = tree.map((v, d) => v.mul(BETA2).add(np.square(d).mul(1 - BETA2)), state.v, g)
  const unbias1 = np.subtract(1, power1.ref)
  const unbias2 = np.subtract(1, power2.ref)
  const moved = (w, m, v) =>
    w.sub(
      m
        .div(unbias1.ref)
        .div(np.sqrt(v.div(unbias2.ref)).add(EPSILON))
        .mul(rate),
    )
  const next = { p: tree.map(moved, p, tree.ref(m), tree.ref(v)), m, v, power1, power2 }
  tree.dispose([unbias1, unbias2])
  return next
}

/** The mean loss of a batch, as jax-js is to differentiate it. */
function lossOf({ hidden, loss }) {
  return ({ W, b }, x, t) => {
    const rows = t.shape[0]
    const z = W.reduce((z, w, l) => np.dot(l === 0 ? z : nn[hidden](z), w).add(b[l]), x)
    if (loss === 'squaredError')
      return np
        .square(nn.sigmoid(z).sub(t))
        .sum()
        .mul(0.5 / rows)
    return nn
      .logSoftmax(z)
      .mul(t)
      .sum()
      .mul(-1 / rows)
  }
}

function multiplier({ m, n, k }, { a, b }) {
  const [A, B] = [array(a, [m, k]), array(b, [k, n])]
  const product = jit((x, y) => np.dot(x, y))
  const begin = (calls) => async () => {
    for (let call = 1; call < calls; call++) {
      const C = product(A.ref, B.ref)
      await blockUntilReady(C)
      C.dispose()
    }
    return (await product(A.ref, B.ref).data())[m * n - 1]
  }
  return { versions, begin }
}

/** Durstenfeld's shuffle. */
function mix(order) {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * Math.random())
    const kept = order[i]
    order[i] = order[j]
    order[j] = kept
  }
}

function array(numbers, shape) {
  return np.array(Float32Array.from(numbers)).reshape(shape)
}

function scalar(value) {
  return np.array(new Float32Array([value])).reshape([])
}
