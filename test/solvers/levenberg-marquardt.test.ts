import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drain } from '../../src/matrix/pauses.ts'
import { factorize, solveFactorized } from '../../src/solvers/cholesky.ts'
import { levenbergMarquardt } from '../../src/solvers/levenberg-marquardt.ts'
import { rosenbrock, settings, squares, trace } from './functions.ts'

const solve = (problem: Parameters<typeof levenbergMarquardt.solve>[0], start: number[], own = settings) =>
  trace(levenbergMarquardt.solve(problem, Float64Array.from(start), own))

test("Rosenbrock's valley, as squares, is followed to its end in no more than 30 evaluations", () => {
  const problem = squares(2, rosenbrock.residuals, rosenbrock.jacobian) // MINPACK takes 21
  const { end, last } = solve(problem, [-1.2, 1])
  expect(end).toBe('converged')
  expect(last.x[0]).toBeCloseTo(1, 8)
  expect(last.x[1]).toBeCloseTo(1, 8)
  expect(problem.asked + 1).toBe(last.evaluations) // the start is asked for with its Jacobian
  expect(last.evaluations).toBeLessThanOrEqual(30)
})

describe('certified fits of NIST (Statistical Reference Datasets)', () => {
  /** Misra1a: y = b1·(1 − e^(−b2·x)). */
  const misra1a = [
    [10.07, 77.6],
    [14.73, 114.9],
    [17.94, 141.1],
    [23.93, 190.8],
    [29.61, 239.9],
    [35.18, 289.0],
    [40.02, 332.8],
    [44.82, 378.4],
    [50.76, 434.8],
    [55.05, 477.3],
    [61.01, 536.8],
    [66.4, 593.1],
    [75.47, 689.1],
    [81.78, 760.0],
  ]

  test.each([
    [500, 0.0001],
    [250, 0.0005],
  ])('Misra1a from (%f, %f)', (...start) => {
    const problem = squares(
      2,
      ([b1 = 0, b2 = 0]) => misra1a.map(([y = 0, x = 0]) => b1 * (1 - Math.exp(-b2 * x)) - y),
      ([b1 = 0, b2 = 0]) => misra1a.map(([, x = 0]) => [1 - Math.exp(-b2 * x), b1 * x * Math.exp(-b2 * x)]),
    )
    const { last } = solve(problem, start, { ...settings, tolerance: 1e-14 })
    expect(2 * last.value).toBeCloseTo(1.2455138894e-1, 9) // certified to 11 digits
    expect((last.x[0] as number) / 2.3894212918e2).toBeCloseTo(1, 7)
    expect((last.x[1] as number) / 5.5015643181e-4).toBeCloseTo(1, 7)
  })
})

test('a line through points is found in three steps, while μ falls', () => {
  const xs = [0, 1, 2, 3]
  const problem = squares(
    2,
    ([a = 0, b = 0]) => xs.map((x, i) => a * x + b - ([1, 2, 2, 4][i] as number)),
    () => xs.map((x) => [x, 1]),
  )
  const { end, last, iterates } = solve(problem, [5, -7])
  expect(end).toBe('converged')
  expect(last.x[0]).toBeCloseTo(0.9, 7)
  expect(last.x[1]).toBeCloseTo(0.9, 7)
  expect(iterates.length - 1).toBeLessThanOrEqual(3)
})

test('a parameter without effect stays where it is', () => {
  const problem = squares(
    2,
    ([x = 0]) => [x - 3, 2 * x],
    () => [
      [1, 0],
      [2, 0],
    ],
  )
  const { end, last } = solve(problem, [10, 7])
  expect(end).toBe('converged')
  expect(last.x[0]).toBeCloseTo(0.6, 6) // E is good to 1e-9, and x to its root
  expect(last.x[1]).toBe(7)
})

