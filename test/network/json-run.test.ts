import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import { checksum, encodeNumbers } from '../../src/network/encoding.ts'
import type { FitOptions } from '../../src/network/fit.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { adam, sgd } from '../../src/training/optimizers.ts'

type Json = Record<string, unknown>
type Path = readonly (string | number)[]

const inputs = Array.from({ length: 16 }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
const targets = inputs.map(([x = 0]) => [Number(x > 0)])
const set = { inputs: inputs.slice(0, 3), targets: targets.slice(0, 3) }

/** A network whose fit was asked for all that a run keeps something of; ended after so many steps where that is told. */
async function fitted(options: FitOptions, steps?: number, more: Partial<NetworkOptions> = {}): Promise<Network> {
  const network = new Network({
    layers: [2, { units: 3, dropout: 0.25 }, 1],
    optimizer: adam({ learningRate: 0.02 }),
    seed: 3,
    ...more,
  })
  const stop = new AbortController()
  const onBatch = ({ step }: { step: number }) => void (step === steps && stop.abort('enough'))
  await network.fit(inputs, targets, { ...options, onBatch, signal: stop.signal }).catch((reason) => {
    expect(reason).toBe('enough')
  })
  return network
}

const everything: FitOptions = {
  epochs: 4,
  batchSize: 3,
  schedule: { name: 'reduceOnPlateau', patience: 1 },
  earlyStopping: { patience: 3 },
  averaging: 0.9,
  onDivergence: 'halveRate',
  validation: 0.25,
  metrics: ['accuracy'],
  classWeights: 'balanced',
  l1: 1e-4,
  l2: 1e-4,
  labelSmoothing: 0.1,
  clipNorm: 1,
  clipValue: 0.5,
}

const parse = (network: Network) => JSON.parse(JSON.stringify(network)) as Json
const runOf = (value: Json) => (value.training as Json).run as Json

/** The value with another run, under a checksum that is right, as only someone who means harm would write it. */
function withRun(value: Json, change: (run: Json) => void): Json {
  const { checksum: _, ...content } = structuredClone(value)
  change(runOf(content))
  return { ...content, checksum: checksum(content) }
}

function holderOf(run: Json, path: Path): Json {
  return path.slice(0, -1).reduce<Json>((held, key) => held[key] as Json, run)
}

/** The value whose run has something else at a place; nothing where that is undefined. */
function tampered(value: Json, path: Path, other: unknown): Json {
  return withRun(value, (run) => {
    const [holder, key] = [holderOf(run, path), path.at(-1) as string]
    if (other !== undefined) holder[key] = other
    else if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  })
}

/** Every place in a value, from the outside in. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return [
    ...(path.length === 0 ? [] : [path]),
    ...inner.flatMap((key) => pathsOf((value as Json)[key], [...path, Array.isArray(value) ? Number(key) : key])),
  ]
}

/** What reading it throws, which must be ours; undefined where it is taken. */
function refusal(value: unknown): Error | undefined {
  try {
    Network.fromJSON(value)
    return undefined
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    expect(error.message).toMatch(/^Network\.fromJSON: training: run(:| is) /)
    return error
  }
}

describe('the JSON of a run', () => {
  const kinds: [string, FitOptions, number | undefined, Partial<NetworkOptions>][] = [
    ['that is done', everything, undefined, {}],
    ['that was cut short in an epoch', everything, 6, {}],
    ['that was cut short at the end of an epoch', everything, 4, {}],
    ['of a network that keeps nothing', { epochs: 2 }, undefined, { optimizer: sgd() }],
    ['with a set to validate', { epochs: 2, validation: set }, undefined, {}],
    ['with weights of rows', { sampleWeights: targets.map((_, i) => i), maxSteps: 1 }, undefined, {}],
    ['in float64', { ...everything, schedule: { name: 'oneCycle' }, classWeights: [1, 2] }, 5, { dtype: 'float64' }],
  ]
  test.each(kinds)('%s comes back with every bit', async (_, options, steps, more) => {
    const network = await fitted(options, steps, more)
    const text = JSON.stringify(network)
    expect(runOf(JSON.parse(text) as Json)).toBeDefined()
    expect(JSON.stringify(Network.fromJSON(text))).toBe(text)
    expect(JSON.stringify(Network.fromJSON(network.toJSON()))).toBe(text)
    expect(JSON.stringify(Network.fromJSON(backwards(JSON.parse(text))))).toBe(text)
  })

  const backwards = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(backwards)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, inner]) => [key, backwards(inner)] as const)
    return Object.fromEntries(entries.reverse())
  }

  test('takes no part of what was given, gave, or is kept', async () => {
    const network = await fitted(everything, 6)
    const text = JSON.stringify(network)
    const value = network.toJSON()
    const read = Network.fromJSON(value)
    const run = runOf(value as unknown as Json)
    for (const path of pathsOf(run).reverse()) {
      const holder = holderOf(run, path)
      if (typeof holder[path.at(-1) as string] !== 'object') holder[path.at(-1) as string] = 'mine'
    }
    expect(JSON.stringify(network)).toBe(text)
    expect(JSON.stringify(read)).toBe(text)
  })

  test('is that of the options as they were when fit was called', async () => {
    const schedule = { name: 'step' as const, every: 2 }
    const classWeights = [1, 2]
    const network = await fitted({ schedule, classWeights })
    const text = JSON.stringify(network)
    Object.assign(schedule, { every: 0 })
    classWeights[0] = -1
    expect(JSON.stringify(network)).toBe(text)
  })

  test('ends with a step of train, and there is none before a fit and without training', async () => {
    const network = await fitted({})
    expect(network.toJSON({ training: false })).not.toHaveProperty('training')
    network.train(inputs, targets)
    expect(network.toJSON().training).not.toHaveProperty('run')
    expect(new Network({ layers: [1, 1] }).toJSON().training).not.toHaveProperty('run')
  })
})

