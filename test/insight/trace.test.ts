import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { Activation, Loss, NetworkOptions, Optimizer, TraceOptions, TraceStep } from '../../src/index.ts'
import {
  activations,
  adagrad,
  adam,
  adamw,
  losses,
  Matrix,
  Network,
  numericalGradients,
  rmsprop,
  sgd,
  trace,
} from '../../src/index.ts'
import { kernelNames } from '../kernels/available.ts'
import { build, expectFormulasToHold, last, tableOf } from './tracing.ts'

const bytes = (network: Network) => JSON.stringify(network.toJSON())

describe('a 2-3-2 network of sigmoids and the squared error', () => {
  // worked out apart from this library, in decimal arithmetic of 40 digits, from the note's formulas
  const inputs = [[1, 0.5], [-0.5, 2]] // biome-ignore format: a matrix
  const targets = [[1, 0], [0.25, 0.75]] // biome-ignore format: a matrix
  const parameters = [
    { weights: [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], biases: [[0.1, 0, -0.1]] }, // biome-ignore format: matrices
    { weights: [[0.7, -0.8], [0.9, 1], [-1.1, 1.2]], biases: [[0.05, -0.05]] }, // biome-ignore format: matrices
  ]
  // biome-ignore format: matrices
  const worked = {
    Z_1: [[0.4, 0.05, -0.1], [0.85, 1.1, -1.45]],
    A_1: [[0.598687660112452, 0.51249739648421, 0.47502081252106], [0.700567142473973, 0.750260105595118, 0.190001566015313]],
    Z_2: [[0.40780612514134, 0.553572243419521], [1.00662937215054, 0.367808270834315]],
    A_2: [[0.600561712333616, 0.634963980971208], [0.732359994065001, 0.590929273427282]],
    E_row: [[0.281365101392329], [0.12898732996338]],
    loss_2: [[-0.0958201891263257, 0.147174950978015], [0.094546819598835, -0.0384524637566899]],
    dW_2: [[0.00443501520839277, 0.0305866471865421], [0.010913554699019, 0.0232887148427186], [-0.0137762701545815, 0.0313025682327028]],
    db_2: [[-0.000636684763745326, 0.0543612436106623]],
    loss_1: [[-0.0444035718487704, 0.0152246777849197, 0.0703270730569191], [0.020336372616874, 0.008738870077455, -0.0231073778757868]],
    dW_1: [[-0.0272858790786037, 0.00542762137309609, 0.0409403809974063], [0.00923547965468143, 0.0125450395236849, -0.00552560961155698]],
    db_1: [[-0.0120335996159482, 0.0119817739311873, 0.0236098475905662]],
    W_1: [[0.108185763723581, -0.201628286411929, 0.287717885700778], [0.397229356103596, 0.496236488142895, -0.598342317116533]],
    b_1: [[0.103610079884784, -0.0035945321793562, -0.10708295427717]],
    W_2: [[0.698669495437482, -0.809175994155963], [0.896725933590294, 0.993013385547184], [-1.09586711895363, 1.19060922953019]],
    b_2: [[0.0501910054291236, -0.0663083730831987]],
  }

  test.each(kernelNames)('gives the numbers of a calculation by hand, in its order (%s)', (kernels) => {
    const network = new Network({ layers: [2, 3, 2], dtype: 'float64', seed: 1, kernels, learningRate: 0.3 })
    network.layers.forEach(({ weights, biases }, l) => {
      weights.assign(Matrix.from(parameters[l]?.weights as number[][]))
      biases.assign(Matrix.from(parameters[l]?.biases as number[][]))
    })
    const { loss, steps, given } = trace(network, inputs, targets)
    expect(loss).toBeCloseTo(0.205176215677854, 14)
    expect(steps.map(({ name }) => name)).toEqual(Object.keys(worked))
    for (const { name, value } of steps) {
      const expected = worked[name as keyof typeof worked]
      expect(value.shape, name).toEqual([expected.length, expected[0]?.length])
      value.map((x, i, j) => {
        expect(Math.abs(x - (expected[i]?.[j] as number)), `${name} ${i},${j}`).toBeLessThan(1e-14) // numbers below 2
        return x
      })
    }
    expect(given.map(({ name, value }) => [name, value.toArray()])).toEqual([
      ['A_0', inputs],
      ['T', targets],
      ['W_1', parameters[0]?.weights],
      ['b_1', parameters[0]?.biases],
      ['W_2', parameters[1]?.weights],
      ['b_2', parameters[1]?.biases],
    ])
  })
})

