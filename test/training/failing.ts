import { expect } from 'vitest'
import type { Divergence } from '../../src/network/divergence.ts'
import { decodeNumbers } from '../../src/network/encoding.ts'
import type { Network } from '../../src/network/network.ts'

/** What a promise that fails is rejected with. */
export async function failure(running: Promise<unknown>): Promise<Divergence> {
  const error = await running.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RangeError)
  return error as Divergence
}

/** What a function that fails throws. */
export function refusal(run: () => unknown): Divergence {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return error as Divergence
  }
  return expect.fail('nothing failed')
}

/** All that a step changes, but not the run that can be resumed. */
export function standOf(network: Network) {
  const { layers, training } = network.toJSON()
  const { run: _, ...state } = training ?? {}
  return { layers, state }
}

/** Every parameter and all that the optimizer keeps. */
export function numbersOf(network: Network): number[] {
  const bytes = network.dtype === 'float32' ? 4 : 8
  const state = network.toJSON().training?.state ?? []
  return [
    ...network.layers.flatMap(({ weights, biases }) => [...weights.toArray().flat(), ...biases.toArray().flat()]),
    ...state.flatMap((text) => [
      ...(decodeNumbers(text, Buffer.from(text, 'base64').length / bytes, network.dtype) as Float64Array),
    ]),
  ]
}

export function expectFinite(network: Network): void {
  expect(numbersOf(network).every(Number.isFinite)).toBe(true)
}
