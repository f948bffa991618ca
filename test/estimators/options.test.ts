import { describe, expect, test } from 'vitest'
import type { EpochReport, EstimatorOptions, FitRequest, TableRow } from '../../src/index.ts'
import { adam, Classifier, Network, Regressor, sgd } from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'
import { cells, quick, refusal, rows, thorough } from './tables.ts'

const target = { target: 'species' } as const
const classifier = (options: EstimatorOptions = {}) => new Classifier({ ...quick, ...options })
const textOf = (model: Classifier) => JSON.stringify(model)

/** The network inside. */
const networkOf = (model: Classifier<never> | Classifier | Regressor) => Network.fromJSON(model.toJSON().network)

describe('without options', () => {
  test('a classifier has softmax and cross entropy, of several labels sigmoids; a regressor Huber’s loss', async () => {
    const one = networkOf(await classifier().fit(rows, target)).toJSON()
    expect([one.layers.at(-1)?.activation, one.loss]).toEqual(['softmax', 'categoricalCrossEntropy'])
    const many = networkOf(await classifier().fit(rows, { target: ['species', 'ok'] })).toJSON()
    expect([many.layers.at(-1)?.activation, many.loss]).toEqual(['sigmoid', 'binaryCrossEntropy'])
    const number = networkOf(await new Regressor(quick).fit(rows, { target: 'mass' })).toJSON()
    expect([number.layers.at(-1)?.activation, number.loss]).toEqual(['identity', 'huber'])
  })

  test('the seed is drawn, and told', async () => {
    const model = await new Classifier({ epochs: 1, hidden: [2] }).fit(rows, target)
    const again = await new Classifier({ epochs: 1, hidden: [2], seed: model.seed }).fit(rows, target)
    expect(textOf(again)).toBe(textOf(model))
    expect(new Classifier().seed).not.toBe(new Classifier().seed)
  })
})

describe('the same seed', () => {
  test('gives the same bits, from a new model and from the same one', async () => {
    const model = await classifier().fit(rows, target)
    const text = textOf(model)
    expect(textOf(await classifier().fit(rows, target))).toBe(text)
    expect(textOf(await model.fit(rows, target))).toBe(text)
    expect(textOf(await classifier({ seed: 2 }).fit(rows, target))).not.toBe(text)
  })

  test('gives the same text whatever the order of the options', async () => {
    const options = { dtype: 'float64', l2: 0.1, clipNorm: 3, activation: 'tanh' } as const
    const { dtype, l2, clipNorm, activation } = options
    const [a, b] = [classifier(options), new Classifier({ activation, clipNorm, l2, dtype, ...quick })]
    expect(textOf(await b.fit(rows, target))).toBe(textOf(await a.fit(rows, target)))
  })

  test('gives the same bits whatever else is going on', async () => {
    const [a, b] = await Promise.all([classifier().fit(rows, target), classifier().fit(rows, target)])
    expect(textOf(a)).toBe(textOf(b))
  })
})

describe('options of the network', () => {
  test.each([[[]], [[3]], [[5, 4]], [[{ units: 6, activation: 'tanh' as const, dropout: 0.5 }]]])(
    'hidden may be %j',
    async (hidden) => {
      const model = await classifier({ hidden }).fit(rows, target)
      const units = networkOf(model).layers.map(({ biases }) => biases.columns)
      expect(units).toEqual([...hidden.map((layer) => (typeof layer === 'number' ? layer : layer.units)), 2])
      expect(model.predict(rows)).toHaveLength(60)
    },
  )

  test('of float64 are kept in float64', async () => {
    const model = await classifier({ dtype: 'float64' }).fit(rows, target)
    expect(networkOf(model).dtype).toBe('float64')
    expect(Classifier.fromJSON(textOf(model)).predictProbabilities(rows).toArray()).toEqual(
      model.predictProbabilities(rows).toArray(),
    )
  })

  test.each(kernelNames.map((name) => [name]))('the kernels %s learn the same', async (kernels) => {
    const model = await new Classifier({ ...thorough, kernels }).fit(rows, target)
    expect(model.score(rows)).toBeGreaterThan(0.95)
    const back = Classifier.fromJSON(textOf(model), { kernels })
    expect(back.predictProbabilities(rows).toArray()).toEqual(model.predictProbabilities(rows).toArray())
    const regressor = await new Regressor({ ...thorough, kernels }).fit(rows, { target: 'mass' })
    expect(regressor.score(rows)).toBeGreaterThan(0.9)
  })

  test('reproducible is passed on', async () => {
    const model = await classifier({ reproducible: true }).fit(rows, target)
    expect(model.toJSON().options).toMatchObject({ reproducible: true })
    expect(textOf(await classifier({ reproducible: true }).fit(rows, target))).toBe(textOf(model))
  })

  test('optimizer, rate, activation, initializer and loss are passed on', async () => {
    const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 })
    const model = await classifier({
      optimizer,
      activation: 'tanh',
      initializer: 'heNormal',
      loss: 'squaredError',
      outputActivation: 'sigmoid',
    }).fit(rows, target)
    const network = networkOf(model).toJSON()
    expect(network.training?.optimizer).toMatchObject({ name: 'sgd', momentum: 0.9 })
    expect(network.layers.map(({ activation }) => activation)).toEqual(['tanh', 'sigmoid'])
    expect(network.loss).toBe('squaredError')
    const rate = networkOf(await classifier({ learningRate: 0.02 }).fit(rows, target)).toJSON()
    expect(rate.training?.optimizer).toMatchObject({ name: 'sgd' })
  })

  test('an output that is below 0 for each class says that all are as probable', async () => {
    const model = await classifier({ outputActivation: 'identity', loss: 'squaredError' }).fit(rows, target)
    for (const p of model.predictProbabilities(rows).toArray()) {
      expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
    }
  })
})

