import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { Optimizer } from '../../src/kernels/plan.ts'
import { kernelSets } from '../../src/kernels/table.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import type { Table } from '../../src/matrix/rows.ts'
import type { FitOptions } from '../../src/network/fit.ts'
import { checkGradients, numericalGradients } from '../../src/network/gradient-check.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { adam, sgd } from '../../src/training/optimizers.ts'
import { kernelNames } from '../kernels/available.ts'

type Kind = typeof TypeError | typeof RangeError
type Call = (network: Network) => unknown
type Case = [call: Call, kind: Kind, ...parts: string[]]

const make =
  (options: object): Call =>
  () =>
    new Network(options as NetworkOptions)
const fitting =
  (options: unknown): Call =>
  (network) =>
    network.fit([[1, 2]], [[0, 1]], options as FitOptions)
/** What is given on purpose against its type. */
const wrong = (value: unknown) => value as never

/** Every way in which rows are taken, with the name that its errors begin with. */
const takers: [string, (network: Network, inputs: Table, targets: Table) => unknown][] = [
  ['train', (network, inputs, targets) => network.train(inputs, targets)],
  ['fit', (network, inputs, targets) => network.fit(inputs, targets)],
  [
    'fit: validation',
    (network, inputs, targets) => network.fit([[1, 2]], [[0, 1]], { validation: { inputs, targets } }),
  ],
  ['loss', (network, inputs, targets) => network.loss(inputs, targets)],
  ['gradients', (network, inputs, targets) => network.gradients(inputs, targets)],
  ['checkGradients', (network, inputs, targets) => checkGradients(network, inputs, targets)],
  ['numericalGradients', (network, inputs, targets) => numericalGradients(network, inputs, targets)],
]
const inputTakers: [string, (network: Network, inputs: Table) => unknown][] = [
  ...takers.map(([name, take]): [string, (network: Network, inputs: Table) => unknown] => [
    name,
    (network, inputs) => take(network, inputs, [[0, 1]]),
  ]),
  ['predict', (network, inputs) => network.predict(inputs)],
  ['classify', (network, inputs) => network.classify(inputs)],
  ['accuracy', (network, inputs) => network.accuracy(inputs, [0])],
]

const badInputs: [unknown, Kind, ...string[]][] = [
  [undefined, TypeError, 'inputs is undefined; expected a Matrix, a 2-D ndarray or an array of rows of numbers'],
  [null, TypeError, 'inputs is null'],
  [3, TypeError, 'inputs is 3'],
  ['1,2', TypeError, 'inputs is the string "1,2"'],
  [{ rows: 1 }, TypeError, 'inputs is an object with rows'],
  [new Map(), TypeError, 'inputs is a Map'],
  [Promise.resolve([[1, 2]]), TypeError, 'inputs is a Promise'],
  [new Network({ layers: [2, 2] }), TypeError, 'inputs is a Network'],
  [[], RangeError, '(0×0)', 'at least one row'],
  [[[]], RangeError, '(1×0)', 'at least one row and one column'],
  [[[1]], RangeError, '(1×1)', '2 columns'],
  [[[1, 2, 3]], RangeError, '(1×3)', '2 columns'],
  [[1, 2, 3], RangeError, '(1×3)', '2 columns'],
  [Matrix.from([[1], [2]]), RangeError, '(2×1)', '2 columns'],
  [ndarray(new Float64Array(8), [2, 2, 2]), RangeError, 'an ndarray of 3 dimensions'],
  [ndarray(new Float64Array(3), [2, 2]), RangeError, 'the elements 0 to 3', 'within its 3 elements'],
  [[[1, 2], [3]], RangeError, 'the length of row 1 is 1', '2, as many as row 0 has'],
  [[[1, 2], 3], TypeError, 'row 1 is 3', 'an array of numbers'],
  [[[1, 2], undefined], TypeError, 'row 1 is undefined'],
  [[Object.assign(Array(2), { 0: 1 })], TypeError, 'inputs, row 0, column 1 is undefined'],
  [
    [
      [0, 0],
      [1, Number.NaN],
    ],
    RangeError,
    'inputs, row 1, column 1 is NaN',
    'finite',
  ],
  [[[Infinity, 0]], RangeError, 'inputs, row 0, column 0 is Infinity'],
  [[[0, 1], new Float32Array([0, -Infinity])], RangeError, 'inputs, row 1, column 1 is -Infinity'],
  [Matrix.from([[0, Number.NaN]], { dtype: 'float32' }), RangeError, 'inputs, row 0, column 1 is NaN'],
  [
    Matrix.from([
      [0, 0],
      [Number.NaN, 0],
    ]).transpose(),
    RangeError,
    'inputs, row 0, column 1 is NaN',
  ],
  [[[1, '2']], TypeError, 'inputs, row 0, column 1 is the string "2"', 'a number'],
  [[[1n, 2]], TypeError, 'inputs, row 0, column 0 is the bigint 1n'],
  [[new BigInt64Array(2)], TypeError, 'column 0 is the bigint 0n'],
  [[[true, 2]], TypeError, 'inputs, row 0, column 0 is true'],
  [[[1, null]], TypeError, 'inputs, row 0, column 1 is null'],
  [[[1, Object(2)]], TypeError, 'inputs, row 0, column 1 is a Number'],
  [['12', '34'], TypeError, 'the string "12"'],
]

