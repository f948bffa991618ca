import ndarray from 'ndarray'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Optimizer } from '../../src/kernels/plan.ts'
import { kernelSets } from '../../src/kernels/table.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import type { Table } from '../../src/matrix/rows.ts'
import type { FitOptions } from '../../src/network/fit.ts'
import { checkGradients, numericalGradients } from '../../src/network/gradient-check.ts'
import type { NetworkJSON } from '../../src/network/json-format.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { adagrad, adam, adamw, rmsprop, sgd } from '../../src/training/optimizers.ts'
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

/** What is no number, and how errors call it. */
const noNumbers: [unknown, string][] = [
  ['0.5', 'the string "0.5"'],
  [null, 'null'],
  [true, 'true'],
  [[0.5], 'an array of 1'],
  [1n, 'the bigint 1n'],
]

type Make = (options: never) => Optimizer
const optimizers = { sgd, adagrad, rmsprop, adam, adamw } as unknown as Record<string, Make>
const positive = { expected: 'a finite number above 0', outside: [0, -1, Number.NaN, Infinity] }
const notNegative = { expected: 'a finite number of at least 0', outside: [-1e-9, Number.NaN, Infinity] }
const belowOne = { expected: 'a number from 0 to below 1', outside: [-0.1, 1, 2, Number.NaN] }
const small = { expected: 'a number from 1e-20 to 1', outside: [0, 1e-21, 1.5, -1, Number.NaN] }
const optimizerSettings: Record<string, { expected: string; outside: number[] }> = {
  learningRate: positive,
  momentum: belowOne,
  decay: belowOne,
  beta1: belowOne,
  beta2: belowOne,
  epsilon: small,
  weightDecay: notNegative,
}

/** Every setting of every optimizer, where it is made and where plain data is given as one. */
const optimizerCases = Object.entries(optimizers).flatMap(([name, optimizer]): Case[] => {
  const given = (options: object): Case[0][] => [
    () => optimizer(wrong(options)),
    make({ layers: [2, 1], optimizer: { name, ...options } }),
  ]
  const places = [`${name}: `, 'Network: optimizer: ']
  const refused = (options: object, kind: Kind, ...parts: string[]): Case[] =>
    given(options).map((call, k) => [call, kind, `${places[k]}${parts[0]}`, ...parts.slice(1)])
  const settings = Object.keys(optimizer({} as never)).filter((key) => key in optimizerSettings)
  return [
    ...settings.flatMap((key) => {
      const { expected, outside } = optimizerSettings[key] as (typeof optimizerSettings)[string]
      return [
        ...outside.flatMap((number) => refused({ [key]: number }, RangeError, `${key} is ${number}`, expected)),
        ...noNumbers.flatMap(([value, is]) => refused({ [key]: value }, TypeError, `${key} is ${is}`, expected)),
        ...refused({ [`${key}_`]: 0.5 }, TypeError, `unknown option "${key}_"; did you mean "${key}"?`),
      ]
    }),
    ...refused({ lr: 0.1 }, TypeError, 'unknown option "lr"', 'learningRate'),
    [() => optimizer(wrong(0.1)), TypeError, `${name}: the options argument is 0.1`, 'learningRate'],
    [() => optimizer(wrong(null)), TypeError, `${name}: the options argument is null`],
  ]
})

const trainingCases: Case[] = [
  ...optimizerCases,
  [() => sgd({ nesterov: true }), RangeError, 'sgd: momentum is 0', 'above 0 where nesterov is true'],
  [() => sgd(wrong({ momentum: 0.9, nesterov: 1 })), TypeError, 'sgd: nesterov is 1', 'true or false'],
  [() => sgd(wrong({ momentum: 0.9, nesterov: 'yes' })), TypeError, 'sgd: nesterov is the string "yes"'],
  [() => sgd(wrong({ beta1: 0.9 })), TypeError, 'sgd: unknown option "beta1"', 'momentum, nesterov, weightDecay'],
  [() => adam(wrong({ momentum: 0.9 })), TypeError, 'adam: unknown option "momentum"', 'beta1, beta2'],
  [() => rmsprop(wrong({ rho: 0.9 })), TypeError, 'rmsprop: unknown option "rho"', 'learningRate, decay'],
  [() => adamw(wrong({ weight_decay: 0.1 })), TypeError, 'adamw: unknown option "weight_decay"; did you mean "weightD'],
  [
    make({ layers: [2, 1], optimizer: { name: 'adamW' } }),
    RangeError,
    'unknown optimizer "adamW"; did you mean "adamw"?',
  ],
  [
    make({ layers: [2, 1], optimizer: { name: null } }),
    TypeError,
    'Network: the name of the optimizer is null',
    'a text',
  ],
  [make({ layers: [2, 1], optimizer: { learningRate: 1 } }), TypeError, 'the optimizer is an object with learningRate'],
  [make({ layers: [2, 1], optimizer: { name: 'toString' } }), RangeError, 'unknown optimizer "toString"'],

  ...[1, -0.1, 2, Number.NaN, Infinity].map(
    (dropout): Case => [
      make({ layers: [2, { units: 3, dropout }, 1] }),
      RangeError,
      `Network: layer 0 (layers[1]): dropout is ${dropout}`,
      'a number from 0 to below 1',
    ],
  ),
  ...noNumbers.map(
    ([dropout, is]): Case => [
      make({ layers: [2, { units: 3, dropout }, 1] }),
      TypeError,
      `Network: layer 0 (layers[1]): dropout is ${is}`,
    ],
  ),
  [
    make({ layers: [2, 3, { units: 1, dropout: 0.5 }] }),
    RangeError,
    'Network: layer 1 (layers[2]): dropout is 0.5',
    '0 on the output layer',
  ],
  [
    make({ layers: [2, { units: 3, dropOut: 0.5 }, 1] }),
    TypeError,
    'unknown option "dropOut"; did you mean "dropout"?',
  ],
  [make({ layers: [2, 3, 1], dropout: 0.5 }), TypeError, 'Network: unknown option "dropout"'],
]

