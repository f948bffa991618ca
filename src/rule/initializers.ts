import type { View } from '../kernels/plan.ts'
import type { Generator } from '../random/generator.ts'

/** Draws one weight of a layer with so many inputs and outputs. */
export type Initializer = (random: Generator, inputs: number, outputs: number) => number

/**
 * Every weight initializer by name. Xavier (Glorot and Bengio 2010) keeps the variance of A and of loss through layers
 * that are near linear; He (He et al. 2015) through layers that cut half of Z away.
 */
export const initializers = {
  /** uniform in ±√(6/(inputs + outputs)) */
  xavierUniform: (random, inputs, outputs) => {
    const limit = Math.sqrt(6 / (inputs + outputs))
    return random.uniform(-limit, limit)
  },
  /** normal, variance 2/(inputs + outputs) */
  xavierNormal: (random, inputs, outputs) => random.normal() * Math.sqrt(2 / (inputs + outputs)),
  /** uniform in ±√(6/inputs) */
  heUniform: (random, inputs) => {
    const limit = Math.sqrt(6 / inputs)
    return random.uniform(-limit, limit)
  },
  /** normal, variance 2/inputs */
  heNormal: (random, inputs) => random.normal() * Math.sqrt(2 / inputs),
  /** all 0: units of a hidden layer then never differ, so it suits networks without one */
  zeros: () => 0,
} as const satisfies Record<string, Initializer>

/** The name of a weight initializer. */
export type InitializerName = keyof typeof initializers

/** Draws every weight of a layer, row by row. */
export function drawWeights(W: View, name: InitializerName, random: Generator): void {
  const [inputs, outputs] = W.shape as [number, number]
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < outputs; j++) W.set(i, j, initializers[name](random, inputs, outputs))
  }
}