let cut: Json
let done: Json
let plain: Json
beforeAll(async () => {
  cut = parse(await fitted(everything, 6))
  done = parse(await fitted(everything))
  plain = parse(await fitted({ epochs: 2, batchSize: 4 }, undefined, { optimizer: sgd() }))
})

describe('a run under a right checksum', () => {
  const encode = (numbers: number[]) => encodeNumbers(Matrix.from([numbers], { dtype: 'float32' }).ndarray)

  const cases: [what: string, of: () => Json, path: Path, other: unknown, message: string][] = [
    ['rows of text', () => cut, ['rows'], '16', 'run: rows is the string "16"; expected a whole number of at least 1'],
    ['no rows', () => cut, ['rows'], 0, 'run: rows is 0'],
    ['options that are a list', () => cut, ['options'], [], 'run: options is an array of 0; expected an object'],
    [
      '0 epochs',
      () => cut,
      ['options', 'epochs'],
      0,
      'run: options: epochs is 0; expected a whole number of at least 1',
    ],
    ['a batch of ½', () => cut, ['options', 'batchSize'], 0.5, 'run: options: batchSize is 0.5'],
    ['a callback', () => cut, ['options', 'onEpoch'], {}, 'run: options: unknown option "onEpoch"'],
    ['a set', () => cut, ['options', 'validation'], set, 'run: options: validation is an object with inputs, targets'],
    ['a share of 1', () => cut, ['options', 'validation'], 1, 'run: options: validation is 1; expected a share'],
    ['a schedule of no name', () => cut, ['options', 'schedule'], {}, 'run: options: schedule is an empty object'],
    ['an unknown schedule', () => cut, ['options', 'schedule', 'name'], 'cosin', 'did you mean "cosine"?'],
    ['a patience of −1', () => cut, ['options', 'earlyStopping', 'patience'], -1, 'earlyStopping: patience is -1'],
    ['other class weights', () => cut, ['options', 'classWeights'], [1, '2'], 'classWeights[1] is the string "2"'],
    ['a smoothing of 1', () => cut, ['options', 'labelSmoothing'], 1, 'options: labelSmoothing is 1'],
    ['a negative l1', () => cut, ['options', 'l1'], -1, 'options: l1 is -1; expected a finite number of at least 0'],
    [
      'a clipNorm of 0',
      () => cut,
      ['options', 'clipNorm'],
      0,
      'options: clipNorm is 0; expected a finite number above 0',
    ],
    [
      'a split of no share',
      () => plain,
      ['split'],
      [1, 2, 3, 4],
      'run: split is an array of 4; expected none, as options have no',
    ],
    [
      'a share without its split',
      () => cut,
      ['split'],
      undefined,
      'run: split is undefined; expected one, as options have a share',
    ],
    ['three words', () => cut, ['split'], [1, 2, 3], 'run: split is an array of 3; expected four 32-bit words'],
    ['a large word', () => cut, ['state', 'order', 2], 2 ** 32, 'a word of order is 4294967296'],
    ['no set', () => plain, ['validationSet'], false, 'run: validationSet is false; expected true or absent'],
    ['a set beside a share', () => cut, ['validationSet'], true, 'run: validationSet is true; expected absent beside'],
    ['no weights', () => cut, ['sampleWeights'], null, 'run: sampleWeights is null; expected true or absent'],
    ['no state', () => cut, ['state'], undefined, 'run: state is undefined; expected an object with any of step'],
    ['no matrices', () => cut, ['matrices'], undefined, 'run: matrices is undefined; expected an object with any of'],
    ['a negative step', () => cut, ['state', 'step'], -1, 'run: state: step is -1'],
    [
      'a place behind the rows',
      () => cut,
      ['state', 'from'],
      17,
      'run: state: from is 17; expected a whole number from 0 to 16',
    ],
    [
      'a place in a batch',
      () => plain,
      ['state', 'from'],
      3,
      'state: from is 3; expected a row at which a batch of 4 begins',
    ],
    ['a sum of text', () => cut, ['state', 'sum'], '1', 'state: sum is the string "1"'],
    ['a rate of nothing', () => cut, ['state', 'rate'], null, 'state: rate is null; expected a finite number'],
    [
      'a share of 2',
      () => cut,
      ['state', 'rateFactor'],
      2,
      'state: rateFactor is 2; expected a number above 0, at most 1',
    ],
    ['bits of text', () => cut, ['state', 'key'], 'x', 'state: key is the string "x"'],
    ['half a truth', () => cut, ['state', 'partial'], 1, 'state: partial is 1; expected true or false'],
    ['an epoch cut at its start', () => plain, ['state', 'partial'], true, 'state: partial is true; expected false'],
    ['ten losses', () => cut, ['state', 'losses'], Array(10).fill(1), 'the length of losses is 10; expected at most 9'],
    [
      'a loss of nothing',
      () => cut,
      ['state', 'losses', 1],
      null,
      'state: losses[1] is null; expected a finite number',
    ],
    ['no plateau', () => cut, ['state', 'plateau'], undefined, 'plateau is undefined; expected one, as options have'],
    [
      'a plateau untold',
      () => plain,
      ['state', 'plateau'],
      { factor: 1, wait: 0 },
      'expected none, as options have no',
    ],
    [
      'a plateau of 2',
      () => cut,
      ['state', 'plateau', 'factor'],
      2,
      'plateau.factor is 2; expected a number from 0 to 1',
    ],
    ['half an epoch', () => cut, ['state', 'plateau', 'wait'], 0.5, 'plateau.wait is 0.5'],
    [
      'no stopping',
      () => cut,
      ['state', 'stopping'],
      undefined,
      'stopping is undefined; expected one, as options have',
    ],
    [
      'a best epoch to come',
      () => cut,
      ['state', 'stopping', 'bestEpoch'],
      9,
      'stopping.bestEpoch is 9; expected a whole',
    ],
    ['a best of text', () => cut, ['state', 'stopping', 'best'], '', 'stopping.best is the string ""'],
    [
      'no history',
      () => cut,
      ['state', 'history'],
      null,
      'state: history is null; expected an object with any of loss',
    ],
    [
      'a long history',
      () => cut,
      ['state', 'history', 'learningRate'],
      [1, 1, 1],
      'learningRate is 3; expected at most',
    ],
    ['a history of text', () => cut, ['state', 'history', 'loss'], ['1'], 'history: loss[0] is the string "1"'],
    ['metrics in a list', () => cut, ['state', 'history', 'metrics'], [], 'history: metrics is an array of 0'],
    ['a metric of text', () => cut, ['state', 'history', 'metrics', 'a'], 'b', 'metrics.a is the string "b"'],
    [
      'a reason of its own',
      () => done,
      ['state', 'history', 'stoppedBy'],
      'me',
      'stoppedBy is the string "me"; expected one of',
    ],
    ['a best of 0', () => done, ['state', 'history', 'bestEpoch'], 0, 'history: bestEpoch is 0'],
    ['rollbacks of text', () => cut, ['state', 'history', 'rollbacks'], ['x'], 'rollbacks[0] is the string "x"'],
    ['a rollback to nowhere', () => cut, ['state', 'history', 'rollbacks'], [{}], 'rollbacks[0].epoch is undefined'],
    [
      'no averages',
      () => cut,
      ['matrices', 'averages'],
      undefined,
      'matrices: averages is undefined; expected one, as',
    ],
    [
      'three matrices',
      () => cut,
      ['matrices', 'averages', 3],
      undefined,
      'averages is an array of 3; expected 4 matrices',
    ],
    ['a matrix of numbers', () => cut, ['matrices', 'best', 0], [1], 'best[0] is an array of 1; expected base64 of 6'],
    [
      'a matrix of another size',
      () => cut,
      ['matrices', 'best', 1],
      'AAAA',
      'best[1] is the string "AAAA"; expected base64 of 3',
    ],
    [
      'a best epoch untold',
      () => plain,
      ['matrices', 'best'],
      [],
      'best is an array of 0; expected none, as the state has',
    ],
    ['a safe place of nothing', () => cut, ['matrices', 'safe'], {}, 'matrices: safe.count is undefined'],
    ['fewer steps than none', () => cut, ['matrices', 'safe', 'count'], -1, 'safe.count is -1'],
    ['no optimizer', () => cut, ['matrices', 'safe', 'state'], [], 'safe.state is an array of 0; expected 8 matrices'],
    ['an unknown part', () => cut, ['matrices', 'bst'], [], 'unknown option "bst"; did you mean "best"?'],
  ]
  test.each(cases)('but with %s is refused', (_, of, path, other, message) => {
    const error = refusal(tampered(of(), path, other))
    expect(error?.message).toContain(message)
    expect(error?.message).not.toContain('the options argument')
  })

  test.each([Number.NaN, Infinity, -Infinity])('but with %f in any of its matrices is refused', (number) => {
    for (const value of [cut, done]) {
      const paths = pathsOf(runOf(value)).filter((path) => path[0] === 'matrices' && typeof path.at(-1) === 'number')
      expect(paths.length).toBeGreaterThan(10)
      for (const path of paths) {
        const { length } = atob(holderOf(runOf(value), path)[path.at(-1) as number] as string)
        const numbers = Array<number>(length / 4).fill(0)
        numbers[numbers.length - 1] = number
        const message = refusal(tampered(value, path, encode(numbers)))?.message
        expect(message).toMatch(/an element of [a-zA-Z.]+\[\d\] is (NaN|-?Infinity); expected a finite number$/)
      }
    }
  })

  /** What may be missing: it was not asked for, was not measured, or the run did not come to it. */
  const mayMiss = [
    /^options\.(epochs|batchSize|onDivergence|classWeights|l1|l2|labelSmoothing|clipNorm|clipValue)$/,
    /^options\.(schedule|earlyStopping)\.(?!name)/,
    /^state\.(key|plateau\.best|losses\.\d+|history\.(stoppedBy|bestEpoch|gradientNorm\.\d+|metrics\.accuracy(\.\d+)?))$/,
    /^matrices\.(best|last|safe(\.averages)?)$/,
  ]

  test('that lacks any one field, or an element of a list, is refused, but for those that are not always there', () => {
    for (const value of [cut, done]) {
      const taken = pathsOf(runOf(value))
        .filter((path) => refusal(tampered(value, path, undefined)) === undefined)
        .map((path) => path.join('.'))
        .filter((path) => !mayMiss.some((missing) => missing.test(path)))
      expect(taken).toEqual([])
    }
  })
})

