import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FitOptions, NetworkOptions } from '../../src/index.ts'
import { adam, Network, sgd } from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'
import type { Task } from './resuming.ts'
import { goOn, run, saveAll } from './resuming.ts'

afterEach(() => void vi.restoreAllMocks())

/**
 * A clock on which a turn of the thread is over at each look, so that a run gives way after every block of 256 rows and after
 * every step; calls back at one of the looks.
 */
function hasty(look = Number.NaN, callBack = () => {}): { readonly looks: number } {
  const clock = { looks: 0 }
  vi.spyOn(performance, 'now').mockImplementation(() => {
    if (++clock.looks === look) callBack()
    return 100 * clock.looks
  })
  return clock
}

// an epoch is a step of three blocks, one of one and a part, and a validation of two blocks and a part
const [ROWS, BATCH] = [1100, 700]
const inputs = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
const targets = inputs.map((_, i) => [Number(i % 3 === 0), Number(i % 3 !== 0)])
const validation = { inputs: inputs.slice(0, 600), targets: targets.slice(0, 600) }

const cases = kernelNames.flatMap((kernels) => [
  { kernels, dropout: 0.3, shuffle: true, optimizer: adam({ learningRate: 0.05 }) },
  { kernels, dropout: 0, shuffle: false, optimizer: sgd({ learningRate: 0.5 }) },
])

describe.each(cases)('with $kernels, dropout $dropout, $optimizer.name, shuffle $shuffle', (one) => {
  const { kernels, dropout, optimizer, shuffle } = one
  const options: NetworkOptions = { layers: [3, { units: 5, dropout }, 2], optimizer, kernels, seed: 6 }
  const task = (more: FitOptions): Task => ({
    inputs,
    targets,
    options: { epochs: 2, batchSize: BATCH, shuffle, ...more },
  })
  const read = (text: string) => Network.fromJSON(text, { kernels })
  const layersOf = (text: string) => JSON.parse(text).layers as unknown

  test.each<[title: string, more: FitOptions]>([
    ['', {}],
    [', with validation and averages', { validation, averaging: 0.5 }],
    [', with weights and penalties', { classWeights: 'balanced', l2: 1e-3 }],
  ])(
    'a run aborted in any pause stands at its last completed step, and goes on in the same bits%s',
    async (_, more) => {
      const whole = task(more)
      const before = JSON.stringify(new Network(options))
      const { saved, ended } = await saveAll(new Network(options), whole)
      const byStep = new Map(
        [before, ...saved].map((text) => [JSON.parse(text).training.steps as number, layersOf(text)]),
      )
      const clock = hasty()
      expect(await run(new Network(options), whole)).toEqual(ended) // pauses change nothing
      const stops = clock.looks
      const kept = new Set<string>()
      for (let stop = 2; stop < stops; stop++) {
        vi.restoreAllMocks()
        const controller = new AbortController()
        const network = new Network(options)
        hasty(stop, () => controller.abort('here'))
        const running = network.fit(inputs, targets, { ...whole.options, signal: controller.signal })
        const end: unknown = await running.then(
          () => 'the end',
          (reason) => reason,
        )
        if (end === 'the end') continue // the last looks come after the last pause
        expect(end).toBe('here')
        const text = JSON.stringify(network)
        if (kept.has(text)) continue
        kept.add(text)
        expect(layersOf(text)).toEqual(byStep.get(JSON.parse(text).training.steps))
        const given = typeof more.validation === 'object' ? { validation } : {}
        expect(await goOn(read(text), whole, given), `look ${stop}`).toEqual(ended)
        expect(await goOn(network, whole, given), `look ${stop}`).toEqual(ended)
      }
      expect(kept.size).toBeGreaterThanOrEqual(5) // before the first step, and after each of four
    },
  )
})
