import { describe, expect, test } from 'vitest'
import type { BatchReport, EpochReport, FitOptions, Matrix, NetworkJSON, Schedule } from '../../src/index.ts'
import { adam, Network } from '../../src/index.ts'
import { Rates } from '../../src/training/schedules.ts'
import { errorOf, nextBatches, numbersOf, pick } from './fitting.ts'

const [ROWS, BATCH] = [23, 5]
const BATCHES = 5
const inputs = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
const targets = inputs.map((_, i) => [0, 1, 2].map((k) => Number(k === (i * i) % 3)))
const validation = {
  inputs: inputs.slice(0, 7).map(([x, y, z]) => [y, z, x] as number[]),
  targets: targets.slice(0, 7),
}

const build = () =>
  new Network({
    layers: [3, 6, 3],
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    optimizer: adam({ learningRate: 0.03 }),
    dtype: 'float64',
    seed: 12,
  })
const copyOf = (network: Network) => Network.fromJSON(network.toJSON())
const fitRows = (network: Network, options: FitOptions) =>
  network.fit(inputs, targets, { batchSize: BATCH, ...options })

describe('maxSteps', () => {
  test.each([1, 4, 5, 6, 12])(
    '%i ends the run after so many steps, and reports the epoch that it cuts short',
    async (maxSteps) => {
      const [limited, whole] = [build(), build()]
      const epochs: EpochReport[] = []
      const history = await fitRows(limited, { maxSteps, onEpoch: (report) => void epochs.push(report), validation })
      const batches: BatchReport[] = []
      const snapshots: number[][] = []
      await fitRows(whole, {
        epochs: 3,
        onBatch: (report) => {
          batches.push(report)
          snapshots.push(numbersOf(whole))
        },
      })
      expect(numbersOf(limited)).toEqual(snapshots[maxSteps - 1])
      expect(history.stoppedBy).toBe('maxSteps')
      expect(history.loss).toHaveLength(Math.ceil(maxSteps / BATCHES))
      const last = batches[maxSteps - 1] as BatchReport
      expect(history.loss.at(-1)).toBe(last.meanLoss) // the mean over the rows that were shown
      expect(history.validationLoss.at(-1)).toBe(limited.loss(validation.inputs, validation.targets))
      expect(history.gradientNorm.at(-1)).toBeGreaterThan(0)
      expect(epochs.at(-1)).toMatchObject({ epoch: history.loss.length, step: maxSteps })
      expect(epochs.every((report) => !('epochs' in report))).toBe(true) // no number of epochs was asked for
    },
  )

  test('beside epochs, what comes first ends the run', async () => {
    const cut = await fitRows(build(), { epochs: 2, maxSteps: 7 })
    expect([cut.stoppedBy, cut.loss.length]).toEqual(['maxSteps', 2])
    const whole = await fitRows(build(), { epochs: 2, maxSteps: 70 })
    expect([whole.stoppedBy, whole.loss.length]).toEqual(['epochs', 2])
    const both = await fitRows(build(), { epochs: 2, maxSteps: 10 })
    expect([both.stoppedBy, both.loss.length]).toEqual(['epochs', 2])
  })
})

describe('metrics', () => {
  test("'accuracy' is that of network.accuracy on the validation rows, after each epoch", async () => {
    const network = build()
    const labels = validation.targets.map((row) => row.indexOf(1))
    const seen: number[] = []
    const { metrics } = await fitRows(network, {
      epochs: 25,
      validation,
      metrics: ['accuracy'],
      onEpoch: (report) => {
        seen.push(network.accuracy(validation.inputs, labels).accuracy)
        expect(report.metrics).toEqual({ accuracy: seen.at(-1) })
      },
    })
    expect(metrics).toEqual({ accuracy: seen })
    expect(new Set(seen).size).toBeGreaterThan(1)
  })

  test("'accuracy' with one sigmoid output tells the sides of one half apart", async () => {
    const network = new Network({ layers: [3, 4, 1], seed: 3 })
    const labels = inputs.map(([x]) => Number((x as number) > 0.3))
    const options = { validation: { inputs, targets: labels }, metrics: ['accuracy'] as const }
    const { metrics } = await network.fit(inputs, labels, { epochs: 3, ...options })
    expect(metrics.accuracy?.at(-1)).toBe(network.accuracy(inputs, labels).accuracy)
  })

  test('of your own get the outputs and the targets of the validation rows, as matrices', async () => {
    const network = build()
    const seen: [Matrix, Matrix][] = []
    const mine = {
      name: 'mine',
      value: (outputs: Matrix, wanted: Matrix) => {
        seen.push([outputs, wanted])
        return outputs.get(0, 0)
      },
    }
    const { metrics } = await fitRows(network, { epochs: 2, validation, metrics: [mine, 'accuracy'] })
    expect(Object.keys(metrics)).toEqual(['mine', 'accuracy'])
    expect(metrics.mine).toEqual(seen.map(([outputs]) => outputs.get(0, 0)))
    const [outputs, wanted] = seen.at(-1) as [Matrix, Matrix]
    expect(outputs.toArray()).toEqual(network.predict(validation.inputs).toArray())
    expect(wanted.toArray()).toEqual(validation.targets)
  })
})