// Read from the tables, so that a new activation, loss or kernel set is traced unasked.
const pairings = kernelNames.flatMap((kernels) =>
  Object.values<Activation>(activations).flatMap((f) =>
    Object.values<Loss>(losses)
      .filter((E) => !('fusedWith' in E) || E.fusedWith === f.name)
      .map((E) => ({ kernels, f, E })),
  ),
)

describe('the plan of training itself is shown', () => {
  test.each(pairings)('for $f.name with $E.name ($kernels)', ({ kernels, f, E }) => {
    const low = 'targets' in E ? 0 : -1
    for (const hidden of [0, 1, 3]) {
      const options: NetworkOptions = {
        layers: [3, ...Array<number>(hidden).fill(4), 2],
        activation: 'rowwise' in f ? 'tanh' : f,
        outputActivation: f,
        loss: E,
        kernels,
      }
      const network = build(options)
      const [inputs, targets] = [tableOf(5, 3, 1), tableOf(5, 2, 2, low)]
      const traced = trace(network, inputs, targets)
      const gradients = network.gradients(inputs, targets)
      network.layers.forEach((_, l) => {
        expect(last(traced, `dW_${l + 1}`).value.toArray()).toEqual(gradients.layers[l]?.weights.toArray())
        expect(last(traced, `db_${l + 1}`).value.toArray()).toEqual(gradients.layers[l]?.biases.toArray())
        expect(last(traced, `A_${l + 1}`).layer).toBe(l)
      })
      expect(last(traced, `A_${hidden + 1}`).value.toArray()).toEqual(network.predict(inputs).toArray())
      expect(traced.loss).toBe(network.loss(inputs, targets))
      expectFormulasToHold(traced, 1e-12) // the order of some additions, and the cross-entropies from A
    }
  })
})

const optimizers: [string, Optimizer][] = [
  ['sgd', sgd({ learningRate: 0.2 })],
  ['sgd, weight decay', sgd({ learningRate: 0.2, weightDecay: 0.1 })],
  ['momentum', sgd({ learningRate: 0.2, momentum: 0.9 })],
  ['nesterov', sgd({ learningRate: 0.2, momentum: 0.8, nesterov: true, weightDecay: 0.05 })],
  ['adagrad', adagrad({ learningRate: 0.02 })],
  ['rmsprop', rmsprop({ learningRate: 0.02, decay: 0.9 })],
  ['adam', adam({ learningRate: 0.02, weightDecay: 0.01 })],
  ['adamw', adamw({ learningRate: 0.02, weightDecay: 0.1 })],
]
const objectives: [string, TraceOptions][] = [
  ['the plain loss', {}],
  ['weights of rows', { sampleWeights: [1, 2, 0, 4] }],
  ['penalties', { l1: 0.01, l2: 0.1 }],
  ['l1 alone', { l1: 0.01 }],
  ['classes and smoothing', { classWeights: [1, 3], labelSmoothing: 0.1, l2: 0.1 }],
]
const inputs = tableOf(4, 3, 1)
const targets = [[1, 0], [0, 1], [1, 0], [0, 1]] // biome-ignore format: a matrix

