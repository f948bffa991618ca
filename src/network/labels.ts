import type { NdArray } from 'ndarray'
import { checkInteger, Phrase, rangeError, typeError } from '../errors.ts'
import type { Activation, View } from '../kernels/plan.ts'
import { isNdArray } from '../matrix/view.ts'
import { activations } from '../rule/activations.ts'

/** Class indices, one a row: any array of whole numbers, or a 1-D ndarray. */
export type Labels = ArrayLike<number> | NdArray

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

/** The label of row i: the index of its greatest output, or a ≥ 0.5 of the only one. */
export function labelOf(output: View, i: number): number {
  const outputs = output.shape[1] as number
  if (outputs === 1) return output.get(i, 0) >= 0.5 ? 1 : 0
  let best = 0
  for (let j = 1; j < outputs; j++) if (output.get(i, j) > output.get(i, best)) best = j
  return best
}

/** Labels as an array, checked: one a row, each from 0 to count − 1. */
export function readLabels(where: string, labels: unknown, rows: number, count: number): number[] {
  const read = toArray(where, labels)
  if (read.length !== rows)
    throw rangeError(where, 'the number of labels', `${rows}, one for each row of inputs`, read.length)
  for (let i = 0; i < rows; i++) checkInteger(where, `label ${i}`, read[i], 0, count - 1)
  return read as number[]
}

function toArray(where: string, labels: unknown): unknown[] {
  if (Array.isArray(labels)) return labels
  if (ArrayBuffer.isView(labels) && !(labels instanceof DataView)) return Array.from(labels as Uint8Array)
  if (isNdArray(labels) && labels.dimension === 1) {
    return Array.from({ length: labels.size }, (_, i) => labels.get(i))
  }
  throw typeError(where, 'labels', 'an array of whole numbers', labels)
}

/** How many rows were labelled as they should be, and which. */
export interface Accuracy {
  /** the share of matched rows, from 0 to 1 */
  readonly accuracy: number
  /** the indices of rows whose label was right, and of those where it was not */
  readonly matched: number[]
  readonly mismatched: number[]
}

/** Sorts row indices by whether the label is the expected one. */
export function compareLabels(labels: readonly number[], expected: readonly number[]): Accuracy {
  const [matched, mismatched]: [number[], number[]] = [[], []]
  labels.forEach((label, i) => {
    if (label === expected[i]) matched.push(i)
    else mismatched.push(i)
  })
  return { accuracy: matched.length / labels.length, matched, mismatched }
}
