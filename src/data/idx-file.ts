import { readFile } from 'node:fs/promises'
import type { NdArray } from 'ndarray'
import { rangeError, typeError } from '../errors.ts'
import { readIdxBytes } from './idx.ts'
import type { IdxData } from './idx-header.ts'

/**
 * Reads an array from an IDX file, the format of MNIST, plain or compressed by gzip.
 *
 * @param path where the file is: a path or a `file:` URL
 * @returns an ndarray of the file's shape and type: uint8, int8, int16, int32, float32 or float64
 * @throws TypeError for what is no path; an Error that names the path and keeps its `cause` where the file
 *   cannot be read; RangeError, which names the path too, where it is not exactly one IDX file
 * @see LeCun, Cortes and Burges, "The MNIST database", the section on file formats
 *   (http://yann.lecun.com/exdb/mnist)
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { readIdxFile } from 'bp-net/node'
 * const path = join(tmpdir(), 'bp-net-example.idx')
 * await writeFile(path, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 9)) // uint8, 1 dimension of size 2
 * const labels = await readIdxFile(path)
 * console.log(labels.dtype, labels.size, labels.get(0), labels.get(1)) // uint8 2 5 9
 */
export async function readIdxFile(path: string | URL): Promise<NdArray<IdxData>> {
  const bytes = await contents(path)
  return readIdxBytes(`readIdxFile ${JSON.stringify(String(path))}`, bytes, true)
}

async function contents(path: string | URL): Promise<Uint8Array> {
  const where = 'readIdxFile'
  if (typeof path !== 'string' && !(path instanceof URL)) throw typeError(where, 'the path', 'a string or a URL', path)
  if (path instanceof URL && path.protocol !== 'file:') throw rangeError(where, 'the path', 'a file: URL', path.href)
  try {
    return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${where}: ${JSON.stringify(String(path))} cannot be read (${reason})`, { cause })
  }
}
