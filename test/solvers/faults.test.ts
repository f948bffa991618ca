import { describe, expect, test } from 'vitest'
import type { IterationReport, Loss } from '../../src/index.ts'
import { Network } from '../../src/index.ts'
import { solverNames } from '../../src/solvers/table.ts'
import { parametersOf } from './networks.ts'

const inputs = [
  [1, 2],
  [3, 4],
  [-1, 0.5],
]
const targets = [[1], [2], [-1]]
const build = (options = {}) =>
  new Network({ layers: [2, 1], outputActivation: 'identity', dtype: 'float64', seed: 1, ...options })
type Failure = Error & { likelyCause?: string }
const failure = (run: Promise<unknown>): Promise<Failure> =>
  run.then(
    () => new Error('it resolved'),
    (error) => error as Failure,
  )

describe.each(solverNames)('%s', (method) => {
  test('an abort ends it at once where onIteration never settles, and the iteration stands', async () => {
    const network = build({ layers: [2, 3, 1] })
    const controller = new AbortController()
    const reason = new Error('enough')
    let report: IterationReport | undefined
    const onIteration = (one: IterationReport) => {
      report = one
      setTimeout(() => controller.abort(reason))
      return new Promise(() => {})
    }
    const { signal } = controller
    await expect(network.solve(inputs, targets, { method, onIteration, signal })).rejects.toBe(reason)
    expect(report?.iteration).toBe(1)
    expect(network.loss(inputs, targets)).toBeCloseTo(report?.loss as number, 14)
    network.train(inputs, targets) // it is free again
  })

  test('what onIteration or others write into parameters is overwritten: the loss is that of the network', async () => {
    const network = build({ layers: [2, 3, 1] })
    const spoil = () => network.layers[0]?.weights.map(() => 77, network.layers[0].weights)
    const plain = await build({ layers: [2, 3, 1] }).solve(inputs, targets, { method })
    const solution = await network.solve(inputs, targets, { method, onIteration: spoil })
    expect(solution.losses).toEqual(plain.losses)
    expect(network.loss(inputs, targets)).toBe(solution.loss)
    const stopped = build({ layers: [2, 3, 1] })
    const onIteration = () => {
      stopped.layers[0]?.weights.map(() => 77, stopped.layers[0].weights)
      return false
    }
    const { loss } = await stopped.solve(inputs, targets, { method, onIteration })
    expect(stopped.loss(inputs, targets)).toBe(loss)
  })

  test('it starts from the parameters as they are when it is called', async () => {
    const network = build()
    const { loss } = network.gradients(inputs, targets)
    const solving = network.solve(inputs, targets, { method })
    network.layers[0]?.weights.map(() => 77, network.layers[0].weights)
    expect((await solving).losses[0]).toBe(loss)
  })

  test('a derivative that gives NaN is named, at the start', async () => {
    const outputActivation = { name: 'mine', value: (z: number) => z, derivative: (z: number) => (z > 1 ? NaN : 1) }
    const network = build({ outputActivation })
    const before = parametersOf(network)
    const error = await failure(network.solve(inputs, targets, { method }))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toContain('solve: the gradient is NaN; expected a finite number')
    expect(error.message).toContain('the derivative of your activation mine gives NaN for z = ')
    expect(error.likelyCause).toBe('brokenFunction')
    expect(parametersOf(network)).toEqual(before)
  })

  test('one that gives NaN later ends it, and the last completed iteration stands', async () => {
    let broken = false
    const outputActivation = {
      name: 'mine',
      value: Math.tanh,
      derivative: (_: number, a: number) => (broken ? Number.NaN : 1 - a * a),
    }
    const network = build({ outputActivation })
    let loss = Number.NaN
    const onIteration = (report: IterationReport) => {
      loss = report.loss
      broken = report.iteration === 2
    }
    const error = await failure(network.solve(inputs, targets, { method, onIteration }))
    expect(error.message).toContain('the derivative of your activation mine gives NaN')
    expect(network.loss(inputs, targets)).toBeCloseTo(loss, 14)
    broken = false
    network.train(inputs, targets) // it is free again
  })

  test('a start that is not finite is named, and nothing changes', async () => {
    const cases: [Network, RegExp][] = [
      [build(), /^solve: layer 0, weights, row 1, column 0, is NaN; expected a finite number\. Likely cause: /],
      [build({ dtype: 'float32' }), /^solve: layer 0, weights, row 1, column 0, is NaN; expected a finite number/],
    ]
    for (const [network, words] of cases) {
      network.layers[0]?.weights.set(1, 0, Number.NaN)
      const error = await failure(network.solve(inputs, targets, { method }))
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toMatch(words)
      expect(error.likelyCause).toBe('brokenParameter')
      expect(network.layers[0]?.weights.get(1, 0)).toBeNaN()
    }
    const wide = [...inputs, [1e160, 1]]
    const error = await failure(build().solve(wide, [...targets, [1]], { method }))
    expect(error.message).toContain('solve: the loss of row 3 at the start is Infinity; expected a finite number')
    expect(error.likelyCause).toBe('unscaledInputs')
  })

  test('a float32 network that cannot hold the solution says which parameter is too large', async () => {
    const network = build({ layers: [1, 1], dtype: 'float32' })
    // W = 10⁴⁰ would fit
    const error = await failure(network.solve([1e-20, -1e-20], [1e20, -1e20], { method }))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toMatch(
      /^solve: layer 0, weights, row 0, column 0, of the next step is .*; expected at most 3\.4e38 in float32; new Network\(\{ dtype: 'float64' \}\) has room/,
    )
    for (const parameter of parametersOf(network)) expect(Number.isFinite(parameter)).toBe(true)
  })

  test('a float32 network whose loss is beyond float32 says so', async () => {
    const network = build({ layers: [1, 1], dtype: 'float32' })
    const error = await failure(network.solve([1, -1, 2], [1e25, -1e25, 0], { method, sampleWeights: [1, 2, 3] }))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toContain('solve: the loss that the solution has in float32 is Infinity')
    expect(error.message).toContain("new Network({ dtype: 'float64' }) has room")
  })
})