describe.each(kernelNames)('the update is that of train (%s)', (kernels) => {
  describe.each(optimizers)('%s', (name, optimizer) => {
    test.each(objectives)('for %s, in every step', (_title, objective) => {
      for (const dtype of ['float32', 'float64'] as const) {
        const network = build({ layers: [3, 4, 2], optimizer, kernels, dtype, activation: 'tanh' })
        for (let step = 1; step <= 3; step++) {
          const before = bytes(network)
          const traced = trace(network, inputs, targets, objective)
          expect(bytes(network)).toBe(before)
          expect(traced.step).toBe(step)
          expect(traced.loss).toBe(network.train(inputs, targets, objective))
          network.layers.forEach(({ weights, biases }, l) => {
            const pairs = [
              [last(traced, `W_${l + 1}`).value, weights],
              [last(traced, `b_${l + 1}`).value, biases],
            ] as const
            // only plain sgd is fused with its gradients, on fast kernels
            const fused = name === 'sgd' && kernels !== 'ndarray' && Object.keys(objective).length === 0
            const tolerance = fused ? (dtype === 'float32' ? 2 ** -22 : 2 ** -51) : 0 // some roundings of numbers below 2
            for (const [shown, trained] of pairs) {
              shown.map((x, i, j) => {
                expect(Math.abs(x - trained.get(i, j))).toBeLessThanOrEqual(tolerance)
                return x
              })
            }
          })
          // of 6 digits in Adam's formula, and of float32
          if (dtype === 'float64') expectFormulasToHold(traced, name.startsWith('adam') ? 1e-6 : 1e-12)
        }
      }
    })
  })
})

test.each(kernelNames.filter((name) => name !== 'blas'))(
  'with `reproducible`, plain sgd gives the bits of train too (%s)',
  (kernels) => {
    const network = build({ layers: [3, 5, 2], kernels, dtype: 'float32', reproducible: kernels === 'wasm' })
    const traced = trace(network, inputs, targets)
    network.train(inputs, targets)
    network.layers.forEach(({ weights }, l) => {
      expect(last(traced, `W_${l + 1}`).value.toArray()).toEqual(weights.toArray())
    })
  },
)

describe('dropout', () => {
  const make = () => build({ layers: [3, { units: 6, activation: 'tanh', dropout: 0.5 }, 2], optimizer: adam() })

  test('drops what the next step of train drops, of A and of loss alike, and does not move the generator', () => {
    const network = make()
    network.train(inputs, targets)
    const before = bytes(network)
    const traced = trace(network, inputs, targets)
    expect(bytes(network)).toBe(before)
    expect(traced.dropout).toBe(true)
    const [D, A, loss] = ['D_1', 'A_1', 'loss_1'].map((name) => last(traced, name).value) as [Matrix, Matrix, Matrix]
    D.map((d, i, j) => {
      expect([0, 2 * A.get(i, j)]).toContain(d)
      expect(loss.get(i, j) === 0).toBe(d === 0)
      return d
    })
    expect(
      D.toArray()
        .flat()
        .filter((d) => d === 0).length,
    ).toBeGreaterThan(0)
    expect(traced.loss).toBe(network.train(inputs, targets))
    network.layers.forEach(({ weights }, l) => {
      expect(last(traced, `W_${l + 1}`).value.toArray()).toEqual(weights.toArray())
    })
  })

  test('is off beside numerical derivatives, and the text says so', () => {
    const traced = trace(make(), inputs, targets, { check: true })
    expect(traced.dropout).toBe(false)
    expect(traced.steps.map(({ kind }) => kind)).not.toContain('dropout')
    expect(String(traced)).toContain('dropout off for the check')
    expect(last(traced, 'dW_1').value.toArray()).toEqual(make().gradients(inputs, targets).layers[0]?.weights.toArray())
  })
})

