import { snapshotOf, write } from './averages.ts'
import { Engine } from './engine.ts'
import type { Inside } from './inside.ts'
import { matricesOf } from './json-run.ts'
import type { Blueprint } from './options.ts'
import { Steps } from './steps.ts'

/** Passes and steps over a copy of all that a step reads and writes: what is tried there leaves the network as it was. */
export interface Copy {
  readonly engine: Engine
  readonly steps: Steps
}

/** A copy as of the last completed step, to the bit: parameters, the optimizer's state, the count of steps. */
export function copyInside(blueprint: Blueprint, { engine, steps }: Pick<Inside, 'engine' | 'steps'>): Copy {
  steps.settle()
  const copy = new Engine(blueprint)
  const [from, to] = [matricesOf(engine), matricesOf(copy)]
  write(to.parameters, snapshotOf(from.parameters))
  write(to.state, snapshotOf(from.state))
  const copiedSteps = new Steps(blueprint, copy)
  copiedSteps.count = steps.count
  copiedSteps.look()
  return { engine: copy, steps: copiedSteps }
}
