import { typeError } from '../errors.ts'
import { type CsvForm, CsvReader, type CsvRow } from './csv-reader.ts'

/** A web stream, as `fetch(…).body` and `file.stream()` are: what is used of it. */
export interface WebStream {
  /** the reader of the stream, which nobody else has then */
  getReader(): WebReader
}

/** The reader of a web stream: what is used of it. */
export interface WebReader {
  /** the next chunk, or the end */
  read(): Promise<WebChunk>
  /** closes the stream */
  cancel(): Promise<void>
  /** lets others read on */
  releaseLock(): void
}

/** A chunk of a web stream, or its end. */
export interface WebChunk {
  /** whether this is the end */
  readonly done: boolean
  /** text, or bytes in UTF-8 */
  readonly value?: string | Uint8Array | undefined
}

/** The text of a file or its bytes in UTF-8, chunk by chunk: a web stream, a stream of Node, an async generator. */
export type CsvStream = WebStream | AsyncIterable<string | Uint8Array>

/** What a chunk says, as far as its bytes are UTF-8. */
interface Decoded {
  readonly text: string
  readonly isValid: boolean
}

export function isStream(value: unknown): value is CsvStream {
  if (typeof value !== 'object' || value === null) return false
  return isWebStream(value) || typeof Reflect.get(value, Symbol.asyncIterator) === 'function'
}

function isWebStream(value: object): value is WebStream {
  return typeof Reflect.get(value, 'getReader') === 'function'
}

/** The rows of a stream, which is closed where the caller stops early or a row is refused. */
export async function* streamRows(
  where: string,
  stream: CsvStream,
  form: CsvForm,
): AsyncGenerator<CsvRow, void, undefined> {
  const reader = new CsvReader(where, form)
  const decoder = new Utf8Decoder(where)
  // the async iterator of a web stream is missing in some engines
  for await (const chunk of isWebStream(stream) ? chunksOf(stream) : stream) {
    const { text, isValid } = decoder.decode(chunk)
    for (const row of reader.push(text)) yield row
    if (!isValid) yield* reader.refuse('a field with a byte that is not UTF-8', 'a file in UTF-8')
  }
  if (decoder.isWithinCharacter) {
    yield* reader.refuse('a field that ends within a character of UTF-8', 'a whole file')
  }
  for (const row of reader.end()) yield row
}

async function* chunksOf(stream: WebStream): AsyncGenerator<string | Uint8Array | undefined, void, undefined> {
  const reader = stream.getReader()
  let isDone = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      isDone = done
      if (done) return
      yield value
    }
  } finally {
    if (!isDone) await reader.cancel()
    reader.releaseLock()
  }
}

/** UTF-8 in chunks; of a chunk with a bad byte, the text before it. */
class Utf8Decoder {
  readonly #where: string
  readonly #whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** the start of a character that the chunk before did not hold all of */
  #begun = new Uint8Array(0)
  #chunks = 0

  constructor(where: string) {
    this.#where = where
  }

  get isWithinCharacter(): boolean {
    return this.#begun.length > 0
  }

  decode(chunk: unknown): Decoded {
    this.#chunks++
    if (typeof chunk === 'string')
      return this.isWithinCharacter ? { text: '', isValid: false } : { text: chunk, isValid: true }
    if (!isBytes(chunk)) {
      throw typeError(this.#where, `chunk ${this.#chunks} of the stream`, 'a string or a Uint8Array', chunk)
    }
    const bytes = this.isWithinCharacter ? joined(this.#begun, chunk) : chunk
    const end = bytes.length - begunAtEnd(bytes)
    this.#begun = new Uint8Array(bytes.subarray(end))
    try {
      return { text: this.#whole.decode(bytes.subarray(0, end)), isValid: true }
    } catch {
      return { text: validStart(bytes), isValid: false }
    }
  }
}

/** By its tag, since a Uint8Array may come from another frame. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]'
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}

/** How many bytes at the end begin a character and do not end it. */
function begunAtEnd(bytes: Uint8Array): number {
  const last = Array.from(bytes.subarray(-3)).reverse()
  const at = last.findIndex((byte) => byte < 0x80 || byte >= 0xc0) // no byte that goes on with a character
  const byte = last[at] ?? 0
  const whole = [0xc0, 0xe0, 0xf0].filter((first) => byte >= first).length + 1
  return at + 1 < whole ? at + 1 : 0
}

/** The longest text that the bytes begin with, by halving. */
function validStart(bytes: Uint8Array): string {
  let text = ''
  let [low, high] = [0, bytes.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), {
        stream: true,
      })
      low = middle
    } catch {
      high = middle - 1
    }
  }
  return text
}
