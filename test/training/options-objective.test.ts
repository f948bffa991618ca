import { describe, expect, test } from 'vitest'
import type { FitOptions, NetworkOptions, Objective } from '../../src/index.ts'
import { adam, Matrix, Network, sgd } from '../../src/index.ts'
import { bitsAt } from '../../src/random/counter.ts'
import { permute } from '../../src/random/permutation.ts'
import { kernelNames } from '../kernels/available.ts'
import { errorOf, generatorOf, numbersOf, pick, writeNumbers } from './fitting.ts'

const ROWS = 23
const inputs = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
const labels = inputs.map((_, i) => (i * i) % 3) // 8 of 0, 15 of 1, none of 2
const oneHot = (of: readonly number[]) => of.map((label) => [0, 1, 2].map((k) => Number(k === label)))

const softmax: NetworkOptions = {
  layers: [3, 6, 3],
  outputActivation: 'softmax',
  loss: 'categoricalCrossEntropy',
  learningRate: 0.5,
  dtype: 'float64',
  seed: 12,
}

/** Whole epochs of one step each, all rows in order. */
async function trained(X: number[][], T: number[][], options: FitOptions, network: NetworkOptions = softmax) {
  const one = new Network(network)
  const { loss } = await one.fit(X, T, { epochs: 4, batchSize: 1000, shuffle: false, ...options })
  return { loss, numbers: numbersOf(one) }
}

/** As float64 sums of some 60 rows in another order differ: by a few roundings of 1e-16 a step. */
const ROUNDING = 1e-13

