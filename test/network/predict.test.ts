import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import type { Table } from '../../src/matrix/rows.ts'
import { Network } from '../../src/network/network.ts'
import type { ActivationName } from '../../src/rule/activations.ts'
import { kernelNames } from '../kernels/available.ts'

/** Outputs are the inputs themselves, so that labels can be read off the rows. */
function mirror(width: number, outputActivation: ActivationName = 'identity'): Network {
  const network = new Network({ layers: [width, width], outputActivation, dtype: 'float64', seed: 1 })
  network.layers[0]?.weights.map((_, i, j) => (i === j ? 1 : 0), network.layers[0].weights)
  return network
}

describe.each(kernelNames)('%s kernels', (kernels) => {
  test.each([1, 2, 255, 256, 257, 10_000])('predict gives %i rows the outputs that each has alone', (rows) => {
    const network = new Network({ layers: [2, 3, 2], kernels, seed: 1 })
    const inputs = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
    const outputs = network.predict(inputs)
    expect(outputs.shape).toEqual([rows, 2])
    expect(outputs.dtype).toBe('float32')
    for (const i of [0, 1, 254, 255, 256, 511, 512, rows - 1].filter((row) => row < rows)) {
      expect(outputs.toArray()[i]).toEqual(network.predict([inputs[i] as number[]]).toArray()[0])
    }
  })

  test('predict gives a matrix of its own, which later work leaves alone', () => {
    const network = new Network({ layers: [2, 2], kernels, seed: 1 })
    const outputs = network.predict([[1, 2]])
    const before = outputs.toArray()
    network.train([[5, 6]], [[0, 1]])
    network.predict([[7, 8]])
    expect(outputs.toArray()).toEqual(before)
  })

  test('a matrix of the network itself is taken as data', () => {
    const network = new Network({ layers: [2, 2], kernels, seed: 1 })
    const weights = network.layers[0]?.weights as Matrix
    expect(network.predict(weights).toArray()).toEqual(network.predict(weights.toArray()).toArray())
    const twin = Network.fromJSON(network.toJSON(), { kernels })
    const rows = weights.toArray()
    expect(network.train(weights, weights)).toBe(twin.train(rows, rows))
    expect(JSON.stringify(network)).toBe(JSON.stringify(twin))
  })

  test('what is written into weights and biases changes the network, and a step changes what they show', () => {
    const network = new Network({ layers: [1, 1], outputActivation: 'identity', kernels, seed: 1 })
    const { weights, biases } = network.layers[0] as (typeof network.layers)[number]
    weights.set(0, 0, 3)
    biases.assign([[0.5]])
    expect(network.predict([2]).toArray()).toEqual([[6.5]])
    network.train([2], [6])
    // E = ½(6.5 − 6)², so W ← 3 − 0.3·0.5·2 and b ← 0.5 − 0.3·0.5, rounded to float32 once or twice
    expect(weights.get(0, 0)).toBeCloseTo(2.7, 6)
    expect(biases.get(0, 0)).toBeCloseTo(0.35, 6)
  })
})

