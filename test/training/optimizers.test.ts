import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ActivationName, LossName, Optimizer } from '../../src/index.ts'
import { adagrad, adam, adamw, Network, rmsprop, sgd } from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'

interface Trajectory {
  readonly name: string
  readonly optimizer: { readonly kind: string; readonly [setting: string]: unknown }
  readonly layers: readonly number[]
  readonly activations: readonly string[]
  readonly loss: string
  readonly input: number[][]
  readonly target: number[][]
  readonly initial: readonly { readonly weights: number[][]; readonly biases: number[] }[]
  readonly steps: number
  readonly losses: readonly number[]
  readonly final: readonly { readonly weights: number[][]; readonly biases: number[] }[]
}

const golden = new URL('../golden/pytorch.json', import.meta.url)
const { optimizers } = JSON.parse(readFileSync(golden, 'utf8')) as { optimizers: readonly Trajectory[] }

const makers: Readonly<Record<string, (settings: object) => Optimizer>> = { sgd, adagrad, rmsprop, adam, adamw }

/** The optimizer of a trajectory, whose settings have the names of ours. */
function optimizerOf({ optimizer: { kind, ...settings } }: Trajectory): Optimizer {
  return (makers[kind] as (settings: object) => Optimizer)(settings)
}

/** max |x − r| over max(|x|, |r|), both maxima over the tensor. */
function error(x: readonly number[], r: readonly number[]): number {
  const largest = Math.max(...x.map(Math.abs), ...r.map(Math.abs))
  return Math.max(...x.map((value, k) => Math.abs(value - (r[k] as number)))) / largest
}

describe.each(kernelNames)('on the %s kernels', (kernels) => {
  test.each(optimizers)("$name follows PyTorch's trajectory in float64", (trajectory) => {
    const { layers, activations, loss, input, target, initial, steps, losses, final } = trajectory
    const optimizer = optimizerOf(trajectory)
    const names = activations as ActivationName[]
    const network = new Network({
      layers: [
        layers[0] as number,
        ...layers.slice(1).map((units, l) => ({ units, activation: names[l] as ActivationName })),
      ],
      loss: loss as LossName,
      optimizer,
      dtype: 'float64',
      kernels,
    })
    network.layers.forEach(({ weights, biases }, l) => {
      weights.assign(initial[l]?.weights ?? [])
      biases.assign([initial[l]?.biases ?? []])
    })
    const seen = Array.from({ length: steps }, () => network.train(input, target))
    expect(error(seen, losses.slice(0, steps))).toBeLessThan(1e-9)
    network.layers.forEach(({ weights, biases }, l) => {
      expect(error(weights.toArray().flat(), (final[l]?.weights ?? []).flat())).toBeLessThan(1e-9)
      expect(error(biases.toArray().flat(), final[l]?.biases ?? [])).toBeLessThan(1e-9)
    })
  })

  test.each(['float32', 'float64'] as const)('Adam goes on with the same bits after JSON, in %s', (dtype) => {
    const inputs = [[0.1, 0.9, -0.4], [0.7, -0.2, 0.3], [-0.5, 0.4, 0.8]] // biome-ignore format: a table
    const targets = [[0, 1], [1, 0], [1, 1]] // biome-ignore format: a table
    const network = new Network({ layers: [3, 5, 2], optimizer: adam({ learningRate: 0.01 }), dtype, kernels, seed: 1 })
    for (let step = 0; step < 7; step++) network.train(inputs, targets)
    const copy = Network.fromJSON(JSON.stringify(network), { kernels })
    for (let step = 0; step < 7; step++) expect(copy.train(inputs, targets)).toBe(network.train(inputs, targets))
    expect(JSON.stringify(copy)).toBe(JSON.stringify(network))
  })
})

test('there are trajectories of eight optimizers', () => {
  expect(optimizers).toHaveLength(8)
})

test('Adam refuses a step after which a number would not be finite, and changes nothing', () => {
  const network = new Network({ layers: [1, 1], outputActivation: 'identity', optimizer: adam(), seed: 1 })
  network.train([[1]], [[0]])
  const before = JSON.stringify(network)
  expect(() => network.train([[1e25]], [[0]])).toThrow('train, step 2')
  expect(JSON.stringify(network)).toBe(before)
})
