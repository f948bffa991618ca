import { expect, test } from 'vitest'
import { adam, Network, type NetworkOptions } from '../../src/index.ts'
import { kernelNames } from './available.ts'

const inputs = Array.from({ length: 90 }, (_, i) => Array.from({ length: 37 }, (_, j) => ((i * 31 + j * 17) % 29) / 29))
const targets = Array.from({ length: 90 }, (_, i) => [i % 2, (i >> 1) % 2])

const options: Partial<NetworkOptions>[] = [{}, { optimizer: adam() }, { activation: 'relu', learningRate: 0.01 }]

test.each(kernelNames.flatMap((kernels) => options.map((option) => ({ ...option, kernels }))))(
  'fit, row by row or in batches that end in one row, gives the bits of train: %j',
  async (option) => {
    for (const batchSize of [1, 89, 2]) {
      const make = () => new Network({ layers: [37, 19, 2], seed: 1, ...option })
      const [fitted, trained] = [make(), make()]
      const seen: number[] = []
      await fitted.fit(inputs, targets, {
        epochs: 2,
        batchSize,
        shuffle: false,
        onEpoch: () => void seen.push(fitted.loss(inputs, targets)),
      })
      for (let epoch = 0; epoch < 2; epoch++) {
        for (let from = 0; from < 90; from += batchSize) {
          trained.train(inputs.slice(from, from + batchSize), targets.slice(from, from + batchSize))
        }
        expect(trained.loss(inputs, targets)).toBe(seen[epoch])
      }
      const parameters = (network: Network) => JSON.stringify(network.toJSON().layers)
      expect(parameters(fitted)).toBe(parameters(trained))
    }
  },
)

test('a fit that fails in the middle leaves every completed step done', async () => {
  const make = () => new Network({ layers: [2, 3, 1], outputActivation: 'identity', seed: 1, learningRate: 0.1 })
  const [fitted, trained] = [make(), make()]
  const rows = [[1, 2], [2, 1], [3e38, 3e38], [1, 1]] // biome-ignore format: a table
  const values = [[0], [1], [-3e38], [1]]
  await expect(fitted.fit(rows, values, { batchSize: 1, shuffle: false })).rejects.toThrow(
    'fit, epoch 1, batch 3 (step 3 of the run): the loss of row 2 is Infinity',
  )
  trained.train([rows[0] as number[]], [0])
  trained.train([rows[1] as number[]], [1])
  expect(JSON.stringify(fitted.toJSON().layers)).toBe(JSON.stringify(trained.toJSON().layers))
})
