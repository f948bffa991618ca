import { argumentsFor, closeUps, evenly } from './elementary-arguments.ts'
import type { Binary, Dtype } from './elementary-binaries.ts'
import { compileBinaries, dtypes } from './elementary-binaries.ts'
import type { Curve } from './elementary-chart.ts'
import { chart } from './elementary-chart.ts'
import type { FunctionName } from './precise.ts'
import { functions, ulpsOfDouble, ulpsOfSingle } from './precise.ts'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import { millisecondsPerCall, warmUp } from './timing.ts'

const NAME = 'elementary-functions'

/** Points of a curve. */
const BINS = 120

/** Numbers that a timing runs over: they fit the nearest cache. */
const TIMED = 1024

interface Effort {
  /** arguments of each function */
  readonly arguments: Readonly<Record<Dtype, number>>
  /** one timing covers as many calls as take this many milliseconds */
  readonly timing: number
  readonly timings: number
}

const FULL: Effort = { arguments: { float32: 2 ** 20, float64: 2 ** 15 }, timing: 5, timings: 9 }
const QUICK: Effort = { arguments: { float32: 2 ** 13, float64: 2 ** 10 }, timing: 0.5, timings: 3 }

interface Row {
  readonly function: FunctionName
  readonly dtype: Dtype
  readonly binary: Binary['name']
  readonly arguments: number
  /** errors in units in the last place */
  readonly greatest: number
  readonly at: number
  readonly mean: number
  /** the least of some timings, for one number */
  readonly nanoseconds: number
  /** the greatest error in each of so many equal parts of the close-up */
  readonly curve: readonly number[]
}

/** The errors of the kernels' elementary functions over all their arguments, and what one costs. */
export function elementaryFunctions({ machine, out, quick }: Setting): void {
  const effort = quick ? QUICK : FULL
  say('Elementary functions of the kernels: errors in units in the last place (ulp); 0.5 is the best that rounding can')
  const binaries = compileBinaries()
  for (const { name, bytes } of binaries) say(`(${name}: ${bytes.toLocaleString('en-US')} bytes)`)
  if (binaries.every(({ name }) => name !== 'relaxed')) say('(relaxed skipped: this Node has no relaxed SIMD)')
  const rows = binaries.flatMap((binary) =>
    dtypes.flatMap((dtype) => functions.map((name) => measure(binary, dtype, name, effort))),
  )
  say(`\n${asTable(rows)}\n`)
  const sizes = Object.fromEntries(binaries.map(({ name, bytes }) => [name, bytes]))
  save(out, `${NAME}.json`, { benchmark: NAME, machine, quick, bytes: sizes, closeUps, rows })
  save(out, `${NAME}.svg`, chart(curvesOf(rows), machine, quick))
}

function measure(binary: Binary, dtype: Dtype, name: FunctionName, effort: Effort): Row {
  const xs = argumentsFor(name, dtype, effort.arguments[dtype])
  const ys = binary.apply(name, xs)
  const error = dtype === 'float32' ? singleError : ulpsOfDouble
  const [from, to] = closeUps[name]
  const curve = new Array<number>(BINS).fill(0)
  let greatest = 0
  let at = Number.NaN
  let sum = 0
  for (const [k, x] of xs.entries()) {
    const ulps = error(name, x, ys[k] as number)
    sum += ulps
    if (ulps > greatest) {
      greatest = ulps
      at = x
    }
    const bin = Math.floor((BINS * (x - from)) / (to - from))
    if (bin >= 0 && bin < BINS) curve[bin] = Math.max(curve[bin] as number, ulps)
  }
  const nanoseconds = time(binary, dtype, name, effort)
  const mean = sum / xs.length
  return { function: name, dtype, binary: binary.name, arguments: xs.length, greatest, at, mean, nanoseconds, curve }
}

function singleError(name: FunctionName, x: number, got: number): number {
  return ulpsOfSingle(Math[name](x), got)
}

function time({ apply, repeat }: Binary, dtype: Dtype, name: FunctionName, { timing, timings }: Effort): number {
  const xs = evenly(closeUps[name], TIMED)
  apply(name, dtype === 'float32' ? new Float32Array(xs) : new Float64Array(xs)) // leaves them in the memory
  const call = () => {
    repeat(name, dtype, TIMED)
    return 0
  }
  const calls = warmUp(timing, call)
  const times = Array.from({ length: timings }, () => millisecondsPerCall(calls, call))
  return (1e6 * Math.min(...times)) / TIMED
}

/** The plain binary's, which every engine runs. */
function curvesOf(rows: readonly Row[]): Curve[] {
  return rows.filter(({ binary }) => binary === 'plain')
}

function asTable(rows: readonly Row[]): string {
  const heading = ['function', 'dtype', 'binary', 'max ulp', 'at x', 'mean ulp', 'ns/number']
  return table(
    heading,
    rows.map((row) => [
      row.function,
      row.dtype,
      row.binary,
      row.greatest.toFixed(2),
      row.at.toPrecision(row.dtype === 'float32' ? 9 : 17),
      row.mean.toFixed(3),
      figure(row.nanoseconds),
    ]),
  )
}
