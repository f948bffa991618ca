import { describe, expect, test } from 'vitest'
import type { FitOptions, NetworkOptions } from '../../src/index.ts'
import { adam, Network, sgd } from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'
import type { Task } from './resuming.ts'
import { goOn, run, saveAll, stopAt } from './resuming.ts'

const ROWS = 31
const inputs = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
const targets = inputs.map((_, i) => [0, 1, 2].map((k) => Number(k === (i * i) % 3)))
const validation = { inputs: inputs.map(([x, y, z]) => [y, z, x] as number[]), targets }
const sampleWeights = inputs.map((_, i) => 1 + (i % 4))

const softmax: NetworkOptions = {
  layers: [3, { units: 7, dropout: 0.2 }, 3],
  outputActivation: 'softmax',
  loss: 'categoricalCrossEntropy',
  optimizer: adam({ learningRate: 0.05 }),
  seed: 3,
}

interface Case {
  readonly title: string
  readonly options: FitOptions
  readonly network?: Partial<NetworkOptions>
}

/** What a run is given again where it is resumed: what no file holds. */
const notSaved = ({ options }: Case): FitOptions => {
  const { validation, sampleWeights, metrics } = options
  return {
    ...(typeof validation === 'object' && { validation }),
    ...(sampleWeights && { sampleWeights }),
    ...(metrics && { metrics }),
  }
}

const cases: readonly Case[] = [
  { title: 'averaging', options: { averaging: 0.9, validation } },
  {
    title: 'early stopping that puts the best back',
    options: { epochs: 9, earlyStopping: { patience: 2 }, validation },
    network: { optimizer: adam({ learningRate: 0.4 }) },
  },
  {
    title: 'early stopping and averaging',
    options: { epochs: 9, earlyStopping: { patience: 2 }, averaging: 0.7, validation: 0.3 },
    network: { optimizer: adam({ learningRate: 0.4 }) },
  },
  { title: 'a share held out, and metrics', options: { validation: 0.3, metrics: ['accuracy'] } },
  { title: 'balanced classes, of a share of the rows', options: { classWeights: 'balanced', validation: 0.2 } },
  { title: 'weights of rows and classes', options: { sampleWeights, classWeights: [1, 2, 0.5] } },
  { title: 'label smoothing', options: { labelSmoothing: 0.1, validation: 0.2 } },
  { title: 'penalties', options: { l1: 0.01, l2: 0.02 } },
  { title: 'clipping by norm and by value', options: { clipNorm: 0.1, clipValue: 0.05 } },
  { title: 'rows in their own order', options: { shuffle: false, validation: 0.2 } },
  { title: 'a limit of steps in the midst of an epoch', options: { maxSteps: 10, validation } },
  { title: 'a limit of steps, and epochs of its own', options: { maxSteps: 10, epochs: 7, averaging: 0.9 } },
  {
    title: 'one row a step, whose update waits for the next',
    options: { batchSize: 1, epochs: 1, validation },
    network: { layers: [3, 5, 3], optimizer: sgd({ learningRate: 0.1 }) },
  },
  { title: 'no norms of gradients', options: { gradientNorms: false } },
  {
    title: 'everything at once',
    options: {
      epochs: 5,
      averaging: 0.8,
      earlyStopping: { patience: 2 },
      validation: 0.25,
      metrics: ['accuracy'],
      schedule: { name: 'reduceOnPlateau', patience: 0, minDelta: 0.1 },
      sampleWeights,
      classWeights: 'balanced',
      l1: 1e-3,
      l2: 1e-3,
      labelSmoothing: 0.05,
      clipNorm: 0.5,
      clipValue: 0.3,
      onDivergence: 'halveRate',
    },
  },
]

const build = (network: Partial<NetworkOptions> = {}) => new Network({ ...softmax, ...network })
const taskOf = ({ options }: Case): Task => ({ inputs, targets, options: { epochs: 3, batchSize: 7, ...options } })

/** Each kernel set in both types; and the same bits on every engine. */
const forms: readonly Partial<NetworkOptions>[] = [
  ...kernelNames.flatMap((kernels) => (['float32', 'float64'] as const).map((dtype) => ({ kernels, dtype }))),
  { kernels: 'wasm', reproducible: true },
]