const [rows, labels] = [
  [[1, 2], [3, 4], [5, 6], [7, 8]],
  [[0, 1], [1, 0], [0, 1], [1, 0]],
] // biome-ignore format: tables

/** Every place in which the terms of an objective are taken. */
const objectiveTakers: [string, (network: Network, objective: unknown) => unknown][] = [
  ['train', (n, objective) => n.train([[1, 2]], [[0, 1]], wrong(objective))],
  ['loss', (n, objective) => n.loss([[1, 2]], [[0, 1]], wrong(objective))],
  ['gradients', (n, objective) => n.gradients([[1, 2]], [[0, 1]], wrong(objective))],
  ['checkGradients', (n, objective) => checkGradients(n, [[1, 2]], [[0, 1]], wrong(objective))],
  ['numericalGradients', (n, objective) => numericalGradients(n, [[1, 2]], [[0, 1]], wrong(objective))],
  ['fit', (n, objective) => n.fit([[1, 2]], [[0, 1]], wrong(objective))],
]

const badObjectives: [unknown, Kind, ...string[]][] = [
  [null, TypeError, 'the options argument is null', 'sampleWeights, classWeights, l1, l2, labelSmoothing'],
  [0.1, TypeError, 'the options argument is 0.1'],
  ['balanced', TypeError, 'the options argument is the string "balanced"'],
  [[1], TypeError, 'the options argument is an array of 1'],
  [{ L1: 1 }, TypeError, 'unknown option "L1"; did you mean "l1"?'],
  [{ sampleWeight: [1] }, TypeError, 'unknown option "sampleWeight"; did you mean "sampleWeights"?'],
  [{ class_weights: 'balanced' }, TypeError, 'unknown option "class_weights"; did you mean "classWeights"?'],
  [{ smoothing: 0.1 }, TypeError, 'unknown option "smoothing"', 'labelSmoothing'],
  ...['l1', 'l2'].flatMap((name): [unknown, Kind, ...string[]][] => [
    ...[-1e-9, Number.NaN, Infinity].map((number): [unknown, Kind, ...string[]] => [
      { [name]: number },
      RangeError,
      `${name} is ${number}`,
      'a finite number of at least 0',
    ]),
    ...noNumbers.map(([value, is]): [unknown, Kind, ...string[]] => [{ [name]: value }, TypeError, `${name} is ${is}`]),
  ]),
  [{ labelSmoothing: 1 }, RangeError, 'labelSmoothing is 1', 'a number from 0 to below 1'],
  [{ labelSmoothing: -0.1 }, RangeError, 'labelSmoothing is -0.1'],
  [{ labelSmoothing: Number.NaN }, RangeError, 'labelSmoothing is NaN'],
  ...noNumbers.map(([value, is]): [unknown, Kind, ...string[]] => [
    { labelSmoothing: value },
    TypeError,
    `labelSmoothing is ${is}`,
  ]),
  [{ sampleWeights: [1, 1] }, RangeError, 'the number of sampleWeights is 2', '1, one for each row of inputs'],
  [{ sampleWeights: [] }, RangeError, 'the number of sampleWeights is 0'],
  [{ sampleWeights: [-1] }, RangeError, 'sampleWeights[0] is -1', 'a finite number of at least 0'],
  [{ sampleWeights: [Number.NaN] }, RangeError, 'sampleWeights[0] is NaN'],
  [{ sampleWeights: [Infinity] }, RangeError, 'sampleWeights[0] is Infinity'],
  [{ sampleWeights: ['1'] }, TypeError, 'sampleWeights[0] is the string "1"'],
  [{ sampleWeights: Array(1) }, TypeError, 'sampleWeights[0] is undefined'],
  [{ sampleWeights: new BigInt64Array(1) }, TypeError, 'sampleWeights[0] is the bigint 0n'],
  [
    { sampleWeights: [0] },
    RangeError,
    'the sum of sampleWeights over the rows',
    'is 0; expected a finite number above 0',
  ],
  [{ sampleWeights: [5e-324] }, RangeError, 'the sum of sampleWeights', 'is 5e-324', 'of at least 1e-290'],
  [{ sampleWeights: '1' }, TypeError, 'sampleWeights is the string "1"', 'an array of numbers, one for each row'],
  [{ sampleWeights: 1 }, TypeError, 'sampleWeights is 1'],
  [{ sampleWeights: null }, TypeError, 'sampleWeights is null'],
  [{ sampleWeights: Matrix.from([[1]]) }, TypeError, 'sampleWeights is a Matrix'],
  [
    { classWeights: 'Balanced' },
    TypeError,
    'classWeights is the string "Balanced"',
    "'balanced' or an array of numbers",
  ],
  [{ classWeights: true }, TypeError, 'classWeights is true'],
  [{ classWeights: null }, TypeError, 'classWeights is null'],
  [{ classWeights: { 0: 1, 1: 2 } }, TypeError, 'classWeights is an object with 0, 1'],
  [{ classWeights: [1] }, RangeError, 'the number of classWeights is 1', '2, one for each class'],
  [{ classWeights: [1, 1, 1] }, RangeError, 'the number of classWeights is 3'],
  [{ classWeights: [1, -1] }, RangeError, 'classWeights[1] is -1', 'a finite number of at least 0'],
  [{ classWeights: [1, Number.NaN] }, RangeError, 'classWeights[1] is NaN'],
  [{ classWeights: [1, '1'] }, TypeError, 'classWeights[1] is the string "1"'],
  [{ classWeights: Array(2) }, TypeError, 'classWeights[0] is undefined'],
  [
    { classWeights: [1, 0] },
    RangeError,
    'the sum of classWeights over the rows',
    'is 0; expected a finite number above 0',
  ],
  [{ classWeights: [0, 1], sampleWeights: [0] }, RangeError, 'the sum of sampleWeights times classWeights', 'is 0'],
]

