import { describe, expect, test } from 'vitest'
import type { FitOptions } from '../../src/network/fit.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { adagrad, adam, adamw, rmsprop, sgd } from '../../src/training/optimizers.ts'
import { kernelNames } from '../kernels/available.ts'
import { expectFinite, failure, standOf } from './failing.ts'
import { classes, curve, labels, type Provoked, provoked, waves } from './provoked.ts'

const inputs = waves(4)
const targets = curve()
const schedule = { epochs: 60, batchSize: 20 }

describe.each(kernelNames)("with onDivergence: 'halveRate' and %s kernels", (kernels) => {
  const regression = { layers: [4, 8, 1], outputActivation: 'identity', kernels, seed: 3 } as const
  const networks: [string, Partial<NetworkOptions>, number[][]][] = [
    ['relu', { activation: 'relu' }, targets],
    ['tanh', { activation: 'tanh' }, targets],
    ['identity', { activation: 'identity' }, targets],
    ['one layer', { layers: [4, 1] }, targets],
    ['four layers of gelu', { layers: [4, 8, 8, 8, 1], activation: 'gelu' }, targets],
    ['one sigmoid output', { outputActivation: 'sigmoid', loss: 'binaryCrossEntropy', activation: 'relu' }, labels],
    [
      'softmax',
      { layers: [4, 8, 8, 2], outputActivation: 'softmax', loss: 'categoricalCrossEntropy', activation: 'leakyRelu' },
      classes,
    ],
  ]
  const cases = networks.flatMap(([title, options, answers]) =>
    [10, 100, 1e3, 1e4, 1e5, 1e6].map((rate) => [title, rate, options, answers] as const),
  )

  test.each(cases)('%s comes to a lower loss from a rate of %d', async (_, learningRate, options, answers) => {
    for (const batchSize of [20, 60]) {
      const network = new Network({ ...regression, ...options, learningRate })
      const before = network.loss(inputs, answers)
      const { rollbacks, ...history } = await network.fit(inputs, answers, {
        epochs: 100,
        batchSize,
        onDivergence: 'halveRate',
      })
      expectFinite(network)
      const after = network.loss(inputs, answers)
      if (process.env.SHOW) console.log(_, learningRate, batchSize, ':', before, '→', after, rollbacks.length)
      expect(after).toBeLessThan(before)
      expect(rollbacks.length).toBeLessThanOrEqual(40)
      expect(rollbacks.map(({ rateFactor }) => rateFactor)).toEqual(rollbacks.map((_, k) => 2 ** -(k + 1)))
      expect(history.learningRate.at(-1)).toBe(learningRate * 2 ** -rollbacks.length)
      expect(history.loss).toHaveLength(100)
    }
  })
})
