import ndarray from 'ndarray'
import { oneHot } from '../data/encoding.ts'
import { type Scaling, scaleColumns } from '../data/scaling.ts'
import { takeRows } from '../data/take-rows.ts'
import { checkMember, rangeError, typeError } from '../errors.ts'
import { USUAL_SIZE } from '../findings/columns.ts'
import type { Finding, Fix } from '../findings/finding.ts'
import type { View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Table } from '../matrix/rows.ts'
import { readRows } from '../matrix/rows.ts'
import { type FitOptions, fitOptions } from '../network/fit.ts'
import { type NetworkOptions, networkOptions } from '../network/options.ts'
import { inOrder } from '../random/permutation.ts'

/** A training: what a network is made of, how it is fitted, and its rows. */
export interface Training {
  /** for new Network(network) */
  readonly network: NetworkOptions
  /** for fit(inputs, targets, fit); absent where it has no options */
  readonly fit?: FitOptions | undefined
  /** n×inputs */
  readonly inputs: Table
  /** n×outputs, or one label a row where oneHot was advised */
  readonly targets: Table
  /** how they were scaled before, as applyFixes gave it: what it gives is then the whole way from the raw numbers */
  readonly scaling?: FixedTraining['scaling']
}

/** The same training with all that was advised. */
export interface FixedTraining {
  /** for new Network(network) */
  readonly network: NetworkOptions
  /** for fit(inputs, targets, fit) */
  readonly fit: FitOptions
  /** n×inputs, without rows that were to be left out, scaled where that was advised */
  readonly inputs: Matrix
  /** n×outputs, likewise */
  readonly targets: Matrix
  /** how inputs and targets were scaled: new rows go through scaleColumns, predictions back through unscaleColumns */
  readonly scaling: {
    /** that of the inputs; absent where they stay */
    readonly inputs?: Scaling
    /** that of the targets; absent where they stay */
    readonly targets?: Scaling
  }
  /** how many findings had something to apply: of some, as constant columns, there is advice alone */
  readonly applied: number
}

const WHERE = 'applyFixes'

/**
 * Applies what {@link diagnose} or a Divergence found: options of the network and of fit, rows to leave out, one-hot targets and
 * scaled columns; of validation rows and weights of rows, too. Where two fixes speak of the same, the first finding counts.
 * Diagnose again afterwards, and apply again, until nothing is `applied`: beside scaled data other things are seen.
 *
 * @param training what was diagnosed; nothing of it changes
 * @param findings all of them, or those that are wanted
 * @returns the training to take instead, and its scaling
 * @throws TypeError or RangeError for rows that are no table of finite numbers
 * @example
 * import { applyFixes, diagnose, Network } from 'bp-net'
 * const inputs = Array.from({ length: 50 }, (_, i) => [1950 + i])
 * const training = { network: { layers: [1, 4, 1], seed: 1 }, inputs, targets: inputs.map(([year]) => [year / 25 - 79]) }
 * const findings = await diagnose(new Network(training.network), training.inputs, training.targets)
 * console.log(findings.map(({ kind }) => kind).join(' ')) // unscaledInputs targetsOutOfRange saturatedUnits
 * const { network, inputs: scaled } = applyFixes(training, findings)
 * console.log(network.outputActivation, scaled.get(0, 0).toFixed(2)) // identity -1.70
 */
export function applyFixes(training: Training, findings: readonly Finding[]): FixedTraining {
  checkTraining(training, findings)
  const fixes = findings.map(({ fix }) => fix)
  // the first finding counts most, so it comes last
  const all = (name: 'network' | 'fit') => Object.assign({}, ...fixes.map((fix) => fix[name]).toReversed())
  const scaling = { inputs: scalingIn(fixes, 'inputs'), targets: scalingIn(fixes, 'targets') }
  const rows = new RowChanges(training.network, fixes.find(({ oneHot }) => oneHot !== undefined)?.oneHot)
  const left = rowsLeftOut(findings, (data) => data !== 'validation')
  const { validation, sampleWeights, ...fit } = { ...training.fit, ...all('fit') } as FitOptions
  return {
    network: { ...training.network, ...all('network') },
    fit: {
      ...fit,
      ...changeValidation(rows, validation, findings, scaling),
      ...(sampleWeights && { sampleWeights: Array.from(sampleWeights).filter((_, i) => !left.has(i)) }),
    },
    ...rows.change(training, left, scaling),
    scaling: {
      ...composed('inputs', training.scaling?.inputs, scaling.inputs),
      ...composed('targets', training.scaling?.targets, scaling.targets),
    },
    applied: fixes.filter((fix) => Object.keys(fix).length > 1).length,
  }
}

interface Scalings {
  readonly inputs: Scaling | undefined
  readonly targets: Scaling | undefined
}

