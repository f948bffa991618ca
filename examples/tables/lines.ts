import type { ColumnImportance, CrossValidation, Unknown } from 'bp-net'
import { shortNumber } from './html.ts'

/** A score of crossValidate in a line. */
export function crossValidationLine(
  name: string,
  { scores, mean, std }: Pick<CrossValidation<unknown>, 'scores' | 'mean' | 'std'>,
): string {
  return `\n${name} in ${scores.length}-fold cross-validation: ${mean.toFixed(4)} ± ${std.toFixed(4)}`
}

/** A line for each column: how much the score falls when it is shuffled. */
export function importanceLines(score: string, importance: readonly ColumnImportance[]): string {
  const width = Math.max(...importance.map(({ column }) => column.length))
  const lines = importance.map(
    ({ column, mean, std }) => `  ${column.padEnd(width)}  ${mean.toFixed(4).padStart(7)} ± ${std.toFixed(4)}`,
  )
  return [`\nfall of ${score} when a column is shuffled:`, ...lines].join('\n')
}

/** How often each text was met that fit had not seen, a line for each column. */
export function unknownLines(unknown: Unknown): string {
  return Object.entries(unknown)
    .map(([column, texts]) => {
      const counts = Object.entries(texts).map(([text, count]) => `${text} ${shortNumber(count, 15)}×`)
      return `not seen in training, ${column}: ${counts.join(', ')}`
    })
    .join('\n')
}
