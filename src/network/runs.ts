import { checkBoolean, checkOptions, typeError } from '../errors.ts'
import type { Table } from '../matrix/rows.ts'
import type { Generator } from '../random/generator.ts'
import { refuseSolverIn } from '../solvers/table.ts'
import type { History } from '../training/history.ts'
import { goThrough } from '../training/loop.ts'
import { Run } from '../training/run.ts'
import { inTurns } from '../training/turn.ts'
import { checkpointsOf } from './checkpoints.ts'
import type { FitOptions } from './fit.ts'
import { fitOptions, readFit } from './fit.ts'
import type { Inside } from './inside.ts'
import type { NetworkJSON } from './json-format.ts'
import type { SavedRun } from './saved-run.ts'
import type { Solution } from './solve.ts'
import { solve } from './solve.ts'
import type { SolveOptions } from './solve-options.ts'
import { FitTrainee } from './trainee.ts'

const OF_NETWORK = 'it belongs to new Network({ … })'
const OF_OPTIMIZER = 'the rate belongs to the optimizer: new Network({ optimizer: adam({ learningRate }) })'

/** What users of other libraries look for here. */
const elsewhere = {
  learningRate: OF_OPTIMIZER,
  lr: OF_OPTIMIZER,
  optimizer: OF_NETWORK,
  loss: OF_NETWORK,
  activation: OF_NETWORK,
  dropout: 'it belongs to a layer of new Network: { units: 100, dropout: 0.2 }',
  weightDecay: 'it belongs to the optimizer; here are l1 and l2',
  validationSplit: 'validation: 0.2 holds out that share',
  validationData: 'validation: { inputs, targets } takes them',
  callbacks: 'onBatch and onEpoch are called',
  verbose: 'progressBar of bp-net/node shows progress',
  method: 'it belongs to solve; the optimizer of the network is the method of fit',
  maxIterations: 'it belongs to solve; here are epochs and maxSteps',
  onIteration: 'it belongs to solve; here are onBatch and onEpoch',
  tolerance: 'it belongs to solve; here is earlyStopping',
} as const

/** The runs of fit and of solve of one network: the one in work, and where the last fit stood, for resume. */
export class Runs {
  /** what the run in work, or the last one, was asked for */
  #asked: Omit<SavedRun, 'state'> | undefined
  #inWork: 'fit' | 'solve' | undefined
  #run: Run | undefined
  /** where the last one stood; the run itself would hold the data */
  #state: SavedRun['state'] | undefined
  readonly #inside: Inside
  readonly #random: Generator

  constructor(inside: Inside, random: Generator) {
    this.#inside = inside
    this.#random = random
  }

  /** Throws while a run is in work. */
  refuseMeanwhile(where: string): void {
    if (this.#inWork === undefined) return
    const [what, which] = this.#inWork === 'fit' ? ['fitted', 'fit'] : ['solved', 'solve']
    throw new TypeError(`${where}: the network is being ${what}; await that ${which} first`)
  }

  /** The run that can be resumed, as of the last completed step. */
  get saved(): SavedRun | undefined {
    const state = this.#run?.state ?? this.#state
    return state && this.#asked && { ...this.#asked, state }
  }

  set saved(saved: SavedRun | undefined) {
    this.#asked = saved
    this.#state = saved?.state
  }

  /** A run from the network's place, or the last one's; `toJSON` is what checkpoints save. */
  async fit(inputs: Table, targets: Table, options: FitOptions, toJSON: () => NetworkJSON): Promise<History> {
    this.#inWork = 'fit'
    let run: Run | undefined
    try {
      run = await this.#begin(inputs, targets, options)
      this.#run = run
      return await goThrough(run, options, checkpointsOf(options.checkpoint, toJSON))
    } finally {
      this.#inWork = undefined
      if (run !== undefined) this.#end(run)
    }
  }

  /** A solver's way from the network's place. */
  async solve(inputs: Table, targets: Table, options: SolveOptions): Promise<Solution> {
    this.#inWork = 'solve'
    try {
      return await solve(this.#inside, inputs, targets, options, () => {
        this.saved = undefined // a run whose parameters others have moved cannot be resumed
      })
    } finally {
      this.#inWork = undefined
    }
  }

  #end(run: Run): void {
    this.#inside.steps.settle()
    this.#state = run.state
    for (const loss of this.#state.losses) this.#inside.losses.add(loss)
    this.#run = undefined
  }

  /** All that can fail before the first step; the generator is then where it was. */
  async #begin(inputs: Table, targets: Table, options: FitOptions): Promise<Run> {
    const { state: generator } = this.#random
    try {
      refuseSolverIn('fit', options)
      checkOptions('fit', options, fitOptions, elsewhere)
      const { resume = false } = options
      checkBoolean('fit', 'resume', resume)
      const earlier = resume ? this.saved : undefined
      if (resume && earlier === undefined) {
        const expected = 'false, as there is no run to go on with (a step of train or an iteration of solve ends it)'
        throw typeError('fit', 'resume', expected, resume)
      }
      const reading = readFit(this.#inside.blueprint, inputs, targets, options, this.#random, earlier)
      const task = await inTurns(reading)
      options.signal?.throwIfAborted()
      const trainee = new FitTrainee(this.#inside, task, earlier?.state)
      const run = new Run(trainee, task.settings, this.#random, earlier?.state)
      this.#asked = task.saved
      return run
    } catch (error) {
      this.#random.state = generator
      throw error
    }
  }
}
