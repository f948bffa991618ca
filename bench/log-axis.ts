import { MUTED } from './chart-text.ts'

/** A logarithmic axis over whole powers of ten. */
export function logarithmic(values: readonly number[]) {
  return {
    type: 'log' as const,
    min: 10 ** Math.floor(Math.log10(Math.min(...values))),
    max: 10 ** Math.ceil(Math.log10(Math.max(...values))),
    nameTextStyle: { color: MUTED, fontSize: 13 },
    axisLine: { show: true, lineStyle: { color: MUTED } },
    axisTick: { show: false },
    minorTick: { show: false },
  }
}

/** A whole power of ten of milliseconds: '1 ms', '10 s'. */
export function powerOfTen(milliseconds: number): string {
  if (milliseconds < 0.9) return `${Number((milliseconds * 1000).toPrecision(1))} µs`
  return milliseconds < 900 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 1000)} s`
}
