import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KernelSet } from '../../src/kernels/kernel-set.ts'
import type { Dtype, Optimizer, View } from '../../src/kernels/plan.ts'
import { kernelSets } from '../../src/kernels/table.ts'
import { wasmSet } from '../../src/kernels/wasm.ts'
import { Network } from '../../src/network/network.ts'
import { isUsual, overflowOf, usualGradient } from '../../src/training/guard.ts'
import { adagrad, adam, adamw, rmsprop, sgd } from '../../src/training/optimizers.ts'
import { corrections, stateOf, updates } from '../../src/training/updates.ts'
import { binaries, kernelNames } from '../kernels/available.ts'
import { cellsFor } from '../kernels/drawn-matrices.ts'
import { expectFinite } from './failing.ts'

// tiles make no difference to updates
const sets: readonly (readonly [string, KernelSet])[] = [
  ['ndarray', kernelSets.ndarray],
  ...binaries.map((binary) => [`wasm ${binary}`, wasmSet(binary)] as const),
]

const LARGEST = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE }
const SMALLEST = { float32: 2 ** -149, float64: Number.MIN_VALUE }
const LANES = 7

/** Shares of decay whose distance to 1 is of any size, as float32 rounds some of them to 1. */
const share = fc.oneof(
  fc.constantFrom(0, 0.5, 0.9, 0.99, 0.999, 1 - 1e-7, 1 - 8.9e-8, 1 - 3.5e-8, 1 - 2.9e-8, 1 - 1e-12, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }),
)
const epsilon = fc.oneof(fc.constantFrom(1e-20, 1e-10, 1e-8, 1), decimal(-20, 0))
const decay = fc.oneof(
  { arbitrary: fc.constantFrom(0, 0, 0.01, 1), weight: 3 },
  { arbitrary: decimal(-300, 308), weight: 1 },
)
const rate = fc.oneof({ arbitrary: decimal(-6, 6), weight: 2 }, { arbitrary: decimal(-300, 308), weight: 1 })

const optimizer: fc.Arbitrary<Optimizer> = fc.oneof(
  fc
    .tuple(share, fc.boolean(), decay)
    .map(([momentum, nesterov, weightDecay]) => sgd({ momentum, nesterov: nesterov && momentum > 0, weightDecay })),
  decay.map((weightDecay) => sgd({ weightDecay })),
  fc.tuple(epsilon, decay).map(([e, weightDecay]) => adagrad({ epsilon: e, weightDecay })),
  fc.tuple(share, epsilon, decay).map(([kept, e, weightDecay]) => rmsprop({ decay: kept, epsilon: e, weightDecay })),
  fc
    .tuple(share, share, epsilon, decay, fc.boolean())
    .map(([beta1, beta2, e, weightDecay, apart]) => (apart ? adamw : adam)({ beta1, beta2, epsilon: e, weightDecay })),
)

/** 10 to any power between two. */
function decimal(least: number, most: number): fc.Arbitrary<number> {
  return fc.double({ min: least, max: most, noNaN: true }).map((power) => 10 ** power)
}

/** A size of numbers, from 0 to the greatest, that the type holds. */
const sizeOf = (dtype: Dtype) =>
  fc
    .oneof(
      fc.constantFrom(0, 1, LARGEST[dtype], LARGEST[dtype] / 2, Math.sqrt(LARGEST[dtype]), SMALLEST[dtype]),
      decimal(Math.log10(SMALLEST[dtype]), Math.log10(LARGEST[dtype])),
      decimal(-6, 12),
    )
    .map((size) => Math.min(size, LARGEST[dtype]))
    .map((size) => (dtype === 'float32' ? Math.fround(size) : size))

/** Numbers of this size and smaller, of either sign; the first is the greatest. */
const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: LANES, maxLength: LANES })

interface Memory {
  readonly parameter: View
  readonly gradient: View
  readonly state: readonly View[]
}

/** What holds squares, and so nothing below 0. */
const isSquare = (optimizer: Optimizer, k: number) => optimizer.name !== 'sgd' && (k === 1 || !('beta1' in optimizer))

function allocate(kernels: KernelSet, dtype: Dtype, optimizer: Optimizer): Memory {
  const shapes = Array.from({ length: 2 + stateOf(optimizer).length }, () => [1, LANES] as [number, number])
  const [parameter, gradient, ...state] = kernels.allocate(dtype, shapes) as [View, View, ...View[]]
  return { parameter, gradient, state }
}

function fill(view: View, size: number, shares: readonly number[], positive = false): void {
  for (const [j, one] of [1, ...shares.slice(1)].entries()) view.set(0, j, size * (positive ? Math.abs(one) : one))
}

