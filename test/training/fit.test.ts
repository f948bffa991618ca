import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { kernelSets } from '../../src/kernels/table.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import { Network } from '../../src/network/network.ts'
import { Generator } from '../../src/random/generator.ts'
import { inOrder, permutation } from '../../src/random/permutation.ts'
import type { EpochReport } from '../../src/training/history.ts'
import { kernelNames } from '../kernels/available.ts'

const inputs = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(2 * i)])
const targets = inputs.map(([x, y]) => [(x as number) * (y as number) > 0 ? 1 : 0])
const build = (kernels: keyof typeof kernelSets | 'auto' = 'auto') =>
  new Network({ layers: [2, 5, 1], kernels, seed: 4 })

/** All but the run of fit, which says what was asked for. */
const bits = (network: Network) => {
  const { training, checksum, ...rest } = network.toJSON()
  const { run, ...state } = training ?? {}
  return JSON.stringify({ ...rest, state })
}
const layersOf = (network: Network) => network.toJSON({ training: false }).layers
const stepsOf = (network: Network) => network.toJSON().training?.steps as number

/** fit by hand, with train alone: the steps of so many epochs, stopped after `limit` of them. */
function byHand(network: Network, epochs: number, batchSize: number, shuffle: boolean, limit = Infinity) {
  const random = new Generator(0)
  random.state = network.toJSON().training?.generator as Generator['state']
  const losses: number[] = []
  let steps = 0
  for (let epoch = 0; epoch < epochs && steps < limit; epoch++) {
    const order = shuffle ? permutation(inputs.length, random) : inOrder(inputs.length)
    let sum = 0
    for (let from = 0; from < order.length && steps < limit; from += batchSize, steps++) {
      const rows = [...order.slice(from, from + batchSize)]
      const pick = (table: number[][]) => rows.map((row) => table[row] as number[])
      sum += rows.length * network.train(pick(inputs), pick(targets))
    }
    losses.push(sum / inputs.length)
  }
  return losses
}

describe.each(kernelNames)('%s kernels', (kernels) => {
  test.each([
    [1, 1, true],
    [2, 7, true],
    [3, 32, true],
    [2, 50, true],
    [2, 1000, true],
    [3, 8, false],
  ])(
    'fit of %i epochs in batches of %i (shuffled: %s) is a loop over train, to the bit',
    async (epochs, batchSize, shuffle) => {
      const [fitted, trained] = [build(kernels), build(kernels)]
      const { loss, validationLoss, seconds } = await fitted.fit(inputs, targets, {
        epochs,
        batchSize,
        shuffle,
      })
      // the same sums in the same order, so equal and not near
      expect(loss).toEqual(byHand(trained, epochs, batchSize, shuffle))
      expect(layersOf(fitted)).toEqual(layersOf(trained))
      expect(stepsOf(fitted)).toBe(epochs * Math.ceil(50 / batchSize))
      expect(validationLoss).toEqual([])
      expect(seconds).toHaveLength(epochs)
      expect(seconds.every((time) => time >= 0)).toBe(true)
    },
  )

  test('batches larger than a block are one step each', async () => {
    const many = Array.from({ length: 700 }, (_, i) => [Math.sin(i), Math.cos(i)])
    const [fitted, trained] = [build(kernels), build(kernels)]
    const zeros = many.map(() => [0])
    const { loss } = await fitted.fit(many, zeros, { batchSize: 600, shuffle: false })
    const expected = [
      600 * trained.train(many.slice(0, 600), zeros.slice(0, 600)),
      100 * trained.train(many.slice(600), zeros.slice(600)),
    ]
    expect(loss).toEqual([((expected[0] as number) + (expected[1] as number)) / 700])
    expect(layersOf(fitted)).toEqual(layersOf(trained))
  })
})

test('one epoch in batches of 32 is what fit does untold', async () => {
  const [untold, told] = [build(), build()]
  await untold.fit(inputs, targets)
  await told.fit(inputs, targets, { epochs: 1, batchSize: 32, shuffle: true })
  expect(bits(untold)).toBe(bits(told))
})

test('any fit repeats itself from the same seed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 60 }), async (seed, batchSize) => {
      const networks = [0, 1].map(() => new Network({ layers: [2, 3, 1], seed }))
      for (const network of networks) await network.fit(inputs, targets, { epochs: 2, batchSize })
      expect(bits(networks[0] as Network)).toBe(bits(networks[1] as Network))
    }),
    { seed: 1, numRuns: 20 },
  )
})

