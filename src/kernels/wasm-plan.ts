import type { Activation, Cells, ElementActivation, Loss, Operation, Plan, View } from './plan.ts'
import type { Record } from './wasm-memory.ts'

/** The kinds of records, in the order of assembly/plan.ts. */
const kinds = [
  'affine',
  'activate',
  'loss',
  'lossGradient',
  'propagate',
  'weightGradient',
  'biasGradient',
  'bound',
  'limit',
  'guard',
  'label',
  'update',
  'adam',
  'weightStep',
  'biasStep',
  'product',
  'combine',
  'spread',
  'timesDerivative',
] as const

/** The activations that have a fast form, in the order of assembly/activations.ts. */
const activations = [
  'identity',
  'sigmoid',
  'tanh',
  'relu',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'softplus',
  'softmax',
] as const

/** The losses that have a fast form, in the order of assembly/losses.ts. */
const losses = ['squaredError', 'absoluteError', 'huber', 'binaryCrossEntropy', 'categoricalCrossEntropy'] as const

export function kindOf(name: (typeof kinds)[number]): number {
  return kinds.indexOf(name)
}

// By name: an object of the user's own cannot have the name of a built-in one (rule/resolve.ts).
const idOf = (names: readonly string[], { name }: Activation | Loss) => names.indexOf(name)

/** A gradient and its update in one, for a batch that is one block. */
export type Step =
  | { kind: 'weightStep'; A: View; loss: View; parameter: View }
  | { kind: 'biasStep'; loss: View; parameter: View }

/** The plan with every gradient that only an update of sgd reads made one step with it: dW is then never written. */
export function fuse(plan: Plan): (Operation | Step)[] {
  const fused: (Operation | Step | undefined)[] = [...plan]
  plan.forEach((operation, j) => {
    if (operation.kind !== 'update') return
    const { parameter, gradient } = operation
    const i = plan.findIndex((other) => 'keep' in other === false && gradientOf(other) === gradient)
    const source = plan[i]
    if (source === undefined || i > j || !isUnread(plan, gradient, [i, j])) return
    fused[i] = undefined
    if (source.kind === 'weightGradient') {
      fused[j] = { kind: 'weightStep', A: source.A, loss: source.loss, parameter }
    } else if (source.kind === 'biasGradient') {
      fused[j] = { kind: 'biasStep', loss: source.loss, parameter }
    }
  })
  return fused.filter((operation) => operation !== undefined)
}

function gradientOf(operation: Operation): View | undefined {
  if (operation.kind === 'weightGradient') return operation.dW
  return operation.kind === 'biasGradient' ? operation.db : undefined
}

/** Whether no operation but these two names the view. */
function isUnread(plan: Plan, view: View, except: readonly number[]): boolean {
  return plan.every((operation, k) => except.includes(k) || !Object.values(operation).includes(view))
}

/** The operation as a record; undefined where it calls a function that has no fast form. */
export function encode(operation: Operation | Step): Record | undefined {
  const kind = kindOf(operation.kind)
  switch (operation.kind) {
    case 'affine':
      return { kind, views: [operation.A, operation.W, operation.b, operation.Z] }
    case 'activate': {
      const f = idOf(activations, operation.f)
      return f < 0 ? undefined : { kind, f, views: [operation.Z, operation.A] }
    }
    case 'loss': {
      const E = idOf(losses, operation.E)
      return E < 0 ? undefined : { kind, E, views: [operation.Z, operation.A, operation.T, operation.perRow] }
    }
    case 'lossGradient': {
      const E = idOf(losses, operation.E)
      // a fused loss needs no derivative of f
      const f = 'fusedWith' in operation.E ? 0 : idOf(activations, operation.f)
      const views = [operation.Z, operation.A, operation.T, operation.loss]
      return E < 0 || f < 0 ? undefined : { kind, E, f, views }
    }
    case 'propagate': {
      const f = idOf(activations, operation.f)
      const { loss, W, Z, A, lossBelow } = operation
      return f < 0 ? undefined : { kind, f, views: [loss, W, Z, A, lossBelow] }
    }
    case 'weightGradient':
      return { kind, flag: operation.keep ? 1 : 0, views: [operation.A, operation.loss, operation.dW] }
    case 'biasGradient':
      return { kind, flag: operation.keep ? 1 : 0, views: [operation.loss, operation.db] }
    case 'weightStep':
      return { kind, views: [operation.A, operation.loss, operation.parameter] }
    case 'biasStep':
      return { kind, views: [operation.loss, operation.parameter] }
    default:
      return encodeUpdate(kind, operation)
  }
}

