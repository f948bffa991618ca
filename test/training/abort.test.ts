import { describe, expect, test } from 'vitest'
import { Network } from '../../src/index.ts'
import { unlessAborted } from '../../src/training/abort.ts'

const inputs = [[0], [1], [2], [3]]
const targets = [0, 1, 0, 1]

describe.each(['onBatch', 'onEpoch'] as const)('fit, %s', (name) => {
  test('that never settles ends by an abort, with its reason; every completed step stands', async () => {
    const build = () => new Network({ layers: [1, 2, 1], seed: 1 })
    const [network, twin] = [build(), build()]
    const controller = new AbortController()
    const callback = () => {
      setTimeout(() => controller.abort('enough'))
      return new Promise(() => {})
    }
    const options = { batchSize: 4, epochs: 3, [name]: callback, signal: controller.signal }
    await expect(network.fit(inputs, targets, options)).rejects.toBe('enough')
    await twin.fit(inputs, targets, { batchSize: 4 })
    expect(network.predict(inputs).toArray()).toEqual(twin.predict(inputs).toArray())
    // it is free again, and goes on from there
    const { loss } = await network.fit(inputs, targets, { resume: true, epochs: 3 })
    expect(loss).toHaveLength(3)
  })
})

describe('unlessAborted', () => {
  test('gives what the promise gives, and what is none at once', async () => {
    const { signal } = new AbortController()
    expect(await unlessAborted(Promise.resolve(3), signal)).toBe(3)
    expect(await unlessAborted(4, signal)).toBe(4)
    expect(await unlessAborted(Promise.resolve(5), undefined)).toBe(5)
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
  })

  test('rejects at once where the signal is aborted already; a later rejection of the promise is no loose end', async () => {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 5))
    await expect(unlessAborted(late, AbortSignal.abort('now'))).rejects.toBe('now')
    await new Promise((resolve) => setTimeout(resolve, 15))
  })
})