/** Goes on with a run as long as two epochs: it ends well, or with an error of ours. */
async function goOn(network: Network): Promise<void> {
  let epochs = 0
  const onEpoch = () => ++epochs < 2
  try {
    const weights = targets.map(() => 1)
    await network.fit(inputs, targets, {
      resume: true,
      onEpoch,
      ...(needsWeights(network) && { sampleWeights: weights }),
    })
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    expect(error.message).toMatch(/^fit(: |, )/)
  }
  for (const { weights, biases } of network.layers) {
    expect(Number.isFinite(weights.sum() + biases.sum())).toBe(true)
  }
}

const needsWeights = (network: Network) => runOf(network.toJSON() as unknown as Json).sampleWeights === true

test('a run in which anything stands in any place is refused, or goes on to an end or to an error of ours', async () => {
  const others = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(undefined, null, -1, 0, 1, 2, 3, 12, 16, 0.5, 1e-320, 1e300, 2 ** 32, 2 ** 53 - 1, 2 ** 53, ''),
    fc.constantFrom([], {}, true, false, 'constant', [0, 0, 0, 0], [1, 2, 3, 4], ['AAAA'], { __proto__: null }),
  )
  let taken = 0
  const check = async (value: Json, path: Path, other: unknown) => {
    const mutated = tampered(value, path, other)
    if (refusal(mutated) !== undefined) return
    taken++
    await goOn(Network.fromJSON(mutated))
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 2).chain((k) => {
        const value = [cut, done, plain][k] as Json
        return fc.tuple(fc.constant(value), fc.constantFrom(...pathsOf(runOf(value))))
      }),
      others,
      ([value, path], other) => check(value, path, other),
    ),
    { seed: 1, numRuns: 3000 },
  )
  expect(taken).toBeGreaterThan(100)
})

