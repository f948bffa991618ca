import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import type { Mismatch } from '../errors.ts'
import { Phrase, rangeError, typeError } from '../errors.ts'
import { gunzip, isGzip } from './gunzip.ts'
import type { IdxData, IdxHeader } from './idx-header.ts'
import { readHeader } from './idx-header.ts'

/**
 * Reads an array from the bytes of an IDX file, the format of MNIST, plain or compressed by gzip.
 *
 *     0 0 type d | d sizes | elements, the last index fastest; all numbers big-endian
 *
 * @param bytes the whole file; it is only read, and the result shares nothing with it
 * @returns an ndarray of the file's shape and type: uint8, int8, int16, int32, float32 or float64
 * @throws TypeError for what is not bytes; RangeError for bytes that are not exactly one IDX file of 1 to 32
 *   dimensions, none of size 0. Nothing is allocated on the word of a header alone.
 * @see LeCun, Cortes and Burges, "The MNIST database", the section on file formats
 *   (http://yann.lecun.com/exdb/mnist)
 * @example
 * import { readIdx } from 'bp-net'
 * const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9) // uint8, 2 dimensions: 1×3
 * const array = await readIdx(bytes)
 * console.log(array.dtype, array.shape.join('×'), array.get(0, 2)) // uint8 1×3 9
 */
export async function readIdx(bytes: Uint8Array | ArrayBuffer): Promise<NdArray<IdxData>> {
  return readIdxBytes('readIdx', bytes)
}

/**
 * As readIdx, for any caller: `where` begins every message; bytes that are `owned` may become part of the
 * result.
 */
export async function readIdxBytes(where: string, bytes: unknown, owned = false): Promise<NdArray<IdxData>> {
  const plain = asBytes(where, bytes)
  return isGzip(plain) ? readCompressed(where, plain) : parseIdx(where, plain, owned)
}

/** Reads an array from the bytes of an uncompressed IDX file. */
function parseIdx(where: string, bytes: Uint8Array, owned: boolean): NdArray<IdxData> {
  const header = readHeader(where, bytes)
  if (header === undefined) throw lengthError(where, bytes.length, 'a whole header: 4 bytes and 4 for each dimension')
  if (bytes.length !== header.end) throw lengthError(where, bytes.length, announcement(header))
  const elements = bytes.subarray(header.start)
  const aligned = header.type.size === 1 // elements of more bytes are so in a copy only
  return decode(header, owned && aligned ? elements : new Uint8Array(elements))
}

/** Collects what comes out, but never more than a chunk beyond what the header announces. */
async function readCompressed(where: string, bytes: Uint8Array): Promise<NdArray<IdxData>> {
  const chunks: Uint8Array[] = []
  let length = 0
  let header: IdxHeader | undefined
  for await (const chunk of gunzip(where, bytes)) {
    chunks.push(chunk)
    length += chunk.length
    header ??= readHeader(where, concatenate(chunks, length))
    if (header !== undefined && length > header.end) {
      throw lengthError(where, new Phrase(`at least ${length}`), announcement(header))
    }
  }
  if (header === undefined || length !== header.end) return parseIdx(where, concatenate(chunks, length), true)
  return decode(header, concatenate(chunks, length, header.start))
}

/** The chunks as one array, from byte `start` on. */
function concatenate(chunks: readonly Uint8Array[], length: number, start = 0): Uint8Array {
  const whole = new Uint8Array(length - start)
  let at = -start
  for (const chunk of chunks) {
    if (at + chunk.length > 0) whole.set(at < 0 ? chunk.subarray(-at) : chunk, Math.max(at, 0))
    at += chunk.length
  }
  return whole
}

/** The array over these elements, whose bytes are put into the machine's order in place. */
function decode(header: IdxHeader, elements: Uint8Array): NdArray<IdxData> {
  return ndarray(header.type.decode(elements.buffer, elements.byteOffset, elements.length), header.shape)
}

function asBytes(where: string, bytes: unknown): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes)
  if (bytes instanceof Uint8Array) return bytes
  throw typeError(where, 'the argument', 'a Uint8Array or an ArrayBuffer with the bytes of a file', bytes)
}

function announcement({ end, shape, type }: IdxHeader): string {
  return `${end}, as the header announces ${type.name} elements of shape (${shape.join('×')})`
}

function lengthError(where: string, received: number | Phrase, expected: string): RangeError & Mismatch {
  return rangeError(where, 'the number of bytes', expected, received)
}
