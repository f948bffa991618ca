import { describe, expect, test } from 'vitest'
import type { DiagnoseOptions, Finding, FindingKind, FitOptions, NetworkOptions } from '../../src/index.ts'
import { adam, applyFixes, diagnose, Matrix, Network, scaleColumns, unscaleColumns } from '../../src/index.ts'
import { fitToLayers } from '../../src/insight/network-fix.ts'
import { insideOf } from '../../src/network/inside.ts'
import { Generator } from '../../src/random/generator.ts'
import { drawn, healthyTrainings, iris } from './healthy.ts'

const softmax = { outputActivation: 'softmax', loss: 'categoricalCrossEntropy' } as const
const identity = { outputActivation: 'identity' } as const

/** The findings, by kind. */
async function find(
  options: NetworkOptions,
  { inputs, targets }: { inputs: number[][]; targets: number[][] },
  given: DiagnoseOptions = {},
): Promise<Map<FindingKind, Finding>> {
  const findings = await diagnose(new Network(options), inputs, targets, given)
  expect(JSON.parse(JSON.stringify(findings)), 'findings are plain data').toEqual(findings)
  return new Map(findings.map((finding) => [finding.kind, finding]))
}

/** A training, and what is found after it. */
async function trainAndFind(
  options: NetworkOptions,
  { inputs, targets }: { inputs: number[][]; targets: number[][] },
  fit: FitOptions,
): Promise<{ network: Network; history: Awaited<ReturnType<Network['fit']>>; found: Map<FindingKind, Finding> }> {
  const network = new Network(options)
  const history = await network.fit(inputs, targets, fit)
  const findings = await diagnose(network, inputs, targets, { ...fit, history })
  return { network, history, found: new Map(findings.map((finding) => [finding.kind, finding])) }
}

function get(found: Map<FindingKind, Finding>, kind: FindingKind): Finding {
  expect([...found.keys()]).toContain(kind)
  return found.get(kind) as Finding
}

const wave = drawn(200, 2, ([a = 0, b = 0]) => Math.sin(3 * a) + b, 0.05)
const regression = { layers: [2, 16, 1], activation: 'tanh', ...identity, learningRate: 0.1, seed: 1 } as const
const flowers = iris()
const classifier = {
  layers: [4, 16, 3],
  activation: 'tanh',
  ...softmax,
  optimizer: adam({ learningRate: 0.01 }),
  seed: 1,
} as const

/** Rows with one column changed. */
const withColumn = (rows: number[][], j: number, change: (x: number, i: number) => number) =>
  rows.map((row, i) => row.map((x, k) => (k === j ? change(x, i) : x)))

