import type { Generator } from './generator.ts'

/** 0 … count − 1 in random order, every order equally likely. */
export function permutation(count: number, random: Generator): Uint32Array {
  return permute(inOrder(count), random)
}

/** Writes 0 … n − 1 in a new random order into `order` (Fisher and Yates, Durstenfeld's form). */
export function permute(order: Uint32Array, random: Generator): Uint32Array {
  for (let i = 0; i < order.length; i++) order[i] = i
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  return order
}

/** 0 … count − 1. */
export function inOrder(count: number): Uint32Array {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  return order
}

/** So many of 0 … count − 1, or all, in order and evenly spread. */
export function evenly(count: number, most: number): Uint32Array {
  const chosen = Math.min(count, most)
  return Uint32Array.from({ length: chosen }, (_, k) => Math.floor((k * count) / chosen))
}