test('a second fit goes on where the first stopped: parameters, steps and generator', async () => {
  const [twice, restarted] = [build(), build()]
  await twice.fit(inputs, targets, { batchSize: 10 })
  const after = bits(twice)
  await twice.fit(inputs, targets, { batchSize: 10 })
  await restarted.fit(inputs, targets, { batchSize: 10 })
  expect(bits(restarted)).toBe(after)
  expect(bits(twice)).not.toBe(after)
  expect(stepsOf(twice)).toBe(10)
  // a fit shuffles anew from the rows' own order, so the second epoch of one fit is another than a second fit
  expect(twice.toJSON().training?.generator).not.toEqual(restarted.toJSON().training?.generator)
  const unshuffled = [build(), build()] as [Network, Network]
  await unshuffled[0].fit(inputs, targets, { epochs: 2, batchSize: 10, shuffle: false })
  for (let k = 0; k < 2; k++) await unshuffled[1].fit(inputs, targets, { batchSize: 10, shuffle: false })
  expect(bits(unshuffled[0])).toBe(bits(unshuffled[1]))
})

test('a fit resumed after a round trip through JSON gives the same bits as without', async () => {
  const network = build()
  await network.fit(inputs, targets, { epochs: 2, batchSize: 7 })
  const read = Network.fromJSON(JSON.stringify(network))
  for (const one of [network, read]) await one.fit(inputs, targets, { epochs: 2, batchSize: 7 })
  expect(bits(read)).toBe(bits(network))
})

test('validation rows are not trained on, and validationLoss is their loss after each epoch', async () => {
  const validation = {
    inputs: [
      [1, 2],
      [3, 4],
    ],
    targets: [[0], [1]],
  }
  const [validated, plain] = [build(), build()]
  const seen: number[] = []
  const history = await validated.fit(inputs, targets, {
    epochs: 3,
    validation,
    onEpoch: () => seen.push(validated.loss(validation.inputs, validation.targets)),
  })
  await plain.fit(inputs, targets, { epochs: 3 })
  expect(history.validationLoss).toEqual(seen)
  expect(new Set(seen).size).toBe(3)
  expect(bits(validated)).toBe(bits(plain))
})