describe('in the data', () => {
  test('columns that are not scaled, the farthest first, with a scaling that repairs the run', async () => {
    const inputs = withColumn(
      withColumn(wave.inputs, 0, (x) => 400 * x + 1900),
      1,
      (x) => 50 * x,
    )
    const found = await find(regression, { ...wave, inputs })
    const { what, where, evidence, fix } = get(found, 'unscaledInputs')
    expect(what).toMatch(/^the inputs are not scaled: column 0 goes from 1\d{3} to 2\d{3}, and 1 more is not$/)
    expect(where).toEqual({ data: 'inputs', columns: [0, 1] })
    expect(evidence.least).toBeCloseTo(Math.min(...inputs.map(([x = 0]) => x)), 3)

    const options = { epochs: 60, batchSize: 16, onDivergence: 'halveRate' } as const
    const raw = await new Network(regression).fit(inputs, wave.targets, options)
    const scaled = scaleColumns(inputs, fix.inputs as NonNullable<typeof fix.inputs>)
    const repaired = await new Network(regression).fit(scaled, wave.targets, options)
    expect(repaired.loss.at(-1)).toBeLessThan(0.05 * (raw.loss.at(-1) as number))
    const after = await find(regression, { inputs: scaled.toArray(), targets: wave.targets })
    expect([...after.keys()]).toEqual([])
  })

  test('inputs that are all next to 0', async () => {
    const inputs = wave.inputs.map((row) => row.map((x) => x / 1e4))
    const { what, fix } = get(await find(regression, { ...wave, inputs }), 'unscaledInputs')
    expect(what).toMatch(/^the inputs are not scaled: column \d goes from -\S+e-5 to \S+e-5|-?\d/)
    expect(fix.inputs?.scales.every((scale) => scale < 1e-4)).toBe(true)
  })

  test('targets that are not scaled, and the way back from scaled ones', async () => {
    const targets = wave.targets.map(([t = 0]) => [1e4 * t + 2e5])
    const found = await find(regression, { ...wave, targets })
    const { what, fix } = get(found, 'unscaledTargets')
    expect(what).toMatch(/^the targets are not scaled: column 0 goes from 1\.\d+e5 to 2\.\d+e5$/)
    const scaling = fix.targets as NonNullable<typeof fix.targets>
    const network = new Network(regression)
    await network.fit(wave.inputs, scaleColumns(targets, scaling), { epochs: 100, batchSize: 16 })
    const predicted = unscaleColumns(network.predict(wave.inputs), scaling)
    const error = targets.reduce((sum, [t = 0], i) => sum + Math.abs(predicted.get(i, 0) - t), 0) / targets.length
    expect(error).toBeLessThan(2000) // a third of the spread of a constant's errors, some 6000
  })

  test('targets far from 0 for their width, and the way down that scaling opens', async () => {
    const targets = wave.targets.map(([t = 0]) => [8 + t / 20])
    const { what, fix } = get(await find(regression, { ...wave, targets }), 'unscaledTargets')
    expect(what).toMatch(/^the targets are not scaled: column 0 goes from 7\.\d+ to 8\.\d+, far from 0 for its width$/)
    const r2 = async (rows: Matrix | number[][]) => {
      const network = new Network(regression)
      const { loss } = await network.fit(wave.inputs, rows, { epochs: 60, batchSize: 16 })
      const deviation = Matrix.from(rows).toArray().flat()
      const mean = deviation.reduce((sum, t) => sum + t / deviation.length, 0)
      const spread = deviation.reduce((sum, t) => sum + (t - mean) ** 2 / deviation.length, 0)
      return 1 - (2 * (loss.at(-1) as number)) / spread
    }
    expect(await r2(targets)).toBeLessThan(0.5)
    expect(await r2(scaleColumns(targets, fix.targets as NonNullable<typeof fix.targets>))).toBeGreaterThan(0.9)
  })

  test.each([
    ['far from 0 for its width', (x: number) => 5 + x / 100],
    ['where another is 1.8', (x: number) => x / 1e5],
  ])('an input column that hides: %s', async (words, change) => {
    const inputs = withColumn(wave.inputs, 1, change)
    const { what, where, fix } = get(await find(regression, { ...wave, inputs }), 'unscaledInputs')
    expect(what).toContain(words)
    expect(where.columns).toEqual([1])
    const scaled = scaleColumns(inputs, fix.inputs as NonNullable<typeof fix.inputs>).toArray()
    expect([...(await find(regression, { ...wave, inputs: scaled })).keys()]).toEqual([])
  })

  test('a row that sticks out, and what is learned without it', async () => {
    const inputs = withColumn(wave.inputs, 0, (x, i) => (i === 17 ? 1e6 : x))
    const { what, where, evidence, fix } = get(await find(regression, { ...wave, inputs }), 'outlyingRows')
    expect(what).toMatch(
      /^1 row sticks out of the inputs: row 17, column 0 is 1e6, where half are from -0\.\d+ to 0\.\d+$/,
    )
    expect(where).toEqual({ data: 'inputs', rows: [17], columns: [0] })
    expect(evidence).toEqual({ outlying: 1, rows: 150, row: 17, column: 0, value: 1e6 })
    expect(fix.leaveOut).toEqual([17])
    const found = await find(regression, {
      inputs: inputs.filter((_, i) => i !== 17),
      targets: wave.targets.filter((_, i) => i !== 17),
    })
    expect([...found.keys()]).toEqual([])
  })

  test('a code for missing numbers, in a column that needs scaling beside: both, each learned without the other', async () => {
    const inputs = withColumn(wave.inputs, 0, (x, i) => (i % 10 === 3 ? -99_999 : 40 * x + 100))
    const found = await find(regression, { ...wave, inputs })
    expect(get(found, 'outlyingRows').where.rows).toHaveLength(15)
    const { fix } = get(found, 'unscaledInputs')
    expect(fix.inputs?.means[0]).toBeGreaterThan(90)
  })

  test('no targets that stick out where the loss bears them', async () => {
    const targets = wave.targets.map(([t = 0], i) => [i % 50 === 7 ? 1000 : t])
    expect([...(await find({ ...regression, loss: 'huber' }, { ...wave, targets })).keys()]).not.toContain(
      'outlyingRows',
    )
    get(await find(regression, { ...wave, targets }), 'outlyingRows')
  })

  test('validation rows that are scaled in another way', async () => {
    const validation = { ...wave.validation, inputs: wave.validation.inputs.map((row) => row.map((x) => 100 * x + 51)) }
    const { what, where } = get(await find(regression, wave, { validation }), 'unscaledInputs')
    expect(what).toMatch(
      /^the validation inputs are not scaled as those that are trained on: column 0 goes from -\S+ to 1\d\d, there from -0\.\d+ to 0\.\d+, and 1 more differ so$/,
    )
    expect(where).toEqual({ data: 'validation', columns: [0, 1] })
  })

  test('softmax of one output, which is always 1', async () => {
    const targets = wave.targets.map(([t = 0]) => [Number(t > 0)])
    const options = { ...regression, ...softmax }
    const { what, fix } = get(await find(options, { ...wave, targets }), 'targetsOutOfRange')
    expect(what).toContain('targets are beyond what softmax outputs, here always 1: row ')
    const network = new Network({ ...options, ...fix.network } as NetworkOptions)
    await network.fit(wave.inputs, targets, { epochs: 300, batchSize: 16 })
    expect(network.accuracy(wave.inputs, targets.flat()).accuracy).toBeGreaterThan(0.9)
  })

  test('labels in one column', async () => {
    const labels = flowers.targets.map((row) => [row.indexOf(1)])
    const options = { layers: [4, 16, 1], learningRate: 1, seed: 1 }
    const { fix } = get(await find(options, { ...flowers, targets: labels }), 'targetsOutOfRange')
    expect(fix.oneHot).toBe(3)
    const fixed = applyFixes({ network: options, inputs: flowers.inputs, targets: labels }, [
      { kind: 'targetsOutOfRange', what: '', where: {}, evidence: {}, fix },
    ])
    expect(fixed.network).toMatchObject({ layers: [4, 16, 3], outputActivation: 'softmax' })
    const network = new Network({ ...fixed.network, learningRate: 0.1 })
    await network.fit(fixed.inputs, fixed.targets, { epochs: 40, batchSize: 16 })
    expect(network.accuracy(flowers.inputs, labels.flat()).accuracy).toBeGreaterThan(0.9)
  })

  test('a column that is the same in every row', async () => {
    const inputs = withColumn(wave.inputs, 1, () => 0.5)
    const { what, where } = get(await find(regression, { ...wave, inputs }), 'constantColumns')
    expect(what).toBe('column 1 of the inputs is the same in every row, 0.5')
    expect(where).toEqual({ data: 'inputs', columns: [1] })
  })

  test('no column that holds the background of its table, as pixels at an edge', async () => {
    const inputs = wave.inputs.map(([a = 0, b = 0]) => [Math.max(0, a), Math.max(0, b), 0])
    const found = await find({ ...regression, layers: [3, 16, 1] }, { ...wave, inputs })
    expect([...found.keys()]).toEqual([])
  })

  test('targets that are the same in every row', async () => {
    const targets = wave.targets.map(() => [0.25])
    const { what, where } = get(await find(regression, { ...wave, targets }), 'constantColumns')
    expect(what).toBe('column 0 of the targets is the same in every row, 0.25')
    expect(where.data).toBe('targets')
  })

  test('rows that repeat earlier ones', async () => {
    const [inputs, targets] = [wave.inputs, wave.targets].map((rows) => [...rows, ...rows.slice(10, 40)]) as [
      number[][],
      number[][],
    ]
    const { what, where, evidence, fix } = get(await find(regression, { inputs, targets }), 'duplicatedRows')
    expect(what).toBe('30 of 180 rows repeat an earlier one, inputs and targets: rows 150, 151, 152, …, 177, 178, 179')
    expect(where.rows).toEqual(Array.from({ length: 30 }, (_, k) => 150 + k))
    expect(evidence).toEqual({ repeated: 30, rows: 180, share: 30 / 180 })
    const left = { inputs: inputs.filter((_, i) => !fix.leaveOut?.includes(i)), targets: targets.slice(0, 150) }
    expect([...(await find(regression, left)).keys()]).toEqual([])
  })

  test('no rows that repeat because their columns have few values', async () => {
    const inputs = wave.inputs.map(([a = 0, b = 0]) => [Number(a > 0), Number(b > 0)])
    const targets = inputs.map(([a, b]) => [Number(a !== b)])
    expect([...(await find(regression, { inputs, targets })).keys()]).not.toContain('duplicatedRows')
  })

  test('rows to validate on that are trained on', async () => {
    const { inputs, targets } = wave
    const validation = {
      inputs: [...wave.validation.inputs.slice(0, 30), ...inputs.slice(5, 15)],
      targets: [...wave.validation.targets.slice(0, 30), ...targets.slice(5, 15)],
    }
    const { what, where, fix } = get(await find(regression, wave, { validation }), 'leakedRows')
    expect(what).toMatch(/^10 of 40 validation rows are among the rows that are trained on: rows 30, 31, 32, …/)
    expect(where).toEqual({ data: 'validation', rows: fix.leaveOut })
    const sound = await find(regression, wave, { validation: wave.validation })
    expect([...sound.keys()]).toEqual([])
  })

  test('labels that are much rarer than others, and classWeights that find them', async () => {
    const random = new Generator(3)
    const inputs = Array.from({ length: 600 }, () => [random.normal(), random.normal()])
    const labels = inputs.map(([a = 0, b = 0]) => Number(a + b + random.normal() > 2.8))
    const targets = labels.map((label) => [label])
    const options = {
      layers: [2, 4, 1],
      loss: 'binaryCrossEntropy',
      seed: 1,
      optimizer: adam({ learningRate: 0.02 }),
    } as const
    const { what, evidence, fix } = get(await find(options, { inputs, targets }), 'labelImbalance')
    const rare = labels.filter(Boolean).length
    expect(what).toBe(`label 1 has ${rare} of 600 rows, label 0 has ${600 - rare}`)
    expect(evidence.counts).toEqual([600 - rare, rare])
    const recall = async (fit: FitOptions) => {
      const network = new Network(options)
      await network.fit(inputs, targets, { epochs: 60, ...fit })
      const found = network.classify(inputs)
      return found.filter((label, i) => label === 1 && labels[i] === 1).length / rare
    }
    const [before, after] = [await recall({}), await recall(fix.fit as FitOptions)]
    expect(before).toBeLessThan(0.6)
    expect(after).toBeGreaterThan(0.85)
    const balanced = await find(options, { inputs, targets }, fix.fit as FitOptions)
    expect([...balanced.keys()]).not.toContain('labelImbalance')
  })

  test('a label without rows', async () => {
    const targets = flowers.targets.map(([a = 0, b = 0, c = 0]) => [a, b + c, 0])
    const { what, where, fix } = get(await find(classifier, { ...flowers, targets }), 'labelImbalance')
    expect(what).toMatch(/^label 2 has 0 of 112 rows, label 1 has \d+$/)
    expect(where).toEqual({ data: 'targets', columns: [2] })
    expect(fix).toEqual({ advice: 'Find rows of each label: what has none cannot be learned' })
  })

  test.each([
    ['sigmoid', 'from 0 to 1', (t: number) => t],
    ['tanh', 'from -1 to 1', (t: number) => 2 * t],
    ['relu', 'from 0 up', (t: number) => t],
    ['softplus', 'from 0 up', (t: number) => t],
    ['elu', 'from -1 up', (t: number) => t - 1],
    ['silu', 'from -0.278 up', (t: number) => t],
    ['gelu', 'from -0.17 up', (t: number) => t],
  ] as const)('targets that %s cannot reach, %s', async (outputActivation, range, change) => {
    const targets = wave.targets.map(([t = 0]) => [change(t)])
    const found = await find({ ...regression, outputActivation }, { ...wave, targets })
    const { what, fix } = get(found, 'targetsOutOfRange')
    expect(what).toContain(`targets are beyond what ${outputActivation} outputs, ${range}: row `)
    expect(fix.network).toEqual({ outputActivation: 'identity' })
    const train = async (network: NetworkOptions) =>
      (await new Network(network).fit(wave.inputs, targets, { epochs: 60, batchSize: 16 })).loss.at(-1) as number
    const [before, after] = [
      await train({ ...regression, outputActivation }),
      await train({ ...regression, outputActivation, ...fix.network }),
    ]
    expect(after).toBeLessThan(0.6 * before)
  })
})