describe('with check', () => {
  test.each(pairings)('the numerical derivative agrees: $f.name with $E.name ($kernels)', ({ kernels, f, E }) => {
    const low = 'targets' in E ? 0 : -1
    const network = build({
      layers: [3, 4, 2],
      activation: 'rowwise' in f ? 'tanh' : f,
      outputActivation: f,
      loss: E,
      kernels,
    })
    const { steps } = trace(network, inputs, tableOf(4, 2, 2, low), { check: true, l2: 0.1 })
    const checked = steps.filter(({ numerical }) => numerical !== undefined)
    expect(checked.map(({ name, kind }) => [name, kind])).toEqual([
      ['db_2', 'biasGradient'],
      ['db_1', 'biasGradient'],
      ['dW_1', 'penaltyGradient'],
      ['dW_2', 'penaltyGradient'],
    ])
    for (const { value, numerical, kinks } of checked) {
      expect(kinks).toEqual([])
      value.map((x, i, j) => {
        expect(Math.abs(x - (numerical as Matrix).get(i, j))).toBeLessThan(1e-8) // central differences of numbers near 1
        return x
      })
    }
  })

  test('it is what numericalGradients gives, of the whole objective', () => {
    const network = build({ layers: [3, 4, 2] })
    const objective = { sampleWeights: [1, 2, 0, 4], l1: 0.01 }
    const { layers } = numericalGradients(network, inputs, targets, objective)
    const { steps } = trace(network, inputs, targets, { ...objective, check: true })
    layers.forEach(({ weights, biases }, l) => {
      const of = (name: string) => steps.findLast((one) => one.name === name && one.numerical)?.numerical?.toArray()
      expect(of(`dW_${l + 1}`)).toEqual(weights.toArray())
      expect(of(`db_${l + 1}`)).toEqual(biases.toArray())
    })
  })

  test('a derivative that is wrong is seen in the text', () => {
    const wrong = { name: 'wrong', value: Math.tanh, derivative: (_z: number, a: number) => 2 * (1 - a * a) }
    for (const dtype of ['float32', 'float64'] as const) {
      const network = build({ layers: [3, 2], outputActivation: wrong, dtype })
      const traced = trace(network, inputs, targets, { check: true })
      const { distance, differs } = last(traced, 'dW_1') as TraceStep
      expect(differs).toBe(true)
      for (const text of [String(traced), traced.toMarkdown()]) {
        expect(text).toMatch(/umerical, DIFFERS by up to 0\.\d+:?$/m)
        expect(text).toContain(`umerical, DIFFERS by up to ${Number(distance?.toPrecision(3))}`)
      }
    }
  })

  test.each<[string, NetworkOptions, number[][], number[][]]>([
    // gradients near 1e-15 beside a loss near 1: rounding of the losses, divided by the step of 6e-6, is far greater
    ['gradients that rounding of the losses hides', { layers: [1, 1] }, [[36]], [[0]]],
    // the error of central differences, (h·x)²/6 of the derivative, is some percent
    ['inputs so great that the step is wide', { layers: [1, 1], outputActivation: 'tanh' }, [[1e5]], [[1]]],
    // A − T is a difference of numbers near 1 that float32 rounds by 6e-8
    [
      'outputs near their targets in float32',
      { layers: [1, 1], outputActivation: 'identity', dtype: 'float32' },
      [[1 / 3]],
      [[1 / 3 + 1e-5]],
    ],
  ])('what explains itself is no difference: %s', (_, options, x, t) => {
    const network = new Network({ dtype: 'float64', seed: 1, ...options })
    network.layers[0]?.weights.set(0, 0, 1 / (x[0]?.[0] as number) > 1e-3 ? 1 : 1e-6)
    const { value, distance, differs } = last(trace(network, x, t, { check: true }), 'dW_1') as TraceStep
    expect(distance).toBeGreaterThan(1e-4 * Math.abs(value.get(0, 0)))
    expect(differs).toBe(false)
  })

  test('a gradient that is not finite differs', () => {
    const network = build({ layers: [1, 1], dtype: 'float32', outputActivation: 'identity' })
    const traced = trace(network, [[3e38]], [[-3e38]], { check: true })
    expect(last(traced, 'dW_1')).toMatchObject({ distance: Number.POSITIVE_INFINITY, differs: true })
    expect(String(traced)).toContain('numerical, DIFFERS by up to Infinity')
    network.layers[0]?.biases.set(0, 0, Number.NaN)
    const broken = trace(network, [[1]], [[1]], { check: true })
    expect(last(broken, 'dW_1')).toMatchObject({ distance: Number.NaN, differs: true })
  })

  test('places at a kink are named and not compared', () => {
    const network = new Network({ layers: [1, 1], outputActivation: 'relu', dtype: 'float64', seed: 1 })
    network.layers[0]?.weights.set(0, 0, 0)
    const traced = trace(network, [[1]], [[1]], { check: true })
    expect(last(traced, 'dW_1')).toMatchObject({ kinks: [{ row: 0, column: 0 }] })
    expect(String(traced)).toContain('numerical, the same, 1 at kinks aside')
  })
})