test('a step that raises the sum, or leads to where there is none, is not taken: μ grows', () => {
  const problem = squares(
    1,
    ([x = 0]) => [x < -2 ? Number.NaN : Math.atan(x)],
    ([x = 0]) => [[1 / (1 + x * x)]],
  )
  const { end, last, iterates } = solve(problem, [3]) // Gauss and Newton's step leads to −9.5
  expect(end).toBe('converged')
  expect(Math.abs(last.x[0] as number)).toBeLessThan(1e-6)
  for (const [k, { value }] of iterates.entries())
    if (k > 0) expect(value).toBeLessThan(iterates[k - 1]?.value as number)
  expect(last.evaluations).toBeGreaterThan(iterates.length) // some steps were tried in vain
  expect(iterates[1]?.damping).toBeGreaterThan(iterates[0]?.damping as number)
})

test('μ falls to a bound above 0, from which it can grow again', () => {
  // each step of Gauss and Newton takes a third off x and lowers E as the model says, for hundreds of iterations
  const problem = squares(
    1,
    ([x = 0]) => [x * x * x],
    ([x = 0]) => [[3 * x * x]],
  )
  const { last, iterates } = solve(problem, [1], { ...settings, tolerance: 0 })
  expect(last.value).toBeLessThan(1e-40)
  expect(iterates.length).toBeGreaterThan(100)
  expect(Math.min(...iterates.map(({ damping = 0 }) => damping))).toBe(1e-30)
})

describe('it ends', () => {
  test('as stalled where the Jacobian is wrong', () => {
    const { end, iterates } = solve(
      squares(
        1,
        ([x = 0]) => [x + 1],
        () => [[-1]],
      ),
      [1],
    )
    expect([end, iterates.length]).toEqual(['stalled', 1])
  })

  test('after maxIterations', () => {
    const problem = squares(2, rosenbrock.residuals, rosenbrock.jacobian)
    const { end, iterates } = solve(problem, [-1.2, 1], { ...settings, maxIterations: 2 })
    expect([end, iterates.length]).toEqual(['maxIterations', 3])
  })

  test('as converged with a tolerance of 0, where rounding hides what is left', () => {
    const problem = squares(
      1,
      ([x = 0]) => [Math.exp(x) - 2, x],
      ([x = 0]) => [[Math.exp(x)], [1]],
    )
    const { end, last } = solve(problem, [2], { ...settings, tolerance: 0 })
    expect(end).toBe('converged')
    // E' = 0: (e^x − 2)·e^x + x = 0
    const x = last.x[0] as number
    expect((Math.exp(x) - 2) * Math.exp(x) + x).toBeCloseTo(0, 7)
  })
})

describe("Cholesky's factor", () => {
  const matrix = fc.integer({ min: 1, max: 12 }).chain((n) =>
    fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    }),
  )

  test('solves what is positive definite', () => {
    fc.assert(
      fc.property(matrix, (B) => {
        const n = B.length
        // BᵀB + 1: eigenvalues from 1 to 1 + n²
        const A = B.map((_, i) =>
          B.map((_, j) => Number(i === j) + B.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0)),
        )
        const x = B.map((_, i) => i - 2)
        const b = A.map((row) => row.reduce((sum, a, j) => sum + a * (x[j] as number), 0))
        const L = Float64Array.from(A.flatMap((row, i) => row.slice(0, i + 1)))
        expect(drain(factorize(L, n))).toBe(true)
        const found = drain(solveFactorized(L, Float64Array.from(b)))
        // rounding of some 12³ operations, times a condition of at most 145
        for (const [i, value] of found.entries()) expect(Math.abs(value - (x[i] as number))).toBeLessThan(1e-10)
      }),
    )
  })

  test.each([
    ['indefinite', [1, 2, 1]],
    ['singular', [1, 1, 1]],
    ['negative', [-1]],
    ['not finite', [1, Number.NaN, 1]],
    ['infinite', [Number.POSITIVE_INFINITY]],
  ])('is refused for a matrix that is %s', (_, triangle) => {
    const size = triangle.length === 1 ? 1 : 2
    expect(drain(factorize(Float64Array.from(triangle), size))).toBe(false)
  })
})
