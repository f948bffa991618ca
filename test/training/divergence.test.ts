import { describe, expect, test } from 'vitest'
import type { Divergence } from '../../src/network/divergence.ts'
import { decodeNumbers } from '../../src/network/encoding.ts'
import { Network } from '../../src/network/network.ts'
import { kernelNames } from '../kernels/available.ts'
import type { Provoked } from './provoked.ts'
import { provoked } from './provoked.ts'

const schedule = { epochs: 60, batchSize: 20 }

function build({ network, prepare }: Provoked, kernels: (typeof kernelNames)[number]): Network {
  const built = new Network({ ...network, kernels })
  prepare?.(built)
  return built
}

async function failure(running: Promise<unknown>): Promise<Divergence> {
  const error = await running.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RangeError)
  return error as Divergence
}

/** All that a step changes, but not the run that can be resumed. */
function standOf(network: Network) {
  const { layers, training } = network.toJSON()
  const { run: _, ...state } = training ?? {}
  return { layers, state }
}

function expectFinite(network: Network): void {
  for (const { weights, biases } of network.layers) {
    expect([...weights.toArray().flat(), ...biases.toArray().flat()].every(Number.isFinite)).toBe(true)
  }
  const bytes = network.dtype === 'float32' ? 4 : 8
  for (const text of network.toJSON().training?.state ?? []) {
    const numbers = decodeNumbers(text, Buffer.from(text, 'base64').length / bytes, network.dtype)
    expect(numbers?.every(Number.isFinite)).toBe(true)
  }
}

function expectWords({ message }: Error, words: Provoked['words']): void {
  for (const part of words) {
    if (typeof part === 'string') expect(message).toContain(part)
    else expect(message).toMatch(part)
  }
  const [, cause] = message.split('Likely cause: ') as [string, string]
  for (const [number] of cause.matchAll(/\d+(\.\d+)?/g)) {
    expect(number.replace('.', '').replace(/^0+|0+$/g, '').length, number).toBeLessThanOrEqual(3)
  }
}

/** The epoch, the batch and the step that a message names. */
function placeOf({ message }: Error): [epoch: number, batch: number, step: number] {
  const place = /^fit, epoch (\d+), batch (\d+) \(step (\d+) of the run\): /.exec(message)
  return (place ?? []).slice(1).map(Number) as [number, number, number]
}

describe.each(kernelNames)('with %s kernels, fit refuses the step and names the cause', (kernels) => {
  test.each(provoked.map((one) => [one.title, one] as const))('of %s', async (_, one) => {
    const { inputs, targets, cause, words, evidence, fit, steps } = one
    const options = { ...schedule, ...fit }
    const network = build(one, kernels)
    const error = await failure(network.fit(inputs, targets, options))
    if (process.env.SHOW) console.log(one.title, '::', error.likelyCause, '::', error.message)
    expect(error.likelyCause, error.message).toBe(cause)
    expectWords(error, words)
    if (evidence !== undefined) expect(error.evidence).toSatisfy(evidence)
    expectFinite(network)

    const [epoch, batch, step] = placeOf(error)
    expect(step).toBe((epoch - 1) * Math.ceil(inputs.length / options.batchSize) + batch)
    if (steps !== undefined) expect(step).toBe(steps + 1)
    const twin = build(one, kernels)
    if (step !== 1) await twin.fit(inputs, targets, { ...options, maxSteps: step - 1 })
    expect(standOf(network)).toEqual(standOf(twin))
  })
})
