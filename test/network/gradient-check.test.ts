import { describe, expect, test } from 'vitest'
import type {
  Activation,
  ElementActivation,
  ElementLoss,
  FusedLoss,
  Loss,
  RowActivation,
} from '../../src/kernels/plan.ts'
import { checkGradients, numericalGradients } from '../../src/network/gradient-check.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { Generator } from '../../src/random/generator.ts'
import { activations } from '../../src/rule/activations.ts'
import { losses } from '../../src/rule/losses.ts'
import { kernelNames } from '../kernels/available.ts'

/** A network whose biases are not 0, so that none of them is special. */
function build(options: NetworkOptions): Network {
  const network = new Network({ dtype: 'float64', seed: 5, ...options })
  const random = new Generator(11)
  for (const { biases } of network.layers) biases.map(() => random.uniform(-0.5, 0.5), biases)
  return network
}

function tableOf(rows: number, columns: number, seed: number, low = -1, high = 1): number[][] {
  const random = new Generator(seed)
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.uniform(low, high)))
}

const elementwise = (f: Activation): f is ElementActivation => !('rowwise' in f)

// Read from the tables, so that a new activation, loss or kernel set is checked unasked.
const pairings = kernelNames.flatMap((kernels) =>
  Object.values<Activation>(activations).flatMap((f) =>
    Object.values<Loss>(losses)
      .filter((E) => !('fusedWith' in E) || E.fusedWith === f.name)
      .flatMap((E) => [0, 1, 2, 3, 4].map((hidden) => ({ kernels, f, E, hidden }))),
  ),
)

test('there are pairings of every activation and of every loss to check', () => {
  expect(new Set(pairings.map(({ f }) => f.name))).toEqual(new Set(Object.keys(activations)))
  expect(new Set(pairings.map(({ E }) => E.name))).toEqual(new Set(Object.keys(losses)))
})

// 1e-6 is the check's own promise: central differences in float64 are good to about 1e-10 of the loss.
test.each(pairings)(
  'gradients of $f.name with $E.name over $hidden hidden layers agree ($kernels)',
  ({ kernels, f, E, hidden }) => {
    const network = build({
      layers: [3, ...Array<number>(hidden).fill(4), 3],
      activation: elementwise(f) ? f : 'tanh',
      outputActivation: f,
      loss: E,
      kernels,
    })
    const bounded = 'targets' in E
    const report = checkGradients(network, tableOf(4, 3, 1), tableOf(4, 3, 2, bounded ? 0 : -1))
    expect(report.message).toMatch(/^gradients agree: /)
    expect(report.passed).toBe(true)
    expect(report.maxRelativeError).toBeLessThan(1e-6)
    expect(report.layers).toHaveLength(hidden + 1)
    expect(report.layers.flatMap(({ kinks }) => kinks)).toEqual([])
  },
)

