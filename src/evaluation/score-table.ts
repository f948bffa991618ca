import type { Label } from './labels.ts'
import type { Scores } from './scores.ts'

/** A line of the table: its heading and its cells (precision, recall, F₁, support). */
type Line = readonly [heading: string, cells: readonly string[]]

const HEADERS = ['precision', 'recall', 'f1-score', 'support']

/** The line of some scores. */
export function lineOf(heading: Label, { precision, recall, f1, support }: Scores): Line {
  return [String(heading), [...[precision, recall, f1].map(twoDecimals), supportText(support)]]
}

/** A table in the form of scikit-learn's `classification_report`: one line each, then the averages below an empty line. */
export function scoreTable(lines: readonly Line[], averages: readonly Line[]): string {
  const width = Math.max('weighted avg'.length, ...lines.map(([heading]) => heading.length))
  const print = ([heading, cells]: Line) =>
    `${heading.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join('')}`
  return [print(['', HEADERS]), '', ...lines.map(print), '', ...averages.map(print)].join('\n')
}

/** A whole support as it is, as that of unweighted rows; else two decimals. */
export function supportText(support: number): string {
  return Number.isInteger(support) ? String(support) : twoDecimals(support)
}

/** Two decimals; a number in the middle between two, which is an odd number of eighths, goes to the even one, as in Python. */
export function twoDecimals(value: number): string {
  const isMiddle = Math.abs((value * 8) % 2) === 1
  const below = Math.floor(value * 100)
  return (isMiddle && below % 2 === 0 ? below / 100 : value).toFixed(2)
}
