import { describe, expect, test } from 'vitest'
import { Network } from '../../src/network/network.ts'
import { short } from '../../src/training/number-words.ts'
import { adam } from '../../src/training/optimizers.ts'
import { failure, refusal } from './failing.ts'
import { curve, type Provoked, provoked, waves } from './provoked.ts'

const schedule = { epochs: 60, batchSize: 20 }

/** The data with each column divided by its greatest size. */
function scaled(rows: readonly number[][]): number[][] {
  const sizes = rows.reduce(
    (most, row) => most.map((size, j) => Math.max(size, Math.abs(row[j] as number))),
    rows[0]?.map(() => 0) as number[],
  )
  return rows.map((row) => row.map((x, j) => x / (sizes[j] || 1)))
}

async function expectToTrain({ network, inputs, targets, fit }: Provoked): Promise<void> {
  const { loss } = await new Network(network).fit(inputs, targets, { ...schedule, ...fit })
  expect(loss.at(-1)).toBeLessThan(loss[0] as number)
}

const withCause = (cause: string) =>
  provoked.filter((one) => one.cause === cause).map((one) => [one.title, one] as const)

describe('what the message advises helps', () => {
  test.each(withCause('rateTooHigh'))('the learning rate, after %s', async (_, one) => {
    const { network, inputs, targets, fit } = one
    const { message, evidence } = await failure(new Network(network).fit(inputs, targets, { ...schedule, ...fit }))
    const advised = Number(/Try a learning rate of (\S+), or/.exec(message)?.[1])
    expect(advised).toBeLessThanOrEqual(evidence.learningRate / 10)
    const { learningRate, optimizer, ...others } = network
    const better =
      optimizer === undefined ? { learningRate: advised } : { optimizer: { ...optimizer, learningRate: advised } }
    await expectToTrain({ ...one, network: { ...others, ...better } })
  })

  // a rate of 1e-40, which lets a velocity overflow, moves nothing where all is well
  const steep = withCause('unscaledInputs').filter(([title]) => !title.includes('velocity'))

  test.each(steep)('scaling, after %s', async (_, one) => {
    await expectToTrain({ ...one, inputs: scaled(one.inputs), targets: scaled(one.targets) })
  })

  test.each(withCause('unscaledTargets'))('scaling, after %s', async (_, one) => {
    await expectToTrain({ ...one, targets: scaled(one.targets) })
  })

  test.each(withCause('explodingGradients'))('the weights that were drawn, after %s', async (_, one) => {
    const { prepare: __, ...undisturbed } = one
    await expectToTrain({ ...undisturbed, fit: { epochs: 100 } })
  })

  const clippable = withCause('explodingGradients').filter(([title]) => /^\d+ layers/.test(title))

  test.each(clippable)('clipNorm, where it is advised, after %s', async (_, { network, inputs, targets, prepare }) => {
    const build = () => {
      const built = new Network(network)
      prepare?.(built)
      return built
    }
    const { message } = await failure(build().fit(inputs, targets, schedule))
    expect(message.includes('clipNorm: 1 in fit')).toBe(message.includes('the first loss was'))
    if (!message.includes('clipNorm')) return
    const { loss } = await build().fit(inputs, targets, { ...schedule, clipNorm: 1 })
    expect(loss.at(-1)).toBeLessThan(loss[0] as number)
  })
})

describe('the evidence is what was measured', () => {
  const [inputs, targets] = [waves(4), curve()]
  const network = { layers: [4, 8, 1], activation: 'relu', outputActivation: 'identity', seed: 3 } as const

  test('the losses are those of the first step and of the last eight', async () => {
    const one = new Network({ ...network, activation: 'tanh', learningRate: 10 })
    const seen: number[] = []
    const onBatch = ({ loss }: { loss: number }) => void seen.push(loss)
    const { evidence, message } = await failure(one.fit(inputs, targets, { ...schedule, onBatch }))
    expect(seen.length).toBeGreaterThan(9)
    expect(evidence.losses).toEqual([seen[0], ...seen.slice(-8)])
    const words = [seen[0], ...seen.slice(-3)].map((loss) => short(loss as number))
    expect(message).toContain(`the losses before were ${words[0]}, …, ${words.slice(1).join(', ')};`)
  })

  test('the losses go back to before the run, in fits of single epochs and in train', async () => {
    const one = new Network({ ...network, activation: 'tanh', learningRate: 10 })
    const first = one.loss(inputs, targets)
    const fitAll = async () => {
      for (let epoch = 0; epoch < 60; epoch++) await one.fit(inputs, targets, { batchSize: 60 })
    }
    const error = await failure(fitAll())
    expect(error.likelyCause).toBe('rateTooHigh')
    expect(error.evidence.losses).toHaveLength(9)
    expect(error.evidence.losses[0]).toBeCloseTo(first, 6)
    const again = refusal(() => one.train(inputs, targets))
    expect(again.likelyCause).toBe('rateTooHigh')
    expect(again.evidence.losses).toEqual(error.evidence.losses)
    const resumed = await failure(one.fit(inputs, targets, { resume: true }))
    expect(resumed.likelyCause).toBe('rateTooHigh')
  })

  test('norms, sizes and shares are those of a float64 copy on the same rows', () => {
    const one = new Network({ ...network, optimizer: adam(), loss: 'huber' })
    const twin = new Network({ ...network, loss: 'huber', dtype: 'float64' })
    const huge = waves(4, 1e22)
    for (const [l, { weights, biases }] of one.layers.entries()) {
      for (let j = 0; l === 0 && j < 6; j++) biases.set(0, j, -1e25)
      const other = twin.layers[l] as (typeof twin.layers)[number]
      other.weights.map((_, i, j) => weights.get(i, j), other.weights)
      other.biases.map((_, i, j) => biases.get(i, j), other.biases)
    }
    const { evidence, layer, parameter, overflow, message } = refusal(() => one.train(huge, targets))
    const { layers } = twin.gradients(
      huge.map((row) => row.map(Math.fround)),
      targets.map((row) => row.map(Math.fround)),
    )
    const norms = layers.map(({ weights, biases }) =>
      Math.hypot(...weights.toArray().flat(), ...biases.toArray().flat()),
    )
    for (const [l, norm] of norms.entries()) {
      expect((evidence.layers[l]?.gradientNorm ?? 0) / norm).toBeCloseTo(1, 12)
    }
    expect(evidence.layers[0]).toMatchObject({
      deadShare: 0.75,
      saturatedShare: 0,
      largestParameter: Math.fround(1e25),
    })
    expect(evidence.layers[1]).toMatchObject({ deadShare: 0, saturatedShare: 0 })
    expect({ layer, parameter, overflow }).toEqual({
      layer: 1,
      parameter: 'weights',
      overflow: 'the mean of squared gradients',
    })
    expect(message).toContain('; dead or saturated units: 75 % dead in layer 0. Bring')
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence)
  })

  test('the first layer whose activations are not finite is named', () => {
    const one = new Network({ layers: [4, 8, 8, 8, 1], activation: 'identity', outputActivation: 'identity', seed: 1 })
    one.layers[1]?.weights.map((weight) => 1e20 * weight, one.layers[1].weights)
    one.layers[2]?.weights.map((weight) => 1e20 * weight, one.layers[2].weights)
    const { layer, parameter, row, overflow, message } = refusal(() => one.train(inputs, targets))
    expect({ layer, parameter, row, overflow }).toEqual({ layer: 2, row: 0, overflow: 'the loss' })
    expect(message).toContain('Layer 2 is the first whose activations are not finite.')
  })
})
