import { describe, expect, test } from 'vitest'
import type { NetworkOptions } from '../../src/index.ts'
import { Network } from '../../src/index.ts'
import { solverNames } from '../../src/solvers/table.ts'
import { parametersOf } from './networks.ts'

const build = (options: Partial<NetworkOptions> = {}) =>
  new Network({ layers: [2, 1], outputActivation: 'identity', seed: 1, ...options })
const [inputs, targets] = [
  [
    [1, 2],
    [3, 4],
  ],
  [0, 1],
]

/** What a promise or a call throws. */
async function caught(call: () => unknown): Promise<Error> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

const options: [given: unknown, kind: ErrorConstructor, ...parts: string[]][] = [
  [null, TypeError, 'solve: the options argument is null'],
  [{ methd: 'lbfgs' }, TypeError, 'unknown option "methd"; did you mean "method"?'],
  [{ method: 3 }, TypeError, "method is 3; expected 'lbfgs' or 'levenbergMarquardt'"],
  [{ method: 'lbfg' }, RangeError, 'unknown method "lbfg"; did you mean "lbfgs"?'],
  [{ method: 'toString' }, RangeError, 'unknown method "toString"', 'lbfgs, levenbergMarquardt'],
  [{ method: 'adam' }, RangeError, 'adam is an optimizer, for fit and train: new Network({ optimizer: adam() })'],
  [{ method: 'LBFGS' }, RangeError, `method is the string "LBFGS"; expected 'lbfgs', as it is called here`],
  [{ method: 'L-BFGS-B' }, RangeError, "expected 'lbfgs', as it is called here"],
  [{ method: 'lm' }, RangeError, "expected 'levenbergMarquardt', as it is called here"],
  [{ method: 'LM' }, RangeError, "expected 'levenbergMarquardt', as it is called here"],
  [{ maxIter: 9 }, TypeError, 'unknown option "maxIter"; it is called maxIterations'],
  [{ tol: 1e-9 }, TypeError, 'unknown option "tol"; it is called tolerance'],
  [{ ftol: 1e-9 }, TypeError, 'unknown option "ftol"; it is called tolerance'],
  [{ gtol: 1e-9 }, TypeError, 'it is called tolerance', 'sizes of gradients end nothing'],
  [{ callback: 1 }, TypeError, 'unknown option "callback"; it is called onIteration'],
  [{ maxIterations: 0 }, RangeError, 'maxIterations is 0; expected a whole number of at least 1'],
  [{ maxIterations: '9' }, TypeError, 'maxIterations is the string "9"'],
  [{ tolerance: -1 }, RangeError, 'tolerance is -1; expected a number from 0 to below 1'],
  [{ tolerance: 1 }, RangeError, 'tolerance is 1'],
  [{ onIteration: 1 }, TypeError, 'onIteration is 1; expected a function'],
  [{ signal: {} }, TypeError, 'signal is an empty object; expected an AbortSignal'],
  [{ l2: -1 }, RangeError, 'l2 is -1'],
  [{ sampleWeights: [1] }, RangeError, 'the number of sampleWeights is 1; expected 2'],
  [{ batchSize: 32 }, TypeError, 'unknown option "batchSize"; a solver takes all rows at once; fit takes batches'],
  [{ epochs: 3 }, TypeError, 'unknown option "epochs"; a solver counts iterations: maxIterations'],
  [{ learningRate: 1 }, TypeError, 'unknown option "learningRate"; a solver finds the length of its steps itself'],
  [{ method: 'levenbergMarquardt', l1: 0.1 }, RangeError, 'l1 is 0.1; expected 0 with levenbergMarquardt', "'lbfgs'"],
]

test.each(options)('solve with the options %j', async (given, kind, ...parts) => {
  const network = build()
  const before = parametersOf(network)
  const error = await caught(() => network.solve(inputs, targets, given as never))
  expect(error).toBeInstanceOf(kind)
  for (const part of parts) expect(error.message).toContain(part)
  expect(parametersOf(network)).toEqual(before)
  network.train(inputs, targets) // it is free again
})

test('rows are checked as everywhere', async () => {
  const error = await caught(() => build().solve([[1, Number.NaN]], [0]))
  expect(error).toBeInstanceOf(RangeError)
  expect(error.message).toContain('solve: inputs, row 0, column 1 is NaN')
})

