import type { Cells, Operation, Optimizer, Plan } from '../kernels/plan.ts'
import { backward, forward, inputs, loss } from '../rule/rule.ts'
import { corrections, limits, penalties, updates } from '../training/updates.ts'
import type { Blueprint } from './options.ts'
import type { Workspace } from './workspace.ts'

/** What a step does beside the rule. */
export interface StepTerms {
  /** layers drop what their share says */
  readonly dropout?: boolean
  /** each row counts as its own weight says */
  readonly weighted?: boolean
  /** gradients are added to those of the blocks before */
  readonly keep?: 'keep'
}

/** The parts of a gradient step over a block, each the list of its operations, in the order in which a step runs them. */
export type StepParts = Readonly<
  Record<
    'forward' | 'loss' | 'weigh' | 'backward' | 'penalty' | 'penaltyGradient' | 'bounds' | 'update',
    () => Operation[]
  >
>

/** The one place that says what a step is made of: the engine prepares parts of it, trace writes them out. */
export function stepParts(blueprint: Blueprint, workspace: Workspace, terms: StepTerms = {}): StepParts {
  const { E, optimizer } = blueprint
  const { layers, parameters, X, T, perRow, weights, limits: limit, penalties: penalty } = workspace
  const { dropout = false, weighted = false, keep } = terms
  const backwardOptions = { dropout, ...(weighted && { weights }), ...(keep && { keep }) }
  return {
    forward: () => forward(X, layers, dropout),
    loss: () => loss(layers, E, T, perRow),
    weigh: () => (weighted ? [{ kind: 'weigh', weights, of: perRow }] : []),
    backward: () => backward(X, layers, E, T, backwardOptions),
    penalty: () => penalties(layers, penalty).values,
    penaltyGradient: () => penalties(layers, penalty).gradients,
    bounds: () => [
      ...limits(inputs(X, layers, dropout), layers, limit),
      { kind: 'guard', perRow, limits: limit, below: 'below' },
    ],
    update: () => updates(optimizer, parameters),
  }
}

/** The passes of a step; bounds judge it before its update. */
export type PassName = 'forward' | 'loss' | 'backward' | 'penalty' | 'bounds' | 'update'

/** A whole step over a batch of one block, pass by pass; one without penalties has none in that pass. */
export function stepPasses(parts: StepParts, penalised = false): readonly (readonly [PassName, Plan])[] {
  const { forward, loss, weigh, backward, penalty, penaltyGradient, bounds, update } = parts
  return [
    ['forward', forward()],
    ['loss', [...loss(), ...weigh()]],
    ['backward', backward()],
    ['penalty', penalised ? [...penalty(), ...penaltyGradient()] : []],
    ['bounds', bounds()],
    ['update', update()],
  ]
}

/** Sets what the updates of step t read, counted from 1. */
export function setUpdateCells(cells: Cells, optimizer: Optimizer, t: number, rate: number): void {
  const [correction1, correction2] = corrections(optimizer, t)
  cells.rate = rate
  cells.correction1 = correction1
  cells.correction2 = correction2
}
