import { Phrase, rangeError, typeError } from '../errors.ts'
import type { Activation, View } from '../kernels/plan.ts'
import { activations } from '../rule/activations.ts'

/** How many labels an output layer tells apart. @throws TypeError where its outputs mean no label */
export function countLabels(where: string, f: Activation, outputs: number): number {
  if (outputs > 1) return outputs
  if (f === activations.sigmoid) return 2
  throw typeError(
    where,
    'the output layer',
    'several outputs or one sigmoid output, to tell labels apart',
    new Phrase(`one ${f.name} output`),
  )
}

/** Throws for row i of a block, `row` of the inputs, which has no label since an output of it is NaN. */
export function refuseRow(where: string, output: View, i: number, row: number): never {
  let j = 0
  while (!Number.isNaN(output.get(i, j))) j++
  throw rangeError(where, `output ${j} of row ${row}`, 'a number', Number.NaN)
}

/** How many rows were labelled as they should be, and which. */
export interface Accuracy {
  /** the share of matched rows, from 0 to 1 */
  readonly accuracy: number
  /** the indices of rows whose label was right */
  readonly matched: number[]
  /** the indices of all others */
  readonly mismatched: number[]
}

/** Sorts row indices by whether the label is the expected one. @throws RangeError unless there are as many of both */
export function compareLabels(where: string, labels: readonly number[], expected: readonly number[]): Accuracy {
  if (expected.length !== labels.length) {
    throw rangeError(where, 'the number of labels', `${labels.length}, one for each row of inputs`, expected.length)
  }
  const [matched, mismatched]: [number[], number[]] = [[], []]
  labels.forEach((label, i) => {
    if (label === expected[i]) matched.push(i)
    else mismatched.push(i)
  })
  return { accuracy: matched.length / labels.length, matched, mismatched }
}
