import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ElementLoss, FusedLoss, Loss } from '../../src/kernels/plan.ts'
import { Network } from '../../src/network/network.ts'
import { activations } from '../../src/rule/activations.ts'
import { losses } from '../../src/rule/losses.ts'
import { kernelNames } from '../kernels/available.ts'

const elementwise = Object.values<Loss>(losses).filter((E): E is ElementLoss => !('fusedWith' in E))
const fused = Object.values<Loss>(losses).filter((E): E is FusedLoss => 'fusedWith' in E)

/** The built-in losses in other words; a new entry may do without. */
const independent: Partial<Record<string, (d: number) => number>> = {
  squaredError: (d) => (d * d) / 2,
  absoluteError: (d) => Math.max(d, -d),
  huber: (d) => (d < -1 ? -d - 0.5 : d > 1 ? d - 0.5 : d ** 2 / 2),
}

/** The fused losses as they are defined, from a and not from z. */
const definitions: Record<string, (z: readonly number[], t: readonly number[]) => number> = {
  binaryCrossEntropy: (z, t) => {
    const a = z.map((x) => 1 / (1 + Math.exp(-x)))
    const b = z.map((x) => 1 / (1 + Math.exp(x))) // 1 − a without the rounding
    return -t.reduce((sum, p, j) => sum + p * Math.log(a[j] as number) + (1 - p) * Math.log(b[j] as number), 0)
  },
  categoricalCrossEntropy: (z, t) => {
    const total = z.reduce((sum, x) => sum + Math.exp(x), 0)
    return -t.reduce((sum, p, j) => sum + p * Math.log(Math.exp(z[j] as number) / total), 0)
  },
}

test('the table holds at least the five that are promised, each under its own name', () => {
  const promised = [...Object.keys(independent), ...Object.keys(definitions)]
  expect(Object.keys(losses)).toEqual(expect.arrayContaining(promised))
  for (const [name, E] of Object.entries<Loss>(losses)) expect(E.name).toBe(name)
})

const number = fc.double({ min: -50, max: 50, noNaN: true })

test.each(elementwise.filter(({ name }) => name in independent))('$name has the values of its formula', (E) => {
  fc.assert(
    fc.property(number, number, (a, t) => {
      const expected = (independent[E.name] as (d: number) => number)(a - t)
      // two roundings of the result
      expect(Math.abs(E.value(a, t) - expected)).toBeLessThanOrEqual(2 ** -51 * expected)
    }),
    { seed: 1 },
  )
})

test.each(elementwise)('the derivative of $name is the slope of its value away from kinks', (E) => {
  fc.assert(
    fc.property(number, number, (a, t) => {
      fc.pre(Math.abs(a - t) > 1e-3 && Math.abs(Math.abs(a - t) - 1) > 1e-3)
      const h = 1e-4
      // exact for parabolas and lines, so all that is left is rounding: 1e-12 of values up to 5000, over 2e-4
      expect(Math.abs(E.derivative(a, t) - (E.value(a + h, t) - E.value(a - h, t)) / (2 * h))).toBeLessThanOrEqual(1e-8)
    }),
    { seed: 1 },
  )
})

test('the absolute error has the derivative 0 at a = t, and huber is smooth where it turns straight', () => {
  expect(losses.absoluteError.derivative(3, 3)).toBe(0)
  expect([losses.huber.value(1, 0), losses.huber.derivative(1, 0), losses.huber.derivative(-1, 0)]).toEqual([
    0.5, 1, -1,
  ])
})

