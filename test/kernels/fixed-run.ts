import type { FitOptions, NetworkOptions } from '../../src/index.ts'
import { adagrad, adam, adamw, Matrix, Network, rmsprop, sgd } from '../../src/index.ts'

/** Networks that between them use every activation, loss, initializer and both types. */
const networks: readonly Omit<NetworkOptions, 'seed'>[] = (['float32', 'float64'] as const).flatMap((dtype) => [
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

/** Fits that between them use every optimizer, dropout, schedules, and what else changes a step. */
const fits: readonly (readonly [Omit<NetworkOptions, 'seed'>, FitOptions])[] = (
  ['float32', 'float64'] as const
).flatMap((dtype): [Omit<NetworkOptions, 'seed'>, FitOptions][] => [
  [
    {
      dtype,
      layers: [7, { units: 24, activation: 'relu', dropout: 0.25 }, 3],
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.001 }),
    },
    { schedule: { name: 'cosine', warmup: 0.2 }, clipNorm: 1 },
  ],
  [
    { dtype, layers: [7, 15, 3], optimizer: adagrad({ learningRate: 0.05 }) },
    { schedule: { name: 'step', every: 1, factor: 0.5 }, l1: 0.001, l2: 0.01 },
  ],
  [
    { dtype, layers: [7, { units: 13, dropout: 0.5 }, 3], optimizer: rmsprop({ weightDecay: 0.01 }) },
    { schedule: { name: 'oneCycle' }, averaging: 0.9, validation: 0.2 },
  ],
  [
    { dtype, layers: [7, 16, 3], outputActivation: 'softmax', loss: 'categoricalCrossEntropy', optimizer: adamw() },
    { schedule: { name: 'exponential', factor: 0.9 }, classWeights: 'balanced', labelSmoothing: 0.1, clipValue: 0.01 },
  ],
])

const cases: readonly (readonly [Omit<NetworkOptions, 'seed'>, FitOptions])[] = [
  ...networks.map((options) => [options, {}] as const),
  ...fits,
]

/** Rows, the same on every engine. */
function rows(count: number, columns: number, of: (k: number) => number): number[][] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: columns }, (_, j) => of(i * columns + j)))
}

/** Trains every case for two epochs; all bits of parameters, optimizer, history and predictions as text. */
export async function fixedRun(options: Partial<NetworkOptions>): Promise<string> {
  const inputs = rows(75, 7, (k) => ((k * 37) % 101) / 50 - 1)
  const targets = rows(75, 3, (k) => Number(k % 3 === Math.floor(k / 3) % 3))
  const parts: unknown[] = []
  for (const [seed, [one, how]] of cases.entries()) {
    const network = new Network({ ...one, ...options, seed })
    const { loss, validationLoss, learningRate, gradientNorm } = await network.fit(inputs, targets, {
      epochs: 2,
      batchSize: 16,
      ...how,
    })
    const measured = { loss, validationLoss, learningRate, gradientNorm }
    const last = network.train(inputs.slice(0, 1), targets.slice(0, 1))
    const { toJSON } = network
    const { layers, training } = toJSON.call(network)
    const { generator, steps, state } = training as NonNullable<typeof training>
    const outputs = network.predict(Matrix.from(inputs)).toArray()
    parts.push({ layers, generator, steps, state, measured, last, outputs, labels: network.classify(inputs) })
  }
  return JSON.stringify(parts)
}

/** SHA-256 of a text, in hexadecimal; where there is a web platform or Node. */
export async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
