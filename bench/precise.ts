/*
 * The elementary functions in whole numbers of 2⁻¹⁹², to measure others against. A series has fewer than 100 terms, each
 * off by less than 2⁻¹⁹⁰, and n·ln 2 with |n| ≤ 3000 is off by less than 2⁻¹⁷⁸. No result is smaller than 2⁻⁵⁴ (those near a
 * zero come as x times a series near 1), so each is right to 2⁻¹²⁰ of itself; half a unit of float64's last place is 2⁻⁵⁴.
 */

/** significand·2^exponent */
interface Precise {
  readonly significand: bigint
  readonly exponent: number
}

const BITS = 192
const ONE = 1n << BigInt(BITS)
const LN2 = 2n * artanh(ONE / 3n)

/** Below 2^SMALL the functions that are 0 at 0 come as x times a short series. */
const SMALL = -40

export const functions = ['exp', 'expm1', 'log', 'log1p', 'tanh'] as const
export type FunctionName = (typeof functions)[number]

/** What an error in the last place depends on: digits of the significand, and the exponents of its first one. */
interface Format {
  readonly digits: number
  readonly least: number
  readonly greatest: number
}

const DOUBLE: Format = { digits: 53, least: -1022, greatest: 1023 }

/** How far `got` is from the function of x, in float64's units in the last place; Infinity where an exact value is missed. */
export function ulpsOfDouble(name: FunctionName, x: number, got: number): number {
  const rough = Math[name](x)
  if (isExact(name, x, rough)) return Object.is(got, rough) ? 0 : Number.POSITIVE_INFINITY
  if (Number.isNaN(got)) return Number.POSITIVE_INFINITY
  return ulps(got, precise(name, x), DOUBLE)
}

/** How far `got` is from `exact`, in float32's units in the last place; `exact` is right to float64, 2⁻²⁹ of such a unit. */
export function ulpsOfSingle(exact: number, got: number): number {
  if (exact === got || Number.isNaN(exact) || Number.isNaN(got) || exact === 0) {
    return Object.is(exact, got) ? 0 : Number.POSITIVE_INFINITY
  }
  const clip = (value: number) => Math.max(-(2 ** 128), Math.min(2 ** 128, value))
  const size = Math.min(Math.abs(exact), 2 ** 127)
  const unit = size < 2 ** -126 ? 2 ** -149 : powerBelow(size) * 2 ** -23
  return Math.abs(clip(got) - clip(exact)) / unit
}

/** Infinity and NaN by rule, and the zeros of the functions. */
function isExact(name: FunctionName, x: number, rough: number): boolean {
  const isZero = x === (name === 'log' ? 1 : 0) && name !== 'exp'
  return isZero || !Number.isFinite(x) || Number.isNaN(rough) || (x <= 0 && rough === Number.NEGATIVE_INFINITY)
}

/** The function of an x at which it is neither 0 nor infinite. */
export function precise(name: FunctionName, x: number): Precise {
  if (name === 'log') return logarithm(partsOf(x))
  if (name !== 'exp' && Math.abs(x) < 2 ** SMALL) return nearZero(name, x)
  if (name === 'log1p') return logarithm({ significand: fixed(x) + ONE, exponent: -BITS })
  if (name === 'exp') return exponential(Math.max(-2000, Math.min(2000, x)))
  if (name === 'expm1') return { significand: expm1(Math.min(2000, x)), exponent: -BITS }
  const e = expm1(2 * Math.min(100, Math.abs(x)))
  const quotient = (e << BigInt(BITS)) / (e + 2n * ONE)
  return { significand: x < 0 ? -quotient : quotient, exponent: -BITS }
}

