import { formatCells, shown } from '../matrix/format.ts'
import type { Matrix } from '../matrix/matrix.ts'
import { wordDifference } from './trace-check.ts'
import { headingOf, objectiveOf, sectionsOf, shapesOf, WHOSE } from './trace-sections.ts'
import type { Trace, TraceStep } from './trace-step.ts'

/** A trace as Markdown: headings, formulas as code, matrices as tables. */
export function writeMarkdown(trace: Trace): string {
  const given = trace.given.map(({ name, value }) => table(name, value))
  const sections = sectionsOf(trace).flatMap(({ heading, steps, objective }) => [
    `### ${heading}`,
    ...steps.flatMap(writeStep),
    ...(objective ? [`\`${objectiveOf(trace)}\``] : []),
  ])
  const parts = [
    `## ${headingOf(trace)}`,
    WHOSE.replace(/(\w+_\d|network\S+\])/g, '`$1`'),
    '### Given',
    ...given,
    ...sections,
  ]
  return `${parts.join('\n\n')}\n`
}

function writeStep(step: TraceStep): string[] {
  const { name, formula, value, before, numerical } = step
  const head = `\`${formula}\`<br>${shapesOf(step).replace(/\w+_\w+|\b[Tw]\b/g, '`$&`')}`
  if (numerical !== undefined) {
    return [head, table(name, value), `Numerical, ${wordDifference(step)}:`, table('numerical', numerical)]
  }
  return [head, ...(before === undefined ? [] : [table('before', before)]), table(before ? 'after' : name, value)]
}

/** A matrix with the indices of its rows and columns. */
function table(name: string, matrix: Matrix): string {
  const { rows, columns, ndarray } = matrix
  const index = (k: number, left: string) => (k < 0 ? left : String(k))
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const places = shown(rows)
  return [
    line([name, ...shown(columns).map((j) => index(j, '…'))]),
    `|---|${shown(columns)
      .map(() => '--:|')
      .join('')}`,
    ...formatCells(ndarray).map((cells, k) => line([`**${index(places[k] as number, '⋮')}**`, ...cells])),
  ].join('\n')
}
