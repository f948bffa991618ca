import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cells, Operation, View } from '../../src/kernels/plan.ts'
import { sets } from './available.ts'
import type { Setting } from './drawn-matrices.ts'
import { cellsFor, expectNear, matrices, ROUNDINGS, read, setting, sum, UNIT } from './drawn-matrices.ts'

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: negative } = Number

/** What an element becomes, and the size of what was added up for it. */
type Expected = readonly [exact: number, size: number]

/** An operation that changes every element by itself. */
interface Elementwise {
  readonly title: string
  /** its matrices, all of one shape; squares and v are filled with squares, W with many zeros */
  readonly names: readonly string[]
  readonly operation: (views: Readonly<Record<string, View>>) => Operation
  /** of each matrix that it changes, from the elements of all before */
  readonly expected: Readonly<Record<string, (x: Readonly<Record<string, number>>) => Expected>>
}

/** The names of the matrices follow from the fields of the operation and its formulas. */
function elementwise<K extends string>(
  title: string,
  names: readonly K[],
  operation: (views: Record<K, View>) => Operation,
  expected: Partial<Record<K, (x: Record<K, number>) => Expected>>,
): Elementwise {
  return { title, names, operation, expected } as unknown as Elementwise
}

// as cellsFor has them
const [rate, l1, l2, most, factor] = [0.25, 0.5, 0.25, 0.75, 0.375]

