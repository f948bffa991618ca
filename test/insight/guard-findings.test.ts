import { describe, expect, test } from 'vitest'
import type { Divergence, NetworkOptions } from '../../src/index.ts'
import { adam, isDivergence, Network, scaleColumns, sgd } from '../../src/index.ts'
import { failure } from '../training/failing.ts'
import { drawn } from './healthy.ts'

const wave = drawn(200, 2, ([a = 0, b = 0]) => Math.sin(3 * a) + b, 0.05)
const options = { layers: [2, 16, 1], activation: 'relu', outputActivation: 'identity', seed: 1 } as const
const fit = { epochs: 40, batchSize: 16 }

const diverge = async (network: NetworkOptions, inputs = wave.inputs, targets = wave.targets): Promise<Divergence> =>
  failure(new Network(network).fit(inputs, targets, fit))

describe('the error of a step that was not taken has findings, whose fixes can be applied', () => {
  test.each([
    ['sgd', { learningRate: 1000 }],
    ['sgd with momentum', { optimizer: sgd({ learningRate: 30, momentum: 0.9 }) }],
    ['Adam', { optimizer: adam({ learningRate: 1e12 }) }],
  ] as const)('a rate, of %s', async (_, rate) => {
    const error = await diverge({ ...options, ...rate })
    const [{ kind, what, fix } = { fix: {} } as never] = error.findings
    expect(kind).toBe('rateTooHigh')
    expect(error.likelyCause).toBe(kind)
    expect(error.message).toContain(`Likely cause: ${what}`)
    expect(error.message).toContain(fix.advice)
    const repaired = { ...options, ...rate, ...fix.network } as NetworkOptions
    const { loss } = await new Network(repaired).fit(wave.inputs, wave.targets, fit)
    expect(loss.at(-1)).toBeLessThan(0.3 * (loss[0] as number))
    await expect(
      new Network({ ...options, ...rate }).fit(wave.inputs, wave.targets, { ...fit, ...fix.fit }),
    ).resolves.toBeDefined()
  })

  test('a scaling of inputs and of targets, learned from the rows that are trained on', async () => {
    const inputs = wave.inputs.map(([a = 0, b = 0]) => [1e6 * a + 3e6, b])
    const byInputs = await diverge({ ...options, learningRate: 0.1 }, inputs)
    const [{ kind, fix } = { fix: {} } as never] = byInputs.findings
    expect(kind).toBe('unscaledInputs')
    const scaled = scaleColumns(inputs, fix.inputs as NonNullable<typeof fix.inputs>)
    const { loss } = await new Network({ ...options, learningRate: 0.1 }).fit(scaled, wave.targets, fit)
    expect(loss.at(-1)).toBeLessThan(0.1 * (loss[0] as number))

    const targets = wave.targets.map(([t = 0]) => [1e6 * t])
    const byTargets = await diverge({ ...options, learningRate: 0.1 }, wave.inputs, targets)
    expect(byTargets.findings[0]?.kind).toBe('unscaledTargets')
    const { fix: targetsFix } = byTargets.findings[0] as (typeof byTargets.findings)[number]
    const scaledTargets = scaleColumns(targets, targetsFix.targets as NonNullable<typeof targetsFix.targets>)
    const repaired = await new Network({ ...options, learningRate: 0.1 }).fit(wave.inputs, scaledTargets, fit)
    expect(repaired.loss.at(-1)).toBeLessThan(0.1 * (repaired.loss[0] as number))
  })

  test('all that may have been the cause, the likeliest first', async () => {
    const inputs = wave.inputs.map(([a = 0, b = 0]) => [100 * a, b])
    const { findings } = await diverge({ ...options, learningRate: 10 }, inputs)
    expect(findings.map(({ kind }) => kind)).toEqual(['rateTooHigh', 'unscaledInputs'])
  })

  test('which isDivergence tells from other errors', async () => {
    expect(isDivergence(await diverge({ ...options, learningRate: 1000 }))).toBe(true)
    for (const other of [new RangeError('no'), { likelyCause: '', findings: [] }, undefined]) {
      expect(isDivergence(other)).toBe(false)
    }
  })

  test('a row that sticks out is left out of the scaling', async () => {
    const inputs = wave.inputs.map(([a = 0, b = 0], i) => [i === 5 ? 1e18 : a, b])
    const { findings } = await diverge({ ...options, learningRate: 0.1 }, inputs)
    const { kind, fix } = findings[0] as (typeof findings)[number]
    expect(kind).toBe('unscaledInputs')
    expect(fix.leaveOut).toEqual([5])
    expect(fix.inputs?.scales[0]).toBeLessThan(1)
  })
})
