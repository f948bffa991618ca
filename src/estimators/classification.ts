import { typeError } from '../errors.ts'
import { type ClassPlan, classesOf, encodeClasses, learnClasses, readClassPlan } from './class-targets.ts'
import { readClassWeights } from './options.ts'
import type { Task } from './task.ts'

/** Labels in, labels out: softmax over the classes of a row, or a sigmoid for each of several labels. */
export const classification: Task<ClassPlan> = {
  name: 'Classifier',
  format: 'bp-net classifier',
  learn: learnClasses,
  encode: encodeClasses,
  output: (plan) =>
    plan.kind === 'class'
      ? { units: plan.classes.length, outputActivation: 'softmax', loss: 'categoricalCrossEntropy' }
      : { units: classesOf(plan).length, outputActivation: 'sigmoid', loss: 'binaryCrossEntropy' },
  classWeights(where, given, plan) {
    if (plan.kind === 'class') return readClassWeights(where, given, plan.classes)
    throw typeError(where, 'classWeights', 'none where a row has several labels', given)
  },
  doubt(plan, rows) {
    if (plan.kind !== 'class') return undefined
    const { classes } = plan
    if (classes.some((label) => typeof label !== typeof classes[0])) {
      return 'the target has labels of several kinds (texts, numbers, booleans), which are different classes even where they look alike'
    }
    if (classes.length <= Math.max(rows / 2, 10) || typeof classes[0] !== 'number') return undefined
    return `the target has ${classes.length} different numbers in ${rows} rows, each of them a class; a Regressor predicts numbers`
  },
  metrics: ({ kind }) => (kind === 'class' ? ['accuracy'] : []),
  read: readClassPlan,
  names: ({ names }) => names,
  isSingle: ({ kind }) => kind !== 'labels',
}
