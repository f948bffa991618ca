import {
  checkFunction,
  checkInteger,
  checkMember,
  checkOptions,
  rangeError,
  typeError,
  unknownName,
} from '../errors.ts'
import type { Label } from '../evaluation/labels.ts'
import type { Checkpoints, FitOptions } from '../network/fit.ts'
import { fitOptions } from '../network/fit.ts'
import { readSettings } from '../network/fit-settings.ts'
import type { LayerOptions, NetworkOptions } from '../network/options.ts'
import { networkOptions, readOptions } from '../network/options.ts'
import { drawSeed } from '../random/generator.ts'
import type { ColumnKind } from '../tables/column.ts'
import { kinds } from '../tables/kinds.ts'
import type { TableRows } from '../tables/rows.ts'
import type { ModelJSON } from './json-write.ts'
import type { Target } from './target-cells.ts'

/** Rows to validate with: a share of those of fit, or rows of their own, with targets beside them or in the same columns. */
export type TableValidation = number | ValidationRows

/** Rows of their own to validate with. */
export interface ValidationRows {
  /** as of fit */
  readonly inputs: TableRows
  /** where they do not stand in the same columns as in fit */
  readonly targets?: unknown
}

/** Where a model is saved on its way. */
export interface ModelCheckpoints extends Omit<Checkpoints, 'save'> {
  /** called and awaited with the model as toJSON gives it */
  readonly save: (model: ModelJSON) => unknown
}

/** What fit of an estimator takes of the options of fit of a network, in terms of tables. */
export interface TableFit extends Omit<FitOptions, 'validation' | 'sampleWeights' | 'classWeights' | 'checkpoint'> {
  /** rows that are not trained on, whose loss is reported after each epoch */
  readonly validation?: TableValidation
  /** of each class, by its label, or in the order of `classes`; or 'balanced' */
  readonly classWeights?: 'balanced' | readonly number[] | Readonly<Record<string, number>>
  /** `save` is given the model as toJSON gives it */
  readonly checkpoint?: ModelCheckpoints
}

/** What an estimator is made of: nothing must be given. Every option of Network but layers, and of fit, is taken too. */
export interface EstimatorOptions extends Omit<NetworkOptions, 'layers'>, TableFit {
  /** of hidden layers that name none ('relu') */
  readonly activation?: NonNullable<NetworkOptions['activation']>
  /** of the output layer (softmax over classes, sigmoid for several labels, identity for numbers) */
  readonly outputActivation?: NonNullable<NetworkOptions['outputActivation']>
  /** what training descends (categoricalCrossEntropy for classes, binaryCrossEntropy for several labels, huber for numbers) */
  readonly loss?: NonNullable<NetworkOptions['loss']>
  /** how parameters follow their gradients (adam at 0.01, less where a layer has more than 64 units) */
  readonly optimizer?: NonNullable<NetworkOptions['optimizer']>
  /** how often all rows are shown (for some 3000 steps: 50 to 200 times, by the number of rows) */
  readonly epochs?: number
  /** the rows of one gradient step (8 to 128, by the number of rows) */
  readonly batchSize?: number
  /** how the learning rate changes (it falls to 0 as a cosine) */
  readonly schedule?: NonNullable<FitOptions['schedule']>
  /** λ₂, from 0 (3/rows) */
  readonly l2?: number
  /** what is measured of validation rows (['accuracy'] for classes) */
  readonly metrics?: NonNullable<FitOptions['metrics']>
  /** the hidden layers ([32]; [] for a linear model) */
  readonly hidden?: readonly (number | LayerOptions)[]
  /** what columns are to be taken as, where looking at them is not enough */
  readonly columns?: Readonly<Record<string, ColumnKind>>
  /** told what was done with columns that are not plainly numbers or names, and of what fit did not know */
  readonly onWarning?: (message: string) => void
}

/** What fit is given beside the rows. */
export interface FitRequest extends TableFit {
  /** the column, or columns, to predict */
  readonly target?: Target
  /** a number of at least 0 for each row, or the column that holds them */
  readonly sampleWeights?: ArrayLike<number> | string
  /** of partialFit: all classes, where the first rows do not show them all */
  readonly classes?: readonly Label[]
}