describe('the history', () => {
  const all: FitOptions = { epochs: 4, validation, metrics: ['accuracy'] }

  test('has each number of each epoch, and empty lists for what was not measured', async () => {
    const { stoppedBy, bestEpoch, rollbacks, metrics, ...lists } = await fitRows(build(), all)
    for (const list of [...Object.values(lists), ...Object.values(metrics)]) expect(list).toHaveLength(4)
    expect({ stoppedBy, bestEpoch, rollbacks }).toEqual({ stoppedBy: 'epochs', bestEpoch: undefined, rollbacks: [] })
    const plain = await fitRows(build(), { epochs: 4, gradientNorms: false })
    expect(plain).toMatchObject({ validationLoss: [], metrics: {}, gradientNorm: [] })
    expect(plain.loss).toEqual(lists.loss) // what is measured changes nothing
  })

  test.each<Schedule>([
    { name: 'constant' },
    { name: 'step', every: 2, factor: 0.5 },
    { name: 'exponential', factor: 0.8 },
    { name: 'cosine', warmup: 0.2 },
    { name: 'oneCycle' },
    { name: 'reduceOnPlateau', factor: 0.5, patience: 0, minDelta: 0.1 },
  ])('has the rate of the last step of each epoch, by the schedule: $name', async (schedule) => {
    const rates = new Rates(schedule, 0.03, BATCHES, 4 * BATCHES)
    const seen: number[] = []
    const expected: number[] = []
    const { learningRate } = await fitRows(build(), {
      ...all,
      schedule,
      onBatch: ({ learningRate, step }) => {
        seen.push(learningRate)
        expected.push(rates.at(step - 1))
      },
      onEpoch: ({ learningRate, validationLoss }) => {
        expect(learningRate).toBe(seen.at(-1))
        rates.endEpoch(validationLoss as number)
      },
    })
    expect(seen).toEqual(expected)
    expect(learningRate).toEqual(expected.filter((_, k) => k % BATCHES === BATCHES - 1))
    expect(new Set(seen).size > 1).toBe(schedule.name !== 'constant')
  })

  test('without a validation, a plateau is one of the training loss', async () => {
    const schedule = { name: 'reduceOnPlateau', factor: 0.5, patience: 0, minDelta: 0.05 } as const
    const rates = new Rates(schedule, 0.03, BATCHES, undefined)
    const { loss, learningRate } = await fitRows(build(), { epochs: 5, schedule })
    const expected = loss.map((one) => {
      const rate = rates.at(0)
      rates.endEpoch(one)
      return rate
    })
    expect(learningRate).toEqual(expected)
    expect(new Set(expected).size).toBeGreaterThan(1)
  })

  test.each<FitOptions>([
    {},
    { l1: 0.01, l2: 0.02, labelSmoothing: 0.1 },
    { clipNorm: 1e-3, clipValue: 1e-3 }, // the norm is that before clipping
  ])('has the norm of all gradients of the last step, with %o', async (options) => {
    const network = build()
    const rows = nextBatches(network, ROWS, BATCH).at(-1) as number[]
    const { l1 = 0, l2 = 0, labelSmoothing = 0 } = options
    let expected: Network | undefined
    const history = await fitRows(network, {
      ...options,
      onBatch: ({ batch }) => {
        if (batch === BATCHES - 1) expected = copyOf(network)
      },
    })
    const gradients = (expected as Network).gradients(pick(inputs, rows), pick(targets, rows), {
      l1,
      l2,
      labelSmoothing,
    })
    // in float64, some 40 squares are added up: a few roundings of 1e-16
    expect(history.gradientNorm).toEqual([expect.closeTo(Math.hypot(...numbersOf(gradients)), 12)])
    expect(history.gradientNorm[0]).toBeGreaterThan(0.01)
  })
})

