import ndarray from 'ndarray'
import { oneHot } from '../data/encoding.ts'
import { type Scaling, scaleColumns } from '../data/scaling.ts'
import { takeRows } from '../data/take-rows.ts'
import { checkMember, typeError } from '../errors.ts'
import type { Finding, Fix } from '../findings/finding.ts'
import type { View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Table } from '../matrix/rows.ts'
import { readRows } from '../matrix/rows.ts'
import type { FitOptions } from '../network/fit.ts'
import { type NetworkOptions, networkOptions } from '../network/options.ts'
import { inOrder } from '../random/permutation.ts'

/** A training: what a network is made of, how it is fitted, and its rows. */
export interface Training {
  /** for new Network(network) */
  readonly network: NetworkOptions
  /** for fit(inputs, targets, fit); absent where it has no options */
  readonly fit?: FitOptions
  /** n×inputs */
  readonly inputs: Table
  /** n×outputs, or one label a row where oneHot was advised */
  readonly targets: Table
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
}

const WHERE = 'applyFixes'

/**
 * Applies what {@link diagnose} or a Divergence found: options of the network and of fit, rows to leave out, one-hot targets and
 * scaled columns; of validation rows and weights of rows, too. Where two fixes speak of the same, the first finding counts.
 * Diagnose again afterwards: beside scaled data other things are seen.
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
  checkMember(WHERE, 'the training', training, ['network', 'fit', 'inputs', 'targets'])
  checkMember(WHERE, 'network', training.network, networkOptions)
  if (!Array.isArray(findings)) throw typeError(WHERE, 'the findings', 'an array of them', findings)
  const fixes = findings.map(({ fix }: Finding) => fix)
  // the first finding counts most, so it comes last
  const all = (name: 'network' | 'fit') => Object.assign({}, ...fixes.map((fix) => fix[name]).toReversed())
  const network: NetworkOptions = { ...training.network, ...all('network') }
  const scaling = { ...pick(fixes, 'inputs'), ...pick(fixes, 'targets') }
  const labels = fixes.find(({ oneHot }) => oneHot !== undefined)?.oneHot
  const [first, last] = [training.network.layers[0], training.network.layers.at(-1)]
  const outputs = Number(typeof last === 'object' ? last.units : last)
  const change = (inputs: Table, targets: Table, out: ReadonlySet<number>, subject: string) => {
    const x = read(inputs, `${subject}inputs`, Number(first), out)
    const asTheyAre = read(targets, `${subject}targets`, outputs, out)
    const t = labels === undefined ? asTheyAre : oneHot(asTheyAre.toArray().flat(), labels)
    return {
      inputs: scaling.inputs ? scaleColumns(x, scaling.inputs) : x,
      targets: scaling.targets ? scaleColumns(t, scaling.targets) : t,
    }
  }
  const left = rowsLeftOut(findings, (data) => data !== 'validation')
  const { validation, sampleWeights, ...fit } = { ...training.fit, ...all('fit') } as FitOptions
  const held =
    typeof validation === 'object' &&
    change(
      validation.inputs,
      validation.targets,
      rowsLeftOut(findings, (data) => data === 'validation'),
      'validation ',
    )
  return {
    network,
    fit: {
      ...fit,
      ...(validation !== undefined && { validation: held || validation }),
      ...(sampleWeights && { sampleWeights: Array.from(sampleWeights).filter((_, i) => !left.has(i)) }),
    },
    ...change(training.inputs, training.targets, left, ''),
    scaling,
  }
}

function pick(fixes: readonly Fix[], name: 'inputs' | 'targets'): { inputs?: Scaling; targets?: Scaling } {
  const scaling = fixes.find((fix) => fix[name] !== undefined)?.[name]
  return scaling === undefined ? {} : { [name]: scaling }
}

function rowsLeftOut(findings: readonly Finding[], concerns: (data: string | undefined) => boolean): Set<number> {
  return new Set(findings.flatMap(({ where, fix }) => (concerns(where.data) ? (fix.leaveOut ?? []) : [])))
}

/** A table of so many columns as a float64 matrix, without some of its rows. */
function read(table: Table, subject: string, columns: number, out: ReadonlySet<number>): Matrix {
  const { data, rows } = readRows(table, { where: WHERE, subject, dtype: 'float64', finite: true, columns })
  const whole = ndarray(data, [rows, columns])
  return Matrix.wrap(
    takeRows(
      whole,
      inOrder(rows).filter((row) => !out.has(row)),
    ) as View,
  )
}