describe('options of fit', () => {
  test('may be given to the model, and to a fit, which goes before', async () => {
    const model = await classifier({ epochs: 2 }).fit(rows, target)
    expect(model.history?.loss).toHaveLength(2)
    expect((await model.fit(rows, { ...target, epochs: 4 })).history?.loss).toHaveLength(4)
    expect((await model.fit(rows, target)).history?.loss).toHaveLength(2)
  })

  const settings: FitRequest[] = [
    { batchSize: 7 },
    { maxSteps: 2 },
    { shuffle: false },
    { schedule: { name: 'constant' } },
    { averaging: 0.9 },
    { l1: 0.1 },
    { l2: 0.1 },
    { labelSmoothing: 0.2 },
    { clipNorm: 0.01 },
    { clipValue: 0.001 },
    { classWeights: 'balanced' },
    { classWeights: [1, 3] },
    { validation: 0.25 },
    { sampleWeights: 'weight' },
  ]
  test.each(settings.map((one) => [one]))('%j changes what is learned, in the model as in the call', async (one) => {
    const weights = (model: Classifier) => JSON.stringify(model.toJSON().network.layers)
    const given = await classifier().fit(rows.slice(1), { ...target, ...one }) // 59 rows: classes of unequal size
    expect(weights(given)).not.toBe(weights(await classifier().fit(rows.slice(1), target)))
    if ('sampleWeights' in one) return
    expect(weights(await classifier(one as EstimatorOptions).fit(rows.slice(1), target))).toBe(weights(given))
  })

  test('earlyStopping ends a run', async () => {
    const model = classifier({ epochs: 100, validation: 0.2, earlyStopping: { patience: 0, minDelta: 1 } })
    await model.fit(rows, target)
    expect(model.history?.loss.length).toBeLessThan(10)
  })

  test('onBatch and onEpoch are called, and metrics measured', async () => {
    const epochs: EpochReport[] = []
    let batches = 0
    const model = classifier({ onEpoch: (report) => void epochs.push(report), validation: 0.2, metrics: ['accuracy'] })
    await model.fit(rows, { ...target, onBatch: () => void batches++ })
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(batches).toBe(epochs.at(-1)?.step)
    expect(model.history?.metrics?.accuracy).toHaveLength(3)
    expect(model.provenance.metrics.accuracy).toBe(model.history?.metrics?.accuracy?.at(-1))
  })
})