describe('in the layers', () => {
  test('dead units, and an activation whose units cannot die', async () => {
    const options = { ...regression, activation: 'relu' } as const
    const network = new Network(options)
    network.layers[0]?.biases.map(() => -5, network.layers[0].biases)
    const findings = await diagnose(network, wave.inputs, wave.targets)
    const { what, where, fix } = findings.find(({ kind }) => kind === 'deadUnits') as Finding
    expect(what).toMatch(/^dead or saturated units: 100 % dead in layer 0; the largest parameter of such a layer is 5$/)
    expect(where).toEqual({ layers: [0] })
    const stuck = await network.fit(wave.inputs, wave.targets, { epochs: 30, batchSize: 16 })
    const repaired = new Network({ ...options, ...fix.network })
    const { loss } = await repaired.fit(wave.inputs, wave.targets, { epochs: 30, batchSize: 16 })
    expect(loss.at(-1)).toBeLessThan(0.2 * (stuck.loss.at(-1) as number))
  })

  test('saturated units', async () => {
    const network = new Network(regression)
    network.layers[0]?.biases.map((_, __, j) => (j % 2 === 0 ? 20 : -20), network.layers[0].biases)
    const findings = await diagnose(network, wave.inputs, wave.targets)
    const { what, evidence, fix } = findings.find(({ kind }) => kind === 'saturatedUnits') as Finding
    expect(what).toContain('100 % saturated in layer 0')
    expect(evidence.saturatedShares).toEqual([1, 0])
    expect(fix.network).toEqual({ activation: 'relu' })
  })

  test('gradients that vanish, and relu, which lets them through', async () => {
    const layers = [2, ...Array<number>(10).fill(16), 1]
    const options = { ...regression, layers, activation: 'sigmoid' } as const
    const { what, where, fix } = get(await find(options, wave), 'vanishingGradients')
    expect(what).toMatch(/^gradients vanish: their norms, from layer 0 up, are \S+e-\d/)
    expect(where.layers).toContain(0)
    expect(where.layers).not.toContain(10)
    const train = async (network: NetworkOptions) =>
      (await new Network(network).fit(wave.inputs, wave.targets, { epochs: 60, batchSize: 16 })).loss.at(-1) as number
    expect(await train({ ...options, ...fix.network })).toBeLessThan(0.2 * (await train(options)))
  })

  test('gradients that come through no weights of 0, and an initializer', async () => {
    const options = { ...regression, initializer: 'zeros' } as const
    const { what, fix } = get(await find(options, wave), 'vanishingGradients')
    expect(what).toMatch(/^gradients vanish: their norms, from layer 0 up, are 0, /)
    expect(fix).toEqual({
      advice: 'All weights of layer 0 are 0, so nothing comes through: draw them',
      network: { initializer: 'xavierUniform' },
    })
    expect([...(await find({ ...options, ...fix.network }, wave)).keys()]).toEqual([])
  })

  test('gradients that explode, and clipNorm', async () => {
    const network = new Network({ ...regression, layers: [2, 16, 16, 16, 16, 1], activation: 'relu' })
    for (const { weights } of network.layers) weights.scale(12, weights)
    const findings = await diagnose(network, wave.inputs, wave.targets)
    const { what, fix } = findings.find(({ kind }) => kind === 'explodingGradients') as Finding
    expect(what).toMatch(/^gradients explode: from layer 0 up, largest activations/)
    const before = network.loss(wave.inputs, wave.targets)
    await network.fit(wave.inputs, wave.targets, { epochs: 20, batchSize: 16, ...fix.fit })
    expect(network.loss(wave.inputs, wave.targets)).toBeLessThan(0.1 * before)
  })

  test('a parameter that is not finite', async () => {
    const network = new Network(regression)
    network.layers[0]?.weights.set(1, 3, Number.NaN)
    const [{ kind, what } = {} as Finding, ...others] = await diagnose(network, wave.inputs, wave.targets)
    expect(kind).toBe('brokenParameter')
    expect(what).toContain('layer 0, weights, row 1, column 3, is NaN')
    expect(others).toEqual([])
  })
})

