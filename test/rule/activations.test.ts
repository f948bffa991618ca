import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Activation, ElementActivation } from '../../src/kernels/plan.ts'
import type { OwnFunctions } from '../../src/network/json.ts'
import type { NetworkJSON } from '../../src/network/json-format.ts'
import { Network } from '../../src/network/network.ts'
import { activations } from '../../src/rule/activations.ts'
import { kernelNames } from '../kernels/available.ts'

const elementwise = Object.values<Activation>(activations).filter((f): f is ElementActivation => !('rowwise' in f))

/** The built-in functions in other words, through other elementary functions; a new entry may do without. */
const independent = {
  identity: (z) => z,
  sigmoid: (z) => (1 + Math.tanh(z / 2)) / 2,
  tanh: (z) => Math.expm1(2 * z) / (Math.expm1(2 * z) + 2),
  relu: (z) => (z + Math.abs(z)) / 2,
  leakyRelu: (z) => 0.505 * z + 0.495 * Math.abs(z),
  elu: (z) => Math.max(z, 0) + Math.exp(Math.min(z, 0)) - 1,
  gelu: (z) => z / (1 + Math.exp(-2 * 0.7978845608028654 * (z + 0.044715 * z ** 3))),
  silu: (z) => z / (1 + Math.exp(-z)),
  softplus: (z) => Math.log(1 + Math.exp(z)),
} satisfies Record<string, (z: number) => number>
const known = Object.keys(independent) as (keyof typeof independent)[]

test('the table holds at least the ten that are promised', () => {
  expect(Object.keys(activations)).toEqual(expect.arrayContaining([...known, 'softmax']))
})

test.each(Object.entries<Activation>(activations))('%s is in the table under its own name', (name, f) => {
  expect(f.name).toBe(name)
})

test.each(known)('%s has the values of its formula', (name) => {
  const { value } = activations[name]
  for (let z = -20; z <= 20; z += 0.125) {
    // a few roundings of numbers of the size of 1 + |z|, the greatest that either form passes through
    const expected = independent[name](z)
    expect(Math.abs(value(z) - expected)).toBeLessThanOrEqual(8 * 2 ** -53 * (1 + Math.abs(z)))
  }
})

test.each(elementwise)('the derivative of $name is the slope of its value away from kinks', (f) => {
  const point = fc.double({ min: -12, max: 12, noNaN: true }).filter((z) => Math.abs(z) > 1e-3)
  fc.assert(
    fc.property(point, (z) => {
      const h = 1e-5
      const slope = (f.value(z + h) - f.value(z - h)) / (2 * h)
      // h²/6·f''' ≤ 1e-10 and rounding of values up to 12, 1e-15, over 2e-5
      expect(Math.abs(f.derivative(z, f.value(z)) - slope)).toBeLessThanOrEqual(1e-9)
    }),
    { seed: 1 },
  )
})

test.each(elementwise)('$name and its derivative stay finite at ±10⁴ and beyond', (f) => {
  for (const z of [1e4, 1e8, 1e30, -1e4, -1e8, -1e30]) {
    const a = f.value(z)
    expect([a, f.derivative(z, a)].every(Number.isFinite)).toBe(true)
  }
})

test.each(known)('%s keeps its limits at ±10⁴ and beyond', (name) => {
  const f = activations[name]
  for (const z of [1e4, 1e8, 1e30]) {
    const [high, low] = [f.value(z), f.value(-z)]
    const [highSlope, lowSlope] = [f.derivative(z, high), f.derivative(-z, low)]
    // far out every one of them is a straight line: its values follow from its slope or from its limit
    if (highSlope === 0) expect(high).toBe(1)
    else expect([high, highSlope]).toEqual([z, 1])
    if (lowSlope === 0) expect([0, -1]).toContain(low + 0)
    else expect(low).toBe(-z * lowSlope)
  }
})

test("relu'(0) is 0 and leakyRelu'(0) is 0.01", () => {
  expect(activations.relu.derivative(0, 0)).toBe(0)
  expect(activations.relu.derivative(-0, -0)).toBe(0)
  expect(activations.leakyRelu.derivative(0, 0)).toBe(0.01)
})

test.each(elementwise)('$name hides no NaN', ({ value }) => {
  expect(value(Number.NaN)).toBeNaN()
})