test('an own loss that gives NaN at the start is named', async () => {
  const loss: Loss = {
    name: 'mine',
    value: (a: number, t: number) => (t > 1.5 ? Number.NaN : (a - t) ** 2 / 2),
    derivative: (a: number, t: number) => a - t,
  }
  const error = await failure(build({ loss }).solve(inputs, targets))
  expect(error.message).toContain('solve: the loss of row 1 at the start is NaN')
  expect(error.message).toContain('your loss mine gives NaN for a = ')
  expect(error.likelyCause).toBe('brokenFunction')
})

describe('an objective that falls without end is not converged', () => {
  test.each([
    ['linearly', (a: number, t: number) => a * t, (_: number, t: number) => t],
    ['exponentially', (a: number, t: number) => -Math.exp(a * t), (a: number, t: number) => -t * Math.exp(a * t)],
    ['slower and slower', (a: number) => -Math.log(1 + a * a), (a: number) => (-2 * a) / (1 + a * a)],
  ])('%s', async (_, value, derivative) => {
    for (const dtype of ['float32', 'float64']) {
      const network = build({ loss: { name: 'mine', value, derivative }, dtype })
      const end = await network.solve(inputs, targets, { maxIterations: 60 }).then(
        ({ stoppedBy }) => stoppedBy,
        ({ message }) => message as string,
      )
      expect(end).toMatch(/^stalled$|^maxIterations$|in float32/)
    }
  })
})

test('classes that a line parts end where each probability is 1 to rounding', async () => {
  const network = build({ outputActivation: 'sigmoid', loss: 'binaryCrossEntropy' })
  const { stoppedBy, loss } = await network.solve(inputs, [[1], [1], [0]])
  expect(stoppedBy).toBe('converged')
  expect(loss).toBeLessThanOrEqual(Number.EPSILON)
  expect(loss).toBeGreaterThan(1e-40)
})

test('at the kinks of l1 it ends near the minimum, and no weight is exactly 0', async () => {
  const network = build()
  const { stoppedBy, loss } = await network.solve(inputs, targets, { l1: 0.1 })
  expect(['stalled', 'converged']).toContain(stoppedBy)
  // by Nelder and Mead's method from 20 starts; there W is (0.7125, 0)
  const minimum = 0.10090277777777776
  expect(loss).toBeGreaterThan(minimum)
  expect(loss).toBeLessThan(1.05 * minimum)
  for (const parameter of parametersOf(network)) expect(parameter).not.toBe(0)
})
