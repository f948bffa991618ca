import type { View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import { forEach } from '../matrix/view.ts'
import type { Place } from '../network/gradient-check.ts'
import { EPSILON } from '../network/gradient-check.ts'
import type { Difference, Probe } from '../network/probe.ts'
import type { Layer } from '../rule/rule.ts'
import { short } from '../training/number-words.ts'
import type { TraceStep } from './trace-step.ts'

/** A greater part of the largest derivative is a difference, where nothing else explains it. */
const TOLERANCE = 1e-4

/** Where a difference is smaller at a step so much narrower, the width of the step has made it. */
const NARROWER = 64

type Differences = Required<Pick<TraceStep, 'numerical' | 'kinks' | 'distance' | 'differs'>>

/** The steps with the numerical derivatives of the objective beside each gradient, where that is complete. */
export function withDifferences(where: string, steps: readonly TraceStep[], probe: Probe): TraceStep[] {
  const gradients = steps.filter(({ kind }) => gradientKinds.includes(kind))
  const complete = new Map(gradients.map((step) => [step.name, step])) // the last of each name
  if (Number.isFinite(probe.loss())) probe.backprop(where)
  return steps.map((step) => {
    if (complete.get(step.name) !== step) return step
    const { W, dW, b, db } = probe.layers[step.layer as number] as Layer
    return {
      ...step,
      ...(step.name.startsWith('dW') ? differ(probe, step.value, W, dW) : differ(probe, step.value, b, db)),
    }
  })
}

/** What writes gradients of the objective; weight decay is the optimizer's, and no part of it. */
const gradientKinds: readonly string[] = ['weightGradient', 'biasGradient', 'penaltyGradient']

/**
 * The derivatives by a parameter, where they mean nothing, and how far they are from a gradient.
 *
 * @param gradient the same gradient in float64: float32 alone may round by more than the tolerance
 */
function differ(probe: Probe, value: Matrix, parameter: View, gradient: View): Differences {
  const kinks: Pick<Place, 'row' | 'column'>[] = []
  const judged: (Difference & Pick<Place, 'row' | 'column'>)[] = []
  let [distance, largest] = [0, 0]
  const numerical = Matrix.wrap(parameter).map((_, row, column) => {
    const difference = probe.central(parameter, row, column, EPSILON)
    if (difference.kink) kinks.push({ row, column })
    else {
      const sides = [value.get(row, column), difference.value] as const
      distance = Math.max(distance, Math.abs(sides[0] - sides[1])) // which stays NaN
      largest = Math.max(largest, ...sides.map(Math.abs))
      judged.push({ row, column, ...difference })
    }
    return difference.value
  })
  const rounding = roundingOf(probe)
  const isAway = (row: number, column: number, { value, noise }: Difference, epsilon: number) =>
    Math.abs(gradient.get(row, column) - value) > TOLERANCE * largest + noise + rounding / epsilon
  const narrow = EPSILON / NARROWER
  const isWrong = ({ row, column, ...one }: (typeof judged)[number]) =>
    isAway(row, column, one, EPSILON) && isAway(row, column, probe.central(parameter, row, column, narrow), narrow)
  const differs = !Number.isFinite(distance) || (distance > TOLERANCE * largest && judged.some(isWrong))
  return { numerical, kinks, distance, differs }
}

/** What rounding may do to a loss that is itself a difference of numbers as large as Z, as ln Σe^z − z is: some units of it. */
function roundingOf({ layers }: Probe): number {
  const { Z } = layers.at(-1) as Layer
  let largest = 0
  forEach(Z, (i, j) => {
    largest = Math.max(largest, Math.abs(Z.get(i, j)))
  })
  return 32 * Number.EPSILON * largest
}

/** How far a gradient is from its numerical derivative, in words; kinks aside. */
export function wordDifference({
  distance = 0,
  differs = false,
  kinks = [],
}: Pick<TraceStep, 'distance' | 'differs' | 'kinks'>): string {
  const others = kinks.length === 0 ? '' : `, ${kinks.length} at kinks aside`
  if (differs) return `DIFFERS by up to ${short(distance)}${others}`
  return `${distance === 0 ? 'the same' : `at most ${short(distance)} away`}${others}`
}
