import type { FindingKind } from '../../src/findings/finding.ts'
import type { Evidence } from '../../src/findings/refused-step.ts'
import type { ElementActivation, ElementLoss, RowActivation } from '../../src/kernels/plan.ts'
import type { FitOptions } from '../../src/network/fit.ts'
import type { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { short } from '../../src/training/number-words.ts'
import { adagrad, adam, adamw, rmsprop, sgd } from '../../src/training/optimizers.ts'

/** A failure that is provoked on purpose. */
export interface Provoked {
  readonly title: string
  readonly network: NetworkOptions
  readonly inputs: number[][]
  readonly targets: number[][]
  readonly fit?: FitOptions
  /** what is done to the network before it is trained */
  readonly prepare?: (network: Network) => void
  readonly cause: FindingKind
  /** what the message says, beside the cause */
  readonly words: readonly (string | RegExp)[]
  readonly evidence?: (evidence: Evidence) => boolean
  /** the only right number of steps before */
  readonly steps?: number
}

const ROWS = 60

/** Numbers from −1 to 1; those of a column, or of all, times a factor. */
export function waves(columns: number, factor = 1, column?: number, rows = ROWS): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from(
      { length: columns },
      (_, j) => Math.sin(2 + 1.7 * i * (j + 1.3)) * (column === j || column === undefined ? factor : 1),
    ),
  )
}

export const curve = (factor = 1, rows = ROWS) => Array.from({ length: rows }, (_, i) => [factor * Math.sin(0.7 * i)])
const labels = Array.from({ length: ROWS }, (_, i) => [i % 2])
const classes = Array.from({ length: ROWS }, (_, i) => [i % 2, 1 - (i % 2)])

const regression = { layers: [4, 8, 1], outputActivation: 'identity', seed: 3 } as const
const inputs = waves(4)
const targets = curve()
const common = { network: regression, inputs, targets } as const

/** Options with a rate, where they have no optimizer of their own. */
const withRate = (learningRate: number, network: Partial<NetworkOptions>) =>
  network.optimizer === undefined ? { learningRate, ...network } : network

const deep = (depth: number) => [4, ...Array<number>(depth).fill(8), 1]

/** All weights of a layer, or of all, by a function of those that were drawn. */
function rewrite(network: Network, change: (weight: number, l: number) => number, only?: number): void {
  for (const [l, { weights }] of network.layers.entries()) {
    if (only === undefined || only === l) weights.map((weight) => change(weight, l), weights)
  }
}

const optimizers = { sgd, adam, adamw, adagrad, rmsprop } as const

