import type { Adam, Operation, Optimizer, View } from '../kernels/plan.ts'
import type { Layer } from '../rule/rule.ts'
import { power } from './power.ts'

/** A parameter, its gradient, and what the optimizer keeps of it. */
export interface Parameter {
  readonly parameter: View
  readonly gradient: View
  readonly state: readonly View[]
}

/** What an optimizer keeps of each parameter from step to step, in matrices of its shape, by the names of the formulas. */
export function stateOf(optimizer: Optimizer): readonly string[] {
  switch (optimizer.name) {
    case 'sgd':
      return optimizer.momentum === 0 ? [] : ['v']
    case 'adagrad':
      return ['s']
    case 'rmsprop':
      return ['v']
    case 'adam':
    case 'adamw':
      return ['m', 'v']
  }
}

/** The operations that bound a step before it is taken: a limit (1 × L) of the gradients of each layer, which is given A. */
export function limits(A: (l: number) => View, layers: readonly Layer[], limit: View): Operation[] {
  return layers.map(({ loss }, l) => ({ kind: 'limit', A: A(l), loss, limit: at(limit, l) }))
}

/** For each of the matrices, the operation that writes one number of it into a row. */
export function measure(kind: 'largest' | 'norm', matrices: readonly View[], row: View): Operation[] {
  return matrices.map((of, k) => (kind === 'norm' ? { kind, of, norm: at(row, k) } : { kind, of, largest: at(row, k) }))
}

/** The penalty of each layer's weights (1 × L), and what it adds to their gradients. */
export function penalties(layers: readonly Layer[], penalty: View): { values: Operation[]; gradients: Operation[] } {
  const lambdas = { l1: 'l1', l2: 'l2' } as const
  return {
    values: layers.map(({ W }, l) => ({ kind: 'penalty', W, ...lambdas, penalty: at(penalty, l) })),
    gradients: layers.map(({ W, dW }) => ({ kind: 'penaltyGradient', W, dW, ...lambdas })),
  }
}

/** The place of one number in a row. */
function at(row: View, k: number): View {
  return row.lo(0, k).hi(1, 1)
}

/** The operations that end a step: every parameter follows its gradient. */
export function updates(optimizer: Optimizer, parameters: readonly Parameter[]): Operation[] {
  return [...decays(optimizer, parameters), ...parameters.map((one) => update(optimizer, one))]
}

/** gradient = gradient + λ·parameter, where weight decay is a part of the gradient. */
function decays(optimizer: Optimizer, parameters: readonly Parameter[]): Operation[] {
  if (!decaysGradients(optimizer)) return []
  const { weightDecay } = optimizer
  return parameters.map(({ parameter, gradient }) => ({ kind: 'weightDecay', parameter, gradient, weightDecay }))
}

/** Whether the optimizer adds λ·parameter to gradients. */
export function decaysGradients({ name, weightDecay }: Optimizer): boolean {
  return weightDecay > 0 && name !== 'adamw'
}

function update(optimizer: Optimizer, { parameter, gradient, state }: Parameter): Operation {
  const [first, second] = state as [View, View]
  const common = { parameter, gradient, rate: 'rate' } as const
  switch (optimizer.name) {
    case 'sgd':
      if (optimizer.momentum === 0) return { kind: 'update', ...common }
      return { kind: 'momentum', ...common, velocity: first, settings: optimizer }
    case 'adagrad':
      return { kind: 'adaptive', ...common, squares: first, settings: { keep: 1, add: 1, epsilon: optimizer.epsilon } }
    case 'rmsprop': {
      const { decay, epsilon } = optimizer
      return { kind: 'adaptive', ...common, squares: first, settings: { keep: decay, add: 1 - decay, epsilon } }
    }
    case 'adam':
    case 'adamw':
      return { kind: 'adam', ...common, m: first, v: second, settings: optimizer }
  }
}

/** The update that a step with one row may leave to the next: that of the matrix which the next one reads first. */
export function settlement([first]: readonly Layer[]): Operation[] {
  return first === undefined ? [] : [{ kind: 'settle', loss: first.loss, parameter: first.W }]
}

const NO_CORRECTIONS = [1, 1] as const

/** 1 − β₁ᵗ and 1 − β₂ᵗ of step t, counted from 1; 1 where the optimizer has no β. */
export function corrections(optimizer: Optimizer, t: number): readonly [number, number] {
  if (!('beta1' in optimizer)) return NO_CORRECTIONS
  const { beta1, beta2 }: Adam = optimizer
  return [1 - power(beta1, t), 1 - power(beta2, t)]
}
