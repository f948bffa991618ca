import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { blasKernels, blasSet } from '../../src/kernels/blas.ts'
import type { Gemm, Library } from '../../src/kernels/blas-library.ts'
import { AS_IT_LIES } from '../../src/kernels/blas-library.ts'
import { findLibrary } from '../../src/kernels/blas-search.ts'
import type { KernelSet } from '../../src/kernels/kernel-set.ts'
import { ndarrayKernels } from '../../src/kernels/ndarray.ts'
import type { Dtype, ElementActivation, Plan, View } from '../../src/kernels/plan.ts'
import { zeros } from '../../src/kernels/plan.ts'
import { chooseKernels } from '../../src/kernels/table.ts'
import { wasmKernels } from '../../src/kernels/wasm.ts'
import { activations } from '../../src/rule/activations.ts'
import { fakeLibrary } from './blas-fake.ts'
import { cellsFor } from './drawn-matrices.ts'

const dtypes = ['float32', 'float64'] as const

/** Half a unit in the last place of 1. */
const UNIT = { float32: 2 ** -24, float64: 2 ** -53 }

/** Node 26 with a BLAS, or another Node, where only what fails can be seen. */
const absent = blasKernels.unavailable?.()

const libraries: [title: string, load: () => Library][] = [
  ['a BLAS in JavaScript', fakeLibrary],
  ...(absent === undefined ? [['the BLAS of this machine', () => findLibrary()] as [string, () => Library]] : []),
]

const size = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65),
)
const setting = fc.record({ m: size, spare: fc.nat(3), k: size, n: size, seed: fc.nat() })
type Setting = typeof setting extends fc.Arbitrary<infer S> ? S : never

const layout = fc.record({
  turned: fc.boolean(),
  backwards: fc.boolean(),
  gap: fc.integer({ min: 1, max: 2 }),
  more: fc.nat(3),
  seed: fc.nat(99),
})
type Layout = typeof layout extends fc.Arbitrary<infer L> ? L : never

function viewOf(dtype: Dtype, rows: number, columns: number, { turned, backwards, gap, more, seed }: Layout): View {
  const [height, width] = turned ? [columns, rows] : [rows, columns]
  const data = zeros(dtype, height * (width * gap + more) + 5)
  for (let i = 0; i < data.length; i++) data[i] = (((i + 1) * (seed + 1)) % 17) - 8
  const view = ndarray(data, [height, width], [width * gap + more, gap], 3)
  const facing = backwards ? view.step(-1, 1) : view
  return turned ? facing.transpose(1, 0) : facing
}

const own: ElementActivation = { name: 'mine', value: (z) => z * z, derivative: (z) => z / 2 }

/** Matrices of one network, filled with numbers from −1 to 1. */
function matrices(kernels: KernelSet, dtype: Dtype, { m, spare, k, n, seed }: Setting) {
  const rows = m + spare
  const shapes: [number, number][] = [
    [rows, k],
    [k, n],
    [1, n],
    [rows, n],
    [rows, n],
    [k, n],
    [rows, k],
    [rows, k],
  ]
  const views = kernels.allocate(dtype, shapes)
  let state = seed + 1
  for (const view of views) {
    const [height, width] = view.shape as [number, number]
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        view.set(i, j, state / 2 ** 31 - 1)
      }
    }
  }
  const [A, W, b, Z, loss, dW, ZBelow, lossBelow] = views as [View, View, View, View, View, View, View, View]
  return { views, A, W, b, Z, loss, dW, ZBelow, lossBelow }
}

type Matrices = ReturnType<typeof matrices>

