import { describe, expect, test } from 'vitest'
import { holdOut } from '../../src/data/hold-out.ts'
import type { FitOptions, Matrix, NetworkOptions } from '../../src/index.ts'
import { adam, Network } from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'
import { errorOf, generatorOf, numbersOf, pick, writeNumbers } from './fitting.ts'

describe('validation: a share of the rows', () => {
  const [ROWS, CLASSES] = [40, 3]
  const inputs = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i)])
  // 24 rows of class 0, 12 of class 1, 4 of class 2
  const labelOf = (i: number) => (i % 10 === 3 ? 2 : Number(i % 10 > 6))
  const oneHot = inputs.map((_, i) => Array.from({ length: CLASSES }, (_, k) => Number(k === labelOf(i))))
  const options: FitOptions = { epochs: 2, batchSize: 7, validation: 0.25 }
  const softmax: NetworkOptions = {
    layers: [2, 4, CLASSES],
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    seed: 5,
  }

  /** What the metric sees of the rows that are held out. */
  const watch = (seen: { targets: number[][]; outputs: number[][] }) => ({
    name: 'watched',
    value: (outputs: Matrix, targets: Matrix) => {
      seen.outputs = outputs.toArray()
      seen.targets = targets.toArray()
      return 0
    },
  })

  const partsOf = (network: Network) => holdOut(ROWS, 0.25, generatorOf(network), labelOf)

  test('holds out that share of each class', async () => {
    const seen = { targets: [] as number[][], outputs: [] }
    const { validationLoss } = await new Network(softmax).fit(inputs, oneHot, { ...options, metrics: [watch(seen)] })
    expect(validationLoss).toHaveLength(2)
    const counts = [0, 1, 2].map((k) => seen.targets.filter((row) => row[k] === 1).length)
    expect(counts).toEqual([6, 3, 1])
  })

  test('holds rows out without regard to targets that are no labels', async () => {
    const seen = { targets: [] as number[][], outputs: [] }
    const network = new Network({ layers: [2, 4, 1], outputActivation: 'identity', seed: 5 })
    const numbered = inputs.map((_, i) => [i])
    const { held } = holdOut(ROWS, 0.25, generatorOf(network))
    await network.fit(inputs, numbered, { validation: 0.25, metrics: [watch(seen)], clipNorm: 1e-3 })
    expect(seen.targets.flat()).toEqual([...held])
  })

  test('trains on none of them: whatever their inputs are, the same bits come out', async () => {
    const [clean, poisoned] = [new Network(softmax), new Network(softmax)]
    const { held } = partsOf(clean)
    expect(held).toHaveLength(10)
    const poison = inputs.map((row, i) => (held.includes(i) ? [1e30, -1e30] : row))
    const [history, other] = [await clean.fit(inputs, oneHot, options), await poisoned.fit(poison, oneHot, options)]
    expect(numbersOf(poisoned)).toEqual(numbersOf(clean))
    expect(other.loss).toEqual(history.loss)
    expect(other.validationLoss).not.toEqual(history.validationLoss)
  })

  test('trains on all others: each of them would show', async () => {
    const clean = new Network(softmax)
    const { training } = partsOf(clean)
    const { loss } = await clean.fit(inputs, oneHot, { ...options, epochs: 1 })
    for (const row of training) {
      const network = new Network(softmax)
      const other = inputs.map((pair, i) => (i === row ? [9, 9] : pair))
      expect((await network.fit(other, oneHot, { ...options, epochs: 1 })).loss, `row ${row}`).not.toEqual(loss)
    }
  })

  test('reports the plain loss and the metrics of the rows that are held out', async () => {
    const network = new Network(softmax)
    const { held } = partsOf(network)
    const seen = { targets: [] as number[][], outputs: [] as number[][] }
    const terms = { l2: 0.01, labelSmoothing: 0.1, classWeights: 'balanced' } as const // of training alone
    const history = await network.fit(inputs, oneHot, { ...options, ...terms, metrics: ['accuracy', watch(seen)] })
    const [X, T] = [pick(inputs, [...held]), pick(oneHot, [...held])]
    expect(history.validationLoss.at(-1)).toBe(network.loss(X, T))
    expect(history.metrics.accuracy?.at(-1)).toBe(network.accuracy(X, [...held].map(labelOf)).accuracy)
    expect(seen).toEqual({ targets: T, outputs: network.predict(X).toArray() })
  })

  test('holds out the same rows when the run is resumed', async () => {
    const network = new Network(softmax)
    const { held } = partsOf(network)
    const poison = inputs.map((row, i) => (held.includes(i) ? [1e30, -1e30] : row))
    await network.fit(inputs, oneHot, options)
    const [clean, poisoned] = [0, 1].map(() => Network.fromJSON(JSON.stringify(network))) as [Network, Network]
    const more: FitOptions = { epochs: 5, resume: true }
    const [history, other] = [await clean.fit(inputs, oneHot, more), await poisoned.fit(poison, oneHot, more)]
    expect(other.loss).toEqual(history.loss)
    expect(other.loss).toHaveLength(5)
    expect(numbersOf(poisoned)).toEqual(numbersOf(clean))
    expect(other.validationLoss.at(-1)).toBe(poisoned.loss(pick(poison, [...held]), pick(oneHot, [...held])))
  })

  test('draws them anew for another run, and by the seed', async () => {
    const heldOf = async (network: Network) => {
      const seen = { targets: [] as number[][], outputs: [] }
      const numbered = inputs.map((_, i) => [i / ROWS])
      await network.fit(inputs, numbered, { validation: 0.25, metrics: [watch(seen)] })
      return seen.targets.flat()
    }
    const sigmoid = (seed: number) => new Network({ layers: [2, 4, 1], seed, dtype: 'float64' })
    const network = sigmoid(1)
    const first = await heldOf(network)
    expect(await heldOf(network)).not.toEqual(first)
    expect(await heldOf(sigmoid(2))).not.toEqual(first)
    expect(await heldOf(sigmoid(1))).toEqual(first)
  })
})

