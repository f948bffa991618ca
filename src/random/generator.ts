import { checkInteger } from '../errors.ts'
import { bitsAt } from './counter.ts'

/** The four 32-bit words that a generator continues from. */
export type GeneratorState = readonly [number, number, number, number]

/**
 * A seeded source of random numbers: the same seed gives the same numbers in every engine.
 *
 * xoshiro128** 1.1, seeded by splitmix32; only integer arithmetic, +, −, ×, ÷ and square roots, so no
 * engine-dependent function is involved. Not for secrets.
 *
 * @see Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021 (https://prng.di.unimi.it)
 */
export class Generator {
  #a = 0
  #b = 0
  #c = 0
  #d = 0

  /** @param seed a whole number from 0 to 2⁵³ − 1 */
  constructor(seed: number) {
    checkInteger('Generator', 'the seed', seed, 0)
    const low = splitmix32(seed % 2 ** 32)
    const high = splitmix32(Math.floor(seed / 2 ** 32) ^ low()) // so no word is the same for all small seeds
    this.state = [low(), high(), low(), high()]
  }

  /** Where the generator stands; assigning a saved state continues from there. */
  get state(): GeneratorState {
    return [this.#a, this.#b, this.#c, this.#d]
  }

  set state(words: GeneratorState) {
    for (const word of words) checkInteger('Generator', 'a word of the state', word, 0, 2 ** 32 - 1)
    ;[this.#a, this.#b, this.#c, this.#d] = words
    if (words.every((word) => word === 0)) this.#d = 1 // all zeros would stay zeros
  }

  /** The next 32 random bits, as a whole number from 0 to 2³² − 1. */
  bits(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b = (this.#b ^ this.#c) >>> 0
    this.#a = (this.#a ^ this.#d) >>> 0
    this.#c = (this.#c ^ shifted) >>> 0
    this.#d = rotate(this.#d, 11) >>> 0
    return result
  }

  /** A number uniform in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53
    return low + (high - low) * unit
  }

  /** A whole number uniform in 0 … below − 1, without bias (draws in the incomplete last range are repeated). */
  integer(below: number): number {
    const limit = 2 ** 32 - (2 ** 32 % below)
    let drawn = this.bits()
    while (drawn >= limit) drawn = this.bits()
    return drawn % below
  }

  /** A number from the normal distribution of mean 0 and variance 1 (Marsaglia's polar method, one value a pair). */
  normal(): number {
    for (;;) {
      const u = this.uniform(-1, 1)
      const v = this.uniform(-1, 1)
      const s = u * u + v * v
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * naturalLogarithm(s)) / s)
    }
  }
}

/** A seed that differs from call to call, for users who give none. */
export function drawSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0] as number
}

function rotate(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count))
}

/** Spreads one 32-bit seed over many well-mixed words: a Weyl sequence (Steele, Lea and Flood 2014), mixed. */
function splitmix32(seed: number): () => number {
  let counter = 0
  return () => bitsAt(seed, counter++)
}

/**
 * ln x for 0 < x < 1, in the same bits everywhere (Math.log differs between engines):
 * x = 2ᵏ·y with y in [½√2, √2), ln y = 2·artanh((y − 1)/(y + 1)) by its series.
 */
function naturalLogarithm(x: number): number {
  let exponent = 0
  let y = x
  while (y < Math.SQRT1_2) {
    y *= 2
    exponent--
  }
  const s = (y - 1) / (y + 1)
  let sum = 0
  for (let n = 23; n >= 1; n -= 2) sum = 1 / n + s * s * sum
  return exponent * Math.LN2 + 2 * s * sum
}
