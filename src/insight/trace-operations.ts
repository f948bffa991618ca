import type { Adam, Cells, Operation, Sgd, View } from '../kernels/plan.ts'
import { writeActivation, writeLoss, writeOutputLoss, writeThrough } from './trace-functions.ts'

/** What a view is called, and where it belongs. */
export interface Named {
  readonly name: string
  /** the index in network.layers; absent where it belongs to none */
  readonly layer?: number
}

/** What operations are described with. */
export interface Facts {
  readonly nameOf: (view: View) => Named
  readonly cells: Cells
  /** the number of the step, counted from 1 */
  readonly t: number
}

/** A view that an operation writes: `name = formula`, or `name ← formula` where it takes the place of what stood there. */
export interface Written extends Named {
  readonly view: View
  readonly formula: string
  readonly isChange: boolean
  readonly reads: readonly View[]
}

type Describers = {
  readonly [K in Operation['kind']]: (operation: Extract<Operation, { kind: K }>, facts: Facts) => readonly Written[]
}

/** What an operation writes, in the names of the rule and with the numbers of this step. */
export function describeOperation(operation: Operation, facts: Facts): readonly Written[] {
  const describe = describers[operation.kind] as (operation: Operation, facts: Facts) => readonly Written[]
  return describe(operation, facts)
}

/** Those that measure or are no part of a step that is written out. */
const nothing = () => []

const describers: Describers = {
  affine: ({ A, W, b, Z }, facts) => {
    const n = namesOf(facts, { A, W, b })
    return [defines(facts, Z, `${n.A}·${n.W} + ${n.b}`, [A, W, b])]
  },
  activate: ({ f, Z, A }, facts) => [defines(facts, A, writeActivation(f, facts.nameOf(Z).name), [Z])],
  dropout: ({ from, to, share }, facts) => {
    const { name } = facts.nameOf(from)
    const formula = `${name} ⊙ mask/(1 − ${short(share)}); the mask is 0 for a share of ${short(share)}, else 1`
    return [from === to ? changes(facts, to, formula, [from]) : defines(facts, to, formula, [from])]
  },
  loss: ({ E, Z, A, T, perRow }, facts) => {
    const n = namesOf(facts, { Z, A })
    return [defines(facts, perRow, writeLoss(E, n.Z, n.A), ['fusedWith' in E ? [Z] : [], A, T].flat())]
  },
  weigh: ({ weights, of }, facts) => {
    const n = namesOf(facts, { weights, of })
    return [changes(facts, of, `${n.weights} ⊙ ${n.of}, each row times its weight`, [weights, of])]
  },
  lossGradient: ({ E, f, Z, A, T, loss }, facts) => {
    const n = namesOf(facts, { Z, A })
    const formula = writeOutputLoss(E, f, n.Z, n.A)
    const reads = ['fusedWith' in E || 'rowwise' in f ? [] : [Z], A, T].flat()
    return [defines(facts, loss, formula, E.formula === undefined ? reads : namedIn(formula, reads, facts))]
  },
  propagate: ({ loss, W, f, Z, A, lossBelow }, facts) => {
    const n = namesOf(facts, { loss, W, Z, A })
    const formula = writeThrough(f, `(${n.loss}·${n.W}ᵀ)`, n.Z, n.A)
    return [defines(facts, lossBelow, formula, namedIn(formula, [loss, W, Z, A], facts))]
  },
  weightGradient: ({ A, loss, dW }, facts) => {
    const n = namesOf(facts, { A, loss })
    return [defines(facts, dW, `${mean(facts)}${n.A}ᵀ·${n.loss}`, [A, loss])]
  },
  biasGradient: ({ loss, db }, facts) => [
    defines(facts, db, `${mean(facts)}column sums of ${facts.nameOf(loss).name}`, [loss]),
  ],
  penalty: ({ W, penalty }, { cells: { l1, l2 }, nameOf }) => {
    const { name, ...place } = nameOf(W)
    const terms = [l1 !== 0 && `${short(l1)}·Σ|${name}|`, l2 !== 0 && `½·${short(l2)}·Σ${name}²`]
    const named = { name: `penalty(${name})`, ...place }
    return [{ ...named, view: penalty, formula: `${named.name} = ${sum(terms)}`, isChange: false, reads: [W] }]
  },
  penaltyGradient: ({ W, dW }, facts) => {
    const { l1, l2 } = facts.cells
    const n = namesOf(facts, { W, dW })
    const terms = [n.dW, l1 !== 0 && `${short(l1)}·sign(${n.W})`, l2 !== 0 && `${short(l2)}·${n.W}`]
    return [changes(facts, dW, sum(terms), [dW, W])]
  },
  weightDecay: ({ parameter, gradient, weightDecay }, facts) => {
    const n = namesOf(facts, { parameter, gradient })
    return [changes(facts, gradient, `${n.gradient} + ${short(weightDecay)}·${n.parameter}`, [gradient, parameter])]
  },
  update: ({ parameter, gradient }, facts) => {
    const n = namesOf(facts, { parameter, gradient })
    return [changes(facts, parameter, `${n.parameter} − ${rate(facts)}·${n.gradient}`, [parameter, gradient])]
  },
  momentum: ({ parameter, gradient, velocity, settings }, facts) => {
    const n = namesOf(facts, { parameter, gradient, velocity })
    const { momentum, nesterov }: Sgd = settings
    const along = nesterov ? `(${n.gradient} + ${short(momentum)}·${n.velocity})` : n.velocity
    return [
      changes(facts, velocity, `${short(momentum)}·${n.velocity} + ${n.gradient}`, [velocity, gradient]),
      changes(facts, parameter, `${n.parameter} − ${rate(facts)}·${along}`, [
        parameter,
        ...(nesterov ? [gradient] : []),
        velocity,
      ]),
    ]
  },
  adaptive: ({ parameter, gradient, squares, settings: { keep, add, epsilon } }, facts) => {
    const n = namesOf(facts, { parameter, gradient, squares })
    const step = `${n.parameter} − ${rate(facts)}·${n.gradient}/(√${n.squares} + ${short(epsilon)})`
    return [
      changes(facts, squares, `${scaled(keep, n.squares)} + ${scaled(add, n.gradient)}²`, [squares, gradient]),
      changes(facts, parameter, step, [parameter, gradient, squares]),
    ]
  },
  adam: ({ parameter, gradient, m, v, settings }, facts) => {
    const n = namesOf(facts, { parameter, gradient, m, v })
    const { beta1, beta2 } = settings
    return [
      changes(facts, m, `${scaled(beta1, n.m)} + ${scaled(1 - beta1, n.gradient)}`, [m, gradient]),
      changes(facts, v, `${scaled(beta2, n.v)} + ${scaled(1 - beta2, n.gradient)}²`, [v, gradient]),
      changes(facts, parameter, adamStep(settings, n, facts), [parameter, m, v]),
    ]
  },
  norm: nothing,
  scale: nothing,
  clip: nothing,
  largest: nothing,
  limit: nothing,
  guard: nothing,
  label: nothing,
  average: nothing,
  settle: nothing,
}