const linear = () => new Network({ layers: [2, 1], outputActivation: 'identity', seed: 1 })
const objectiveCases: Case[] = [
  ...objectiveTakers.flatMap(([where, take]) =>
    badObjectives.map(([objective, kind, ...parts]): Case => {
      const [first, ...others] = parts as [string, ...string[]]
      const isOptions = first.startsWith('the options argument') // of which others take more
      return [(n) => take(n, objective), kind, `${where}: ${first}`, ...(isOptions ? [] : others)]
    }),
  ),
  ...(['train', 'loss', 'gradients'] as const).flatMap((name): Case[] => [
    [
      (n) =>
        n[name](
          rows.slice(2),
          [
            [0.2, 0.7],
            [0.3, 0.6],
          ],
          { classWeights: 'balanced' },
        ),
      RangeError,
      `${name}: classWeights is given for targets that are no labels`,
      'one-hot rows or one column of two values as targets',
    ],
    [
      () => linear()[name]([[1, 2]], [0], { labelSmoothing: 0.1 }),
      RangeError,
      `${name}: labelSmoothing is 0.1 with the output activation identity`,
      '0, or outputs of softmax or sigmoid, which stand for classes',
    ],
    [(n) => n[name]([[1, 2]], [[0, 1]], wrong({ clipNorm: 1 })), TypeError, `${name}: unknown option "clipNorm"`, 'l1'],
    [(n) => n[name]([[1, 2]], [[0, 1]], wrong({ epsilon: 1 })), TypeError, `${name}: unknown option "epsilon"`],
  ]),
  [
    (n) =>
      n.fit(
        rows.slice(2),
        [
          [0.2, 0.7],
          [0.3, 0.6],
        ],
        { classWeights: [1, 2] },
      ),
    RangeError,
    'fit: classWeights is given for targets that are no labels',
  ],
  [
    () => linear().fit([[1, 2]], [0], { labelSmoothing: 0.1 }),
    RangeError,
    'fit: labelSmoothing is 0.1 with the output',
  ],
  [
    (n) => checkGradients(n, [[1, 2]], [[0, 1]], wrong({ epsilon: 1 })),
    TypeError,
    'checkGradients: unknown option "epsilon"',
    'tolerance, sampleWeights',
  ],
  [
    (n) => numericalGradients(n, [[1, 2]], [[0, 1]], wrong({ tolerance: 1 })),
    TypeError,
    'numericalGradients: unknown option "tolerance"',
    'epsilon, sampleWeights',
  ],
]

