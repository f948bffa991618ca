import { describe, expect, test } from 'vitest'
import type { Activation, ElementActivation, Loss, NetworkOptions, Objective } from '../../src/index.ts'
import { activations, checkGradients, losses, Network, numericalGradients } from '../../src/index.ts'
import { Generator } from '../../src/random/generator.ts'
import { kernelNames } from '../kernels/available.ts'
import { errorOf, numbersOf, writeNumbers } from './fitting.ts'

const ROWS = 6
const inputs = tableOf(ROWS, 3, 1)
const labels = [0, 2, 1, 1, 0, 2]
const targets = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)))

function tableOf(rows: number, columns: number, seed: number): number[][] {
  const random = new Generator(seed)
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.uniform(-1, 1)))
}

/** A network whose biases are not 0, so that none of them is special. */
function build(options: NetworkOptions): Network {
  const network = new Network({ dtype: 'float64', seed: 5, ...options })
  const random = new Generator(11)
  for (const { biases } of network.layers) biases.map(() => random.uniform(-0.5, 0.5), biases)
  return network
}

const terms = {
  sampleWeights: { sampleWeights: [1, 2, 0.5, 3, 0, 1] },
  classWeights: { classWeights: [1, 3, 0.5] },
  balanced: { classWeights: 'balanced' },
  l1: { l1: 0.03 },
  l2: { l2: 0.07 },
  labelSmoothing: { labelSmoothing: 0.2 },
} as const satisfies Readonly<Record<string, Objective>>

const all: Objective = Object.assign({}, ...Object.values(terms), terms.classWeights)
const objectives: readonly (readonly [name: string, Objective])[] = [...Object.entries(terms), ['all', all]]
const standsForClasses = (f: Activation) => f.name === 'softmax' || f.name === 'sigmoid'
const isElementwise = (f: Activation): f is ElementActivation => !('rowwise' in f)

// Read from the tables, so that a new activation or loss is checked unasked.
const hidden = Object.values<Activation>(activations).filter(isElementwise)
const pairings = Object.values<Loss>(losses).flatMap((E) =>
  Object.values<Activation>(activations)
    .filter((f) => !('fusedWith' in E) || E.fusedWith === f.name)
    .flatMap((f, k) =>
      objectives.map(([name, objective], n) => {
        const { labelSmoothing, ...rest } = objective
        return {
          f,
          E,
          name,
          objective: standsForClasses(f) ? objective : rest,
          depth: 1 + ((k + n) % 4),
          inner: hidden[(k + 2 * n) % hidden.length] as ElementActivation,
          kernels: kernelNames[(k + n) % kernelNames.length] as (typeof kernelNames)[number],
        }
      }),
    ),
)