test('a run for other rows than it is resumed with is refused at its place among them', async () => {
  const shifted = tampered(cut, ['state', 'from'], 5)
  const network = Network.fromJSON(shifted)
  const before = JSON.stringify(network)
  await expect(network.fit(inputs, targets, { resume: true })).rejects.toThrow(
    'fit: resume: the row at which the run stands is 5; expected one of the 12 that are trained on, where a batch of 3 begins',
  )
  await expect(
    Network.fromJSON(tampered(cut, ['state', 'from'], 15)).fit(inputs, targets, { resume: true }),
  ).rejects.toThrow(RangeError)
  expect(JSON.stringify(network)).toBe(before)
})

/** A run with averages, that a callback stopped after a step; `reproducible`, so that its bits are a promise. */
const FROM_VERSION_2 =
  '{"format":"bp-net network","version":2,"dtype":"float32","seed":3,"inputs":2,"loss":"squaredError","layers":' +
  '[{"units":1,"activation":"sigmoid","weights":"sIAFP6ybBD8=","biases":"unSTvA=="}],"reproducible":true,"training":' +
  '{"optimizer":{"name":"adam","learningRate":0.02,"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"weightDecay":0},' +
  '"generator":[3889020730,3189708156,3542940610,4236381070],"steps":1,"run":{"rows":16,"options":{"epochs":2,' +
  '"batchSize":8,"averaging":0.5},"state":{"step":1,"from":8,"sum":0.7838767692446709,"norm":null,"rate":0.02,' +
  '"order":[3384745795,3007705699,918626309,281009438],"losses":[0.09798459615558386],"partial":true,"rateFactor":1,' +
  '"history":{"loss":[0.09798459615558386],"validationLoss":[],"learningRate":[0.02],"gradientNorm":[null],' +
  '"stoppedBy":"callback","metrics":{},"rollbacks":[]}},"matrices":{"averages":["sIAFP6ybBD8=","unSTvA=="],' +
  '"last":["wwMGP74eBT8=","CNejvA=="]}},"state":["IDeMu7KaHrk=","FsH1NYI4HTE=","XaPMOw==","at2CNg=="]},' +
  '"checksum":"d5ba4b72"}'

test('a run is written as it was when version 2 was fixed, and one from then goes on to the same bits', async () => {
  const table = inputs.map((_, i) => [((5 * i) % 16) / 8 - 1, ((3 * i) % 16) / 8 - 1])
  const labels = table.map(([x = 0]) => Number(x > 0))
  const network = new Network({
    layers: [2, 1],
    optimizer: adam({ learningRate: 0.02 }),
    reproducible: true,
    seed: 3,
  })
  await network.fit(table, labels, { epochs: 2, batchSize: 8, averaging: 0.5, onBatch: () => false })
  expect(JSON.stringify(network)).toBe(FROM_VERSION_2)
  const read = Network.fromJSON(FROM_VERSION_2)
  await read.fit(table, labels, { resume: true })
  expect(read.toJSON().layers).toMatchObject([{ weights: 'ak0TP8O8CD8=', biases: '9IUGvQ==' }])
})
