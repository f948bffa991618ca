import { checkOptions, rangeError, typeError } from '../errors.ts'
import type { Paused } from '../matrix/pauses.ts'
import type { Table } from '../matrix/rows.ts'
import { readBatchInPauses } from '../network/batch.ts'
import { type FitOptions, fitOptions } from '../network/fit.ts'
import { readSettings } from '../network/fit-settings.ts'
import { readObjective } from '../network/objective.ts'
import type { Blueprint } from '../network/options.ts'
import type { StepForm } from '../network/steps.ts'
import type { History } from '../training/history.ts'
import type { Data } from './diagnose-data.ts'

/** What is known of a training, beside its rows: the options of the fit, and what it gave. */
export interface DiagnoseOptions extends FitOptions {
  /** what fit returned; absent before training */
  readonly history?: History | undefined
}

const IN_HISTORY = 'what fit returned is an option: { history }'
const ofHistory = { loss: IN_HISTORY, validationLoss: IN_HISTORY, rollbacks: IN_HISTORY, stoppedBy: IN_HISTORY }

/** Checks the options that need no rows; what was asked of each step beside the loss. */
export function readForm(where: string, options: DiagnoseOptions): StepForm {
  checkOptions(where, options, [...fitOptions, 'history'], ofHistory)
  const { form } = readSettings(where, options)
  if (options.history !== undefined) checkHistory(where, options.history)
  return form
}

/** Inputs and targets, checked and converted; those of validation, too. */
export function* readData(
  where: string,
  blueprint: Blueprint,
  inputs: Table,
  targets: Table,
  options: DiagnoseOptions,
): Paused<Data> {
  const { validation } = options
  const read = yield* readBatchInPauses(where, blueprint, inputs, targets)
  const { weights } = readObjective(where, blueprint, read.targets, options)
  const data = { ...read, ...(weights && { weights }) }
  if (validation === undefined || typeof validation === 'number') return data
  const within = `${where}: validation`
  checkOptions(within, validation, ['inputs', 'targets'])
  const held = yield* readBatchInPauses(within, blueprint, validation.inputs, validation.targets)
  return { ...data, validation: held.inputs }
}

function checkHistory(where: string, history: History): void {
  const { loss, validationLoss, rollbacks } = Object(history) as Partial<History>
  if (!Array.isArray(loss) || !Array.isArray(validationLoss) || !Array.isArray(rollbacks)) {
    throw typeError(where, 'history', 'what fit returned', history)
  }
  for (const [name, values] of Object.entries({ loss, validationLoss })) {
    for (const [k, value] of values.entries()) {
      const place = `history.${name}[${k}]`
      if (typeof value !== 'number') throw typeError(where, place, 'a number, as fit returned it', value)
      if (name === 'loss' && !Number.isFinite(value)) throw rangeError(where, place, 'a finite number', value)
    }
  }
}