describe.each(fused)('$name', (E) => {
  const f = activations[E.fusedWith as 'sigmoid' | 'softmax']
  const rowOf = (length: number) =>
    fc.array(fc.double({ min: -15, max: 15, noNaN: true }), { minLength: length, maxLength: length })
  const rows = fc
    .integer({ min: 1, max: 5 })
    .chain((length) =>
      fc.tuple(
        rowOf(length),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length }),
      ),
    )
  const outputs = (z: number[]) => ('rowwise' in f ? f.value(z) : z.map(f.value))

  test('taken from z equals its definition, where that does not overflow', () => {
    fc.assert(
      fc.property(rows, ([z, t]) => {
        // logarithms of numbers down to 1e-13, at most five of them: rounding of sums of up to 150
        expect(
          Math.abs(E.value(z, t) - (definitions[E.name] as (z: number[], t: number[]) => number)(z, t)),
        ).toBeLessThanOrEqual(1e-12)
      }),
      { seed: 1 },
    )
  })

  test('derivative is the slope of value by z, for targets of any sum', () => {
    fc.assert(
      fc.property(rows, ([z, t]) => {
        const h = 1e-5
        E.derivative(outputs(z), t).forEach((slope, j) => {
          const at = (shift: number) => E.value(z.with(j, (z[j] as number) + shift), t)
          // rounding of values up to 150, 3e-14, over 2e-5, and h²
          expect(Math.abs(slope - (at(h) - at(-h)) / (2 * h))).toBeLessThanOrEqual(1e-8)
        })
      }),
      { seed: 1 },
    )
  })

  test('is finite at logits of ±10⁴ and beyond', () => {
    for (const z of [1e4, 1e30]) {
      for (const t of [
        [0, 1],
        [1, 0],
      ]) {
        expect(Number.isFinite(E.value([z, -z], t))).toBe(true)
        expect(E.derivative(outputs([z, -z]), t).every(Number.isFinite)).toBe(true)
      }
    }
  })

  describe.each(kernelNames)('%s kernels', (kernels) => {
    test.each(['float32', 'float64'] as const)(
      'in a %s network of logits ±10⁴ has exact losses and gradients',
      (dtype) => {
        const network = new Network({
          layers: [1, 2],
          outputActivation: E.fusedWith as 'sigmoid',
          loss: E,
          dtype,
          kernels,
          seed: 1,
        })
        network.layers[0]?.weights.assign([[1e4, -1e4]])
        expect(network.loss([[1]], [[1, 0]])).toBe(0)
        // both outputs wrong by 10⁴ each with sigmoids; one right answer 2·10⁴ behind with softmax
        expect(network.loss([[1]], [[0, 1]])).toBe(2e4)
        expect(network.gradients([[1]], [[0, 1]]).layers[0]?.biases.toArray()).toEqual([[1, -1]])
        expect(network.train([[1]], [[0, 1]])).toBe(2e4)
      },
    )

    test('is what training descends: its gradient by Z is A·Σt − T, or A − T', () => {
      const network = new Network({
        layers: [2, 3],
        outputActivation: E.fusedWith as 'sigmoid',
        loss: E,
        dtype: 'float64',
        kernels,
        seed: 1,
      })
      const [a] = network.predict([[0.3, -2]]).toArray() as [number[]]
      const t = [0.2, 0.5, 0.25]
      const total = E.fusedWith === 'softmax' ? 0.95 : 1
      network
        .gradients([[0.3, -2]], [t])
        .layers[0]?.biases.toArray()[0]
        ?.forEach((slope, j) => {
          // a product and a difference of numbers below 1
          expect(Math.abs(slope - ((a[j] as number) * total - (t[j] as number)))).toBeLessThanOrEqual(4 * 2 ** -53)
        })
    })
  })
})

test('softmax under the squared error takes the whole Jacobian', () => {
  const network = new Network({ layers: [1, 3], outputActivation: 'softmax', dtype: 'float64', seed: 1 })
  const [a] = network.predict([[0.7]]).toArray() as [number[]]
  const t = [0, 1, 0]
  const g = a.map((x, j) => x - (t[j] as number))
  const expected = a.map((aj, j) => a.reduce((sum, ai, i) => sum + (g[i] as number) * ai * ((i === j ? 1 : 0) - aj), 0))
  network
    .gradients([[0.7]], [t])
    .layers[0]?.biases.toArray()[0]
    ?.forEach((slope, j) => {
      // sums of three products below 1
      expect(Math.abs(slope - (expected[j] as number))).toBeLessThanOrEqual(8 * 2 ** -53)
    })
})