describe('sampleWeights', () => {
  const targets = oneHot(labels)
  const weights = inputs.map((_, i) => 1 + (i % 3))
  const repeat = <Row>(table: Row[]) => table.flatMap((row, i) => Array<Row>(weights[i] as number).fill(row))

  test('of 1, 2 and 3 train as rows that are there once, twice and three times', async () => {
    const weighted = await trained(inputs, targets, { sampleWeights: weights })
    const repeated = await trained(repeat(inputs), repeat(targets), {})
    expect(errorOf(weighted.numbers, repeated.numbers)).toBeLessThan(ROUNDING)
    expect(errorOf(weighted.loss, repeated.loss)).toBeLessThan(ROUNDING)
    const plain = await trained(inputs, targets, {})
    expect(errorOf(plain.numbers, repeated.numbers)).toBeGreaterThan(1e-3)
  })

  test('of 0 leave rows out', async () => {
    const some = (_: unknown, i: number) => i % 4 !== 1
    const weighted = await trained(inputs, targets, { sampleWeights: inputs.map((_, i) => Number(some(_, i))) })
    const fewer = await trained(inputs.filter(some), targets.filter(some), {})
    expect(errorOf(weighted.numbers, fewer.numbers)).toBeLessThan(ROUNDING)
    expect(errorOf(weighted.loss, fewer.loss)).toBeLessThan(ROUNDING)
  })

  test('count by their ratios alone', async () => {
    const weighted = await trained(inputs, targets, { sampleWeights: weights })
    const eightfold = await trained(inputs, targets, { sampleWeights: weights.map((weight) => 8 * weight) })
    expect(eightfold).toEqual(weighted)
    const third = await trained(inputs, targets, { sampleWeights: weights.map((weight) => weight / 3) })
    expect(errorOf(third.numbers, weighted.numbers)).toBeLessThan(ROUNDING)
    const equal = await trained(inputs, targets, { sampleWeights: weights.map(() => 7) })
    expect(errorOf(equal.numbers, (await trained(inputs, targets, {})).numbers)).toBeLessThan(ROUNDING)
  })

  test('go with their rows through shuffled batches, of which some are larger than a block', async () => {
    const many = Array.from({ length: 640 }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
    const T = oneHot(many.map((_, i) => i % 3))
    const own = many.map((_, i) => 1 + ((i * 11) % 7))
    const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length
    const [fitted, twin] = [new Network(softmax), new Network(softmax)]
    const order = [...permute(new Uint32Array(640), generatorOf(fitted))]
    const { loss } = await fitted.fit(many, T, { batchSize: 320, sampleWeights: own })
    const losses = [order.slice(0, 320), order.slice(320)].map((rows) => {
      const [X, batchT] = [pick(many, rows), pick(T, rows)]
      // train takes the mean weight of the batch for 1, fit that of all rows: the step is longer by their ratio
      const sampleWeights = pick(own, rows)
      const share = sampleWeights.reduce((sum, weight) => sum + weight, 0) / rows.length / mean
      const gradients = twin.gradients(X, batchT, { sampleWeights })
      const steps = numbersOf(gradients).map((gradient) => 0.5 * share * gradient)
      writeNumbers(
        twin,
        numbersOf(twin).map((w, k) => w - (steps[k] as number)),
      )
      return share * gradients.loss
    })
    expect(errorOf(numbersOf(fitted), numbersOf(twin))).toBeLessThan(ROUNDING)
    expect(errorOf(loss, [((losses[0] as number) + (losses[1] as number)) / 2])).toBeLessThan(ROUNDING)
  })
})

describe('classWeights', () => {
  const targets = oneHot(labels)

  test('weigh the rows of each class, and multiply with the weights of rows', async () => {
    const classWeights = [3, 0.5, 2]
    const byClass = labels.map((label) => classWeights[label] as number)
    const alone = await trained(inputs, targets, { classWeights })
    expect(alone).toEqual(await trained(inputs, targets, { sampleWeights: byClass }))
    const own = inputs.map((_, i) => 1 + (i % 3))
    const both = await trained(inputs, targets, { classWeights, sampleWeights: own })
    const product = byClass.map((weight, i) => weight * (own[i] as number))
    expect(errorOf(both.numbers, (await trained(inputs, targets, { sampleWeights: product })).numbers)).toBeLessThan(
      ROUNDING,
    )
  })

  // compute_class_weight('balanced', classes=[0, 1, 2], y=[0]*6 + [1]*3 + [2]) of scikit-learn
  const sklearn = [0.5555555555555556, 1.1111111111111112, 3.3333333333333335]

  test("'balanced' are n/(classes·rows of the class), as scikit-learn's", async () => {
    const ten = Array.from({ length: 10 }, (_, i) => (i < 6 ? 0 : i < 9 ? 1 : 2))
    const [X, T] = [inputs.slice(0, 10), oneHot(ten)]
    const balanced = await trained(X, T, { classWeights: 'balanced' })
    expect(errorOf(balanced.numbers, (await trained(X, T, { classWeights: sklearn })).numbers)).toBeLessThan(ROUNDING)
    // their mean over the rows is 1, so they stand in the loss as they are
    const network = new Network(softmax)
    const losses = X.map((row, i) => network.loss([row], [T[i] as number[]]))
    const expected = losses.reduce((sum, loss, i) => sum + (sklearn[ten[i] as number] as number) * loss, 0) / 10
    expect(errorOf([network.loss(X, T, { classWeights: 'balanced' })], [expected])).toBeLessThan(ROUNDING)
  })

  test("'balanced' leave out classes without rows", async () => {
    const balanced = await trained(inputs, targets, { classWeights: 'balanced' })
    const counts = [8, 15]
    const byHand = counts.map((count) => ROWS / (2 * count))
    const expected = await trained(inputs, targets, { classWeights: [...byHand, 99] })
    expect(errorOf(balanced.numbers, expected.numbers)).toBeLessThan(ROUNDING)
  })

  test("of one column, 'balanced' tell the sides apart, be they 0 and 1 or not", async () => {
    const options: NetworkOptions = { layers: [3, 4, 1], dtype: 'float64', seed: 2 }
    for (const [low, high] of [
      [0, 1],
      [0.1, 0.9],
    ] as const) {
      const T = labels.map((label) => [label === 0 ? low : high])
      const balanced = await trained(inputs, T, { classWeights: 'balanced' }, options)
      const byHand = await trained(inputs, T, { classWeights: [ROWS / 16, ROWS / 30] }, options)
      expect(errorOf(balanced.numbers, byHand.numbers)).toBeLessThan(ROUNDING)
    }
  })

  test('with a share held out are taken of the rows that are trained on', async () => {
    const network = new Network(softmax)
    const validation = 0.3
    const watched: number[] = []
    const count = (_: Matrix, T: Matrix) => watched.push(T.toArray().filter(([first]) => first === 1).length)
    const metrics = [{ name: 'zeros', value: count }]
    await network.fit(inputs, targets, { validation, metrics, classWeights: 'balanced', batchSize: 99 })
    const held = watched[0] as number
    const [zeros, rows] = [8 - held, ROWS - 7]
    const byHand = [rows / (2 * zeros), rows / (2 * (rows - zeros)), 99]
    const twin = new Network(softmax)
    await twin.fit(inputs, targets, { validation, metrics, classWeights: byHand, batchSize: 99 })
    expect(errorOf(numbersOf(network), numbersOf(twin))).toBeLessThan(ROUNDING)
  })
})

describe('penalties', () => {
  const T = inputs.map(([x, y]) => [x as number, y as number])
  const options: NetworkOptions = { layers: [3, 5, 2], activation: 'tanh', dtype: 'float64', seed: 3 }

  const weightsOf = ({ layers }: Network) => layers.flatMap(({ weights }) => weights.toArray().flat())
  const biasesOf = ({ layers }: Network) => layers.flatMap(({ biases }) => biases.toArray().flat())
  const learningRate = 0.4
  const build = (weightDecay = 0) => new Network({ ...options, optimizer: sgd({ learningRate, weightDecay }) })

  // each number of a step is the same sum but for one or two roundings of 1e-16
  test('l2 steps with sgd as weightDecay does on weights; biases have none', () => {
    const [penalised, decayed, plain] = [build(), build(0.05), build()]
    for (let step = 0; step < 5; step++) {
      for (const other of [decayed, plain]) writeNumbers(other, numbersOf(penalised))
      penalised.train(inputs, T, { l2: 0.05 })
      decayed.train(inputs, T)
      plain.train(inputs, T)
      expect(errorOf(weightsOf(penalised), weightsOf(decayed))).toBeLessThan(1e-15)
      expect(errorOf(biasesOf(penalised), biasesOf(plain))).toBeLessThan(1e-15)
      expect(errorOf(weightsOf(penalised), weightsOf(plain))).toBeGreaterThan(1e-3)
    }
  })

  test('l1 moves every weight toward 0 by the same, and no bias', () => {
    const [penalised, plain] = [build(), build()]
    const before = weightsOf(plain)
    penalised.train(inputs, T, { l1: 0.01 })
    plain.train(inputs, T)
    const expected = weightsOf(plain).map((w, k) => w - learningRate * 0.01 * Math.sign(before[k] as number))
    expect(errorOf(weightsOf(penalised), expected)).toBeLessThan(1e-15)
    expect(errorOf(biasesOf(penalised), biasesOf(plain))).toBeLessThan(1e-15)
  })

  test('fit takes the steps of train with the same objective', async () => {
    const objective: Objective = { l1: 0.003, l2: 0.02 }
    const [fitted, twin] = [new Network({ ...options, seed: 1 }), new Network({ ...options, seed: 1 })]
    const { loss } = await fitted.fit(inputs, T, { epochs: 5, batchSize: ROWS, shuffle: false, ...objective })
    expect(loss).toEqual([1, 2, 3, 4, 5].map(() => twin.train(inputs, T, objective)).map((one) => (ROWS * one) / ROWS))
    expect(numbersOf(fitted)).toEqual(numbersOf(twin))
  })
})

describe('labelSmoothing', () => {
  const cases: [string, NetworkOptions, number[][], (t: number) => number][] = [
    ['softmax', softmax, oneHot(labels), (t) => (1 - 0.1) * t + 0.1 * (1 / 3)],
    [
      'sigmoid',
      { layers: [3, 4, 2], loss: 'binaryCrossEntropy', seed: 4 },
      labels.map((label) => [Number(label === 0), Number(label === 1)]),
      (t) => (1 - 0.1) * t + 0.1 * 0.5,
    ],
  ]

  test.each(cases)('of %s outputs trains as smoothed targets do, to the bit', async (_, options, T, smooth) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const smoothed = await trained(inputs, T, { labelSmoothing: 0.1 }, { ...options, dtype })
      const byHand = T.map((row) => row.map(smooth))
      expect(smoothed).toEqual(await trained(inputs, byHand, {}, { ...options, dtype }))
      expect(smoothed.loss).not.toEqual((await trained(inputs, T, {}, { ...options, dtype })).loss)
    }
  })

  test('leaves labels labels: classes are weighed by the targets as they were given', async () => {
    const [both, weights] = [{ labelSmoothing: 0.1, classWeights: [1, 2, 3] }, labels.map((label) => 1 + label)]
    const expected = await trained(inputs, oneHot(labels), { labelSmoothing: 0.1, sampleWeights: weights })
    expect(await trained(inputs, oneHot(labels), both)).toEqual(expected)
  })
})

