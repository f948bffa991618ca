import { afterEach, describe, expect, test, vi } from 'vitest'
import type { IterationReport, SolveOptions } from '../../src/index.ts'
import { adam, Matrix, Network, oneHot } from '../../src/index.ts'
import { Generator } from '../../src/random/generator.ts'
import { solverNames } from '../../src/solvers/table.ts'
import { kernelNames } from '../kernels/available.ts'
import { parametersOf } from './networks.ts'

afterEach(() => void vi.restoreAllMocks())

const random = new Generator(7)
const table = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.uniform(-1, 1)))

const ROWS = 40
const inputs = table(ROWS, 3)
const targets = inputs.map(([a = 0, b = 0, c = 0]) => [Math.tanh(a - b) + 0.1 * random.normal(), 0.5 * c])
const build = (options = {}) =>
  new Network({ layers: [3, 4, 2], activation: 'tanh', outputActivation: 'identity', seed: 1, ...options })

describe.each(solverNames)('%s', (method) => {
  describe.each(kernelNames)('with the kernels %s', (kernels) => {
    test.each(['float32', 'float64'] as const)('lowers the objective of a %s network', async (dtype) => {
      const network = build({ kernels, dtype })
      const before = network.loss(inputs, targets)
      const solution = await network.solve(inputs, targets, { method, maxIterations: 200 })
      expect(solution.method).toBe(method)
      expect(solution.loss).toBeLessThan(before / 10)
      // float32 parameters are rounded to 1 in 2²⁴, which moves a loss of some 0.01 in its last digits only
      expect(network.loss(inputs, targets) / solution.loss).toBeCloseTo(1, dtype === 'float32' ? 4 : 14)
    })
  })

  test.each([
    ['the plain loss', {}],
    ['weights of rows', { sampleWeights: inputs.map((_, i) => i % 4) }],
    ['l2', { l2: 0.01 }],
  ] satisfies [string, SolveOptions][])('descends what gradients takes: %s', async (_, terms) => {
    const network = build({ dtype: 'float64' })
    const start = network.gradients(inputs, targets, terms)
    const seen: IterationReport[] = []
    const { losses, loss, gradientNorm, ...solution } = await network.solve(inputs, targets, {
      ...terms,
      method,
      maxIterations: 5,
      onIteration: (report) => {
        seen.push(report)
        // the network stands where the iteration ended
        expect(network.loss(inputs, targets, terms)).toBeCloseTo(report.loss, 14)
      },
    })
    expect(losses[0]).toBe(start.loss)
    const end = network.gradients(inputs, targets, terms)
    const sizes = end.layers.flatMap(({ weights, biases }) => [weights, biases].flatMap((m) => m.toArray().flat()))
    expect(loss).toBeCloseTo(end.loss, 14)
    expect(gradientNorm).toBeCloseTo(Math.hypot(...sizes), 12)
    expect(seen.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5])
    expect(seen.map((report) => report.loss)).toEqual(losses.slice(1))
    expect(seen.at(-1)?.evaluations).toBe(solution.evaluations)
    expect(solution.iterations).toBe(5)
    expect(solution.stoppedBy).toBe('maxIterations')
    for (const [k, value] of losses.entries()) if (k > 0) expect(value).toBeLessThan(losses[k - 1] as number)
    for (const { damping } of seen) expect(damping === undefined).toBe(method === 'lbfgs')
  })

  test('goes on from where it ended, and is then done at once', async () => {
    const network = build({ dtype: 'float64' })
    const first = await network.solve(inputs, targets, { method, l2: 0.01 })
    expect(first.stoppedBy).toBe('converged')
    const second = await network.solve(inputs, targets, { method, l2: 0.01 })
    expect(second.losses[0]).toBe(first.loss)
    expect(second.iterations).toBeLessThan(first.iterations / 2)
    expect(second.loss).toBeLessThanOrEqual(first.loss)
  })

  test('the same seed and rows give the same bits', async () => {
    const run = async () => {
      const network = build()
      const { seconds: _, ...solution } = await network.solve(inputs, targets, { method, maxIterations: 20 })
      return [parametersOf(network), solution]
    }
    expect(await run()).toEqual(await run())
  })

  test('false from onIteration, or a promise of it, stops; the iteration stands', async () => {
    for (const answer of [false, Promise.resolve(false)]) {
      const network = build({ dtype: 'float64' })
      const solution = await network.solve(inputs, targets, {
        method,
        onIteration: ({ iteration }) => iteration < 3 || answer,
      })
      expect([solution.stoppedBy, solution.iterations]).toEqual(['callback', 3])
      expect(network.loss(inputs, targets)).toBeCloseTo(solution.loss, 14)
    }
  })

  test('an abort rejects with its reason, and the last completed iteration stands', async () => {
    const network = build({ dtype: 'float64' })
    const controller = new AbortController()
    const reason = new Error('enough')
    let loss = Number.NaN
    const onIteration = (report: IterationReport) => {
      loss = report.loss
      if (report.iteration === 2) controller.abort(reason)
    }
    await expect(network.solve(inputs, targets, { method, onIteration, signal: controller.signal })).rejects.toBe(
      reason,
    )
    expect(network.loss(inputs, targets)).toBeCloseTo(loss, 14)
    network.train(inputs, targets) // it is free again
  })

  test('an abort before it begins, and in the midst of the first iteration, changes nothing', async () => {
    const network = build()
    const before = parametersOf(network)
    const signal = AbortSignal.abort()
    await expect(network.solve(inputs, targets, { method, signal })).rejects.toBe(signal.reason)
    const controller = new AbortController()
    let looks = 0
    vi.spyOn(performance, 'now').mockImplementation(() => 100 * ++looks) // every pause gives way
    setImmediate(() => controller.abort())
    const many = Array.from({ length: 2000 }, (_, i) => inputs[i % ROWS] as number[])
    const manyTargets = many.map((_, i) => targets[i % ROWS] as number[])
    const solving = network.solve(many, manyTargets, { method, signal: controller.signal })
    await expect(solving).rejects.toThrow('aborted')
    expect(parametersOf(network)).toEqual(before)
  })

  test('what onIteration throws comes out, and the iteration stands', async () => {
    const network = build({ dtype: 'float64' })
    const error = new Error('no')
    const onIteration = () => {
      throw error
    }
    const before = network.loss(inputs, targets)
    await expect(network.solve(inputs, targets, { method, onIteration })).rejects.toBe(error)
    expect(network.loss(inputs, targets)).toBeLessThan(before)
  })

  test('other work of the thread gets its turns after each block of rows, where the time is up so soon', async () => {
    let looks = 0
    vi.spyOn(performance, 'now').mockImplementation(() => 100 * ++looks) // a turn is over at each look
    const many = Matrix.zeros(2560, 3)
    many.map((_, i, j) => Math.sin(i * (j + 1)), many)
    let [turns, isOver] = [0, false]
    const turn = () => {
      turns++
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    await build().solve(many, Matrix.zeros(2560, 2), { method, maxIterations: 1 })
    isOver = true
    // ten blocks at the start and ten at least in the iteration, with a pause after each but the last
    expect(turns).toBeGreaterThanOrEqual(18)
  })

  test('the optimizer’s state, the generator and the count of steps stay as they are', async () => {
    const network = build({ optimizer: adam(), dtype: 'float64' })
    network.train(inputs, targets)
    const { training: before } = network.toJSON()
    await network.solve(inputs, targets, { method, maxIterations: 3 })
    const { training: after } = network.toJSON()
    expect(after).toEqual(before)
  })
})

