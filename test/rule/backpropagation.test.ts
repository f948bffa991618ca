import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { kernelSets } from '../../src/kernels/table.ts'
import { Network } from '../../src/network/network.ts'
import { kernelNames } from '../kernels/available.ts'

// Nothing of src/ gives an expected value here: the rule is written out in the lecture note's notation, in plain loops.

type Rows = number[][]

const times = (a: Rows, b: Rows): Rows =>
  a.map((row) =>
    (b[0] as number[]).map((_, j) => row.reduce((sum, x, k) => sum + x * ((b[k] as number[])[j] as number), 0)),
  )
const turned = (a: Rows): Rows => (a[0] as number[]).map((_, j) => a.map((row) => row[j] as number))
const each = (a: Rows, b: Rows, f: (x: number, y: number) => number): Rows =>
  a.map((row, i) => row.map((x, j) => f(x, (b[i] as number[])[j] as number)))
const plusRow = (a: Rows, b: Rows): Rows => a.map((row) => row.map((x, j) => x + ((b[0] as number[])[j] as number)))
const scaled = (a: Rows, factor: number): Rows => a.map((row) => row.map((x) => factor * x))
const columnSums = (a: Rows): Rows => [
  (a[0] as number[]).map((_, j) => a.reduce((sum, row) => sum + (row[j] as number), 0)),
]
const sigmoid = (Z: Rows): Rows => Z.map((row) => row.map((z) => 1 / (1 + Math.exp(-z))))
const minus = (a: Rows, b: Rows) => each(a, b, (x, y) => x - y)
const slopes = (loss: Rows, A: Rows) => each(loss, A, (x, a) => x * a * (1 - a))

interface Parameters {
  W: Rows
  b: Rows
}

/** The gradients of a sigmoid network of any depth under the squared error; every loss_l before every update. */
function ruleOf(X: Rows, T: Rows, parameters: Parameters[]) {
  const A = [X]
  for (const { W, b } of parameters) A.push(sigmoid(plusRow(times(A.at(-1) as Rows, W), b)))
  const output = A.at(-1) as Rows
  const losses: Rows[] = [slopes(minus(output, T), output)]
  for (let l = parameters.length - 1; l > 0; l--) {
    losses.unshift(slopes(times(losses[0] as Rows, turned((parameters[l] as Parameters).W)), A[l] as Rows))
  }
  const m = X.length
  return {
    loss:
      minus(output, T)
        .flat()
        .reduce((sum, d) => sum + 0.5 * d * d, 0) / m,
    gradients: losses.map((loss, l) => ({
      W: scaled(times(turned(A[l] as Rows), loss), 1 / m),
      b: scaled(columnSums(loss), 1 / m),
    })),
  }
}

/** Numbers in ±1 that need no generator. */
const table = (rows: number, columns: number, salt: number): Rows =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Math.fround(Math.sin(salt + 12.9898 * i + 78.233 * j + i * j))),
  )
const between0And1 = (rows: Rows) => rows.map((row) => row.map((x) => Math.fround(0.5 + x / 2)))

function build(layers: number[], options: { dtype: 'float32' | 'float64'; kernels: keyof typeof kernelSets }) {
  const network = new Network({ layers, learningRate: 0.5, seed: 3, ...options })
  network.layers.forEach(({ biases }, l) => {
    biases.assign(table(1, biases.columns, l))
  })
  return network
}

const parametersOf = (network: Network): Parameters[] =>
  network.layers.map(({ weights, biases }) => ({ W: weights.toArray(), b: biases.toArray() }))

/** max |x − r| over max |r|, both over the whole tensor. */
function errorOf(x: Rows, r: Rows): number {
  expect(x.map((row) => row.length)).toEqual(r.map((row) => row.length))
  const difference = Math.max(...minus(x, r).flat().map(Math.abs))
  return difference === 0 ? 0 : difference / Math.max(...r.flat().map(Math.abs))
}

// Sums of at most 6 products and a sigmoid through at most four layers: each rounding is half an ulp of the largest
// element, and a few tens of them meet in one number. 64 ulp leave a factor of about 3 over what was seen.
const bounds = { float64: 64 * 2 ** -53, float32: 64 * 2 ** -24 } as const