describe.each(kernelNames)('dropout with the %s kernels', (kernels) => {
  const T = inputs.map(([x, y]) => [x as number, y as number])
  const options = (dropout: number, more: Partial<NetworkOptions> = {}): NetworkOptions => ({
    layers: [3, { units: 9, activation: 'tanh', dropout }, { units: 7, activation: 'sigmoid', dropout }, 2],
    outputActivation: 'identity',
    optimizer: adam({ learningRate: 0.02 }),
    dtype: 'float64',
    kernels,
    seed: 5,
    ...more,
  })

  test('is off in predict, loss and gradients', () => {
    const [dropping, plain] = [new Network(options(0.4)), new Network(options(0))]
    expect(dropping.predict(inputs).toArray()).toEqual(plain.predict(inputs).toArray())
    expect(dropping.loss(inputs, T)).toBe(plain.loss(inputs, T))
    expect(dropping.gradients(inputs, T)).toEqual(plain.gradients(inputs, T))
    expect(dropping.toJSON().training?.generator).toEqual(plain.toJSON().training?.generator) // nor draws anything
  })

  /** The loss of a training step by hand: what is kept is divided by 1 − share. */
  function lossByHand({ layers }: Network, X: number[][], wanted: number[][], share: number, key: number): number {
    const f = [Math.tanh, (z: number) => 1 / (1 + Math.exp(-z)), (z: number) => z]
    let A = X
    layers.forEach(({ weights, biases }, l) => {
      const stream = bitsAt(key, l)
      const isKept = (i: number, j: number) =>
        l === layers.length - 1 || bitsAt(stream, i * weights.columns + j) >= Math.floor(share * 2 ** 32)
      A = Matrix.from(A, { dtype: 'float64' })
        .matmul(weights)
        .toArray()
        .map((row, i) =>
          row.map((z, j) => {
            const a = (f[l] as (z: number) => number)(z + biases.get(0, j))
            return l === layers.length - 1 ? a : isKept(i, j) ? a / (1 - share) : 0
          }),
        )
    })
    const squares = A.flatMap((row, i) => row.map((a, j) => (a - ((wanted[i] as number[])[j] as number)) ** 2))
    return (0.5 * squares.reduce((sum, square) => sum + square, 0)) / X.length
  }

  test('is on in train, by bits of the generator', () => {
    const network = new Network(options(0.4))
    for (let step = 0; step < 3; step++) {
      const expected = lossByHand(network, inputs, T, 0.4, generatorOf(network).bits())
      // float64 in another order: a few roundings of 1e-16
      expect(errorOf([network.train(inputs, T)], [expected])).toBeLessThan(ROUNDING)
      expect(errorOf([network.loss(inputs, T)], [expected])).toBeGreaterThan(1e-3)
    }
  })

  test('is on in fit, with a mask of its own for each step', async () => {
    const network = new Network(options(0.4))
    const random = generatorOf(network)
    const order = [...permute(new Uint32Array(ROWS), random)]
    const expected: number[] = []
    const losses: number[] = []
    const next = (from: number) => {
      const rows = order.slice(from, from + 8)
      if (rows.length > 0) expected.push(lossByHand(network, pick(inputs, rows), pick(T, rows), 0.4, random.bits()))
    }
    next(0)
    const onBatch = ({ loss, batch }: { loss: number; batch: number }) => {
      losses.push(loss)
      next(8 * batch)
    }
    await network.fit(inputs, T, { batchSize: 8, onBatch })
    expect(losses).toHaveLength(3)
    expect(errorOf(losses, expected)).toBeLessThan(ROUNDING)
  })

  test('preserves the expected activation, and two steps differ', () => {
    // the mean of 2000 ones, of which 0.4 are dropped and the rest divided by 0.6
    const network = new Network({
      layers: [1, { units: 2000, activation: 'identity', dropout: 0.4 }, 1],
      outputActivation: 'identity',
      loss: 'absoluteError',
      learningRate: 1e-30,
      kernels,
      seed: 9,
    })
    network.layers[0]?.weights.map(() => 1, network.layers[0].weights)
    network.layers[1]?.weights.map(() => 1 / 2000, network.layers[1].weights)
    const outputs = Array.from({ length: 100 }, () => network.train([[1]], [[0]]))
    expect(new Set(outputs).size).toBeGreaterThan(50) // of which some have equally many ones
    const mean = outputs.reduce((sum, output) => sum + output, 0) / 100
    const deviation = Math.sqrt(0.4 / 0.6 / (2000 * 100)) // of the mean of so many
    expect(Math.abs(mean - 1)).toBeLessThan(4 * deviation)
    expect(network.predict([[1]]).get(0, 0)).toBeCloseTo(1, 3) // the sum of 2000 numbers in float32
  })

  test('gives the same bits where the generator stands at the same place, and others where it does not', async () => {
    const fitted = async (draws: number) => {
      const network = new Network(options(0.3, { optimizer: sgd({ learningRate: 0.2 }) }))
      const before = numbersOf(network)
      for (let draw = 0; draw < draws; draw++) network.train(inputs, T)
      writeNumbers(network, before)
      await network.fit(inputs, T, { epochs: 2, batchSize: 8, shuffle: false })
      return numbersOf(network)
    }
    expect(await fitted(0)).toEqual(await fitted(0))
    expect(await fitted(1)).not.toEqual(await fitted(0))
  })

  test('agrees with the other kernels in float32', async () => {
    const fitted = async (name: (typeof kernelNames)[number]) => {
      const network = new Network(
        options(0.3, { kernels: name, dtype: 'float32', optimizer: sgd({ learningRate: 0.2 }) }),
      )
      const { loss } = await network.fit(inputs, T, { epochs: 3, batchSize: 8 })
      return { loss, numbers: numbersOf(network) }
    }
    const [mine, reference] = [await fitted(kernels), await fitted('ndarray')]
    // nine steps of sums of at most nine products each: some 100 roundings of 6e-8
    expect(errorOf(mine.numbers, reference.numbers)).toBeLessThan(6e-6)
    expect(errorOf(mine.loss, reference.loss)).toBeLessThan(6e-6)
  })
})