/** x·(1 + c1·x + c2·x² + …) */
function nearZero(name: 'expm1' | 'log1p' | 'tanh', x: number): Precise {
  const series = {
    expm1: [1n, 2n, 1n, 6n, 1n, 24n, 1n, 120n],
    log1p: [-1n, 2n, 1n, 3n, -1n, 4n, 1n, 5n],
    tanh: [0n, 1n, -1n, 3n, 0n, 1n, 2n, 15n],
  }[name]
  const { significand, exponent } = partsOf(x)
  const z = fixed(x)
  let power = z
  let sum = ONE
  for (let k = 0; k < series.length; k += 2) {
    sum += (power * (series[k] as bigint)) / (series[k + 1] as bigint)
    power = times(power, z)
  }
  return { significand: significand * sum, exponent: exponent - BITS }
}

/** e^x = 2^n·e^r with |r| ≤ ½·ln 2, by the series of e^r. */
function exponential(x: number): Precise {
  const n = Math.round(x / Math.LN2)
  const r = fixed(x) - BigInt(n) * LN2
  let sum = ONE
  let term = ONE
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = times(term, r) / k
    sum += term
  }
  return { significand: sum, exponent: n - BITS }
}

/** e^x − 1 in units of 2⁻¹⁹². */
function expm1(x: number): bigint {
  const { significand, exponent } = exponential(Math.max(-200, x))
  return shift(significand, exponent + BITS) - ONE
}

/** ln(2^k·m) = k·ln 2 + 2·artanh((m − 1)/(m + 1)) with m from about √½ to √2. */
function logarithm({ significand, exponent }: Precise): Precise {
  const length = significand.toString(2).length
  let k = exponent + length
  let m = shift(significand, BITS - length)
  if (m * m * 2n < ONE * ONE) {
    m *= 2n
    k -= 1
  }
  const s = ((m - ONE) << BigInt(BITS)) / (m + ONE)
  return { significand: BigInt(k) * LN2 + 2n * artanh(s), exponent: -BITS }
}

/** s + s³/3 + s⁵/5 + … */
function artanh(s: bigint): bigint {
  const z = times(s, s)
  let sum = 0n
  for (let power = s, k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += power / k
    power = times(power, z)
  }
  return sum
}

function ulps(got: number, { significand, exponent }: Precise, { digits, least, greatest }: Format): number {
  const size = significand < 0n ? -significand : significand
  const leading = size.toString(2).length - 1 + exponent
  const unit = Math.max(least, Math.min(greatest, leading)) - digits + 1
  const beyond = { significand: significand < 0n ? -1n : 1n, exponent: greatest + 1 } // stands for infinity
  const exact = leading > greatest ? beyond : { significand, exponent }
  const ours = Number.isFinite(got) ? partsOf(got) : { significand: BigInt(Math.sign(got)), exponent: greatest + 1 }
  const place = unit - 30 // in 2⁻³⁰ of a unit
  const distance = shift(exact.significand, exact.exponent - place) - shift(ours.significand, ours.exponent - place)
  return Math.abs(Number(distance)) / 2 ** 30
}

/** A finite number as a whole one times a power of 2, exactly. */
function partsOf(x: number): Precise {
  const step = Math.max(2 ** -1022, powerBelow(Math.abs(x))) // x/step is below 2
  const scaled = (x / step) * 2 ** 52
  return { significand: BigInt(scaled), exponent: Math.round(Math.log2(step)) - 52 }
}

/** The power of 2 at or next below a positive number, subnormal ones aside. */
function powerBelow(x: number): number {
  if (x < 2 ** -1022) return 2 ** -1022
  const guess = 2 ** Math.min(1023, Math.max(-1022, Math.floor(Math.log2(x))))
  if (guess > x) return guess / 2
  return guess <= x / 2 ? guess * 2 : guess
}

/** x in units of 2⁻¹⁹². */
function fixed(x: number): bigint {
  const { significand, exponent } = partsOf(x)
  return shift(significand, exponent + BITS)
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> BigInt(BITS)
}

function shift(a: bigint, places: number): bigint {
  return places >= 0 ? a << BigInt(places) : a >> BigInt(-places)
}
