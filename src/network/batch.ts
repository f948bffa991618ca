import { Phrase, rangeError } from '../errors.ts'
import type { FloatArray } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import { drain } from '../matrix/pauses.ts'
import type { Reading, Rows, Table } from '../matrix/rows.ts'
import { isArrayLike, readInPauses, readRows } from '../matrix/rows.ts'
import type { Blueprint } from './options.ts'

/** Rows to pass through a network: all, or those that order[from] … order[to − 1] name. */
export interface Batch {
  readonly inputs: Rows
  readonly targets?: Rows
  /** one for each row of the data */
  readonly weights?: FloatArray
  readonly order?: Uint32Array
  readonly from?: number
  readonly to?: number
}

/** Inputs (n × inputs of the network), checked and converted. */
export function readInputs(where: string, blueprint: Blueprint, inputs: Table): Rows {
  return readRows(inputs, readingOf(where, blueprint))
}

function readingOf(where: string, { inputs: columns, dtype }: Blueprint): Reading {
  return { where, subject: 'inputs', dtype, finite: true, columns }
}

/** Inputs and targets (n × outputs of the network), checked and converted. */
export function readBatch(where: string, blueprint: Blueprint, inputs: Table, targets: Table): ReadBatch {
  return drain(readBatchInPauses(where, blueprint, inputs, targets))
}

export interface ReadBatch {
  readonly inputs: Rows
  readonly targets: Rows
}

/** The same, with pauses while much is copied. */
export function* readBatchInPauses(
  where: string,
  blueprint: Blueprint,
  inputs: Table,
  targets: Table,
): Paused<ReadBatch> {
  const read = yield* readInPauses(inputs, readingOf(where, blueprint))
  const columns = blueprint.layers.at(-1)?.units as number
  const reading = {
    where,
    subject: 'targets',
    dtype: blueprint.dtype,
    finite: true,
    columns,
    rows: read.rows,
  }
  checkNoLabels(where, targets, read.rows, columns)
  const readTargets = yield* readInPauses(targets, reading)
  checkTargets(where, blueprint, readTargets)
  return { inputs: read, targets: readTargets }
}

/** Throws for a flat list of labels, one for each row, where rows of targets are expected. */
function checkNoLabels(where: string, targets: unknown, rows: number, columns: number): void {
  if (columns === 1 || rows === 1 || rows === columns || !isArrayLike(targets) || targets.length !== rows) return
  if (typeof targets[0] !== 'number') return
  const expected = `rows of ${columns} numbers; oneHot(labels, ${columns}) makes them of labels`
  throw rangeError(where, 'targets', expected, new Phrase(`a flat list of ${rows} numbers`))
}

/** Throws for targets that the loss has no meaning for: a probability of 7. */
function checkTargets(where: string, { E }: Blueprint, { data, columns }: Rows): void {
  if (!('targets' in E) || E.targets === undefined) return
  const [least, greatest] = E.targets
  const k = data.findIndex((target) => target < least || target > greatest)
  if (k < 0) return
  const range = greatest === Number.MAX_VALUE ? `at least ${least}` : `from ${least} to ${greatest}`
  const areLabels = columns === 1 && data.every((target) => Number.isInteger(target) && target >= 0)
  const expected = areLabels ? `${range} (labels 0, 1, 2, … become rows by oneHot, for as many softmax outputs)` : range
  const place = `targets, row ${Math.floor(k / columns)}, column ${k % columns}`
  throw rangeError(where, place, `a number ${expected}, as ${E.name} takes them`, new Phrase(String(data[k])))
}
