import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import { checkInteger, checkNumber, checkOptions, rangeError, typeError } from '../errors.ts'
import type { Dtype, FloatArray } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { readDtype } from '../matrix/dtype.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Labels } from './labels.ts'
import { readLabels } from './labels.ts'
import { checkTableSize, readPixels } from './pixels.ts'

/**
 * Scales pixel values to between 0.01 and 1, so that no input of a network is 0.
 *
 *     x = v/255·0.99 + 0.01
 *
 * @param pixels values from 0 to 255: an ndarray (n×…, as 60000×28×28), a Matrix (n×d) or an array of n rows
 * @param options `dtype`: float32 unless told
 * @returns a new Matrix (n×d), d the number of values in a row; n×28×28 becomes n×784
 * @throws TypeError for what is no table of numbers; RangeError for fewer than 2 dimensions, for no rows, and
 *   for a value outside 0 … 255 or NaN, with its index
 * @see Rashid, "Make Your Own Neural Network", 2016, the chapter on MNIST
 * @example
 * import { scalePixels } from 'bp-net'
 * const inputs = scalePixels([[0, 255], [51, 102]], { dtype: 'float64' })
 * console.log(inputs.row(0).toArray().join()) // 0.01,1
 */
export function scalePixels(
  pixels: Matrix | NdArray | readonly ArrayLike<number>[],
  options: { dtype?: Dtype } = {},
): Matrix {
  checkOptions('scalePixels', options, ['dtype'])
  const dtype = readDtype('scalePixels', options.dtype ?? 'float32')
  const { values, shape } = readPixels('scalePixels', pixels)
  const rows = shape[0] as number
  const scaled = zeros(dtype, values.length)
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) scaleBytes(values, scaled)
  else scaleNumbers(values, scaled, shape)
  return matrixOf(scaled, rows, values.length / rows)
}

/**
 * Makes one row of targets of each label: `on` in the column of the label, `off` in all others.
 *
 * @param labels n whole numbers from 0 to classes − 1: an array, a typed array or a 1-D ndarray
 * @param classes the number of columns
 * @param options `on` and `off`: 1 and 0 unless told; `dtype`: float32 unless told
 * @returns a new Matrix (n×classes)
 * @throws TypeError for what is no list of numbers; RangeError for a label that is no class, with its index,
 *   and for more than 2³⁰ elements
 * @see Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.1.2 (the 1-of-K coding)
 * @example
 * import { oneHot } from 'bp-net'
 * console.log(oneHot([2, 0], 3).toArray().join(' | ')) // 0,0,1 | 1,0,0
 */
export function oneHot(
  labels: Labels,
  classes: number,
  options: { on?: number; off?: number; dtype?: Dtype } = {},
): Matrix {
  checkInteger('oneHot', 'classes', classes, 1)
  checkOptions('oneHot', options, ['on', 'off', 'dtype'])
  const { on = 1, off = 0 } = options
  const dtype = readDtype('oneHot', options.dtype ?? 'float32')
  const fits = (value: number) => dtype === 'float64' || Number.isFinite(Math.fround(value))
  checkNumber('oneHot', 'on', on, `a finite ${dtype} number`, fits)
  checkNumber('oneHot', 'off', off, `a finite ${dtype} number`, fits)
  const columns = readLabels('oneHot', labels, classes)
  checkTableSize('oneHot', columns.length, classes)
  const data = zeros(dtype, columns.length * classes).fill(off)
  columns.forEach((column, i) => {
    data[i * classes + column] = on
  })
  return matrixOf(data, columns.length, classes)
}

/** All 256 results once, then one look-up for each byte. */
function scaleBytes(values: Uint8Array | Uint8ClampedArray, scaled: FloatArray): void {
  const table = Array.from({ length: 256 }, (_, value) => scale(value))
  for (let k = 0; k < values.length; k++) scaled[k] = table[values[k] as number] as number
}

function scaleNumbers(values: ArrayLike<unknown>, scaled: FloatArray, shape: readonly number[]): void {
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number
    if (!(typeof value === 'number' && value >= 0 && value <= 255)) throw pixelError(value, k, shape)
    scaled[k] = scale(value)
  }
}

function scale(value: number): number {
  return (value / 255) * 0.99 + 0.01
}

function pixelError(value: unknown, k: number, shape: readonly number[]): Error {
  let rest = k
  const index = shape.map((_, axis) => {
    const below = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
    const i = Math.floor(rest / below)
    rest -= i * below
    return i
  })
  const report = typeof value === 'number' ? rangeError : typeError
  return report('scalePixels', `pixels[${index.join(', ')}]`, 'a number from 0 to 255', value)
}

function matrixOf(data: FloatArray, rows: number, columns: number): Matrix {
  return Matrix.wrap(ndarray(data, [rows, columns]))
}
