import type { FitOptions } from '../network/fit.ts'
import type { NetworkOptions } from '../network/options.ts'
import { adam } from '../training/optimizers.ts'

/** What estimators do where their options say nothing: network and training, by the number of rows. */
export interface Defaults {
  readonly network: Pick<NetworkOptions, 'activation' | 'optimizer'>
  readonly fit: Pick<FitOptions, 'batchSize' | 'epochs' | 'schedule' | 'l2' | 'gradientNorms'>
}

/** Training goes on for about so many steps, where that is within the bounds of epochs. */
const STEPS = 3000
const [FEWEST_EPOCHS, MOST_EPOCHS] = [20, 200]

/** The defaults for so many rows. */
export function defaultsFor(rows: number): Defaults {
  const batchSize = Math.min(Math.max(2 ** Math.round(Math.log2(rows / 40)), 8), 128)
  const epochs = Math.min(Math.max(Math.round((STEPS * batchSize) / rows), FEWEST_EPOCHS), MOST_EPOCHS)
  return {
    network: { activation: 'relu', optimizer: adam({ learningRate: 0.003 }) },
    fit: { batchSize, epochs, schedule: { name: 'cosine' }, l2: 1e-3, gradientNorms: false },
  }
}
