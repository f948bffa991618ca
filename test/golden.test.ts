import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Network } from '../src/network/network.ts'
import type { ActivationName } from '../src/rule/activations.ts'
import type { LossName } from '../src/rule/losses.ts'
import { kernelNames } from './kernels/available.ts'

interface Parameters {
  weights: number[][]
  biases: number[]
}

interface Case {
  name: string
  layers: number[]
  activations: ActivationName[]
  loss: LossName
  input: number[][]
  target: number[][]
  parameters: Parameters[]
  output: number[][]
  lossValue: number
  gradients: Parameters[]
}

const golden = JSON.parse(readFileSync(new URL('golden/pytorch.json', import.meta.url), 'utf8')) as {
  gradients: Case[]
}

/** max |x − r| over max(|x|, |r|), both maxima over the whole tensor. */
function errorOf(x: number[][], r: number[][]): number {
  const [a, b] = [x.flat(), r.flat()]
  expect(a.length).toBe(b.length)
  const largest = Math.max(...a.map(Math.abs), ...b.map(Math.abs))
  const difference = Math.max(...a.map((value, k) => Math.abs(value - (b[k] as number))))
  return difference === 0 ? 0 : difference / largest
}

// The bounds are those that the project promises: rounding of float64 and float32 over sums of at most 11 terms and
// five layers stays two orders of magnitude below them.
const bounds = { float64: 1e-9, float32: 1e-5 } as const

describe.each(kernelNames)('%s kernels', (kernels) => {
  describe.each(['float64', 'float32'] as const)('%s', (dtype) => {
    test('there are all 25 shared cases', () => {
      expect(golden.gradients).toHaveLength(25)
    })

    test.each(golden.gradients)('output, loss and gradients of $name equal those of PyTorch', (one) => {
      const network = new Network({
        layers: [
          one.layers[0] as number,
          ...one.layers.slice(1).map((units, l) => ({ units, activation: one.activations[l] as ActivationName })),
        ],
        loss: one.loss,
        dtype,
        kernels,
        seed: 1,
      })
      one.parameters.forEach(({ weights, biases }, l) => {
        network.layers[l]?.weights.assign(weights)
        network.layers[l]?.biases.assign([biases])
      })
      const bound = bounds[dtype]
      expect(errorOf(network.predict(one.input).toArray(), one.output)).toBeLessThanOrEqual(bound)
      const { loss, layers } = network.gradients(one.input, one.target)
      expect(errorOf([[loss]], [[one.lossValue]])).toBeLessThanOrEqual(bound)
      expect(network.loss(one.input, one.target)).toBe(loss)
      one.gradients.forEach(({ weights, biases }, l) => {
        expect(errorOf(layers[l]?.weights.toArray() ?? [], weights)).toBeLessThanOrEqual(bound)
        expect(errorOf(layers[l]?.biases.toArray() ?? [], [biases])).toBeLessThanOrEqual(bound)
      })
    })
  })
})