describe('of the learning rate', () => {
  test.each([30, 1e4, 1e30])('a rate of %d that is too high, before training', async (learningRate) => {
    const { what, fix } = get(await find({ ...regression, learningRate }, wave), 'rateTooHigh')
    expect(what).toMatch(
      /^the learning rate \S+ is too high: 100 steps from the initial weights leave a loss of \S+, at \S+ of 0\.\d+$/,
    )
    const { loss } = await new Network({ ...regression, ...fix.network }).fit(wave.inputs, wave.targets, {
      epochs: 60,
      batchSize: 16,
    })
    expect(loss.at(-1)).toBeLessThan(0.2 * (loss[0] as number))
  })

  test('one that is too high for Adam, after training', async () => {
    const options = { ...regression, learningRate: undefined, optimizer: adam({ learningRate: 3 }) }
    const { learningRate: _, ...network } = options
    const { history, found } = await trainAndFind(network, wave, { epochs: 30, batchSize: 16 })
    const { fix } = get(found, 'rateTooHigh')
    const repaired = await new Network({ ...network, ...fix.network }).fit(wave.inputs, wave.targets, {
      epochs: 30,
      batchSize: 16,
    })
    expect(repaired.loss.at(-1)).toBeLessThan(0.2 * (history.loss.at(-1) as number))
  })

  test('one from which a run had to go back', async () => {
    const options = { ...regression, learningRate: 100 }
    const { history, found } = await trainAndFind(options, wave, {
      epochs: 40,
      batchSize: 16,
      onDivergence: 'halveRate',
    })
    expect(history.rollbacks.length).toBeGreaterThan(0)
    const { what, fix } = get(found, 'rateTooHigh')
    expect(what).toMatch(/^the learning rate 100 is too high: the run went back \S+ ?\S*, the last time in epoch \d+$/)
    expect(fix.network?.learningRate).toBeLessThan(100)
  })

  test('one that is too low, before and after training', async () => {
    const options = { ...regression, learningRate: 1e-5 }
    const before = get(await find(options, wave), 'rateTooLow')
    expect(before.what).toMatch(
      /^the learning rate 1e-5 is too low: 100 steps from the initial weights leave a loss of/,
    )
    const { history, found } = await trainAndFind(options, wave, { epochs: 40, batchSize: 16 })
    const { what, fix } = get(found, 'rateTooLow')
    expect(what).toContain('the whole run ')
    const repaired = await new Network({ ...options, ...fix.network }).fit(wave.inputs, wave.targets, {
      epochs: 40,
      batchSize: 16,
    })
    expect(repaired.loss.at(-1)).toBeLessThan(0.5 * (history.loss.at(-1) as number))
  })
})