test('whatever the shape, all is there and the formulas hold', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 99 }), (layers, rows, seed) => {
      const network = build({ layers, seed, activation: 'elu' })
      const [X, T] = [tableOf(rows, layers[0] as number, seed), tableOf(rows, layers.at(-1) as number, seed + 1)]
      const traced = trace(network, X, T)
      expect(traced.rows).toBe(rows)
      expect(traced.steps).toHaveLength(7 * (layers.length - 1) + 1)
      for (const { shape, value } of [...traced.given, ...traced.steps]) expect(shape).toEqual(value.shape)
      expectFormulasToHold(traced, 1e-12)
    }),
    { numRuns: 40 },
  )
})

describe('inputs', () => {
  test('as a Matrix, a view of one, an ndarray or arrays give the same', () => {
    const network = build({ layers: [3, 2], dtype: 'float32' })
    const expected = trace(network, inputs, targets).toJSON()
    const X = Matrix.from(inputs)
    const view = X.transpose().transpose()
    const strided = ndarray(new Float64Array(inputs.flatMap((row) => row.flatMap((x) => [x, 0]))), [4, 3], [6, 2])
    for (const given of [X, view, strided, X.ndarray]) {
      expect(trace(network, given, Matrix.from(targets)).toJSON()).toEqual(expected)
    }
  })

  test('of as many rows as a block holds are taken, of more refused', () => {
    const network = build({ layers: [3, 2], dtype: 'float32' })
    expect(last(trace(network, tableOf(256, 3, 1), tableOf(256, 2, 2)), 'A_1').shape).toEqual([256, 2])
    expect(() => trace(network, tableOf(300, 3, 1), tableOf(300, 2, 2))).toThrow(
      'trace: the number of rows is 300; expected at most 256, as many as pass through the network at once',
    )
  })

  test('a matrix with as many rows as a block holds is shown whole for a batch of fewer', () => {
    const network = build({ layers: [256, 2] })
    const traced = trace(network, tableOf(1, 256, 1), [[0, 1]])
    expect(last(traced, 'W_1').shape).toEqual([256, 2])
    expect(last(traced, 'A_0').shape).toEqual([1, 256])
  })
})

test('what a trace holds is its own: later steps and writing into it change nothing', () => {
  const network = build({ layers: [3, 2] })
  const traced = trace(network, inputs, targets)
  const before = JSON.stringify(traced)
  network.train(inputs, targets)
  expect(JSON.stringify(traced)).toBe(before)
  const now = bytes(network)
  last(traced, 'W_1').value.set(0, 0, 99)
  expect(bytes(network)).toBe(now)
})

test('a step that waits for the next one is done before', async () => {
  const network = build({ layers: [3, 4, 2], dtype: 'float32' })
  await network.fit(inputs, targets, { epochs: 2, batchSize: 1 })
  const W = network.layers[0]?.weights.toArray()
  const { given } = trace(network, inputs, targets)
  expect(given.find(({ name }) => name === 'W_1')?.value.toArray()).toEqual(W)
})

