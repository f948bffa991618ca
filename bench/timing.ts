/** The median of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** Milliseconds of one call of `work`, over so many calls; what the calls return is summed and must be finite. */
export function millisecondsPerCall(calls: number, work: () => number): number {
  let sum = 0
  const start = performance.now()
  for (let call = 0; call < calls; call++) sum += work()
  const elapsed = performance.now() - start
  if (!Number.isFinite(sum)) throw new Error('a contender returned a number that is not finite')
  return elapsed / calls
}

/** How many calls take at least this many milliseconds. Finding out warms the code up: twice that time at least. */
export function warmUp(milliseconds: number, work: () => number): number {
  let calls = 1
  let warm = false
  while (true) {
    const enough = millisecondsPerCall(calls, work) * calls >= milliseconds
    if (enough && warm) return calls
    warm = enough
    if (!enough) calls *= 2
  }
}

/** What repeated timings of one thing gave. */
export interface Timings {
  readonly median: number
  readonly least: number
  readonly greatest: number
  readonly repeats: number
}

/** The summary of some timings, in their own unit. */
export function summarize(timings: readonly number[]): Timings {
  return {
    median: median(timings),
    least: Math.min(...timings),
    greatest: Math.max(...timings),
    repeats: timings.length,
  }
}
