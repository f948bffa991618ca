import { rangeError } from '../errors.ts'
import type { Dtype, FloatArray, View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { forEach } from '../matrix/view.ts'

/** The elements of a view, row by row, as base64 of their little-endian bytes: exact, where JSON's numbers lose −0. */
export function encodeNumbers(view: View): string {
  const dtype = view.dtype as Dtype
  const size = bytesOf(dtype)
  const bytes = new DataView(new ArrayBuffer(view.size * size))
  let position = 0
  forEach(view, (i, j) => {
    if (dtype === 'float32') bytes.setFloat32(position, view.get(i, j), true)
    else bytes.setFloat64(position, view.get(i, j), true)
    position += size
  })
  return btoa(textOf(new Uint8Array(bytes.buffer)))
}

/** A character for each byte; piece by piece, since a function takes so many arguments only. */
function textOf(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let k = 0; k < bytes.length; k += 8192) pieces.push(String.fromCharCode(...bytes.subarray(k, k + 8192)))
  return pieces.join('')
}

/** Puts numbers, row by row, into a matrix. */
export function writeNumbers(matrix: View, numbers: FloatArray): void {
  const columns = matrix.shape[1] as number
  numbers.forEach((value, k) => {
    matrix.set(Math.floor(k / columns), k % columns, value)
  })
}

/** Throws where a number that was read is not finite. */
export function checkAllFinite(where: string, name: string, numbers: FloatArray): void {
  const broken = numbers.find((number) => !Number.isFinite(number))
  if (broken !== undefined) throw rangeError(where, `an element of ${name}`, 'a finite number', broken)
}

/** The length of the base64 of so many numbers. */
export function encodedLength(count: number, dtype: Dtype): number {
  return 4 * Math.ceil((count * bytesOf(dtype)) / 3)
}

/** The numbers of such a text; undefined where it is no base64 of exactly so many. */
export function decodeNumbers(text: string, count: number, dtype: Dtype): FloatArray | undefined {
  if (text.length !== encodedLength(count, dtype) || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const raw = atob(text)
  if (raw.length !== count * bytesOf(dtype)) return undefined
  const read = new Uint8Array(raw.length)
  for (let k = 0; k < raw.length; k++) read[k] = raw.charCodeAt(k)
  const bytes = new DataView(read.buffer)
  const numbers = zeros(dtype, count)
  for (let k = 0; k < count; k++) {
    numbers[k] = dtype === 'float32' ? bytes.getFloat32(4 * k, true) : bytes.getFloat64(8 * k, true)
  }
  return numbers
}

/** The remainders of each byte. */
const REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  return crc
})

/**
 * CRC-32 of a JSON value, as 8 hexadecimal digits: the same whatever the order of keys and the white space, so that a
 * file may be reformatted but not changed.
 *
 * @see ISO 3309, the polynomial of zip and png
 */
export function checksum(value: unknown): string {
  const bytes = new TextEncoder().encode(canonical(value))
  let crc = 0xffffffff
  for (let k = 0; k < bytes.length; k++) {
    crc = (crc >>> 8) ^ (REMAINDERS[(crc ^ (bytes[k] as number)) & 0xff] as number)
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0')
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function bytesOf(dtype: Dtype): number {
  return dtype === 'float32' ? 4 : 8
}
