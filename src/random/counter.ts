/**
 * The 32 random bits number `counter` of a stream that `key` names: splitmix32 entered anywhere, so that a number is known by
 * its place and none need be kept.
 *
 * @returns a whole number from 0 to 2³² − 1
 */
export function bitsAt(key: number, counter: number): number {
  return mix(key + Math.imul(counter + 1, 0x9e3779b9))
}

/** A 32-bit mixer found by Wellons' hash-prospector (2018). */
function mix(word: number): number {
  let z = word | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}
