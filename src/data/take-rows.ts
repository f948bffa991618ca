import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'

/** The typed arrays of JavaScript. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/** Whether a value is a typed array of any kind. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/** A new typed array of the same kind (of a Node Buffer: a Uint8Array, which it is). */
export function emptyLike(data: TypedArray, length: number): TypedArray {
  const kinds = globalThis as unknown as Record<string, new (length: number) => TypedArray>
  const Kind = kinds[data[Symbol.toStringTag]] as new (length: number) => TypedArray
  return new Kind(length)
}

/** The rows of a view (along its first axis) in the given order: a new contiguous view of the same dtype. */
export function takeRows(view: NdArray, order: ArrayLike<number>): NdArray {
  const { data, offset } = view
  const [stride = 0] = view.stride
  const shape = [order.length, ...view.shape.slice(1)]
  const width = shape.slice(1).reduce((product, size) => product * size, 1)
  const taken: unknown = isTypedArray(data) ? emptyLike(data, order.length * width) : new Array(order.length * width)
  const into = taken as number[] // whichever kind it is, it is only indexed
  const from = data as ArrayLike<number>
  const whole = isTypedArray(data) && isContiguous(view, 1) && width > 8
  for (let k = 0; k < order.length; k++) {
    const start = offset + (order[k] as number) * stride
    if (whole) (taken as Uint8Array).set((data as Uint8Array).subarray(start, start + width), k * width)
    else copyBelow({ from, into, shape: view.shape, stride: view.stride }, 1, start, k * width)
  }
  return ndarray(taken as Uint8Array, shape)
}

/** Whether the elements of the axes from `first` on lie one after the other, in order. */
export function isContiguous(view: NdArray, first = 0): boolean {
  let expected = 1
  for (let axis = view.dimension - 1; axis >= first; axis--) {
    if (view.shape[axis] !== 1 && view.stride[axis] !== expected) return false
    expected *= view.shape[axis] as number
  }
  return true
}

interface Copying {
  readonly from: ArrayLike<number>
  readonly into: number[]
  readonly shape: readonly number[]
  readonly stride: readonly number[]
}

/** Copies all elements below one index of the axes before `axis`; returns where the next element goes. */
function copyBelow(copying: Copying, axis: number, from: number, into: number): number {
  const size = copying.shape[axis]
  const stride = copying.stride[axis] as number
  if (size === undefined) {
    copying.into[into] = copying.from[from] as number
    return into + 1
  }
  let at = into
  for (let i = 0; i < size; i++) at = copyBelow(copying, axis + 1, from + i * stride, at)
  return at
}
