import { short } from './trace-operations.ts'
import type { Trace, TraceStep } from './trace-step.ts'

/** A part of a written trace. */
export interface Section {
  readonly heading: string
  readonly steps: readonly TraceStep[]
  /** whether the objective is complete after it */
  readonly objective: boolean
}

/** The step in one line. */
export function headingOf({ step, title, rows, loss }: Trace): string {
  return `Step ${step} of ${title}: ${rows} ${rows === 1 ? 'row' : 'rows'}, E = ${short(loss)}`
}

/** What is said once of all names. */
export const WHOSE = 'A_0 is X, the inputs. W_1, b_1, Z_1, A_1 belong to network.layers[0], and so on.'

const headings: Readonly<Record<TraceStep['pass'], string>> = {
  forward: 'Forward',
  loss: 'Loss',
  backward: 'Backward',
  penalty: 'Penalty',
  update: 'Update',
}

/** The passes of a step, in their order. */
export function sectionsOf({ steps }: Trace): Section[] {
  const passes = [...new Set(steps.map(({ pass }) => pass))]
  const last = passes.includes('penalty') ? 'penalty' : 'loss'
  return passes.map((pass) => ({
    heading: headings[pass],
    steps: steps.filter((step) => step.pass === pass),
    objective: pass === last,
  }))
}

/** E = (1/m)·Σ E_row + … = its value. */
export function objectiveOf({ loss, rows, steps }: Trace): string {
  const penalties = steps.filter(({ kind }) => kind === 'penalty').map(({ name }) => ` + ${name}`)
  return `E = ${rows === 1 ? '' : `(1/${rows})·Σ `}E_row${penalties.join('')} = ${short(loss)}`
}

/** 4×3 from A_0 4×2, W_1 2×3, b_1 1×3 */
export function shapesOf({ shape, reads }: TraceStep): string {
  return `${shape.join('×')} from ${reads.map(({ name, shape }) => `${name} ${shape.join('×')}`).join(', ')}`
}
