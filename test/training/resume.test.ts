import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Dtype, NetworkOptions, Schedule } from '../../src/index.ts'
import { adagrad, adam, adamw, Network, rmsprop, sgd } from '../../src/index.ts'
import { Generator } from '../../src/random/generator.ts'
import { kernelNames } from '../kernels/available.ts'
import type { Ended, Place, Task } from './resuming.ts'
import { goOn, run, stopAt } from './resuming.ts'

const optimizers = {
  sgd: sgd({ learningRate: 0.2 }),
  momentum: sgd({ learningRate: 0.05, momentum: 0.9 }),
  nesterov: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adagrad: adagrad({ learningRate: 0.05 }),
  rmsprop: rmsprop({ learningRate: 0.02, weightDecay: 0.01 }),
  adam: adam({ learningRate: 0.02 }),
  adamw: adamw({ learningRate: 0.02 }),
}

const schedules: readonly Schedule[] = [
  { name: 'constant' },
  { name: 'step', every: 2, factor: 0.5 },
  { name: 'exponential', factor: 0.8 },
  { name: 'cosine', warmup: 0.2 },
  { name: 'oneCycle' },
  // a fall of 5 % is asked of each epoch, so that the rate falls in the midst of the run
  { name: 'reduceOnPlateau', factor: 0.5, patience: 0, minDelta: 0.05 },
]

const [ROWS, BATCH, EPOCHS] = [29, 5, 4]
const HELD = 6 // round(0.2·29)
const BATCHES = Math.ceil((ROWS - HELD) / BATCH)

const inputs = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
const targets = inputs.map(([x, y]) => [Number((x as number) > (y as number)), Number((x as number) <= (y as number))])

interface Case {
  readonly title: string
  readonly network: NetworkOptions
  readonly task: Task
  readonly places: readonly Place[]
}

/** Five places: two anywhere, one in the midst of an epoch, one between its last step and its validation, one at its end. */
function drawPlaces(random: Generator): Place[] {
  const epoch = () => random.integer(EPOCHS)
  return [
    { step: 1 + random.integer(EPOCHS * BATCHES) },
    { step: 1 + random.integer(EPOCHS * BATCHES) },
    { step: epoch() * BATCHES + 1 + random.integer(BATCHES - 1) },
    { step: (epoch() + 1) * BATCHES },
    { epoch: 1 + epoch() },
  ]
}

const random = new Generator(2024)
const dtypes: readonly Dtype[] = ['float32', 'float64']
const cases: readonly Case[] = Object.entries(optimizers).flatMap(([name, optimizer], n) =>
  [0, 0.3].flatMap((dropout, d) =>
    schedules.map((schedule, s) => {
      const dtype = dtypes[(n + d + s) % 2] as Dtype
      const kernels = kernelNames[(n + s) % kernelNames.length] as (typeof kernelNames)[number]
      return {
        title: `${name}, dropout ${dropout}, ${schedule.name} (${dtype}, ${kernels})`,
        network: { layers: [3, { units: 6, dropout }, { units: 4, dropout }, 2], optimizer, dtype, kernels, seed: n },
        task: { inputs, targets, options: { epochs: EPOCHS, batchSize: BATCH, schedule, validation: 0.2 } },
        places: drawPlaces(random),
      }
    }),
  ),
)

/** Reads what was saved by `node` in a process of its own, and goes on; by the built package, so `npm run build` comes first. */
const script = `
  import { readFileSync } from 'node:fs'
  import { Network } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url))}
  const { inputs, targets, saved } = JSON.parse(readFileSync(0, 'utf8'))
  const ended = []
  for (const { text, kernels } of saved) {
    const network = Network.fromJSON(text, { kernels })
    const { seconds, ...history } = await network.fit(inputs, targets, { resume: true })
    ended.push({ text: JSON.stringify(network), history })
  }
  console.log(JSON.stringify(ended))
`

interface Stopped {
  readonly text: string
  readonly kernels: NetworkOptions['kernels']
}

function goOnElsewhere(saved: readonly Stopped[]): Ended[] {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    input: JSON.stringify({ inputs, targets, saved }),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Ended[]
}

describe('a run that was aborted and saved goes on in the same bits', () => {
  /** by title: how the run ends, and what each place saved */
  const whole = new Map<string, Ended>()
  const stopped = new Map<string, Stopped[]>()
  const elsewhere = new Map<string, Ended[]>()

  beforeAll(async () => {
    for (const { title, network, task, places } of cases) {
      whole.set(title, await run(new Network(network), task))
      const texts: Stopped[] = []
      for (const place of places) {
        texts.push({ text: await stopAt(new Network(network), task, place), kernels: network.kernels })
      }
      stopped.set(title, texts)
    }
    const ended = goOnElsewhere([...stopped.values()].flat())
    for (const { title, places } of cases) elsewhere.set(title, ended.splice(0, places.length))
  })

  test.each(cases)('$title: read back here', async ({ title, network: { kernels }, task, places }) => {
    const expected = whole.get(title) as Ended
    expect(expected.history.loss).toHaveLength(EPOCHS)
    for (const [k, { text }] of (stopped.get(title) as Stopped[]).slice(0, 2).entries()) {
      const ended = await goOn(Network.fromJSON(text, kernels === undefined ? {} : { kernels }), task)
      expect(ended, JSON.stringify(places[k])).toEqual(expected)
    }
  })

  test.each(cases)('$title: in another process', ({ title, places }) => {
    const expected = whole.get(title) as Ended
    for (const [k, ended] of (elsewhere.get(title) as Ended[]).entries()) {
      expect(ended, JSON.stringify(places[k])).toEqual(expected)
    }
  })
})

test('the cases stop at all kinds of places, and the rate of a plateau falls in the midst of runs', async () => {
  const steps = cases.flatMap(({ places }) =>
    places.flatMap((place) => ('step' in place ? [place.step % BATCHES] : [])),
  )
  expect(new Set(steps)).toEqual(new Set([0, 1, 2, 3, 4]))
  const plateaus = cases.filter(({ task }) => task.options.schedule?.name === 'reduceOnPlateau')
  const rates: number[] = []
  for (const { network, task } of plateaus) {
    const { learningRate } = (await run(new Network(network), task)).history
    rates.push(new Set(learningRate).size)
  }
  expect(rates.filter((different) => different > 1).length).toBeGreaterThan(plateaus.length / 2)
})