describe('while a network is being solved', () => {
  test('train, fit and a second solve throw, and predict and toJSON see the last iteration', async () => {
    const network = build()
    const errors: unknown[] = []
    const onIteration = async () => {
      for (const call of [() => network.fit(inputs, targets), () => network.solve(inputs, targets)]) {
        await call().catch((error) => errors.push(error))
      }
      try {
        network.train(inputs, targets)
      } catch (error) {
        errors.push(error)
      }
      expect(Network.fromJSON(network.toJSON()).predict(inputs)).toEqual(network.predict(inputs))
      return false
    }
    await network.solve(inputs, targets, { onIteration })
    expect(errors.map(String)).toEqual(
      ['fit', 'solve', 'train'].map(
        (where) => `TypeError: ${where}: the network is being solved; await that solve first`,
      ),
    )
  })

  test('a fit in work refuses solve', async () => {
    const network = build()
    const fit = network.fit(inputs, targets)
    await expect(network.solve(inputs, targets)).rejects.toThrow(
      new TypeError('solve: the network is being fitted; await that fit first'),
    )
    await fit
  })
})

test('a run that was saved cannot be resumed after a solve, but after one that was refused', async () => {
  const network = build()
  await network.fit(inputs, targets, { epochs: 2 })
  await expect(network.solve(inputs, [[1]])).rejects.toThrow(RangeError)
  await network.fit(inputs, targets, { resume: true, epochs: 3 })
  await network.solve(inputs, targets, { maxIterations: 1 })
  await expect(network.fit(inputs, targets, { resume: true })).rejects.toThrow('there is no run to go on with')
  expect(network.toJSON().training).not.toHaveProperty('run')
})

test('labels, classWeights and labelSmoothing are taken as gradients takes them', async () => {
  const labels = inputs.map(([a = 0, b = 0]) => Number(a + b > 0.5))
  const network = new Network({
    layers: [3, 2],
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    dtype: 'float64',
    seed: 1,
  })
  const terms = { classWeights: 'balanced', labelSmoothing: 0.1, l1: 0.001 } as const
  const start = network.gradients(inputs, oneHot(labels, 2), terms)
  const solution = await network.solve(inputs, oneHot(labels, 2), terms)
  expect(solution.method).toBe('lbfgs') // where none is named
  expect(solution.losses[0]).toBe(start.loss)
  expect(solution.loss).toBeLessThan(start.loss)
  expect(network.loss(inputs, oneHot(labels, 2), terms)).toBeCloseTo(solution.loss, 14)
})

test('dropout is off', async () => {
  const network = build({ layers: [3, { units: 4, dropout: 0.5 }, 2], dtype: 'float64' })
  const { training } = network.toJSON()
  const solution = await network.solve(inputs, targets, { maxIterations: 30 })
  expect(solution.losses[0]).toBeGreaterThan(solution.loss)
  expect(network.loss(inputs, targets)).toBeCloseTo(solution.loss, 14)
  expect(network.toJSON().training?.generator).toEqual(training?.generator)
})