describe('a derivative that is wrong by 1 %', () => {
  const wrong: ElementActivation = {
    name: 'wrongTanh',
    value: Math.tanh,
    derivative: (_z, a) => 1.01 * (1 - a * a),
  }

  test.each([0, 1, 2, 3])('in an activation is caught and located: layer %i is the last that differs', (layer) => {
    const network = build({
      layers: [3, ...[0, 1, 2, 3].map((l) => ({ units: 3, activation: l === layer ? wrong : ('tanh' as const) }))],
    })
    const report = checkGradients(network, tableOf(4, 3, 1), tableOf(4, 3, 2))
    expect(report.passed).toBe(false)
    // every gradient from that layer down is 1.01 times what it should be, so the error is 0.01/1.01; the differences
    // that measure it are good to 1e-6
    report.layers.forEach(({ maxRelativeError }, l) => {
      if (l <= layer) expect(maxRelativeError).toBeCloseTo(0.01 / 1.01, 6)
      else expect(maxRelativeError).toBeLessThan(1e-6)
    })
    const { worst, message } = report
    expect(worst?.layer).toBeLessThanOrEqual(layer)
    expect((worst?.backprop as number) / (worst?.numerical as number)).toBeCloseTo(1.01, 5)
    for (const part of [
      'gradients differ',
      `layer ${worst?.layer}`,
      worst?.parameter,
      `row ${worst?.row}`,
      `column ${worst?.column}`,
    ]) {
      expect(message).toContain(part)
    }
    const { layers } = network.gradients(tableOf(4, 3, 1), tableOf(4, 3, 2))
    const tensor = layers[worst?.layer as number]?.[worst?.parameter as 'weights']
    // the copy that is checked computes as a float64 network does, to the bit
    expect(worst?.backprop).toBe(tensor?.get(worst?.row as number, worst?.column as number))
  })

  test('in a loss is caught in every layer', () => {
    const loss: ElementLoss = {
      name: 'wrongError',
      value: (a, t) => (a - t) ** 2,
      derivative: (a, t) => 2.02 * (a - t),
    }
    const report = checkGradients(build({ layers: [3, 4, 2], loss }), tableOf(4, 3, 1), tableOf(4, 2, 2))
    expect(report.passed).toBe(false)
    for (const { maxRelativeError } of report.layers) expect(maxRelativeError).toBeCloseTo(0.01 / 1.01, 6)
  })

  test('in a row-wise activation and in a fused loss is caught', () => {
    const { softmax } = activations
    const rowwise: RowActivation = {
      ...softmax,
      name: 'mine',
      derivative: (a, g) => softmax.derivative(a, g).map((x) => 1.01 * x),
    }
    const fused: FusedLoss = {
      ...losses.categoricalCrossEntropy,
      name: 'mine',
      derivative: (a, t) => Array.from(a, (x, j) => 1.01 * (x - (t[j] as number))),
    }
    const [X, T] = [
      tableOf(3, 2, 1),
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
    ]
    expect(checkGradients(build({ layers: [2, 3, 2], outputActivation: rowwise }), X, T).passed).toBe(false)
    expect(checkGradients(build({ layers: [2, 3, 2], outputActivation: 'softmax', loss: fused }), X, T).passed).toBe(
      false,
    )
  })

  test('passes where the caller asks for a tolerance of 2 %', () => {
    const network = build({ layers: [3, 3, 2], activation: wrong })
    expect(checkGradients(network, tableOf(4, 3, 1), tableOf(4, 2, 2), { tolerance: 0.02 }).passed).toBe(true)
    expect(checkGradients(network, tableOf(4, 3, 1), tableOf(4, 2, 2), { tolerance: 0.005 }).passed).toBe(false)
  })

  test('a derivative that is NaN or of the wrong sign does not pass', () => {
    for (const derivative of [() => Number.NaN, (_z: number, a: number) => a * a - 1]) {
      const own = { name: 'mine', value: Math.tanh, derivative }
      expect(checkGradients(build({ layers: [2, 3, 1], activation: own }), tableOf(3, 2, 1), [0, 1, 0]).passed).toBe(
        false,
      )
    }
  })
})

describe('kinks', () => {
  test.each(['relu', 'leakyRelu'] as const)(
    'parameters of a %s unit at exactly 0 are listed, the rest is judged',
    (activation) => {
      const network = build({ layers: [2, { units: 2, activation }, 1], outputActivation: 'identity' })
      network.layers[0]?.weights.assign([
        [1, 0.5],
        [-1, 0.25],
      ])
      network.layers[0]?.biases.assign([[0, 0.5]])
      const report = checkGradients(network, [[1, 1]], [[3]])
      expect(report.passed).toBe(true)
      const [first, second] = report.layers
      expect(first?.kinks).toEqual([
        { layer: 0, parameter: 'weights', row: 0, column: 0 },
        { layer: 0, parameter: 'weights', row: 1, column: 0 },
        { layer: 0, parameter: 'biases', row: 0, column: 0 },
      ])
      expect(second?.kinks).toEqual([])
      expect(first?.worst).toBeDefined()
      expect(report.message).toContain('3 at kinks not judged')
    },
  )

  test('an error beside a kink is still found', () => {
    const wrongRelu: ElementActivation = {
      ...activations.relu,
      name: 'wrongRelu',
      derivative: (z) => (z > 0 ? 1.01 : 0),
    }
    const network = build({
      layers: [1, { units: 2, activation: wrongRelu }, 1],
      outputActivation: 'identity',
    })
    network.layers[0]?.weights.assign([[1, 1]])
    network.layers[0]?.biases.assign([[-1, 1]])
    const report = checkGradients(network, [1], [3])
    expect(report.layers[0]?.kinks).toHaveLength(2)
    expect(report.passed).toBe(false)
    expect(report.worst).toMatchObject({ layer: 0, column: 1 })
  })

  test('the absolute error at a = t is a kink of the parameters that move a', () => {
    const network = build({ layers: [1, 2], outputActivation: 'identity', loss: 'absoluteError' })
    network.layers[0]?.weights.assign([[2, 5]])
    network.layers[0]?.biases.assign([[1, 5]])
    const report = checkGradients(network, [[3]], [[7, 7]])
    expect(report.layers[0]?.kinks.map(({ column }) => column)).toEqual([0, 0])
    expect(report.passed).toBe(true)
  })

  test('zero biases under zero inputs are kinks; weights that move nothing are judged', () => {
    const network = new Network({ layers: [2, 3, 1], activation: 'relu', seed: 1 })
    const report = checkGradients(network, [[0, 0]], [[1]])
    expect(report.layers[0]?.kinks).toEqual(
      [0, 1, 2].map((column) => ({ layer: 0, parameter: 'biases', row: 0, column })),
    )
    expect(report.passed).toBe(true)
  })

  test('a network whose every parameter is at a kink says so and does not pass', () => {
    const network = build({ layers: [1, 1], outputActivation: 'identity', loss: 'absoluteError' })
    network.layers[0]?.weights.assign([[2]])
    network.layers[0]?.biases.assign([[1]])
    const report = checkGradients(network, [3], [7])
    expect(report.passed).toBe(false)
    expect(report.message).toBe('no parameter could be judged; 2 at kinks not judged')
    expect(report).not.toHaveProperty('worst')
  })
})

