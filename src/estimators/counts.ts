import type { Unknown } from '../tables/encoder.ts'

/** How often each text was met that fit had not seen, by column. */
export class Counts {
  #counts: Record<string, Record<string, number>> = {}

  /** A copy. */
  get all(): Unknown {
    return structuredClone(this.#counts)
  }

  add(more: Unknown): void {
    for (const [name, texts] of Object.entries(more)) {
      const own = Object.hasOwn(this.#counts, name) ? (this.#counts[name] as Record<string, number>) : {}
      for (const [text, count] of Object.entries(texts)) {
        define(own, text, (Object.hasOwn(own, text) ? (own[text] as number) : 0) + count)
      }
      define(this.#counts, name, own)
    }
  }

  clear(): void {
    this.#counts = {}
  }
}

/** Sets a property of any name, __proto__ too. */
function define<Value>(record: Record<string, Value>, name: string, value: Value): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
}
