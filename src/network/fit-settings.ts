import { checkMember, checkNumber, Phrase, rangeError, typeError } from '../errors.ts'
import type { RunSettings } from '../training/loop-options.ts'
import { loopSettings, readLoopOptions } from '../training/loop-options.ts'
import { present } from '../training/run-state.ts'
import type { FitOptions } from './fit.ts'
import { objectiveSettings, readTerms } from './objective.ts'
import type { SavedOptions, SavedRun } from './saved-run.ts'
import type { StepForm } from './steps.ts'

/** The options of fit that are data, and so are saved. */
export const savedOptions = [...loopSettings, ...objectiveSettings, 'clipNorm', 'clipValue', 'validation'] as const

/** What the options that are data say, with nothing left to defaults. */
export interface FitSettings {
  readonly settings: RunSettings
  readonly form: StepForm
}

/** Checks the options of fit that need no rows to be checked. */
export function readSettings(where: string, options: FitOptions): FitSettings {
  const settings = readLoopOptions(where, options)
  const { l1, l2 } = readTerms(where, options)
  const { clipNorm, clipValue, validation } = options
  if (validation !== undefined) checkValidation(where, validation)
  const form = {
    l1,
    l2,
    clipNorm: readClip(where, 'clipNorm', clipNorm),
    clipValue: readClip(where, 'clipValue', clipValue),
  }
  return { settings, form }
}

function readClip(where: string, name: string, most: number | undefined): number {
  if (most === undefined) return Number.POSITIVE_INFINITY
  checkNumber(where, name, most, 'a finite number above 0', (value) => value > 0)
  return most
}

function checkValidation(where: string, validation: unknown): void {
  const expected = 'a share of the rows between 0 and 1, or { inputs, targets }'
  if (typeof validation === 'number') {
    checkNumber(where, 'validation', validation, expected, (share) => share > 0 && share < 1)
  } else if (typeof validation !== 'object' || validation === null || Array.isArray(validation)) {
    throw typeError(where, 'validation', expected, validation)
  }
}

/** What is saved of the options: a copy of those that are data, in one order. */
export function pickSaved(options: FitOptions, { schedule, earlyStopping }: RunSettings): SavedOptions {
  const { classWeights, validation } = options
  const copies = {
    schedule: options.schedule && schedule,
    earlyStopping,
    classWeights: Array.isArray(classWeights) ? [...classWeights] : classWeights,
    validation: typeof validation === 'number' ? validation : undefined,
  }
  const all = { ...options, ...copies }
  return present(Object.fromEntries(savedOptions.map((name) => [name, all[name]]))) as SavedOptions
}

/** The same from JSON. */
export function readSaved(where: string, value: unknown): { options: SavedOptions; settings: RunSettings } {
  checkMember(where, 'options', value, savedOptions)
  const place = `${where}: options`
  const given = value as FitOptions
  const { settings } = readSettings(place, given)
  if (typeof given.validation === 'object') throw typeError(place, 'validation', 'a share', given.validation)
  return { options: pickSaved(given, settings), settings }
}

/** Options that a resumed run must keep, since its place among the rows depends on them. */
const fixed = ['batchSize', 'shuffle', 'validation'] as const

/** Throws where a run cannot go on in the same bits with what is given now. */
export function checkResumed(where: string, earlier: SavedRun, given: FitOptions, rows: number): void {
  const place = `${where}: resume`
  if (rows !== earlier.rows) {
    throw rangeError(place, 'the number of rows', `${earlier.rows}, as the run began with`, rows)
  }
  for (const name of fixed) checkSame(place, name, earlier, given)
  const missing = new Phrase('missing')
  if (earlier.validationSet && given.validation === undefined) {
    throw typeError(place, 'validation', 'the rows that the run was validated with', missing)
  }
  if (earlier.sampleWeights && given.sampleWeights === undefined) {
    throw typeError(place, 'sampleWeights', 'the weights that the run began with', missing)
  }
}

const untold = { batchSize: 32, shuffle: true, validation: undefined } as const

function checkSame(
  where: string,
  name: (typeof fixed)[number],
  { options, validationSet }: SavedRun,
  given: FitOptions,
): void {
  const [before, now] = [options[name] ?? untold[name], given[name]]
  const isSame = name === 'validation' && validationSet ? typeof now === 'object' : now === before
  if (now === undefined || isSame) return
  const expected = before ?? (validationSet ? '{ inputs, targets }' : 'none')
  throw rangeError(where, name, `${expected}, as the run began with`, now)
}

/** Throws where a run stands at no place of an epoch of so many rows: it was saved for other rows. */
export function checkPlace(where: string, { state }: SavedRun, { batchSize }: RunSettings, rows: number): void {
  const { from } = state
  if (from === rows || (from < rows && from % batchSize === 0)) return
  const expected = `one of the ${rows} that are trained on, where a batch of ${batchSize} begins`
  throw rangeError(`${where}: resume`, 'the row at which the run stands', expected, from)
}
