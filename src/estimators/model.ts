import { checkMember, Phrase, rangeError, typeError } from '../errors.ts'
import type { WeightOptions } from '../evaluation/weights.ts'
import type { Matrix } from '../matrix/matrix.ts'
import { drain } from '../matrix/pauses.ts'
import { Network } from '../network/network.ts'
import { Encoder, type Unknown } from '../tables/encoder.ts'
import { type TableView, viewTable } from '../tables/rows.ts'
import type { History } from '../training/history.ts'
import { inTurns } from '../training/turn.ts'
import { Counts } from './counts.ts'
import { type Defaults, defaultsFor } from './defaults.ts'
import { gapWarnings, unknownWarnings } from './encounters.ts'
import { type Fitted, type Made, writeModel } from './json-write.ts'
import type { EstimatorOptions, ReadEstimator, TableValidation } from './options.ts'
import { readEstimator } from './options.ts'
import { PIECE } from './pieces.ts'
import { hashOf, provenanceOf } from './provenance.ts'
import { type Given, type Request, readRequest, requestOptions } from './request.ts'
import type { Task } from './task.ts'
import { onePass, type Terms, wholeRun } from './training.ts'

/** So many warnings are kept, for a model may predict for years; whoever listens hears them all. */
const MOST_WARNINGS = 1000

/** What counts unknown texts: score and the like would count those of the same rows again and again. */
const COUNTED = ['predict', 'predictProbabilities', 'evaluate']

/** The options of partialFit. */
const passOptions = ['target', 'sampleWeights', 'classes', 'classWeights', 'signal', 'onBatch']

/** What classifiers and regressors share: a table's encoder, a network, and what is known of their making. */
export class Model<Plan> {
  readonly task: Task<Plan>
  readonly options: ReadEstimator
  /** what was met that fit had not seen, since it ended */
  readonly unknown = new Counts()
  warnings: string[] = []
  history: History | undefined
  #fitted: Fitted<Plan> | undefined
  /** what a fit has made that was aborted or failed, for resume */
  #interrupted: Fitted<Plan> | undefined
  #isBusy = false

  constructor(task: Task<Plan>, options: EstimatorOptions, fitted?: Fitted<Plan>) {
    this.task = task
    this.options = readEstimator(task.name, options)
    this.#fitted = fitted
  }

  /** What fit made. @throws TypeError before it did */
  fitted(where: string): Fitted<Plan> {
    if (this.#fitted !== undefined) return this.#fitted
    throw typeError(
      where,
      'the model',
      'one that has been fitted: await model.fit(rows, { target })',
      new Phrase('new'),
    )
  }

  /** Throws where the model has been fitted anew since. */
  checkSame(where: string, made: Fitted<Plan>): void {
    if (this.#fitted === made) return
    const received = new Phrase('fitted again since')
    throw typeError(where, 'the model', 'as it was when conformal was called; call it again', received)
  }

  /** Learns the table and trains a new network; the model stays as it was until that is done. */
  async fit(given: Given): Promise<void> {
    await this.#alone('fit', async () => {
      const request = readRequest('fit', given, requestOptions)
      const { signal } = request.options
      const data = await inTurns(hashOf(request))
      if (signal instanceof AbortSignal) signal.throwIfAborted() // what is none is refused by the network
      const base = request.options.resume === true ? this.#resumed(data, request) : await this.#learn('fit', request)
      const of = { request, data, rows: request.view.rows, validation: this.options.fit.validation }
      const { network } = base
      const write: NonNullable<Terms['write']> = (json) =>
        writeModel(this, { ...base, provenance: provenanceOf(network, of) }, json)
      const options = wholeRun(
        this.#defaults(of.rows),
        this.options.fit,
        request.options,
        this.#terms('fit', base, write),
      )
      this.#interrupted = { ...base, provenance: provenanceOf(network, of) }
      const history = await this.#train('fit', base, request, options, false)
      this.#interrupted = undefined
      if (request.options.resume !== true) this.unknown.clear()
      this.history = history
      this.#fitted = { ...base, provenance: provenanceOf(network, of, history) }
    })
  }

