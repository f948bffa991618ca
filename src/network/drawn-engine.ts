import type { Generator } from '../random/generator.ts'
import { drawWeights } from '../rule/initializers.ts'
import type { Layer } from '../rule/rule.ts'
import { Engine } from './engine.ts'
import type { Blueprint } from './options.ts'

/** The passes of a new network, whose weights a generator draws. */
export function drawnEngine(blueprint: Blueprint, random: Generator): Engine {
  const engine = new Engine(blueprint)
  for (const [l, { initializer }] of blueprint.layers.entries()) {
    drawWeights((engine.layers[l] as Layer).W, initializer, random)
  }
  return engine
}