const plans: Record<string, (matrices: Matrices) => Plan> = {
  affine: ({ A, W, b, Z }) => [{ kind: 'affine', A, W, b, Z }],
  'propagate through tanh': ({ loss, W, ZBelow: Z, A, lossBelow }) => [
    { kind: 'propagate', loss, W, f: activations.tanh as ElementActivation, Z, A, lossBelow },
  ],
  'propagate through identity': ({ loss, W, ZBelow: Z, A, lossBelow }) => [
    { kind: 'propagate', loss, W, f: activations.identity as ElementActivation, Z, A, lossBelow },
  ],
  'propagate through a function of the user': ({ loss, W, ZBelow: Z, A, lossBelow }) => [
    { kind: 'propagate', loss, W, f: own, Z, A, lossBelow },
  ],
  'weightGradient anew': ({ A, loss, dW }) => [{ kind: 'weightGradient', A, loss, dW, mean: 'mean' }],
  'weightGradient added to what was': ({ A, loss, dW }) => [
    { kind: 'weightGradient', A, loss, dW, mean: 'mean', keep: 'keep' },
  ],
  'a step of sgd': ({ A, loss, W, dW }) => [
    { kind: 'weightGradient', A, loss, dW, mean: 'mean' },
    { kind: 'update', parameter: W, gradient: dW, rate: 'rate' },
  ],
  'a plan of several operations': ({ A, W, b, Z, loss, dW, ZBelow, lossBelow }) => [
    { kind: 'affine', A, W, b, Z },
    { kind: 'activate', f: activations.tanh, Z, A: loss },
    { kind: 'weightGradient', A, loss, dW, mean: 'mean' },
    { kind: 'propagate', loss, W, f: activations.tanh as ElementActivation, Z: ZBelow, A, lossBelow },
    { kind: 'update', parameter: W, gradient: dW, rate: 'rate' },
  ],
}

const elements = ({ data, shape, stride, offset }: View): number[][] => {
  const [rows, columns] = shape as [number, number]
  const at = (i: number) => offset + i * (stride[0] as number)
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(at(i), at(i) + columns)))
}

/** What lies between the rows of a matrix, which the kernels read as if it were columns. */
const between = ({ data, shape, stride, offset }: View): number[] => {
  const [rows, columns] = shape as [number, number]
  const gaps = Array.from({ length: rows - 1 }, (_, i) => offset + i * (stride[0] as number))
  return gaps.flatMap((at) => Array.from(data.subarray(at + columns, at + (stride[0] as number))))
}

describe.each(libraries)('with %s for every product', (_title, load) => {
  const kernels = blasSet(load, true)

  describe.each(dtypes)('in %s', (dtype) => {
    test.each(Object.entries(plans))('%s gives what the reference gives, for any number of rows', (_name, planOf) => {
      const check = (drawn: Setting) => {
        const [ours, theirs] = [matrices(kernels, dtype, drawn), matrices(ndarrayKernels, dtype, drawn)]
        kernels.prepare(planOf(ours))(cellsFor(drawn.m))
        ndarrayKernels.prepare(planOf(theirs))(cellsFor(drawn.m))
        // sums of at most 70 + 1 terms between −1 and 1 (a few such sums one after the other, in the last plan)
        const length = Math.max(drawn.m, drawn.k, drawn.n)
        const error = 4 * (length + 16) * length * UNIT[dtype]
        ours.views.forEach((view, v) => {
          const expected = elements(theirs.views[v] as View)
          // no one reads dW after a step
          if (view === ours.dW && planOf(ours).some(({ kind }) => kind === 'update')) return
          elements(view).forEach((row, i) => {
            row.forEach((value, j) => {
              if (!(Math.abs(value - (expected[i]?.[j] as number)) <= error)) {
                expect.fail(`matrix ${v} (${i}, ${j}): ${value} for ${expected[i]?.[j]}`)
              }
            })
          })
          expect(between(view).every((gap) => gap === 0)).toBe(true)
        })
      }
      fc.assert(fc.property(setting, check), { numRuns: 30 })
    })

    test('matrices of any layout are multiplied, where they are if a BLAS can', () => {
      const check = ({ m, k, n }: Setting, [ofA, ofB, ofOut]: [Layout, Layout, Layout]) => {
        const [a, b, out] = [viewOf(dtype, m, k, ofA), viewOf(dtype, k, n, ofB), viewOf(dtype, m, n, ofOut)]
        const untouched = out.data.slice()
        const expected = ndarray(untouched, out.shape, out.stride, out.offset)
        ndarrayKernels.matmul(expected, a, b)
        kernels.matmul(out, a, b)
        // whole numbers: exact in any order; and nothing beside them is written
        expect(out.data).toEqual(untouched)
      }
      fc.assert(fc.property(setting, fc.tuple(layout, layout, layout), check), { numRuns: 60 })
    })
  })
})