describe('of XOR', () => {
  // biome-ignore format: short enough for one line
  const xor = { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]] }

  test('the rate is too low where training does not leave the plateau, and the one that is advised does', async () => {
    const options = { layers: [2, 4, 1], seed: 1 }
    const { found } = await trainAndFind(options, xor, { epochs: 200 })
    expect([...found.keys()]).toEqual(['rateTooLow'])
    const repaired = new Network({ ...options, ...get(found, 'rateTooLow').fix.network })
    await repaired.fit(xor.inputs, xor.targets, { epochs: 200 })
    expect(repaired.classify(xor.inputs)).toEqual([0, 1, 1, 0])
  })

  test('layers of identity are told to bend', async () => {
    const options = { layers: [2, 4, 1], activation: 'identity', learningRate: 1, seed: 1 } as const
    const { found } = await trainAndFind(options, xor, { epochs: 300 })
    expect(get(found, 'underfitting').fix.network).toEqual({ activation: 'tanh' })
  })

  test('nothing is found where it is learned', async () => {
    const { found } = await trainAndFind({ layers: [2, 4, 1], learningRate: 5, seed: 1 }, xor, { epochs: 2000 })
    expect([...found.keys()]).toEqual([])
  })
})

describe('in the course of training', () => {
  test('overfitting, and early stopping that keeps the best epoch', async () => {
    const few = drawn(40, 6, (x) => Math.sin(3 * (x[0] as number)), 0.4)
    const options = {
      layers: [6, 40, 1],
      activation: 'relu',
      ...identity,
      optimizer: adam({ learningRate: 0.01 }),
      seed: 1,
    } as const
    const fit = { epochs: 400, batchSize: 10, validation: few.validation }
    const { history, found } = await trainAndFind(options, few, fit)
    const { what, where, fix } = get(found, 'overfitting')
    expect(what).toMatch(/^the network learns its rows by heart: after epoch \d+ the validation loss rose from/)
    expect(where.epoch).toBe(history.validationLoss.indexOf(Math.min(...history.validationLoss)) + 1)
    const repaired = new Network(options)
    const better = await repaired.fit(few.inputs, few.targets, { ...fit, ...fix.fit })
    const [now, before] = [repaired.loss(few.validation.inputs, few.validation.targets), history.validationLoss.at(-1)]
    expect(now).toBeLessThan(0.7 * (before as number))
    const after = await diagnose(repaired, few.inputs, few.targets, { ...fit, ...fix.fit, history: better })
    expect(after.map(({ kind }) => kind)).not.toContain('overfitting')
  })

  test('underfitting, and hidden units', async () => {
    const product = drawn(300, 2, ([a = 0, b = 0]) => 2 * a * b, 0.02)
    const options = { layers: [2, 1], activation: 'tanh', ...identity, learningRate: 0.1, seed: 1 } as const
    const { history, found } = await trainAndFind(options, product, { epochs: 60, batchSize: 16 })
    const { what, fix } = get(found, 'underfitting')
    expect(what).toMatch(
      /^the network is hardly better than one constant output: its loss is 0\.\d+, that of the best constant/,
    )
    expect(fix.network?.layers).toEqual([2, 16, 1])
    const repaired = await new Network({ ...options, ...fix.network } as NetworkOptions).fit(
      product.inputs,
      product.targets,
      { epochs: 60, batchSize: 16 },
    )
    expect(repaired.loss.at(-1)).toBeLessThan(0.3 * (history.loss.at(-1) as number))
  })
})

describe('what holds training back beside the network', () => {
  test.each([
    ['a penalty', { l2: 1 }, { l2: 0.01 }],
    ['clipping', { clipNorm: 1e-6 }, { clipNorm: 1 }],
  ] as const)('%s', async (_, beside, better) => {
    const fit = { epochs: 30, batchSize: 16, ...beside }
    const { history, found } = await trainAndFind(regression, wave, fit)
    const { fix } = get(found, 'underfitting')
    expect(fix.fit).toEqual(better)
    const repaired = await new Network(regression).fit(wave.inputs, wave.targets, { ...fit, ...fix.fit })
    expect(repaired.loss.at(-1)).toBeLessThan(0.5 * (history.loss.at(-1) as number))
  })

  test('rows that contradict each other', async () => {
    const inputs = [...wave.inputs, ...wave.inputs]
    const targets = [...wave.targets, ...wave.targets.map(([t = 0]) => [-t])]
    const { found } = await trainAndFind(regression, { inputs, targets }, { epochs: 30, batchSize: 16 })
    const { what } = get(found, 'contradictingRows')
    expect(what).toMatch(/^150 of 300 rows have the inputs of an earlier row and other targets: rows 150, 151, 152, …/)
    expect([...found.keys()]).not.toContain('underfitting')
  })

  test('a share that was held out does not count as badly learned', async () => {
    const random = new Generator(5)
    const noise = (columns: number) =>
      Array.from({ length: 20 }, () => Array.from({ length: columns }, () => random.normal()))
    const data = { inputs: noise(10), targets: noise(1) }
    const options = {
      layers: [10, 64, 1],
      activation: 'relu',
      ...identity,
      optimizer: adam({ learningRate: 0.01 }),
      seed: 1,
    } as const
    const { found } = await trainAndFind(options, data, { epochs: 300, validation: 0.3 })
    expect([...found.keys()]).toContain('overfitting')
    expect([...found.keys()]).not.toContain('rateTooLow')
  })
})

