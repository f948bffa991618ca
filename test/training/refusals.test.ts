import { describe, expect, test } from 'vitest'
import type { Optimizer } from '../../src/kernels/plan.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import type { FitOptions } from '../../src/network/fit.ts'
import { Network } from '../../src/network/network.ts'
import { type ActivationName, activations } from '../../src/rule/activations.ts'
import { adam, sgd } from '../../src/training/optimizers.ts'
import { kernelNames } from '../kernels/available.ts'
import { expectFinite, failure, numbersOf, refusal, standOf } from './failing.ts'
import { curve, waves } from './provoked.ts'

const inputs = waves(4)
const targets = curve()
const hidden = Object.keys(activations).filter((name) => name !== 'softmax') as ActivationName[]

describe.each(kernelNames)('with %s kernels, a number that someone wrote', (kernels) => {
  const build = (activation: ActivationName = 'tanh', optimizer: Optimizer = sgd({ learningRate: 0.1 })) =>
    new Network({ layers: [4, 6, 5, 1], activation, outputActivation: 'identity', optimizer, kernels, seed: 5 })

  const written = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const places = [0, 1, 2].flatMap((l) => (['weights', 'biases'] as const).map((name) => [l, name] as const))

  test.each(places)('before fit, into layer %i, %s, is named with its place', async (l, name) => {
    for (const value of written) {
      const network = build()
      network.layers[l]?.[name].set(0, 0, value)
      const kept = standOf(network)
      const error = await failure(network.fit(inputs, targets))
      expect(error.likelyCause).toBe('brokenParameter')
      const place = name === 'weights' ? 'weights, row 0, column 0' : 'biases, column 0'
      const words = `fit, epoch 1, batch 1 (step 1 of the run): layer ${l}: an element of its ${name} is`
      expect(error.message).toContain(words)
      expect(error.message).toContain(
        `Likely cause: layer ${l}, ${place}, is ${value}, and no step leaves such a number`,
      )
      expect(error).toMatchObject({ layer: l, parameter: name, overflow: 'an element' })
      expect(standOf(network)).toEqual(kept)
    }
  })

  test.each(hidden)('is noticed by train as well, where it comes to the loss, with %s', (activation) => {
    for (const [l, name] of places) {
      const network = build(activation, adam())
      network.train(inputs, targets)
      network.layers[l]?.[name].set(0, 0, Number.NaN)
      const kept = JSON.stringify(network)
      const error = refusal(() => network.train(inputs, targets))
      expect(error.likelyCause).toBe('brokenParameter')
      expect(error.message).toContain('train, step 2 of the network: the loss of row 0 is NaN')
      expect(JSON.stringify(network)).toBe(kept)
      network.layers[l]?.[name].set(0, 0, 0)
      network.train(inputs, targets)
      expectFinite(network)
    }
  })

  test.each([
    ['onBatch', 4],
    ['onEpoch', 3],
    ['onBatch, where the loss stays finite,', 4],
  ])('in %s ends the run before the next step', async (title, steps) => {
    const isInfinite = title.includes('finite')
    const network = build('tanh')
    const write = () => network.layers[0]?.weights.set(2, 3, isInfinite ? Number.POSITIVE_INFINITY : Number.NaN)
    const options: FitOptions = title.startsWith('onBatch')
      ? { onBatch: ({ step }) => (step === steps ? write() : undefined) }
      : { onEpoch: write }
    const error = await failure(network.fit(inputs, targets, { ...options, epochs: 5, batchSize: 20 }))
    expect(error.likelyCause).toBe('brokenParameter')
    expect(error.message).toContain(`layer 0, weights, row 2, column 3, is ${isInfinite ? 'Infinity' : 'NaN'}`)
    expect(error.message).toContain(`(step ${steps + 1} of the run)`)
    expect(network.toJSON().training?.steps).toBe(steps)
    const twin = build('tanh')
    await twin.fit(inputs, targets, { epochs: 5, batchSize: 20, maxSteps: steps })
    twin.layers[0]?.weights.set(2, 3, isInfinite ? Number.POSITIVE_INFINITY : Number.NaN)
    expect(standOf(network)).toEqual(standOf(twin))
  })

  test('in a timer ends the run, and leaves all other numbers finite', async () => {
    for (const batchSize of [1, 20, 60]) {
      const network = build('sigmoid', adam())
      const running = network.fit(inputs, targets, { epochs: 1e6, batchSize })
      setTimeout(() => network.layers[1]?.weights.set(2, 3, Number.NaN), 20)
      const error = await failure(running)
      expect(error.likelyCause).toBe('brokenParameter')
      expect(error.message).toContain('layer 1, weights, row 2, column 3, is NaN')
      expect(numbersOf(network).filter((number) => !Number.isFinite(number))).toEqual([Number.NaN])
      network.layers[1]?.weights.set(2, 3, 0)
      await network.fit(inputs, targets, { epochs: 2 })
      expectFinite(network)
    }
  })

  test('is not rolled back, as the network would then lose what someone meant', async () => {
    const network = build()
    const onBatch = ({ step }: { step: number }) =>
      step === 2 ? network.layers[0]?.biases.set(0, 1, Number.NaN) : undefined
    const error = await failure(network.fit(inputs, targets, { onBatch, onDivergence: 'halveRate', batchSize: 20 }))
    expect(error.likelyCause).toBe('brokenParameter')
    expect(network.layers[0]?.biases.get(0, 1)).toBeNaN()
  })
})