const badTargets: [unknown, Kind, ...string[]][] = [
  [undefined, TypeError, 'targets is undefined'],
  [
    [
      [0, 1],
      [1, 0],
    ],
    RangeError,
    'the shape of targets is (2×2)',
    '1 row',
  ],
  [[[0, 1, 0]], RangeError, 'the shape of targets is (1×3)', '2 columns'],
  [[1], RangeError, 'the shape of targets is (1×1)', '2 columns'],
  [[[0, Number.NaN]], RangeError, 'targets, row 0, column 1 is NaN'],
  [[['0', 1]], TypeError, 'targets, row 0, column 0 is the string "0"'],
  [[], RangeError, 'the shape of targets is (0×0)'],
]

/** What is no number of units, and how errors call it; all but 0 is no seed either. */
const sizes: [unknown, Kind, string][] = [
  [0, RangeError, '0'],
  [-1, RangeError, '-1'],
  [1.5, RangeError, '1.5'],
  [Number.NaN, RangeError, 'NaN'],
  [Infinity, RangeError, 'Infinity'],
  [2 ** 53, RangeError, '9007199254740992'],
  ['3', TypeError, 'the string "3"'],
  [null, TypeError, 'null'],
  [3n, TypeError, 'the bigint 3n'],
]

const cases: Case[] = [
  ...inputTakers.flatMap(([where, take]) =>
    badInputs.map(
      ([inputs, kind, ...parts]): Case => [(network) => take(network, inputs as Table), kind, `${where}: `, ...parts],
    ),
  ),
  ...takers.flatMap(([where, take]) =>
    badTargets.map(
      ([targets, kind, ...parts]): Case => [
        (network) => take(network, [[1, 2]], targets as Table),
        kind,
        `${where}: `,
        ...parts,
      ],
    ),
  ),
  [
    (n) => n.accuracy([[1, 2]], wrong(undefined)),
    TypeError,
    'accuracy: labels is undefined',
    'an array of whole numbers',
  ],
  [
    (n) =>
      n.accuracy(
        [
          [1, 2],
          [3, 4],
        ],
        [0],
      ),
    RangeError,
    'accuracy: the number of labels is 1',
    '2, one for each row',
  ],
  [(n) => n.accuracy([[1, 2]], [0, 1]), RangeError, 'the number of labels is 2'],
  [
    (n) =>
      n.accuracy(
        [
          [1, 2],
          [3, 4],
        ],
        [0, 2],
      ),
    RangeError,
    'accuracy: the label at index 1 is 2',
    'from 0 to 1',
  ],
  [(n) => n.accuracy([[1, 2]], [-1]), RangeError, 'the label at index 0 is -1'],
  [(n) => n.accuracy([[1, 2]], [0.5]), RangeError, 'the label at index 0 is 0.5'],
  [(n) => n.accuracy([[1, 2]], [Number.NaN]), RangeError, 'the label at index 0 is NaN'],
  [(n) => n.accuracy([[1, 2]], wrong(['0'])), TypeError, 'the label at index 0 is the string "0"'],
  [(n) => n.accuracy([[1, 2]], wrong([[0, 1]])), TypeError, 'the label at index 0 is an array of 2'],
  [(n) => n.accuracy([[1, 2]], wrong('0')), TypeError, 'labels is the string "0"'],
  [(n) => n.accuracy([[1, 2]], ndarray(new Uint8Array(1), [1, 1])), RangeError, 'accuracy: labels is'],
  [(n) => n.accuracy([[1, 2]], Array(1)), TypeError, 'the label at index 0 is undefined'],

  [make(wrong(undefined)), TypeError, 'Network: the options argument is undefined', 'layers'],
  [make([2, 1]), TypeError, 'Network: the options argument is an array of 2'],
  [make({}), TypeError, 'Network: layers is undefined', '[784, 100, 10]'],
  [make({ layers: '2-1' }), TypeError, 'layers is the string "2-1"'],
  [make({ layers: [2] }), RangeError, 'layers is an array of 1', 'at least one layer'],
  [make({ layers: [] }), RangeError, 'layers is an array of 0'],
  [make({ layers: [{ units: 2 }, 1] }), TypeError, 'layers[0], the number of inputs, is an object with units'],
  ...sizes.flatMap(([units, kind, is]): Case[] => [
    [make({ layers: [units, 1] }), kind, `Network: layers[0], the number of inputs, is ${is}`],
    [
      make({ layers: [2, { units }] }),
      kind,
      `Network: layer 0 (layers[1]): units is ${is}; expected a whole number of at`,
    ],
    [make({ layers: [2, 2, units] }), kind, 'Network: layer 1 (layers[2]): ', `is ${is}; expected a`],
  ]),
  ...sizes.slice(1).map(([seed, kind, is]): Case => [make({ layers: [2, 1], seed }), kind, `Network: seed is ${is}`]),
  [make({ layers: [2, undefined, 1] }), TypeError, 'layer 0 (layers[1]): the layer is undefined'],
  [make({ layers: Array(3) }), TypeError, 'layers[0], the number of inputs, is undefined'],
  [make({ layers: [2, [1]] }), TypeError, 'layer 0 (layers[1]): the options argument is an array of 1'],
  [make({ layers: [2, {}] }), TypeError, 'layer 0 (layers[1]): units is undefined'],
  [make({ layers: [2, { unit: 1 }] }), TypeError, 'layer 0 (layers[1]): unknown option "unit"; did you mean "units"?'],
  [
    make({ layers: [2, 1], learning_rate: 1 }),
    TypeError,
    'unknown option "learning_rate"; did you mean "learningRate"?',
  ],
  [make({ layers: [2, 1], xyz: 1 }), TypeError, 'unknown option "xyz"; known options are layers, activation'],
  [make(JSON.parse('{"layers": [2, 1], "__proto__": {}}')), TypeError, 'unknown option "__proto__"'],
  [
    make({ layers: [2, 2, 1], activation: 'sigmod' }),
    RangeError,
    'unknown activation "sigmod"; did you mean "sigmoid"?',
  ],
  [make({ layers: [2, 1], activation: 'sigmod' }), RangeError, 'Network: activation: unknown activation "sigmod"'],
  [
    make({ layers: [2, { units: 1, activation: 'tanh' }], outputActivation: 'x' }),
    RangeError,
    'Network: outputActivation: unknown activation "x"; known are identity',
  ],
  [make({ layers: [2, { units: 1, initializer: 'zeros' }], initializer: 'x' }), RangeError, 'unknown initializer "x"'],
  [make({ layers: [2, 1], outputActivation: '__proto__' }), RangeError, 'unknown activation "__proto__"'],
  [make({ layers: [2, 1], outputActivation: 'constructor' }), RangeError, 'unknown activation "constructor"'],
  [make({ layers: [2, 1], loss: 'toString' }), RangeError, 'unknown loss "toString"'],
  [make({ layers: [2, 1], initializer: 'hasOwnProperty' }), RangeError, 'unknown initializer "hasOwnProperty"'],
  [make({ layers: [2, 1], loss: 'mse' }), RangeError, 'unknown loss "mse"; known are squaredError'],
  [make({ layers: [2, 1], initializer: () => 0 }), TypeError, 'the initializer is the function initializer'],
  [make({ layers: [2, 1], activation: null }), TypeError, 'activation: the activation is null'],
  [make({ layers: [2, 1], outputActivation: null }), TypeError, 'the activation is null'],
  [make({ layers: [2, 1], loss: null }), TypeError, 'the loss is null'],
  [make({ layers: [2, 1], initializer: null }), TypeError, 'the initializer is null'],
  [make({ layers: [2, 1], dtype: null }), TypeError, 'dtype is null', '"float32" or "float64"'],
  [make({ layers: [2, 2, 1], activation: 'softmax' }), RangeError, 'layer 0', 'softmax fits the output layer only'],
  [
    make({ layers: [2, 2, { units: 2, activation: 'softmax' }, 1] }),
    RangeError,
    'layer 1',
    'softmax fits the output layer only',
  ],
  [
    make({ layers: [2, 2], loss: 'categoricalCrossEntropy' }),
    RangeError,
    'the output activation is the string "sigmoid"',
    '"softmax"',
    'categoricalCrossEntropy',
  ],
  [
    make({ layers: [2, 2], outputActivation: 'softmax', loss: 'binaryCrossEntropy' }),
    RangeError,
    '"sigmoid"',
    'binaryCrossEntropy',
  ],
  [
    make({ layers: [2, 1], optimizer: sgd(), learningRate: 1 }),
    TypeError,
    'learningRate is given beside optimizer',
    'sgd({ learningRate: 0.1 })',
  ],
  [make({ layers: [2, 1], learningRate: 0 }), RangeError, 'Network: learningRate is 0', 'a finite number above 0'],
  [make({ layers: [2, 1], learningRate: -1 }), RangeError, 'learningRate is -1'],
  [make({ layers: [2, 1], learningRate: Number.NaN }), RangeError, 'learningRate is NaN'],
  [make({ layers: [2, 1], learningRate: Infinity }), RangeError, 'learningRate is Infinity'],
  [make({ layers: [2, 1], learningRate: '0.1' }), TypeError, 'learningRate is the string "0.1"'],
  [make({ layers: [2, 1], optimizer: 'sgd' }), TypeError, 'the optimizer is the string "sgd"', 'sgd() or adam()'],
  [make({ layers: [2, 1], optimizer: null }), TypeError, 'the optimizer is null'],
  [make({ layers: [2, 1], optimizer: { name: 'SGD' } }), RangeError, 'unknown optimizer "SGD"; did you mean "sgd"?'],
  [make({ layers: [2, 1], optimizer: sgd }), TypeError, 'the optimizer is the function sgd'],
  [
    make({ layers: [2, 1], optimizer: { name: 'sgd', learningRate: -1 } as Optimizer }),
    RangeError,
    'Network: optimizer: learningRate is -1',
  ],
  [make({ layers: [2, 1], dtype: 'float16' }), RangeError, 'unknown dtype "float16"'],
  [make({ layers: [2, 1], dtype: Float32Array }), TypeError, 'dtype is the function Float32Array'],
  [make({ layers: [2, 1], kernels: 'ndaray' }), RangeError, 'unknown kernels "ndaray"; did you mean "ndarray"?'],
  [make({ layers: [2, 1], kernels: kernelSets.ndarray }), TypeError, 'kernels is an object with'],
  [make({ layers: [2, 1], kernels: '__proto__' }), RangeError, 'unknown kernels "__proto__"'],
  [make({ layers: [2, 1], reproducible: 1 }), TypeError, 'Network: reproducible is 1'],
  [make({ layers: [2, 1], onWarning: 'console' }), TypeError, 'Network: onWarning is the string "console"'],
  [make({ layers: [2, 1], blasThreads: 2 }), RangeError, 'Network: blasThreads is 2', "kernels: 'blas' takes it"],
  [
    make({ layers: [1e6, 1e6, 1e6] }),
    RangeError,
    'the memory that these layers need is',
    'GiB; expected at most 4 GiB',
  ],
  [make({ layers: [2 ** 53 - 1, 2 ** 53 - 1] }), RangeError, 'the memory that these layers need is'],
  [make({ layers: [1, 2 ** 40] }), RangeError, 'the memory that these layers need is'],
  [make({ layers: [2 ** 40, 1] }), RangeError, 'the memory that these layers need is'],
  [make({ layers: Array(1e6).fill(1) }), RangeError, 'layers is an array of 1000000; expected at most 10000 layers'],

  [
    () => sgd(wrong({ learning_rate: 1 })),
    TypeError,
    'sgd: unknown option "learning_rate"; did you mean "learningRate"?',
  ],
  [() => sgd(wrong(0.1)), TypeError, 'sgd: the options argument is 0.1'],
  [() => sgd({ learningRate: 0 }), RangeError, 'sgd: learningRate is 0'],
  [() => adam(wrong({ lr: 1 })), TypeError, 'adam: unknown option "lr"'],
  [() => adam({ learningRate: Number.NaN }), RangeError, 'adam: learningRate is NaN'],
  [() => adam({ beta1: 1 }), RangeError, 'adam: beta1 is 1', 'from 0 to below 1'],
  [() => adam({ beta2: -0.1 }), RangeError, 'adam: beta2 is -0.1'],
  [() => adam({ epsilon: 0 }), RangeError, 'adam: epsilon is 0', 'from 1e-20 to 1'],

  [fitting(null), TypeError, 'fit: the options argument is null'],
  [fitting(3), TypeError, 'fit: the options argument is 3', 'epochs'],
  [fitting({ batch_size: 2 }), TypeError, 'fit: unknown option "batch_size"; did you mean "batchSize"?'],
  [fitting({ epochs: 0 }), RangeError, 'fit: epochs is 0', 'a whole number of at least 1'],
  [fitting({ epochs: 0.5 }), RangeError, 'fit: epochs is 0.5'],
  [fitting({ epochs: Infinity }), RangeError, 'fit: epochs is Infinity'],
  [fitting({ epochs: '3' }), TypeError, 'fit: epochs is the string "3"'],
  [fitting({ batchSize: 0 }), RangeError, 'fit: batchSize is 0'],
  [fitting({ batchSize: -1 }), RangeError, 'fit: batchSize is -1'],
  [fitting({ batchSize: Number.NaN }), RangeError, 'fit: batchSize is NaN'],
  [fitting({ batchSize: null }), TypeError, 'fit: batchSize is null'],
  [fitting({ shuffle: 1 }), TypeError, 'fit: shuffle is 1', 'true or false'],
  [fitting({ onEpoch: {} }), TypeError, 'fit: onEpoch is an empty object', 'a function'],
  [fitting({ onEpoch: null }), TypeError, 'fit: onEpoch is null'],
  [fitting({ signal: new AbortController() }), TypeError, 'fit: signal is', 'AbortController; expected an AbortSignal'],
  [fitting({ signal: { aborted: false } }), TypeError, 'fit: signal is an object with aborted'],
  [fitting({ validation: null }), TypeError, 'fit: validation: the options argument is null'],
  [fitting({ validation: [[[1, 2]], [[0, 1]]] }), TypeError, 'fit: validation: the options argument is an array of 2'],
  [
    fitting({ validation: { input: [[1, 2]], targets: [[0, 1]] } }),
    TypeError,
    'fit: validation: unknown option "input"; did you mean "inputs"?',
  ],
  [fitting({ validation: { inputs: [[1, 2]] } }), TypeError, 'fit: validation: targets is undefined'],

  [(n) => n.toJSON(wrong({ trainig: false })), TypeError, 'toJSON: unknown option "trainig"; did you mean "training"?'],
  [(n) => n.toJSON(wrong({ training: 0 })), TypeError, 'toJSON: training is 0', 'true or false'],
  [(n) => n.toJSON(wrong(null)), TypeError, 'toJSON: the options argument is null'],
  [(n) => Network.fromJSON(n.toJSON(), wrong([])), TypeError, 'Network.fromJSON: the options argument is an array'],
  [
    (n) => Network.fromJSON(n.toJSON(), wrong({ loss: {} })),
    TypeError,
    'Network.fromJSON: unknown option "loss"; did you mean "losses"?',
  ],

  [
    (n) => Network.fromJSON(n.toJSON(), wrong({ activations: null })),
    TypeError,
    'Network.fromJSON: activations is null',
  ],
  [(n) => Network.fromJSON(n.toJSON(), wrong({ losses: 5 })), TypeError, 'Network.fromJSON: losses is 5'],
  [
    () => checkGradients(wrong({}), [[1, 2]], [[0, 1]]),
    TypeError,
    'checkGradients: the first argument is an empty object',
    'a Network',
  ],
  [() => checkGradients(wrong(null), [[1, 2]], [[0, 1]]), TypeError, 'the first argument is null'],
  [
    (n) => checkGradients(wrong(n.toJSON()), [[1, 2]], [[0, 1]]),
    TypeError,
    'the first argument is an object with format',
  ],
  [(n) => checkGradients(n, [[1, 2]], [[0, 1]], { tolerance: 0 }), RangeError, 'checkGradients: tolerance is 0'],
  [(n) => checkGradients(n, [[1, 2]], [[0, 1]], { tolerance: Number.NaN }), RangeError, 'tolerance is NaN'],
  [(n) => checkGradients(n, [[1, 2]], [[0, 1]], wrong({ tolerence: 1 })), TypeError, 'did you mean "tolerance"?'],
  [() => numericalGradients(wrong(1), [[1, 2]], [[0, 1]]), TypeError, 'numericalGradients: the first argument is 1'],
  [(n) => numericalGradients(n, [[1, 2]], [[0, 1]], { epsilon: 0 }), RangeError, 'epsilon is 0'],
  [(n) => numericalGradients(n, [[1, 2]], [[0, 1]], wrong({ epsilon: '1' })), TypeError, 'epsilon is the string "1"'],
  [(n) => numericalGradients(n, [[1, 2]], [[0, 1]], wrong({ eps: 1 })), TypeError, 'unknown option "eps"', 'epsilon'],
]