describe('onEpoch', () => {
  test('sees each epoch as the history has it', async () => {
    const reports: EpochReport[] = []
    const network = build()
    const validation = { inputs, targets }
    const history = await network.fit(inputs, targets, {
      epochs: 3,
      validation,
      onEpoch: (report) => void reports.push(report),
    })
    expect(reports.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect(reports.map(({ loss }) => loss)).toEqual(history.loss)
    expect(reports.map(({ validationLoss }) => validationLoss)).toEqual(history.validationLoss)
    expect(reports.map(({ seconds }) => seconds)).toEqual(history.seconds)
    await network.fit(inputs, targets, {
      onEpoch: (report) => expect(report).not.toHaveProperty('validationLoss'),
    })
  })

  test('is awaited', async () => {
    const events: string[] = []
    await build().fit(inputs, targets, {
      epochs: 2,
      onEpoch: async ({ epoch }) => {
        events.push(`begin ${epoch}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        events.push(`end ${epoch}`)
      },
    })
    expect(events).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  test.each([
    ['false', () => false],
    ['a promise of false', async () => false],
  ])('that gives %s stops, and the history has what was done', async (_, onEpoch) => {
    const [stopped, short] = [build(), build()]
    expect((await stopped.fit(inputs, targets, { epochs: 9, onEpoch })).loss).toHaveLength(1)
    await short.fit(inputs, targets)
    expect(bits(stopped)).toBe(bits(short))
  })

  test.each([undefined, null, 0, '', true])('that gives %s goes on', async (result) => {
    expect((await build().fit(inputs, targets, { epochs: 2, onEpoch: () => result })).loss).toHaveLength(2)
  })

  test.each([
    [
      'throws',
      () => {
        throw new EvalError('mine')
      },
    ],
    ['rejects', () => Promise.reject(new EvalError('mine'))],
  ])('that %s makes fit reject with it; the epoch stands and the network is fit for work', async (_, onEpoch) => {
    const [network, short] = [build(), build()]
    await expect(network.fit(inputs, targets, { epochs: 3, onEpoch })).rejects.toThrow(new EvalError('mine'))
    await short.fit(inputs, targets)
    expect(bits(network)).toBe(bits(short))
    network.train(inputs, targets)
    expect((await network.fit(inputs, targets)).loss).toHaveLength(1)
  })
})

describe('signal', () => {
  test('already aborted makes fit reject with its reason, and nothing changes', async () => {
    const network = build()
    const before = bits(network)
    const reason = { why: 'mine' }
    await expect(network.fit(inputs, targets, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(network.fit(inputs, targets, { signal: AbortSignal.abort() })).rejects.toHaveProperty(
      'name',
      'AbortError',
    )
    expect(bits(network)).toBe(before)
    network.train(inputs, targets)
  })

  test('aborted by a timer stops between two steps; the completed steps stand', async () => {
    const [network, twin] = [build(), build()]
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'), 40)
    await expect(network.fit(inputs, targets, { epochs: 1e9, batchSize: 3, signal: controller.signal })).rejects.toBe(
      'enough',
    )
    const steps = stepsOf(network)
    expect(steps).toBeGreaterThan(0)
    byHand(twin, Infinity, 3, true, steps)
    expect(layersOf(network)).toEqual(layersOf(twin))
    expect(stepsOf(twin)).toBe(steps)
    network.train(inputs, targets)
  })

  test('aborted in the midst of an epoch does not wait for its end', async () => {
    const network = build()
    const many = Matrix.zeros(100_000, 2, { dtype: 'float32' }) // read as they lie, so that steps begin at once
    const controller = new AbortController()
    setTimeout(() => controller.abort('now'))
    const running = network.fit(many, Matrix.zeros(100_000, 1, { dtype: 'float32' }), {
      batchSize: 1,
      signal: controller.signal,
    })
    await expect(running).rejects.toBe('now')
    // the timer's turn comes after 15 ms, in which no machine takes 100,000 steps of 150 ns
    expect(stepsOf(network)).toBeLessThan(100_000)
    expect(stepsOf(network)).toBeGreaterThan(0)
  })

  test('aborted by onEpoch stops after that epoch', async () => {
    const [network, short] = [build(), build()]
    const controller = new AbortController()
    const onEpoch = () => controller.abort('now')
    await expect(network.fit(inputs, targets, { epochs: 9, onEpoch, signal: controller.signal })).rejects.toBe('now')
    await short.fit(inputs, targets)
    expect(bits(network)).toBe(bits(short))
  })

  test('that is never aborted changes nothing', async () => {
    const [network, plain] = [build(), build()]
    await network.fit(inputs, targets, { signal: new AbortController().signal })
    await plain.fit(inputs, targets)
    expect(bits(network)).toBe(bits(plain))
  })
})

describe('while a network is being fitted', () => {
  test('train and a second fit throw; predict, loss, gradients and toJSON see the last completed step', async () => {
    const network = build()
    const controller = new AbortController()
    const running = network.fit(inputs, targets, { epochs: 1e9, batchSize: 3, signal: controller.signal })
    const visits: number[] = []
    for (let visit = 0; visit < 4; visit++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(() => network.train(inputs, targets)).toThrow(
        new TypeError('train: the network is being fitted; await that fit first'),
      )
      await expect(network.fit(inputs, targets)).rejects.toThrow(
        'fit: the network is being fitted; await that fit first',
      )
      const twin = build()
      byHand(twin, Infinity, 3, true, stepsOf(network))
      expect(layersOf(network)).toEqual(layersOf(twin))
      expect(network.predict(inputs).toArray()).toEqual(twin.predict(inputs).toArray())
      expect(network.loss(inputs, targets)).toBe(twin.loss(inputs, targets))
      expect(network.gradients(inputs, targets)).toEqual(twin.gradients(inputs, targets))
      visits.push(stepsOf(network))
    }
    controller.abort('done')
    await expect(running).rejects.toBe('done')
    // each wait gave the fit at least one turn, so timers and steps do take turns
    expect(new Set(visits).size).toBe(4)
    const twin = build()
    byHand(twin, Infinity, 3, true, stepsOf(network))
    expect(layersOf(network)).toEqual(layersOf(twin))
  })

  test('train from inside onEpoch throws, and fit rejects with that', async () => {
    const network = build()
    const train = () => network.train(inputs, targets)
    await expect(network.fit(inputs, targets, { onEpoch: train })).rejects.toThrow(
      /^train: the network is being fitted/,
    )
    expect(stepsOf(network)).toBe(2)
  })

  test('another network may be trained and fitted', async () => {
    const other = build()
    const fits = [build().fit(inputs, targets, { epochs: 5 }), other.fit(inputs, targets, { epochs: 5 })]
    const [a, b] = await Promise.all(fits)
    expect(a?.loss).toEqual(b?.loss)
  })

  test('arrays of rows that the caller changes are not read again', async () => {
    const [network, plain] = [build(), build()]
    const mine = inputs.map((row) => [...row])
    await network.fit(mine, targets, {
      epochs: 2,
      onEpoch: () => {
        for (const row of mine) row.fill(Number.NaN)
      },
    })
    await plain.fit(inputs, targets, { epochs: 2 })
    expect(bits(network)).toBe(bits(plain))
  })

  test('NaN that the caller writes into a Matrix in use ends the fit before a step takes it', async () => {
    const network = new Network({ layers: [2, 5, 1], seed: 4, dtype: 'float64' })
    const mine = Matrix.from(inputs)
    const running = network.fit(mine, targets, {
      epochs: 3,
      onEpoch: () => void mine.map(() => Number.NaN, mine),
    })
    // either the rows were copied when fit began, or the loss is NaN: the parameters must be finite in both cases
    await running.catch((error: unknown) => expect(error).toBeInstanceOf(RangeError))
    expect(network.layers.every(({ weights }) => Number.isFinite(weights.sum()))).toBe(true)
  })
})

test('NaN that the last callback writes ends a fit that is to keep those parameters, and what it leaves can be saved', async () => {
  for (const options of [{ averaging: 0.9 }, { earlyStopping: { patience: 3 } }]) {
    const network = build()
    const spoil = ({ epoch }: EpochReport) => void (epoch === 2 && network.layers[0]?.weights.set(0, 0, Number.NaN))
    await expect(network.fit(inputs, targets, { ...options, epochs: 2, onEpoch: spoil })).rejects.toThrow(
      /an element of its weights is NaN/,
    )
    expect(JSON.stringify(Network.fromJSON(network.toJSON()))).toBe(JSON.stringify(network))
  }
})

describe.each(kernelNames)('learning with %s kernels', (kernels) => {
  test.each([1, 2, 3])('XOR is learnt from seed %i', async (seed) => {
    const network = new Network({ layers: [2, 4, 1], learningRate: 5, kernels, seed })
    const [X, T] = [
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      [0, 1, 1, 0],
    ]
    await network.fit(X, T, { epochs: 3000, batchSize: 4 })
    // outputs within 0.15 of each target: far from the 0.125 of a network that answers ½
    expect(network.loss(X, T)).toBeLessThan(0.01)
    expect(network.classify(X)).toEqual(T)
  })

  test('a sine is fitted by tanh units, and a line by none, to a small loss', async () => {
    const x = Array.from({ length: 64 }, (_, i) => -3 + (6 * i) / 63)
    const sine = new Network({
      layers: [1, 12, 1],
      activation: 'tanh',
      outputActivation: 'identity',
      learningRate: 0.05,
      kernels,
      seed: 1,
    })
    await sine.fit(x, x.map(Math.sin), { epochs: 1000, batchSize: 8 })
    // the variance of a sine gives ½·½; a hundredth of it is a fit that one sees as such
    expect(sine.loss(x, x.map(Math.sin))).toBeLessThan(0.0025)
    const line = new Network({
      layers: [1, 1],
      outputActivation: 'identity',
      learningRate: 0.1,
      dtype: 'float64',
      kernels,
      seed: 1,
    })
    await line.fit(
      x,
      x.map((one) => 3 * one - 2),
      { epochs: 50, batchSize: 8 },
    )
    // the loss of exact data falls by a factor each epoch, down to rounding
    expect(
      line.loss(
        x,
        x.map((one) => 3 * one - 2),
      ),
    ).toBeLessThan(1e-20)
    expect(line.layers[0]?.weights.get(0, 0)).toBeCloseTo(3, 9)
    expect(line.layers[0]?.biases.get(0, 0)).toBeCloseTo(-2, 9)
  })
})
