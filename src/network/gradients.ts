import { Matrix } from '../matrix/matrix.ts'
import { copyOf } from '../matrix/view.ts'
import type { Layer } from '../rule/rule.ts'

/** A loss and its derivatives by every parameter, in the shape of `network.layers`. */
export interface Gradients {
  /** the loss itself */
  readonly loss: number
  /** the derivatives, layer by layer */
  readonly layers: readonly LayerGradients[]
}

/** The derivatives of a loss by one layer's parameters. */
export interface LayerGradients {
  /** dW, in the shape of W */
  readonly weights: Matrix
  /** db, in the shape of b */
  readonly biases: Matrix
}

/** The gradients that backpropagation left in the layers, as matrices of their own. */
export function copyGradients(loss: number, layers: readonly Layer[]): Gradients {
  return {
    loss,
    layers: layers.map(({ dW, db }) => ({ weights: Matrix.wrap(copyOf(dW)), biases: Matrix.wrap(copyOf(db)) })),
  }
}