const named = cases.map(([call, kind, ...parts]) => ({
  call,
  kind,
  parts,
  error: `${kind.name} "${parts.join(' … ')}"`,
}))

test('there are at least 50 cases beside those of rows', () => {
  const others = named.filter(({ error }) => !/ … (inputs|targets|the shape of|the length of)/.test(error))
  expect(new Set(others.map(({ error }) => error)).size).toBeGreaterThanOrEqual(50)
})

const network = new Network({ layers: [2, 3, 2], dtype: 'float64', seed: 1 })
const before = JSON.stringify(network)

test.each(named)('$error leaves the network as it was', async ({ call, kind, parts }) => {
  const error: unknown = await (async () => call(network))().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(kind)
  for (const part of parts) expect((error as Error).message).toContain(part)
  expect(JSON.stringify(network)).toBe(before)
  // nothing is held back by what failed: no fit that seems to go on, no pass that seems to run
  expect(network.predict([[1, 2]]).rows).toBe(1)
  await expect(network.fit([[1, 2]], [[0, 1]], { signal: AbortSignal.abort('mine') })).rejects.toBe('mine')
})

test('an error says as data, too, what came and what was expected', () => {
  const attempts: [Call, string, string][] = [
    [(n) => n.train([[1]], [[0, 1]]), '(1×1)', '2 columns'],
    [(n) => n.predict([[1, wrong('2')]]), 'the string "2"', 'a number'],
    [make({ layers: [2, 1], learning_rate: 1 }), 'learning_rate', expect.stringContaining('learningRate') as string],
  ]
  for (const [call, received, expected] of attempts) {
    try {
      call(network)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ received, expected })
    }
  }
})

