import { describe, expect, test } from 'vitest'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import type { Rollback } from '../../src/training/history.ts'
import { adagrad, adam, adamw, rmsprop, sgd } from '../../src/training/optimizers.ts'
import { kernelNames } from '../kernels/available.ts'
import { expectFinite, failure, standOf } from './failing.ts'
import { curve, waves } from './provoked.ts'

const inputs = waves(4)
const targets = curve()
const sides = inputs.map(([x = 0, y = 0]) => [Number(x + 0.5 * y > 0)])
const sidesOfTwo = sides.map(([side = 0]) => [side, 1 - side])
const regression = { layers: [4, 8, 1], outputActivation: 'identity', seed: 3 } as const

/** Those of a run that can be resumed. */
function rollbacksOf(network: Network): Rollback[] {
  const run = JSON.parse(JSON.stringify(network.toJSON().training?.run)) as {
    state: { history: { rollbacks: Rollback[] } }
  }
  return run.state.history.rollbacks
}

describe.each(kernelNames)("with onDivergence: 'halveRate' and %s kernels", (kernels) => {
  const networks: [string, Partial<NetworkOptions>, number[][]][] = [
    ['relu', { activation: 'relu' }, targets],
    ['tanh', { activation: 'tanh' }, targets],
    ['identity', { activation: 'identity' }, targets],
    ['one layer', { layers: [4, 1] }, targets],
    ['four layers of gelu', { layers: [4, 8, 8, 8, 1], activation: 'gelu' }, targets],
    ['one sigmoid output', { outputActivation: 'sigmoid', loss: 'binaryCrossEntropy', activation: 'relu' }, sides],
    ['softmax', { layers: [4, 8, 8, 2], outputActivation: 'softmax', loss: 'categoricalCrossEntropy' }, sidesOfTwo],
  ]
  const rates = [10, 100, 1e3, 1e4, 1e5, 1e6]
  const optimizers: [string, NetworkOptions['optimizer']][] = [
    ['momentum', sgd({ learningRate: 1e4, momentum: 0.9 })],
    ["Nesterov's momentum", sgd({ learningRate: 1e4, momentum: 0.9, nesterov: true })],
    ['weight decay', sgd({ learningRate: 1e3, weightDecay: 0.01 })],
    ['adam', adam({ learningRate: 1e3 })],
    ['adamw', adamw({ learningRate: 1e3 })],
    ['adagrad', adagrad({ learningRate: 1e6 })],
    ['rmsprop', rmsprop({ learningRate: 1e3 })],
  ]
  const cases: [string, NetworkOptions, number[][]][] = [
    ...networks.flatMap(([title, options, answers]) =>
      rates.map((learningRate): [string, NetworkOptions, number[][]] => [
        `${title}, rate ${learningRate}`,
        { ...regression, ...options, learningRate } as NetworkOptions,
        answers,
      ]),
    ),
    ...optimizers.map(([title, optimizer]): [string, NetworkOptions, number[][]] => [
      title,
      { ...regression, activation: 'relu', optimizer } as NetworkOptions,
      targets,
    ]),
  ]

  test.each(cases)('a run comes to a lower loss: %s', async (_, options, answers) => {
    for (const batchSize of [20, 60]) {
      const network = new Network({ ...options, kernels })
      const before = network.loss(inputs, answers)
      const { rollbacks, ...history } = await network.fit(inputs, answers, {
        epochs: 100,
        batchSize,
        onDivergence: 'halveRate',
      })
      expectFinite(network)
      expect(network.loss(inputs, answers)).toBeLessThan(before)
      expect(rollbacks.length).toBeGreaterThan(0)
      expect(rollbacks.length).toBeLessThanOrEqual(40)
      expect(rollbacks.map(({ rateFactor }) => rateFactor)).toEqual(rollbacks.map((_, k) => 2 ** -(k + 1)))
      expect(history.learningRate.at(-1)).toBeLessThanOrEqual(network.optimizer.learningRate)
      expect(history.loss).toHaveLength(100)
      expect(history.stoppedBy).toBe('epochs')
      const steps = rollbacks.map(({ step }) => step)
      expect(steps).toEqual(steps.toSorted((a, b) => a - b))
      for (const { reason } of rollbacks)
        expect(reason).toMatch(/^(the loss (is (NaN|Infinity)|rose to )|layer \d: the )/)
    }
  })

  test('a run whose rate is right is the same, to the bit, as without', async () => {
    for (const optimizer of [sgd({ learningRate: 0.1 }), adam()]) {
      const run = async (onDivergence: 'stop' | 'halveRate') => {
        const network = new Network({ ...regression, optimizer, kernels })
        const { rollbacks } = await network.fit(inputs, targets, { epochs: 20, batchSize: 20, onDivergence })
        expect(rollbacks).toEqual([])
        return standOf(network)
      }
      expect(await run('halveRate')).toEqual(await run('stop'))
    }
  })

  test.each([
    ['momentum', (learningRate: number) => sgd({ learningRate, momentum: 0.9 }), 30],
    ['adam', (learningRate: number) => adam({ learningRate }), 64],
    ['rmsprop', (learningRate: number) => rmsprop({ learningRate }), 2],
    ['weight decay', (learningRate: number) => sgd({ learningRate, weightDecay: 0.01 }), 32],
  ] as const)(
    'a rollback brings back parameters, the state of %s and the count of steps',
    async (_, optimizer, rate) => {
      const build = (learningRate: number) =>
        new Network({ ...regression, activation: 'relu', optimizer: optimizer(learningRate), kernels })
      const common = { batchSize: 20, shuffle: false } as const
      const network = build(rate)
      const { rollbacks, learningRate } = await network.fit(inputs, targets, {
        ...common,
        epochs: 9,
        onDivergence: 'halveRate',
      })
      // until the first epoch that was kept, every way back led to the start
      const kept = learningRate.indexOf(learningRate.at(-1) as number)
      const last = rollbacks.at(-1) as Rollback
      expect(rollbacks.length).toBeGreaterThan(0)
      expect(kept).toBe(last.reason.startsWith('the loss rose') ? last.epoch : last.epoch - 1)
      const twin = build(rate * last.rateFactor)
      await twin.fit(inputs, targets, { ...common, epochs: 9 - kept })
      const [one, other] = [network.toJSON(), twin.toJSON()]
      expect(one.layers).toEqual(other.layers)
      expect(one.training?.state).toEqual(other.training?.state)
      expect(one.training?.steps).toBe(other.training?.steps)
    },
  )

  test.each([
    ['inputs of 1e30', {}, waves(4, 1e30), 'unscaledInputs'],
    ['inputs that overflow squares', { optimizer: adam(), loss: 'huber' }, waves(4, 1e22), 'unscaledInputs'],
    [
      'a function that gives NaN',
      { activation: { name: 'mine', value: Math.sqrt, derivative: () => 1 } },
      inputs,
      'brokenFunction',
    ],
  ] as const)('gives up at once where no rate helps: %s', async (_, options, rows, cause) => {
    const build = () => new Network({ ...regression, activation: 'relu', ...options, kernels })
    const network = build()
    const error = await failure(network.fit(rows, targets, { onDivergence: 'halveRate', epochs: 5, batchSize: 20 }))
    expect(error.likelyCause).toBe(cause)
    expect(error.message).toContain('(step 1 of the run)')
    expect(standOf(network)).toEqual(standOf(build()))
  })

  test('gives up after 40 halvings, and explains', async () => {
    const network = new Network({ ...regression, activation: 'relu', learningRate: 1e38, kernels })
    const error = await failure(network.fit(inputs, targets, { onDivergence: 'halveRate', epochs: 50, batchSize: 20 }))
    expect(error.likelyCause).toBe('rateTooHigh')
    expect(error.evidence.learningRate).toBe(1e38 * 2 ** -40)
    expect(rollbacksOf(network)).toHaveLength(40)
    expectFinite(network)
  })

  test('averages, dropout and early stopping come back too', async () => {
    const network = new Network({
      layers: [4, { units: 8, dropout: 0.1, activation: 'relu' }, 1],
      outputActivation: 'identity',
      learningRate: 1e4,
      kernels,
      seed: 1,
    })
    const before = network.loss(inputs, targets)
    const { rollbacks } = await network.fit(inputs, targets, {
      epochs: 60,
      batchSize: 20,
      averaging: 0.9,
      earlyStopping: { patience: 60 },
      onDivergence: 'halveRate',
    })
    expect(rollbacks.length).toBeGreaterThan(5)
    expectFinite(network)
    expect(network.loss(inputs, targets)).toBeLessThan(before)
  })
})
