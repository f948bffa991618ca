/*
 * The elementary functions on the numbers of a vector, without branches or tables. Each reduces its argument to a short
 * interval, where a polynomial serves, and puts the result together so that the ends come out right: infinities, NaN,
 * subnormal numbers, the sign of zero. W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980, is
 * the source of the reductions.
 *
 * The polynomials are minimax approximations for the relative error of the result, found with 50 digits (Remez's
 * exchange; Lawson's iteration where the first coefficient is held at a number of T) and rounded to T. The bounds of
 * error are in units in the last place of the result; test/kernels/elementary.test.ts and bench/elementary-functions.ts
 * measure them, with and without fused multiplyAdd.
 */
import { multiplyAdd, splat } from './simd'

/** ln 2 in two parts: the first so short (16 or 42 bits) that its product with an exponent is exact, and the rest. */
const LN2_SINGLE: f64 = 0.693145751953125
const LN2_SINGLE_REST: f64 = 1.4286068e-6
const LN2_DOUBLE: f64 = 0.6931471805601177
const LN2_DOUBLE_REST: f64 = -1.7239444525614835e-13

/** 1.5·2²³ and 1.5·2⁵²: in a sum of this size the last bit is worth 1, so that adding rounds to a whole number. */
const ROUND_SINGLE: f64 = 12582912
const ROUND_DOUBLE: f64 = 6755399441055744

/**
 * e^x, within 1.1 ulp.
 *
 * e^x = 2^n·e^r, with n the whole number next to x/ln 2, so |r| ≤ ½·ln 2. 2^n is multiplied in as 2^⌊n/2⌋·2^⌈n/2⌉, for it
 * may lie beyond the normal numbers where e^x does not, and then the last product rounds to a subnormal or to infinity.
 */
export function exp<T>(x: v128): v128 {
  // beyond these bounds e^x is 0 or infinite all the same
  const y = v128.pmax<T>(v128.pmin<T>(x, either<T>(89, 710)), either<T>(-104, -746))
  const origin = either<T>(ROUND_SINGLE + 254, ROUND_DOUBLE + 2046) // twice the bias of an exponent
  const n = multiplyAdd<T>(y, splat<T>(<T>Math.LOG2E), origin)
  const r = inline.always(lessMultipleOfLn2<T>(y, v128.sub<T>(n, origin)))
  const power = v128.add<T>(v128.add<T>(inline.always(expTail<T>(r)), r), splat<T>(1))
  const scale = toExponent<T>(shiftRight<T>(n, 1))
  const otherScale = subtractBits<T>(toExponent<T>(n), scale)
  return v128.mul<T>(v128.mul<T>(power, scale), otherScale)
}

/** e^x − 1, within 2 ulp: twice halfExpm1, or x itself where that is nearer than ½ ulp. */
export function expm1<T>(x: v128): v128 {
  // beyond these bounds e^x − 1 is −1 or infinite all the same
  const y = v128.pmax<T>(v128.pmin<T>(x, either<T>(89, 710)), either<T>(-25, -50))
  const origin = originOfHalves<T>()
  const n = multiplyAdd<T>(y, splat<T>(<T>Math.LOG2E), origin)
  const half = halfExpm1<T>(lessMultipleOfLn2<T>(y, v128.sub<T>(n, origin)), toExponent<T>(n))
  const tiny = v128.lt<T>(v128.abs<T>(x), either<T>(2.9802322387695312e-8, 5.551115123125783e-17)) // 2⁻²⁵, 2⁻⁵⁴
  return v128.bitselect(x, v128.add<T>(half, half), tiny)
}

/**
 * tanh x, within 3 ulp, and exactly odd.
 *
 * With h = (e^2|x| − 1)/2 it is ±h/(h + 1): the quotient of two neighbours, so never beyond 1, and 1 where h + 1 rounds to
 * h. Where x³/3 is less than ½ ulp, x itself.
 */
export function tanh<T>(x: v128): v128 {
  const size = v128.abs<T>(x)
  const y = v128.pmin<T>(size, either<T>(10, 20)) // 1 from here on
  const origin = originOfHalves<T>()
  const n = multiplyAdd<T>(y, splat<T>(<T>(2 * Math.LOG2E)), origin)
  const h = halfExpm1<T>(lessMultipleOfLn2<T>(v128.add<T>(y, y), v128.sub<T>(n, origin)), toExponent<T>(n))
  const quotient = v128.div<T>(h, v128.add<T>(h, splat<T>(1)))
  const tiny = v128.lt<T>(size, either<T>(0.0001220703125, 7.450580596923828e-9)) // 2⁻¹³, 2⁻²⁷
  return v128.bitselect(x, quotient, v128.or(tiny, signBit<T>())) // x where tiny, and its sign in any case
}

