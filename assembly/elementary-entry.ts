import { exp, expm1, log, log1p, tanh } from './elementary'

/** Writes f(x) for `count` float32 numbers, a multiple of 4; `which` is 0 exp, 1 expm1, 2 log, 3 log1p, 4 tanh. */
export function elementary32(which: i32, from: usize, to: usize, count: i32): void {
  each<f32>(which, from, to, count)
}

/** Writes f(x) for `count` float64 numbers, a multiple of 2; `which` as in elementary32. */
export function elementary64(which: i32, from: usize, to: usize, count: i32): void {
  each<f64>(which, from, to, count)
}

function each<T>(which: i32, from: usize, to: usize, count: i32): void {
  const end = from + <usize>count * sizeof<T>()
  const apart = to - from
  if (which === 0) for (; from < end; from += 16) v128.store(from + apart, exp<T>(v128.load(from)))
  if (which === 1) for (; from < end; from += 16) v128.store(from + apart, expm1<T>(v128.load(from)))
  if (which === 2) for (; from < end; from += 16) v128.store(from + apart, log<T>(v128.load(from)))
  if (which === 3) for (; from < end; from += 16) v128.store(from + apart, log1p<T>(v128.load(from)))
  if (which === 4) for (; from < end; from += 16) v128.store(from + apart, tanh<T>(v128.load(from)))
}