describe('onBatch', () => {
  test('is told of each step', async () => {
    const [network, twin] = [build(), build()]
    const batches = nextBatches(network, ROWS, BATCH)
    const reports: BatchReport[] = []
    await fitRows(network, { onBatch: (report) => void reports.push(report) })
    let sum = 0
    const expected = batches.map((rows, k) => {
      const loss = twin.train(pick(inputs, rows), pick(targets, rows))
      sum += rows.length * loss
      const meanLoss = sum / Math.min((k + 1) * BATCH, ROWS)
      return { epoch: 1, epochs: 1, batch: k + 1, batches: BATCHES, step: k + 1, loss, meanLoss, learningRate: 0.03 }
    })
    expect(reports).toEqual(expected)
  })

  test('counts steps over the run, and batches anew in each epoch', async () => {
    const seen: number[][] = []
    await fitRows(build(), { maxSteps: 7, onBatch: ({ epoch, batch, step }) => void seen.push([epoch, batch, step]) })
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7].map((step) => [step > 5 ? 2 : 1, ((step - 1) % 5) + 1, step]))
  })

  test('is awaited, and comes before onEpoch', async () => {
    const events: string[] = []
    const wait = () => new Promise((resolve) => setTimeout(resolve, 1))
    const note = async (event: string) => {
      events.push(`${event} begins`)
      await wait()
      events.push(`${event} ends`)
    }
    await fitRows(build(), {
      batchSize: 12,
      onBatch: ({ step }) => note(`step ${step}`),
      onEpoch: ({ epoch }) => note(`epoch ${epoch}`),
    })
    const each = ['step 1', 'step 2', 'epoch 1'].flatMap((event) => [`${event} begins`, `${event} ends`])
    expect(events).toEqual(each)
  })

  test.each([
    ['false', () => false],
    ['a promise of false', async () => false],
  ])('that gives %s ends the run there, and the epoch that is cut short is reported', async (_, stop) => {
    const network = build()
    const reports: BatchReport[] = []
    const epochs: EpochReport[] = []
    const history = await fitRows(network, {
      epochs: 9,
      validation,
      onBatch: (report) => {
        reports.push(report)
        return report.step === 8 ? stop() : undefined
      },
      onEpoch: (report) => void epochs.push(report),
    })
    expect(reports).toHaveLength(8)
    expect(network.toJSON().training?.steps).toBe(8)
    expect(history.stoppedBy).toBe('callback')
    expect(history.loss).toEqual(epochs.map(({ loss }) => loss))
    expect(epochs).toHaveLength(2)
    expect(epochs[1]).toMatchObject({ epoch: 2, step: 8, loss: reports.at(-1)?.meanLoss, learningRate: 0.03 })
    expect(history.validationLoss[1]).toBe(network.loss(validation.inputs, validation.targets))
    // nobody knew beforehand that the step was the last
    expect(history.gradientNorm).toEqual([expect.any(Number), Number.NaN])
    expect(epochs[1]?.gradientNorm).toBeNaN()
  })

  test('that gives false at the last step of an epoch ends the run with that epoch', async () => {
    const history = await fitRows(build(), { epochs: 9, onBatch: ({ batch }) => batch < BATCHES })
    expect([history.stoppedBy, history.loss.length]).toEqual(['callback', 1])
    expect(history.gradientNorm[0]).toBeGreaterThan(0)
    const last = await fitRows(build(), { onBatch: ({ batch }) => batch < BATCHES })
    expect(last.loss).toEqual(history.loss)
  })

  test('that throws makes fit reject with that; the step stands', async () => {
    const network = build()
    const onBatch = ({ step }: BatchReport) => {
      if (step === 3) throw new EvalError('mine')
    }
    await expect(fitRows(network, { onBatch })).rejects.toThrow(new EvalError('mine'))
    expect(network.toJSON().training?.steps).toBe(3)
  })
})

test('onEpoch that gives false ends the run, and the history says so', async () => {
  const history = await fitRows(build(), { epochs: 9, onEpoch: ({ epoch }) => epoch < 3 })
  expect([history.stoppedBy, history.loss.length]).toEqual(['callback', 3])
})

test('a signal aborted by onBatch ends the run after that step, with its reason', async () => {
  const network = build()
  const controller = new AbortController()
  const onBatch = ({ step }: BatchReport) => {
    if (step === 7) controller.abort('enough')
  }
  await expect(fitRows(network, { epochs: 9, onBatch, signal: controller.signal })).rejects.toBe('enough')
  expect(network.toJSON().training?.steps).toBe(7)
})