/** ln x, within 1 ulp: x = 2^k·(1 + f) and ln x = k·ln 2 + ln(1 + f). A subnormal x is first made normal. */
export function log<T>(x: v128): v128 {
  const subnormal = v128.lt<T>(x, either<T>(1.1754943508222875e-38, 2.2250738585072014e-308))
  const scale = v128.add<T>(v128.and(subnormal, either<T>(8388607, 4503599627370495)), splat<T>(1)) // 2²³ or 2⁵², else 1
  const bits = onHalfOctave<T>(v128.mul<T>(x, scale))
  const k = v128.sub<T>(exponentOf<T>(bits), v128.and(subnormal, either<T>(23, 52)))
  return edgesOfLog<T>(x, logOfParts<T>(k, fractionOf<T>(bits)))
}

/**
 * ln(1 + x), within 2 ulp, and with the sign of x where that is 0.
 *
 * As ln u for u = 1 + x, with what was lost in rounding u returned to f: u + lost = 2^k·(1 + f + lost·2⁻ᵏ), so that f is x
 * itself where k = 0.
 */
export function log1p<T>(x: v128): v128 {
  const u = v128.add<T>(x, splat<T>(1))
  const lost = v128.sub<T>(x, v128.sub<T>(u, splat<T>(1)))
  const bits = onHalfOctave<T>(u)
  const scale = v128.andnot(splat<T>(Infinity), bits) // the exponent's bits inverted: 2^(1 − k), and 0 for the greatest k
  const f = multiplyAdd<T>(v128.mul<T>(scale, splat<T>(0.5)), lost, fractionOf<T>(bits))
  const y = edgesOfLog<T>(u, logOfParts<T>(exponentOf<T>(bits), f))
  return v128.or(y, v128.and(x, signBit<T>()))
}

/** x − n·ln 2, by ln 2 in two parts: the first step is exact (Cody and Waite). */
function lessMultipleOfLn2<T>(x: v128, n: v128): v128 {
  const near = multiplyAdd<T>(n, either<T>(-LN2_SINGLE, -LN2_DOUBLE), x)
  return multiplyAdd<T>(n, either<T>(-LN2_SINGLE_REST, -LN2_DOUBLE_REST), near)
}

/** e^r − 1 − r as r²·q(r), for |r| ≤ ½·ln 2; q is off by so much that e^r − 1 is by 2⁻²⁵·⁹ or 2⁻⁵⁵·⁵ of itself. */
function expTail<T>(r: v128): v128 {
  let q: v128
  if (sizeof<T>() === 4) {
    q = splat<T>(<T>0.0013975231)
    q = term<T>(q, r, 0.008368067)
    q = term<T>(q, r, 0.04166616)
    q = term<T>(q, r, 0.16666532)
    q = term<T>(q, r, 0.5)
  } else {
    q = splat<T>(<T>2.506372032753661e-8)
    q = term<T>(q, r, 2.7625870063057755e-7)
    q = term<T>(q, r, 2.75573703648208e-6)
    q = term<T>(q, r, 2.480150565293706e-5)
    q = term<T>(q, r, 0.00019841269769445996)
    q = term<T>(q, r, 0.001388888893135864)
    q = term<T>(q, r, 0.00833333333336036)
    q = term<T>(q, r, 0.04166666666657635)
    q = term<T>(q, r, 0.1666666666666665)
    q = term<T>(q, r, 0.5000000000000006)
  }
  return v128.mul<T>(v128.mul<T>(r, r), q)
}

/** What rounds to n with the bits of the exponent of 2^(n − 1) as its last. */
function originOfHalves<T>(): v128 {
  return either<T>(ROUND_SINGLE + 126, ROUND_DOUBLE + 1022)
}

/**
 * (2^n·e^r − 1)/2 for half = 2^(n − 1), which is finite wherever e^x is. The sum with r comes before the small tail: near
 * x = ½·ln 2, where the terms cancel, it is exact.
 */
function halfExpm1<T>(r: v128, half: v128): v128 {
  const main = multiplyAdd<T>(r, half, v128.sub<T>(half, splat<T>(0.5)))
  return multiplyAdd<T>(expTail<T>(r), half, main)
}

