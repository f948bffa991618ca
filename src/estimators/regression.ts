import { typeError } from '../errors.ts'
import { encodeNumbers, learnNumbers, type NumberPlan, readNumberPlan } from './number-targets.ts'
import type { Task } from './task.ts'

/** Numbers in, numbers out: targets are standardised for the network, and Huber's loss keeps outliers from ruling. */
export const regression: Task<NumberPlan> = {
  name: 'Regressor',
  format: 'bp-net regressor',
  learn(where, cells, classes) {
    if (classes === undefined) return learnNumbers(where, cells)
    throw typeError(where, 'classes', 'none for a regressor', classes)
  },
  encode: encodeNumbers,
  output: ({ means }) => ({ units: means.length, outputActivation: 'identity', loss: 'huber' }),
  classWeights(where, given) {
    throw typeError(where, 'classWeights', 'none for a regressor', given)
  },
  doubt: () => undefined,
  metrics: () => [],
  read: readNumberPlan,
  names: ({ names }) => names,
  isSingle: ({ isSingle }) => isSingle,
}