/** Each kind of schedule: what it takes, what may not be missing, and what lies outside. */
const schedules: [name: string, given: object, required: string[], outside: Record<string, [number[], string]>][] = [
  ['constant', {}, [], {}],
  [
    'step',
    { every: 2 },
    ['every'],
    {
      every: [[0, -1, 1.5, Number.NaN, Infinity], 'a whole number of at least 1'],
      factor: [[0, -0.5, 1.5, Number.NaN], 'a number above 0, at most 1'],
    },
  ],
  ['exponential', { factor: 0.9 }, ['factor'], { factor: [[0, -0.5, 1.5, Infinity], 'a number above 0, at most 1'] }],
  [
    'cosine',
    {},
    [],
    { warmup: [[-0.1, 1, Number.NaN], 'from 0 to below 1'], final: [[-0.1, 1.1], 'a number from 0 to 1'] },
  ],
  [
    'oneCycle',
    {},
    [],
    {
      warmup: [[-0.1, 1], 'from 0 to below 1'],
      start: [[0, 1.1, Number.NaN], 'a number above 0, at most 1'],
      final: [[-1, 2], 'a number from 0 to 1'],
    },
  ],
  [
    'reduceOnPlateau',
    {},
    [],
    {
      factor: [[0, 1, -1, Number.NaN], 'a number between 0 and 1'],
      patience: [[-1, 0.5, Infinity], 'a whole number of at least 0'],
      minDelta: [[-0.1, 1], 'from 0 to below 1'],
      least: [[-1, Infinity], 'a finite number of at least 0'],
    },
  ],
]
const scheduleCases = schedules.flatMap(([name, given, required, outside]): Case[] => [
  ...required.map((key): Case => [fitting({ schedule: { name } }), TypeError, `fit: schedule: ${key} is undefined`]),
  ...Object.entries(outside).flatMap(([key, [numbers, expected]]): Case[] => [
    ...numbers.map(
      (number): Case => [
        fitting({ schedule: { name, ...given, [key]: number } }),
        RangeError,
        `fit: schedule: ${key} is ${number}`,
        expected,
      ],
    ),
    ...noNumbers.map(
      ([value, is]): Case => [
        fitting({ schedule: { name, ...given, [key]: value } }),
        TypeError,
        `fit: schedule: ${key} is ${is}`,
        expected,
      ],
    ),
    [
      fitting({ schedule: { name, ...given, [`${key}s`]: 1 } }),
      TypeError,
      `fit: schedule: unknown option "${key}s"; did you mean "${key}"?`,
    ],
  ]),
  [fitting({ schedule: { name, ...given, gamma: 0.1 } }), TypeError, 'fit: schedule: unknown option "gamma"'],
])

const whole = (name: string): Case[] => [
  ...[0, -1, 0.5, Number.NaN, Infinity].map(
    (number): Case => [
      fitting({ [name]: number }),
      RangeError,
      `fit: ${name} is ${number}`,
      'a whole number of at least 1',
    ],
  ),
  ...noNumbers.map(([value, is]): Case => [fitting({ [name]: value }), TypeError, `fit: ${name} is ${is}`]),
  [fitting({ [name]: 2 ** 53 }), RangeError, `fit: ${name} is 9007199254740992`],
]
const share = (name: string, outside: number[], expected: string): Case[] => [
  ...outside.map((number): Case => [fitting({ [name]: number }), RangeError, `fit: ${name} is ${number}`, expected]),
  ...noNumbers.map(([value, is]): Case => [fitting({ [name]: value }), TypeError, `fit: ${name} is ${is}`, expected]),
]
const aFunction = (name: string): Case[] =>
  [{}, null, 'log', true].map(
    (value): Case => [fitting({ [name]: value }), TypeError, `fit: ${name} is `, 'a function'],
  )
const set = { inputs: rows, targets: labels }
const metric = (metrics: unknown) => fitting({ metrics, validation: set })

