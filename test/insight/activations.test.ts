import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { Activation, Dtype, ElementActivation } from '../../src/kernels/plan.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import type { Table } from '../../src/matrix/rows.ts'
import { Network } from '../../src/network/network.ts'
import { type ActivationName, activations } from '../../src/rule/activations.ts'
import { kernelNames } from '../kernels/available.ts'

const names = Object.keys(activations) as ActivationName[]
const hidden = names.filter((name) => name !== 'softmax')

/** A_l by the formula alone, from rows of A_(l−1). */
function layerOf({ layers }: Network, l: number, f: Activation, below: number[][]): number[][] {
  const { weights, biases } = layers[l] as Network['layers'][number]
  return below.map((row) => {
    const z = Array.from({ length: weights.columns }, (_, k) =>
      row.reduce((sum, a, j) => sum + a * weights.get(j, k), biases.get(0, k)),
    )
    return 'rowwise' in f ? f.value(z) : z.map((one) => f.value(one))
  })
}

describe.each(kernelNames)('activations, on %s kernels,', (kernels) => {
  test.each<[Dtype, number]>([
    ['float32', 5], // six digits and a half, of sums of up to 9 products
    ['float64', 12],
  ])('are A_l = f(A_(l−1)·W_l + b_l) of every layer, in %s', (dtype, digits) => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 })
    const property = fc.property(sizes, fc.nat(), fc.integer({ min: 1, max: 12 }), (layers, seed, rows) => {
      const activation = hidden[seed % hidden.length] as ActivationName
      const outputActivation = names[seed % names.length] as ActivationName
      const network = new Network({ layers, activation, outputActivation, dtype, kernels, seed })
      for (const { biases } of network.layers) biases.map((_, __, k) => Math.sin(seed + k), biases)
      const inputs = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: layers[0] as number }, (_, j) => Math.sin(7 * i + j)),
      )
      const found = network.activations(inputs)
      expect(found.map(({ shape }) => shape)).toEqual(layers.slice(1).map((units) => [rows, units]))
      let below = inputs
      found.forEach((A, l) => {
        expect(A.dtype).toBe(dtype)
        const f = activations[l === found.length - 1 ? outputActivation : activation]
        const expected = layerOf(network, l, f, below)
        for (const [k, a] of A.toArray().flat().entries()) expect(a).toBeCloseTo(expected.flat()[k] as number, digits)
        below = A.toArray()
      })
    })
    fc.assert(property, { numRuns: 40 })
  })

  test.each([1, 255, 256, 257, 600])('of %i rows end with what predict gives, each row as it has alone', (rows) => {
    const network = new Network({ layers: [2, 3, 4, 2], kernels, seed: 1 })
    const inputs = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
    const found = network.activations(inputs)
    expect(found.at(-1)?.toArray()).toEqual(network.predict(inputs).toArray())
    for (const i of [0, 254, 255, 256, rows - 1].filter((row) => row < rows)) {
      const alone = network.activations([inputs[i] as number[]])
      expect(found.map((A) => A.toArray()[i])).toEqual(alone.map((A) => A.toArray()[0]))
    }
  })

  test('are matrices of their own, which later work leaves alone and which leave the network alone', () => {
    const network = new Network({ layers: [2, { units: 3, dropout: 0.5 }, 2], kernels, seed: 1 })
    const text = JSON.stringify(network)
    const found = network.activations([[1, 2]])
    expect(network.activations([[1, 2]])).toEqual(found) // nothing is dropped, so nothing is drawn
    const before = found.map((A) => A.toArray())
    for (const A of network.activations([[1, 2]])) A.map(() => 9, A)
    expect(JSON.stringify(network)).toBe(text)
    network.train([[5, 6]], [[0, 1]])
    expect(found.map((A) => A.toArray())).toEqual(before)
  })

  test("are those of the user's own function too", () => {
    const square: ElementActivation = { name: 'square', value: (z) => z * z, derivative: (z) => 2 * z }
    const network = new Network({
      layers: [1, 1, 1],
      activation: square,
      outputActivation: 'identity',
      kernels,
      seed: 1,
    })
    for (const { weights } of network.layers) weights.assign([[2]])
    expect(network.activations([3, -1]).map((A) => A.toArray())).toEqual([
      [[36], [4]],
      [[72], [8]],
    ])
  })
})

test.each<[string, Table]>([
  [
    'a Matrix',
    Matrix.from([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a view',
    Matrix.from([
      [1, 3],
      [2, 4],
    ]).transpose(),
  ],
  ['an ndarray', ndarray(new Int16Array([1, 2, 3, 4]), [2, 2])],
])('activations take inputs as %s', (_, table) => {
  const network = new Network({ layers: [2, 3, 2], seed: 1 })
  expect(network.activations(table)).toEqual(
    network.activations([
      [1, 2],
      [3, 4],
    ]),
  )
})

test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
  ['nothing', undefined, TypeError, 'activations: inputs is undefined'],
  ['rows of another width', [[1]], RangeError, 'activations: the shape of inputs is (1×1); expected 2 columns'],
  ['no rows', [], RangeError, 'activations: the shape of inputs is (0×0)'],
  ['NaN', [[0, Number.NaN]], RangeError, 'activations: inputs, row 0, column 1 is NaN'],
])('activations refuse %s', (_, inputs, Kind, message) => {
  const network = new Network({ layers: [2, 2], seed: 1 })
  const call = () => network.activations(inputs as Table)
  expect(call).toThrow(Kind)
  expect(call).toThrow(message)
})
