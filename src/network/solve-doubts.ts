import type { Paused } from '../matrix/pauses.ts'
import type { Iterate } from '../solvers/solver.ts'
import type { ParameterProblem } from './parameter-problem.ts'

/** So small a share of the objective to gain is no reason to doubt. */
const SHARE = 1e-6

/** Of a derivative, rounding leaves so much for each unit that its input measures. */
const NOISE = 1e-12

/**
 * Whether there is reason to doubt a minimum: a network of zeros has a lower objective, as where columns of very unlike sizes let
 * it fall by tiny shares only; or λ₂ alone, by which E bends at least so much along every weight of a convex problem, lets the
 * gradient promise more, |∂E/∂W|²/(2λ₂), as where the rows tell nothing of a direction that large columns hide.
 */
export function* isDoubtful(problem: ParameterProblem, { value, gradient }: Iterate): Paused<boolean> {
  const zeros = yield* problem.value(new Float64Array(problem.size))
  if (value > zeros + SHARE * Math.abs(zeros)) return true
  const { l2 } = problem.penalty
  if (l2 === 0) return false
  let sum = 0
  problem.eachWeight((k, input) => {
    const size = (input === undefined ? undefined : problem.units?.reach(input)) ?? 1
    const clear = Math.max(0, Math.abs(gradient[k] as number) - NOISE * (1 + size))
    sum += clear * clear
  })
  return sum / (2 * l2) > SHARE * Math.abs(value)
}