const rates: Provoked[] = [
  ...(
    [
      [10, 'identity', {}],
      [10, 'sigmoid', {}],
      [30, 'gelu', {}],
      [100, 'relu', {}],
      [100, 'tanh', {}],
      [1e3, 'softplus', {}],
      [1e4, 'leakyRelu', {}],
      [1e5, 'elu', {}],
      [1e6, 'silu', {}],
      [1e30, 'relu', {}],
      [1e6, 'identity', { layers: [4, 1] }],
      [1e3, 'tanh', { layers: deep(4) }],
      [0.9, 'relu', { layers: [4, 200, 1] }],
      [1e6, 'relu', { outputActivation: 'softmax', layers: [4, 8, 8, 8, 2], loss: 'categoricalCrossEntropy' }],
      [1e6, 'relu', { outputActivation: 'sigmoid', layers: [4, 8, 8, 1], loss: 'binaryCrossEntropy' }],
      [1e6, 'relu', { loss: 'huber', layers: deep(3) }],
      [1e100, 'relu', { dtype: 'float64' }],
      [100, 'identity', { dtype: 'float64' }],
      [1e39, 'tanh', {}],
    ] as [number, NetworkOptions['activation'], Partial<NetworkOptions>][]
  ).map(
    ([learningRate, activation, network]) =>
      ({
        ...common,
        title: `a learning rate of ${learningRate} with ${activation} ${JSON.stringify(network)}`,
        network: { ...regression, activation, learningRate, ...network },
        targets: { softmax: classes, sigmoid: labels }[String(network.outputActivation)] ?? targets,
        cause: 'rateTooHigh',
        words: [`the learning rate ${short(learningRate)} is too high for sgd`],
        evidence: (evidence: Evidence) => evidence.learningRate === learningRate,
      }) as Provoked,
  ),
  ...(
    [
      ['sgd', 10, { momentum: 0.9 }],
      ['sgd', 100, { momentum: 0.5, nesterov: true }],
      ['adam', 1e12, {}],
      ['adamw', 1e12, {}],
      ['adagrad', 1e20, {}],
      ['rmsprop', 1e20, {}],
      ['adam', 1e30, {}],
      ['adamw', 1e3, {}],
      ['rmsprop', 1e39, {}],
      ['adagrad', 1e39, {}],
    ] as const
  ).map(
    ([name, learningRate, more]): Provoked => ({
      ...common,
      title: `a learning rate of ${learningRate} with ${name} ${JSON.stringify(more)}`,
      network: { ...regression, activation: 'relu', optimizer: optimizers[name]({ learningRate, ...more }) },
      cause: 'rateTooHigh',
      words: ['the learning rate 1', 'is too high for'],
    }),
  ),
  {
    ...common,
    title: 'a weight decay that turns weights around, with sgd',
    network: { ...regression, optimizer: sgd({ learningRate: 0.3, weightDecay: 10 }) },
    fit: { epochs: 200 },
    cause: 'rateTooHigh',
    words: ['the learning rate 0.3 is too high for a weight decay of 10, as each step multiplies weights by -2'],
    evidence: ({ decay }) => decay === 10,
  },
  {
    ...common,
    title: 'a weight decay that turns weights around, with adamw',
    network: { ...regression, optimizer: adamw({ learningRate: 0.01, weightDecay: 1e3 }) },
    fit: { epochs: 200 },
    cause: 'rateTooHigh',
    words: ['too high for a weight decay of 1000, as each step multiplies weights by -9'],
  },
  {
    ...common,
    title: 'an l2 that turns weights around',
    network: { ...regression, learningRate: 0.3 },
    fit: { epochs: 200, l2: 100 },
    cause: 'rateTooHigh',
    words: ['too high for a weight decay of 100, as each step multiplies weights by -29'],
    evidence: ({ decay }) => decay === 100,
  },
]

const isColumn = (range: Evidence['inputs'], column: number | undefined, factor: number) =>
  (column === undefined || range.column === column) &&
  range.least < -0.9 * factor &&
  range.greatest > 0.9 * factor &&
  Math.max(-range.least, range.greatest) <= Math.fround(factor)