test('while a fit is awaited, a trace sees the last completed step and does not disturb it', async () => {
  const [watched, alone] = [0, 1].map(() => build({ layers: [3, 4, 2], optimizer: adam() })) as [Network, Network]
  const steps: number[] = []
  const options = { epochs: 3, batchSize: 2 }
  await watched.fit(inputs, targets, {
    ...options,
    onEpoch: () => void steps.push(trace(watched, inputs, targets).step),
  })
  await alone.fit(inputs, targets, options)
  expect(steps).toEqual([3, 5, 7])
  expect(watched.layers[0]?.weights.toArray()).toEqual(alone.layers[0]?.weights.toArray())
})

test('a step that train refuses is shown with its numbers', () => {
  const network = build({ layers: [1, 1], dtype: 'float32', outputActivation: 'identity' })
  const [X, T] = [[[3e38]], [[-3e38]]]
  expect(() => network.train(X, T)).toThrow(RangeError)
  const traced = trace(network, X, T)
  expect(traced.loss).toBe(Infinity)
  expect(String(traced)).toContain('E = Infinity')
  expect(traced.toMarkdown()).toContain('Infinity')
})

describe('functions of the user’s own', () => {
  const swish = { name: 'swish', value: (z: number) => z / (1 + Math.exp(-z)), derivative: (z: number) => z }
  const odd = { ...swish, name: 'a `b`\n|' }
  const E = { name: 'mine', value: (a: number, t: number) => a * t, derivative: (_: number, t: number) => t }

  test('are written by their names, where those are words', () => {
    const { steps, title } = trace(build({ layers: [3, 2, 2], activation: swish, loss: E }), inputs, targets)
    const formulas = steps.map(({ formula }) => formula)
    expect(formulas).toContain('A_1 = swish(Z_1)')
    expect(formulas).toContain('E_row = mine(A_2, T)')
    expect(formulas).toContain("loss_2 = ∂E_row/∂A_2 ⊙ sigmoid'(Z_2) = ∂E_row/∂A_2 ⊙ A_2 ⊙ (1 − A_2)")
    expect(formulas).toContain("loss_1 = (loss_2·W_2ᵀ) ⊙ swish'(Z_1)")
    expect(title).toBe('3-2-2, mine, sgd')
  })

  test('are written out where they have a formula', () => {
    const formula = { value: 'z/(1 + e^(−z))', derivative: '(s + a ⊙ (1 − s))', where: 's = 1/(1 + e^(−z))' }
    const loss = { ...E, formula: { value: 'Σ a ⊙ t', derivative: 't' } }
    const network = build({ layers: [3, 2, 2], activation: { ...swish, formula }, loss })
    const formulas = trace(network, inputs, targets).steps.map((step) => step.formula)
    expect(formulas).toContain('A_1 = swish(Z_1) = Z_1/(1 + e^(−Z_1))')
    expect(formulas).toContain('E_row = Σ A_2 ⊙ T')
    expect(formulas).toContain(
      "loss_1 = (loss_2·W_2ᵀ) ⊙ swish'(Z_1) = (loss_2·W_2ᵀ) ⊙ (s + A_1 ⊙ (1 − s)), s = 1/(1 + e^(−Z_1))",
    )
  })

  test('are listed to be calculated from what their formulas name, and no more', () => {
    const readsOf = (options: NetworkOptions, name: string) => {
      const { reads } = last(trace(build(options), inputs, targets), name) as TraceStep
      return reads.map((read) => read.name).join(' ')
    }
    const layers = [3, 2, 2]
    expect(readsOf({ layers, activation: 'relu' }, 'loss_1')).toBe('loss_2 W_2 Z_1')
    expect(readsOf({ layers, activation: 'tanh' }, 'loss_1')).toBe('loss_2 W_2 Z_1 A_1')
    expect(readsOf({ layers, activation: swish }, 'loss_1')).toBe('loss_2 W_2 Z_1')
    expect(readsOf({ layers, outputActivation: 'relu' }, 'loss_2')).toBe('Z_2 A_2 T')
    expect(readsOf({ layers, loss: E }, 'loss_2')).toBe('Z_2 A_2 T') // ∂E_row/∂A_2 stands for a function of both
    const formula = { value: 'Σ a ⊙ t', derivative: 't' }
    expect(readsOf({ layers, outputActivation: 'relu', loss: { ...E, formula } }, 'loss_2')).toBe('Z_2 T')
  })

  test('are refused with a formula that is none', () => {
    const formula = { value: 'z', derivative: 1 } as never
    expect(() => build({ layers: [3, 1], activation: { ...swish, formula } })).toThrow(
      'swish.formula.derivative is 1; expected a text',
    )
  })

  test('are else written as in the rule', () => {
    const loss = { ...E, name: '<b>' }
    const traced = trace(build({ layers: [3, 2], outputActivation: odd, loss }), inputs, targets)
    const formulas = traced.steps.map(({ formula }) => formula)
    expect(formulas).toContain('A_1 = f(Z_1)')
    expect(formulas).toContain('E_row = E(A_1, T)')
    expect(formulas).toContain("loss_1 = ∂E_row/∂A_1 ⊙ f'(Z_1)")
    expect(traced.toMarkdown()).not.toContain('<b>')
  })

  test('on rows, and fused, are written too', () => {
    const unwritten = <T extends object>({ formula: _, ...rest }: T & { formula?: unknown }) => rest
    const rowwise = { ...unwritten(activations.softmax), name: 'rows' }
    const fused = { ...unwritten(losses.categoricalCrossEntropy), name: 'fused', fusedWith: 'rows' }
    const formulasOf = (loss: Loss) =>
      trace(build({ layers: [3, 2], outputActivation: rowwise, loss }), inputs, targets).steps.map((s) => s.formula)
    expect(formulasOf(E)).toContain('loss_1 = Jᵀ·g of each row, g = ∂E_row/∂A_1')
    expect(formulasOf(losses.squaredError)).toContain('loss_1 = Jᵀ·g of each row, g = ∂E_row/∂A_1 = (A_1 − T)')
    expect(formulasOf(fused)).toContain('loss_1 = ∂E_row/∂Z_1')
    expect(formulasOf(fused)).toContain('E_row = fused(Z_1, T)')
  })

  test('keep the numbers that they gave', () => {
    const { steps } = trace(build({ layers: [3, 2], activation: swish, outputActivation: swish }), inputs, targets)
    const [Z, A] = steps.map(({ value }) => value) as [Matrix, Matrix]
    expect(A.toArray()).toEqual(Z.map((z) => swish.value(z)).toArray())
  })
})