const sgd = { name: 'sgd', learningRate: rate, weightDecay: 0, momentum: 0.875 } as const
const ofAdam = { learningRate: rate, weightDecay: 0.125, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const
const velocityOf = ({ velocity, gradient }: Record<'velocity' | 'gradient', number>) => 0.875 * velocity + gradient

type OfAdam = Record<'parameter' | 'gradient' | 'm' | 'v', number>
const firstOf = ({ m, gradient }: OfAdam) => 0.9 * m + (1 - 0.9) * gradient
const secondOf = ({ v, gradient }: OfAdam) => 0.999 * v + (1 - 0.999) * gradient ** 2
const divisorOf = (x: OfAdam) => Math.sqrt(secondOf(x)) / Math.sqrt(0.001) + 1e-8

const adams = (['adam', 'adamw'] as const).map((name) => {
  const kept = name === 'adamw' ? 1 - rate * 0.125 : 1
  return elementwise(
    name,
    ['parameter', 'gradient', 'm', 'v'],
    (views) => ({ kind: 'adam', ...views, rate: 'rate', settings: { name, ...ofAdam } }),
    {
      m: (x) => [firstOf(x), 2],
      v: (x) => [secondOf(x), secondOf(x)],
      parameter: (x) => {
        const sizes = 0.9 * Math.abs(x.m) + 0.1 * Math.abs(x.gradient)
        const step = rate / 0.1 / divisorOf(x)
        return [kept * x.parameter - step * firstOf(x), 2 + step * sizes]
      },
    },
  )
})

const momenta = [false, true].map((nesterov) =>
  elementwise(
    nesterov ? "Nesterov's momentum" : 'momentum',
    ['parameter', 'gradient', 'velocity'],
    (views) => ({ kind: 'momentum', ...views, rate: 'rate', settings: { ...sgd, nesterov } }),
    {
      velocity: (x) => [velocityOf(x), 4],
      parameter: (x) => {
        const direction = nesterov ? x.gradient + 0.875 * velocityOf(x) : velocityOf(x)
        return [x.parameter - rate * direction, 4]
      },
    },
  ),
)

const adaptives = [
  { title: 'AdaGrad', keep: 1, add: 1, epsilon: 1e-10 },
  { title: 'RMSProp', keep: 0.99, add: 1 - 0.99, epsilon: 1e-8 },
].map(({ title, ...settings }) => {
  const squaresOf = (x: { squares: number; gradient: number }) =>
    settings.keep * x.squares + settings.add * x.gradient ** 2
  return elementwise(
    title,
    ['parameter', 'gradient', 'squares'],
    (views) => ({ kind: 'adaptive', ...views, rate: 'rate', settings }),
    {
      squares: (x) => [squaresOf(x), squaresOf(x)],
      parameter: (x) => {
        const step = (rate * x.gradient) / (Math.sqrt(squaresOf(x)) + settings.epsilon)
        return [x.parameter - step, Math.abs(x.parameter) + Math.abs(step)]
      },
    },
  )
})

const cases: readonly Elementwise[] = [
  ...momenta,
  ...adaptives,
  ...adams,
  elementwise(
    'weight decay',
    ['parameter', 'gradient'],
    (views) => ({ kind: 'weightDecay', ...views, weightDecay: 0.125 }),
    { gradient: (x) => [x.gradient + 0.125 * x.parameter, 2] },
  ),
  elementwise(
    'the gradient of the penalties',
    ['W', 'dW'],
    (views) => ({ kind: 'penaltyGradient', ...views, l1: 'l1', l2: 'l2' }),
    { dW: (x) => [x.dW + l1 * Math.sign(x.W) + l2 * x.W, 3] },
  ),
  elementwise('a factor', ['of'], ({ of }) => ({ kind: 'scale', of, factor: 'factor' }), {
    of: (x) => [factor * x.of, 1],
  }),
  elementwise('clipping', ['of'], ({ of }) => ({ kind: 'clip', of, most: 'most' }), {
    of: (x) => [Math.min(Math.max(x.of, -most), most), 0],
  }),
  elementwise('a moving mean', ['of', 'average'], (views) => ({ kind: 'average', ...views, keep: 'keep' }), {
    average: (x) => [0.9375 * x.average + 0.0625 * x.of, 2],
  }),
]

describe.each(sets)('the %s kernels', (_name, kernels) => {
  const run = (operations: readonly Operation[], cells: Cells) => kernels.prepare(operations)(cells)

  describe.each(['float32', 'float64'] as const)('in %s', (dtype) => {
    const unit = UNIT[dtype]
    const property = (check: (drawn: Setting) => void, runs = 12) =>
      fc.assert(fc.property(setting, check), { numRuns: runs })
    /** One matrix with these numbers in its last row, and a place for what becomes of it. */
    const withLast = (numbers: readonly number[], seed = 1) => {
      const { views } = matrices(kernels, dtype, seed, [
        [3, numbers.length + 2],
        [1, 1],
      ])
      const [of, result] = views as [View, View]
      for (const [j, x] of numbers.entries()) of.set(2, j + 2, x)
      return { of, result, last: () => (read(of)[2] as number[]).slice(2) }
    }

    test.each(cases)('do to each element what its formula says: $title', ({ names, operation, expected }) => {
      property(({ k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, Array(names.length).fill([k, n]))
        views.forEach((view, which) => {
          const name = names[which] as string
          const fill = name === 'W' ? (x: number) => Math.round(x) : (x: number) => x ** 2
          if (!['W', 'squares', 'v'].includes(name)) return
          for (let i = 0; i < k; i++) for (let j = 0; j < n; j++) view.set(i, j, fill(view.get(i, j)))
        })
        const before = views.map(read)
        run([operation(Object.fromEntries(names.map((name, which) => [name, views[which] as View])))], {
          ...cellsFor(1),
          keep: 0.9375,
        })
        views.forEach((view, which) => {
          const formula = expected[names[which] as string]
          // a gradient may be spent
          if (formula === undefined && names[which] !== 'gradient') expect(read(view)).toEqual(before[which])
          if (formula === undefined) return
          expectNear(view, k, [], (i, j) => {
            const x = Object.fromEntries(names.map((name, which) => [name, before[which]?.[i]?.[j] as number]))
            const [exact, size] = formula(x)
            return [exact, ROUNDINGS * unit * size]
          })
        })
        checkEdges()
      })
    })

    test('weigh each row of a block by its own number', () => {
      property(({ m, spare, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, 1],
          [m + spare, n],
        ])
        const [weights, of] = views as [View, View]
        const before = read(of)
        run([{ kind: 'weigh', weights, of }], cellsFor(m))
        expectNear(of, m, before, (i, j) => {
          const exact = weights.get(i, 0) * (before[i]?.[j] as number)
          return [exact, unit * Math.abs(exact)]
        })
        checkEdges()
      })
    })

    test('find penalties, norms and the largest size, however many numbers there are', () => {
      property(({ k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [k, n],
          [1, 5],
        ])
        const [of, results] = views as [View, View]
        const place = (j: number) => results.lo(0, j).hi(1, 1)
        const before = read(of)
        const penalise = (cells: Partial<Cells>) => {
          run([{ kind: 'penalty', W: of, l1: 'l1', l2: 'l2', penalty: place(1) }], { ...cellsFor(1), ...cells })
          return results.get(0, 1)
        }
        const both = penalise({})
        const [onlyL1, onlyL2, none] = [penalise({ l2: 0 }), penalise({ l1: 0 }), penalise({ l1: 0, l2: 0 })]
        run(
          [
            { kind: 'norm', of, norm: place(2) },
            { kind: 'largest', of, largest: place(3) },
          ],
          cellsFor(1),
        )
        const all = before.flat()
        const absolute = sum(all.length, (k) => all[k] as number).size
        const squares = sum(all.length, (k) => (all[k] as number) ** 2).exact
        // summed in double precision, so that only the result is rounded; and sums of doubles, two times
        const error = 2 * unit + 2 * all.length * UNIT.float64
        const near = (value: number, exact: number) =>
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(error * exact)
        near(both, l1 * absolute + 0.5 * l2 * squares)
        near(onlyL1, l1 * absolute)
        near(onlyL2, 0.5 * l2 * squares)
        expect(none).toBe(0)
        near(results.get(0, 2), Math.sqrt(squares))
        expect(results.get(0, 3)).toBe(Math.max(...all.map(Math.abs)))
        expect(read(of)).toEqual(before)
        checkEdges()
      })
    })

    test('take the norm of numbers whose squares no float32 holds', () => {
      const { of, result } = withLast([3e30, -4e30])
      run([{ kind: 'norm', of, norm: result }], cellsFor(1))
      expect(Math.abs(result.get(0, 0) - 5e30)).toBeLessThanOrEqual(4 * UNIT.float32 * 5e30)
    })

    test.each([[[nan]], [[infinity, nan]], [[nan, 1, 2, 3, 4, negative]]])(
      'see NaN in %j, in norms, penalties and largest sizes',
      (numbers) => {
        const { of, result } = withLast(numbers)
        const operations: Operation[] = [
          { kind: 'norm', of, norm: result },
          { kind: 'largest', of, largest: result },
          { kind: 'penalty', W: of, l1: 'l1', l2: 'l2', penalty: result },
        ]
        for (const operation of operations) {
          result.set(0, 0, 1)
          run([operation], cellsFor(1))
          expect(result.get(0, 0)).toBeNaN()
        }
      },
    )

    test('see what is infinite, in norms and largest sizes', () => {
      const { of, result } = withLast([1, negative])
      run([{ kind: 'norm', of, norm: result }], cellsFor(1))
      expect(result.get(0, 0)).toBe(infinity)
      run([{ kind: 'largest', of, largest: result }], cellsFor(1))
      expect(result.get(0, 0)).toBe(infinity)
    })

    test('clip what is infinite and leave NaN', () => {
      const { of, last } = withLast([nan, infinity, negative, 0.75, -0.75, 0.5, 0])
      run([{ kind: 'clip', of, most: 'most' }], cellsFor(1))
      expect(last()).toEqual([nan, 0.75, -0.75, 0.75, -0.75, 0.5, 0])
      run([{ kind: 'clip', of, most: 'most' }], { ...cellsFor(1), most: infinity })
      expect(last()).toEqual([nan, 0.75, -0.75, 0.75, -0.75, 0.5, 0])
    })

    test('penalise nothing and change nothing where both λ are 0, whatever W holds', () => {
      const { of: W, result } = withLast([nan, infinity])
      const before = read(W)
      run(
        [
          { kind: 'penalty', W, l1: 'l1', l2: 'l2', penalty: result },
          { kind: 'penaltyGradient', W, dW: W, l1: 'l1', l2: 'l2' },
        ],
        { ...cellsFor(1), l1: 0, l2: 0 },
      )
      expect(result.get(0, 0)).toBe(0)
      expect(read(W)).toEqual(before)
    })

    test('put off no update of a matrix that the same plan reads once more', () => {
      const { views } = matrices(kernels, dtype, 1, [
        [1, 5],
        [5, 7],
        [1, 7],
        [1, 7],
        [5, 7],
        [5, 7],
      ])
      const [A, W, b, Z, dW, average] = views as [View, View, View, View, View, View]
      const plan: Operation[] = [
        { kind: 'affine', A, W, b, Z },
        { kind: 'weightGradient', A, loss: Z, dW, mean: 'mean' },
        { kind: 'update', parameter: W, gradient: dW, rate: 'rate' },
        { kind: 'average', of: W, average, keep: 'keep' },
      ]
      const before = read(W)
      run(plan, { ...cellsFor(1), keep: 0, putOff: 1 })
      expectNear(average, 5, [], (i, j) => {
        const exact = (before[i]?.[j] as number) - rate * A.get(0, i) * Z.get(0, j)
        return [exact, 4 * unit * (2 + 2 * Math.abs(Z.get(0, j)))]
      })
    })
  })
})
