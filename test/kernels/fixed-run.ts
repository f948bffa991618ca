import type { NetworkOptions } from '../../src/index.ts'
import { adam, Matrix, Network } from '../../src/index.ts'

/** Networks that between them use every activation, loss, initializer, optimizer and both types. */
const cases: readonly Omit<NetworkOptions, 'seed'>[] = (['float32', 'float64'] as const).flatMap((dtype) => [
  { dtype, layers: [7, 33, 18, 3] },
  {
    dtype,
    layers: [7, { units: 20, activation: 'relu' }, { units: 9, activation: 'gelu', initializer: 'heNormal' }, 3],
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    optimizer: adam({ learningRate: 0.01 }),
  },
  {
    dtype,
    layers: [
      7,
      { units: 17, activation: 'tanh', initializer: 'xavierNormal' },
      { units: 12, activation: 'silu' },
      { units: 11, activation: 'softplus' },
      3,
    ],
    loss: 'binaryCrossEntropy',
  },
  {
    dtype,
    layers: [7, { units: 65, activation: 'elu' }, { units: 5, activation: 'leakyRelu' }, 3],
    outputActivation: 'identity',
    loss: 'huber',
    learningRate: 0.05,
  },
  { dtype, layers: [7, 6, 3], outputActivation: 'softmax', loss: 'absoluteError' },
])

/** Rows, the same on every engine. */
function rows(count: number, columns: number, of: (k: number) => number): number[][] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: columns }, (_, j) => of(i * columns + j)))
}

/** Trains every case for two epochs; all bits of parameters, history and predictions as text. */
export async function fixedRun(options: Partial<NetworkOptions>): Promise<string> {
  const inputs = rows(75, 7, (k) => ((k * 37) % 101) / 50 - 1)
  const targets = rows(75, 3, (k) => Number(k % 3 === Math.floor(k / 3) % 3))
  const parts: unknown[] = []
  for (const [seed, one] of cases.entries()) {
    const network = new Network({ ...one, ...options, seed })
    const { loss } = await network.fit(inputs, targets, { epochs: 2, batchSize: 16 })
    const last = network.train(inputs.slice(0, 1), targets.slice(0, 1))
    const { toJSON } = network
    const { layers, training } = toJSON.call(network)
    const outputs = network.predict(Matrix.from(inputs)).toArray()
    parts.push({ layers, training, loss, last, outputs, labels: network.classify(inputs) })
  }
  return JSON.stringify(parts)
}

/** SHA-256 of a text, in hexadecimal; where there is a web platform or Node. */
export async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