describe('inputs', () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]
  const flat = rows.flat()
  const forms: [string, Table][] = [
    ['a Matrix', Matrix.from(rows)],
    ['a float32 Matrix', Matrix.from(rows, { dtype: 'float32' })],
    [
      'a transposed view',
      Matrix.from([
        [1, 4, 7],
        [2, 5, 8],
        [3, 6, 9],
      ]).transpose(),
    ],
    ['a block of a larger matrix', Matrix.from([[0, 0, 0, 0], ...rows.map((row) => [0, ...row])]).block(1, 1, 3, 3)],
    ['rows taken backwards', Matrix.from([...rows].reverse()).step(-1)],
    [
      'every second row and column',
      Matrix.from(rows.flatMap((row) => [row.flatMap((x) => [x, 0]), [0, 0, 0, 0, 0, 0]])).step(2, 2),
    ],
    ['an ndarray of uint8', ndarray(new Uint8Array(flat), [3, 3])],
    ['an ndarray of float64', ndarray(new Float64Array(flat), [3, 3])],
    ['an ndarray of int16 in columns', ndarray(new Int16Array([1, 4, 7, 2, 5, 8, 3, 6, 9]), [3, 3], [1, 3])],
    ['an ndarray over a plain array', ndarray(flat, [3, 3])],
    ['typed rows', rows.map((row) => new Float32Array(row))],
    ['rows of mixed kinds', [new Uint8Array([1, 2, 3]), [4, 5, 6], new Float64Array([7, 8, 9])]],
  ]

  test.each(forms)('are taken as %s, by every function', (_, table) => {
    const network = mirror(3)
    expect(network.predict(table).toArray()).toEqual(rows)
    expect(network.classify(table)).toEqual([2, 2, 2])
    expect(network.loss(table, table)).toBe(0)
    expect(network.gradients(rows, table)).toEqual(network.gradients(table, rows))
    expect(network.train(table, table)).toBe(0)
    const float32 = new Network({ layers: [3, 3], seed: 1 })
    expect(float32.predict(table).toArray()).toEqual(float32.predict(rows).toArray())
  })

  test.each<[string, Table]>([
    ['an array', [1, 2, 3]],
    ['a typed array', new Float32Array([1, 2, 3])],
    ['an ndarray', ndarray(new Float64Array([1, 2, 3]))],
  ])('that are flat, as %s, are a column where the layer has width 1, else one row', (_, table) => {
    expect(mirror(1).predict(table).toArray()).toEqual([[1], [2], [3]])
    expect(mirror(3).predict(table).toArray()).toEqual([[1, 2, 3]])
    expect(mirror(1).loss(table, table)).toBe(0)
  })

  test.each<[string, Table]>([
    ['a Matrix', Matrix.from(rows)],
    ['a Float64Array', ndarray(new Float64Array(flat), [3, 3])],
  ])('are never written to: %s', (_, table) => {
    mirror(3).train(table, table)
    expect(Matrix.from(table).toArray()).toEqual(rows)
  })
})

describe('labels', () => {
  test('are the index of the greatest output, the first of several', () => {
    expect(
      mirror(3).classify([
        [1, 3, 2],
        [5, 5, 5],
        [1, 2, 2],
        [-1, -3, -2],
      ]),
    ).toEqual([1, 0, 1, 0])
    expect(
      mirror(3, 'softmax').classify([
        [1, 3, 2],
        [5, 5, 5],
      ]),
    ).toEqual([1, 0])
  })

  test('of one sigmoid output are 1 from a = 0.5 on', () => {
    expect(mirror(1, 'sigmoid').classify([-1, -1e-9, 0, 1e-9, 1])).toEqual([0, 0, 1, 1, 1])
  })

  test.each<ActivationName>(['identity', 'tanh', 'relu', 'softmax'])('do not exist for one %s output', (f) => {
    const network = mirror(1, f)
    for (const call of [() => network.classify([1]), () => network.accuracy([1], [0])]) {
      expect(call).toThrow(TypeError)
      expect(call).toThrow(`the output layer is one ${f} output; expected several outputs or one sigmoid output`)
    }
  })

  test('are sorted by accuracy into matched and mismatched rows, in order, each once', () => {
    const inputs = Array.from({ length: 600 }, (_, i) => [i % 3 === 0 ? 1 : 0, 0, i % 3 === 2 ? 1 : 0])
    const labels = inputs.map((_, i) => (i % 6 < 3 ? 0 : 2))
    const { accuracy, matched, mismatched } = mirror(3).accuracy(inputs, labels)
    const rows = [...inputs.keys()]
    expect(matched).toEqual(rows.filter((i) => (i % 3 === 2 ? 2 : 0) === labels[i]))
    expect([...matched, ...mismatched].sort((a, b) => a - b)).toEqual(rows)
    expect(mismatched).toEqual([...mismatched].sort((a, b) => a - b))
    expect(accuracy).toBe(matched.length / 600)
  })

  test.each([
    ['an array', [1, 0]],
    ['a typed array', new Uint8Array([1, 0])],
    ['a 1-D ndarray', ndarray(new Int32Array([0, 9, 1]), [2], [-2], 2)],
  ])('are taken as %s', (_, labels) => {
    expect(
      mirror(2).accuracy(
        [
          [0, 1],
          [0, 1],
        ],
        labels,
      ),
    ).toEqual({ accuracy: 0.5, matched: [0], mismatched: [1] })
  })
})

