import type { Activation, ElementActivation, ElementLoss, Loss, Operation, View } from '../kernels/plan.ts'
import { activations } from './activations.ts'

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
  /** which share of A a training step drops at random, and what is left of A; absent where none */
  readonly dropout?: { readonly share: number; readonly D: View }
  /** loss_l = the derivative of one row's loss by Z_l */
  readonly loss: View
}

/**
 * The forward pass from A_0 = X: every Z_l and A_l. With `dropout`, as in a training step, a layer that has some passes
 * D_l = A_l ⊙ mask/(1 − share) on in the place of A_l.
 */
export function forward(X: View, layers: readonly Layer[], dropout = false): Operation[] {
  const input = inputs(X, layers, dropout)
  return layers.flatMap(({ f, W, b, Z, A, ...layer }, l): Operation[] => [
    // Z_l = A_(l-1) · W_l + b_l
    { kind: 'affine', A: input(l), W, b, Z },
    // A_l = f_l(Z_l)
    { kind: 'activate', f, Z, A },
    ...(dropout && layer.dropout ? [drop(A, layer.dropout.D, layer.dropout.share, l)] : []),
  ])
}

/** What each layer l is given: X, A_(l-1), or what dropout leaves of that. */
export function inputs(X: View, layers: readonly Layer[], dropout: boolean): (l: number) => View {
  return (l) => {
    const below = layers[l - 1]
    return (dropout ? below?.dropout?.D : undefined) ?? below?.A ?? X
  }
}

function drop(from: View, to: View, share: number, layer: number): Operation {
  return { kind: 'dropout', from, to, share, layer, key: 'key', start: 'start' }
}

/** The loss of each row at the targets T. */
export function loss(layers: readonly Layer[], E: Loss, T: View, perRow: View): Operation[] {
  const { Z, A } = layers.at(-1) as Layer
  return [{ kind: 'loss', E, Z, A, T, perRow }]
}

/** What a backward pass may do beside the rule. */
export interface BackwardOptions {
  /** gradients are added to those of the blocks before */
  readonly keep?: 'keep'
  /** of each row, its own (rows × 1) */
  readonly weights?: View
  /** the forward pass was that with dropout */
  readonly dropout?: boolean
}

/**
 * The generalized backpropagation rule: every loss_l from the output down, and from it dW_l and db_l.
 * Nothing here changes W or b, so every gradient is taken at the parameters of the forward pass.
 */
export function backward(
  X: View,
  layers: readonly Layer[],
  E: Loss,
  T: View,
  { keep, weights, dropout = false }: BackwardOptions = {},
): Operation[] {
  const { f, Z, A, loss } = layers.at(-1) as Layer
  const input = inputs(X, layers, dropout)
  // loss_L = ∂E/∂A_L ⊙ f'_L, times the row's weight where rows have one
  const plan: Operation[] = [{ kind: 'lossGradient', E, f, Z, A, T, loss }]
  if (weights !== undefined) plan.push({ kind: 'weigh', weights, of: loss })
  const kept = keep === undefined ? {} : { keep }
  for (let l = layers.length - 1; l >= 0; l--) {
    const { W, dW, db, loss } = layers[l] as Layer
    const below = layers[l - 1]
    // dW_l = (1/m) · A_(l-1)ᵀ · loss_l
    plan.push({ kind: 'weightGradient', A: input(l), loss, dW, mean: 'mean', ...kept })
    // db_l = (1/m) · column sums of loss_l
    plan.push({ kind: 'biasGradient', loss, db, mean: 'mean', ...kept })
    if (below === undefined) break
    // loss_(l-1) = (loss_l · W_lᵀ) ⊙ f'_(l-1), through the same mask as A_(l-1)
    const { f, Z, A, loss: lossBelow } = below
    plan.push({ kind: 'propagate', loss, W, f: f as ElementActivation, Z, A, lossBelow })
    if (dropout && below.dropout) plan.push(drop(lossBelow, lossBelow, below.dropout.share, l - 1))
  }
  return plan
}

/** The rule alone: every loss_l of E, from the output down, without gradients. */
export function carry(X: View, layers: readonly Layer[], E: Loss, T: View): Operation[] {
  return backward(X, layers, E, T).filter(({ kind }) => kind === 'lossGradient' || kind === 'propagate')
}

/**
 * The rule carried one layer farther, to the inputs: ∂E_row/∂X = loss_1 · W_1ᵀ. It takes the place of X, which after a pass
 * without gradients nobody needs any more.
 */
export function carryToInputs(X: View, [first]: readonly Layer[]): Operation[] {
  if (first === undefined) return []
  return [{ kind: 'propagate', loss: first.loss, W: first.W, f: activations.identity, Z: X, A: X, lossBelow: X }]
}

/** E = Σ a·t: with a row of T that is 1 at one output and else 0, that output itself, so that the rule gives its derivatives. */
export const chosenOutput: ElementLoss = { name: 'chosenOutput', value: (a, t) => a * t, derivative: (_, t) => t }
