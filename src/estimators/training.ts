import type { FitOptions } from '../network/fit.ts'
import { savedOptions } from '../network/fit-settings.ts'
import type { NetworkJSON } from '../network/json-format.ts'
import type { Defaults } from './defaults.ts'
import type { ModelJSON } from './json-write.ts'
import type { FitRequest, ReadEstimator, TableFit, TableValidation } from './options.ts'

/** What of the options of fit a single pass over more rows takes. */
const ofOnePass = [
  'batchSize',
  'shuffle',
  'l1',
  'l2',
  'labelSmoothing',
  'clipNorm',
  'clipValue',
  'classWeights',
  'onBatch',
  'signal',
]

/** Options of tables, and how they are said in terms of a network. */
export interface Terms {
  readonly validation: (given: Exclude<TableValidation, number>) => NonNullable<FitOptions['validation']>
  /** what is measured of validation rows where nothing is asked for */
  readonly metrics: NonNullable<FitOptions['metrics']>
  readonly classWeights: (given: TableFit['classWeights']) => FitOptions['classWeights']
  /** the model in a network's place, where it is saved on the way */
  readonly write?: (network: NetworkJSON) => ModelJSON
}

/** The options of a whole run: those of the call before those of the model before the defaults. */
export function wholeRun({ fit }: Defaults, own: ReadEstimator['fit'], asked: FitRequest, terms: Terms): FitOptions {
  if (asked.resume === true) return translate({ ...notSaved(own), ...asked }, terms)
  return translate({ ...fit, ...own, ...asked }, terms)
}

/** Options that a saved run does not hold: a run that is resumed goes on with its own, whatever the model's are. */
function notSaved(own: ReadEstimator['fit']): ReadEstimator['fit'] {
  const saved: readonly string[] = savedOptions
  const isRows = (value: unknown) => typeof value === 'object' && value !== null
  return Object.fromEntries(
    Object.entries(own).filter(([name, value]) => !saved.includes(name) || (name === 'validation' && isRows(value))),
  )
}

/** The options of one pass over more rows. */
export function onePass({ fit }: Defaults, own: ReadEstimator['fit'], asked: FitRequest, terms: Terms): FitOptions {
  const { batchSize, l2 } = fit
  const of = { batchSize, l2, ...own, ...asked }
  const picked = Object.entries(of).filter(([name]) => ofOnePass.includes(name))
  return { ...translate(Object.fromEntries(picked), terms), epochs: 1, gradientNorms: false }
}

function translate(options: FitRequest, terms: Terms): FitOptions {
  const { target: _, classes: __, sampleWeights: ___, validation, classWeights, checkpoint, ...rest } = options
  return {
    ...(validation === undefined ? {} : { metrics: terms.metrics }),
    ...rest,
    ...(validation === undefined ? {} : { validation: translateValidation(validation, terms) }),
    ...(classWeights === undefined ? {} : { classWeights: terms.classWeights(classWeights) }),
    ...(checkpoint === undefined ? {} : { checkpoint: translateCheckpoint(checkpoint, terms) }),
  } as FitOptions
}

function translateValidation(validation: TableValidation, terms: Terms): NonNullable<FitOptions['validation']> {
  return typeof validation === 'object' && validation !== null ? terms.validation(validation) : validation
}

/** What is none is passed on as it came, for the network to refuse. */
function translateCheckpoint(checkpoint: NonNullable<TableFit['checkpoint']>, { write }: Terms): unknown {
  const { save } = Object(checkpoint) as typeof checkpoint
  if (typeof save !== 'function' || write === undefined) return checkpoint
  return { ...checkpoint, save: (network: NetworkJSON) => checkpoint.save(write(network)) }
}