describe('validation', () => {
  test('may be a share', async () => {
    const model = await classifier({ validation: 0.2 }).fit(rows, target)
    expect(model.history?.validationLoss).toHaveLength(3)
    expect(model.provenance).toMatchObject({ validation: 0.2, rows: 60 })
  })

  test('may be rows, with the target in its column or beside', async () => {
    const [inputs, held] = [rows.slice(10), rows.slice(0, 10)]
    const column = await classifier().fit(inputs, { ...target, validation: { inputs: held } })
    expect(column.history?.validationLoss).toHaveLength(3)
    const targets = held.map(({ species }) => species)
    const beside = await classifier({ validation: { inputs: held, targets } }).fit(inputs, target)
    expect(beside.history?.validationLoss).toEqual(column.history?.validationLoss)
    // what is measured at the end is the loss of the model there is
    expect(column.evaluate(held).logLoss).toBeCloseTo(column.history?.validationLoss?.at(-1) as number, 5)
    expect(column.provenance).not.toHaveProperty('validation')
  })

  test('of a regressor is scaled as its targets are', async () => {
    const model = await new Regressor({
      ...quick,
      loss: 'squaredError',
      validation: { inputs: rows.slice(0, 10) },
    }).fit(rows.slice(10), { target: 'mass' })
    const masses = rows.slice(10).map(({ mass }) => mass)
    const mean = masses.reduce((sum, one) => sum + one, 0) / 50
    const variance = masses.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 50
    const squared = model.evaluate(rows.slice(0, 10)).rootMeanSquaredError ** 2
    const last = model.history?.validationLoss?.at(-1) as number
    expect([0.5, 1].some((factor) => Math.abs((factor * squared) / variance / last - 1) < 1e-4)).toBe(true)
  })
})

describe('weights', () => {
  test('of rows may be an array, a typed array or a column, which then is no input', async () => {
    const bare = rows.map(({ weight: _, ...others }) => others)
    const weights = rows.map(({ weight }) => weight)
    const column = await classifier().fit(rows, { ...target, sampleWeights: 'weight' })
    const array = await classifier().fit(bare, { ...target, sampleWeights: weights })
    const typed = await classifier().fit(bare, { ...target, sampleWeights: Float32Array.from(weights) })
    expect(column.columns).toEqual(array.columns)
    expect(column.toJSON().network).toEqual(array.toJSON().network)
    expect(typed.toJSON().network).toEqual(array.toJSON().network)
    const textual = rows.map((one) => ({ ...one, weight: String(one.weight) }))
    const texts = await classifier().fit(textual, { ...target, sampleWeights: 'weight' })
    expect(texts.toJSON().network).toEqual(array.toJSON().network)
    expect(column.predict(bare)).toEqual(column.predict(rows))
  })

  test('of rows count in score and evaluate', async () => {
    const model = await classifier().fit(rows, target)
    const right = model.predict(rows).map((label, i) => Number(label === rows[i]?.species))
    const expected = right.reduce((sum, one, i) => sum + one * (rows[i]?.weight ?? 0), 0) / 120
    expect(model.score(rows, { sampleWeights: 'weight' })).toBeCloseTo(expected, 14)
    expect(model.score(rows, undefined, { sampleWeights: rows.map(({ weight }) => weight) })).toBeCloseTo(expected, 14)
    expect(model.evaluate(rows, { ...target, sampleWeights: 'weight' }).accuracy).toBeCloseTo(expected, 14)
    const regressor = await new Regressor(quick).fit(rows, { target: 'mass' })
    expect(regressor.score(rows, { sampleWeights: 'weight' })).not.toBe(regressor.score(rows))
  })

  test('of classes may be told by their labels, in any order', async () => {
    const list = await classifier().fit(rows, { ...target, classWeights: [2, 5] })
    const labels = await classifier({ classWeights: { Gentoo: 5, Adelie: 2 } }).fit(rows, target)
    expect(labels.toJSON().network.layers).toEqual(list.toJSON().network.layers)
    const flags = rows.map(({ ok }) => ok)
    const booleans = await classifier().fit(cells, flags, { classWeights: { true: 2, false: 1 } })
    const ordered = await classifier().fit(cells, flags, { classWeights: [1, 2] })
    expect(booleans.toJSON().network.layers).toEqual(ordered.toJSON().network.layers)
  })
})

