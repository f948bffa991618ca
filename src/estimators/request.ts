import { checkNumber, checkOptions, Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import { isArrayLike } from '../matrix/rows.ts'
import { fitOptions } from '../network/fit.ts'
import { plainNumber } from '../tables/cells.ts'
import { type TableView, viewTable } from '../tables/rows.ts'
import type { FitRequest } from './options.ts'
import {
  cellsOfColumns,
  isOptions,
  partArguments,
  readTargets,
  type Target,
  type TargetCells,
  targetColumns,
} from './target-cells.ts'

/** What was given to a function that takes rows with their targets. */
export interface Request {
  readonly view: TableView
  /** the columns that are inputs */
  readonly inputs: readonly string[]
  readonly targets: TargetCells
  readonly sampleWeights?: ArrayLike<number>
  readonly options: FitRequest
}

/** The three arguments of a function that takes rows with their targets. */
export type Given = readonly [rows: unknown, second: unknown, third: unknown]

/** The targets of an earlier fit, where none are named now. */
export interface Before {
  readonly names: readonly string[] | undefined
  readonly isSingle: boolean
}

/** Options that belong to the rows at hand. */
const ofRows = ['target', 'sampleWeights', 'classes'] as const

/** All options of an estimator's fit. */
export const requestOptions = [...new Set([...ofRows, ...fitOptions])]

/**
 * Reads `(rows, { target, … })` or `(rows, targets, { … })`.
 *
 * @param known the options that it may have
 * @param before the targets of the fit before, where none are named now
 */
export function readRequest(
  where: string,
  [rows, second, third]: Given,
  known: readonly string[],
  before?: Before,
): Request {
  const view = viewTable(where, rows)
  if (isOptions(second) && third !== undefined) {
    throw typeError(where, 'the third argument', 'none where the second holds options', third)
  }
  const { beside, own } = partArguments<FitRequest>(second, third)
  checkOptions(where, own, known)
  const { sampleWeights, ...options } = own
  const weights = typeof sampleWeights === 'string' ? weightColumn(where, view, sampleWeights) : sampleWeights
  const weighed = typeof sampleWeights === 'string' ? [sampleWeights] : []
  if (weights !== undefined) checkWeights(where, weights, view.rows)
  const { names, targets } = readWhich(where, view, beside, options.target, before)
  const inputs = view.names.filter((name) => !names.includes(name) && !weighed.includes(name))
  return { view, inputs, targets, options, ...(weights === undefined ? {} : { sampleWeights: weights }) }
}

function readWhich(
  where: string,
  view: TableView,
  beside: unknown,
  target: Target | undefined,
  before: Before | undefined,
): { names: readonly string[]; targets: TargetCells } {
  if (beside !== undefined) {
    if (target === undefined) return { names: [], targets: readTargets(where, beside, view.rows) }
    throw typeError(where, 'target', 'either target or targets beside the rows', new Phrase('given beside targets'))
  }
  if (target === undefined && before?.names === undefined) {
    throw typeError(where, 'the target', "{ target: 'the name of a column' }, or targets as second argument", undefined)
  }
  const names = targetColumns(where, view, target === undefined ? (before?.names as readonly string[]) : target)
  const isSingle = target === undefined ? before?.isSingle === true : !Array.isArray(target)
  return { names, targets: cellsOfColumns(view, names, isSingle) }
}

function weightColumn(where: string, view: TableView, name: string): ArrayLike<number> {
  const cellAt = view.column(name)
  if (cellAt === undefined) throw unknownName(where, 'column of sampleWeights', name, view.names)
  return Float64Array.from({ length: view.rows }, (_, i) => {
    const cell = cellAt(i)
    const weight = typeof cell === 'string' ? plainNumber(cell) : cell
    if (typeof weight === 'number' && weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight
    const place = `column ${JSON.stringify(name)} (sampleWeights), row ${i}`
    throw (typeof cell === 'number' ? rangeError : typeError)(where, place, 'a finite number of at least 0', cell)
  })
}

function checkWeights(where: string, weights: unknown, rows: number): void {
  if (!isArrayLike(weights))
    throw typeError(where, 'sampleWeights', 'an array of numbers, or the name of a column', weights)
  if (weights.length !== rows)
    throw rangeError(where, 'the number of sampleWeights', `${rows}, one a row`, weights.length)
  let isAny = false
  for (let i = 0; i < rows; i++) {
    checkNumber(where, `sampleWeights[${i}]`, weights[i], 'a finite number of at least 0', (weight) => weight >= 0)
    isAny ||= weights[i] !== 0
  }
  if (!isAny) throw rangeError(where, 'sampleWeights', 'at least one weight above 0', new Phrase('0 in every row'))
}
