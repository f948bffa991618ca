import { describe, expect, test } from 'vitest'
import type { NetworkOptions } from '../../src/index.ts'
import { Network } from '../../src/index.ts'
import { solverNames } from '../../src/solvers/table.ts'

const line = { outputActivation: 'identity', dtype: 'float64' } as const
const wave = (i: number) => Math.sin(i * i)
const rows = Array.from({ length: 60 }, (_, i) => i)

describe.each(solverNames)('%s beside a constant column', (method) => {
  test.each([1e6, 1e9, 1.7e12])('of %d ends at the minimum, and leaves its weight', async (constant) => {
    for (const seed of [1, 2, 3, 4]) {
      const network = new Network({ layers: [2, 1], ...line, seed })
      const before = network.layers[0]?.weights.get(0, 0) as number
      const inputs = rows.map((i) => [constant, wave(i)])
      const targets = rows.map((i) => [wave(i) + 0.3 * Math.cos(7 * i)])
      const { loss, stoppedBy } = await network.solve(inputs, targets, { method })
      expect(stoppedBy).toBe('converged')
      // W and b cancel in constant·W + b, which leaves an error of ε·constant in each output
      expect(Math.abs(loss - 0.0224575343)).toBeLessThan(1e-9 + 16 * Number.EPSILON * constant)
      expect(network.layers[0]?.weights.get(0, 0)).toBeCloseTo(before, 9)
    }
  })
})

describe('what is no minimum is not called one', () => {
  const twin = { layers: [2, 1], ...line, seed: 2 } as const
  const inputs = rows.map((i) => [1e5 * wave(i), 1e5 * wave(i)])
  const targets = rows.map((i) => [wave(i) + 0.3 * Math.cos(7 * i)])

  test('where rows tell nothing of a direction along which l2 draws', async () => {
    const least = await new Network(twin).solve(inputs, targets, { method: 'levenbergMarquardt', l2: 0.01 })
    expect(least.stoppedBy).toBe('converged')
    const { loss, stoppedBy } = await new Network(twin).solve(inputs, targets, { l2: 0.01 })
    expect(stoppedBy).toBe(loss > 1.000001 * least.loss ? 'stalled' : 'converged')
  })

  test('where a network of zeros is better', async () => {
    const dates = rows.map((i) => [1.7e12 + 1e10 * wave(i), Math.cos(3 * i), 1e-3 * Math.cos(5 * i)])
    const labels = dates.map(([a = 0, b = 0], i) => [Number((a - 1.7e12) / 1e10 + b + 0.7 * Math.cos(11 * i) > 0)])
    const options: NetworkOptions = { layers: [3, 1], loss: 'binaryCrossEntropy', dtype: 'float64' }
    for (const seed of [1, 2, 3]) {
      const { loss, stoppedBy } = await new Network({ ...options, seed }).solve(dates, labels, { l2: 0.01 })
      expect(stoppedBy).toBe(loss > Math.log(2) ? 'stalled' : 'converged')
    }
  })

  test('the same columns, scaled, have their minimum', async () => {
    const { loss, stoppedBy } = await new Network(twin).solve(
      inputs.map((row) => row.map((x) => x / 1e5)),
      targets,
      { l2: 0.01 },
    )
    expect(stoppedBy).toBe('converged')
    expect(loss).toBeLessThan(0.026)
  })
})
