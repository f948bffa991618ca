import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { AttributionOptions } from '../../src/insight/attributions.ts'
import { attributions } from '../../src/insight/attributions.ts'
import { gaussLegendre } from '../../src/insight/gauss-legendre.ts'
import type { ElementActivation } from '../../src/kernels/plan.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import type { Table } from '../../src/matrix/rows.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { Generator } from '../../src/random/generator.ts'
import { activations } from '../../src/rule/activations.ts'
import { kernelNames } from '../kernels/available.ts'

/** Activations whose every derivative is smooth: along the way from baseline to input, an output is so too. */
const smooth = ['identity', 'sigmoid', 'tanh', 'gelu', 'silu', 'softplus'] as const

/** A float64 network with biases that are not 0. */
function networkWith(options: NetworkOptions): Network {
  const network = new Network({ dtype: 'float64', seed: 1, ...options })
  const random = new Generator(7)
  for (const { biases } of network.layers) biases.map(() => random.uniform(-1, 1), biases)
  return network
}

function tableOf(rows: number, columns: number, seed: number, size: number): number[][] {
  const random = new Generator(seed)
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.uniform(-size, size)))
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

describe('the points of Gauss and Legendre', () => {
  test('are exact for every power below 2n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (n, draw) => {
        const power = draw % (2 * n)
        const { points, weights } = gaussLegendre(n)
        const integral = sum([...points].map((x, i) => (weights[i] as number) * x ** power))
        expect(integral * (power + 1)).toBeCloseTo(1, 12) // some 60 terms below 1, each rounded
      }),
    )
  })

  test.each([1, 2, 3, 255, 256, 4096])('lie in order between 0 and 1, %i of them, and weigh 1 together', (n) => {
    const { points, weights } = gaussLegendre(n)
    expect(points.every((x, i) => x > (points[i - 1] ?? 0) && x < 1)).toBe(true)
    expect(sum([...weights])).toBeCloseTo(1, 12)
  })
})