const read = (view: View) => Array.from({ length: LANES }, (_, j) => view.get(0, j))
const largest = (view: View) => Math.max(...read(view).map(Math.abs))

/** The update, ready to run. */
function prepare(kernels: KernelSet, optimizer: Optimizer, memory: Memory, rate: number): (t: number) => void {
  const run = kernels.prepare(updates(optimizer, [memory]))
  return (t) => {
    const [correction1, correction2] = corrections(optimizer, t)
    run({ ...cellsFor(1), rate, correction1, correction2 })
  }
}

/** The sizes with one of them as large as it may be. */
function push(sizes: readonly number[], k: number, dtype: Dtype, isForeseen: (sizes: readonly number[]) => boolean) {
  let [least, most] = [Math.log2(SMALLEST[dtype]), Math.log2(LARGEST[dtype])]
  const at = (power: number) => {
    const size = Math.min(2 ** power, LARGEST[dtype])
    return sizes.with(k, dtype === 'float32' ? Math.fround(size) : size)
  }
  for (let round = 0; round < 60; round++) {
    const middle = (least + most) / 2
    if (isForeseen(at(middle))) most = middle
    else least = middle
  }
  return at(least)
}

const allFinite = ({ parameter, state }: Memory) => [parameter, ...state].flatMap(read).every(Number.isFinite)

describe.each(sets)('on the %s kernels', (_name, kernels) => {
  describe.each(['float32', 'float64'] as const)('in %s', (dtype) => {
    const size = sizeOf(dtype)
    const drawn = fc.record({
      optimizer,
      rate,
      sizes: fc.tuple(size, size, size, size),
      shares: fc.tuple(numbers, numbers, numbers, numbers),
      t: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1e6 })),
    })

    test('an update for which no overflow is foreseen leaves all numbers finite, at the very edge too', () => {
      let taken = 0
      const edge = fc.constantFrom(undefined, 0, 1, 1, 1, 2, 3)
      const property = fc.property(drawn, edge, ({ optimizer, rate, sizes, shares, t }, pushed) => {
        const isForeseen = (of: readonly number[]) => {
          const [parameter = 0, gradient = 0, ...all] = of
          const state = all.slice(0, stateOf(optimizer).length)
          return overflowOf(optimizer, dtype, rate, { parameter, gradient, state }) !== undefined
        }
        const pushedSizes = pushed === undefined ? sizes : push(sizes, pushed, dtype, isForeseen)
        if (isForeseen(pushedSizes)) return
        taken++
        const memory = allocate(kernels, dtype, optimizer)
        for (const [k, view] of [memory.parameter, memory.gradient, ...memory.state].entries()) {
          fill(view, pushedSizes[k] as number, shares[k] as number[], k > 1 && isSquare(optimizer, k - 2))
        }
        prepare(kernels, optimizer, memory, rate)(t)
        expect(allFinite(memory)).toBe(true)
      })
      fc.assert(property, { numRuns: 3000 })
      expect(taken).toBeGreaterThan(1000)
    })

    test('usual gradients leave every parameter finite, wherever it stands, and the state usual', () => {
      let taken = 0
      const share = fc.double({ min: 0, max: 1, noNaN: true })
      const property = fc.property(
        drawn,
        fc.tuple(share, share),
        share,
        ({ optimizer, rate, sizes, shares, t }, full, of) => {
          const memory = allocate(kernels, dtype, optimizer)
          const { parameter, gradient, state } = memory
          const below = usualGradient(optimizer, dtype, rate)
          if (below === 0) return
          fill(parameter, sizes[0], shares[0])
          fill(gradient, of * below, shares[1])
          const most = greatestUsual(optimizer, dtype)
          for (const [k, view] of state.entries()) {
            fill(view, (full[k] as number) * (most[k] as number), shares[k + 2] as number[], isSquare(optimizer, k))
          }
          if (!(largest(gradient) < below) || !isUsual(optimizer, dtype, state.map(largest))) return
          taken++
          prepare(kernels, optimizer, memory, rate)(t)
          expect(allFinite(memory)).toBe(true)
          expect(isUsual(optimizer, dtype, state.map(largest))).toBe(true)
        },
      )
      fc.assert(property, { numRuns: 2000 })
      expect(taken).toBeGreaterThan(300)
    })

    test('so do many steps with gradients just below the bound', () => {
      const property = fc.property(drawn, fc.boolean(), ({ optimizer, rate, sizes, shares }, alternates) => {
        const memory = allocate(kernels, dtype, optimizer)
        const below = usualGradient(optimizer, dtype, rate)
        if (below === 0) return
        const just = dtype === 'float32' ? Math.min(LARGEST.float32, below * (1 - 2 ** -23)) : below * (1 - 2 ** -52)
        fill(memory.parameter, sizes[0], shares[0])
        const step = prepare(kernels, optimizer, memory, rate)
        for (let t = 1; t <= 200; t++) {
          const sign = alternates && t % 2 === 0 ? -1 : 1
          for (let j = 0; j < LANES; j++) memory.gradient.set(0, j, sign * just)
          step(t)
        }
        expect(allFinite(memory)).toBe(true)
        expect(isUsual(optimizer, dtype, memory.state.map(largest))).toBe(true)
      })
      fc.assert(property, { numRuns: 150 })
    })
  })
})