describe('fixes hold where layers say things themselves', () => {
  const tanh = { units: 16, activation: 'tanh', dropout: 0.1 } as const

  test('an output activation', async () => {
    const options = { layers: [2, 16, { units: 1, activation: 'sigmoid' }], activation: 'tanh', seed: 1 } as const
    const { fix } = get(await find(options, wave), 'targetsOutOfRange')
    expect(fix.network).toEqual({
      outputActivation: 'identity',
      layers: [2, 16, { units: 1, activation: 'identity' }],
    })
    expect([...(await find({ ...options, ...fix.network } as NetworkOptions, wave)).keys()]).toEqual([])
  })

  test('hidden activations', async () => {
    const layers = [2, ...Array.from({ length: 9 }, () => ({ units: 16, activation: 'sigmoid' as const })), 1]
    const options = { ...regression, layers }
    const { fix } = get(await find(options, wave), 'vanishingGradients')
    expect(fix.network?.layers?.[3]).toEqual({ units: 16, activation: 'relu' })
  })

  test('units, with dropout, activations and initializers kept', () => {
    const relu = { units: 300, activation: 'relu', dropout: 0.3 } as const
    const drawnSo = { units: 4, initializer: 'heNormal' } as const
    const { blueprint } = insideOf('test', new Network({ layers: [2, relu, 300, tanh, drawnSo], seed: 1 }))
    expect(fitToLayers({ layers: [2, 8, 8, 8, 4] }, blueprint).layers).toEqual([
      2,
      { ...relu, units: 8 },
      8,
      { ...tanh, units: 8 },
      drawnSo,
    ])
    expect(fitToLayers({ layers: [2, 8, 4] }, blueprint).layers).toEqual([2, { ...relu, units: 8 }, drawnSo])
    expect(fitToLayers({ layers: [3] }, blueprint).layers).toEqual([2, relu, 300, tanh, { ...drawnSo, units: 3 }])
    expect(fitToLayers({ initializer: 'xavierUniform' }, blueprint).layers?.at(-1)).toEqual({
      units: 4,
      initializer: 'xavierUniform',
    })
    expect(fitToLayers({ learningRate: 1 }, blueprint)).toEqual({ learningRate: 1 })
  })
})

describe('what is beside the loss', () => {
  test.each([0.1, 1e-9])('a great penalty is no high rate, at %d', async (learningRate) => {
    const options = { ...regression, learningRate }
    const { found } = await trainAndFind(options, wave, { epochs: 40, l2: 1 })
    expect([...found.keys()]).not.toContain('rateTooHigh')
    if (learningRate === 0.1) expect(get(found, 'underfitting').fix.fit).toEqual({ l2: 0.01 })
  })

  test('nor is a great weight decay', async () => {
    const options = { ...regression, learningRate: undefined, optimizer: adam({ learningRate: 0.01, weightDecay: 1 }) }
    const { learningRate: _, ...network } = options
    const { found } = await trainAndFind(network, wave, { epochs: 60 })
    expect([...found.keys()]).not.toContain('rateTooHigh')
    const [{ fix } = {} as Finding] = [...found.values()]
    expect(fix.network?.optimizer).toMatchObject({ name: 'adam', weightDecay: 0.01 })
  })

  test('of noise, units are told to grow only so far', async () => {
    const random = new Generator(2)
    const noise = { inputs: wave.inputs, targets: wave.inputs.map(() => [random.normal()]) }
    let options: NetworkOptions = { ...regression, learningRate: 0.01 }
    for (let round = 0; round < 4; round++) {
      const { found } = await trainAndFind(options, noise, { epochs: 30 })
      const { network } = found.get('underfitting')?.fix ?? {}
      if (network === undefined) return
      options = { ...options, ...network } as NetworkOptions
    }
    expect.unreachable('it grew on and on')
  })

  test('labels that do not begin at 0 are told to, where outputs are those of labels', async () => {
    const labels = flowers.targets.map((row) => [1 + row.indexOf(1)])
    const options = { layers: [4, 8, 1], ...softmax, seed: 1 } as const
    const { fix } = get(await find(options, { ...flowers, targets: labels }), 'targetsOutOfRange')
    expect(fix).toEqual({ advice: expect.stringContaining('number them from 0 on and take oneHot') })
  })

  test('incomes are no outliers, but want a logarithm', async () => {
    const random = new Generator(4)
    const inputs = wave.inputs.map(([, b = 0]) => [Math.exp(3 + 2.5 * random.normal()), b])
    const found = await find(regression, { ...wave, inputs })
    expect([...found.keys()]).not.toContain('outlyingRows')
    expect(get(found, 'unscaledInputs').what).toContain(', over several powers of 10 (take its logarithm)')
  })
})

