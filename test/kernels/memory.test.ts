import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { adam, Matrix, Network } from '../../src/index.ts'

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

  test('keep memory flat over 100,000 steps of fit', async () => {
    const network = new Network({ layers: [2, 3, 1], kernels: 'wasm', seed: 1 })
    await network.fit(inputs, targets, { epochs: 2000, batchSize: 1 })
    const before = inUse()
    const history = await network.fit(inputs, targets, { epochs: 25_000, batchSize: 1 })
    const after = inUse()
    // the history is the caller's: a few numbers an epoch
    expect(after.heap - before.heap).toBeLessThan(SLACK + 3 * 8 * 2 * history.loss.length)
    expect(after.buffers - before.buffers).toBeLessThan(SLACK)
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
