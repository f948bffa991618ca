import ndarray from 'ndarray'
import { Matrix } from '../matrix/matrix.ts'
import type { ClassPlan } from './class-targets.ts'

/** Outputs (rows×classes) as probabilities in float64, from 0 to 1; those of one class a row sum to 1 to the last bit or so. */
export function probabilitiesOf(plan: ClassPlan, outputs: Matrix): Matrix {
  const { rows, columns } = outputs
  const data = new Float64Array(rows * columns)
  const at = (i: number, k: number) => data[i * columns + k] as number
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let k = 0; k < columns; k++) {
      const p = Math.min(Math.max(outputs.get(i, k), 0), 1)
      data[i * columns + k] = p
      sum += p
    }
    if (plan.kind !== 'class') continue
    // an output activation that gives none above 0 tells nothing
    for (let k = 0; k < columns; k++) data[i * columns + k] = sum === 0 ? 1 / columns : at(i, k) / sum
  }
  return Matrix.wrap(ndarray(data, [rows, columns]))
}