describe('checkGradients with an objective', () => {
  // 1e-6 is the check's own promise: central differences in float64 are good to about 1e-10 of the loss
  test.each(pairings)(
    '$name: gradients of $E.name and $f.name over $depth layers agree ($inner.name inside, $kernels)',
    ({ f, E, objective, depth, inner, kernels }) => {
      const layers = [3, ...Array<number>(depth - 1).fill(4), 3]
      const network = build({ layers, activation: inner, outputActivation: f, loss: E, kernels })
      const report = checkGradients(network, inputs, targets, { ...objective, tolerance: 1e-6 })
      expect(report.message).toMatch(/^gradients agree: /)
      expect(report.passed).toBe(true)
      expect(report.maxRelativeError).toBeLessThan(1e-6)
      expect(report.layers.flatMap(({ kinks }) => kinks)).toEqual([])
    },
  )

  test.each(objectives)('%s: a derivative of your own that is wrong by 1 %% is caught', (_, objective) => {
    const wrong: ElementActivation = {
      name: 'wrongTanh',
      value: Math.tanh,
      derivative: (_z, a) => 1.01 * (1 - a * a),
    }
    const options = { layers: [3, { units: 4, activation: wrong }, 4, 3], activation: 'tanh' } as const
    const report = checkGradients(build(options), inputs, targets, objective)
    expect(report.passed).toBe(false)
    expect(report.message).toMatch(/^gradients differ: /)
    expect(report.worst?.layer).toBe(0)
    expect(report.layers[0]?.maxRelativeError).toBeGreaterThan(1e-4)
    for (const { maxRelativeError } of report.layers.slice(1)) expect(maxRelativeError).toBeLessThan(1e-6)
  })

  test('lists the kinks of l1 at weights of 0 and near it, and does not judge them', () => {
    const network = build({ layers: [3, 4, 3], activation: 'tanh' })
    const [first, last] = network.layers as [(typeof network.layers)[0], (typeof network.layers)[0]]
    first.weights.set(2, 1, 0)
    first.biases.set(0, 1, 0) // which no penalty is laid on
    last.weights.set(0, 2, -1e-7)
    last.weights.set(1, 1, 1e-3) // beyond the reach of a difference
    const { passed, layers } = checkGradients(network, inputs, targets, { l1: 0.03, l2: 0.02 })
    expect(passed).toBe(true)
    expect(layers.map(({ kinks }) => kinks)).toEqual([
      [{ layer: 0, parameter: 'weights', row: 2, column: 1 }],
      [{ layer: 1, parameter: 'weights', row: 0, column: 2 }],
    ])
    const without = checkGradients(network, inputs, targets, { l2: 0.02 })
    expect(without.passed).toBe(true)
    expect(without.layers.flatMap(({ kinks }) => kinks)).toEqual([])
  })

  test.each(objectives)(
    '%s: numericalGradients gives the loss and the derivatives of the same objective',
    (_, objective) => {
      const network = build({ layers: [3, 4, 3], activation: 'tanh' })
      const numerical = numericalGradients(network, inputs, targets, objective)
      const exact = network.gradients(inputs, targets, objective)
      expect(numerical.loss).toBe(exact.loss)
      // differences of losses near 1, each rounded by 1e-16, over 2h = 1e-5
      expect(errorOf(numbersOf(numerical), numbersOf(exact))).toBeLessThan(1e-8)
    },
  )
})

/*
 * Losses and gradients of W_1, b_1, W_2, b_2 from PyTorch 1.13 in float64, by this script:
 *
 *     import torch
 *     from torch.nn import functional as F
 *     torch.set_default_dtype(torch.float64)
 *     X = torch.tensor([[0.5, -1.0], [0.25, 0.75], [-0.5, 0.125], [1.0, 0.5]])
 *     W1 = torch.tensor([[0.1, -0.2, 0.3], [0.4, 0.25, -0.15]])
 *     b1 = torch.tensor([0.05, -0.1, 0.2])
 *     W2 = torch.tensor([[0.3, -0.6], [-0.45, 0.2], [0.7, 0.1]])
 *     b2 = torch.tensor([-0.05, 0.15])
 *     y = torch.tensor([0, 1, 1, 1])
 *     w = torch.tensor([1.0, 2.0, 0.5, 3.0])
 *
 *     def run(name, f, out='softmax'):
 *         P = [p.clone().requires_grad_() for p in (W1, b1, W2, b2)]
 *         z = torch.tanh(X @ P[0] + P[1]) @ P[2] + P[3]
 *         E = f(z, P)
 *         E.backward()
 *         print(name, repr(E.item()), [g for p in P for g in p.grad.flatten().tolist()])
 *
 *     ce = lambda z: F.cross_entropy(z, y)
 *     T = F.one_hot(y, 2).double()
 *     run('plain', lambda z, P: ce(z))
 *     run('sampleWeights', lambda z, P: (F.cross_entropy(z, y, reduction='none') * w).sum() / w.sum())
 *     run('classWeights', lambda z, P: F.cross_entropy(z, y, weight=torch.tensor([3.0, 0.5])))
 *     run('balanced', lambda z, P: F.cross_entropy(z, y, weight=torch.tensor([4 / (2 * 1), 4 / (2 * 3)])))
 *     run('l1', lambda z, P: ce(z) + 0.03 * (P[0].abs().sum() + P[2].abs().sum()))
 *     run('l2', lambda z, P: ce(z) + 0.5 * 0.07 * ((P[0] ** 2).sum() + (P[2] ** 2).sum()))
 *     run('labelSmoothing', lambda z, P: F.cross_entropy(z, y, label_smoothing=0.2))
 *     run('labelSmoothing sigmoid', lambda z, P: F.binary_cross_entropy_with_logits(z, 0.8 * T + 0.1, reduction='none').sum(1).mean())
 *     c = torch.tensor([3.0, 0.5])
 *     run('all', lambda z, P: (F.cross_entropy(z, y, reduction='none', label_smoothing=0.2) * w * c[y]).sum() / (w * c[y]).sum()
 *         + 0.03 * (P[0].abs().sum() + P[2].abs().sum()) + 0.5 * 0.07 * ((P[0] ** 2).sum() + (P[2] ** 2).sum()))
 */