describe('a number that is not finite in the data', () => {
  const many = Array.from({ length: 50_000 }, (_, i) => [Math.sin(i), Math.cos(i), 1])
  const answers = many.map(([x]) => [x as number])

  test.each([
    ['inputs', Number.NaN, 1],
    ['inputs', Number.POSITIVE_INFINITY, 2],
    ['targets', Number.NaN, 0],
  ] as const)('is found before the first step: in %s, %d, column %i of row 40,000', async (which, value, column) => {
    const spoil = (rows: number[][]) => rows.map((row, i) => (i === 40_000 ? row.with(column, value) : row))
    const tables = { inputs: many, targets: answers }
    const spoiled = { ...tables, [which]: spoil(tables[which]) }
    const asMatrices = {
      inputs: Matrix.from(spoiled.inputs, { dtype: 'float32' }),
      targets: Matrix.from(spoiled.targets, { dtype: 'float32' }),
    }
    for (const given of [spoiled, asMatrices]) {
      const network = new Network({ layers: [3, 4, 1], optimizer: adam(), seed: 1 })
      const kept = JSON.stringify(network)
      const place = `${which}, row 40000, column ${column} is ${value}`
      expect((await failure(network.fit(given.inputs, given.targets))).message).toContain(`fit: ${place}`)
      expect(refusal(() => network.train(given.inputs, given.targets)).message).toContain(`train: ${place}`)
      expect(JSON.stringify(network)).toBe(kept)
    }
  })

  test('is refused in weights of rows, and so are weights that add up to more than there is', async () => {
    const network = new Network({ layers: [4, 1], seed: 1, dtype: 'float64' })
    const kept = JSON.stringify(network)
    for (const weight of [Number.NaN, Number.POSITIVE_INFINITY, 1e308]) {
      const sampleWeights = inputs.map(() => weight)
      await expect(network.fit(inputs, targets, { sampleWeights })).rejects.toThrow(RangeError)
    }
    expect(JSON.stringify(network)).toBe(kept)
  })

  test('is none where weights of rows are huge or tiny, as their mean becomes 1', async () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const factor of [1e-40, 1e30]) {
        const network = new Network({
          layers: [4, 6, 1],
          outputActivation: 'identity',
          seed: 1,
          dtype,
          learningRate: 0.05,
        })
        const sampleWeights = inputs.map((_, i) => factor * (1 + (i % 3)))
        const { loss } = await network.fit(inputs, targets, { sampleWeights, epochs: 30 })
        expect(loss.at(-1)).toBeLessThan(loss[0] as number)
        expectFinite(network)
      }
    }
  })
})