const unscaled: Provoked[] = [
  ...(
    [
      [1e3, 'relu', undefined, {}],
      [1e4, 'identity', 2, {}],
      [1e6, 'relu', 1, {}],
      [1e6, 'gelu', undefined, {}],
      [1e10, 'leakyRelu', 0, {}],
      [1e15, 'identity', undefined, { layers: [4, 1] }],
      [1e15, 'relu', 3, { layers: deep(4) }],
      [1e20, 'softplus', 2, {}],
      [1e30, 'relu', undefined, {}],
      [1e30, 'relu', 2, {}],
      [1e30, 'identity', 2, { layers: [4, 1], outputActivation: 'sigmoid', loss: 'binaryCrossEntropy' }],
      [1e200, 'relu', 1, { dtype: 'float64' }],
      [1e30, 'identity', 1, { dtype: 'float64', layers: deep(2) }],
      [1e22, 'relu', undefined, { optimizer: adam(), loss: 'huber' }],
      [1e22, 'relu', undefined, { optimizer: adagrad(), loss: 'huber' }],
      [1e22, 'relu', 1, { optimizer: rmsprop(), loss: 'huber' }],
      [1e22, 'relu', 2, { optimizer: adamw(), loss: 'absoluteError' }],
    ] as [number, NetworkOptions['activation'], number | undefined, Partial<NetworkOptions>][]
  ).map(
    ([factor, activation, column, network]): Provoked => ({
      title: `inputs of ${factor} in ${column === undefined ? 'all columns' : `column ${column}`} with ${activation} ${JSON.stringify(network)}`,
      network: { ...regression, activation, ...withRate(0.1, network) } as NetworkOptions,
      inputs: waves(4, factor, column),
      targets: network.outputActivation === 'sigmoid' ? labels : targets,
      cause: 'unscaledInputs',
      words: ['the inputs are not scaled: column ', ...(column === undefined ? [] : [`column ${column} goes from `])],
      evidence: (evidence) => isColumn(evidence.inputs, column, factor),
    }),
  ),
  {
    title: 'raw pixels',
    network: {
      layers: [64, 16, 10],
      activation: 'leakyRelu',
      outputActivation: 'identity',
      learningRate: 0.1,
      seed: 1,
    },
    inputs: waves(64, 127.5).map((row) => row.map((value) => Math.round(value + 127.5))),
    targets: Array.from({ length: ROWS }, (_, i) => Array.from({ length: 10 }, (_, j) => Number(i % 10 === j))),
    cause: 'unscaledInputs',
    words: [/the inputs are not scaled: column \d+ goes from 0 to 255/],
  },
  ...(
    [
      [1e5, 'relu', {}],
      [1e8, 'relu', {}],
      [1e12, 'leakyRelu', {}],
      [1e18, 'identity', {}],
      [1e20, 'tanh', {}],
      [1e30, 'sigmoid', {}],
      [1e30, 'relu', { layers: [4, 1] }],
      [1e160, 'relu', { dtype: 'float64' }],
    ] as [number, NetworkOptions['activation'], Partial<NetworkOptions>][]
  ).map(
    ([factor, activation, network]): Provoked => ({
      ...common,
      title: `targets of ${factor} with ${activation} ${JSON.stringify(network)}`,
      network: { ...regression, activation, ...withRate(0.1, network) } as NetworkOptions,
      targets: curve(factor),
      cause: 'unscaledTargets',
      words: ['the targets are not scaled: column 0 goes from '],
      evidence: (evidence) => isColumn(evidence.targets, 0, factor),
    }),
  ),
]

/** Losses that stay finite where a square does not. */
const squares: Provoked[] = [
  ...(['adam', 'adamw', 'adagrad', 'rmsprop'] as const).map(
    (name): Provoked => ({
      ...common,
      title: `one target that overflows the squares of ${name}, though the loss is finite`,
      network: { ...regression, layers: [4, 1], optimizer: optimizers[name]() },
      targets: targets.map((row, i) => (i === 37 ? [1.5e19] : row)),
      fit: { batchSize: 1 },
      cause: 'unscaledTargets',
      words: [
        /layer 0: the (mean|sum) of squared gradients of its (weights|biases) is up to \d\.\d+e38; expected below 1.7e38/,
      ],
      evidence: (evidence) => evidence.targets.greatest === Math.fround(1.5e19),
    }),
  ),
  {
    title: 'a velocity that overflows after some steps',
    network: {
      layers: [1, 1],
      outputActivation: 'identity',
      loss: 'absoluteError',
      optimizer: sgd({ learningRate: 1e-40, momentum: 0.9 }),
      seed: 1,
    },
    inputs: Array.from({ length: 40 }, () => [3e37]),
    targets: Array.from({ length: 40 }, () => [-3e37]),
    prepare: ({ layers }) => layers[0]?.weights.set(0, 0, 0.5),
    fit: { batchSize: 1 },
    cause: 'unscaledInputs',
    words: ['layer 0: the velocity of its weights is up to'],
    steps: 7,
  },
  {
    title: 'a sum of squares that overflows after some steps',
    network: { layers: [1, 1], outputActivation: 'identity', loss: 'absoluteError', optimizer: adagrad(), seed: 1 },
    inputs: Array.from({ length: 40 }, () => [4e18]),
    targets: Array.from({ length: 40 }, () => [-4e18]),
    prepare: ({ layers }) => layers[0]?.weights.set(0, 0, 0.5),
    fit: { batchSize: 1 },
    cause: 'unscaledInputs',
    words: ['layer 0: the sum of squared gradients of its weights is up to'],
    steps: 10,
  },
]

