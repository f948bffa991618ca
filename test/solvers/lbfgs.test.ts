import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lbfgs } from '../../src/solvers/lbfgs.ts'
import { rosenbrock, settings, smooth, squares, trace } from './functions.ts'

const numbers = (length: number) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: length, maxLength: length })

test("Rosenbrock's valley is followed to its end, from the usual start, in no more than 50 evaluations", () => {
  const problem = squares(2, rosenbrock.residuals, rosenbrock.jacobian) // SciPy's L-BFGS-B takes 47
  const { end, last, iterates } = trace(lbfgs.solve(problem, Float64Array.of(-1.2, 1), settings))
  expect(end).toBe('converged')
  expect(last.x[0]).toBeCloseTo(1, 6)
  expect(last.x[1]).toBeCloseTo(1, 6)
  expect(last.evaluations).toBe(problem.asked)
  expect(problem.asked).toBeLessThanOrEqual(50)
  // every iterate is lower than the one before, which is what the search promises
  for (const [k, { value }] of iterates.entries())
    if (k > 0) expect(value).toBeLessThan(iterates[k - 1]?.value as number)
})

test('a parabola in up to 12 dimensions has its minimum found', () => {
  const parabola = fc.integer({ min: 1, max: 12 }).chain((size) =>
    fc.record({
      start: numbers(size),
      minimum: numbers(size),
      curvatures: fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: size, maxLength: size }),
    }),
  )
  fc.assert(
    fc.property(parabola, ({ start, minimum, curvatures }) => {
      const off = (x: Float64Array) => Array.from(x, (value, i) => value - (minimum[i] as number))
      const value = (x: Float64Array) =>
        1 + off(x).reduce((sum, d, i) => sum + 0.5 * (curvatures[i] as number) * d * d, 0)
      const gradient = (x: Float64Array) => off(x).map((d, i) => (curvatures[i] as number) * d)
      const { end, last } = trace(
        lbfgs.solve(smooth(start.length, value, gradient), Float64Array.from(start), settings),
      )
      expect(end).toBe('converged')
      // an end by a decrease of 1e-9 leaves up to some 1000 times as much in 12 directions
      expect(last.value - 1).toBeLessThan(1e-6)
    }),
  )
})

describe('it ends', () => {
  const bowl = smooth(
    2,
    ([x = 0, y = 0]) => x * x + y * y,
    ([x = 0, y = 0]) => [2 * x, 2 * y],
  )

  test('before the first step where the start is the minimum', () => {
    const { end, iterates } = trace(lbfgs.solve(bowl, new Float64Array(2), settings))
    expect([end, iterates.length, iterates[0]?.evaluations, iterates[0]?.step]).toEqual(['converged', 1, 1, 0])
  })

  test('after maxIterations', () => {
    const problem = squares(2, rosenbrock.residuals, rosenbrock.jacobian)
    const { end, iterates } = trace(lbfgs.solve(problem, Float64Array.of(-1.2, 1), { ...settings, maxIterations: 3 }))
    expect([end, iterates.length]).toEqual(['maxIterations', 4])
  })

  test('as stalled where the gradient is wrong', () => {
    const uphill = smooth(
      1,
      ([x = 0]) => x * x,
      ([x = 0]) => [-2 * x],
    )
    const { end, iterates } = trace(lbfgs.solve(uphill, Float64Array.of(1), settings))
    expect([end, iterates.length]).toEqual(['stalled', 1])
  })

  test('as converged with a tolerance of 0, where rounding hides what is left', () => {
    const offset = smooth(
      2,
      ([x = 0, y = 0]) => 1 + (x - 0.1) ** 2 + 3 * (y + 0.7) ** 2,
      ([x = 0, y = 0]) => [2 * (x - 0.1), 6 * (y + 0.7)],
    )
    const { end, last } = trace(lbfgs.solve(offset, Float64Array.of(3, 4), { ...settings, tolerance: 0 }))
    expect(end).toBe('converged')
    expect(last.value).toBe(1)
  })
})

test('a region where the function has no value is left alone', () => {
  const problem = smooth(
    1,
    ([x = 0]) => x - Math.log(x),
    ([x = 0]) => [1 - 1 / x],
  )
  const { end, last } = trace(lbfgs.solve(problem, Float64Array.of(1e-3), settings))
  expect(end).toBe('converged')
  expect(last.x[0]).toBeCloseTo(1, 4)
})

test('the step of an iterate is the way from the one before', () => {
  const problem = squares(2, rosenbrock.residuals, rosenbrock.jacobian)
  const { iterates } = trace(lbfgs.solve(problem, Float64Array.of(-1.2, 1), settings))
  for (const [k, { x, step }] of iterates.entries()) {
    const before = iterates[k - 1]?.x ?? x
    expect(step).toBeCloseTo(Math.hypot(...x.map((value, i) => value - (before[i] as number))), 12)
  }
})
