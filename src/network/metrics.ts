import { checkFunction, Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import type { Matrix } from '../matrix/matrix.ts'
import type { Blueprint } from './options.ts'

/** A number that says how good outputs are. */
export interface Metric {
  /** what the history calls it */
  readonly name: string
  /** from the outputs and the targets of the validation rows, both n×outputs */
  readonly value: (outputs: Matrix, targets: Matrix) => number
}

/** The share of rows whose greatest output is where the greatest target is; of a single one, on the same side of ½. */
const accuracy: Metric = {
  name: 'accuracy',
  value(outputs, targets) {
    let right = 0
    for (let i = 0; i < outputs.rows; i++) if (labelOf(outputs, i) === labelOf(targets, i)) right++
    return right / outputs.rows
  },
}

/** The name of a built-in metric. */
export type MetricName = 'accuracy'

const metrics: Readonly<Record<MetricName, Metric>> = { accuracy }

function labelOf(table: Matrix, i: number): number {
  return table.columns === 1 ? Number(table.get(i, 0) >= 0.5) : greatestOf(table, i)
}

/** The column of a row's greatest number, the first of equal ones. */
export function greatestOf(table: Matrix, i: number): number {
  let best = 0
  for (let j = 1; j < table.columns; j++) if (table.get(i, j) > table.get(i, best)) best = j
  return best
}

/** The metrics that names and the user's own objects stand for. */
export function readMetrics(where: string, given: unknown, { layers }: Blueprint): readonly Metric[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) throw typeError(where, 'metrics', "an array such as ['accuracy']", given)
  const read = given.map((one: unknown) => readMetric(where, one))
  const output = layers.at(-1)
  if (read.includes(accuracy) && output?.units === 1 && output.f.name !== 'sigmoid') {
    const received = new Phrase(`asked of one ${output.f.name} output`)
    throw typeError(
      where,
      "the metric 'accuracy'",
      'several outputs or one sigmoid output, to tell labels apart',
      received,
    )
  }
  const twin = read.find(({ name }, k) => read.findIndex((other) => other.name === name) < k)
  if (twin !== undefined) throw rangeError(where, 'the name of two metrics', 'a name for each', twin.name)
  return read
}

function readMetric(where: string, given: unknown): Metric {
  if (typeof given === 'string') {
    if (!Object.hasOwn(metrics, given)) throw unknownName(where, 'metric', given, Object.keys(metrics))
    return metrics[given as MetricName]
  }
  if (typeof given !== 'object' || given === null) {
    throw typeError(
      where,
      'a metric',
      `a name (${Object.keys(metrics).join(', ')}) or an object { name, value }`,
      given,
    )
  }
  const { name, value } = given as Partial<Metric>
  if (typeof name !== 'string') throw typeError(where, 'the name of a metric', 'a text', name)
  if (name === '' || name in {})
    throw rangeError(where, 'the name of a metric', 'a text that is neither empty nor a property of every object', name)
  checkFunction(where, `the value of the metric ${name}`, value)
  return given as Metric
}

/** Each metric by its name. @throws TypeError where one of the user's own gives no number */
export function measureAll(
  where: string,
  asked: readonly Metric[],
  outputs: Matrix,
  targets: Matrix,
): Record<string, number> {
  return Object.fromEntries(
    asked.map(({ name, value }) => {
      const measured: unknown = value(outputs, targets)
      if (typeof measured !== 'number') throw typeError(where, `what the metric ${name} gave`, 'a number', measured)
      return [name, measured]
    }),
  )
}