describe('targets outside what a cross-entropy means', () => {
  const binary = new Network({ layers: [1, 2], loss: 'binaryCrossEntropy', seed: 1 })
  const categorical = new Network({
    layers: [1, 2],
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    seed: 1,
  })

  test.each<[string, Network, number[][], string]>([
    [
      '7 for a probability',
      binary,
      [
        [0, 1],
        [0, 7],
      ],
      'targets, row 1, column 1 is 7; expected a number from 0 to 1, as binaryCrossEntropy takes them',
    ],
    [
      'a negative probability',
      binary,
      [
        [-0.1, 1],
        [0, 1],
      ],
      'targets, row 0, column 0 is -0.1',
    ],
    [
      'a negative weight of a class',
      categorical,
      [
        [1, 0],
        [1, -1],
      ],
      'targets, row 1, column 1 is -1; expected a number at least 0, as categoricalCrossEntropy takes them',
    ],
  ])('are refused: %s', (_, one, targets, message) => {
    const kept = JSON.stringify(one)
    for (const call of [
      () => one.train([1, 2], targets),
      () => one.loss([1, 2], targets),
      () => one.gradients([1, 2], targets),
    ]) {
      expect(call).toThrow(RangeError)
      // −0.1 is shown as float32 has it
      expect(call).toThrow(message)
    }
    expect(JSON.stringify(one)).toBe(kept)
  })

  test('do not include soft targets or rows that do not sum to 1', () => {
    expect(Number.isFinite(binary.train([1], [[0, 0.3]]))).toBe(true)
    expect(Number.isFinite(categorical.train([1], [[0.5, 3]]))).toBe(true)
  })
})