describe('applyFixes', () => {
  const raw = drawn(200, 2, ([a = 0, b = 0]) => Math.sin(3 * a) + b, 0.05)
  const inputs = raw.inputs.map(([a = 0, b = 0], i) => [i === 11 ? 1e9 : 400 * a + 1900, 50 * b])
  const validation = {
    ...raw.validation,
    inputs: raw.validation.inputs.map(([a = 0, b = 0]) => [400 * a + 1900, 50 * b]),
  }
  const sampleWeights = inputs.map((_, i) => 1 + (i % 3))
  const training = {
    network: { layers: [2, 16, 1], activation: 'tanh', ...identity, learningRate: 0.1, seed: 1 },
    fit: { epochs: 60, batchSize: 500, validation, sampleWeights },
    inputs,
    targets: raw.targets,
  } as const

  test('leaves rows out, scales, and changes options, of all that belongs to a training', async () => {
    const findings = await diagnose(new Network(training.network), inputs, raw.targets, training.fit)
    expect(findings.map(({ kind }) => kind)).toEqual([
      'outlyingRows',
      'unscaledInputs',
      'saturatedUnits',
      'batchTooLarge',
    ])
    const fixed = applyFixes(training, findings)
    expect(fixed.inputs.shape).toEqual([149, 2])
    expect(fixed.targets.toArray()).toEqual(raw.targets.filter((_, i) => i !== 11))
    expect(fixed.fit.sampleWeights).toEqual(sampleWeights.filter((_, i) => i !== 11))
    expect(fixed.fit.batchSize).toBe(32)
    expect((fixed.fit.validation as typeof validation).inputs).toEqual(
      scaleColumns(validation.inputs, fixed.scaling.inputs as NonNullable<typeof fixed.scaling.inputs>),
    )
    const history = await new Network(fixed.network).fit(fixed.inputs, fixed.targets, fixed.fit)
    expect(history.validationLoss.at(-1)).toBeLessThan(0.05)
    expect(training.inputs[11]).toEqual([1e9, 50 * (raw.inputs[11]?.[1] as number)])
    expect(await diagnose(new Network(fixed.network), fixed.inputs, fixed.targets, fixed.fit)).toEqual([])
  })

  test('can be applied once more: the scaling is then the whole way from the raw numbers', async () => {
    const targets = raw.targets.map(([t = 0]) => [1e5 * t + 3e5])
    const task = { network: training.network, inputs: training.inputs, targets }
    const inInputs = (await diagnose(new Network(task.network), inputs, targets)).filter(
      ({ fix }) => fix.inputs ?? fix.leaveOut,
    )
    const once = applyFixes(task, inInputs)
    expect(once.applied).toBe(2)
    const inTargets = await diagnose(new Network(once.network), once.inputs, once.targets)
    const twice = applyFixes(once, inTargets)
    expect(Object.keys(twice.scaling)).toEqual(['inputs', 'targets'])
    const again = applyFixes(twice, [
      { ...(inInputs[1] as Finding), fix: { advice: '', inputs: { means: [1, 2], scales: [3, 4] } } },
    ])
    const whole = scaleColumns(inputs.slice(0, 5), again.scaling.inputs)
    for (const [i, row] of whole.toArray().entries()) {
      // two roundings a step, of numbers up to some 2,300/200
      for (const [j, x] of row.entries()) expect(again.inputs.get(i, j)).toBeCloseTo(x, 10)
    }
    expect(unscaleColumns(again.targets, again.scaling.targets).get(0, 0)).toBeCloseTo(targets[0]?.[0] as number, 6)
  })

  test('holds out a share where no validation row is left', async () => {
    const fit = { epochs: 5, validation: { inputs: wave.inputs.slice(0, 60), targets: wave.targets.slice(0, 60) } }
    const findings = await diagnose(new Network(regression), wave.inputs, wave.targets, fit)
    expect(findings.map(({ kind }) => kind)).toEqual(['leakedRows'])
    const { inputs: x, targets: t } = wave
    expect(applyFixes({ network: regression, fit, inputs: x, targets: t }, findings).fit.validation).toBe(0.2)
  })

  test('leaves validation rows alone that were scaled before', async () => {
    const scaledBefore = raw.validation
    const fit = { validation: scaledBefore }
    const rows = raw.inputs.map(([a = 0, b = 0]) => [400 * a + 1900, 50 * b])
    const task = { network: training.network, fit, inputs: rows, targets: raw.targets }
    const findings = await diagnose(new Network(task.network), task.inputs, task.targets, fit)
    const fixed = applyFixes(task, findings)
    expect((fixed.fit.validation as unknown as { inputs: Matrix }).inputs.toArray()).toEqual(scaledBefore.inputs)
  })

  test('gives the training back where nothing was found', () => {
    const { network, fit, inputs: same, scaling } = applyFixes({ ...training, inputs: raw.inputs }, [])
    expect(network).toEqual(training.network)
    expect(fit).toMatchObject({ epochs: 60, batchSize: 500 })
    expect(same.toArray()).toEqual(raw.inputs)
    expect(scaling).toEqual({})
  })

  test('refuses to leave out every row', () => {
    const all = Array.from({ length: inputs.length }, (_, i) => i)
    const finding: Finding = {
      kind: 'outlyingRows',
      what: '',
      where: { data: 'inputs' },
      evidence: {},
      fix: { advice: '', leaveOut: all },
    }
    expect(() => applyFixes(training, [finding])).toThrow(
      'applyFixes: the number of rows of inputs that are not left out is 0; expected at least 1',
    )
  })

  test('lets the first finding count where two speak of the same', () => {
    const finding = (learningRate: number): Finding => ({
      kind: 'rateTooHigh',
      what: '',
      where: {},
      evidence: {},
      fix: { advice: '', network: { learningRate } },
    })
    expect(applyFixes({ ...training, inputs: raw.inputs }, [finding(1), finding(2)]).network.learningRate).toBe(1)
  })

  test.each([
    [
      () => applyFixes(training, {} as never),
      TypeError,
      'applyFixes: the findings is an empty object; expected an array of them',
    ],
    [() => applyFixes(training, [null] as never), TypeError, 'applyFixes: findings[0] is null; expected a finding'],
    [
      () => applyFixes({ ...training, network: new Network(training.network) as never }, []),
      TypeError,
      'applyFixes: network is a Network; expected the options that new Network takes',
    ],
    [() => applyFixes(null as never, []), TypeError, 'applyFixes: the training is null'],
    [
      () => applyFixes({ ...training, network: { layers: [2, 1], layer: 1 } as never }, []),
      TypeError,
      'did you mean "layers"?',
    ],
    [
      () => applyFixes({ ...training, inputs: [[1]] }, []),
      RangeError,
      'applyFixes: the shape of inputs is (1×1); expected 2 columns',
    ],
  ])('%#: %s', (call, kind, words) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(words)
  })
})