describe('bad input is refused by name', () => {
  const network = build({ layers: [3, 2], dtype: 'float32' })
  test.each<[string, () => unknown, ErrorConstructor, string]>([
    ['no network', () => trace({} as Network, inputs, targets), TypeError, 'trace: the first argument is'],
    ['no inputs', () => trace(network, undefined as never, targets), TypeError, 'trace: inputs'],
    [
      'too many inputs',
      () => trace(network, [[1, 2, 3, 4]], [[1, 0]]),
      RangeError,
      'trace: the shape of inputs is (1×4)',
    ],
    ['NaN', () => trace(network, [[1, 2, Number.NaN]], [[1, 0]]), RangeError, 'trace: inputs, row 0, column 2'],
    ['fewer targets', () => trace(network, inputs, targets.slice(1)), RangeError, 'trace: '],
    ['an option that is none', () => trace(network, inputs, targets, { chek: true } as never), TypeError, '"check"'],
    [
      'a check that is none',
      () => trace(network, inputs, targets, { check: 1 as never }),
      TypeError,
      'trace: check is 1',
    ],
    ['a term that is none', () => trace(network, inputs, targets, { l2: -1 }), RangeError, 'trace: l2 is -1'],
    ['options that are none', () => trace(network, inputs, targets, null as never), TypeError, 'trace: the options'],
  ])('%s', (_title, call, kind, message) => {
    const before = bytes(network)
    expect(call).toThrow(kind)
    expect(call).toThrow(message)
    expect(bytes(network)).toBe(before)
  })
})