describe.each(kernelNames)('attributions, on %s kernels,', (kernels) => {
  test('by hand: of z² at x = (1, 2) with weights 1 and 3, a = 49 is parted as 1·1 and 3·2 are', () => {
    const square: ElementActivation = { name: 'square', value: (z) => z * z, derivative: (z) => 2 * z }
    const network = new Network({ layers: [2, 1], outputActivation: square, kernels, dtype: 'float64', seed: 1 })
    network.layers[0]?.weights.assign([[1], [3]])
    const found = attributions(network, [[1, 2]])
    // ∂f/∂x_1 = 2·(7α)·1, whose integral is 7; likewise 21 for x_2
    expect(found.attributions.get(0, 0)).toBeCloseTo(7, 12)
    expect(found.attributions.get(0, 1)).toBeCloseTo(42, 12)
    expect(found).toMatchObject({ outputs: [49], baselines: [0] })
    expect(found.gaps[0]).toBeCloseTo(0, 12)
  })

  test.each(smooth)('of one layer of %s are what the integral is in closed form', (outputActivation) => {
    const { value } = activations[outputActivation]
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), fc.nat(), (inputs, units, seed) => {
        const network = networkWith({ layers: [inputs, units], outputActivation, kernels, seed })
        const [x, baseline] = [tableOf(3, inputs, seed, 3), tableOf(3, inputs, seed + 1, 3)]
        const output = seed % units
        const found = attributions(network, x, { baseline, output })
        const { weights, biases } = network.layers[0] as (typeof network.layers)[number]
        const zOf = (row: readonly number[]) =>
          biases.get(0, output) + sum(row.map((one, j) => one * weights.get(j, output)))
        x.forEach((row, i) => {
          const [to, from] = [zOf(row), zOf(baseline[i] as number[])]
          fc.pre(Math.abs(to - from) > 1e-3) // below, the quotient is itself inexact
          // w_j·(x_j − x′_j)·∫ f'(z′ + α(z − z′)) dα
          const slope = (value(to) - value(from)) / (to - from)
          row.forEach((one, j) => {
            const expected = weights.get(j, output) * (one - (baseline[i]?.[j] as number)) * slope
            expect(found.attributions.get(i, j)).toBeCloseTo(expected, 9) // rounding of the quotient, by 1e3
          })
        })
      }),
      { numRuns: 30 },
    )
  })

  test('of a linear network of any depth are w_j·(x_j − x′_j), w the product of all its weights', () => {
    const network = networkWith({ layers: [3, 4, 5, 2], activation: 'identity', outputActivation: 'identity', kernels })
    const [first, ...rest] = network.layers.map(({ weights }) => Matrix.from(weights.toArray()))
    const w = rest.reduce((product, weights) => product.matmul(weights), first as Matrix)
    const [x, baseline] = [tableOf(4, 3, 1, 5), [[1, -2, 0.5]]]
    const found = attributions(network, x, { baseline, output: 1, steps: 1 }) // the derivative is the same everywhere
    x.forEach((row, i) => {
      row.forEach((one, j) => {
        const expected = w.get(j, 1) * (one - (baseline[0]?.[j] as number))
        expect(found.attributions.get(i, j)).toBeCloseTo(expected, 12)
      })
    })
  })

  describe.each(['float32', 'float64'] as const)('of a %s network', (dtype) => {
    test.each(smooth.flatMap((f) => (['softmax', f] as const).map((output) => [f, output] as const)))(
      'of %s with %s outputs, sum to f(x) − f(x′) within 1e-6, at 256 steps, depths 1 to 4 and inputs up to 5',
      (activation, outputActivation) => {
        for (const depth of [1, 2, 3, 4]) {
          const layers = [6, ...Array<number>(depth - 1).fill(10), 4]
          const network = networkWith({ layers, activation, outputActivation, kernels, dtype, seed: depth })
          const x = tableOf(8, 6, depth, 5)
          const found = attributions(network, x, { output: 2 })
          const rows = found.attributions.toArray()
          rows.forEach((row, i) => {
            const difference = (found.outputs[i] as number) - (found.baselines[i] as number)
            expect(Math.abs(sum(row) - difference)).toBeLessThan(1e-6)
            expect(found.gaps[i]).toBeCloseTo(sum(row) - difference, 14)
          })
        }
      },
    )
  })

  test('follow the derivatives that differences of predict give, through every activation', () => {
    for (const activation of ['relu', 'leakyRelu', 'elu', ...smooth] as const) {
      for (const outputActivation of ['softmax', activation] as const) {
        const network = networkWith({ layers: [3, 5, 4, 2], activation, outputActivation, kernels, seed: 3 })
        const [x, baseline] = [[[0.7, -1.1, 0.4]], [[-0.2, 0.3, 0.9]]]
        const found = attributions(network, x, { baseline, output: 1, steps: 1 }) // one point, in the middle
        const middle = (x[0] as number[]).map((one, j) => (one + (baseline[0]?.[j] as number)) / 2)
        for (let j = 0; j < 3; j++) {
          const h = 1e-5
          const at = (shift: number) =>
            network.predict([middle.map((one, k) => (k === j ? one + shift : one))]).get(0, 1)
          const derivative = (at(h) - at(-h)) / (2 * h)
          const distance = (x[0]?.[j] as number) - (baseline[0]?.[j] as number)
          // the error of a difference: h² times a third derivative of about 1, and 1e-16/h
          expect(found.attributions.get(0, j)).toBeCloseTo(distance * derivative, 8)
        }
      }
    }
  })

  test('give 0 to an input that does nothing, and to one that is as in the baseline', () => {
    const network = networkWith({ layers: [3, 6, 2], activation: 'tanh', outputActivation: 'softmax', kernels })
    const { weights } = network.layers[0] as (typeof network.layers)[number]
    for (let k = 0; k < 6; k++) weights.set(1, k, 0)
    const found = attributions(network, [[1, 2, 3]], { output: 0, baseline: [0, 0, 3] })
    expect(found.attributions.get(0, 1)).toBe(0)
    expect(found.attributions.get(0, 2)).toBe(0)
    expect(Math.abs(found.attributions.get(0, 0))).toBeGreaterThan(1e-3)
  })

  test('are the same of two inputs that do the same', () => {
    const network = networkWith({ layers: [3, 6, 1], activation: 'tanh', kernels })
    const { weights } = network.layers[0] as (typeof network.layers)[number]
    for (let k = 0; k < 6; k++) weights.set(2, k, weights.get(0, k))
    const { attributions: each } = attributions(network, [[1.5, 2, 1.5]])
    expect(each.get(0, 0)).toBeCloseTo(each.get(0, 2), 13) // sums of the same numbers, perhaps in another order
    expect(each.get(0, 0)).not.toBeCloseTo(each.get(0, 1), 3)
  })

  test.each([1, 3, 256, 300])('of %i rows are those that each row has alone', (rows) => {
    const network = networkWith({ layers: [2, 3, 2], kernels })
    const [x, baseline] = [tableOf(rows, 2, 1, 2), tableOf(rows, 2, 2, 2)]
    const output = x.map((_, i) => i % 2)
    const found = attributions(network, x, { baseline, output, steps: 7 }) // so that rows lie astride blocks
    expect(found.attributions.shape).toEqual([rows, 2])
    for (const i of [0, 1, 35, 36, 37, 255, rows - 1].filter((row) => row < rows)) {
      const one = { baseline: [baseline[i] as number[]], output: output[i] as number, steps: 7 }
      const alone = attributions(network, [x[i] as number[]], one)
      expect(found.attributions.toArray()[i]).toEqual(alone.attributions.toArray()[0])
      expect([found.outputs[i], found.baselines[i], found.gaps[i]]).toEqual([
        alone.outputs[0],
        alone.baselines[0],
        alone.gaps[0],
      ])
    }
  })

  test('leave the network as it is, to the bit, and ignore dropout', () => {
    const hidden = { units: 5, activation: 'tanh', dropout: 0.5 } as const
    const network = new Network({ layers: [2, hidden, 2], kernels, seed: 1 })
    network.train([[1, 2]], [[0, 1]])
    const before = JSON.stringify(network)
    const found = attributions(network, [[1, 2]], { output: 1 })
    expect(JSON.stringify(network)).toBe(before)
    expect(found.outputs[0]).toBeCloseTo(network.predict([[1, 2]]).get(0, 1), 6) // float32 against float64
    expect(Math.abs(found.gaps[0] as number)).toBeLessThan(1e-6)
  })
})