describe('what fails', () => {
  const abort = (epoch: number): FitRequest => {
    const controller = new AbortController()
    const onEpoch = (report: EpochReport) => {
      if (report.epoch === epoch) controller.abort('enough')
    }
    return { ...target, onEpoch, signal: controller.signal }
  }

  test('by a signal leaves the model as it was', async () => {
    const model = classifier()
    await expect(model.fit(rows, abort(2))).rejects.toBe('enough')
    expect(() => model.classes).toThrow('the model is new')
    await model.fit(rows, target)
    const [text, { history }] = [textOf(model), model]
    model.predict([{ ...rows[0], colour: 'green' }])
    const { unknown } = model
    await expect(model.fit(rows.slice(5), abort(2))).rejects.toBe('enough')
    expect(textOf(model)).toBe(text)
    expect(model.history).toBe(history)
    expect(model.unknown).toEqual(unknown)
    await expect(model.fit(rows, { ...target, signal: AbortSignal.abort('before') })).rejects.toBe('before')
    expect(textOf(model)).toBe(text)
    expect(textOf(await model.fit(rows, target))).toBe(text)
  })

  test('by a table, a target or an option leaves the model as it was', async () => {
    const model = await classifier().fit(rows, target)
    const text = textOf(model)
    const failing: [given: readonly [rows: readonly TableRow[], options: FitRequest], message: string][] = [
      [[rows, { target: 'speices' }], 'unknown target column "speices"'],
      [[rows.map((one) => ({ ...one, species: 'Adelie' })), target], 'is "Adelie" in every row'],
      [[[...rows, { ...rows[0], length: Number.POSITIVE_INFINITY }], target], 'column "length", row 60 is Infinity'],
      [[rows, { ...target, epochs: 0 }], 'epochs is 0'],
      [[rows, { ...target, sampleWeights: 'colour' }], 'column "colour" (sampleWeights), row 0'],
    ]
    for (const [given, message] of failing) {
      expect(await refusal(() => model.fit(...given))).toContain(message)
      expect(textOf(model)).toBe(text)
    }
  })

  test('as it was does not depend on a listener that throws', async () => {
    const model = await classifier().fit(rows, target)
    const text = textOf(model)
    const onBatch = () => {
      throw new Error('mine')
    }
    await expect(model.fit(rows, { ...target, onBatch })).rejects.toThrow('mine')
    expect(textOf(model)).toBe(text)
    await model.fit(rows, target)
    expect(textOf(model)).toBe(text)
  })

  test('is a second fit, or partialFit, while one goes on; predictions are those of the model before', async () => {
    const model = await classifier().fit(rows, target)
    const before = model.predictProbabilities(rows).toArray()
    const more: number[][][] = []
    const running = model.fit(rows.slice(7), {
      ...target,
      onEpoch: () => void more.push(model.predictProbabilities(rows).toArray()),
    })
    const busy = (where: string) => `TypeError: ${where}: the model is being fitted; await that first`
    expect(await refusal(() => model.fit(rows, target))).toBe(busy('fit'))
    expect(await refusal(() => model.partialFit(rows, target))).toBe(busy('partialFit'))
    await running
    expect(more).toEqual([before, before, before])
    expect(model.predictProbabilities(rows).toArray()).not.toEqual(before)
    await model.fit(rows, target)
  })
})

