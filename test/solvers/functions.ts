import type { Problem, SolverEnd, Solving } from '../../src/solvers/solver.ts'
import type { Vector } from '../../src/solvers/vector.ts'

/** A function with its gradient, as solvers ask for it; counts how often. */
export function smooth(
  size: number,
  value: (x: Vector) => number,
  gradient: (x: Vector) => number[],
): Problem & { asked: number } {
  const problem = {
    size,
    asked: 0,
    // biome-ignore lint/correctness/useYield: pure functions need no pauses
    *value(x: Vector) {
      problem.asked++
      return value(x)
    },
    // biome-ignore lint/correctness/useYield: pure functions need no pauses
    *gradientAt(x: Vector) {
      problem.asked++
      return { x, value: value(x), gradient: Float64Array.from(gradient(x)) }
    },
    // biome-ignore lint/correctness/useYield: pure functions need no pauses
    *squaresAt(): Generator<undefined, never> {
      throw new Error('no sum of squares')
    },
  }
  return problem
}

/** ½·Σ r² with J = ∂r/∂x; counts how often residuals alone, and how often Jacobians were asked for. */
export function squares(
  size: number,
  residuals: (x: Vector) => number[],
  jacobian: (x: Vector) => number[][],
): Problem & { asked: number; jacobians: number } {
  const value = (x: Vector) => residuals(x).reduce((sum, r) => sum + 0.5 * r * r, 0)
  const gradient = (x: Vector) => {
    const [r, J] = [residuals(x), jacobian(x)]
    return Array.from({ length: size }, (_, j) =>
      J.reduce((sum, row, i) => sum + (row[j] as number) * (r[i] as number), 0),
    )
  }
  const problem = Object.assign(smooth(size, value, gradient), {
    jacobians: 0,
    *squaresAt(x: Vector) {
      problem.jacobians++
      const J = jacobian(x)
      const H = new Float64Array((size * (size + 1)) / 2)
      for (let i = 0; i < size; i++) {
        for (let j = 0; j <= i; j++) {
          H[(i * (i + 1)) / 2 + j] = J.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0)
        }
      }
      return { x, value: value(x), gradient: Float64Array.from(gradient(x)), H }
    },
  })
  return problem
}

/** Takes a solver to its end: each iterate, the start first, and why it ended. */
export function trace(solving: Solving) {
  const iterates = []
  for (;;) {
    const { done, value } = solving.next()
    if (done === true) return { iterates, end: value as SolverEnd, last: iterates.at(-1) as (typeof iterates)[number] }
    if (value !== undefined) iterates.push(value)
  }
}

export const settings = { maxIterations: 1000, tolerance: 1e-9 }

/** Rosenbrock's valley: the minimum 0 at (1, 1). */
export const rosenbrock = {
  residuals: ([x = 0, y = 0]: Vector) => [10 * (y - x * x), 1 - x],
  jacobian: ([x = 0]: Vector) => [
    [-20 * x, 10],
    [-1, 0],
  ],
}
