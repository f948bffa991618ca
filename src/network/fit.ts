import { checkOptions } from '../errors.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import type { LoopOptions } from '../training/loop.ts'
import { checkLoopOptions, loopOptions } from '../training/loop.ts'
import { readBatch } from './batch.ts'
import type { Blueprint } from './options.ts'

/** Rows that are not trained on. */
export interface Validation {
  /** n×inputs */
  readonly inputs: Table
  /** n×outputs */
  readonly targets: Table
}

/** How `fit` goes. */
export interface FitOptions extends LoopOptions {
  /** rows that are not trained on: their loss is reported after each epoch */
  readonly validation?: Validation
}

/** Rows to train on and rows to validate with. */
interface FitRows {
  readonly training: { readonly inputs: Rows; readonly targets: Rows }
  readonly validation: FitRows['training'] | undefined
}

/** Checks what was given to `fit`, and converts its rows once. */
export function readFit(
  where: string,
  blueprint: Blueprint,
  inputs: Table,
  targets: Table,
  options: FitOptions,
): FitRows {
  checkOptions(where, options, [...loopOptions, 'validation'])
  checkLoopOptions(where, options)
  const training = readBatch(where, blueprint, inputs, targets)
  const { validation } = options
  if (validation === undefined) return { training, validation }
  const place = `${where}: validation`
  checkOptions(place, validation, ['inputs', 'targets'])
  return { training, validation: readBatch(place, blueprint, validation.inputs, validation.targets) }
}