/** What score and evaluate are given beside the rows. */
export type ScoreRequest = Pick<FitRequest, 'target' | 'sampleWeights'>

/** Options as an estimator keeps them. */
export interface ReadEstimator {
  readonly hidden: readonly (number | LayerOptions)[]
  readonly columns: Readonly<Record<string, ColumnKind>>
  readonly network: Omit<NetworkOptions, 'layers'>
  readonly fit: TableFit
  readonly seed: number
  readonly onWarning: ((message: string) => void) | undefined
}

const known = [
  ...new Set(['hidden', 'columns', ...networkOptions.filter((name) => name !== 'layers'), ...fitOptions]),
].filter((name) => name !== 'sampleWeights' && name !== 'resume')

const elsewhere = {
  layers: 'hidden names the layers between, inputs and outputs follow from the table',
  target: 'it belongs to fit(rows, { target })',
  sampleWeights: 'they belong to fit(rows, { target, sampleWeights })',
  resume: 'it belongs to fit(rows, { target, resume: true })',
} as const

/** Checks the options of an estimator as far as that can be done before it sees rows. */
export function readEstimator(where: string, options: EstimatorOptions): ReadEstimator {
  checkOptions(where, options, known, elsewhere)
  const { hidden = [32], columns = {}, onWarning, seed = drawSeed() } = options
  checkHidden(where, hidden)
  checkInteger(where, 'seed', seed, 0)
  if (onWarning !== undefined) checkFunction(where, 'onWarning', onWarning)
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
    throw typeError(where, 'columns', "an object such as { zip: 'category' }", columns)
  }
  for (const [name, kind] of Object.entries(columns)) {
    if (typeof kind !== 'string') throw typeError(where, `columns: ${name}`, 'the name of a kind', kind)
    if (!Object.hasOwn(kinds, kind)) throw unknownName(where, 'kind of column', kind, Object.keys(kinds))
  }
  const given: Readonly<Record<string, unknown>> = { ...options, seed }
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, given[name]]).filter(([, value]) => value !== undefined))
  const [network, fit] = [pick(networkOptions), pick(fitOptions) as TableFit]
  checkSettings(where, hidden, network, fit)
  return { hidden, columns, network, fit, seed, onWarning }
}

/** Checks what needs no rows; whether loss and output fit together, and the weights of classes, show when there are targets. */
function checkSettings(where: string, hidden: ReadEstimator['hidden'], network: object, fit: TableFit): void {
  const { loss: _, outputActivation: __, ...others } = network as Omit<NetworkOptions, 'layers'>
  readOptions({ ...others, layers: [1, ...hidden, 1] })
  const { classWeights: ___, checkpoint: ____, validation, ...settings } = fit
  const share = typeof validation === 'object' ? {} : { validation }
  readSettings(where, { ...settings, ...share } as FitOptions)
}

function checkHidden(where: string, hidden: unknown): void {
  if (!Array.isArray(hidden)) throw typeError(where, 'hidden', 'an array of layers, such as [32] or []', hidden)
  for (const [l, layer] of hidden.entries()) {
    const isObject = typeof layer === 'object' && layer !== null && !Array.isArray(layer)
    checkInteger(where, `hidden[${l}]${isObject ? '.units' : ''}`, isObject ? layer.units : layer, 1)
  }
}

/** Weights of classes by their labels, in the order of the classes. */
export function readClassWeights(
  where: string,
  given: TableFit['classWeights'],
  classes: readonly Label[],
): FitOptions['classWeights'] {
  if (given === undefined || given === 'balanced' || Array.isArray(given)) return given
  const names = classes.map(String)
  checkMember(where, 'classWeights', given, names)
  const weights = given as Readonly<Record<string, number>>
  return names.map((name) => {
    if (Object.hasOwn(weights, name)) return weights[name] as number
    throw rangeError(where, 'classWeights', `a weight for each class, ${JSON.stringify(name)} too`, given)
  })
}
