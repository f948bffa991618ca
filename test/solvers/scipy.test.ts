import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { LayerOptions, LossName, SolverName } from '../../src/index.ts'
import { Network } from '../../src/index.ts'
import { solverNames } from '../../src/solvers/table.ts'
import { setParameters } from './networks.ts'

/** A problem with one positive minimum, and what SciPy reached; make-reference.py says how it was made. */
interface Reference {
  readonly solver: SolverName
  readonly title: string
  readonly inputs: number[][]
  readonly targets: number[][]
  readonly layers: readonly [number, ...LayerOptions[]]
  readonly loss: LossName
  readonly l2: number
  readonly sampleWeights?: number[]
  readonly start: readonly number[]
  readonly scipy: {
    readonly value: number
    readonly minimum: number
    readonly evaluations: number
    readonly jacobians?: number
    readonly method: string
  }
}

const { problems, unscaled } = JSON.parse(readFileSync('test/solvers/scipy.json', 'utf8')) as Record<
  'problems' | 'unscaled',
  Reference[]
>

/** What solve reaches from the problem's start; the network has it too. */
async function reach({ inputs, targets, layers, loss, l2, start, sampleWeights, solver: method }: Reference) {
  const network = new Network({ layers, loss, dtype: 'float64', seed: 1 })
  setParameters(network, start)
  const options = { l2, ...(sampleWeights && { sampleWeights }) }
  const solution = await network.solve(inputs, targets, { ...options, method })
  expect(network.loss(inputs, targets, options)).toBe(solution.loss)
  return solution
}

describe.each(solverNames)('%s beside SciPy', (method) => {
  const own = problems.filter(({ solver }) => solver === method)

  test('on five problems or more', () => {
    expect(own.length).toBeGreaterThanOrEqual(5)
  })

  test.each(own)('$title: as low, in at most twice the evaluations', async ({ scipy, ...problem }) => {
    const solution = await reach({ scipy, ...problem })
    expect(solution.stoppedBy).toBe('converged')
    // both were at the same objective at the start, and evaluations count from it
    expect(solution.loss).toBeLessThanOrEqual(scipy.value * (1 + 1e-6))
    expect(solution.evaluations).toBeLessThanOrEqual(2 * scipy.evaluations)
    // levenbergMarquardt takes the Jacobian at the start and after each iteration
    expect(solution.iterations + 1).toBeLessThanOrEqual(2 * (scipy.jacobians ?? scipy.evaluations))
    // it is the one minimum, by an end of SciPy's that is as exact as float64 allows
    expect(solution.loss).toBeGreaterThanOrEqual(scipy.minimum * (1 - 1e-9))
  })

  const far = unscaled.filter(({ solver }) => solver === method)

  test.each(far)('columns that are not scaled: $title', async (problem) => {
    const { scipy } = problem
    const solution = await reach(problem)
    expect(solution.stoppedBy).toBe('converged')
    // exact fits end where rounding of such columns does
    expect(solution.loss).toBeLessThanOrEqual(Math.max(1e-12, scipy.minimum * (1 + 1e-6)))
    expect(solution.evaluations).toBeLessThanOrEqual(2 * scipy.evaluations)
  })

  test.each([1e-9, 0])('an exact fit of numbers of any size is converged, with the tolerance %d', async (tolerance) => {
    for (const [scale, offset, size] of [
      [1, 0, 1],
      [1, 1e6, 1],
      [1e6, -1e7, 1e-6],
      [1e-3, 0, 1e8],
      [1e10, 1.7e12, 1],
    ] as const) {
      const network = new Network({ layers: [2, 1], outputActivation: 'identity', dtype: 'float64', seed: 1 })
      const inputs = Array.from({ length: 40 }, (_, k) => [offset + scale * Math.sin(k), Math.cos(3 * k)])
      const targets = inputs.map((_, k) => [size * (Math.sin(k) + Math.cos(3 * k))])
      const { stoppedBy, loss, iterations } = await network.solve(inputs, targets, { method, tolerance })
      expect([scale, offset, size, stoppedBy]).toEqual([scale, offset, size, 'converged'])
      // parameters are rounded to ε = 2⁻⁵², and an offset as many times as large moves outputs as many times as far
      const rounding = size * (1 + Math.abs(offset) / scale) * 2 ** -52
      expect(loss).toBeLessThanOrEqual(100 * rounding * rounding)
      expect(iterations).toBeLessThanOrEqual(20)
    }
  })
})
