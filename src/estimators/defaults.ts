import type { FitOptions } from '../network/fit.ts'
import type { LayerOptions, NetworkOptions } from '../network/options.ts'
import { adam } from '../training/optimizers.ts'

/** What estimators do where their options say nothing. */
export interface Defaults {
  readonly network: Required<Pick<NetworkOptions, 'activation' | 'optimizer'>>
  readonly fit: Required<Pick<FitOptions, 'batchSize' | 'epochs' | 'schedule' | 'l2' | 'gradientNorms'>>
}

/** Training goes on for about so many steps, as far as the bounds of epochs let it. */
const STEPS = 3000
const [FEWEST_EPOCHS, MOST_EPOCHS] = [50, 200]
/** From so many units on, Adam needs smaller rates the more there are. */
const WIDE = 64
const RATE = 0.01
/** l2 is so much divided by the rows: a prior on weights, of the same strength however many rows speak against it. */
const PRIOR = 3

/**
 * The defaults for so many rows, chosen on 40 data sets of 20 to 20,000 rows (bench/README.md shows what they reach on some).
 *
 *     batch = the power of two nearest to rows/40, from 8 to 128
 *     epochs = 3000·batch/rows, from 50 to 200
 *     l2 = 3/rows      rate = 0.01, less where a layer has more than 64 units, falling to 0 as a cosine
 */
export function defaultsFor(rows: number, hidden: readonly (number | LayerOptions)[]): Defaults {
  const batchSize = Math.min(Math.max(2 ** Math.round(Math.log2(rows / 40)), 8), 128)
  const epochs = Math.min(Math.max(Math.round((STEPS * batchSize) / rows), FEWEST_EPOCHS), MOST_EPOCHS)
  const widest = hidden.reduce<number>(
    (most, layer) => Math.max(most, typeof layer === 'number' ? layer : layer.units),
    1,
  )
  return {
    network: { activation: 'relu', optimizer: adam({ learningRate: RATE * Math.min(1, WIDE / widest) }) },
    fit: { batchSize, epochs, schedule: { name: 'cosine' }, l2: PRIOR / rows, gradientNorms: false },
  }
}