describe("a user's own loss", () => {
  const quartic: ElementLoss = {
    name: 'quartic',
    value: (a, t) => (a - t) ** 4,
    derivative: (a, t) => 4 * (a - t) ** 3,
  }

  test.each(Object.values<Loss>(losses))('that copies $name trains to the same bits and survives JSON', (E) => {
    const own = { ...E, name: 'mine' } as Loss
    const train = (loss: Loss) => {
      const outputActivation = 'fusedWith' in E ? (E.fusedWith as 'sigmoid') : 'tanh'
      const network = new Network({
        layers: [2, 3, 2],
        outputActivation,
        loss,
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
    const parameters = (one: Network) => one.layers.map(({ weights, biases }) => [weights.toArray(), biases.toArray()])
    expect(parameters(train(own))).toEqual(parameters(train(E)))
    const text = JSON.stringify(train(own))
    for (const named of [{ mine: own }, [own]])
      expect(JSON.stringify(Network.fromJSON(text, { losses: named }))).toBe(text)
    expect(() => Network.fromJSON(text)).toThrow(
      /^Network\.fromJSON: unknown loss \(your own go into the second argument, as { losses: \[E\] }\) "mine"/,
    )
  })

  test('is what train returns and descends', () => {
    const network = new Network({
      layers: [1, 1],
      outputActivation: 'identity',
      loss: quartic,
      dtype: 'float64',
      learningRate: 0.5,
      seed: 1,
    })
    network.layers[0]?.weights.set(0, 0, 2)
    expect(network.train([1], [1])).toBe(1)
    expect(network.layers[0]?.weights.get(0, 0)).toBe(0)
  })

  const [value, derivative] = [() => 1, () => 1]
  const broken: [string, unknown, RegExp][] = [
    ['a number', 3, /the loss is 3/],
    ['null', null, /the loss is null/],
    ['no name', { value, derivative }, /the name of the loss is undefined/],
    ['a built-in name', { name: 'huber', value, derivative }, /the name of your loss is the string "huber"/],
    ['no value', { name: 'mine', derivative }, /mine\.value is undefined; expected a function/],
    ['no derivative', { name: 'mine', value }, /mine\.derivative is undefined; expected a function/],
    [
      'a value that gives a bigint',
      { name: 'mine', value: () => 1n, derivative },
      /mine\.value\(0\.5, 1\) is the bigint 1n/,
    ],
    [
      'a derivative that gives nothing',
      { name: 'mine', value, derivative: () => {} },
      /mine\.derivative\(0\.5, 1\) is undefined/,
    ],
    ['kinks that are no array', { name: 'mine', value, derivative, kinks: '0' }, /mine\.kinks is the string "0"/],
    ['fusedWith no text', { name: 'mine', value, derivative, fusedWith: 1 }, /mine\.fusedWith is 1/],
    [
      'targets that are no pair',
      { name: 'mine', value, derivative, fusedWith: 'sigmoid', targets: [0] },
      /mine\.targets is an array of 1/,
    ],
    [
      'a fused derivative that is no row',
      { name: 'mine', value, derivative, fusedWith: 'sigmoid' },
      /mine\.derivative\(.*\) is 1; expected an array/,
    ],
    [
      'another output than it goes with',
      { name: 'mine', value, derivative: () => [1, 1], fusedWith: 'tanh' },
      /expected "tanh", which the loss mine/,
    ],
  ]
  test.each(broken)('with %s is refused', (_, loss, message) => {
    expect(() => new Network({ layers: [2, 1], loss: loss as Loss })).toThrow(message)
  })
})