describe('attributions', () => {
  test('of networks with kinks come nearer to the difference with more steps', () => {
    const network = networkWith({ layers: [6, 20, 3], activation: 'relu', outputActivation: 'identity' })
    const x = tableOf(20, 6, 1, 3)
    const gapAt = (steps: number) => Math.max(...attributions(network, x, { output: 0, steps }).gaps.map(Math.abs))
    // the error at a kink falls as 1/steps: 64 times as many, half of it left for chance
    expect(gapAt(4096)).toBeLessThan(gapAt(64) / 30)
  })

  test('whose integral misses all of the difference say so in the gaps', () => {
    const network = networkWith({ layers: [2, 4, 1], activation: 'tanh', outputActivation: 'identity' })
    const { attributions: each, outputs, baselines, gaps } = attributions(network, [[1e300, 1e300]])
    const difference = (outputs[0] as number) - (baselines[0] as number)
    expect(each.toArray()).toEqual([[0, 0]])
    expect(Math.abs(difference)).toBeGreaterThan(0.01)
    expect(gaps).toEqual([-difference])
  })

  test('explain the class that classify gives, where that is asked for', () => {
    const network = networkWith({ layers: [2, 4, 3], outputActivation: 'softmax' })
    const x = tableOf(10, 2, 4, 3)
    const { outputs } = attributions(network, x, { output: network.classify(x) })
    const greatest = network
      .predict(x)
      .toArray()
      .map((row) => Math.max(...row))
    for (const [i, output] of outputs.entries()) expect(output).toBeCloseTo(greatest[i] as number, 14)
  })

  test('are of zeros where no baseline is given, and take one row for all', () => {
    const network = networkWith({ layers: [2, 3, 1] })
    const x = tableOf(3, 2, 1, 1)
    expect(attributions(network, x)).toEqual(attributions(network, x, { baseline: [0, 0], output: 0, steps: 256 }))
    const shared = attributions(network, x, { baseline: [1, 2] })
    expect(shared).toEqual(attributions(network, x, { baseline: x.map(() => [1, 2]), output: [0, 0, 0] }))
  })

  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
  ]
  const flat = rows.flat()
  test.each<[string, Table]>([
    ['a Matrix', Matrix.from(rows)],
    ['a float32 Matrix', Matrix.from(rows, { dtype: 'float32' })],
    [
      'a transposed view',
      Matrix.from([
        [1, 3, 5],
        [2, 4, 6],
      ]).transpose(),
    ],
    ['an ndarray of uint8', ndarray(new Uint8Array(flat), [3, 2])],
    ['rows taken backwards', Matrix.from([...rows].reverse()).step(-1)],
    ['typed rows', rows.map((row) => new Float32Array(row))],
  ])('take inputs and baseline as %s, and never write to them', (_, table) => {
    const network = networkWith({ layers: [2, 3, 1] })
    const expected = attributions(network, rows, {
      baseline: [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
    })
    expect(attributions(network, table, { baseline: [2, 2] })).toEqual(expected)
    const turned = attributions(
      network,
      [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
      { baseline: table },
    )
    turned.attributions
      .toArray()
      .flat()
      .forEach((one, k) => {
        expect(one).toBeCloseTo(-(expected.attributions.toArray().flat()[k] as number), 12) // the same way back
      })
    expect(Matrix.from(table).toArray()).toEqual(rows)
  })

  test('take a flat array as a column where the network has one input', () => {
    const network = networkWith({ layers: [1, 3, 1] })
    const found = attributions(network, [1, 2, 3], { baseline: [1] })
    expect(found.attributions.shape).toEqual([3, 1])
    expect(found.attributions.get(0, 0)).toBe(0)
    expect(found).toEqual(attributions(network, [[1], [2], [3]], { baseline: [[1], [1], [1]] }))
  })

  test('say which row is not finite, where a function of the user gives no number', () => {
    const root: ElementActivation = { name: 'root', value: (z) => Math.sqrt(z), derivative: (_, a) => 0.5 / a }
    const network = new Network({ layers: [1, 1], outputActivation: root, dtype: 'float64', seed: 1 })
    network.layers[0]?.weights.assign([[1]])
    expect(() => attributions(network, [1, -1])).toThrow(
      'attributions: the sum of the attributions of row 1 is NaN; expected a finite number',
    )
    const failing: ElementActivation = {
      ...root,
      derivative: () => {
        throw new Error('mine')
      },
    }
    expect(() => attributions(new Network({ layers: [1, 1], outputActivation: failing, seed: 1 }), [1])).toThrow('mine')
  })

  const wrong = (value: unknown) => value as never
  test.each<[string, AttributionOptions | undefined, typeof TypeError | typeof RangeError, ...string[]]>([
    ['no output', undefined, TypeError, 'output is undefined', 'a whole number from 0 to 1, or an array'],
    ['an output too many', { output: 2 }, RangeError, 'output is 2', 'from 0 to 1'],
    ['half an output', { output: 0.5 }, RangeError, 'output is 0.5'],
    ['a name', { output: wrong('predicted') }, TypeError, 'output is the string "predicted"'],
    ['too few outputs', { output: [0] }, RangeError, 'the number of outputs chosen is 1', '2, one for each row'],
    ['an output of a row', { output: [0, -1] }, RangeError, 'output[1] is -1'],
    ['a baseline of other width', { output: 0, baseline: [[1, 2]] }, RangeError, 'the shape of baseline', '3 columns'],
    ['too many baselines', { output: 0, baseline: tableOf(3, 3, 1, 1) }, RangeError, '(3×3)', '1 row, or 2'],
    [
      'NaN in the baseline',
      { output: 0, baseline: [0, Number.NaN, 0] },
      RangeError,
      'baseline, row 0, column 1 is NaN',
    ],
    ['no steps', { output: 0, steps: 0 }, RangeError, 'steps is 0', 'from 1 to 4096'],
    ['too many steps', { output: 0, steps: 5000 }, RangeError, 'steps is 5000'],
    ['a text', { output: 0, steps: wrong('9') }, TypeError, 'steps is the string "9"'],
    ['an unknown option', wrong({ outptu: 0 }), TypeError, 'unknown option "outptu"; did you mean "output"?'],
    ['no options', wrong(3), TypeError, 'the options argument is 3'],
  ])('refuse %s', (_, options, Kind, ...parts) => {
    const network = networkWith({ layers: [3, 2] })
    const call = () => attributions(network, tableOf(2, 3, 1, 1), options)
    expect(call).toThrow(Kind)
    for (const part of ['attributions: ', ...parts]) expect(call).toThrow(part)
  })

  test('refuse what is no network and what are no inputs', () => {
    expect(() => attributions(wrong({}), [[1]])).toThrow(
      'attributions: the first argument is an empty object; expected a Network',
    )
    const network = networkWith({ layers: [3, 1] })
    expect(() => attributions(network, [[1, 2]])).toThrow('the shape of inputs is (1×2); expected 3 columns')
    expect(() => attributions(network, [[1, 2, Number.NaN]])).toThrow('inputs, row 0, column 2 is NaN')
  })
})