describe('softmax', () => {
  const { value, derivative } = activations.softmax
  const row = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 6 })

  test('is e^z over the sum of e^z', () => {
    fc.assert(
      fc.property(row, (z) => {
        const sum = z.reduce((total, x) => total + Math.exp(x), 0)
        // powers relative to the greatest: a shift by up to 60 costs 60 ulp in the exponent
        value(z).forEach((a, j) => {
          expect(Math.abs(a - Math.exp(z[j] as number) / sum)).toBeLessThanOrEqual(64 * 2 ** -53)
        })
      }),
      { seed: 1 },
    )
  })

  test('is a row of probabilities at ±10⁴ and beyond', () => {
    expect(value([1e4, -1e4, 0])).toEqual([1, 0, 0])
    expect(value([-1e4, -1e4])).toEqual([0.5, 0.5])
    expect(value([1e300, 1e300, -1e300, 0])).toEqual([0.5, 0.5, 0, 0])
  })

  test('derivative is the product of the transposed Jacobian, a_i(δ_ij − a_j), with g', () => {
    fc.assert(
      fc.property(row, (z) => {
        const a = value(z)
        const g = z.map((_, j) => Math.cos(j))
        const expected = a.map((aj, j) =>
          a.reduce((sum, ai, i) => sum + (g[i] as number) * ai * ((i === j ? 1 : 0) - aj), 0),
        )
        // sums of at most six products below 1
        derivative(a, g).forEach((x, j) => {
          expect(Math.abs(x - (expected[j] as number))).toBeLessThanOrEqual(16 * 2 ** -53)
        })
      }),
      { seed: 1 },
    )
  })
})

describe.each(kernelNames)('%s kernels', (kernels) => {
  describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
    test.each(Object.keys(activations) as (keyof typeof activations)[])(
      'a network of %s outputs is finite at z = ±10⁴',
      (outputActivation) => {
        const network = new Network({
          layers: [1, 2],
          outputActivation,
          loss: 'absoluteError',
          dtype,
          kernels,
          seed: 1,
        })
        network.layers[0]?.weights.assign([[1e4, -1e4]])
        const outputs = network.predict([[1], [-1]]).toArray()
        const f: Activation = activations[outputActivation]
        const expected = [
          [1e4, -1e4],
          [-1e4, 1e4],
        ].map((z) => ('rowwise' in f ? f.value(z) : z.map(f.value)))
        // the limits are exact in either precision, but for leakyRelu's 0.01 in float32: half an ulp of 100
        expected.flat().forEach((a, k) => {
          expect(Math.abs((outputs.flat()[k] as number) - a)).toBeLessThanOrEqual(2 ** -24 * 128)
        })
        const { loss, layers } = network.gradients(
          [[1], [-1]],
          [
            [0, 1],
            [1, 0],
          ],
        )
        expect(Number.isFinite(loss)).toBe(true)
        expect(layers[0]?.weights.toArray().flat().every(Number.isFinite)).toBe(true)
      },
    )

    test.each(elementwise)("a user's copy of $name trains to the same bits and survives JSON", (f) => {
      const own: ElementActivation = { name: 'mine', value: f.value, derivative: f.derivative }
      const train = (activation: ElementActivation | keyof typeof activations) => {
        const network = new Network({
          layers: [2, 3, 2],
          activation,
          outputActivation: activation,
          initializer: 'xavierUniform',
          dtype,
          kernels: 'ndarray',
          seed: 1,
        })
        for (let step = 0; step < 3; step++)
          network.train(
            [
              [0.5, -1],
              [1, 2],
            ],
            [
              [0, 1],
              [1, 0],
            ],
          )
        return network
      }
      const network = train(own)
      const parameters = (one: Network) =>
        one.layers.map(({ weights, biases }) => [weights.toArray(), biases.toArray()])
      expect(parameters(network)).toEqual(parameters(train(f.name as keyof typeof activations)))
      const text = JSON.stringify(network)
      for (const named of [{ mine: own }, [own]]) {
        const read = Network.fromJSON(text, { activations: named, kernels: 'ndarray' })
        expect(JSON.stringify(read)).toBe(text)
        expect(read.predict([[3, 4]]).toArray()).toEqual(network.predict([[3, 4]]).toArray())
      }
    })
  })
})

