import { checkBoolean, checkOptions, Phrase, rangeError } from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import { readBatch } from '../network/batch.ts'
import { insideOf } from '../network/inside.ts'
import { memoryOf } from '../network/memory.ts'
import type { Network } from '../network/network.ts'
import type { Objective } from '../network/objective.ts'
import { objectiveOptions, readObjective } from '../network/objective.ts'
import type { Blueprint } from '../network/options.ts'
import { hasDropout, sizesOf } from '../network/options.ts'
import { Probe } from '../network/probe.ts'
import { withDifferences } from './trace-check.ts'
import { called } from './trace-functions.ts'
import { writeJson } from './trace-json.ts'
import { writeMarkdown } from './trace-markdown.ts'
import { recordStep } from './trace-record.ts'
import type { Trace, TraceJSON, TraceMatrix, TraceStep } from './trace-step.ts'
import { writeText } from './trace-text.ts'

/** What is traced beside the step, and the terms of an objective, as train takes them. */
export interface TraceOptions extends Objective {
  /**
   * whether the numerical derivative stands beside each gradient (false); dropout is then off. It costs two forward passes
   * for every parameter: some 10 seconds for layers of 784-100-10
   */
  readonly check?: boolean
}

/**
 * One training step written out: the matrices that `train` would calculate for these rows, each with its formula and its
 * numbers, in the order of the plan that training runs. The network is left as it is.
 *
 *     Z_l = A_(l-1)·W_l + b_l      A_l = f_l(Z_l)      loss_(l-1) = (loss_l·W_lᵀ) ⊙ f'_(l-1)
 *     dW_l = (1/m)·A_(l-1)ᵀ·loss_l      db_l = (1/m)·column sums of loss_l      W_l ← W_l − rate·dW_l
 *
 * The operations run one by one on a copy, by the network's own kernels, so the numbers are those of `train` to the bit; but
 * for plain sgd on fast kernels, which take gradient and update in one and may round the last bit otherwise (`reproducible`
 * and the kernels 'ndarray' do not). A step that train would refuse is shown with all its numbers.
 *
 * @param inputs n×inputs, at most 256 rows (fewer where layers have many thousands of units)
 * @param targets n×outputs
 * @param options check, for the numerical derivatives, two forward passes for every parameter (false); the terms of an
 *   objective, as train takes them
 * @returns the step as data; String(trace) is text for a terminal, trace.toMarkdown() is Markdown, trace.toJSON() plain values
 * @throws TypeError or RangeError for what train would not take, and for more rows than a block holds
 * @see rule/rule.ts, the plan that is written out, and the lecture note's formulas, which it generalizes
 * @example
 * import { Network, trace } from 'bp-net'
 * const network = new Network({ layers: [2, 3, 1], seed: 1 })
 * const { steps } = trace(network, [[0, 1]], [1])
 * console.log(steps.map(({ name }) => name).join(' ')) // Z_1 A_1 Z_2 A_2 E_row loss_2 dW_2 db_2 loss_1 dW_1 db_1 W_1 b_1 W_2 b_2
 * console.log(steps[8].formula) // loss_1 = (loss_2·W_2ᵀ) ⊙ sigmoid'(Z_1) = (loss_2·W_2ᵀ) ⊙ A_1 ⊙ (1 − A_1)
 */
export function trace(network: Network, inputs: Table, targets: Table, options: TraceOptions = {}): Trace {
  const where = 'trace'
  const inside = insideOf(where, network)
  checkOptions(where, options, ['check', ...objectiveOptions])
  const { check = false, ...objective } = options
  checkBoolean(where, 'check', check)
  const { blueprint } = inside
  const read = readBatch(where, blueprint, inputs, targets)
  const { rows } = read.inputs
  const { blockRows } = memoryOf(blueprint)
  if (rows > blockRows) {
    const received = new Phrase(String(rows))
    throw rangeError(
      where,
      'the number of rows',
      `at most ${blockRows}, as many as pass through the network at once`,
      received,
    )
  }
  const terms = readObjective(where, blueprint, read.targets, objective)
  const dropout = hasDropout(blueprint) && !check
  const { steps, ...recorded } = recordStep(inside, { inputs: read.inputs, ...terms }, dropout)
  return new WrittenStep({
    title: titleOf(inside.blueprint, check, objective),
    rows,
    dropout,
    ...recorded,
    steps: check ? withDifferences(where, steps, new Probe(where, network, inputs, targets, objective)) : steps,
  })
}

/** The network, and what this step has that others have not, in one line. */
function titleOf(blueprint: Blueprint, check: boolean, objective: Objective): string {
  const { E, optimizer } = blueprint
  const terms = objectiveOptions.filter((name) => objective[name] !== undefined && objective[name] !== 0)
  return [
    sizesOf(blueprint).join('-'),
    called(E, 'a loss of your own'),
    optimizer.name,
    ...(hasDropout(blueprint) ? [check ? 'dropout off for the check' : 'dropout'] : []),
    ...terms,
  ].join(', ')
}

type Facts = Omit<Trace, 'toString' | 'toMarkdown' | 'toJSON'>

class WrittenStep implements Trace {
  readonly title: string
  readonly loss: number
  readonly rows: number
  readonly step: number
  readonly dropout: boolean
  readonly given: readonly TraceMatrix[]
  readonly steps: readonly TraceStep[]

  constructor({ title, loss, rows, step, dropout, given, steps }: Facts) {
    this.title = title
    this.loss = loss
    this.rows = rows
    this.step = step
    this.dropout = dropout
    this.given = given
    this.steps = steps
  }

  toString(): string {
    return writeText(this)
  }

  toMarkdown(): string {
    return writeMarkdown(this)
  }

  toJSON(): TraceJSON {
    return writeJson(this)
  }

  /** What Node's `console.log` shows. @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