describe('levenbergMarquardt', () => {
  const method = 'levenbergMarquardt'

  test('needs squaredError', async () => {
    const error = await caught(() => build({ loss: 'huber' }).solve(inputs, targets, { method }))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe(
      `solve: the loss of the network is the string "huber"; expected the built-in squaredError, which levenbergMarquardt needs; method: 'lbfgs' takes any`,
    )
  })

  test('takes 4096 parameters, and refuses more with the limit', async () => {
    const row = [Array(4095).fill(0.001)]
    const signal = AbortSignal.abort() // looked at when all was read: 4096 parameters take their time
    expect(await caught(() => build({ layers: [4095, 1] }).solve(row, [1], { method, signal }))).toBe(signal.reason)
    const error = await caught(() =>
      build({ layers: [4096, 1] }).solve([[...(row[0] as number[]), 0]], [1], { method }),
    )
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe(
      `solve: the number of parameters is 4097; expected at most 4096 for levenbergMarquardt, which holds a matrix of all pairs of them; method: 'lbfgs' takes any number`,
    )
  })
})

describe.each(solverNames)('where batches are taken, %s is refused by name', (name) => {
  const network = build()
  const ways: [string, () => unknown][] = [
    ['new Network({ optimizer })', () => build({ optimizer: name as never })],
    ['new Network({ optimizer: { name } })', () => build({ optimizer: { name, learningRate: 1 } as never })],
    ['fit(…, { method })', () => network.fit(inputs, targets, { method: name } as never)],
    ['fit(…, { solver })', () => network.fit(inputs, targets, { solver: name, batchSize: 1 } as never)],
    ['train(…, { method })', () => network.train(inputs, targets, { method: name } as never)],
    ['gradients(…, { method })', () => network.gradients(inputs, targets, { method: name } as never)],
  ]

  test.each(ways)('%s', async (_, call) => {
    const error = await caught(call)
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toContain(`is the string "${name}"`)
    expect(error.message).toContain(
      `${name} is a full-batch solver: await network.solve(inputs, targets, { method: '${name}' })`,
    )
  })

  test('under the name that it was given', async () => {
    for (const key of ['solver', 'method', 'optimizer']) {
      const error = await caught(() => network.fit(inputs, targets, { [key]: name } as never))
      expect(error.message).toContain(`fit: ${key} is the string "${name}"`)
    }
    const message = async (optimizer: unknown) => (await caught(() => build({ optimizer } as never))).message
    expect(await message({ name })).toContain(`the name of the optimizer is the string "${name}"`)
    expect(await message(name.toUpperCase())).toContain(`the optimizer is the string "${name.toUpperCase()}"`)
    expect(await message(name.toUpperCase())).toContain(`{ method: '${name}' }`)
  })

  test('and other names are unknown as before', async () => {
    expect((await caught(() => network.fit(inputs, targets, { method: 'newton' } as never))).message).toContain(
      'fit: unknown option "method"; it belongs to solve',
    )
    expect((await caught(() => build({ optimizer: { name: 'newton' } as never }))).message).toContain(
      'unknown optimizer "newton"',
    )
  })
})

test('fit names what belongs to solve', async () => {
  for (const key of ['onIteration', 'tolerance', 'maxIterations']) {
    const error = await caught(() => build().fit(inputs, targets, { [key]: 1 } as never))
    expect(error.message).toContain(`fit: unknown option "${key}"; it belongs to solve`)
  }
})

test('resume after a solve says that a solve ends a run', async () => {
  const network = build()
  await network.fit(inputs, targets)
  await network.solve(inputs, targets)
  const error = await caught(() => network.fit(inputs, targets, { resume: true }))
  expect(error.message).toContain('a step of train or an iteration of solve ends it')
})

test('an own loss under the name of a built-in one is told so, without a slip', async () => {
  const loss = {
    name: 'huber',
    value: (a: number, t: number) => (a - t) ** 2,
    derivative: (a: number, t: number) => a - t,
  }
  expect((await caught(() => build({ loss }))).message).toContain('expected another than a built-in loss has')
})