const explosions: Provoked[] = [
  ...(
    [
      [10, 10, 'relu', {}],
      [10, 10, 'identity', {}],
      [20, 5, 'gelu', {}],
      [20, 5, 'leakyRelu', {}],
      [40, 3, 'relu', {}],
      [40, 20, 'relu', {}],
      [40, 20, 'identity', {}],
      [100, 60, 'relu', { dtype: 'float64' }],
      [30, 6, 'relu', { optimizer: adam() }],
    ] as [number, number, NetworkOptions['activation'], Partial<NetworkOptions>][]
  ).map(
    ([depth, factor, activation, network]): Provoked => ({
      ...common,
      title: `${depth} layers of ${activation} with weights ${factor} times as large ${JSON.stringify(network)}`,
      network: { ...regression, layers: deep(depth), activation, ...withRate(0.01, network) } as NetworkOptions,
      prepare: (one) => rewrite(one, (weight) => factor * weight),
      cause: 'explodingGradients',
      words: ['gradients explode: ', 'from layer 0 up, largest activations'],
      evidence: ({ layers }) => layers.length === depth + 1,
    }),
  ),
  ...(
    [
      [0, 1e20, 'relu'],
      [0, 1e38, 'identity'],
      [1, 1e20, 'sigmoid'],
      [1, 1e38, 'tanh'],
    ] as const
  ).map(
    ([l, weight, activation]): Provoked => ({
      ...common,
      title: `weights of ${weight} in layer ${l} above or of ${activation}`,
      network: { ...regression, activation, learningRate: 0.01 },
      prepare: (network) => rewrite(network, (drawn) => weight * Math.sign(drawn), l),
      cause: 'explodingGradients',
      words: ['gradients explode: from layer 0 up'],
      evidence: ({ layers }) => layers[l]?.largestParameter === Math.fround(weight),
      steps: 0,
    }),
  ),
  {
    ...common,
    title: 'a bias of 1e30',
    network: { ...regression, activation: 'relu' },
    prepare: ({ layers }) => layers[0]?.biases.set(0, 3, 1e30),
    cause: 'explodingGradients',
    words: ['gradients explode'],
    evidence: ({ layers }) => layers[0]?.largestParameter === Math.fround(1e30),
  },
]

// products that are infinite: where two of other sign meet there is NaN, else the unit is saturated or dead
const units: Provoked[] = (
  [
    ['sigmoid', 'saturated', (i, j) => (i === 0 && j < 2 ? -1 : 1)],
    ['tanh', 'saturated', (i, j) => (i === 0 && j < 2 ? 1 : -1)],
    ['relu', 'dead', (i, j) => (i === 0 && j < 2 ? 1 : -1)],
  ] as [NetworkOptions['activation'], string, (i: number, j: number) => number][]
).map(
  ([activation, kind, sign]): Provoked => ({
    ...common,
    title: `${activation} units that are ${kind} by weights of 1e308`,
    network: { ...regression, activation, dtype: 'float64' } as NetworkOptions,
    inputs: waves(4, 4).map((row) => row.map((x) => x + 6)),
    prepare: ({ layers }) => layers[0]?.weights.map((_, i, j) => 1e308 * sign(i, j), layers[0].weights),
    cause: kind === 'dead' ? 'deadUnits' : 'saturatedUnits',
    words: [`dead or saturated units: 75 % ${kind} in layer 0; the largest parameter of such a layer is 1e308`],
    evidence: ({ layers: [first] }) => (kind === 'dead' ? first?.deadShare : first?.saturatedShare) === 0.75,
    steps: 0,
  }),
)

