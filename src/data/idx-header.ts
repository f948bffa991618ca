import { Phrase, rangeError } from '../errors.ts'

/** The elements of an IDX file, in the types that the format knows. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** Where bytes lie: a buffer, the first byte of it and their number. */
type Bytes = [buffer: ArrayBufferLike, start: number, length: number]

/** One of the format's types. */
interface IdxType {
  readonly name: string
  /** bytes of an element */
  readonly size: number
  /** the elements of these bytes, which are overwritten: big-endian before, in the machine's order after */
  readonly decode: (...bytes: Bytes) => IdxData
}

/** What the first bytes of an IDX file say. */
export interface IdxHeader {
  readonly type: IdxType
  readonly shape: number[]
  /** where the elements begin and where they end, in bytes */
  readonly start: number
  readonly end: number
}

const MOST_DIMENSIONS = 32

const types: ReadonlyMap<number, IdxType> = new Map([
  [0x08, { name: 'uint8', size: 1, decode: (...bytes) => new Uint8Array(...bytes) }],
  [0x09, { name: 'int8', size: 1, decode: (...bytes) => new Int8Array(...bytes) }],
  [0x0b, { name: 'int16', size: 2, decode: (b, at, n) => inPlace(new Int16Array(b, at, n / 2), 'getInt16') }],
  [0x0c, { name: 'int32', size: 4, decode: (b, at, n) => inPlace(new Int32Array(b, at, n / 4), 'getInt32') }],
  [0x0d, { name: 'float32', size: 4, decode: (b, at, n) => inPlace(new Float32Array(b, at, n / 4), 'getFloat32') }],
  [0x0e, { name: 'float64', size: 8, decode: (b, at, n) => inPlace(new Float64Array(b, at, n / 8), 'getFloat64') }],
])

/** The header that bytes begin with; undefined where they end before it does. */
export function readHeader(where: string, bytes: Uint8Array): IdxHeader | undefined {
  if (bytes.length < 4) return undefined
  const [first, second, code, dimensions] = bytes as unknown as [number, number, number, number]
  const type = types.get(code)
  if (first !== 0 || second !== 0 || type === undefined) {
    const expected = `0 0 and a type of ${[...types.keys()].map(hexadecimal).join(', ')}`
    throw rangeError(where, 'the magic number', expected, new Phrase([first, second, code].map(hexadecimal).join(' ')))
  }
  if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    throw rangeError(where, 'the number of dimensions (byte 3)', `1 to ${MOST_DIMENSIONS}`, dimensions)
  }
  const start = 4 + 4 * dimensions
  if (bytes.length < start) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, start)
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis))
  const empty = shape.indexOf(0)
  if (empty >= 0) throw rangeError(where, `the size of dimension ${empty} (counted from 0)`, 'at least 1', 0)
  return { type, shape, start, end: start + shape.reduce((product, size) => product * size, type.size) }
}

function inPlace(
  elements: Int16Array | Int32Array | Float32Array | Float64Array,
  read: 'getInt16' | 'getInt32' | 'getFloat32' | 'getFloat64',
): IdxData {
  const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength)
  for (let k = 0; k < elements.length; k++) elements[k] = view[read](k * elements.BYTES_PER_ELEMENT)
  return elements
}

function hexadecimal(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`
}