describe("a user's own activation", () => {
  const own: ElementActivation = {
    name: 'cube',
    value: (z) => z ** 3,
    derivative: (z) => 3 * z * z,
    initializer: 'zeros',
  }
  const saved = new Network({ layers: [2, 2, 1], activation: own, seed: 1 }).toJSON()

  test('brings its own initializer', () => {
    expect(new Network({ layers: [2, 2, 1], activation: own, seed: 1 }).layers[0]?.weights.toArray()).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  test('is named by the error where a file needs it and it is not given', () => {
    expect(() => Network.fromJSON(saved)).toThrow(RangeError)
    expect(() => Network.fromJSON(saved)).toThrow(
      /^Network\.fromJSON: layer 0: unknown activation \(your own go into the second argument, as { activations: \[f\] }\) "cube"/,
    )
    expect(() => Network.fromJSON(saved, { activations: { cube: { ...own, name: 'square' } } })).toThrow(/"cube"/)
  })

  const hostile: [string, OwnFunctions][] = [
    ['a record of something else', { activations: { cube: 3 } } as unknown as OwnFunctions],
    ['a built-in name', { activations: [{ ...own, name: 'tanh' }] }],
    ['an unknown option', { activation: [own] } as unknown as OwnFunctions],
  ]
  test.each(hostile)('is refused as %s in the second argument of fromJSON', (_, given) => {
    expect(() => Network.fromJSON(saved, given)).toThrow(/^Network\.fromJSON: /)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may be called %s', (name) => {
    const network = new Network({ layers: [2, 2, 1], activation: { ...own, name }, seed: 1 })
    const text = JSON.stringify(network)
    expect(() => Network.fromJSON(text)).toThrow(RangeError)
    expect(JSON.stringify(Network.fromJSON(text, { activations: [{ ...own, name }] }))).toBe(text)
  })

  const value = (z: number) => z
  const derivative = () => 1
  const broken: [string, unknown, RegExp][] = [
    ['a number', 3, /the activation is 3/],
    ['null', null, /the activation is null/],
    ['an array', [], /the name of the activation is undefined/],
    ['no name', { value, derivative }, /the name of the activation is undefined/],
    ['an empty name', { name: '', value, derivative }, /the name of the activation is the string ""/],
    [
      'a built-in name',
      { name: 'tanh', value, derivative },
      /the name of your activation is the string "tanh"; expected another/,
    ],
    ['no value', { name: 'mine', derivative }, /mine\.value is undefined; expected a function/],
    ['no derivative', { name: 'mine', value }, /mine\.derivative is undefined; expected a function/],
    [
      'a value that gives a string',
      { name: 'mine', value: () => 'a', derivative },
      /mine\.value\(0\.5\) is the string "a"/,
    ],
    [
      'a derivative that gives nothing',
      { name: 'mine', value, derivative: () => {} },
      /mine\.derivative\(0\.5, 0\.5\) is undefined/,
    ],
    ['kinks that are no array', { name: 'mine', value, derivative, kinks: 0 }, /mine\.kinks is 0/],
    ['a kink that is NaN', { name: 'mine', value, derivative, kinks: [Number.NaN] }, /a kink of mine is NaN/],
    ['an unknown initializer', { name: 'mine', value, derivative, initializer: 'hee' }, /unknown initializer "hee"/],
    [
      'rows of another length',
      { name: 'mine', rowwise: true, value: () => [1], derivative },
      /mine\.value\(\[0, 1\]\) is an array of 1/,
    ],
    [
      'a row derivative that gives a number',
      { name: 'mine', rowwise: true, value: (z: number[]) => z, derivative },
      /mine\.derivative\(.*\) is 1; expected an array of 2 numbers/,
    ],
  ]
  test.each(broken)('with %s is refused', (_, activation, message) => {
    const build = () => new Network({ layers: [2, 1], outputActivation: activation as Activation })
    expect(build).toThrow(message)
    expect(build).toThrow(/^Network: /)
  })

  test('that acts on rows is refused in a hidden layer', () => {
    const rowwise: Activation = { ...activations.softmax, name: 'mine' }
    expect(() => new Network({ layers: [2, 2, 1], activation: rowwise })).toThrow(
      /layer 0 \(layers\[1\]\): the activation is the string "mine"/,
    )
  })

  test('that throws in the middle of a step leaves the parameters and the network fit for work', () => {
    let calls = 0
    const moody = { ...own, value: (z: number) => (++calls === 6 ? JSON.parse('{') : z) as number }
    const network = new Network({
      layers: [2, 2, 1],
      activation: moody,
      initializer: 'xavierNormal',
      seed: 1,
    })
    const before: NetworkJSON = network.toJSON()
    calls = 0
    expect(() =>
      network.train(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [0, 1, 0],
      ),
    ).toThrow(SyntaxError)
    expect(network.toJSON()).toEqual(before)
    expect(network.train([[1, 2]], [1])).toBeGreaterThan(0)
  })

  test('that calls its own network is a TypeError, and nothing changes', () => {
    const inner: { network?: Network; call?: (network: Network) => unknown } = {}
    const calling: ElementActivation = {
      name: 'calling',
      value: (z) => {
        if (inner.network) inner.call?.(inner.network)
        return z
      },
      derivative,
    }
    const network = new Network({ layers: [2, 2, 1], activation: calling, seed: 1 })
    const before = network.toJSON()
    inner.network = network
    for (const call of [
      (one: Network) => one.predict([[1, 2]]),
      (one: Network) => one.train([[1, 2]], [1]),
      (one: Network) => one.gradients([[1, 2]], [1]),
      (one: Network) => one.accuracy([[1, 2]], [1]),
    ]) {
      inner.call = call
      expect(() => network.train([[1, 2]], [1])).toThrow(
        new TypeError('Network: an activation or a loss called the network that is calling it'),
      )
      expect(network.toJSON()).toEqual(before)
    }
  })
})