const fitCases: Case[] = [
  ...whole('epochs'),
  ...whole('maxSteps'),
  ...whole('batchSize'),
  ...share('averaging', [0, 1, -0.5, 2, Number.NaN], 'a number above 0 and below 1'),
  ...share('clipNorm', [0, -1, Number.NaN, Infinity], 'a finite number above 0'),
  ...share('clipValue', [0, -1, Number.NaN, Infinity], 'a finite number above 0'),
  ...aFunction('onBatch'),
  ...aFunction('onEpoch'),
  ...['max_steps', 'maxStep'].map(
    (name): Case => [fitting({ [name]: 1 }), TypeError, `fit: unknown option "${name}"; did you mean "maxSteps"?`],
  ),
  [fitting({ epoch: 1 }), TypeError, 'fit: unknown option "epoch"; did you mean "epochs"?'],
  [fitting({ clip_norm: 1 }), TypeError, 'fit: unknown option "clip_norm"; did you mean "clipNorm"?'],
  [fitting({ earlyStop: {} }), TypeError, 'fit: unknown option "earlyStop"'],
  [fitting({ optimizer: adam() }), TypeError, 'fit: unknown option "optimizer"'],
  [fitting({ gradientNorms: 1 }), TypeError, 'fit: gradientNorms is 1', 'true or false'],
  [fitting({ gradientNorms: null }), TypeError, 'fit: gradientNorms is null'],
  [fitting({ onDivergence: 'halve' }), RangeError, 'fit: onDivergence is the string "halve"', "'stop' or 'halveRate'"],
  [fitting({ onDivergence: () => 0 }), TypeError, 'fit: onDivergence is the function onDivergence', "'stop' or"],
  [fitting({ onDivergence: null }), TypeError, 'fit: onDivergence is null'],

  ...scheduleCases,
  [fitting({ schedule: 'cosine' }), TypeError, 'fit: schedule is the string "cosine"', "such as { name: 'cosine' }"],
  [fitting({ schedule: null }), TypeError, 'fit: schedule is null'],
  [fitting({ schedule: {} }), TypeError, 'fit: schedule is an empty object', 'an object with a name'],
  [fitting({ schedule: { warmup: 0.1 } }), TypeError, 'fit: schedule is an object with warmup'],
  [fitting({ schedule: (step: number) => step }), TypeError, 'fit: schedule is the function schedule'],
  [fitting({ schedule: { name: 'cosin' } }), RangeError, 'fit: unknown schedule "cosin"; did you mean "cosine"?'],
  [fitting({ schedule: { name: 'onecycle' } }), RangeError, 'unknown schedule "onecycle"; did you mean "oneCycle"?'],
  [fitting({ schedule: { name: 'constructor' } }), RangeError, 'fit: unknown schedule "constructor"', 'constant, step'],
  [fitting({ schedule: { name: 3 } }), TypeError, 'fit: the name of the schedule is 3', 'a text'],

  [fitting({ earlyStopping: true }), TypeError, 'fit: earlyStopping is true', 'patience, minDelta, restoreBest'],
  [fitting({ earlyStopping: 5 }), TypeError, 'fit: earlyStopping is 5'],
  [fitting({ earlyStopping: null }), TypeError, 'fit: earlyStopping is null'],
  [fitting({ earlyStopping: [] }), TypeError, 'fit: earlyStopping is an array of 0'],
  [fitting({ earlyStopping: { patience: -1 } }), RangeError, 'fit: earlyStopping: patience is -1', 'of at least 0'],
  [fitting({ earlyStopping: { patience: 1.5 } }), RangeError, 'fit: earlyStopping: patience is 1.5'],
  [fitting({ earlyStopping: { patience: '1' } }), TypeError, 'fit: earlyStopping: patience is the string "1"'],
  [fitting({ earlyStopping: { minDelta: -1 } }), RangeError, 'fit: earlyStopping: minDelta is -1', 'of at least 0'],
  [fitting({ earlyStopping: { minDelta: Infinity } }), RangeError, 'fit: earlyStopping: minDelta is Infinity'],
  [fitting({ earlyStopping: { restoreBest: 0 } }), TypeError, 'fit: earlyStopping: restoreBest is 0', 'true or false'],
  [fitting({ earlyStopping: { min_delta: 0 } }), TypeError, 'unknown option "min_delta"; did you mean "minDelta"?'],

  [fitting({ checkpoint: () => 0 }), TypeError, 'fit: checkpoint is the function checkpoint', 'save, everyEpochs'],
  [fitting({ checkpoint: null }), TypeError, 'fit: checkpoint is null'],
  [fitting({ checkpoint: 'run.json' }), TypeError, 'fit: checkpoint is the string "run.json"'],
  [fitting({ checkpoint: {} }), TypeError, 'fit: checkpoint: save is undefined', 'a function'],
  [fitting({ checkpoint: { everyEpochs: 1 } }), TypeError, 'fit: checkpoint: save is undefined'],
  [fitting({ checkpoint: { save: 'run.json' } }), TypeError, 'fit: checkpoint: save is the string "run.json"'],
  ...['everyEpochs', 'everySteps'].flatMap((name): Case[] => [
    ...[0, -1, 0.5, Number.NaN, Infinity].map(
      (number): Case => [
        fitting({ checkpoint: { save: () => 0, [name]: number } }),
        RangeError,
        `fit: checkpoint: ${name} is ${number}`,
        'a whole number of at least 1',
      ],
    ),
    [fitting({ checkpoint: { save: () => 0, [name]: '1' } }), TypeError, `fit: checkpoint: ${name} is the string "1"`],
    [fitting({ checkpoint: { save: () => 0, [name]: null } }), TypeError, `fit: checkpoint: ${name} is null`],
  ]),
  [
    fitting({ checkpoint: { save: () => 0, everyEpoch: 1 } }),
    TypeError,
    'fit: checkpoint: unknown option "everyEpoch"; did you mean "everyEpochs"?',
  ],

  [metric('accuracy'), TypeError, 'fit: metrics is the string "accuracy"', "an array such as ['accuracy']"],
  [metric(null), TypeError, 'fit: metrics is null'],
  [metric({ name: 'mae', value: () => 0 }), TypeError, 'fit: metrics is an object with name, value'],
  [metric(['acuracy']), RangeError, 'fit: unknown metric "acuracy"; did you mean "accuracy"?'],
  [metric(['toString']), RangeError, 'fit: unknown metric "toString"; known are accuracy'],
  [metric([3]), TypeError, 'fit: a metric is 3', 'a name (accuracy) or an object { name, value }'],
  [metric([null]), TypeError, 'fit: a metric is null'],
  [metric([() => 0]), TypeError, 'fit: a metric is the function (anonymous)'],
  [metric([{ value: () => 0 }]), TypeError, 'fit: the name of a metric is undefined', 'a text'],
  [metric([{ name: '', value: () => 0 }]), RangeError, 'fit: the name of a metric is the string ""'],
  [metric([{ name: '__proto__', value: () => 0 }]), RangeError, 'the name of a metric is the string "__proto__"'],
  [metric([{ name: 'constructor', value: () => 0 }]), RangeError, 'the name of a metric is the string "constructor"'],
  [metric([{ name: 'mae' }]), TypeError, 'fit: the value of the metric mae is undefined', 'a function'],
  [metric(['accuracy', 'accuracy']), RangeError, 'fit: the name of two metrics is the string "accuracy"', 'for each'],
  [fitting({ metrics: ['accuracy'] }), TypeError, 'fit: validation is undefined', 'rows to measure the metrics on'],
  [
    () => linear().fit([[1, 2]], [0], { metrics: ['accuracy'], validation: { inputs: [[1, 2]], targets: [0] } }),
    TypeError,
    "fit: the metric 'accuracy' is asked of one identity output",
    'several outputs or one sigmoid output, to tell labels apart',
  ],

  ...share('validation', [0, 1, -0.1, 1.5, Infinity, Number.NaN], 'a share of the rows between 0 and 1, or { inputs,'),
  [fitting({ validation: 0.5 }), RangeError, 'fit: the number of rows is 1', 'at least 2, to hold out a share of them'],
  [fitting({ validation: () => set }), TypeError, 'fit: validation is the function validation'],

  [fitting({ resume: 1 }), TypeError, 'fit: resume is 1', 'true or false'],
  [fitting({ resume: 'run.json' }), TypeError, 'fit: resume is the string "run.json"'],
  [fitting({ resume: null }), TypeError, 'fit: resume is null'],
  [fitting({ resume: true }), TypeError, 'fit: resume is true', 'false, as there is no run to go on with'],
]

