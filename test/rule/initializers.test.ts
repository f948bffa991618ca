import { describe, expect, test } from 'vitest'
import { Network } from '../../src/network/network.ts'
import type { ActivationName } from '../../src/rule/activations.ts'
import { activations } from '../../src/rule/activations.ts'
import { type InitializerName, initializers } from '../../src/rule/initializers.ts'

const [INPUTS, UNITS] = [300, 200]

/** Variance and, for uniform forms, the limit, by inputs and units. */
const expected: Record<InitializerName, { variance: number; limit?: number }> = {
  xavierUniform: { variance: 2 / (INPUTS + UNITS), limit: Math.sqrt(6 / (INPUTS + UNITS)) },
  xavierNormal: { variance: 2 / (INPUTS + UNITS) },
  heUniform: { variance: 2 / INPUTS, limit: Math.sqrt(6 / INPUTS) },
  heNormal: { variance: 2 / INPUTS },
  zeros: { variance: 0, limit: 0 },
}
const names = Object.keys(initializers) as InitializerName[]

const weightsOf = (options: object): number[] =>
  new Network({ layers: [INPUTS, UNITS], dtype: 'float64', seed: 1, ...options }).layers[0]?.weights
    .toArray()
    .flat() as number[]

const mean = (numbers: number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length

describe.each(names)('%s', (initializer) => {
  const { variance, limit } = expected[initializer]
  const weights = weightsOf({ initializer })
  const deviation = Math.sqrt(variance)

  test('has the mean 0 and the variance of its formula', () => {
    // four standard errors of 60,000 draws: 4/√60000 of the deviation, and at most 4·√(2/60000) of the variance
    expect(Math.abs(mean(weights))).toBeLessThanOrEqual((4 / Math.sqrt(60_000)) * deviation)
    expect(Math.abs(mean(weights.map((w) => w * w)) - variance)).toBeLessThanOrEqual(
      4 * Math.sqrt(2 / 60_000) * variance,
    )
  })

  test('keeps and fills its bounds, or has the tails of the normal distribution', () => {
    const greatest = Math.max(...weights.map(Math.abs))
    if (limit !== undefined) {
      expect(greatest).toBeLessThanOrEqual(limit)
      // that 60,000 uniform draws all miss the outer thousandth has a probability of e^−60
      expect(greatest).toBeGreaterThanOrEqual(0.999 * limit)
    } else {
      // 4.56 % lie outside two deviations; four standard errors of that share are 0.34 %
      const share = weights.filter((w) => Math.abs(w) > 2 * deviation).length / weights.length
      expect(Math.abs(share - 0.0455)).toBeLessThanOrEqual(0.0034)
      expect(greatest).toBeGreaterThan(3.5 * deviation)
    }
  })

  test('follows from the seed alone', () => {
    expect(weightsOf({ initializer })).toEqual(weights)
    if (initializer !== 'zeros') expect(weightsOf({ initializer, seed: 2 })).not.toEqual(weights)
  })
})

const he: ActivationName[] = ['relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus']

test.each(Object.keys(activations) as ActivationName[])(
  'the default under %s is he for the relu family, else xavier',
  (outputActivation) => {
    const initializer = he.includes(outputActivation) ? 'heUniform' : 'xavierUniform'
    expect(weightsOf({ outputActivation })).toEqual(weightsOf({ outputActivation, initializer }))
  },
)

test('a layer’s own initializer comes before the network’s', () => {
  const network = new Network({
    layers: [2, { units: 2, initializer: 'zeros' }, 2],
    initializer: 'heNormal',
    seed: 1,
  })
  expect(network.layers[0]?.weights.toArray()).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(network.layers[1]?.weights.toArray().flat()).not.toContain(0)
})

test.each(names)('biases start at 0 under %s', (initializer) => {
  const network = new Network({ layers: [2, 3, 2], initializer, seed: 1 })
  expect(network.layers.flatMap(({ biases }) => biases.toArray().flat())).toEqual([0, 0, 0, 0, 0])
})

test('without a seed one is drawn, shown by the network, and gives the same parameters again', () => {
  const network = new Network({ layers: [4, 3, 2] })
  const again = new Network({ layers: [4, 3, 2], seed: network.seed })
  expect(Number.isSafeInteger(network.seed) && network.seed >= 0).toBe(true)
  expect(JSON.stringify(again)).toBe(JSON.stringify(network))
  expect(new Set(Array.from({ length: 5 }, () => new Network({ layers: [1, 1] }).seed)).size).toBeGreaterThan(1)
})

test.each([0, 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])('the seed %i is one of its own', (seed) => {
  const network = new Network({ layers: [4, 3], seed })
  expect(network.seed).toBe(seed)
  expect(network.layers[0]?.weights.toArray()).not.toEqual(
    new Network({ layers: [4, 3], seed: 7 }).layers[0]?.weights.toArray(),
  )
})

test('float32 and float64 networks of one seed start from the same weights, rounded', () => {
  expect(weightsOf({ dtype: 'float32' })).toEqual(weightsOf({}).map(Math.fround))
})