describe.each(kernelNames)('%s kernels', (kernels) => {
  describe.each(['float64', 'float32'] as const)('%s', (dtype) => {
    test.each([1, 5])('train on %i rows is the rule of the lecture note, to the letter', (rows) => {
      const network = build([3, 4, 2], { dtype, kernels })
      const [A1, T] = [table(rows, 3, 1), between0And1(table(rows, 2, 2))]
      const [first, second] = parametersOf(network) as [Parameters, Parameters]
      const [W2, b2, W3, b3] = [first.W, first.b, second.W, second.b]
      const Z2 = plusRow(times(A1, W2), b2)
      const A2 = sigmoid(Z2)
      const Z3 = plusRow(times(A2, W3), b3)
      const A3 = sigmoid(Z3)
      const loss_3 = each(minus(A3, T), A3, (d, a) => d * a * (1 - a))
      const loss_2 = each(times(loss_3, turned(W3)), A2, (x, a) => x * a * (1 - a))
      const step = -0.5 / rows
      const expected = [
        each(W2, scaled(times(turned(A1), loss_2), step), (w, d) => w + d),
        each(b2, scaled(columnSums(loss_2), step), (w, d) => w + d),
        each(W3, scaled(times(turned(A2), loss_3), step), (w, d) => w + d),
        each(b3, scaled(columnSums(loss_3), step), (w, d) => w + d),
      ]
      const loss = network.train(A1, T)
      const got = parametersOf(network).flatMap(({ W, b }) => [W, b])
      expected.forEach((tensor, k) => {
        expect(errorOf(got[k] as Rows, tensor)).toBeLessThanOrEqual(bounds[dtype])
      })
      expect(errorOf([[loss]], [[ruleOf(A1, T, [first, second]).loss]])).toBeLessThanOrEqual(bounds[dtype])
    })

    test.each([
      ['no hidden layer', [3, 2]],
      ['one unit', [1, 1]],
      ['three hidden layers', [3, 4, 5, 3, 2]],
    ])('gradients and one step with %s are those of the rule', (_, layers) => {
      const network = build(layers, { dtype, kernels })
      const [X, T] = [table(6, layers[0] as number, 1), between0And1(table(6, layers.at(-1) as number, 2))]
      const before = parametersOf(network)
      const { loss, gradients } = ruleOf(X, T, before)
      const found = network.gradients(X, T)
      expect(parametersOf(network)).toEqual(before)
      expect(errorOf([[network.train(X, T)]], [[loss]])).toBeLessThanOrEqual(bounds[dtype])
      gradients.forEach(({ W, b }, l) => {
        const layer = found.layers[l] as (typeof found.layers)[number]
        // the gradient is a difference of numbers near 1: its rounding errors count against those
        expect(errorOf(layer.weights.toArray(), W)).toBeLessThanOrEqual(8 * bounds[dtype])
        expect(errorOf(layer.biases.toArray(), b)).toBeLessThanOrEqual(8 * bounds[dtype])
        const [was, is] = [before[l] as Parameters, parametersOf(network)[l] as Parameters]
        expect(
          errorOf(
            is.W,
            each(was.W, W, (w, d) => w - 0.5 * d),
          ),
        ).toBeLessThanOrEqual(bounds[dtype])
        expect(
          errorOf(
            is.b,
            each(was.b, b, (w, d) => w - 0.5 * d),
          ),
        ).toBeLessThanOrEqual(bounds[dtype])
      })
    })

    // 16 times the bound above: sums over as many as 700 rows, of which rounding errors grow like the square root
    test.each([255, 256, 257, 512, 700])(
      'a batch of %i rows, more than a block or not, is one mean over all rows',
      (rows) => {
        const network = build([3, 4, 2], { dtype, kernels })
        const [X, T] = [table(rows, 3, 1), between0And1(table(rows, 2, 2))]
        const { loss, gradients } = ruleOf(X, T, parametersOf(network))
        const found = network.gradients(X, T)
        expect(errorOf([[found.loss]], [[loss]])).toBeLessThanOrEqual(16 * bounds[dtype])
        expect(network.loss(X, T)).toBe(found.loss)
        gradients.forEach(({ W, b }, l) => {
          expect(errorOf(found.layers[l]?.weights.toArray() as Rows, W)).toBeLessThanOrEqual(16 * bounds[dtype])
          expect(errorOf(found.layers[l]?.biases.toArray() as Rows, b)).toBeLessThanOrEqual(16 * bounds[dtype])
        })
      },
    )

    test('the gradients of a step leave nothing behind in those of the next', () => {
      const network = build([3, 4, 2], { dtype, kernels })
      const [X, T] = [table(300, 3, 1), between0And1(table(300, 2, 2))]
      const alone = network.gradients(X.slice(0, 2), T.slice(0, 2))
      network.gradients(X, T)
      const again = network.gradients(X.slice(0, 2), T.slice(0, 2))
      expect(again).toEqual(alone)
    })
  })

  test('layers so wide that a block holds fewer than 256 rows give the same gradients', () => {
    const network = build([1, 20_000, 1], { dtype: 'float64', kernels })
    expect(Number(/blocks of (\d+) rows/.exec(network.summary())?.[1])).toBeLessThan(100)
    const [X, T] = [table(72, 1, 1), between0And1(table(72, 1, 2))]
    const { loss, gradients } = ruleOf(X, T, parametersOf(network))
    const found = network.gradients(X, T)
    // sums of 20,000 products: the square root of so many roundings, with the factor of 3 of the bounds above
    expect(errorOf([[found.loss]], [[loss]])).toBeLessThanOrEqual(400 * 2 ** -53)
    expect(errorOf(found.layers[0]?.weights.toArray() as Rows, gradients[0]?.W as Rows)).toBeLessThanOrEqual(
      400 * 2 ** -53,
    )
    expect(errorOf(found.layers[1]?.biases.toArray() as Rows, gradients[1]?.b as Rows)).toBeLessThanOrEqual(
      400 * 2 ** -53,
    )
  })

  test('the gradients of any network on any rows are those of the rule', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 99 }), (layers, rows, salt) => {
        const network = build(layers, { dtype: 'float64', kernels })
        const [X, T] = [
          table(rows, layers[0] as number, salt),
          between0And1(table(rows, layers.at(-1) as number, salt + 1)),
        ]
        const { gradients } = ruleOf(X, T, parametersOf(network))
        const found = network.gradients(X, T)
        gradients.forEach(({ W, b }, l) => {
          // 1e-12: two orders above the bound for one shape, for rows whose gradients nearly cancel
          expect(errorOf(found.layers[l]?.weights.toArray() as Rows, W)).toBeLessThanOrEqual(1e-12)
          expect(errorOf(found.layers[l]?.biases.toArray() as Rows, b)).toBeLessThanOrEqual(1e-12)
        })
      }),
      { seed: 1, numRuns: 60 },
    )
  })
})
