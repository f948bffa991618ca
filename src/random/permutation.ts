import type { Generator } from './generator.ts'

/** 0 … count − 1 in random order, every order equally likely (Fisher and Yates, Durstenfeld's form). */
export function permutation(count: number, random: Generator): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  return shuffleInPlace(order, random)
}

/** Puts the indices into a new random order, every order equally likely; returns the same array. */
export function shuffleInPlace(order: Uint32Array, random: Generator): Uint32Array {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  return order
}