  /** One pass over more rows: the first learns the table, later ones go on with the network. */
  async partialFit(pieces: AsyncIterable<Given> | Iterable<Given>): Promise<void> {
    await this.#alone('partialFit', async () => {
      let first = 0
      for await (const given of pieces) {
        await this.#takeIn(given, first)
        first += Array.isArray(given[0]) ? given[0].length : 0
      }
    })
  }

  /** @param first the rows of the stream before these, in whose terms errors name rows */
  async #takeIn(given: Given, first: number): Promise<void> {
    const where = first === 0 ? 'partialFit' : `partialFit, rows counted from ${first}`
    const earlier = this.#fitted
    const request = readRequest(where, given, passOptions, earlier && this.#targetsBefore(earlier))
    const data = await inTurns(hashOf(request, earlier?.provenance.data))
    const base = earlier ?? (await this.#learn(where, request))
    const options = onePass(this.#defaults(PIECE), this.options.fit, request.options, this.#terms(where, base))
    const history = await this.#train(where, base, request, options, earlier !== undefined)
    const rows = (earlier?.provenance.rows ?? 0) + request.view.rows
    this.history = history
    this.#fitted = { ...base, provenance: provenanceOf(base.network, { request, data, rows }, history) }
  }

  /** Does work that no other may cross. */
  async #alone(where: string, work: () => Promise<void>): Promise<void> {
    if (this.#isBusy) throw new TypeError(`${where}: the model is being fitted; await that first`)
    this.#isBusy = true
    try {
      await work()
    } finally {
      this.#isBusy = false
    }
  }

  #resumed(data: string, { targets }: Request): Fitted<Plan> {
    const base = this.#interrupted ?? this.fitted('fit')
    const { data: expected } = base.provenance
    if (data !== expected) {
      throw rangeError('fit', 'the hash of the rows', `${expected}, that of the rows of the run to resume`, data)
    }
    const [names, earlier] = [targets.names, this.task.names(base.targets)].map((one) => JSON.stringify(one ?? null))
    if (names === earlier) return base
    const beside = (of: unknown) => (of === 'null' ? 'beside the rows' : String(of))
    throw rangeError('fit', 'the target', `${beside(earlier)}, that of the run to resume`, new Phrase(beside(names)))
  }

  async #learn(where: string, { view, inputs, targets, options }: Request): Promise<Made<Plan>> {
    this.warnings = []
    const plan = this.task.learn(where, targets, options.classes)
    const warn = (message: string) => this.warn(`${where}: ${message}`)
    const doubt = this.task.doubt(plan, view.rows)
    if (doubt !== undefined) warn(doubt)
    const encoder = await inTurns(Encoder.learn(where, view, { names: inputs, kinds: this.options.columns, warn }))
    const { units, ...output } = this.task.output(plan)
    const { network: own, hidden, seed } = this.options
    const { optimizer, ...defaults } = this.#defaults(view.rows).network
    const network = new Network({
      ...defaults,
      ...(own.learningRate === undefined ? { optimizer } : {}),
      ...output,
      ...own,
      seed,
      layers: [encoder.inputs.length, ...hidden, units],
    })
    return { encoder, targets: plan, network }
  }

  #terms(where: string, { encoder, targets: plan, network }: Made<Plan>, write?: Terms['write']): Terms {
    return {
      ...(write && { write }),
      metrics: this.task.metrics(plan),
      classWeights: (given) => this.task.classWeights(where, given, plan),
      validation: (given: Exclude<TableValidation, number>) => {
        checkMember(where, 'validation', given, ['inputs', 'targets'])
        const { inputs: rows, targets } = given
        const at = `${where}: validation`
        const request = readRequest(at, [rows, targets, undefined], ['target'], this.#targetsBefore({ targets: plan }))
        const { inputs } = drain(encoder.encode(at, request.view, network.dtype))
        return { inputs, targets: this.task.encode(at, plan, request.targets, network.dtype) }
      },
    }
  }

  async #train(
    where: string,
    { encoder, targets: plan, network }: Made<Plan>,
    { view, targets, sampleWeights }: Request,
    options: ReturnType<typeof wholeRun>,
    isLater: boolean,
  ): Promise<History> {
    const { inputs, unknown } = await inTurns(encoder.encode(where, view, network.dtype))
    if (isLater) this.#note(where, unknown) // the rows that the table was learned from hold nothing new
    const encoded = this.task.encode(where, plan, targets, network.dtype)
    return network.fit(inputs, encoded, { ...options, ...(sampleWeights && { sampleWeights }) })
  }

  #defaults(rows: number): Defaults {
    return defaultsFor(rows, this.options.hidden)
  }

  /** The network's outputs for rows (rows×outputs). */
  outputs(where: string, rows: unknown): Matrix {
    return this.#outputs(where, viewTable(where, rows))
  }

  #outputs(where: string, view: TableView): Matrix {
    const { encoder, network } = this.fitted(where)
    const { inputs, unknown, gaps } = drain(encoder.encode(where, view, network.dtype))
    if (COUNTED.includes(where)) {
      this.#note(where, unknown)
      for (const said of gapWarnings(gaps)) this.warn(`${where}: ${said}`)
    }
    return network.predict(inputs)
  }

  /** What is to be compared: the plan of the targets, the targets, the network's outputs for their rows, and weights of rows. */
  compare(where: string, given: Given) {
    const fitted = this.fitted(where)
    const request = readRequest(where, given, ['target', 'sampleWeights'], this.#targetsBefore(fitted))
    const { view, targets: cells, sampleWeights } = request
    const weighed: WeightOptions = sampleWeights === undefined ? {} : { sampleWeights }
    return { plan: fitted.targets, cells, outputs: this.#outputs(where, view), weighed }
  }

  #targetsBefore({ targets }: Pick<Fitted<Plan>, 'targets'>) {
    return { names: this.task.names(targets), isSingle: this.task.isSingle(targets) }
  }

  /** Keeps a warning and tells whoever listens. */
  warn(message: string): void {
    if (this.warnings.length < MOST_WARNINGS && !this.warnings.includes(message)) this.warnings.push(message)
    this.options.onWarning?.(message)
  }

  /** Counts what was unknown, and says so. */
  #note(where: string, unknown: Unknown): void {
    this.unknown.add(unknown)
    for (const said of unknownWarnings(unknown, this.#fitted?.encoder.columns ?? [])) this.warn(`${where}: ${said}`)
  }
}