const golden: readonly (readonly [name: string, loss: number, gradients: readonly number[]])[] = [
  // biome-ignore format: a table
  ['plain', 0.7524025946727269, [0.04812260326521818, -0.04941259226674448, 0.03436266727493362, 0.2530359882687121, -0.188158937578021, 0.16361414363597937, 0.23479931103297064, -0.19651170692322567, 0.16990560485289294, 0.14116113794242097, -0.141161137942421, 0.032615673890985034, -0.03261567389098503, 0.03188459781969152, -0.03188459781969153, 0.2859661571269262, -0.2859661571269262]],
  // biome-ignore format: a table
  ['sampleWeights', 0.8292005793476022, [0.21239714776400365, -0.17435449357537916, 0.1389183021862802, 0.27654388443305444, -0.2133656165632135, 0.18242766041035313, 0.3291780592102277, -0.2714243743495476, 0.2274409789674503, 0.1786889403809302, -0.17868894038093022, -0.010498478220988604, 0.010498478220988613, 0.1076532199225452, -0.10765321992254523, 0.41324434891972905, -0.4132443489197291]],
  // biome-ignore format: a table
  ['classWeights', 0.695224782250155, [-0.0878987500784063, 0.04893522262111273, -0.047339954754514066, 0.3310335867342119, -0.22541894395845208, 0.19794189981384885, -0.11421789815568627, 0.05445421306900913, -0.04971090048546116, 0.1400468264853146, -0.1400468264853146, 0.1264594157739547, -0.1264594157739547, -0.10846572178459701, 0.10846572178459701, -0.13828393656081875, 0.13828393656081875]],
  // biome-ignore format: a table
  ['balanced', 0.7180959072191837, [-0.033490208740956554, 0.009596096665969847, -0.014658905942734994, 0.29983454734801207, -0.21051494140627963, 0.18421079734270104, 0.025388985519776447, -0.04593215492788479, 0.03813570164988048, 0.14049255106815717, -0.14049255106815717, 0.08892191902076683, -0.08892191902076682, -0.05232559394288161, 0.0523255939428816, 0.03141610091427918, -0.03141610091427921]],
  // biome-ignore format: a table
  ['l1', 0.8649025946727269, [0.07812260326521818, -0.07941259226674448, 0.06436266727493362, 0.2830359882687121, -0.158158937578021, 0.13361414363597937, 0.23479931103297064, -0.19651170692322567, 0.16990560485289294, 0.17116113794242097, -0.171161137942421, 0.0026156738909850347, -0.0026156738909850277, 0.061884597819691516, -0.0018845978196915317, 0.2859661571269262, -0.2859661571269262]],
  // biome-ignore format: a table
  ['l2', 0.8076150946727269, [0.05512260326521818, -0.06341259226674448, 0.05536266727493362, 0.2810359882687121, -0.17065893757802097, 0.15311414363597936, 0.23479931103297064, -0.19651170692322567, 0.16990560485289294, 0.16216113794242096, -0.183161137942421, 0.0011156738909850264, -0.018615673890985025, 0.08088459781969151, -0.02488459781969153, 0.2859661571269262, -0.2859661571269262]],
  // biome-ignore format: a table
  ['labelSmoothing', 0.7422799070114742, [0.04478301993842726, -0.044389299710526575, 0.0315146424805601, 0.20495493479833055, -0.15272060723156558, 0.13269299069291174, 0.1933813410217664, -0.16164558519509725, 0.1395198142437734, 0.11526103969000626, -0.11526103969000626, 0.02468102112552379, -0.024681021125523787, 0.02860105860030936, -0.02860105860030937, 0.23596615712692617, -0.2359661571269262]],
  // biome-ignore format: a table
  ['labelSmoothing sigmoid', 1.440344050668078, [0.023556366537190593, -0.03690324577206586, 0.034832131199189056, 0.20207125677855037, -0.1451953465057636, 0.12145134071174336, 0.16905116141119547, -0.15915290126685458, 0.1562063413432534, 0.10867323179391396, -0.11028176573289337, 0.01787168095866892, -0.03858792505359977, 0.03548375405821148, -0.006238730675700397, 0.2563439311216704, -0.17961651394524966]],
  // biome-ignore format: a table
  ['all', 0.908831820451459, [0.07072714069359648, -0.08314425292956162, 0.07845623230548873, 0.3212626441606552, -0.1391465421828869, 0.12147825384773489, 0.019604437462610022, -0.03976265723251701, 0.029267274781219432, 0.1820769886855903, -0.20307698868559035, 0.0019090960210351102, -0.019409096021035133, 0.054579751089344444, 0.061420248910655575, 0.030232018297666557, -0.030232018297666544]],
]

