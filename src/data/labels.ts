import type { NdArray } from 'ndarray'
import { checkInteger, Phrase, rangeError, typeError } from '../errors.ts'
import { checkBounds, checkSize, isNdArray } from '../matrix/view.ts'

/** Class indices, one a row: any array of whole numbers, or a 1-D ndarray. */
export type Labels = ArrayLike<number> | NdArray

/** Labels as an array, each checked to be a whole number from 0 to classes − 1. */
export function readLabels(where: string, labels: unknown, classes: number): number[] {
  const read = isNdArray(labels) ? readNdArray(where, labels) : readList(where, labels)
  read.forEach((label, i) => {
    checkInteger(where, `the label at index ${i}`, label, 0, classes - 1)
  })
  return read as number[]
}

function readNdArray(where: string, labels: NdArray): unknown[] {
  const { dimension } = labels
  if (dimension !== 1) {
    throw rangeError(where, 'labels', '1 dimension', new Phrase(`an ndarray of ${dimension} dimensions`))
  }
  checkBounds(where, 'labels', labels)
  checkSize(where, 'labels', labels.size, 1)
  return Array.from({ length: labels.size }, (_, i) => labels.get(i))
}

function readList(where: string, labels: unknown): unknown[] {
  const { length } = Object(labels) as ArrayLike<unknown>
  if (typeof labels !== 'object' || !Number.isSafeInteger(length) || length < 0) {
    throw typeError(where, 'labels', 'an array of whole numbers or a 1-D ndarray', labels)
  }
  checkSize(where, 'labels', length, 1)
  return Array.from(labels as ArrayLike<unknown>)
}