describe('the library', () => {
  /** In both types and three forms. */
  const CHECKS = 6
  const run = (kernels: KernelSet, rows: number, width: number, plan = 'affine') => {
    const views = matrices(kernels, 'float32', { m: rows, spare: 0, k: width, n: width, seed: 1 })
    kernels.prepare(plans[plan]?.(views) as Plan)(cellsFor(rows))
  }
  const callsOf = (rows: number, width: number, plan?: string) => {
    const library = fakeLibrary()
    run(
      blasSet(() => library),
      rows,
      width,
      plan,
    )
    return library.calls.length - CHECKS
  }

  test.each(Object.keys(plans).slice(0, -1))(
    'is called for %s where it is worth a call, and for no single row',
    (plan) => {
      expect([callsOf(64, 64, plan), callsOf(16, 16, plan), callsOf(1, 300, plan)]).toEqual([1, 0, 0])
    },
  )

  test('is not called for so few rows that it would rather pack the weights than multiply them', () => {
    expect([callsOf(4, 300), callsOf(8, 300)]).toEqual([0, 1])
  })

  test('multiplies single rows and columns where they are, whatever lies between their numbers', () => {
    const library = fakeLibrary()
    const kernels = blasSet(() => library, true)
    const view = (rows: number, columns: number, down: number, across: number) =>
      ndarray(new Float32Array(600).fill(1), [rows, columns], [down, across])
    const out = view(1, 1, 1, 1)
    kernels.matmul(out, view(1, 90, 1, 5), view(90, 1, 3, 7))
    kernels.matmul(view(20, 20, 20, 1), view(20, 1, 2, 2), view(1, 20, 0, 1))
    expect([out.get(0, 0), library.calls.length - CHECKS]).toEqual([90, 2])
  })

  test('works with one thread, or with as many as were asked for, whoever else uses it', () => {
    const library = fakeLibrary()
    const one = blasSet(() => library)
    const three = one.threads?.('Network', 3) as KernelSet
    library.calls.length = 0
    for (const kernels of [one, three, one]) run(kernels, 64, 64)
    expect(library.calls).toEqual([1, 3, 1])
  })

  test('must have a function for the threads that are asked for', () => {
    const { setThreads: _, ...library } = fakeLibrary()
    const kernels = blasSet(() => library)
    run(kernels, 64, 64)
    expect(() => kernels.threads?.('Network', 2)).toThrow(
      'Network: blasThreads is 2; expected none, since a BLAS in JavaScript has no function that sets them',
    )
  })

  test.each([0, 1.5, -1, Number.NaN, 2 ** 31])('takes no %s threads', (count) => {
    const kernels = blasSet(fakeLibrary)
    expect(() => kernels.threads?.('Network', count)).toThrow(`blasThreads is ${count}; expected a whole number`)
  })

  /** Each changes one argument, by its place: the others reach the right gemm. */
  const change =
    (place: number, to: (argument: number) => number) =>
    (gemm: Gemm): Gemm =>
    (...all) =>
      gemm(...(all.with(place, to(all[place] as number)) as Parameters<Gemm>))
  const faults: [title: string, change: (gemm: Gemm) => Gemm][] = [
    ['adds a little', change(6, (alpha) => alpha * 1.0001)],
    ['forgets what was there', change(11, () => 0)],
    ['does not transpose A', change(1, () => AS_IT_LIES)],
    ['does not transpose B', change(2, () => AS_IT_LIES)],
    ['leaves out a column', change(4, (n) => n - 1)],
    ['writes beyond the last column', change(4, (n) => n + 1)],
    ['does nothing', () => () => {}],
  ]

  test.each(faults)('that %s is refused before it is used', (_title, change) => {
    const blas = blasSet(() => fakeLibrary(change))
    const choose = () => chooseKernels('Network', { kernels: 'blas' }, { wasm: wasmKernels, blas })
    expect(choose).toThrow(
      /^Network: kernels is 'blas', and here it finds a BLAS in JavaScript, which multiplies wrongly/,
    )
    expect(choose).toThrow(/; BP_NET_BLAS=path names another; expected 'auto' or 'wasm'$/)
  })

  test('is never chosen by "auto", nor where the same bits are asked for everywhere', () => {
    const blas = blasSet(fakeLibrary)
    expect(chooseKernels('Network', {}, { blas, wasm: wasmKernels }).name).toBe('wasm')
    expect(() =>
      chooseKernels('Network', { kernels: 'blas', reproducible: true }, { blas, wasm: wasmKernels }),
    ).toThrow("kernels is 'blas', and here it has no reproducible form; expected 'auto' or 'wasm'")
  })
})