describe.each(forms)('with %o', (form) => {
  const { kernels } = form
  /** All with the first form; others take turns. */
  const isTried = (k: number) => form === forms[0] || k % 3 === forms.indexOf(form) % 3
  const read = (text: string) => Network.fromJSON(text, kernels === undefined ? {} : { kernels })

  test.each(cases)('a run goes on from its checkpoints in the same bits: $title', async (one) => {
    const task = taskOf(one)
    const [plain, watched] = [build({ ...one.network, ...form }), build({ ...one.network, ...form })]
    const expected = await run(plain, task)
    const { saved, ended } = await saveAll(watched, task)
    expect(ended).toEqual(expected) // checkpoints change nothing
    for (const [k, text] of saved.entries()) {
      if (isTried(k)) expect(await goOn(read(text), task, notSaved(one)), `checkpoint ${k}`).toEqual(expected)
    }
    expect(await goOn(read(ended.text), task, notSaved(one))).toEqual(expected) // nor does a run that is over go on
    expect(await goOn(watched, task, notSaved(one))).toEqual(expected)
  })
})

test('the cases of early stopping stop early, and not with the last epoch', async () => {
  for (const one of cases.filter(({ title }) => title.startsWith('early'))) {
    const { stoppedBy, bestEpoch, loss } = (await run(build(one.network), taskOf(one))).history
    expect(stoppedBy).toBe('earlyStopping')
    expect(bestEpoch).toBeLessThan(loss.length)
  }
})

describe("with onDivergence: 'halveRate'", () => {
  // a rate that rises beyond what a linear network bears: it diverges again and again
  const rows = Array.from({ length: 24 }, (_, i) => [Math.sin(i), 3 * Math.cos(i)])
  const task: Task = {
    inputs: rows,
    targets: rows.map(([x]) => [x as number]),
    options: {
      epochs: 24,
      batchSize: 4,
      schedule: { name: 'cosine', warmup: 0.8 },
      onDivergence: 'halveRate',
      averaging: 0.9,
    },
  }
  const optimizers = {
    sgd: sgd({ learningRate: 5 }),
    momentum: sgd({ learningRate: 5, momentum: 0.5, weightDecay: 1e-3 }),
  }

  test.each(
    kernelNames.flatMap((kernels) =>
      (Object.keys(optimizers) as (keyof typeof optimizers)[]).map((name) => ({ kernels, name })),
    ),
  )('a run goes on from its checkpoints, rollbacks before and after them: $name, $kernels', async (one) => {
    const network = () =>
      new Network({
        layers: [2, { units: 3, activation: 'identity', dropout: 0.1 }, 1],
        outputActivation: 'identity',
        optimizer: optimizers[one.name],
        kernels: one.kernels,
        seed: 8,
      })
    const { saved, ended } = await saveAll(network(), task)
    const { rollbacks } = ended.history
    expect(rollbacks.length).toBeGreaterThan(1)
    const between = saved.filter((text) => {
      const { length } = JSON.parse(text).training.run.state.history.rollbacks as unknown[]
      return length > 0 && length < rollbacks.length
    })
    expect(between.length).toBeGreaterThan(0)
    for (const [k, text] of saved.entries()) {
      if (k % 3 !== 0) continue // the run is long
      expect(await goOn(Network.fromJSON(text, { kernels: one.kernels }), task), `checkpoint ${k}`).toEqual(ended)
    }
  })
})

describe('a run that is over goes on', () => {
  // where the rate does not follow from the length of the run
  const schedules = [
    { name: 'constant' },
    { name: 'step', every: 2, factor: 0.5 },
    { name: 'exponential', factor: 0.8 },
    { name: 'reduceOnPlateau', factor: 0.5, patience: 0, minDelta: 0.05 },
  ] as const

  const terms: readonly FitOptions[] = [
    {},
    { averaging: 0.9, earlyStopping: { patience: 50 }, validation: 0.3 },
    { earlyStopping: { patience: 50 }, shuffle: false, onDivergence: 'halveRate' },
  ]
  const all = schedules.flatMap((schedule) => terms.map((options) => ({ schedule, options })))

  test.each(all)('to more epochs as the longer run does: %o', async ({ schedule, options }) => {
    const common = { batchSize: 7, schedule, ...options }
    const expected = await run(build(), { inputs, targets, options: { ...common, epochs: 5 } })
    const short = build()
    const { text } = await run(short, { inputs, targets, options: { ...common, epochs: 2 } })
    for (const network of [short, Network.fromJSON(text)]) {
      expect(await goOn(network, { inputs, targets, options: {} }, { epochs: 5 })).toEqual(expected)
    }
  })

  test.each(all)('to more steps as the longer run does: %o', async ({ schedule, options }) => {
    const common = { batchSize: 7, schedule, ...options }
    const expected = await run(build(), { inputs, targets, options: { ...common, maxSteps: 17 } })
    const short = build()
    const { text } = await run(short, { inputs, targets, options: { ...common, maxSteps: 3 } })
    for (const network of [short, Network.fromJSON(text)]) {
      for (const maxSteps of [8, 10, 15, 17]) await goOn(network, { inputs, targets, options: {} }, { maxSteps })
      expect(await goOn(network, { inputs, targets, options: {} })).toEqual(expected)
    }
  })

  test('after a callback stopped it, as if it had not', async () => {
    const options = { epochs: 3, batchSize: 7, validation: 0.3, averaging: 0.9 }
    const expected = await run(build(), { inputs, targets, options })
    for (const stop of [1, 2, 4, 5]) {
      const network = build()
      const { history, text } = await run(network, {
        inputs,
        targets,
        options: { ...options, onBatch: ({ step }) => step !== stop },
      })
      expect(history.stoppedBy).toBe('callback')
      for (const one of [network, Network.fromJSON(text)]) {
        expect(await goOn(one, { inputs, targets, options })).toEqual(expected)
      }
    }
  })
})