describe.each(kernelNames)('with %s kernels', (kernels) => {
  test('a loss that is not finite in the third block of a batch names its row, and is measured there', async () => {
    const rows = waves(4, 1, undefined, 700).map((row, i) => (i === 613 ? row.with(1, 1e30) : row))
    const build = () =>
      new Network({ layers: [4, 6, 1], activation: 'relu', outputActivation: 'identity', kernels, seed: 2 })
    const network = build()
    const error = await failure(network.fit(rows, curve(1, 700), { batchSize: 700, shuffle: false }))
    expect(error).toMatchObject({ row: 613, likelyCause: 'unscaledInputs', overflow: 'the loss' })
    expect(error.message).toContain('the loss of row 613 is Infinity')
    expect(error.evidence.layers[0]?.largestActivation).toBeGreaterThan(1e28)
    expect(standOf(network)).toEqual(standOf(build()))
    const shuffled = await failure(network.fit(rows, curve(1, 700), { batchSize: 300 }))
    expect(shuffled).toMatchObject({ row: 613, likelyCause: 'unscaledInputs' })
    expect(refusal(() => network.train(rows, curve(1, 700)))).toMatchObject({ row: 613, likelyCause: 'unscaledInputs' })
  })

  test('rows that are held out are no evidence', async () => {
    const build = () =>
      new Network({ layers: [4, 6, 1], outputActivation: 'identity', kernels, seed: 2, learningRate: 100 })
    const parted = async (rows: number[][]) => failure(build().fit(rows, targets, { validation: 0.2, epochs: 50 }))
    const { evidence } = await parted(inputs)
    const seen = new Set<string>()
    for (const i of inputs.keys()) {
      const error = await parted(inputs.map((row, k) => (k === i ? row.with(2, 1e6) : row)))
      seen.add(error.likelyCause)
      if (error.likelyCause === 'rateTooHigh') expect(error.evidence.inputs.greatest).toBeLessThanOrEqual(1)
    }
    expect(evidence.inputs.greatest).toBeLessThanOrEqual(1)
    expect([...seen].sort()).toEqual(['rateTooHigh', 'unscaledInputs'])
  })

  test('validation rows whose loss is not finite end no run: history and JSON hold what was measured', async () => {
    const spoiled = {
      inputs: [
        [1e30, 1, 1, 1],
        [1, 1, 1, 1],
      ],
      targets: [[0], [0]],
    }
    const build = () =>
      new Network({
        layers: [4, 6, 1],
        activation: 'relu',
        outputActivation: 'identity',
        kernels,
        seed: 2,
        learningRate: 0.05,
      })
    const options: FitOptions = {
      epochs: 6,
      validation: spoiled,
      metrics: [{ name: 'largest', value: (outputs) => Math.max(...outputs.toArray().flat().map(Math.abs)) }],
      schedule: { name: 'reduceOnPlateau', patience: 1, factor: 0.5 },
      earlyStopping: { patience: 4 },
    }
    const network = build()
    const history = await network.fit(inputs, targets, options)
    expect(history.validationLoss).toEqual(Array(4).fill(Number.POSITIVE_INFINITY))
    expect(history.stoppedBy).toBe('earlyStopping')
    expect(history.loss.every(Number.isFinite)).toBe(true)
    expect(history.bestEpoch).toBeUndefined()
    expect(history.learningRate).toEqual([0.05, 0.05, 0.025, 0.025])
    expectFinite(network)
    const again = Network.fromJSON(JSON.stringify(network))
    expect(JSON.stringify(again)).toBe(JSON.stringify(network))
    const resumed = await again.fit(inputs, targets, {
      ...options,
      resume: true,
      epochs: 8,
      earlyStopping: { patience: 9 },
    })
    expect(resumed.loss).toHaveLength(8)
  })

  test('one step of a network that stands apart takes nothing of another with it', () => {
    const network = new Network({ layers: [4, 1], outputActivation: 'identity', kernels, seed: 1 })
    const loss = network.loss(inputs, targets)
    refusal(() => network.train(waves(4, 1e30), targets))
    expect(network.loss(inputs, targets)).toBe(loss)
    expect(network.train(inputs, targets)).toBe(loss)
  })
})
