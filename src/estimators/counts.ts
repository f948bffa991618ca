import type { Unknown } from '../tables/encoder.ts'

/** So many texts of a column are told apart, and all others counted together: a model may predict for years. */
const MOST_TEXTS = 1000
const OTHERS = '…'

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
      let room = MOST_TEXTS - Object.keys(own).length
      for (const [text, count] of Object.entries(texts)) {
        const isKnown = Object.hasOwn(own, text)
        if (!isKnown && room-- <= 0) define(own, OTHERS, (own[OTHERS] ?? 0) + count)
        else define(own, text, (isKnown ? (own[text] as number) : 0) + count)
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