type Closing = Extract<Operation, { kind: 'bound' | 'limit' | 'guard' | 'label' | 'update' | 'adam' }>

/** The operations that call no function: they judge a step, take it, or read the labels. */
function encodeUpdate(kind: number, operation: Closing): Record {
  switch (operation.kind) {
    case 'bound':
      return { kind, views: [operation.parameter, operation.gradient, operation.bound] }
    case 'limit':
      return { kind, views: [operation.A, operation.loss, operation.limit] }
    case 'guard':
      return { kind, views: [operation.perRow, operation.limits], numbers: [operation.below] }
    case 'label':
      return { kind, views: [operation.A, operation.labels] }
    case 'update':
      return { kind, views: [operation.parameter, operation.gradient] }
    case 'adam': {
      const { parameter, gradient, m, v, settings } = operation
      const numbers = [settings.beta1, settings.beta2, settings.epsilon]
      return { kind, views: [parameter, gradient, m, v], numbers }
    }
  }
}

const identity: ElementActivation = { name: 'identity', value: (z) => z, derivative: () => 1 }

/** The operation itself; or a propagate through a function of the user's own without it: lossBelow = loss·Wᵀ. */
export function withoutOwn(operation: Operation | Step): Operation | Step {
  if (operation.kind !== 'propagate' || encode(operation) !== undefined) return operation
  return { ...operation, f: identity }
}

/** What an operation multiplies: C = alpha·A·B + beta·C, where A (k×m) or B (n×k) may lie transposed. */
export interface Product {
  readonly A: View
  readonly B: View
  readonly C: View
  readonly transposed?: 'A' | 'B'
  readonly alpha: (cells: Cells) => number
  readonly beta: (cells: Cells) => number
}

/** An operation taken apart for another who multiplies: its product, and the records before and after. */
export interface Parts {
  readonly before: readonly Record[]
  readonly product: Product
  readonly after: readonly Record[]
}

/** The parts of an operation that multiplies; undefined for all others. */
export function split(operation: Operation | Step): Parts | undefined {
  const [zero, one] = [() => 0, () => 1]
  switch (operation.kind) {
    case 'affine': {
      const { A, W, b, Z } = operation
      const before = [{ kind: kindOf('spread'), views: [b, Z] }]
      return { before, product: { A, B: W, C: Z, alpha: one, beta: one }, after: [] }
    }
    case 'propagate': {
      const { loss, W, f, Z, A, lossBelow } = operation
      const derivative = { kind: kindOf('timesDerivative'), f: idOf(activations, f), views: [Z, A, lossBelow] }
      const product = { A: loss, B: W, C: lossBelow, transposed: 'B', alpha: one, beta: zero } as const
      return { before: [], product, after: f.name === 'identity' ? [] : [derivative] }
    }
    case 'weightGradient': {
      const { A, loss, dW, keep } = operation
      const beta = keep ? (cells: Cells) => cells.keep : zero
      const product = { A, B: loss, C: dW, transposed: 'A', alpha: ({ mean }: Cells) => mean, beta } as const
      return { before: [], product, after: [] }
    }
    case 'weightStep': {
      const { A, loss, parameter } = operation
      const alpha = ({ mean, rate }: Cells) => -rate * mean
      return { before: [], product: { A, B: loss, C: parameter, transposed: 'A', alpha, beta: one }, after: [] }
    }
    default:
      return undefined
  }
}