/** The objectives of these, in our words. */
const inTorch: Readonly<Record<string, Objective>> = {
  plain: {},
  sampleWeights: { sampleWeights: [1, 2, 0.5, 3] },
  classWeights: { classWeights: [3, 0.5] },
  balanced: { classWeights: 'balanced' },
  l1: { l1: 0.03 },
  l2: { l2: 0.07 },
  labelSmoothing: { labelSmoothing: 0.2 },
  'labelSmoothing sigmoid': { labelSmoothing: 0.2 },
  all: { sampleWeights: [1, 2, 0.5, 3], classWeights: [3, 0.5], l1: 0.03, l2: 0.07, labelSmoothing: 0.2 },
}

/** The objective by its formula, from losses of single rows. */
function byFormula(network: Network, { l1 = 0, l2 = 0, labelSmoothing = 0, ...weights }: Objective): number {
  const { sampleWeights = labels.map(() => 1), classWeights = [1, 1, 1] } = weights
  const balanced = [1, 1, 1] // 6 rows, 3 classes of 2 each
  const byClass = classWeights === 'balanced' ? balanced : classWeights
  const w = labels.map((label, i) => (sampleWeights[i] as number) * (byClass[label] as number))
  const sum = w.reduce((total, one) => total + one, 0)
  const isSoftmax = network.layers.at(-1)?.activation === 'softmax'
  const middle = isSoftmax ? 1 / 3 : 1 / 2
  const rows = labels.map((_, i) => {
    const row = (targets[i] as number[]).map((t) => (1 - labelSmoothing) * t + labelSmoothing * middle)
    return network.loss([inputs[i] as number[]], [row])
  })
  const W = network.layers.flatMap((layer) => layer.weights.toArray().flat())
  const size = W.reduce((total, one) => total + Math.abs(one), 0)
  const square = W.reduce((total, one) => total + one * one, 0)
  return rows.reduce((total, E, i) => total + ((w[i] as number) * E) / sum, 0) + l1 * size + 0.5 * l2 * square
}

