import type { Generator } from './generator.ts'

/** 0 … count − 1 in random order, every order equally likely (Fisher and Yates, Durstenfeld's form). */
export function permutation(count: number, random: Generator): Uint32Array {
  const order = inOrder(count)
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  return order
}

/** 0 … count − 1. */
export function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i)
}