const own = (value: (z: number) => number, derivative: (z: number) => number): ElementActivation => ({
  name: 'mine',
  value,
  derivative,
})
const ownLoss = (
  value: (a: number, t: number) => number,
  derivative: (a: number, t: number) => number,
): ElementLoss => ({
  name: 'mine',
  value,
  derivative,
})
const brokenRows: RowActivation = {
  name: 'rows',
  rowwise: true,
  value: (z) => Array.from(z, (x) => x / 2),
  derivative: (a, g) => Array.from(g, (x, j) => ((a[j] as number) < 0 ? Number.NaN : x / 2)),
}

const functions: Provoked[] = (
  [
    [
      'an activation that gives NaN',
      { activation: own(Math.sqrt, (z) => 0.5 / Math.sqrt(Math.abs(z))) },
      /your activation mine gives NaN for z = -\d/,
    ],
    [
      'an activation that gives Infinity',
      {
        activation: own(
          (z) => (z > -0.5 ? z : Number.POSITIVE_INFINITY),
          () => 1,
        ),
      },
      /your activation mine gives Infinity for z = -0\.\d+ \(layer 0, row \d+\)/,
    ],
    [
      'an exponential that leaves float32',
      {
        activation: own(
          (z) => Math.exp(95 * z),
          (z) => Math.exp(95 * z),
        ),
      },
      /your activation mine gives \d\.\d+e\d+, more than float32 holds, for z = /,
    ],
    [
      'a derivative that gives NaN',
      {
        activation: own(
          (z) => z,
          (z) => (z > 0 ? 1 : Number.NaN),
        ),
      },
      /the derivative of your activation mine gives NaN for z = -/,
    ],
    [
      'a derivative that gives Infinity',
      {
        activation: own(
          (z) => z,
          (z) => 1 / Math.max(0, Math.sign(z)),
        ),
      },
      /the derivative of your activation mine gives Infinity for z = -/,
    ],
    [
      'an output activation that gives NaN',
      {
        outputActivation: own(
          (z) => Math.log(z),
          (z) => 1 / z,
        ),
      },
      /your activation mine gives NaN for z = -\S+ \(layer 1, row/,
    ],
    [
      'the derivative of an activation of rows',
      { outputActivation: brokenRows },
      /the derivative of your activation rows gives NaN/,
    ],
    [
      'a loss that gives NaN',
      {
        loss: ownLoss(
          (a, t) => Math.sqrt(a - t),
          () => 1,
        ),
      },
      /your loss mine gives NaN for a = \S+, t = \S+ \(row \d+\)/,
    ],
    [
      'a loss that gives Infinity',
      {
        loss: ownLoss(
          (a, t) => (a > t ? a - t : Infinity),
          () => 1,
        ),
      },
      /your loss mine gives Infinity for/,
    ],
    [
      'a loss whose derivative gives NaN',
      {
        loss: ownLoss(
          (a, t) => Math.abs(a - t),
          (a, t) => Math.sqrt(a - t) / 1,
        ),
      },
      /the derivative of your loss mine gives NaN for/,
    ],
    [
      'a loss whose derivative gives Infinity',
      {
        loss: ownLoss(
          (a, t) => Math.abs(a - t),
          (a, t) => (a > t ? 1 : -Infinity),
        ),
      },
      /the derivative of your loss mine gives -Infinity for/,
    ],
  ] as [string, Partial<NetworkOptions>, RegExp][]
).map(
  ([title, network, words]): Provoked => ({
    ...common,
    title: `${title}, of the user's own`,
    network: { ...regression, ...network } as NetworkOptions,
    inputs: waves(4, 3),
    cause: 'brokenFunction',
    words: [words],
  }),
)

functions.push({
  ...common,
  title: "an exponential of the user's own that a rate of 100 sends beyond all bounds",
  network: { ...regression, activation: own(Math.exp, Math.exp), learningRate: 100 },
  cause: 'rateTooHigh',
  words: ['the learning rate 100 is too high for sgd'],
})

/** Failures of numbers that the network was left with; all parameters are finite, and stay so. */
export const provoked: readonly Provoked[] = [...rates, ...unscaled, ...squares, ...explosions, ...units, ...functions]