const cases: Case[] = [
  ...trainingCases,
  ...objectiveCases,
  ...fitCases,
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
    make({ layers: [2, 1], optimizer: sgd(), learningRate: -1 }),
    RangeError,
    'Network: learningRate is -1',
    'a finite number above 0',
  ],
  [make({ layers: [2, 1], learningRate: 0 }), RangeError, 'Network: learningRate is 0', 'a finite number above 0'],
  [make({ layers: [2, 1], learningRate: -1 }), RangeError, 'learningRate is -1'],
  [make({ layers: [2, 1], learningRate: Number.NaN }), RangeError, 'learningRate is NaN'],
  [make({ layers: [2, 1], learningRate: Infinity }), RangeError, 'learningRate is Infinity'],
  [make({ layers: [2, 1], learningRate: '0.1' }), TypeError, 'learningRate is the string "0.1"'],
  [
    make({ layers: [2, 1], optimizer: 'sgd' }),
    TypeError,
    'the optimizer is the string "sgd"',
    'adam() or adamw() returns',
  ],
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
  [fitting({ validation: null }), TypeError, 'fit: validation is null', 'a share of the rows between 0 and 1, or {'],
  [fitting({ validation: [[[1, 2]], [[0, 1]]] }), TypeError, 'fit: validation is an array of 2'],
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

