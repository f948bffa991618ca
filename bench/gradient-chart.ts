import * as echarts from 'echarts'
import { describe, FONT, INK, LINES, MUTED, sourceLine } from './chart-text.ts'
import { logarithmic, powerOfTen } from './log-axis.ts'
import type { Machine } from './machine.ts'
import { duration } from './report.ts'
import type { Timings } from './timing.ts'

const WIDTH = 960
const HEIGHT = 560
const SYMBOL = 9
const NUMERICAL = '#c2410c'
const BACKPROP = '#0f766e'

/** Both ways to one gradient, measured on one network. */
export interface Row {
  readonly network: string
  readonly parameters: number
  /** one full gradient by network.gradients */
  readonly backpropMicroseconds: Timings
  /** one full gradient by central differences */
  readonly numericalMilliseconds: Timings
  /** the medians: numerical over backprop */
  readonly ratio: number
  /** max |x − r| over max(|x|, |r|) of the worst tensor */
  readonly agreement: number
  readonly method: string
}

type Point = [parameters: number, milliseconds: number]

/** Time per gradient against the number of parameters, both axes logarithmic, with the ratio between the curves: SVG. */
export function chart(rows: readonly Row[], machine: Machine, quick: boolean): string {
  const board = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  const numerical = rows.map((row): Point => [row.parameters, row.numericalMilliseconds.median])
  const backprop = rows.map((row): Point => [row.parameters, row.backpropMicroseconds.median / 1000])
  board.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: titles(rows, machine, quick),
    grid: { left: 80, right: 188, top: 118, bottom: 84 },
    xAxis: { ...logarithmic(numerical.map(([x]) => x)), ...xNaming },
    yAxis: { ...logarithmic([...numerical, ...backprop].map(([, y]) => y)), ...yNaming },
    series: [
      gaps(rows, numerical, backprop),
      curve('Numerical differentiation', NUMERICAL, numerical),
      curve('Backpropagation', BACKPROP, backprop),
    ],
  })
  const svg = board.renderToSVGString()
  board.dispose()
  return describe(svg, `${headline(rows)} ${scene(rows)}`)
}

const xNaming = {
  name: 'parameters of the network (weights and biases)',
  nameLocation: 'middle' as const,
  nameGap: 32,
  axisLabel: { formatter: (value: number) => value.toLocaleString('en-US'), color: MUTED, fontSize: 13 },
  splitLine: { show: false },
}

const yNaming = {
  name: 'time for one full gradient',
  nameLocation: 'end' as const,
  nameGap: 14,
  nameTextStyle: { align: 'left' as const, color: MUTED, fontSize: 13, padding: [0, 0, 0, -55] },
  axisLabel: { formatter: powerOfTen, color: MUTED, fontSize: 13 },
  splitLine: { lineStyle: { color: LINES } },
}

/** A curve; its name and last time stand at its right end. */
function curve(name: string, color: string, data: Point[]) {
  const last = data.length - 1
  const text = `{small|${name}}\n{big|${duration((data[last] as Point)[1])}}`
  const label = atTheRight(text, color, SYMBOL)
  return {
    name,
    type: 'line' as const,
    data: data.map((value, k) => (k === last ? { value, label } : { value })),
    symbol: 'circle',
    symbolSize: SYMBOL,
    itemStyle: { color, borderColor: '#ffffff', borderWidth: 1.5, opacity: 1 },
    lineStyle: { color, width: 3 },
    silent: true,
    z: 3,
  }
}

/** A vertical line between the curves at each network, with the ratio in its middle; the last stands at the right. */
function gaps(rows: readonly Row[], upper: readonly Point[], lower: readonly Point[]) {
  const plate = { backgroundColor: '#ffffff', padding: [3, 4], color: INK, fontSize: 13, fontWeight: 600 }
  const inside = { show: true, position: 'inside' as const, ...plate }
  const last = rows.length - 1
  return {
    name: 'ratio',
    type: 'scatter' as const,
    symbolSize: 0,
    itemStyle: { opacity: 1 },
    silent: true,
    z: 2,
    data: rows.map(({ parameters, ratio }, k) => ({
      value: [parameters, Math.sqrt((upper[k] as Point)[1] * (lower[k] as Point)[1])],
      label:
        k === last
          ? atTheRight(`{big|${rounded(ratio)}×}\n{small|as fast}`, INK, 0)
          : { ...inside, formatter: `${rounded(ratio)}×` },
    })),
    markLine: {
      silent: true,
      symbol: 'none',
      z: 1,
      label: { show: false },
      lineStyle: { color: '#aab4bc', width: 1.2, type: [3, 3] as [number, number] },
      data: upper.map((top, k): [{ coord: Point }, { coord: Point }] => [{ coord: lower[k] as Point }, { coord: top }]),
    },
  }
}

/** A label right of the last point, whose symbol has this size, in small and big letters. */
function atTheRight(text: string, color: string, symbol: number) {
  const rich = {
    small: { color, fontSize: 14, lineHeight: 20 },
    big: { color, fontSize: 20, fontWeight: 700 as const },
  }
  return {
    show: true,
    position: [16 + symbol / 2, '50%'] as [number, string],
    align: 'left' as const,
    verticalAlign: 'middle' as const,
    formatter: text,
    rich,
  }
}

function titles(rows: readonly Row[], machine: Machine, quick: boolean) {
  const small = { color: MUTED, fontSize: 12, fontWeight: 'normal' as const }
  return [
    {
      text: headline(rows),
      subtext: scene(rows),
      left: 20,
      top: 14,
      textStyle: { color: INK, fontSize: 21, fontWeight: 700 },
      subtextStyle: { color: MUTED, fontSize: 14 },
    },
    {
      text: sourceLine('one sample, sigmoid, float64', machine, quick),
      left: 20,
      bottom: 12,
      textStyle: small,
    },
  ]
}

function headline(rows: readonly Row[]): string {
  const { ratio } = rows.at(-1) as Row
  return `Backpropagation computes the same gradient ${rounded(ratio)} times as fast`
}

function scene(rows: readonly Row[]): string {
  const { network, parameters, method } = rows.at(-1) as Row
  const size = parameters.toLocaleString('en-US')
  const how = method === 'full' ? '' : ` (its time from a ${method})`
  const digits = Math.floor(-Math.log10(Math.max(Number.EPSILON, ...rows.map(({ agreement }) => agreement))))
  return (
    `as numerical differentiation${how}, on a ${network} network with ${size} parameters; ` +
    `the two agree to ${digits} digits`
  )
}

/** Two digits, as much as a timing on a busy machine is good for: 45,213 as '45,000'. */
function rounded(ratio: number): string {
  return Number(ratio.toPrecision(2)).toLocaleString('en-US')
}
