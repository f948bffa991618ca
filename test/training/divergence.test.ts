import { describe, expect, test } from 'vitest'
import { Network } from '../../src/network/network.ts'
import { kernelNames } from '../kernels/available.ts'
import { expectFinite, failure, refusal, standOf } from './failing.ts'
import type { Provoked } from './provoked.ts'
import { provoked } from './provoked.ts'

const schedule = { epochs: 60, batchSize: 20 }

function build({ network, prepare }: Provoked, kernels: (typeof kernelNames)[number] | 'auto'): Network {
  const built = new Network({ ...network, kernels })
  prepare?.(built)
  return built
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

test.each(provoked.map((one) => [one.title, one] as const))('train refuses %s', (_, one) => {
  const { inputs, targets, cause, words, fit } = one
  const network = build(one, 'auto')
  const { batchSize, epochs, l2 } = { ...schedule, l2: 0, ...fit }
  const batches = Math.ceil(inputs.length / batchSize)
  let steps = 0
  const train = () => {
    for (; steps < epochs * batches; steps++) {
      const from = (steps % batches) * batchSize
      network.train(inputs.slice(from, from + batchSize), targets.slice(from, from + batchSize), { l2 })
    }
  }
  const error = refusal(train)
  if (process.env.SHOW) console.log(one.title, '::', error.likelyCause, '::', error.message)
  expect(error.message).toMatch(`train, step ${steps + 1} of the network: `)
  expect(error.likelyCause, error.message).toBe(cause)
  expectWords(error, words.slice(0, cause === 'brokenFunction' ? 0 : 1))
  expectFinite(network)
  const kept = JSON.stringify(network)
  expect(refusal(train).likelyCause).toBe(cause)
  expect(JSON.stringify(network)).toBe(kept)
})
