import { cellsWith } from '../kernels/cells.ts'
import type { Cells, View } from '../kernels/plan.ts'
import type { Layer } from '../rule/rule.ts'
import type { Parameter } from '../training/updates.ts'
import { stateOf } from '../training/updates.ts'
import { allocate, memoryOf } from './memory.ts'
import type { Blueprint } from './options.ts'

/** All matrices of a network, allocated once; data stays outside and is copied in, block by block. */
export interface Workspace {
  /** the rows that a block holds */
  readonly blockRows: number
  readonly layers: readonly Layer[]
  /** W_1, b_1, W_2, b_2, … with their gradients and the optimizer's state */
  readonly parameters: readonly Parameter[]
  readonly X: View
  readonly T: View
  /** of each row of the block: its loss, its label, its weight */
  readonly perRow: View
  readonly labels: View
  readonly weights: View
  /** of each layer: a bound of its gradients, its penalty; of each parameter: what was measured of it */
  readonly limits: View
  readonly penalties: View
  readonly sizes: View
  /** what changes between two runs of the same plan */
  readonly cells: Cells
}

/** @throws RangeError where the machine cannot give so much memory */
export function takeWorkspace(blueprint: Blueprint): Workspace {
  const { optimizer } = blueprint
  const views = allocate(blueprint).values()
  const take = () => views.next().value as View
  const takeParameter = (): Parameter => ({
    parameter: take(),
    gradient: take(),
    state: stateOf(optimizer).map(take),
  })
  const read = blueprint.layers.map(({ f, dropout }) => {
    const [weights, biases] = [takeParameter(), takeParameter()]
    const [W, dW, b, db] = [weights.parameter, weights.gradient, biases.parameter, biases.gradient]
    const layer: Layer = { f, W, dW, b, db, Z: take(), A: take(), loss: take() }
    return {
      weights,
      biases,
      layer: dropout === 0 ? layer : { ...layer, dropout: { share: dropout, D: take() } },
    }
  })
  return {
    blockRows: memoryOf(blueprint).blockRows,
    layers: read.map(({ layer }) => layer),
    parameters: read.flatMap(({ weights, biases }) => [weights, biases]),
    X: take(),
    T: take(),
    perRow: take(),
    labels: take(),
    weights: take(),
    limits: take(),
    sizes: take(),
    penalties: take(),
    cells: cellsWith({ rate: optimizer.learningRate }),
  }
}

/** Number k of a row. */
export function numberAt({ data, offset, stride }: View, k: number): number {
  return data[offset + k * (stride[1] as number)] as number
}
