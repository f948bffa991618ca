import type { ColumnPlan } from '../tables/column.ts'
import type { Unknown } from '../tables/encoder.ts'
import { some } from '../tables/notes.ts'

/** What to say of cells that are missing where none was in fit, a sentence a column. */
export function gapWarnings(gaps: Readonly<Record<string, number>>): string[] {
  return Object.entries(gaps).map(([name, times]) => {
    const cells = times === 1 ? '1 cell is' : `${times} cells are`
    return `column ${JSON.stringify(name)}: ${cells} missing, unlike those of fit, and filled`
  })
}

/** What to say of texts that fit did not know, a sentence a column. */
export function unknownWarnings(unknown: Unknown, columns: readonly ColumnPlan[]): string[] {
  return Object.entries(unknown).map(([name, texts]) => {
    const times = Object.values(texts).reduce((sum, count) => sum + count, 0)
    const cells = times === 1 ? '1 cell holds' : `${times} cells hold`
    const what = some(new Set(Object.keys(texts)))
    const isCategory = columns.find((plan) => plan.name === name)?.kind === 'category'
    const how = isCategory ? `what fit did not see (${what}); counted` : `no value of its kind (${what}); counted`
    return `column ${JSON.stringify(name)}: ${cells} ${how}, and taken as ${isCategory ? 'none of the known' : 'missing'}`
  })
}