function checkTraining(training: Training, findings: readonly Finding[]): void {
  checkMember(WHERE, 'the training', training, ['network', 'fit', 'inputs', 'targets', 'scaling', 'applied'])
  const { network, fit, scaling } = training
  if (!Array.isArray(network?.layers) || typeof network.layers[0] !== 'number') {
    throw typeError(WHERE, 'network', 'the options that new Network takes, as { layers: [2, 4, 1] }', network)
  }
  checkMember(WHERE, 'network', network, networkOptions)
  if (fit !== undefined) checkMember(WHERE, 'fit', fit, fitOptions)
  if (scaling !== undefined) checkMember(WHERE, 'scaling', scaling, ['inputs', 'targets'])
  if (!Array.isArray(findings)) throw typeError(WHERE, 'the findings', 'an array of them', findings)
  for (const [k, finding] of findings.entries()) {
    if (typeof finding?.fix === 'object' && typeof finding.where === 'object') continue
    throw typeError(WHERE, `findings[${k}]`, 'a finding, with its fix and where', finding)
  }
}

function scalingIn(fixes: readonly Fix[], name: 'inputs' | 'targets'): Scaling | undefined {
  return fixes.find((fix) => fix[name] !== undefined)?.[name]
}

/** A scaling after an earlier one, as one: ((x − m₁)/s₁ − m₂)/s₂ = (x − (m₁ + s₁·m₂))/(s₁·s₂). */
function composed(
  name: 'inputs' | 'targets',
  before: Scaling | undefined,
  after: Scaling | undefined,
): { inputs?: Scaling; targets?: Scaling } {
  if (before === undefined || after === undefined) return (before ?? after) ? { [name]: before ?? after } : {}
  const { means, scales } = before
  const at = (numbers: readonly number[], j: number) => numbers[j] as number
  return {
    [name]: {
      means: means.map((mean, j) => mean + at(scales, j) * at(after.means, j)),
      scales: scales.map((scale, j) => scale * at(after.scales, j)),
    },
  }
}

function rowsLeftOut(findings: readonly Finding[], concerns: (data: string | undefined) => boolean): Set<number> {
  return new Set(findings.flatMap(({ where, fix }) => (concerns(where.data) ? (fix.leaveOut ?? []) : [])))
}

/** The validation rows, changed as those to train on; a share of these where none are left. */
function changeValidation(
  rows: RowChanges,
  validation: FitOptions['validation'],
  findings: readonly Finding[],
  scaling: Scalings,
): Pick<FitOptions, 'validation'> {
  if (validation === undefined || typeof validation === 'number') return validation ? { validation } : {}
  const left = rowsLeftOut(findings, (data) => data === 'validation')
  if (left.size > 0 && left.size >= rows.count(validation)) return { validation: SHARE }
  // rows that differ from those to train on and are of the usual size were scaled before
  const isScaled = findings.some(({ kind, where, evidence: { least, greatest } }) => {
    const isForeign = kind === 'unscaledInputs' && where.data === 'validation'
    return isForeign && Math.max(Math.abs(Number(least)), Math.abs(Number(greatest))) <= USUAL_SIZE
  })
  const inputs = isScaled ? undefined : scaling.inputs
  return { validation: rows.change(validation, left, { ...scaling, inputs }, 'validation: ') }
}

/** So large a share is held out where no validation row is left. */
const SHARE = 0.2

/** Reads rows of a network and changes them. */
class RowChanges {
  readonly #columns: readonly [inputs: number, outputs: number]
  readonly #labels: number | undefined

  constructor({ layers }: NetworkOptions, labels: number | undefined) {
    const last = layers.at(-1)
    this.#columns = [layers[0] as number, typeof last === 'object' ? last.units : (last as number)]
    this.#labels = labels
  }

  count({ inputs }: Pick<Training, 'inputs'>): number {
    return this.#read(inputs, 'validation: inputs', this.#columns[0], new Set(), undefined).rows
  }

  change(
    { inputs, targets }: Pick<Training, 'inputs' | 'targets'>,
    left: ReadonlySet<number>,
    scaling: Scalings,
    within = '',
  ): { inputs: Matrix; targets: Matrix } {
    const x = this.#read(inputs, `${within}inputs`, this.#columns[0], left, undefined)
    const rows = x.rows + left.size
    const t = this.#read(targets, `${within}targets`, this.#columns[1], left, rows)
    const encoded = this.#labels === undefined ? t : oneHot(t.toArray().flat(), this.#labels)
    return { inputs: scaleColumns(x, scaling.inputs), targets: scaleColumns(encoded, scaling.targets) }
  }

  #read(table: Table, subject: string, columns: number, left: ReadonlySet<number>, rows: number | undefined): Matrix {
    const reading = { where: WHERE, subject, dtype: 'float64', finite: true, columns, ...(rows && { rows }) } as const
    const { data, rows: count } = readRows(table, reading)
    const order = inOrder(count).filter((row) => !left.has(row))
    if (order.length === 0) {
      throw rangeError(WHERE, `the number of rows of ${subject} that are not left out`, 'at least 1', 0)
    }
    return Matrix.wrap(takeRows(ndarray(data, [count, columns]), order) as View)
  }
}