describe('numbers beyond float32', () => {
  const float32 = new Network({ layers: [2, 2], seed: 1 })
  test.each(inputTakers.filter(([where]) => !/Gradients/.test(where)))(
    'are refused by %s with their place',
    async (_, take) => {
      const kept = JSON.stringify(float32)
      await expect((async () => take(float32, [[0, 1e300]]))()).rejects.toThrow(/inputs, row 0, column 1 is 1e\+300/)
      expect(JSON.stringify(float32)).toBe(kept)
    },
  )

  test('are taken by a float64 network', () => {
    expect(new Network({ layers: [2, 2], dtype: 'float64', seed: 1 }).predict([[0, 1e300]]).rows).toBe(1)
  })
})

describe.each(kernelNames)('a loss that is not finite, with %s kernels,', (kernels) => {
  const overflows: [string, Partial<NetworkOptions>, number, number][] = [
    ['float32 squares', { outputActivation: 'identity' }, 1e30, 1],
    ['float64 squares', { outputActivation: 'identity', dtype: 'float64' }, 1e200, 1],
    ['a weight that is NaN', {}, Number.NaN, 1],
    ['a weight that is NaN below a relu', { activation: 'relu', layers: [1, 2, 1] }, Number.NaN, 1],
    [
      'a difference of infinities below a relu',
      { activation: 'relu', layers: [1, 2, 2, 1], outputActivation: 'identity' },
      3e38,
      3,
    ],
    ['a weight that is infinite', { outputActivation: 'identity' }, -Infinity, 1],
  ]
  test.each(overflows)('from %s, throws and changes no parameter', async (_, options, weight, x) => {
    const one = new Network({ layers: [1, 1], kernels, seed: 1, ...options })
    for (const { weights } of one.layers)
      weights.map((_value, _i, j) => (j === 1 && !Number.isNaN(weight) ? -weight : weight), weights)
    const kept = JSON.stringify(one)
    for (const rows of [1, 300]) {
      const [inputs, targets] = [Array<number>(rows).fill(x), Array<number>(rows).fill(0)]
      const message = /the loss is (NaN|Infinity); expected a finite number\. No parameter was changed/
      expect(() => one.train(inputs, targets)).toThrow(message)
      expect(() => one.train(inputs, targets)).toThrow(RangeError)
      expect(() => one.gradients(inputs, targets)).toThrow(message)
      await expect(one.fit(inputs, targets, { shuffle: false })).rejects.toThrow(message)
      await expect(one.fit(inputs, targets, { shuffle: false })).rejects.toThrow(/^fit, after 0 steps: /)
    }
    expect(JSON.stringify(one)).toBe(kept)
    expect(Number.isFinite(one.loss([x], [0]))).toBe(false)
  })

  test('in the second block of a batch changes nothing, and leaves the next gradients right', () => {
    const one = new Network({ layers: [1, 1], outputActivation: 'identity', kernels, seed: 1 })
    const kept = JSON.stringify(one)
    const inputs = Array<number>(300).fill(1)
    const expected = one.gradients(inputs, inputs)
    expect(() => one.train(inputs.with(299, 1e38), inputs)).toThrow(/the loss is Infinity/)
    expect(JSON.stringify(one)).toBe(kept)
    expect(one.gradients(inputs, inputs)).toEqual(expected)
  })

  test.each([
    ['a float32 step too long', 'float32', 1e38, 'identity', 'layer 0: the size of its weights after this step'],
    ['a float64 step too long', 'float64', 1e307, 'identity', 'layer 0: the size of its weights after this step'],
    ['a derivative that is NaN', 'float64', 0.1, 'unsure', 'after this step is NaN'],
  ] as const)('%s is not taken, though the loss is finite', async (_, dtype, learningRate, name, message) => {
    const unsure = { name, value: (z: number) => z, derivative: () => Number.NaN }
    const outputActivation = name === 'unsure' ? unsure : name
    const one = new Network({ layers: [1, 1], outputActivation, learningRate, dtype, kernels, seed: 1 })
    const kept = JSON.stringify(one)
    expect(() => one.train([100, 200], [0, 0])).toThrow(message)
    await expect(one.fit([100, 200], [0, 0], { shuffle: false })).rejects.toThrow(RangeError)
    expect(JSON.stringify(one)).toBe(kept)
  })

  test('an output that is NaN is no label', () => {
    const one = new Network({ layers: [1, 2], kernels, seed: 1 })
    one.layers[0]?.weights.set(0, 1, Number.NaN)
    expect(() => one.classify([1, 2])).toThrow('classify: output 1 of row 0 is NaN; expected a number')
    expect(() => one.accuracy([1, 2], [0, 0])).toThrow(RangeError)
  })

  test('in the midst of a fit names the step, keeps the steps before it, and the network is usable', async () => {
    const [one, twin] = [1, 1].map(
      (seed) => new Network({ layers: [1, 1], outputActivation: 'identity', kernels, seed }),
    ) as [Network, Network]
    const [inputs, targets] = [
      [1, 2, 3e38],
      [0, 0, 0],
    ]
    const loose = one.fit(inputs, targets, { batchSize: 1, shuffle: false })
    await expect(loose).rejects.toThrow(/^fit, after 2 steps: the loss is Infinity/)
    twin.train([1], [0])
    twin.train([2], [0])
    expect(one.toJSON().layers).toEqual(twin.toJSON().layers)
    expect(one.train([1], [0])).toBe(twin.train([1], [0]))
  })
})
