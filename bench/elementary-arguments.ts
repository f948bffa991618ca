import type { Dtype, Numbers } from './elementary-binaries.ts'
import type { FunctionName } from './precise.ts'

type Range = readonly [from: number, to: number]

/** Where a function is looked at closely, and charted: around its zero and the seams of its reductions. */
export const closeUps: Readonly<Record<FunctionName, Range>> = {
  exp: [-3, 3],
  expm1: [-3, 3],
  log: [0, 4],
  log1p: [-1, 3],
  tanh: [-3, 3],
}

/** Where it leaves the finite numbers, or comes to rest. */
const ends: Readonly<Record<Dtype, Readonly<Record<FunctionName, Range>>>> = {
  float32: { exp: [-105, 90], expm1: [-30, 90], log: [0, 1e-37], log1p: [-1, -0.999], tanh: [-11, 11] },
  float64: { exp: [-747, 711], expm1: [-60, 711], log: [0, 1e-307], log1p: [-1, -0.999], tanh: [-21, 21] },
}

/** The golden ratio's multiples fill an interval evenly, whatever their number. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** A half from every bit pattern, a quarter each from the close-up and around the ends. */
export function argumentsFor(name: FunctionName, dtype: Dtype, count: number): Numbers {
  const half = bitPatterns(dtype, count / 2)
  const xs = dtype === 'float32' ? new Float32Array(count) : new Float64Array(count)
  xs.set(half)
  xs.set(evenly(closeUps[name], count / 4), count / 2)
  xs.set(evenly(ends[dtype][name], count / 4), (count * 3) / 4)
  return xs
}

function bitPatterns(dtype: Dtype, count: number): Numbers {
  if (dtype === 'float32') return new Float32Array(Uint32Array.from({ length: count }, (_, k) => turn(k)).buffer)
  return new Float64Array(Uint32Array.from({ length: 2 * count }, (_, k) => turn(k % 2 === 1 ? k >> 1 : ~k)).buffer)
}

/** 32 bits that run evenly through all there are as k grows. */
function turn(k: number): number {
  return Math.imul(k, 0x9e3779b1)
}

/** Numbers that fill a range evenly. */
export function evenly([from, to]: Range, count: number): number[] {
  return Array.from({ length: count }, (_, k) => from + (to - from) * ((k * GOLDEN) % 1))
}