test('a layer at kinks is named, and the others are judged', () => {
  const network = new Network({
    layers: [1, 2, 1],
    activation: 'relu',
    initializer: 'zeros',
    outputActivation: 'identity',
    seed: 1,
  })
  const { passed, worst, message, layers } = checkGradients(network, [1], [1])
  expect(passed).toBe(true)
  expect(worst).toMatchObject({ layer: 1 })
  expect(message).toMatch(/^gradients agree: .*; 4 at kinks not judged$/)
  expect(layers[0]?.kinks).toHaveLength(4)
})

test('derivatives that rounding of a great loss hides are named, not said to agree', () => {
  const derivative = (z: number, a: number) => activations.tanh.derivative(z, a) + 0.01
  const wrong: ElementActivation = { name: 'wrong', value: activations.tanh.value, derivative }
  const network = build({ layers: [3, 4, 2], activation: wrong, outputActivation: 'identity', seed: 1 })
  const { message, layers } = checkGradients(network, [[1, 2, 3]], [[1e12, 1e12]])
  expect(layers[0]?.hidden.length).toBeGreaterThan(8)
  expect(message).toMatch(/hidden by rounding not judged$/)
})

test('the error that is reported is that of the two values that are shown', () => {
  const network = build({ layers: [2, 3, 1], activation: 'tanh' })
  const { layers } = checkGradients(network, [[0.1, 0.2]], [1])
  const tensors = numericalGradients(network, [[0.1, 0.2]], [1]).layers
  layers.forEach(({ worst, maxRelativeError }, l) => {
    const tensor = tensors[l]?.[worst?.parameter ?? 'weights'].toArray().flat() as number[]
    const distance = Math.abs((worst?.backprop as number) - (worst?.numerical as number))
    // both maxima agree to about 1e-9
    expect(maxRelativeError).toBeCloseTo(distance / Math.max(...tensor.map(Math.abs)), 12)
    expect(maxRelativeError).toBeGreaterThan(0)
  })
})

describe('what differences cannot tell raises no false alarm:', () => {
  const X = [
    [0.1, 0.2],
    [1, -1],
  ]

  // Gradients of 1e-9 beside a loss of 0.1 are where rounding reaches a first difference; 1e-16 is beyond any.
  const deep = [8, 12, 20].flatMap((hidden) => [1, 2, 3, 4, 5].map((seed) => ({ hidden, seed })))
  test.each(deep)('gradients that vanish in $hidden sigmoid layers (seed $seed)', ({ hidden, seed }) => {
    const network = new Network({ layers: [2, ...Array<number>(hidden).fill(3), 1], seed })
    expect(checkGradients(network, X, [0, 1]).message).toMatch(/^gradients agree/)
  })

  const smooth = { layers: [2, 3, 1], activation: 'tanh', outputActivation: 'identity' } as const
  test.each([0, 1e-9, 1e-4, 1e4, 1e8])('outputs that miss their targets by %d', (distance) => {
    const network = build(smooth)
    const targets = network.predict(X).map((a, i) => a + (i === 0 ? distance : -distance))
    expect(checkGradients(network, X, targets).message).toMatch(/^gradients agree/)
  })

  test('derivatives that cancel to 0 between rows', () => {
    const network = build({ ...smooth, loss: 'absoluteError' })
    expect(network.gradients(X, [-9, 9]).layers[1]?.biases.toArray()).toEqual([[0]])
    expect(checkGradients(network, X, [-9, 9]).message).toMatch(/^gradients agree/)
  })

  test('a second derivative that jumps within the first step, as that of huber', () => {
    const network = build({ layers: [1, 1], outputActivation: 'identity', loss: 'huber' })
    const [a] = network.predict([1]).toArray()[0] as [number]
    expect(checkGradients(network, [1], [a - 1]).message).toMatch(/^gradients agree/)
  })

  test('yet 0.001 % beside such a jump is found, by a step narrower than the first', () => {
    const E = losses.huber
    const loss: ElementLoss = { ...E, name: 'wrong', derivative: (a, t) => 1.00001 * E.derivative(a, t) }
    const network = build({ layers: [1, 1], outputActivation: 'identity', loss })
    const [a] = network.predict([1]).toArray()[0] as [number]
    expect(checkGradients(network, [1], [a - 1]).passed).toBe(false)
  })

  test('yet a wrong derivative near a kink is found, which wide steps across it would seem to confirm', () => {
    const blind: ElementActivation = { name: 'blind', value: Math.abs, derivative: () => 0, kinks: [0] }
    const network = build({ layers: [1, { units: 1, activation: blind }, 1], outputActivation: 'identity' })
    network.layers[0]?.weights.set(0, 0, 1)
    network.layers[0]?.biases.set(0, 0, 1e-4 - 1)
    const { passed, worst } = checkGradients(network, [1], [3])
    const slope = numericalGradients(network, [1], [3]).layers[0]?.weights.get(0, 0) as number
    expect(passed).toBe(false)
    expect(worst).toMatchObject({ layer: 0, backprop: 0 })
    // a slope of about 1, measured twice to 1e-9
    expect(worst?.numerical).toBeCloseTo(slope, 7)
  })

  test('yet 1 % of a gradient of 1e-8 is found', () => {
    const wrong: ElementActivation = {
      ...activations.sigmoid,
      name: 'wrong',
      derivative: (_z, a) => 1.01 * a * (1 - a),
    }
    const layers = [2, { units: 3, activation: wrong }, ...Array<number>(11).fill(3), 1]
    const report = checkGradients(new Network({ layers, seed: 3 }), X, [0, 1])
    expect(Math.abs(report.worst?.backprop as number)).toBeLessThan(1e-8)
    expect(report.passed).toBe(false)
    expect(report.layers.map(({ maxRelativeError }) => maxRelativeError > 1e-3).indexOf(false)).toBe(1)
  })
})