test.each(named.map((one) => [one.error, one] as const))(
  '%s leaves the network as it was',
  async (_, { call, kind, parts }) => {
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
  },
)

describe('a run is not resumed', () => {
  const begun: Record<string, [FitOptions, Network]> = Object.fromEntries(
    Object.entries({
      plain: { batchSize: 2 },
      share: { batchSize: 2, validation: 0.5 },
      set: { validation: set },
      weighted: { sampleWeights: [1, 2, 3, 4], shuffle: false },
    } satisfies Record<string, FitOptions>).map(([name, options]) => [
      name,
      [options, new Network({ layers: [2, { units: 3, dropout: 0.5 }, 2], seed: 1 })],
    ]),
  )
  beforeAll(async () => {
    for (const [options, one] of Object.values(begun)) await one.fit(rows, labels, options)
  })
  const [fewer, fewerLabels] = [rows.slice(1), labels.slice(1)]
  const given: [what: string, of: string, table: number[][], options: object, kind: Kind, message: string][] = [
    [
      'with fewer rows',
      'plain',
      fewer,
      {},
      RangeError,
      'resume: the number of rows is 3; expected 4, as the run began',
    ],
    ['with more rows', 'plain', [...rows, ...rows], {}, RangeError, 'resume: the number of rows is 8; expected 4'],
    [
      'with another batchSize',
      'plain',
      rows,
      { batchSize: 3 },
      RangeError,
      'resume: batchSize is 3; expected 2, as the',
    ],
    [
      'with a batchSize first told',
      'set',
      rows,
      { batchSize: 4 },
      RangeError,
      'resume: batchSize is 4; expected 32, as',
    ],
    [
      'unshuffled',
      'plain',
      rows,
      { shuffle: false },
      RangeError,
      'resume: shuffle is false; expected true, as the run',
    ],
    [
      'shuffled',
      'weighted',
      rows,
      { shuffle: true, sampleWeights: [1, 2, 3, 4] },
      RangeError,
      'resume: shuffle is true',
    ],
    [
      'with a set where there was none',
      'plain',
      rows,
      { validation: set },
      RangeError,
      'expected none, as the run began',
    ],
    [
      'with a share where there was none',
      'plain',
      rows,
      { validation: 0.5 },
      RangeError,
      'is 0.5; expected none, as the',
    ],
    [
      'with another share',
      'share',
      rows,
      { validation: 0.25 },
      RangeError,
      'resume: validation is 0.25; expected 0.5, as',
    ],
    [
      'with a set for a share',
      'share',
      rows,
      { validation: set },
      RangeError,
      'an object with inputs, targets; expected 0.5',
    ],
    [
      'with a share for a set',
      'set',
      rows,
      { validation: 0.5 },
      RangeError,
      'is 0.5; expected { inputs, targets }, as the',
    ],
    [
      'without its set',
      'set',
      rows,
      {},
      TypeError,
      'resume: validation is missing; expected the rows that the run was',
    ],
    [
      'without its weights',
      'weighted',
      rows,
      {},
      TypeError,
      'resume: sampleWeights is missing; expected the weights that',
    ],
    [
      'with the weights of fewer rows',
      'weighted',
      rows,
      { sampleWeights: [1] },
      RangeError,
      'sampleWeights is 1; expected 4',
    ],
    ['with 0 epochs', 'plain', rows, { epochs: 0 }, RangeError, 'fit: epochs is 0'],
    ['with a wrong schedule', 'plain', rows, { schedule: { name: 'x' } }, RangeError, 'fit: unknown schedule "x"'],
    [
      'with other targets than its classWeights go with',
      'plain',
      rows,
      { classWeights: [1] },
      RangeError,
      'is 1; expected 2',
    ],
    ['with another share and epochs', 'share', rows, { epochs: 9, validation: 1 }, RangeError, 'fit: validation is 1'],
    ['with metrics of nothing', 'plain', rows, { metrics: ['accuracy'] }, TypeError, 'fit: validation is undefined'],
  ]
  test.each(given)('%s, and may be as it began', async (_, of, table, options, kind, message) => {
    const [asked, one] = begun[of] as [FitOptions, Network]
    const kept = JSON.stringify(one)
    const targets = table === fewer ? fewerLabels : table.map((row) => labels[rows.indexOf(row)] as number[])
    const error: unknown = await one
      .fit(table, targets, { resume: true, ...options })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toMatch(/^fit: /)
    expect((error as Error).message).toContain(message)
    expect(JSON.stringify(one)).toBe(kept)
    // what failed has not ended the run: a copy of it goes on
    const history = await Network.fromJSON(kept).fit(rows, labels, { ...asked, resume: true, epochs: 2 })
    expect(history.loss).toHaveLength(2)
  })

  test('after a step of train, which ends it', async () => {
    const one = Network.fromJSON(JSON.stringify(begun.plain?.[1]))
    one.train(rows, labels)
    const kept = JSON.stringify(one)
    await expect(one.fit(rows, labels, { resume: true })).rejects.toThrow(
      'fit: resume is true; expected false, as there is no run to go on with (a step of train or an iteration of solve ends it)',
    )
    expect(JSON.stringify(one)).toBe(kept)
  })
})

