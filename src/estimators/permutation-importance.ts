import { checkInteger, checkOptions } from '../errors.ts'
import { isArrayLike } from '../matrix/rows.ts'
import { drawSeed, Generator } from '../random/generator.ts'
import { permutation } from '../random/permutation.ts'
import { type TableRow, type TableRows, viewTable } from '../tables/rows.ts'
import { otherWork } from '../training/turn.ts'
import type { ColumnReport } from './estimator.ts'
import type { FitRequest, ScoreRequest } from './options.ts'
import { spreadOf } from './spread.ts'
import { arraysOf } from './subset.ts'
import { partArguments, type Targets } from './target-cells.ts'

/** How importance is measured. */
export interface ImportanceOptions extends Pick<FitRequest, 'target' | 'sampleWeights'> {
  /** how often each column is shuffled (5) */
  readonly repeats?: number
  /** from which the orders follow; drawn where none is given */
  readonly seed?: number
}

/** How much a model needs a column. */
export interface ColumnImportance {
  /** its name, or its place */
  readonly column: string
  /** the mean of `scores` */
  readonly mean: number
  /** their standard deviation (of the population) */
  readonly std: number
  /** by how much the score falls, each time that the column is shuffled */
  readonly scores: number[]
}

/** What is measured: Classifier and Regressor are such. */
export interface Scored {
  /** what was done with each column */
  readonly columns: readonly ColumnReport[]
  /** how good it is for rows, the greater the better */
  readonly score: (rows: TableRows, targets?: Targets | ScoreRequest, options?: ScoreRequest) => number
}

const WHERE = 'permutationImportance'

/**
 * How much a fitted model needs each column: by how much its score falls where the column's cells are shuffled among rows.
 *
 *     importance(column) = score(rows) − mean over repeats of score(rows with the column shuffled)
 *
 * Use rows that the model was not trained on. Of two columns that say the same, either seems unimportant.
 *
 * @param model a fitted classifier or regressor
 * @param rows as of score, at least 2
 * @param targets `{ target, repeats, seed }`, or the targets themselves; those of fit where none are named
 * @param options the options, where targets are the third argument
 * @returns the columns that the model uses, the most important first
 * @see Breiman, "Random forests", 2001, section 10; scikit-learn, `sklearn.inspection.permutation_importance`
 * @example
 * import { Classifier, permutationImportance } from 'bp-net'
 * const rows = Array.from({ length: 60 }, (_, i) => ({ x: Math.sin(i), noise: Math.cos(7 * i * i), up: Math.sin(i) > 0 }))
 * const model = await new Classifier({ seed: 1 }).fit(rows, { target: 'up' })
 * const [first] = await permutationImportance(model, rows, { target: 'up', seed: 1 })
 * console.log(first?.column) // x
 */
export async function permutationImportance(
  model: Scored,
  rows: TableRows,
  targets?: Targets | ImportanceOptions,
  options?: ImportanceOptions,
): Promise<ColumnImportance[]> {
  const { beside, own } = partArguments<ImportanceOptions>(targets, options)
  const { repeats = 5, seed = drawSeed(), ...scoring } = readImportance(own)
  const table = arraysOf(viewTable(WHERE, rows), rows)
  checkInteger(WHERE, 'the number of rows', table.length, 2)
  const score = (of: readonly TableRow[]) =>
    beside === undefined ? model.score(of, scoring) : model.score(of, beside, scoring)
  const random = new Generator(seed)
  const baseline = score(table)
  const measured: ColumnImportance[] = []
  for (const { name, kind } of model.columns) {
    if (kind === 'ignore') continue
    const scores: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = permutation(table.length, random)
      const shuffled = table.map((row, i) => withCell(row, name, table[order[i] as number] as TableRow))
      scores.push(baseline - score(shuffled))
      await otherWork()
    }
    measured.push({ column: name, ...spreadOf(scores), scores })
  }
  return measured.sort((a, b) => b.mean - a.mean)
}

function readImportance(options: ImportanceOptions): ImportanceOptions {
  checkOptions(WHERE, options, ['target', 'sampleWeights', 'repeats', 'seed'])
  if (options.repeats !== undefined) checkInteger(WHERE, 'repeats', options.repeats, 1)
  if (options.seed !== undefined) checkInteger(WHERE, 'seed', options.seed, 0)
  return options
}

/** A copy of a row with the cell of another. */
function withCell(row: TableRow, name: string, other: TableRow): TableRow {
  if (isArrayLike(row))
    return Array.from(row, (cell, j) => (String(j) === name ? (other as ArrayLike<unknown>)[j] : cell))
  return { ...row, [name]: Object.hasOwn(other, name) ? (other as Readonly<Record<string, unknown>>)[name] : undefined }
}
