import type { Activation, ElementActivation, Loss, Operation, View } from '../kernels/plan.ts'

/** One weighted layer l and what a pass over a block keeps of it. Views over rows are rows × units. */
export interface Layer {
  readonly f: Activation
  /** W_l, units of l−1 × units of l, and its gradient */
  readonly W: View
  readonly dW: View
  /** b_l, 1 × units of l, and its gradient */
  readonly b: View
  readonly db: View
  readonly Z: View
  readonly A: View
  /** loss_l = the derivative of one row's loss by Z_l */
  readonly loss: View
}

/** The forward pass from A_0 = X: every Z_l and A_l. */
export function forward(X: View, layers: readonly Layer[]): Operation[] {
  return layers.flatMap(({ f, W, b, Z, A }, l): Operation[] => [
    // Z_l = A_(l-1) · W_l + b_l
    { kind: 'affine', A: layers[l - 1]?.A ?? X, W, b, Z },
    // A_l = f_l(Z_l)
    { kind: 'activate', f, Z, A },
  ])
}

/** The loss of each row at the targets T. */
export function loss(layers: readonly Layer[], E: Loss, T: View, perRow: View): Operation[] {
  const { Z, A } = layers.at(-1) as Layer
  return [{ kind: 'loss', E, Z, A, T, perRow }]
}

/**
 * The generalized backpropagation rule: every loss_l from the output down, and from it dW_l and db_l.
 * Nothing here changes W or b, so every gradient is taken at the parameters of the forward pass. With `keep`, gradients are
 * added to those of the blocks before.
 */
export function backward(X: View, layers: readonly Layer[], E: Loss, T: View, keep?: 'keep'): Operation[] {
  const { f, Z, A, loss } = layers.at(-1) as Layer
  // loss_L = ∂E/∂A_L ⊙ f'_L
  const plan: Operation[] = [{ kind: 'lossGradient', E, f, Z, A, T, loss }]
  const kept = keep === undefined ? {} : { keep }
  for (let l = layers.length - 1; l >= 0; l--) {
    const { W, dW, db, loss } = layers[l] as Layer
    const below = layers[l - 1]
    // dW_l = (1/m) · A_(l-1)ᵀ · loss_l
    plan.push({ kind: 'weightGradient', A: below?.A ?? X, loss, dW, mean: 'mean', ...kept })
    // db_l = (1/m) · column sums of loss_l
    plan.push({ kind: 'biasGradient', loss, db, mean: 'mean', ...kept })
    if (below === undefined) break
    // loss_(l-1) = (loss_l · W_lᵀ) ⊙ f'_(l-1)
    const { f, Z, A, loss: lossBelow } = below
    plan.push({ kind: 'propagate', loss, W, f: f as ElementActivation, Z, A, lossBelow })
  }
  return plan
}
