import type { Operation, View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import { copyOf } from '../matrix/view.ts'
import type { Batch } from '../network/batch.ts'
import { copyInside } from '../network/copy.ts'
import type { Engine, Penalty } from '../network/engine.ts'
import type { Inside } from '../network/inside.ts'
import type { Blueprint } from '../network/options.ts'
import { setUpdateCells, stepParts, stepPasses } from '../network/step-plan.ts'
import { Generator } from '../random/generator.ts'
import { stateOf } from '../training/updates.ts'
import type { Named } from './trace-operations.ts'
import { describeOperation } from './trace-operations.ts'
import type { Trace, TraceMatrix, TraceStep } from './trace-step.ts'

/** Runs one step on a copy of a network, operation by operation, and copies what each of them writes. */
export function recordStep(
  inside: Inside,
  { l1, l2, ...batch }: Batch & Penalty,
  dropout: boolean,
): Pick<Trace, 'loss' | 'step' | 'given' | 'steps'> {
  const { blueprint } = inside
  const { engine } = copyInside(blueprint, inside)
  const { cells } = engine
  const step = inside.steps.count + 1
  const weighted = batch.weights !== undefined
  const passes = stepPasses(stepParts(blueprint, engine.workspace, { dropout, weighted }), l1 !== 0 || l2 !== 0)
  return engine.inBlock(batch, 0, batch.inputs.rows, (rows) => {
    setUpdateCells(cells, blueprint.optimizer, step, blueprint.optimizer.learningRate)
    Object.assign(cells, { l1, l2, key: dropout ? nextKey(inside.random) : 0 })
    const recorder = new Recorder(blueprint, engine, step)
    const given = recorder.given(weighted)
    const steps = passes.flatMap(([pass, operations]) =>
      pass === 'bounds'
        ? []
        : operations.flatMap((operation) => recorder.run(operation).map((one) => ({ ...one, pass }))),
    )
    const penalties = steps.filter(({ kind }) => kind === 'penalty')
    const penalty = penalties.reduce((sum, { value }) => sum + value.get(0, 0), 0)
    return { loss: engine.sumOfRows(rows) * cells.mean + penalty, step, given, steps }
  })
}

/** What the generator would give the next step; it does not move. */
function nextKey({ state }: Generator): number {
  const copy = new Generator(0)
  copy.state = state
  return copy.bits()
}

/** The name of a view; the views over rows hold more rows than the batch has. */
interface Known extends Named {
  readonly overRows?: boolean
}

/** Runs operations over an engine's workspace and copies what they write. */
class Recorder {
  readonly #blueprint: Blueprint
  readonly #engine: Engine
  readonly #step: number
  readonly #names: ReadonlyMap<View, Known>

  constructor(blueprint: Blueprint, engine: Engine, step: number) {
    this.#blueprint = blueprint
    this.#engine = engine
    this.#step = step
    this.#names = namesIn(blueprint, engine)
  }

  /** What a step starts from. */
  given(weighted: boolean): TraceMatrix[] {
    const { X, T, weights, parameters } = this.#engine.workspace
    const ofLayers = parameters.map(({ parameter }) => parameter)
    return [X, T, ...(weighted ? [weights] : []), ...ofLayers].map((view) => this.#matrix(this.#nameOf(view), view))
  }

  /** One operation: each matrix that it writes, with its formula, as it was and as it is. */
  run(operation: Operation): Omit<TraceStep, 'pass'>[] {
    const { cells } = this.#engine
    const written = describeOperation(operation, { nameOf: (view) => this.#nameOf(view), cells, t: this.#step })
    const before = written.map(({ view, isChange }) => (isChange ? this.#copy(view) : undefined))
    this.#blueprint.kernels.prepare([operation])(cells)
    return written.map(({ view, formula, reads, ...named }, k) => ({
      ...this.#matrix(named, view),
      kind: operation.kind,
      formula,
      reads: reads.map((read) => ({ name: this.#nameOf(read).name, shape: this.#shape(read) })),
      ...(before[k] && { before: before[k] }),
    }))
  }

  #nameOf(view: View): Named {
    return this.#names.get(view) as Named
  }

  #matrix({ name, layer }: Named, view: View): TraceMatrix {
    return { name, ...(layer !== undefined && { layer }), shape: this.#shape(view), value: this.#copy(view) }
  }

  #shape(view: View): [rows: number, columns: number] {
    const [rows, columns] = view.shape as [number, number]
    return [this.#names.get(view)?.overRows ? this.#engine.cells.rows : rows, columns]
  }

  #copy(view: View): Matrix {
    return Matrix.wrap(copyOf(view.hi(...this.#shape(view))))
  }
}

/** All that operations name, in the names of the rule. */
function namesIn({ optimizer }: Blueprint, { workspace }: Engine): ReadonlyMap<View, Known> {
  const { layers, parameters, X, T, perRow, weights } = workspace
  const overRows = true
  const names: [View, Known][] = [
    [X, { name: 'A_0', overRows }],
    [T, { name: 'T', overRows }],
    [weights, { name: 'w', overRows }],
    [perRow, { name: 'E_row', overRows }],
  ]
  layers.forEach(({ Z, A, dropout, loss }, layer) => {
    const l = layer + 1
    names.push(
      [Z, { name: `Z_${l}`, layer, overRows }],
      [A, { name: `A_${l}`, layer, overRows }],
      [loss, { name: `loss_${l}`, layer, overRows }],
    )
    if (dropout !== undefined) names.push([dropout.D, { name: `D_${l}`, layer, overRows }])
  })
  parameters.forEach(({ parameter, gradient, state }, k) => {
    const layer = Math.floor(k / 2)
    const name = `${k % 2 === 0 ? 'W' : 'b'}_${layer + 1}`
    names.push([parameter, { name, layer }], [gradient, { name: `d${name}`, layer }])
    stateOf(optimizer).forEach((letter, n) => {
      names.push([state[n] as View, { name: `${letter}${name}`, layer }])
    })
  })
  return new Map(names)
}