/**
 * k·ln 2 + ln(1 + f) for √½ ≤ 1 + f < √2.
 *
 * With s = f/(2 + f), so |s| ≤ 0.172, ln(1 + f) = 2·artanh s = f − s·(f − z·p(z)), where z = s² and z·p(z) stands for
 * ⅔·z + ⅖·z² + …; p is off by so much that ln(1 + f) is by 2⁻³⁰ or 2⁻⁵⁹ of itself.
 */
function logOfParts<T>(k: v128, f: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(f, splat<T>(2)))
  const z = v128.mul<T>(s, s)
  let p: v128
  if (sizeof<T>() === 4) {
    p = splat<T>(<T>0.29870695)
    p = term<T>(p, z, 0.39977586)
    p = term<T>(p, z, 0.66666776)
  } else {
    p = splat<T>(<T>0.14795375590165005)
    p = term<T>(p, z, 0.15314109813532156)
    p = term<T>(p, z, 0.18183561925036823)
    p = term<T>(p, z, 0.22222198621326472)
    p = term<T>(p, z, 0.2857142874189476)
    p = term<T>(p, z, 0.3999999999941704)
    p = term<T>(p, z, 0.6666666666666734)
  }
  const rest = v128.mul<T>(k, either<T>(LN2_SINGLE_REST, LN2_DOUBLE_REST))
  const small = multiplyAdd<T>(s, v128.sub<T>(v128.mul<T>(z, p), f), rest)
  return multiplyAdd<T>(k, either<T>(LN2_SINGLE, LN2_DOUBLE), v128.add<T>(f, small))
}

/** y = ln x where x is positive and finite; else −∞ for 0, ∞ for ∞, NaN for NaN and the negative. */
function edgesOfLog<T>(x: v128, y: v128): v128 {
  const pole = v128.or(v128.ne<T>(x, splat<T>(0)), splat<T>(-Infinity)) // all bits set, a NaN, or −∞
  const defined = v128.bitselect(y, pole, v128.gt<T>(x, splat<T>(0)))
  return v128.bitselect(defined, x, v128.lt<T>(x, splat<T>(Infinity)))
}

/**
 * The bits of x moved so that the exponent steps at √½·2^k, not at 2^k; what follows it is the distance from there. √½ is
 * 0x3f3504f3 or, near enough, 0x3fe6a09e66000000; 1 is 0x3f800000 or 0x3ff0000000000000.
 */
function onHalfOctave<T>(x: v128): v128 {
  return sizeof<T>() === 4
    ? v128.add<i32>(x, v128.splat<i32>(0x3f800000 - 0x3f3504f3))
    : v128.add<i64>(x, v128.splat<i64>(0x3ff0000000000000 - 0x3fe6a09e66000000))
}

/** f, exact, from the bits that onHalfOctave gives. */
function fractionOf<T>(bits: v128): v128 {
  const m =
    sizeof<T>() === 4
      ? v128.add<i32>(v128.and(bits, v128.splat<i32>(0x007fffff)), v128.splat<i32>(0x3f3504f3))
      : v128.add<i64>(v128.and(bits, v128.splat<i64>(0x000fffffffffffff)), v128.splat<i64>(0x3fe6a09e66000000))
  return v128.sub<T>(m, splat<T>(1))
}

/** k, as a number, from the bits that onHalfOctave gives: they become the last of 2²³ or 2⁵², which then goes off. */
function exponentOf<T>(bits: v128): v128 {
  const last = v128.or(shiftRight<T>(bits, sizeof<T>() === 4 ? 23 : 52), either<T>(8388608, 4503599627370496))
  return v128.sub<T>(last, either<T>(8388608 + 127, 4503599627370496 + 1023))
}

/** The last bits of x as the exponent of a power of 2. */
function toExponent<T>(x: v128): v128 {
  return sizeof<T>() === 4 ? v128.shl<i32>(x, 23) : v128.shl<i64>(x, 52)
}

function shiftRight<T>(x: v128, count: i32): v128 {
  return sizeof<T>() === 4 ? v128.shr<u32>(x, count) : v128.shr<u64>(x, count)
}

function subtractBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() === 4 ? v128.sub<i32>(a, b) : v128.sub<i64>(a, b)
}

function signBit<T>(): v128 {
  return splat<T>(-0.0)
}

/** The constant that is meant for T. */
function either<T>(single: f64, double: f64): v128 {
  return sizeof<T>() === 4 ? v128.splat<f32>(<f32>single) : v128.splat<f64>(double)
}

/** A step of Horner's rule. */
function term<T>(p: v128, x: v128, coefficient: f64): v128 {
  return multiplyAdd<T>(p, x, splat<T>(<T>coefficient))
}