test('loss is the sum over outputs and the mean over rows', () => {
  // ½(1 + 4) and ½(9 + 16), halved: exact in binary
  expect(
    mirror(2).loss(
      [
        [0, 0],
        [0, 0],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ),
  ).toBe((2.5 + 12.5) / 2)
})

describe('summary', () => {
  const network = new Network({
    layers: [784, { units: 100, activation: 'relu' }, 10],
    kernels: 'ndarray',
    seed: 7,
  })

  test('shows layers, shapes, parameters and memory as aligned lines', () => {
    expect(network.summary()).toBe(
      [
        'Network 784-100-10, float32, ndarray kernels, seed 7',
        'layer  activation  weights  biases  parameters',
        '    0  relu        784×100   1×100      78,500',
        '    1  sigmoid      100×10    1×10       1,010',
        '79,510 parameters; squaredError by sgd, learning rate 0.3',
        'memory: parameters 310.6 KiB, gradients 310.6 KiB, workspace 1.1 MiB (blocks of 256 rows)',
      ].join('\n'),
    )
  })

  test('aligns names and numbers of any length', () => {
    const own = { name: 'anActivationOfALongName', value: (z: number) => z, derivative: () => 1 }
    const lines = new Network({ layers: [1, { units: 100_000, activation: own }, 1] }).summary().split('\n').slice(1, 4)
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
  })
})

test('layers and optimizer are frozen, for what is put in their place would change nothing', () => {
  const network = new Network({ layers: [2, 1], seed: 1 })
  expect(Object.isFrozen(network.layers) && network.layers.every(Object.isFrozen)).toBe(true)
  expect(Object.isFrozen(network.optimizer)).toBe(true)
  expect(() => Object.assign(network.layers[0] as object, { weights: Matrix.zeros(2, 1) })).toThrow(TypeError)
})

test('frozen options and options behind getters are taken', () => {
  const options = Object.freeze({ layers: Object.freeze([2, Object.freeze({ units: 1 })]), seed: 1 })
  const lazy = {
    get layers() {
      return [2, 1]
    },
    get seed() {
      return 1
    },
  }
  expect(JSON.stringify(new Network(options))).toBe(JSON.stringify(new Network(lazy)))
})

test('a network of 200 layers trains, and its gradients reach the first', () => {
  const network = new Network({
    layers: Array<number>(201).fill(2),
    activation: 'tanh',
    outputActivation: 'identity',
    learningRate: 1e-3,
    seed: 1,
  })
  const [inputs, targets] = [
    [
      [1, -1],
      [0.5, 2],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  ]
  const first = network.train(inputs, targets)
  for (let step = 0; step < 20; step++) network.train(inputs, targets)
  expect(network.loss(inputs, targets)).toBeLessThan(first)
  const biases = network.gradients(inputs, targets).layers.map((layer) => layer.biases.sum())
  expect(biases).toHaveLength(200)
  expect(biases.every(Number.isFinite)).toBe(true)
})

test('two networks do not share anything', () => {
  const [a, b] = [1, 1].map((seed) => new Network({ layers: [2, 2], seed })) as [Network, Network]
  const before = JSON.stringify(b)
  a.train([[1, 2]], [[0, 1]])
  expect(JSON.stringify(b)).toBe(before)
})