test('a signal ends it', async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => [Math.sin(i), Math.cos(i)])
  const run = (signal: AbortSignal) =>
    diagnose(
      new Network(regression),
      rows,
      rows.map(() => [0]),
      { signal },
    )
  await expect(run(AbortSignal.abort(new Error('no')))).rejects.toThrow('no')
  const stop = new AbortController()
  const running = run(stop.signal)
  setTimeout(() => stop.abort(new Error('enough')), 1)
  await expect(running).rejects.toThrow('enough')
})

describe('of sizes', () => {
  test('a batch that is larger than the data', async () => {
    const { what, fix } = get(await find(regression, wave, { batchSize: 500 }), 'batchTooLarge')
    expect(what).toBe('a batch of 500 is larger than the data of 150 rows: each epoch is one step')
    expect(fix.fit).toEqual({ batchSize: 32 })
  })

  test('a network that is larger than the data', async () => {
    const options = { ...regression, layers: [2, 200, 200, 1], learningRate: 0.01 }
    const { what, evidence, fix } = get(await find(options, wave), 'networkTooLarge')
    expect(what).toBe('the network has 41001 parameters for 150 numbers to learn (150 rows × 1 outputs)')
    expect(evidence).toEqual({ parameters: 41001, numbers: 150 })
    expect(fix.advice).toContain('layers: [2, 8, 8, 1]')
    expect([...(await find(options, wave, fix.fit)).keys()]).toEqual([])
  })
})

test('diagnose changes nothing of the network', async () => {
  const network = new Network({ ...classifier, layers: [4, { units: 16, dropout: 0.2 }, 3] })
  await network.fit(flowers.inputs, flowers.targets, { epochs: 3, batchSize: 16 })
  const before = JSON.stringify(network)
  await diagnose(network, flowers.inputs, flowers.targets, {
    history: await new Network(classifier).fit(flowers.inputs, flowers.targets),
  })
  expect(JSON.stringify(network)).toBe(before)
})

test('tables of every kind are taken', async () => {
  const found = await diagnose(new Network(regression), Matrix.from(wave.inputs), wave.targets.flat())
  expect(found).toEqual([])
})

describe('healthy trainings', () => {
  test.each([1, 2, 3])(
    'have no finding before and after, seed %d',
    async (seed) => {
      for (const { title, network, inputs, targets, fit } of await healthyTrainings(seed)) {
        const one = new Network(network)
        expect(await diagnose(one, inputs, targets, fit), `${title}, before`).toEqual([])
        const history = await one.fit(inputs, targets, fit)
        expect(await diagnose(one, inputs, targets, { ...fit, history }), `${title}, after`).toEqual([])
      }
    },
    60_000,
  )
})

describe('bad input', () => {
  const { inputs, targets } = wave
  const network = new Network(regression)
  test.each([
    [
      () => diagnose({} as Network, inputs, targets),
      TypeError,
      'diagnose: the first argument is an empty object; expected a Network',
    ],
    [
      () => diagnose(network, inputs, targets.slice(1)),
      RangeError,
      'diagnose: the shape of targets is (149×1); expected 150 rows',
    ],
    [() => diagnose(network, [[1, Number.NaN]], [[1]]), RangeError, 'diagnose: inputs, row 0, column 1 is NaN'],
    [() => diagnose(network, inputs, targets, { histroy: 1 } as never), TypeError, 'did you mean "history"?'],
    [
      () => diagnose(network, inputs, targets, { history: [1] as never }),
      TypeError,
      'diagnose: history is an array of 1; expected what fit returned',
    ],
    [
      () =>
        diagnose(network, inputs, targets, { history: { loss: ['a'], validationLoss: [], rollbacks: [] } as never }),
      TypeError,
      'diagnose: history.loss[0] is the string "a"; expected a number',
    ],
    [
      () =>
        diagnose(network, inputs, targets, {
          history: { loss: [Number.NaN], validationLoss: [], rollbacks: [] } as never,
        }),
      RangeError,
      'diagnose: history.loss[0] is NaN',
    ],
    [
      () => diagnose(network, inputs, targets, { loss: [], validationLoss: [] } as never),
      TypeError,
      'what fit returned is an option: { history }',
    ],
    [() => diagnose(network, inputs, targets, { batchSize: 0 }), RangeError, 'diagnose: batchSize is 0'],
    [
      () => diagnose(network, inputs, targets, { validation: { inputs } as never }),
      TypeError,
      'diagnose: validation: targets is undefined',
    ],
  ])('%#: %s', async (call, kind, words) => {
    const error = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toContain(words)
  })
})
