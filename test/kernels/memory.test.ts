import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { FitOptions } from '../../src/index.ts'
import { adagrad, adam, adamw, Matrix, Network, rmsprop, sgd } from '../../src/index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use after a collection: the heap, and array buffers with WebAssembly memories. */
function inUse(): { heap: number; buffers: number } {
  collect()
  collect()
  const { heapUsed, arrayBuffers, external } = memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers + external }
}

const inputs = Matrix.from([[0, 0], [0, 1], [1, 0], [1, 1]], { dtype: 'float32' }) // biome-ignore format: a table
const targets = Matrix.from([[0], [1], [1], [0]], { dtype: 'float32' })

/** What a heap moves by for reasons of its own: code that is compiled, caches that warm up. */
const SLACK = 2 ** 20

const rows = Array.from({ length: 400 }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
const labels = rows.map(([x = 0]) => [Number(x > 0)])
const dropping = [2, { units: 5, dropout: 0.2 }, 1]
const everything: FitOptions = {
  averaging: 0.99,
  earlyStopping: { patience: 1e6 },
  validation: 0.25,
  metrics: ['accuracy'],
  onDivergence: 'halveRate',
  schedule: { name: 'reduceOnPlateau' },
  classWeights: 'balanced',
  l2: 1e-4,
  clipNorm: 1,
}

/** Weights of 1000 rows, seen to be let go of. */
function watched(references: WeakRef<object>[]): Float64Array {
  const weights = new Float64Array(1000).fill(1)
  references.push(new WeakRef(weights))
  return weights
}

describe('the fast kernels', () => {
  test.each([{}, { optimizer: adam() }])('keep memory flat over a million steps with %j', (options) => {
    const network = new Network({ layers: [2, 3, 1], kernels: 'wasm', seed: 1, ...options })
    for (let step = 0; step < 20_000; step++) network.train(inputs, targets)
    const before = inUse()
    for (let step = 0; step < 1_000_000; step++) network.train(inputs, targets)
    const after = inUse()
    expect(after.heap - before.heap).toBeLessThan(SLACK)
    expect(after.buffers - before.buffers).toBeLessThan(SLACK)
  })

  const optimizers = [sgd(), sgd({ momentum: 0.9 }), adagrad(), rmsprop(), adam(), adamw()]
  test.each([...optimizers.map((optimizer) => [optimizer, {}] as const), [adamw(), everything] as const])(
    'keep memory flat over 100,000 steps of fit with %j and the options %j',
    async (optimizer, how) => {
      const layers = how === everything ? dropping : [2, 3, 1]
      const network = new Network({ layers, optimizer, kernels: 'wasm', seed: 1 })
      await network.fit(rows, labels, { ...how, epochs: 40, batchSize: 1 })
      const before = inUse()
      await network.fit(rows, labels, { ...how, epochs: 340, batchSize: 1 })
      const after = inUse()
      expect(network.toJSON().training?.steps).toBeGreaterThan(100_000)
      expect(after.heap - before.heap).toBeLessThan(SLACK)
      expect(after.buffers - before.buffers).toBeLessThan(SLACK)
    },
  )

  test('keep memory flat over 500 rounds of a network that is made, fitted with everything, saved and dropped', async () => {
    const round = async (seed: number) => {
      const network = new Network({ layers: dropping, optimizer: adamw(), kernels: 'wasm', seed })
      await network.fit(rows, labels, { ...everything, epochs: 2, batchSize: 100 })
      await Network.fromJSON(network.toJSON()).fit(rows, labels, { resume: true, epochs: 3, batchSize: 100 })
    }
    for (let k = 0; k < 50; k++) await round(k)
    const before = inUse()
    for (let k = 0; k < 500; k++) await round(k)
    const after = inUse()
    expect(after.heap - before.heap).toBeLessThan(2 * SLACK)
    // a memory has at least a page of 64 KiB: 500 rounds of four memories would be 125 MiB
    expect(after.buffers - before.buffers).toBeLessThan(4 * SLACK)
  })

  test('let go of the data when a fit has ended, well or not, and of a task of train', async () => {
    const network = new Network({ layers: dropping, optimizer: adamw(), kernels: 'wasm', seed: 1 })
    const references: WeakRef<object>[] = []
    /** Data that nobody else holds, in the form that is read in place. */
    const data = (...columns: number[]) =>
      columns.map((width) => {
        const table = Float32Array.from({ length: 1000 * width }, (_, k) => Number(k % 3 === 0))
        const matrix = Matrix.wrap(ndarray(table, [1000, width]))
        references.push(new WeakRef(table), new WeakRef(matrix))
        return matrix
      }) as [Matrix, Matrix]
    const validation = () => {
      const [inputs, targets] = data(2, 1)
      return { inputs, targets }
    }
    // each in a function of its own, whose variables end with it
    const fits: (() => FitOptions)[] = [
      () => everything,
      () => ({ resume: true, epochs: 3 }),
      () => ({ signal: AbortSignal.abort('mine') }),
      () => ({ epochs: 2, onEpoch: () => Promise.reject('mine') }),
      () => ({ sampleWeights: watched(references) }),
      () => ({ validation: validation(), metrics: ['accuracy'] }),
    ]
    const fitWith = (options: () => FitOptions) => network.fit(...data(2, 1), options())
    for (const options of fits) await fitWith(options).catch((reason: unknown) => expect(reason).toBe('mine'))
    const tasks = [
      () => network.train(...data(2, 1), { l1: 1e-4 }),
      () => network.loss(...data(2, 1)),
      () => network.gradients(...data(2, 1)),
    ]
    for (const task of tasks) task()
    for (let k = 0; k < 3; k++) {
      await new Promise((resolve) => setTimeout(resolve)) // what a turn has looked at lives until its end
      collect()
    }
    expect(references.length).toBeGreaterThan(30)
    expect(references.filter((reference) => reference.deref() !== undefined)).toEqual([])
    expect(network.layers).toHaveLength(2) // which is alive
  })

  test('give memory back with the networks and products that took it', () => {
    const a = Matrix.from(Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 1)))
    const round = () => {
      new Network({ layers: [300, 300, 10], kernels: 'wasm', seed: 1 }).train(
        [a.toArray()[0] ?? []],
        [Array(10).fill(0)],
      )
      a.matmul(a)
    }
    for (let k = 0; k < 20; k++) round()
    const before = inUse()
    for (let k = 0; k < 300; k++) round()
    const after = inUse()
    expect(after.heap - before.heap).toBeLessThan(4 * SLACK)
    // a network takes some 3 MiB: 300 of them must not be held
    expect(after.buffers - before.buffers).toBeLessThan(16 * SLACK)
  })
})