describe('earlyStopping', () => {
  // z = w + b of one row falls to (1 − 2·rate)ᵏ = 0.9ᵏ in k steps; ½(z − ½)² is least where that is nearest to ½: k = 7
  const build = (learningRate = 0.05) => {
    const network = new Network({
      layers: [1, 1],
      outputActivation: 'identity',
      learningRate,
      dtype: 'float64',
      seed: 1,
    })
    network.layers[0]?.weights.set(0, 0, 1)
    return network
  }
  const z = (network: Network) => network.predict([[1]]).get(0, 0)
  const validation = { inputs: [[1]], targets: [[0.5]] }
  const run = (network: Network, options: FitOptions) => network.fit([[1]], [[0]], { epochs: 40, ...options })

  test.each([
    [undefined, 17],
    [0, 8],
    [1, 8],
    [3, 10],
    [30, 37],
  ])(
    'with patience %s ends the run with epoch %i, and puts the parameters of the best back',
    async (patience, last) => {
      const network = build()
      const zs: number[] = []
      const earlyStopping = patience === undefined ? {} : { patience }
      const history = await run(network, { earlyStopping, validation, onEpoch: () => void zs.push(z(network)) })
      expect(history).toMatchObject({ stoppedBy: 'earlyStopping', bestEpoch: 7 })
      expect(history.loss).toHaveLength(last)
      expect(z(network)).toBe(zs[6])
      expect(z(network)).toBeCloseTo(0.9 ** 7, 12)
    },
  )

  test('that has no time to stop the run puts the best back too', async () => {
    const network = build()
    const history = await run(network, { epochs: 9, earlyStopping: { patience: 3 }, validation })
    expect(history).toMatchObject({ stoppedBy: 'epochs', bestEpoch: 7 })
    expect(z(network)).toBeCloseTo(0.9 ** 7, 12)
  })

  test('with restoreBest: false leaves the last parameters', async () => {
    const network = build()
    const history = await run(network, { earlyStopping: { patience: 3, restoreBest: false }, validation })
    expect(history.stoppedBy).toBe('earlyStopping')
    expect(history).not.toHaveProperty('bestEpoch')
    expect(z(network)).toBeCloseTo(0.9 ** 10, 12)
  })

  test('with minDelta counts only falls of the loss that are greater', async () => {
    const network = build()
    const losses = Array.from({ length: 8 }, (_, k) => 0.5 * (0.9 ** (k + 1) - 0.5) ** 2)
    const minDelta = 0.005 // epoch 5 falls by more against epoch 4, and all after it by less
    expect([3, 4, 5].map((k) => (losses[k - 1] as number) - (losses[k] as number) > minDelta)).toEqual([
      true,
      true,
      false,
    ])
    const { bestEpoch, loss } = await run(network, { earlyStopping: { patience: 2, minDelta }, validation })
    expect([bestEpoch, loss.length]).toEqual([5, 7])
  })

  test('watches the loss of the training rows where there are no others', async () => {
    const falling = await run(build(), { earlyStopping: { patience: 1 }, epochs: 30 })
    expect(falling).toMatchObject({ stoppedBy: 'epochs', bestEpoch: 30 })
    const network = build(1.05) // z ← −1.1·z
    const rising = await run(network, { earlyStopping: { patience: 4 } })
    expect(rising).toMatchObject({ stoppedBy: 'earlyStopping', bestEpoch: 1 })
    expect(rising.loss).toHaveLength(5)
    expect(z(network)).toBeCloseTo(-1.1, 12)
  })

  test('leaves an epoch out of account that a callback cut short', async () => {
    const options = { batchSize: 1, validation, earlyStopping: { patience: 9 } }
    const network = build(0.025)
    const rows = [[1], [1]]
    const history = await network.fit(rows, [[0], [0]], { ...options, epochs: 9, onBatch: ({ step }) => step < 5 })
    expect(history).toMatchObject({ stoppedBy: 'callback', bestEpoch: 2 })
    expect(history.loss).toHaveLength(3)
    expect(z(network)).toBeCloseTo(0.95 ** 4, 12)
  })
})

