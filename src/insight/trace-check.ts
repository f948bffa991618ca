import type { View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Place } from '../network/gradient-check.ts'
import { EPSILON } from '../network/gradient-check.ts'
import type { Probe } from '../network/probe.ts'
import type { Layer } from '../rule/rule.ts'
import type { TraceStep } from './trace-step.ts'

/** The steps with the numerical derivatives of the objective beside each gradient, where that is complete. */
export function withDifferences(steps: readonly TraceStep[], probe: Probe): TraceStep[] {
  const gradients = steps.filter(({ kind }) => gradientKinds.includes(kind))
  const complete = new Map(gradients.map((step) => [step.name, step])) // the last of each name
  return steps.map((step) => {
    if (complete.get(step.name) !== step) return step
    const layer = probe.layers[step.layer as number] as Layer
    return { ...step, ...differencesBy(probe, step.name.startsWith('dW') ? layer.W : layer.b) }
  })
}

/** What writes gradients of the objective; weight decay is the optimizer's, and no part of it. */
const gradientKinds: readonly string[] = ['weightGradient', 'biasGradient', 'penaltyGradient']

/** The derivatives by a parameter, and where they mean nothing. */
function differencesBy(probe: Probe, parameter: View): Required<Pick<TraceStep, 'numerical' | 'kinks'>> {
  const kinks: Pick<Place, 'row' | 'column'>[] = []
  const numerical = Matrix.wrap(parameter).map((_, row, column) => {
    const { value, kink } = probe.central(parameter, row, column, EPSILON)
    if (kink) kinks.push({ row, column })
    return value
  })
  return { numerical, kinks }
}

/** How far a gradient is from its numerical derivative, in words; kinks aside. */
export function wordDifference(value: Matrix, numerical: Matrix, kinks: TraceStep['kinks'] = []): string {
  const aside = new Set(kinks.map(({ row, column }) => row * value.columns + column))
  let greatest = 0
  for (let i = 0; i < value.rows; i++) {
    for (let j = 0; j < value.columns; j++) {
      const difference = Math.abs(value.get(i, j) - numerical.get(i, j))
      if (!aside.has(i * value.columns + j)) greatest = Math.max(greatest, difference) // which stays NaN
    }
  }
  const others = kinks.length === 0 ? '' : `, ${kinks.length} at kinks aside`
  return `at most ${greatest.toExponential(1)} away${others}`
}