test('a float32 network passes: a float64 copy is what is checked', () => {
  expect(
    checkGradients(build({ layers: [3, 4, 2], dtype: 'float32' }), tableOf(4, 3, 1), tableOf(4, 2, 2)).passed,
  ).toBe(true)
})

test('more rows than a block are checked as one batch', () => {
  const network = build({
    layers: [1, 2, 1],
    activation: 'tanh',
    outputActivation: 'identity',
    loss: 'huber',
  })
  expect(checkGradients(network, tableOf(300, 1, 1), tableOf(300, 1, 2)).passed).toBe(true)
})

describe('numericalGradients', () => {
  const [X, T] = [tableOf(4, 3, 1), tableOf(4, 2, 2)]
  const network = build({ layers: [3, 4, 2], activation: 'tanh' })

  test('has the shape of gradients and agrees with it', () => {
    const [found, expected] = [numericalGradients(network, X, T), network.gradients(X, T)]
    expect(found.loss).toBe(expected.loss)
    expect(found.layers).toHaveLength(2)
    expected.layers.forEach(({ weights, biases }, l) => {
      expect(found.layers[l]?.weights.shape).toEqual(weights.shape)
      expect(found.layers[l]?.biases.shape).toEqual(biases.shape)
      // rounding of the loss, 1e-16, over 2h = 1.2e-5, and h² ≈ 4e-11 beside gradients of 0.1
      expect(found.layers[l]?.weights.equals(weights, 1e-9)).toBe(true)
      expect(found.layers[l]?.biases.equals(biases, 1e-9)).toBe(true)
    })
  })

  test('steps by epsilon·max(1, |w|)', () => {
    const wide = build({ layers: [1, 1], activation: 'tanh' })
    wide.layers[0]?.weights.set(0, 0, -3)
    const E = (w: number, b: number) => 0.5 * (1 / (1 + Math.exp(-(0.5 * w + b))) - 1) ** 2
    const b = wide.layers[0]?.biases.get(0, 0) as number
    const { layers } = numericalGradients(wide, [0.5], [1], { epsilon: 0.1 })
    // the same formula, rounded in another order: a few ulp of the loss over 2h ≥ 0.2
    expect(layers[0]?.weights.get(0, 0)).toBeCloseTo((E(-2.7, b) - E(-3.3, b)) / 0.6, 13)
    expect(layers[0]?.biases.get(0, 0)).toBeCloseTo((E(-3, b + 0.1) - E(-3, b - 0.1)) / 0.2, 13)
  })
})

test.each(['float32', 'float64'] as const)('neither touches a bit of a %s network or its generator', (dtype) => {
  const network = build({ layers: [3, 4, 2], activation: 'relu', dtype })
  network.train(tableOf(4, 3, 1), tableOf(4, 2, 2))
  const before = JSON.stringify(network)
  checkGradients(network, tableOf(4, 3, 3), tableOf(4, 2, 4))
  numericalGradients(network, tableOf(4, 3, 3), tableOf(4, 2, 4))
  expect(JSON.stringify(network)).toBe(before)
})
