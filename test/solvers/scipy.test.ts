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

const { problems } = JSON.parse(readFileSync('test/solvers/scipy.json', 'utf8')) as { problems: Reference[] }

describe.each(solverNames)('%s beside SciPy', (method) => {
  const own = problems.filter(({ solver }) => solver === method)

  test('on five problems or more', () => {
    expect(own.length).toBeGreaterThanOrEqual(5)
  })

  test.each(own)('$title: as low, in at most twice the evaluations', async ({ scipy, inputs, targets, ...problem }) => {
    const { layers, loss, l2, start, sampleWeights } = problem
    const network = new Network({ layers, loss, dtype: 'float64', seed: 1 })
    setParameters(network, start)
    const options = { l2, ...(sampleWeights && { sampleWeights }) }
    const solution = await network.solve(inputs, targets, { ...options, method })
    expect(solution.stoppedBy).toBe('converged')
    // both were at the same objective at the start, and evaluations count from it
    expect(solution.loss).toBeLessThanOrEqual(scipy.value * (1 + 1e-6))
    expect(solution.evaluations).toBeLessThanOrEqual(2 * scipy.evaluations)
    // levenbergMarquardt takes the Jacobian at the start and after each iteration
    expect(solution.iterations + 1).toBeLessThanOrEqual(2 * (scipy.jacobians ?? scipy.evaluations))
    // it is the one minimum, by an end of SciPy's that is as exact as float64 allows
    expect(solution.loss).toBeGreaterThanOrEqual(scipy.minimum * (1 - 1e-9))
    expect(network.loss(inputs, targets, options)).toBe(solution.loss)
  })
})