/** The greatest state that is usual, of each matrix, found by halving. */
function greatestUsual(optimizer: Optimizer, dtype: Dtype): number[] {
  const names = stateOf(optimizer)
  return names.map((_, k) => {
    let size = optimizer.name === 'adagrad' ? LARGEST[dtype] * 0.999 : LARGEST[dtype] // its sum grows by each step, up to 2⁴⁰
    while (
      !isUsual(
        optimizer,
        dtype,
        names.map((_, other) => (other === k ? size : 0)),
      )
    )
      size /= 2
    return size
  })
}

describe.each(['float32', 'float64'] as const)('in %s', (dtype) => {
  const ordinary = fc.double({ min: 0, max: 1e6, noNaN: true })
  const ordinaryOptimizers: Optimizer[] = [
    sgd(),
    sgd({ momentum: 0.9 }),
    sgd({ momentum: 0.999, nesterov: true }),
    sgd({ weightDecay: 0.1 }),
    adagrad(),
    rmsprop(),
    rmsprop({ decay: 0.9, epsilon: 1e-15 }),
    adam(),
    adam({ epsilon: 1e-15 }),
    adamw(),
    adamw({ beta1: 0.99, weightDecay: 0.1 }),
  ]

  test('no ordinary step is refused', () => {
    const property = fc.property(
      fc.constantFrom(...ordinaryOptimizers),
      fc.double({ min: 1e-6, max: 10, noNaN: true }),
      fc.tuple(ordinary, ordinary, ordinary, ordinary),
      (optimizer, rate, [parameter, gradient, first, second]) => {
        const state = [first, second].slice(0, stateOf(optimizer).length)
        expect(overflowOf(optimizer, dtype, rate, { parameter, gradient, state })).toBeUndefined()
        expect(isUsual(optimizer, dtype, state)).toBe(true)
      },
    )
    fc.assert(property, { numRuns: 2000 })
  })

  test('an ordinary step needs no look at the parameters, but for a weight decay in the gradients', () => {
    for (const optimizer of ordinaryOptimizers) {
      for (const rate of [1e-6, 0.01, 1, 10]) {
        const decays = optimizer.name === 'sgd' && optimizer.weightDecay > 0
        expect(usualGradient(optimizer, dtype, rate) >= 1e6).toBe(!decays)
      }
    }
  })

  test.each([
    ['gradient', { parameter: 1, gradient: Number.NaN, state: [1, 1] }],
    ['gradient', { parameter: 1, gradient: Number.POSITIVE_INFINITY, state: [1, 1] }],
    ['new value', { parameter: Number.NaN, gradient: 1, state: [1, 1] }],
    ['new value', { parameter: Number.POSITIVE_INFINITY, gradient: 1, state: [1, 1] }],
  ])('a %s that is not finite is no secret: %o', (what, sizes) => {
    for (const optimizer of ordinaryOptimizers) {
      const overflow = overflowOf(optimizer, dtype, 0.1, {
        ...sizes,
        state: sizes.state.slice(0, stateOf(optimizer).length),
      })
      const decays = optimizer.name === 'sgd' && optimizer.weightDecay > 0
      expect(overflow?.what).toBe(decays ? 'the gradient' : `the ${what}`)
    }
  })
})

test.each(kernelNames)(
  'a sum over a batch that overflows is seen, however low the rate, with %s kernels',
  (kernels) => {
    for (const learningRate of [1e-300, 1e-37, 1e-10]) {
      for (const rows of [256, 600]) {
        const network = new Network({
          layers: [1, 1],
          outputActivation: 'identity',
          loss: 'absoluteError',
          learningRate,
          kernels,
          seed: 1,
        })
        network.layers[0]?.weights.set(0, 0, 0.1)
        const inputs = Array.from({ length: rows }, () => [3e38])
        const targets = inputs.map(() => [-1e38])
        try {
          network.train(inputs, targets)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
        expectFinite(network)
      }
    }
  },
)
