import { diagonal, drawChart, valueAxis } from './chart.ts'
import { escapeHtml, figure, shortNumber } from './html.ts'

/** One target as it was and as it was predicted, row by row. */
export interface Compared {
  readonly name: string
  readonly actual: readonly number[]
  readonly predicted: readonly number[]
}

/** Predicted against actual numbers, a point for each row. */
export function scatterFigure({ name, actual, predicted }: Compared): string {
  const all = [...actual, ...predicted]
  const [from, to] = [least(all), greatest(all)]
  const step = niceStep((to - from) / 5)
  const range = { min: Math.floor(from / step) * step, max: Math.ceil(to / step) * step, interval: step }
  const points = {
    type: 'scatter' as const,
    data: actual.map((value, i) => [value, predicted[i] as number]),
    symbolSize: 8,
    silent: true,
    itemStyle: { color: 'var(--line-0)', opacity: 0.6 },
  }
  return figure(
    `${name}: predicted against actual`,
    'A point for each row of the test set. On the dashed line, the prediction is right; above it, too high.',
    drawChart(
      360,
      {
        xAxis: valueAxis('x', 'actual', range),
        yAxis: valueAxis('y', 'predicted', range),
        series: [diagonal(range.min, range.max), points],
      },
      `Scatter plot of ${actual.length} rows: predicted over actual ${name}`,
    ),
  )
}

/** How many rows are predicted how much too high or too low. */
export function residualsFigure({ name, actual, predicted }: Compared): string {
  const residuals = actual.map((value, i) => (predicted[i] as number) - value)
  const { step, first, counts } = histogram(residuals)
  const bars = {
    type: 'custom' as const,
    silent: true,
    data: counts.map((count, k) => [(first + k) * step, (first + k + 1) * step, count]),
    encode: { x: [0, 1], y: 2 },
    renderItem: column,
  }
  const mean = residuals.reduce((sum, one) => sum + one, 0) / residuals.length
  // a number under every m-th edge, 0 among them
  const m = Math.ceil(counts.length / 7)
  const [low, high] = [Math.floor(first / m) * m * step, Math.ceil((first + counts.length) / m) * m * step]
  const range = { min: low, max: high, interval: m * step, splitLine: { show: false } }
  return figure(
    `${name}: errors`,
    `How many rows were predicted too low (left of 0) and too high (right); the mean is ${escapeHtml(shortNumber(mean, 3))}. Best is a narrow hill around 0.`,
    drawChart(
      360,
      {
        xAxis: valueAxis('x', 'predicted − actual', range),
        yAxis: valueAxis('y', 'rows', { min: 0, minInterval: 1 }),
        series: [bars],
      },
      `Histogram of ${residuals.length} errors from ${shortNumber(low)} to ${shortNumber(high)}, mean ${shortNumber(mean, 3)}`,
    ),
  )
}

/** Counts in bins of a round width with an edge at 0, about √n of them, 24 at most. */
function histogram(values: readonly number[]): { step: number; first: number; counts: number[] } {
  const [from, to] = [least(values), greatest(values)]
  const step = niceStep((to - from) / Math.min(Math.sqrt(values.length), 24))
  const first = Math.floor(from / step)
  const counts = new Array<number>(Math.floor(to / step) - first + 1).fill(0)
  for (const value of values) {
    const bin = Math.floor(value / step) - first
    counts[bin] = (counts[bin] as number) + 1
  }
  return { step, first, counts }
}

/** 1, 2 or 5 times a power of ten, not below the number; 1 for 0. */
function niceStep(size: number): number {
  if (!(size > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(size))
  return power * ([1, 2, 5].find((factor) => factor * power >= size) ?? 10)
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
}

interface Place {
  value(dimension: number): number
  coord(point: readonly number[]): [number, number]
}

function column(_: unknown, place: Place) {
  const [left, top] = place.coord([place.value(0), place.value(2)])
  const [right, bottom] = place.coord([place.value(1), 0])
  const shape = { x: left + 0.5, y: top, width: Math.max(1, right - left - 1), height: bottom - top }
  return { type: 'rect' as const, shape, style: { fill: 'var(--line-0)' } }
}
