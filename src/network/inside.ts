import { typeError } from '../errors.ts'
import type { Generator } from '../random/generator.ts'
import type { LossTrace } from '../training/loss-trace.ts'
import type { Engine } from './engine.ts'
import type { Blueprint } from './options.ts'
import type { Steps } from './steps.ts'

/** A network's inside, for what stands beside it in this folder and for insight/. */
export interface Inside {
  readonly blueprint: Blueprint
  readonly engine: Engine
  readonly steps: Steps
  /** from which the next step draws what it drops */
  readonly random: Generator
  /** of steps that were taken before the run in work */
  readonly losses: LossTrace
}

/** The inside of every network; each puts its own here when it is made. */
export const insides = new WeakMap<object, Inside>()

/** The blueprint and the memory of a network. @throws TypeError for anything else */
export function insideOf(where: string, network: unknown): Inside {
  const inside = insides.get(Object(network))
  if (inside === undefined) throw typeError(where, 'the first argument', 'a Network', network)
  return inside
}