function adamStep(settings: Adam, n: Readonly<Record<'parameter' | 'm' | 'v', string>>, facts: Facts): string {
  const { name, beta1, beta2, epsilon, weightDecay } = settings
  const { correction1, correction2 } = facts.cells
  const shrink = name === 'adamw' && weightDecay > 0 ? `(1 − ${rate(facts)}·${short(weightDecay)})·` : ''
  const root = `√${n.v}/√${short(correction2)} + ${short(epsilon)}`
  const t = superscript(facts.t)
  const corrections = `1 − ${short(beta1)}${t} = ${short(correction1)}, 1 − ${short(beta2)}${t} = ${short(correction2)}`
  return `${shrink}${n.parameter} − ${rate(facts)}/${short(correction1)}·${n.m}/(${root}); ${corrections}`
}

function defines({ nameOf }: Facts, view: View, formula: string, reads: readonly View[]): Written {
  const named = nameOf(view)
  return { ...named, view, formula: `${named.name} = ${formula}`, isChange: false, reads }
}

function changes({ nameOf }: Facts, view: View, formula: string, reads: readonly View[]): Written {
  const named = nameOf(view)
  return { ...named, view, formula: `${named.name} ← ${formula}`, isChange: true, reads }
}

/** The views that a formula names: an operation is given Z and A, of which many derivatives take but one. */
function namedIn(formula: string, views: readonly View[], { nameOf }: Facts): View[] {
  const words = new Set(formula.match(/(?<!∂)\b\w+/g))
  return views.filter((view) => words.has(nameOf(view).name))
}

function namesOf<K extends string>({ nameOf }: Facts, views: Readonly<Record<K, View>>): Record<K, string> {
  const entries = Object.entries<View>(views).map(([key, view]) => [key, nameOf(view).name])
  return Object.fromEntries(entries) as Record<K, string>
}

/** (1/m)·, nothing for one row. */
function mean({ cells: { rows } }: Facts): string {
  return rows === 1 ? '' : `(1/${rows})·`
}

function rate({ cells }: Facts): string {
  return short(cells.rate)
}

function scaled(factor: number, name: string): string {
  return factor === 1 ? name : `${short(factor)}·${name}`
}

function sum(terms: readonly (string | false)[]): string {
  return terms.filter((term) => term !== false).join(' + ')
}

/** A setting as people write it: 1 − 0.99 is 0.01. */
export function short(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function superscript(t: number): string {
  return String(t).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] as string)
}
