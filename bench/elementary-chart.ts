import * as echarts from 'echarts'
import { describe, FONT, INK, LINES, MUTED, sourceLine } from './chart-text.ts'
import { closeUps } from './elementary-arguments.ts'
import type { Dtype } from './elementary-binaries.ts'
import type { Machine } from './machine.ts'
import type { FunctionName } from './precise.ts'
import { functions } from './precise.ts'

const WIDTH = 960
const HEIGHT = 700
const COLORS: Readonly<Record<Dtype, string>> = { float32: '#0f766e', float64: '#c2410c' }

/** Two columns of panels; the last place holds the legend. */
const COLUMNS = [60, 530]
const PANEL = { width: 390, height: 124, top: 118, apart: 180 }

const TITLES: Readonly<Record<FunctionName, string>> = {
  exp: 'exp x',
  expm1: 'expm1 x = exp x − 1',
  log: 'log x',
  log1p: 'log1p x = log(1 + x)',
  tanh: 'tanh x',
}

/** The greatest error of a function in each of some equal parts of its close-up. */
export interface Curve {
  readonly function: FunctionName
  readonly dtype: Dtype
  readonly greatest: number
  readonly curve: readonly number[]
}

/** The greatest error against the argument, a panel for each function, in units in the last place: SVG. */
export function chart(curves: readonly Curve[], machine: Machine, quick: boolean): string {
  const board = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  const top = above(curves)
  board.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: [...titles(curves, machine, quick), ...functions.map(panelTitle)],
    grid: functions.map((_, place) => ({ ...corner(place), width: PANEL.width, height: PANEL.height })),
    xAxis: functions.map((name, gridIndex) => ({
      gridIndex,
      min: closeUps[name][0],
      max: closeUps[name][1],
      ...xAxis,
    })),
    yAxis: functions.map((_, gridIndex) => ({ gridIndex, min: 0, max: top, interval: 1, ...yAxis })),
    series: curves.map(line),
    graphic: legend(),
  })
  const svg = board.renderToSVGString()
  board.dispose()
  return describe(svg, headline(curves))
}

const xAxis = {
  type: 'value' as const,
  axisLine: { show: true, onZero: false, lineStyle: { color: MUTED } },
  axisTick: { show: true },
  axisLabel: { color: MUTED, fontSize: 12, formatter: (value: number) => String(value).replace('-', '−') },
  splitLine: { show: false },
}

const yAxis = {
  type: 'value' as const,
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: MUTED, fontSize: 12 },
  splitLine: { lineStyle: { color: LINES } },
}

function corner(place: number): { left: number; top: number } {
  return { left: COLUMNS[place % 2] as number, top: PANEL.top + PANEL.apart * Math.floor(place / 2) }
}

function panelTitle(name: FunctionName, place: number) {
  const { left, top } = corner(place)
  return {
    text: TITLES[name],
    left: left - 5,
    top: top - 30,
    textStyle: { color: INK, fontSize: 14, fontWeight: 600 as const },
  }
}

/** Each part's greatest error over its middle; the best that rounding can, ½, as a dashed line. */
function line({ function: name, dtype, curve }: Curve) {
  const place = functions.indexOf(name)
  const [from, to] = closeUps[name]
  const data = curve.map((ulps, bin) => [from + ((bin + 0.5) * (to - from)) / curve.length, ulps])
  const color = COLORS[dtype]
  return {
    name: dtype,
    type: 'line' as const,
    xAxisIndex: place,
    yAxisIndex: place,
    data,
    symbol: 'none',
    silent: true,
    lineStyle: { color, width: 1.6 },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: MUTED, width: 1, type: [4, 4] as [number, number] },
      data: [{ yAxis: 0.5 }],
    },
  }
}

function legend() {
  const { left, top } = corner(functions.length)
  const entry = (text: string, color: string, row: number, dashed = false) => [
    {
      type: 'line' as const,
      shape: { x1: left, y1: top + 24 * row, x2: left + 34, y2: top + 24 * row },
      style: { stroke: color, lineWidth: dashed ? 1 : 2.4, ...(dashed ? { lineDash: [4, 4] } : {}) },
    },
    {
      type: 'text' as const,
      style: {
        text,
        x: left + 44,
        y: top + 24 * row,
        verticalAlign: 'middle' as const,
        fill: INK,
        font: `14px ${FONT}`,
      },
    },
  ]
  return [
    ...entry('float32, against Math in float64', COLORS.float32, 1),
    ...entry('float64, against 192 bits', COLORS.float64, 2),
    ...entry('½ ulp: as near as rounding can be', MUTED, 3, true),
  ]
}

function titles(curves: readonly Curve[], machine: Machine, quick: boolean) {
  return [
    {
      text: headline(curves),
      subtext: 'greatest error in units in the last place (ulp) against x, around zeros and seams',
      left: 20,
      top: 14,
      textStyle: { color: INK, fontSize: 21, fontWeight: 700 as const },
      subtextStyle: { color: MUTED, fontSize: 14 },
    },
    {
      text: sourceLine('SIMD without fused multiply-add', machine, quick),
      left: 20,
      bottom: 12,
      textStyle: { color: MUTED, fontSize: 12, fontWeight: 'normal' as const },
    },
  ]
}

function headline(curves: readonly Curve[]): string {
  return `The kernels' elementary functions err by less than ${above(curves)} ulp, whatever x`
}

/** The whole number above every error that was found: a sample's greatest is not that of all arguments. */
function above(curves: readonly Curve[]): number {
  return Math.ceil(Math.max(...curves.map(({ greatest }) => greatest)))
}
