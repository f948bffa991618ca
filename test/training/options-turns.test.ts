import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FitOptions, NetworkOptions } from '../../src/index.ts'
import { Matrix, Network, sgd } from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'
import { nextBatches, numbersOf, pick } from './fitting.ts'

afterEach(() => void vi.restoreAllMocks())

/** Counts the turns of other work until it is stopped; calls back in each. */
function otherWork(callBack = () => {}) {
  const work = { turns: 0, isOver: false }
  const turn = () => {
    if (work.isOver) return
    work.turns++
    callBack()
    setImmediate(turn)
  }
  setImmediate(turn)
  return work
}

/** A clock on which a turn of the thread is over at each look: a run gives way after every block of 256 rows. */
function hasty() {
  let looks = 0
  vi.spyOn(performance, 'now').mockImplementation(() => 100 * ++looks)
}

describe('other work of the thread gets its turns', () => {
  const ROWS = 20_000
  const [inputs, targets] = [Matrix.zeros(ROWS, 50), Matrix.zeros(ROWS, 10)]
  inputs.map((_, i, j) => Math.sin(i + j), inputs)
  targets.map((_, i, j) => Number(i % 10 === j), targets)
  const build = () => new Network({ layers: [50, 120, 120, 10], seed: 1 })

  /** How many turns other work had had when the one step of a fit, and when the validation after it was over. */
  const turnsDuring = async (network: Network) => {
    const work = otherWork()
    const seen: number[] = []
    await network.fit(inputs, targets, {
      batchSize: ROWS,
      validation: { inputs, targets },
      onBatch: () => void seen.push(work.turns),
      onEpoch: () => void seen.push(work.turns),
    })
    work.isOver = true
    return seen as [afterStep: number, afterScores: number]
  }

  test('in one step of 20,000 rows, and in a validation of as many', async () => {
    // of 2·10⁹ operations and more each, for which every machine needs some turns of 15 ms
    const [afterStep, afterScores] = await turnsDuring(build())
    expect(afterStep).toBeGreaterThanOrEqual(2)
    expect(afterScores).toBeGreaterThan(afterStep)
  })

  test('after each block of rows, where the time is up so soon', async () => {
    hasty()
    const [afterStep, afterScores] = await turnsDuring(new Network({ layers: [50, 1, 10], seed: 1 }))
    const blocks = Math.ceil(ROWS / 256)
    expect(afterStep).toBeGreaterThanOrEqual(blocks - 1)
    expect(afterScores - afterStep).toBeGreaterThanOrEqual(blocks - 1)
  })

  test('between steps of one row', async () => {
    const work = otherWork()
    await build().fit(inputs, targets, { batchSize: 1, maxSteps: 4000 }) // of 130,000 operations each
    work.isOver = true
    expect(work.turns).toBeGreaterThanOrEqual(1)
  })
})

const inputs = Array.from({ length: 700 }, (_, i) => [Math.sin(i), Math.cos(2 * i), ((i * 7) % 5) / 5])
const targets = inputs.map(([x, y]) => [Number((x as number) > (y as number)), Number((x as number) <= (y as number))])
const options: NetworkOptions = { layers: [3, 7, 2], optimizer: sgd({ learningRate: 0.5 }), seed: 3 }

describe.each(kernelNames)('with the %s kernels', (kernels) => {
  const build = (more: Partial<NetworkOptions> = {}) => new Network({ ...options, kernels, ...more })

  test.each([1, 10, 300])('callbacks see the last completed step, in batches of %i', async (batchSize) => {
    const [few, wanted] = batchSize === 1 ? [inputs.slice(0, 30), targets.slice(0, 30)] : [inputs, targets]
    const [network, twin] = [build(), build()]
    const batches = nextBatches(network, few.length, batchSize)
    const look = (step: number) => {
      const rows = batches[step - 1] as number[]
      twin.train(pick(few, rows), pick(wanted, rows))
      const saved = Network.fromJSON(JSON.stringify(network), { kernels })
      expect(network.toJSON().training?.steps).toBe(step)
      expect(numbersOf(saved)).toEqual(numbersOf(twin))
      expect(numbersOf(network)).toEqual(numbersOf(twin))
      expect(network.predict(few).toArray()).toEqual(twin.predict(few).toArray())
      expect(network.loss(few, wanted)).toBe(twin.loss(few, wanted))
      expect(network.gradients(few, wanted)).toEqual(twin.gradients(few, wanted))
    }
    const onBatch = ({ step }: { step: number }) => look(step)
    const save = vi.fn(() => expect(network.predict(few)).toBeDefined())
    await network.fit(few, wanted, { batchSize, onBatch, checkpoint: { everySteps: 2, save } })
    expect(save).toHaveBeenCalledTimes(Math.floor(batches.length / 2))
    expect(numbersOf(network)).toEqual(numbersOf(twin))
  })

  test.each<[title: string, more: FitOptions, dropout: number]>([
    ['', {}, 0],
    [', with dropout', {}, 0.3],
    [', with weights, penalties and clipping', { classWeights: 'balanced', l1: 1e-3, l2: 1e-3, clipNorm: 0.1 }, 0],
    [
      ', with averages and a validation',
      { averaging: 0.7, validation: { inputs, targets }, metrics: ['accuracy'] },
      0.2,
    ],
  ])('what others ask in the pauses of large steps changes no bit of them%s', async (_, more, dropout) => {
    const network = build({ layers: [3, { units: 7, dropout }, 2] })
    const twin = build({ layers: [3, { units: 7, dropout }, 2] })
    const task: FitOptions = { epochs: 3, batchSize: 600, ...more }
    const { seconds: _seconds, ...expected } = await twin.fit(inputs, targets, task)
    hasty()
    const steps = new Set<number>()
    const byStep = new Map<number, string>()
    let turns = 0
    const work = otherWork(() => {
      // in turn, since what gradients leave behind others might cover up
      const asked = [
        () =>
          network.gradients(inputs.slice(0, 300), targets.slice(0, 300), {
            l2: 0.5,
            sampleWeights: inputs.slice(0, 300).map((_, i) => i),
          }),
        () => network.loss(inputs, targets, { l1: 0.3 }),
        () => network.predict(inputs.slice(0, 3)),
        () =>
          network.accuracy(
            inputs.slice(0, 9),
            inputs.slice(0, 9).map(() => 1),
          ),
      ]
      if (turns % 7 !== 6) asked[turns % 4]?.() // and some turns are quiet, so that steps come to their end
      turns++
      const { layers, training } = network.toJSON()
      steps.add(training?.steps as number)
      const text = JSON.stringify(layers)
      // parameters are those of a completed step, in the pauses of validations with averages too
      expect(byStep.get(training?.steps as number) ?? text).toBe(text)
      byStep.set(training?.steps as number, text)
    })
    const running = network.fit(inputs, targets, task).finally(() => {
      work.isOver = true
    })
    const { seconds: _other, ...history } = await running
    expect(history).toEqual(expected)
    expect(JSON.stringify(network)).toBe(JSON.stringify(twin))
    expect(steps.size).toBeGreaterThan(3)
  })
})

test('a large step comes to its end even where others take gradients in each of its pauses', async () => {
  const network = new Network(options)
  hasty()
  const work = otherWork(() => void network.gradients(inputs, targets))
  const { loss } = await network.fit(inputs, targets, { epochs: 4, batchSize: 700 })
  work.isOver = true
  expect(loss).toHaveLength(4)
  expect(work.turns).toBeGreaterThanOrEqual(4)
})
