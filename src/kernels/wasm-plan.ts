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
  'weigh',
  'dropout',
  'penalty',
  'penaltyGradient',
  'weightDecay',
  'norm',
  'scale',
  'clip',
  'largest',
  'limit',
  'guard',
  'label',
  'update',
  'momentum',
  'adaptive',
  'adam',
  'average',
  'weightStep',
  'biasStep',
  'product',
  'combine',
  'spread',
  'timesDerivative',
  'settle',
  'finite',
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
type Step =
  | { kind: 'weightStep'; A: View; loss: View; parameter: View; mayWait: boolean }
  | { kind: 'biasStep'; loss: View; parameter: View }

/** The first product of a plan, whose W may wait for an update by this loss. */
type Waiting = Extract<Operation, { kind: 'affine' }> & { waitsFor: View }

/** What a plan becomes. */
export type Fused = Operation | Waiting | Step

/**
 * The plan with every gradient that only an update of sgd reads made one step with it: dW is then never written. The step
 * of the matrix that the plan reads first may wait for the next run, unless the plan reads it once more or calls functions
 * of the user's own, which could look.
 */
export function fuse(plan: Plan): Fused[] {
  const fused: (Fused | undefined)[] = [...plan]
  const [first] = plan
  const callsOut = plan.some((operation) => encode(operation) === undefined)
  const mentions = whereNamed(plan)
  plan.forEach((operation, j) => {
    if (operation.kind !== 'update') return
    const { parameter, gradient } = operation
    const [i = j, ...others] = mentions.get(gradient) as number[]
    const source = plan[i] as Operation
    if (others.length !== 1 || gradientOf(source) !== gradient) return
    fused[i] = undefined
    if (source.kind === 'weightGradient') {
      const { A, loss } = source
      const isLast = mentions.get(parameter)?.at(-1) === j
      const mayWait = !callsOut && isLast && first?.kind === 'affine' && first.W === parameter
      fused[j] = { kind: 'weightStep', A, loss, parameter, mayWait }
      if (mayWait) fused[0] = { ...first, waitsFor: loss }
    } else if (source.kind === 'biasGradient') {
      fused[j] = { kind: 'biasStep', loss: source.loss, parameter }
    }
  })
  return fused.filter((operation) => operation !== undefined)
}

/** The gradient that an operation writes anew. */
function gradientOf(operation: Operation): View | undefined {
  if ('keep' in operation) return undefined
  if (operation.kind === 'weightGradient') return operation.dW
  return operation.kind === 'biasGradient' ? operation.db : undefined
}

/** The operations that name a view, by their places in the plan. */
function whereNamed(plan: Plan): ReadonlyMap<unknown, number[]> {
  const places = new Map<unknown, number[]>()
  plan.forEach((operation, k) => {
    for (const value of Object.values(operation)) {
      const known = places.get(value)
      if (known === undefined) places.set(value, [k])
      else known.push(k)
    }
  })
  return places
}

type Encoders = {
  readonly [K in Fused['kind']]: (operation: Extract<Fused, { kind: K }>) => Omit<Record, 'kind'> | undefined
}

/** Each kind as numbers, its views in the order in which assembly/plan.ts takes them. */
const encoders: Encoders = {
  affine({ A, W, b, Z, ...rest }) {
    return 'waitsFor' in rest ? { flag: 1, views: [A, W, b, Z, rest.waitsFor] } : { views: [A, W, b, Z] }
  },
  activate: ({ f, Z, A }) => known(idOf(activations, f), (f) => ({ f, views: [Z, A] })),
  loss: ({ E, Z, A, T, perRow }) => known(idOf(losses, E), (E) => ({ E, views: [Z, A, T, perRow] })),
  lossGradient({ E, f, Z, A, T, loss }) {
    const fId = 'fusedWith' in E ? 0 : idOf(activations, f) // a fused loss needs no derivative of f
    return known(idOf(losses, E), (E) => known(fId, (f) => ({ E, f, views: [Z, A, T, loss] })))
  },
  propagate: ({ loss, W, f, Z, A, lossBelow }) =>
    known(idOf(activations, f), (f) => ({ f, views: [loss, W, Z, A, lossBelow] })),
  weightGradient: ({ A, loss, dW, keep }) => ({ flag: keep ? 1 : 0, views: [A, loss, dW] }),
  biasGradient: ({ loss, db, keep }) => ({ flag: keep ? 1 : 0, views: [loss, db] }),
  weigh: ({ weights, of }) => ({ views: [weights, of] }),
  dropout({ from, to, share, layer }) {
    return { f: layer, E: Math.floor(share * 2 ** 32), views: [from, to], numbers: [1 / (1 - share)] }
  },
  penalty: ({ W, penalty }) => ({ views: [W, penalty] }),
  penaltyGradient: ({ W, dW }) => ({ views: [W, dW] }),
  weightDecay: ({ parameter, gradient, weightDecay }) => ({ views: [parameter, gradient], numbers: [weightDecay] }),
  norm: ({ of, norm }) => ({ views: [of, norm] }),
  scale: ({ of }) => ({ views: [of] }),
  clip: ({ of }) => ({ views: [of] }),
  largest: ({ of, largest }) => ({ views: [of, largest] }),
  limit: ({ A, loss, limit }) => ({ views: [A, loss, limit] }),
  guard: ({ perRow, limits }) => ({ views: [perRow, limits] }),
  label: ({ A, labels }) => ({ views: [A, labels] }),
  update: ({ parameter, gradient }) => ({ views: [parameter, gradient] }),
  momentum({ parameter, gradient, velocity, settings: { momentum, nesterov } }) {
    return { flag: nesterov ? 1 : 0, views: [parameter, gradient, velocity], numbers: [momentum] }
  },
  adaptive({ parameter, gradient, squares, settings: { keep, add, epsilon } }) {
    return { views: [parameter, gradient, squares], numbers: [keep, add, epsilon] }
  },
  adam({ parameter, gradient, m, v, settings: { name, beta1, beta2, epsilon, weightDecay } }) {
    const decay = name === 'adamw' ? weightDecay : 0
    return { views: [parameter, gradient, m, v], numbers: [beta1, beta2, epsilon, decay] }
  },
  average: ({ of, average }) => ({ views: [of, average] }),
  settle: ({ loss, parameter }) => ({ views: [loss, parameter] }),
  weightStep: ({ A, loss, parameter, mayWait }) => ({ flag: mayWait ? 1 : 0, views: [A, loss, parameter] }),
  biasStep: ({ loss, parameter }) => ({ views: [loss, parameter] }),
}

/** What an id becomes, where the table has the function that it stands for. */
function known<T>(id: number, encoded: (id: number) => T): T | undefined {
  return id < 0 ? undefined : encoded(id)
}

/** The operation as a record; undefined where it calls a function that has no fast form. */
export function encode(operation: Fused): Record | undefined {
  const encoder = encoders[operation.kind] as (operation: Fused) => Omit<Record, 'kind'> | undefined
  const encoded = encoder(operation)
  return encoded && { kind: kindOf(operation.kind), ...encoded }
}

const identity: ElementActivation = { name: 'identity', value: (z) => z, derivative: () => 1 }

/** The operation itself; or a propagate through a function of the user's own without it: lossBelow = loss·Wᵀ. */
export function withoutOwn(operation: Fused): Fused {
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
export function split(operation: Fused): Parts | undefined {
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