describe.each(kernelNames)('with the %s kernels', (kernels) => {
  const outputs: Partial<NetworkOptions>[] = [
    { outputActivation: 'softmax', loss: 'categoricalCrossEntropy' },
    { outputActivation: 'sigmoid', loss: 'binaryCrossEntropy' },
    { outputActivation: 'sigmoid', loss: 'squaredError' },
  ]
  const cases = outputs.flatMap((output) => objectives.map(([name, objective]) => ({ name, output, objective })))

  test.each(cases)('loss, gradients and train speak of the objective of the formula: $name, $output.loss', (one) => {
    const { output, objective } = one
    for (const dtype of ['float64', 'float32'] as const) {
      const network = build({ layers: [3, 5, 3], kernels, dtype, ...output })
      const loss = network.loss(inputs, targets, objective)
      // six losses and some 30 weights are added up: a few roundings, of 1e-16 and of 6e-8
      expect(errorOf([loss], [byFormula(network, objective)])).toBeLessThan(dtype === 'float64' ? 1e-14 : 2e-6)
      expect(network.gradients(inputs, targets, objective).loss).toBe(loss)
      expect(network.train(inputs, targets, objective)).toBe(loss)
    }
  })

  test('an objective without terms is the plain loss, to the bit', () => {
    const network = build({ layers: [3, 5, 3], kernels, dtype: 'float32' })
    for (const objective of [{}, { l1: 0, l2: 0, labelSmoothing: 0 }]) {
      expect(network.loss(inputs, targets, objective)).toBe(network.loss(inputs, targets))
      expect(network.gradients(inputs, targets, objective)).toEqual(network.gradients(inputs, targets))
    }
  })

  test('the objective of many rows comes in blocks as in one', () => {
    const network = build({ layers: [3, 5, 3], kernels })
    const many = Array.from({ length: 110 }, () => inputs).flat()
    const manyTargets = Array.from({ length: 110 }, () => targets).flat()
    const sampleWeights = Array.from({ length: 110 }, () => terms.sampleWeights.sampleWeights).flat()
    const objective = { l1: 0.03, l2: 0.07, classWeights: [1, 3, 0.5] }
    const few = network.gradients(inputs, targets, { ...objective, ...terms.sampleWeights })
    const blocks = network.gradients(many, manyTargets, { ...objective, sampleWeights })
    // sums of 660 numbers in another order: a hundred roundings of 1e-16 at the worst
    expect(errorOf([blocks.loss], [few.loss])).toBeLessThan(1e-14)
    expect(errorOf(numbersOf(blocks), numbersOf(few))).toBeLessThan(1e-14)
  })

  test.each(golden)('%s is as PyTorch computes it', (name, loss, gradients) => {
    const output = name === 'labelSmoothing sigmoid' ? outputs[1] : outputs[0]
    const network = new Network({ layers: [2, 3, 2], activation: 'tanh', dtype: 'float64', kernels, ...output })
    writeNumbers(
      network,
      [0.1, -0.2, 0.3, 0.4, 0.25, -0.15, 0.05, -0.1, 0.2, 0.3, -0.6, -0.45, 0.2, 0.7, 0.1, -0.05, 0.15],
    )
    const X = [[0.5, -1], [0.25, 0.75], [-0.5, 0.125], [1, 0.5]] // biome-ignore format: a table
    const T = [[1, 0], [0, 1], [0, 1], [0, 1]] // biome-ignore format: a table
    const mine = network.gradients(X, T, inTorch[name] as Objective)
    expect(errorOf([mine.loss], [loss])).toBeLessThan(1e-9)
    expect(errorOf(numbersOf(mine), gradients)).toBeLessThan(1e-9)
  })
})
