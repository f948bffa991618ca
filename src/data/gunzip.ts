import { Phrase, rangeError } from '../errors.ts'

/**
 * How many compressed bytes go in at once: deflate expands at most 1032-fold, so at most 17 MB come out at
 * once.
 */
const SLICE = 2 ** 14

/** Whether bytes begin as gzip does (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * The decompressed bytes, chunk by chunk; a caller that stops early stops the work.
 *
 * Engines differ on what may follow a gzip member: its length field, the last four bytes, decides here.
 */
export async function* gunzip(where: string, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = slices(bytes).pipeThrough(new DecompressionStream('gzip')).getReader()
  let length = 0
  try {
    for (;;) {
      const chunk = await next(where, reader)
      if (chunk === undefined) break
      length += chunk.length
      yield chunk
    }
  } finally {
    reader.cancel().catch(() => undefined) // a stream that failed cannot be cancelled
  }
  const announced = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true)
  if (announced !== length % 2 ** 32) {
    const expected = `${length}, as many as came out: one gzip member and no bytes after it`
    throw rangeError(where, 'the length in the last 4 bytes of the gzip data', expected, announced)
  }
}

async function next(where: string, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return (await reader.read()).value
  } catch (cause) {
    // some engines give no message for data that is cut short
    const reason = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : ''
    const received = new Phrase(`corrupt or cut short${reason}`)
    throw Object.assign(rangeError(where, 'the gzip data', 'a whole gzip file', received), { cause })
  }
}

/** Copies of the bytes in small pieces, each made when it is asked for. */
function slices(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + SLICE)))
      at += SLICE
    },
  })
}