test.each(cases)('a run aborted after each of its steps ends as if it had not been: $title', async (one) => {
  const task = taskOf(one)
  const expected = await run(build(one.network), task)
  const { steps } = JSON.parse(expected.text).training as { steps: number }
  const again: Task = { ...task, options: { ...notSaved(one), resume: true } }
  let text = await stopAt(build(one.network), task, { step: 1 })
  for (let step = 2; step <= steps; step++) text = await stopAt(Network.fromJSON(text), again, { step })
  expect(await goOn(Network.fromJSON(text), task, notSaved(one))).toEqual(expected)
})

describe('a run that goes on with other options', () => {
  const options: FitOptions = { epochs: 2, batchSize: 7, validation: 0.3 }
  const task: Task = { inputs, targets, options }
  const taskWith = (more: FitOptions): Task => ({ inputs, targets, options: { ...options, ...more } })

  test('reports an epoch that was aborted before its validation with the rate that its steps had', async () => {
    const cosine = taskWith({ schedule: { name: 'cosine' } })
    const rates: number[] = []
    const note: FitOptions = { onBatch: ({ learningRate }) => void rates.push(learningRate) }
    await run(build(), { ...cosine, options: { ...cosine.options, ...note } })
    const network = Network.fromJSON(await stopAt(build(), cosine, { step: 4 }))
    const { history } = await goOn(network, task, { epochs: 9 })
    expect(rates).toHaveLength(8)
    expect(history.learningRate[0]).toBe(rates[3])
  })

  test('begins averages at the parameters of its last step, not at the best ones that were put back', async () => {
    const ends = [true, false].map(async (restoreBest) => {
      const network = build({ optimizer: adam({ learningRate: 0.6 }) })
      const { history } = await run(network, taskWith({ epochs: 4, earlyStopping: { patience: 9, restoreBest } }))
      const plain = { epochs: 5, averaging: 0.5, earlyStopping: { patience: 9, restoreBest: false } }
      await goOn(network, task, plain)
      return { bestEpoch: history.bestEpoch, layers: network.toJSON().layers }
    })
    const [best, last] = await Promise.all(ends)
    expect(best?.bestEpoch).toBeLessThan(4)
    expect(best?.layers).toEqual(last?.layers)
  })

  test('has NaN where an epoch was not measured, so that the numbers of an epoch stand at its place', async () => {
    const network = build()
    await run(network, taskWith({ gradientNorms: false }))
    const { history } = await goOn(network, task, { epochs: 4, metrics: ['accuracy'], gradientNorms: true })
    expect(history.loss).toHaveLength(4)
    for (const list of [history.gradientNorm, history.metrics.accuracy as number[]]) {
      expect(list.map(Number.isNaN)).toEqual([true, true, false, false])
    }
    expect(Network.fromJSON(JSON.stringify(network)).toJSON()).toEqual(network.toJSON())
  })

  test('stops at once, and reports the epoch in work, where it has come further than it may', async () => {
    for (const limit of [{ epochs: 1 }, { maxSteps: 3 }] satisfies FitOptions[]) {
      const network = Network.fromJSON(await stopAt(build(), task, { step: 6 }))
      const { history } = await goOn(network, task, limit)
      expect(history.stoppedBy).toBe(Object.keys(limit)[0])
      expect(history.loss).toHaveLength(2)
      expect(network.toJSON().training?.steps).toBe(6)
    }
  })

  test('takes what an earlier object of options said, whatever became of that', async () => {
    const [schedule, classWeights] = [{ name: 'exponential' as const, factor: 0.5 }, [1, 2, 3]]
    const mine = { epochs: 2, batchSize: 7, schedule, classWeights }
    const expected = await run(build(), { inputs, targets, options: structuredClone(mine) })
    const network = build()
    await stopAt(network, { inputs, targets, options: mine }, { step: 3 })
    schedule.factor = 0.9
    classWeights[0] = 7
    expect(await goOn(network, task)).toEqual(expected)
  })
})