describe('averaging', () => {
  const inputs = Array.from({ length: 23 }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
  const targets = inputs.map(([x, y, z]) => [(x as number) * (y as number), z as number])
  const forms = kernelNames.flatMap((kernels) => (['float32', 'float64'] as const).map((dtype) => ({ kernels, dtype })))

  test.each(forms)(
    'validates a moving mean of the parameters and leaves it in the network: $kernels, $dtype',
    async (form) => {
      const options: NetworkOptions = { layers: [3, 5, 2], optimizer: adam({ learningRate: 0.05 }), seed: 2, ...form }
      // keep·average + (1 − keep)·W: a rounding or two of each number in each of 15 steps, of which most are forgotten
      const tolerance = form.dtype === 'float32' ? 5e-7 : 1e-15
      for (const averaging of [0.5, 0.9, 0.999]) {
        const [network, plain] = [new Network(options), new Network(options)]
        let average = numbersOf(network)
        const validated: number[] = []
        const validation = { inputs: inputs.map(([x, y, z]) => [z, x, y] as number[]), targets }
        const onBatch = ({ step }: { step: number }) => {
          const keep = Math.min(averaging, step / (9 + step))
          average = numbersOf(network).map((w, k) => keep * (average[k] as number) + (1 - keep) * w)
        }
        const onEpoch = () => {
          const averaged = new Network({ ...options, dtype: 'float64' })
          writeNumbers(averaged, average)
          validated.push(averaged.loss(validation.inputs, targets))
        }
        const history = await network.fit(inputs, targets, {
          epochs: 3,
          batchSize: 5,
          averaging,
          validation,
          onBatch,
          onEpoch,
        })
        expect(errorOf(numbersOf(network), average)).toBeLessThan(tolerance)
        // the losses of parameters that differ so little: as many roundings again in the passes
        expect(errorOf(history.validationLoss, validated)).toBeLessThan(10 * tolerance)
        const { loss } = await plain.fit(inputs, targets, { epochs: 3, batchSize: 5 })
        expect(history.loss).toEqual(loss) // training goes its way beside it
      }
    },
  )

  test('is what early stopping watches and puts back', async () => {
    const options: NetworkOptions = { layers: [3, 5, 2], optimizer: adam({ learningRate: 0.5 }), seed: 2 }
    const network = new Network(options)
    const validation = { inputs, targets: targets.map(([x, y]) => [y, x] as number[]) }
    const history = await network.fit(inputs, targets, {
      epochs: 30,
      averaging: 0.7,
      validation,
      earlyStopping: { patience: 3 },
    })
    expect(history.stoppedBy).toBe('earlyStopping')
    const best = (history.bestEpoch as number) - 1
    expect(history.validationLoss[best]).toBe(Math.min(...history.validationLoss))
    expect(network.loss(validation.inputs, validation.targets)).toBe(history.validationLoss[best])
  })
})
