import { Matrix } from '../matrix/matrix.ts'
import type { Layer } from '../rule/rule.ts'
import { sgd } from '../training/optimizers.ts'
import { Engine } from './engine.ts'
import type { Blueprint } from './options.ts'

/** The passes of a network over a float64 copy of its parameters; without the optimizer's state, which no pass needs. */
export function float64Copy(blueprint: Blueprint, layers: readonly Layer[]): Engine {
  const engine = new Engine({ ...blueprint, dtype: 'float64', optimizer: sgd() })
  for (const [l, { W, b }] of engine.layers.entries()) {
    const original = layers[l] as Layer
    Matrix.wrap(W).assign(Matrix.wrap(original.W))
    Matrix.wrap(b).assign(Matrix.wrap(original.b))
  }
  return engine
}
