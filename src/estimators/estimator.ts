import type { Unknown } from '../tables/encoder.ts'
import { kindOf } from '../tables/kinds.ts'
import type { TableRows } from '../tables/rows.ts'
import type { History } from '../training/history.ts'
import type { ModelJSON } from './json-write.ts'
import { writeModel } from './json-write.ts'
import type { Model } from './model.ts'
import type { FitRequest } from './options.ts'
import { piecesOf, type RowStream } from './pieces.ts'
import type { Provenance } from './provenance.ts'
import type { Targets } from './target-cells.ts'

/** What was done with a column. */
export interface ColumnReport {
  /** its name, or its place where rows are arrays */
  readonly name: string
  /** what it was taken as; 'ignore' where it is left out */
  readonly kind: 'number' | 'date' | 'category' | 'ignore'
  /** the rest, in a few words */
  readonly description: string
  /** the names of the network's inputs that it became */
  readonly inputs: readonly string[]
}

/** What Classifier and Regressor share. */
export abstract class Estimator<Plan, Prediction> {
  #model: Model<Plan>

  /** @internal */
  constructor(model: Model<Plan>) {
    this.#model = model
  }

  /** @internal */
  protected get inside(): Model<Plan> {
    return this.#model
  }

  /** @internal */
  protected replace(model: Model<Plan>): void {
    this.#model = model
  }

  /** @internal */
  protected abstract decode(rows: TableRows): Prediction[]

  /**
   * Learns from rows: how to read their columns, and a new network. Until it is done, the model stays what it was.
   *
   * @param rows n rows: objects or arrays of cells, or a Matrix (n×columns)
   * @param options `{ target: 'species', … }`: the columns to predict, and what this fit does otherwise than the model's options
   * @returns this model
   * @throws TypeError or RangeError that names row and column, for cells that are no values, infinite numbers, rows without a
   *   target, a target that is the same in all; Divergence as fit of a network
   */
  fit(rows: TableRows, options: FitRequest): Promise<this>
  /** The same with targets beside the rows: n of them, or n rows of them. */
  fit(rows: TableRows, targets: Targets, options?: FitRequest): Promise<this>
  async fit(rows: TableRows, targets: Targets | FitRequest, options?: FitRequest): Promise<this> {
    await this.#model.fit([rows, targets, options])
    return this
  }

  /**
   * One pass over rows, or over a stream of them (8192 at a time), in addition to what was learned before. The first rows say how
   * columns are read and which classes there are (or `classes` does); later ones change the network alone. With a constant
   * rate, in the order of the pieces.
   *
   * @param rows as of fit, or an iterable of rows, async or not, such as `readCsv(stream)`
   * @param options `{ target, classes, … }`
   * @returns this model
   */
  partialFit(rows: TableRows | RowStream, options: FitRequest): Promise<this>
  /** The same with targets beside the rows. */
  partialFit(rows: TableRows, targets: Targets, options?: FitRequest): Promise<this>
  async partialFit(rows: TableRows | RowStream, targets: Targets | FitRequest, options?: FitRequest): Promise<this> {
    await this.#model.partialFit(piecesOf([rows, targets, options]))
    return this
  }

  /** What is predicted for each row, in the form in which targets came; columns that fit did not see are passed over. */
  predict(rows: TableRows): Prediction[] {
    if (Array.isArray(rows) && rows.length === 0 && this.#model.fitted('predict')) return []
    return this.decode(rows)
  }

  /** What was done with each column. */
  get columns(): readonly ColumnReport[] {
    return this.#model.fitted('columns').encoder.columns.map((plan) => {
      const kind = kindOf(plan)
      return { name: plan.name, kind: plan.kind, description: kind.describe(plan), inputs: kind.inputs(plan) }
    })
  }

  /**
   * Categories, and texts that are no numbers, which were met since fit and which fit had not seen: how often, by column. From
   * the 1001st text of a column on, others are counted together as '…'.
   */
  get unknown(): Unknown {
    return this.#model.unknown.all
  }

  /** What was said of the table since the last fit began; onWarning hears the same at once. */
  get warnings(): readonly string[] {
    return [...this.#model.warnings]
  }

  /** What each epoch of the last fit gave; undefined before, and of a model that was read back. */
  get history(): History | undefined {
    return this.#model.history
  }

  /** Where the model comes from: a hash of the rows, their number, the seed, what was measured, the version of bp-net. */
  get provenance(): Provenance {
    return this.#model.fitted('provenance').provenance
  }

  /** The seed from which its randomness follows. */
  get seed(): number {
    return this.#model.options.seed
  }

  /** The model as a JSON value, exact to the bit: preprocessing, network and provenance. */
  toJSON(): ModelJSON {
    const fitted = this.#model.fitted('toJSON')
    return writeModel(this.#model, fitted, fitted.network.toJSON())
  }
}