describe('warnings', () => {
  test('are told at once, and kept until the next fit', async () => {
    const heard: string[] = []
    const model = classifier({ onWarning: (message) => void heard.push(message) })
    expect(model.warnings).toEqual([])
    await model.fit(rows, target)
    expect(heard).toEqual(['fit: column "born" holds dates; read as days since 1970-01-01, as one number'])
    expect(model.warnings).toEqual(heard)
    model.predict([{ ...rows[0], colour: 'green', length: 'long' }])
    const later = [
      'predict: column "length": 1 cell holds no value of its kind ("long"); counted, and taken as missing',
      'predict: column "colour": 1 cell holds what fit did not see ("green"); counted, and taken as none of the known',
    ]
    expect(heard.slice(1)).toEqual(later)
    expect(model.unknown).toEqual({ length: { long: 1 }, colour: { green: 1 } })
    model.evaluate([{ ...rows[0], colour: 'green' }])
    expect(model.unknown).toEqual({ length: { long: 1 }, colour: { green: 2 } })
    expect(heard.at(-1)).toMatch(/^evaluate: column "colour": 1 cell holds /)
    model.score([{ ...rows[0], colour: 'green' }]) // which permutationImportance asks again and again
    expect(model.unknown).toEqual({ length: { long: 1 }, colour: { green: 2 } })
    expect(heard).toHaveLength(4)
    await model.fit(rows, target)
    expect(model.warnings).toHaveLength(1)
    expect(model.unknown).toEqual({})
  })

  test('doubt a classifier of numbers that differ in most rows', async () => {
    const prices = Array.from({ length: 30 }, (_, i) => ({
      x: i % 4,
      price: 100 + 3 * (i >> 1) + (i % 2 ? 0.5 : 0.25),
    }))
    const model = await new Classifier({ hidden: [2], epochs: 1, seed: 1 }).fit(prices, { target: 'price' })
    expect(model.warnings).toEqual([
      'fit: the target has 30 different numbers in 30 rows, each of them a class; a Regressor predicts numbers',
    ])
  })

  test('measure accuracy where rows are held out and nothing else is asked for', async () => {
    const model = await classifier({ validation: 0.25 }).fit(rows, target)
    expect(Object.keys(model.history?.metrics ?? {})).toEqual(['accuracy'])
  })

  test('say nothing of the rows that were learned from, and count nothing of them', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ kind: `k${i % 80}`, x: i === 5 ? 'oops' : i / 4, y: i % 2 }))
    const model = await classifier().fit(many, { target: 'y' })
    expect(model.warnings).toEqual([
      'fit: column "kind" has 80 categories; the 64 most frequent are told apart, the others not',
      'fit: column "x": 1 of 300 cells are no numbers ("oops"); taken as missing',
    ])
    expect(model.unknown).toEqual({})
    const partial = await classifier().partialFit(many, { target: 'y' })
    expect(partial.unknown).toEqual({})
  })

  test('and counts stay within bounds, however long a model predicts', async () => {
    let heard = 0
    const model = await classifier({ onWarning: () => void heard++ }).fit(rows, target)
    const strange = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => ({ ...rows[0], colour: `colour ${from + i}` }))
    model.predict(strange(0, 900))
    model.predict(strange(850, 1200))
    model.predict(strange(0, 2000))
    const { colour = {} } = model.unknown
    expect(Object.keys(colour)).toHaveLength(1001)
    expect([colour['colour 0'], colour['colour 899'], colour['…']]).toEqual([2, 3, 200 + 1000])
    model.predict(strange(0, 1)) // a warning that was kept is not kept again
    expect(model.warnings).toHaveLength(5)
    for (let i = 1; i < 1100; i++) model.predict(strange(i, i + 1))
    expect(model.warnings).toHaveLength(1000)
    expect(heard).toBe(1 + 3 + 1100)
  })

  test('name what is missing unlike in fit, and a column that no row has', async () => {
    const heard: string[] = []
    const holed = rows.map((one, i) => ({ ...one, length: i === 3 ? null : one.length }))
    const model = await classifier({ onWarning: (message) => void heard.push(message) }).fit(holed, target)
    heard.length = 0
    model.predict([{ ...rows[0], mass: null }])
    expect(heard).toEqual(['predict: column "mass": 1 cell is missing, unlike those of fit, and filled'])
    const { length: _, ...others } = rows[0] as (typeof rows)[0]
    model.predict([others, others])
    expect(heard.slice(1)).toEqual(['predict: column "length": 2 cells are missing, unlike those of fit, and filled'])
  })

  test('columns tell what was done', async () => {
    const model = await classifier({ columns: { mass: 'ignore' } }).fit(
      rows.map((one) => ({ ...one, same: 1 })),
      target,
    )
    expect(model.columns.map(({ name, kind, inputs }) => [name, kind, inputs.length])).toEqual([
      ['length', 'number', 1],
      ['colour', 'category', 3],
      ['ok', 'category', 2],
      ['born', 'date', 1],
      ['mass', 'ignore', 0],
      ['weight', 'number', 1],
      ['same', 'ignore', 0],
    ])
    const describing = (name: string) => model.columns.find((one) => one.name === name)?.description
    expect(describing('same')).toBe('left out: it is 1 in every row')
    expect(describing('colour')).toBe('category, 2 of them; missing: "blue", the most frequent')
    expect(describing('born')).toMatch(/^date, in days, mean 2026-01-1\d, standard deviation \d\.\d+ days$/)
  })
})

test('rows that come and go while a fit is awaited are none of its rows', async () => {
  const table = [...rows]
  const fitting = classifier().fit(table, target)
  table.length = 3
  const text = textOf(await fitting)
  expect(text).toBe(textOf(await classifier().fit(rows, target)))
  const lists = [...cells]
  const fittingLists = new Regressor(quick).fit(lists, { target: 1 })
  lists.length = 0
  expect((await fittingLists).provenance.rows).toBe(60)
})

test('what is given is not changed, nor kept', async () => {
  const options = { ...quick, hidden: [4], optimizer: adam({ learningRate: 0.01 }), columns: { ok: 'number' as const } }
  const table = structuredClone(rows)
  const model = await new Classifier(options).fit(table, target)
  expect(table).toEqual(rows)
  const text = textOf(model)
  for (const one of table) one.length = -1
  expect(textOf(model)).toBe(text)
})
