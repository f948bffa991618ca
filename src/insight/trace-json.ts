import type { Trace, TraceJSON, TraceMatrix, TraceMatrixJSON, TraceStep, TraceStepJSON } from './trace-step.ts'

/** A trace as plain values: each Matrix becomes an array of rows. */
export function writeJson({ title, loss, rows, step, dropout, given, steps }: Trace): TraceJSON {
  return { title, loss, rows, step, dropout, given: given.map(writeMatrix), steps: steps.map(writeStep) }
}

function writeMatrix(matrix: TraceMatrix): TraceMatrixJSON {
  return { ...matrix, value: matrix.value.toArray() }
}

function writeStep({ before, numerical, ...step }: TraceStep): TraceStepJSON {
  return {
    ...step,
    value: step.value.toArray(),
    ...(before && { before: before.toArray() }),
    ...(numerical && { numerical: numerical.toArray() }),
  }
}
