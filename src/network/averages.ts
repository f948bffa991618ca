import type { Cells, Run, View } from '../kernels/plan.ts'
import type { Snapshot } from '../training/run-state.ts'
import type { Blueprint } from './options.ts'

/** A moving mean of parameters, in a memory of its own: networks that keep none need none. */
export class Averages {
  readonly #parameters: readonly View[]
  readonly #copies: readonly View[]
  readonly #averages: readonly View[]
  readonly #cells: Cells
  readonly #average: Run

  /** Begins at `start`, or at the parameters as they are. */
  constructor({ kernels, dtype }: Blueprint, parameters: readonly View[], cells: Cells, start?: Snapshot) {
    this.#parameters = parameters
    this.#cells = { ...cells }
    const shapes = parameters.map(({ shape }) => shape as [number, number])
    const views = kernels.allocate(dtype, [...shapes, ...shapes])
    this.#copies = views.slice(0, parameters.length)
    this.#averages = views.slice(parameters.length)
    this.#average = kernels.prepare(
      this.#copies.map((of, k) => ({ kind: 'average', of, average: this.#averages[k] as View, keep: 'keep' })),
    )
    write(this.#averages, start ?? snapshotOf(parameters))
  }

  /** average = keep·average + (1 − keep)·parameter */
  update(keep: number): void {
    write(
      this.#copies,
      this.#parameters.map(({ data }) => data),
    )
    this.#cells.keep = keep
    this.#average(this.#cells)
  }

  get snapshot(): Snapshot {
    return snapshotOf(this.#averages)
  }

  set snapshot(snapshot: Snapshot) {
    write(this.#averages, snapshot)
  }
}

/** Copies of matrices as kernels allocate them: of all that is theirs, padding included. */
export function snapshotOf(views: readonly View[]): Snapshot {
  return views.map(({ data }) => data.slice())
}

/** Puts such copies back. */
export function write(views: readonly View[], snapshot: Snapshot): void {
  for (const [k, { data }] of views.entries()) data.set(snapshot[k] as typeof data)
}
