import { FACTOR } from './memory'

/** How many numbers of type T a vector holds: 4 of float32, 2 of float64. */
export function lanes<T>(): i32 {
  return 16 / sizeof<T>()
}

/** a·b + c, rounded once where the processor can (the relaxed binary), else twice. */
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c)
  return v128.add<T>(v128.mul<T>(a, b), c)
}

/** The vector of x in every lane. */
export function splat<T>(x: T): v128 {
  return v128.splat<T>(x)
}

/** The same for a loop with many of them: V8 before Node 22 computes each x anew in each turn, unless it is loaded. */
export function fixed<T>(x: T): v128 {
  store<T>(FACTOR, x)
  return v128.load_splat<T>(FACTOR)
}

/** x in the lanes whose number is below n, 0 in the others. */
export function firstLanes<T>(x: v128, n: i32): v128 {
  const below =
    sizeof<T>() == 4 ? i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n)) : i64x2.lt_s(i64x2(0, 1), i64x2.splat(n))
  return v128.and(x, below)
}

/** x where the mask is set, else y. */
export function choose(mask: v128, x: v128, y: v128): v128 {
  return v128.bitselect(x, y, mask)
}

/** The sum of all lanes. */
export function sumOfLanes<T>(x: v128): T {
  if (sizeof<T>() == 4) {
    const low = v128.extract_lane<T>(x, 0) + v128.extract_lane<T>(x, 1)
    return low + (v128.extract_lane<T>(x, 2) + v128.extract_lane<T>(x, 3))
  }
  return v128.extract_lane<T>(x, 0) + v128.extract_lane<T>(x, 1)
}

/** The greatest lane. */
export function greatestLane<T>(x: v128): T {
  const low = max<T>(v128.extract_lane<T>(x, 0), v128.extract_lane<T>(x, 1))
  if (sizeof<T>() == 8) return low
  return max<T>(low, max<T>(v128.extract_lane<T>(x, 2), v128.extract_lane<T>(x, 3)))
}
