import { formatCells } from '../matrix/format.ts'
import type { Matrix } from '../matrix/matrix.ts'
import { wordDifference } from './trace-check.ts'
import { headingOf, objectiveOf, sectionsOf, shapesOf, WHOSE } from './trace-sections.ts'
import type { Trace, TraceStep } from './trace-step.ts'

/** Lines are broken where they would be longer; single matrices and formulas may be. */
const WIDTH = 100
const GAP = '    '

/** A trace for a terminal. */
export function writeText(trace: Trace): string {
  const given = trace.given.map(({ name, shape, value }) => block(`${name}  ${shape.join('×')}`, value))
  const sections = sectionsOf(trace).map(({ heading, steps, objective }) => [
    heading,
    '',
    ...steps.flatMap((step) => [...writeStep(step), '']),
    ...(objective ? [`  ${objectiveOf(trace)}`, ''] : []),
  ])
  const intro = [headingOf(trace), WHOSE]
  const lines = [...intro, '', 'Given', '', ...arrange(given).map(indent), '', ...sections.flat()]
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

function writeStep(step: TraceStep): string[] {
  const formula = breakFormula(step.formula)
  const last = formula.pop() as string
  const shapes = shapesOf(step)
  const fits = last.length + GAP.length + shapes.length <= WIDTH
  const head = [...formula, ...(fits ? [`${last}${GAP}${shapes}`] : [last, `  ${shapes}`])]
  return [...head, ...arrange(blocksOf(step)).map(indent)].map(indent)
}

/** The matrix; beside it what it replaced, or the numerical derivative. */
function blocksOf(step: TraceStep): string[][] {
  const { name, value, before, numerical } = step
  if (numerical !== undefined) {
    return [block(name, value), block(`numerical, ${wordDifference(step)}`, numerical)]
  }
  if (before !== undefined) return [block('before', before), block('after', value)]
  return [rowsOf(value)]
}

/** A second = goes below the first, and what letters stand for on a line of its own where it would be too long. */
function breakFormula(formula: string): string[] {
  const [left, middle, right] = /^([^=,;]+)( = [^=,;]+)( = .*)$/.exec(formula)?.slice(1) ?? []
  if (left === undefined || middle === undefined || right === undefined) return breakLong(formula)
  return [`${left}${middle}`, ...breakLong(`${' '.repeat(left.length)}${right}`)]
}

function breakLong(line: string): string[] {
  if (line.length <= WIDTH) return [line]
  const [first = '', ...rest] = line.split(/(?<=;) |(?<=,) (?=[a-z] = )/)
  return [first, ...rest.map((part) => `    ${part}`)]
}

function block(caption: string, matrix: Matrix): string[] {
  return [caption, ...rowsOf(matrix)]
}

function rowsOf(matrix: Matrix): string[] {
  return formatCells(matrix.ndarray).map((cells) => indent(cells.join('  ')))
}

/** Blocks side by side, as many as a line takes. */
function arrange(blocks: readonly string[][]): string[] {
  const rows: string[][][] = []
  let width = Number.POSITIVE_INFINITY
  for (const block of blocks) {
    const own = widthOf(block) + GAP.length
    width += own
    if (width <= WIDTH) rows.at(-1)?.push(block)
    else {
      rows.push([block])
      width = own
    }
  }
  return rows.flatMap((row, k) => [...(k === 0 ? [] : ['']), ...beside(row)])
}

function beside(blocks: readonly string[][]): string[] {
  const height = Math.max(...blocks.map(({ length }) => length))
  return Array.from({ length: height }, (_, i) =>
    blocks.map((block) => (block[i] ?? '').padEnd(widthOf(block))).join(GAP),
  )
}

function widthOf(block: readonly string[]): number {
  return Math.max(...block.map(({ length }) => length))
}

function indent(line: string): string {
  return `  ${line}`
}