test("what a user's own metric gives must be a number", async () => {
  const one = new Network({ layers: [2, 2], seed: 1 })
  for (const value of ['0.5', undefined, Promise.resolve(1)]) {
    const metrics = [{ name: 'mine', value: () => wrong(value) }]
    await expect(one.fit(rows, labels, { validation: set, metrics })).rejects.toThrow(
      /^fit: what the metric mine gave is .*; expected a number$/,
    )
  }
  const metrics = [{ name: 'mine', value: () => Number.NaN }]
  expect((await one.fit(rows, labels, { validation: set, metrics })).metrics).toEqual({ mine: [Number.NaN] })
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

/** The network as JSON but for the run of fit, which says what was asked for. */
function allButRun(one: Network): string {
  const { training, checksum: _, ...rest } = one.toJSON()
  const { run: __, ...state } = training as NonNullable<NetworkJSON['training']>
  return JSON.stringify({ ...rest, state })
}

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
    const kept = allButRun(one)
    for (const rows of [1, 300]) {
      const [inputs, targets] = [Array<number>(rows).fill(x), Array<number>(rows).fill(0)]
      expect(() => one.train(inputs, targets)).toThrow(
        /^train[^:]*: the loss of row 0 is (NaN|Infinity); expected a finite number\. .*The step was not taken: /,
      )
      expect(() => one.train(inputs, targets)).toThrow(RangeError)
      expect(() => one.gradients(inputs, targets)).toThrow(/^gradients: the loss is (NaN|Infinity); expected a finite/)
      expect(allButRun(one)).toBe(kept)
      // fit looks at the parameters first
      await expect(one.fit(inputs, targets, { shuffle: false })).rejects.toThrow(
        Number.isFinite(weight)
          ? /^fit, epoch 1, batch 1 \(step 1 of the run\): the loss of row 0 is (NaN|Infinity); expected a finite number\. /
          : /^fit, epoch 1, batch 1 \(step 1 of the run\): layer 0: an element of its weights is (NaN|-?Infinity); expected a /,
      )
      await expect(one.fit(inputs, targets, { shuffle: false })).rejects.toThrow(/The step was not taken/)
    }
    expect(allButRun(one)).toBe(kept)
    expect(Number.isFinite(one.loss([x], [0]))).toBe(false)
  })

  test('in the second block of a batch changes nothing, and leaves the next gradients right', () => {
    const one = new Network({ layers: [1, 1], outputActivation: 'identity', kernels, seed: 1 })
    const kept = JSON.stringify(one)
    const inputs = Array<number>(300).fill(1)
    const expected = one.gradients(inputs, inputs)
    expect(() => one.train(inputs.with(299, 1e38), inputs)).toThrow(/the loss of row 299 is Infinity/)
    expect(JSON.stringify(one)).toBe(kept)
    expect(one.gradients(inputs, inputs)).toEqual(expected)
  })

  test.each([
    ['a float32 step too long', 'float32', 1e38, 'identity', 'layer 0: the step of its weights is'],
    ['a float64 step too long', 'float64', 1e307, 'identity', 'layer 0: the step of its weights is'],
    ['a derivative that is NaN', 'float64', 0.1, 'unsure', 'layer 0: the gradient of its weights is NaN'],
  ] as const)('%s is not taken, though the loss is finite', async (_, dtype, learningRate, name, message) => {
    const unsure = { name, value: (z: number) => z, derivative: () => Number.NaN }
    const outputActivation = name === 'unsure' ? unsure : name
    const one = new Network({ layers: [1, 1], outputActivation, learningRate, dtype, kernels, seed: 1 })
    const kept = allButRun(one)
    expect(() => one.train([100, 200], [0, 0])).toThrow(message)
    await expect(one.fit([100, 200], [0, 0], { shuffle: false })).rejects.toThrow(RangeError)
    expect(allButRun(one)).toBe(kept)
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
    await expect(loose).rejects.toThrow(/^fit, epoch 1, batch 3 \(step 3 of the run\): the loss of row 2 is Infinity/)
    twin.train([1], [0])
    twin.train([2], [0])
    expect(one.toJSON().layers).toEqual(twin.toJSON().layers)
    expect(one.train([1], [0])).toBe(twin.train([1], [0]))
  })
})