describe('checkpoint', () => {
  const saves = async (options: Omit<NonNullable<FitOptions['checkpoint']>, 'save'>) => {
    const network = build()
    const steps: unknown[] = []
    const save = (value: NetworkJSON) => {
      expect(value).toEqual(network.toJSON())
      steps.push(value.training?.steps)
    }
    await fitRows(network, { epochs: 4, checkpoint: { save, ...options } })
    return steps
  }

  test('saves the network after each epoch, or after so many of them', async () => {
    expect(await saves({})).toEqual([5, 10, 15, 20])
    expect(await saves({ everyEpochs: 2 })).toEqual([10, 20])
    expect(await saves({ everyEpochs: 3 })).toEqual([15])
    expect(await saves({ everyEpochs: 5 })).toEqual([])
  })

  test('saves it after so many steps, and after epochs only where that is asked for too', async () => {
    expect(await saves({ everySteps: 4 })).toEqual([4, 8, 12, 16, 20])
    expect(await saves({ everySteps: 8, everyEpochs: 2 })).toEqual([8, 10, 16, 20])
  })

  test('is awaited, and the callback comes after it', async () => {
    const events: string[] = []
    const save = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      events.push('saved')
    }
    const onBatch = ({ step }: BatchReport) => void events.push(`step ${step}`)
    const onEpoch = ({ epoch }: EpochReport) => void events.push(`epoch ${epoch}`)
    await fitRows(build(), { batchSize: 12, checkpoint: { save, everySteps: 2, everyEpochs: 1 }, onBatch, onEpoch })
    expect(events).toEqual(['step 1', 'saved', 'step 2', 'saved', 'epoch 1'])
  })

  test('that gives false stops nothing; one that rejects makes fit reject with that', async () => {
    const history = await fitRows(build(), { epochs: 2, checkpoint: { save: () => false } })
    expect(history.loss).toHaveLength(2)
    const save = () => Promise.reject(new EvalError('no room'))
    const network = build()
    await expect(fitRows(network, { epochs: 2, checkpoint: { save } })).rejects.toThrow(new EvalError('no room'))
    expect(network.toJSON().training?.steps).toBe(5)
  })
})

describe('clipping', () => {
  /** One step with sgd, and the gradients from which it was taken. */
  async function step(options: FitOptions) {
    const network = new Network({ layers: [3, 6, 3], learningRate: 0.7, dtype: 'float64', seed: 12 })
    const before = numbersOf(network)
    const gradients = numbersOf(network.gradients(inputs, targets))
    await network.fit(inputs, targets, { shuffle: false, batchSize: ROWS, ...options })
    return { before, gradients, after: numbersOf(network) }
  }
  const cut = (most: number) => (gradient: number) => Math.max(-most, Math.min(most, gradient))

  // each number is one product and one difference of those by hand: some roundings of 1e-16, where W is near 1
  test.each([1e-3, 0.05, 0.2])(
    'by norm scales all gradients to at most %d together, as clip_grad_norm_ does',
    async (clipNorm) => {
      const { before, gradients, after } = await step({ clipNorm })
      const norm = Math.hypot(...gradients)
      expect(norm).toBeGreaterThan(clipNorm)
      const factor = clipNorm / (norm + 1e-6)
      expect(
        errorOf(
          after,
          before.map((w, k) => w - 0.7 * factor * (gradients[k] as number)),
        ),
      ).toBeLessThan(1e-14)
    },
  )

  test('by norm leaves lesser gradients as they are', async () => {
    const [clipped, unclipped, plain] = [await step({ clipNorm: 9 }), await step({ clipNorm: 99 }), await step({})]
    expect(clipped.after).toEqual(unclipped.after)
    // where nothing is to be clipped, kernels need not round dW before the update
    expect(errorOf(clipped.after, plain.after)).toBeLessThan(1e-15)
  })

  test('by value cuts each element', async () => {
    const { before, gradients, after } = await step({ clipValue: 0.02 })
    const count = gradients.filter((gradient) => Math.abs(gradient) > 0.02).length
    expect(count).toBeGreaterThan(2)
    expect(count).toBeLessThan(gradients.length - 2)
    expect(
      errorOf(
        after,
        before.map((w, k) => w - 0.7 * cut(0.02)(gradients[k] as number)),
      ),
    ).toBeLessThan(1e-14)
  })

  test('by both cuts each element first', async () => {
    const { before, gradients, after } = await step({ clipValue: 0.02, clipNorm: 0.01 })
    const cutGradients = gradients.map(cut(0.02))
    const factor = 0.01 / (Math.hypot(...cutGradients) + 1e-6)
    expect(
      errorOf(
        after,
        before.map((w, k) => w - 0.7 * factor * (cutGradients[k] as number)),
      ),
    ).toBeLessThan(1e-14)
  })
})
