import * as echarts from 'echarts'
import { describe, FONT, INK, LINES, MUTED, sourceLine } from './chart-text.ts'
import { logarithmic, powerOfTen } from './log-axis.ts'
import type { Machine } from './machine.ts'
import { duration } from './report.ts'

const WIDTH = 960
const HEIGHT = 560
const COLORS = ['#0f766e', '#1d4ed8', '#c2410c']

/** A loss, and the seconds until it was reached. */
export interface Point {
  readonly seconds: number
  readonly loss: number
}

/** One way down. */
export interface Course {
  readonly name: string
  readonly points: readonly Point[]
}

/** What was solved, and how Adam was set. */
export interface Scene {
  readonly rows: number
  readonly layers: readonly number[]
  readonly rate: number
  readonly batch: number | 'all'
}

/** Loss by time, both axes logarithmic: SVG. */
export function solverChart(
  courses: readonly Course[],
  start: number,
  scene: Scene,
  machine: Machine,
  quick: boolean,
): string {
  const board = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  const points = courses.flatMap((course) => course.points)
  const subtitle = subtitleOf(scene)
  board.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: titles(subtitle, machine, quick),
    grid: { left: 84, right: 190, top: 118, bottom: 84 },
    xAxis: { ...logarithmic(points.map(({ seconds }) => seconds)), ...xNaming },
    yAxis: { ...logarithmic([start, ...points.map(({ loss }) => loss)]), ...yNaming },
    series: courses.map(({ name, points }, k) => curve(name, COLORS[k % COLORS.length] as string, points)),
  })
  const svg = board.renderToSVGString()
  board.dispose()
  return describe(svg, `${HEADLINE}. ${subtitle}`)
}

const HEADLINE = 'A small regression: loss by time'

function subtitleOf({ rows, layers, rate, batch }: Scene): string {
  const batches = batch === 'all' ? 'all rows a step' : `batches of ${batch}`
  return `${rows} rows, ${layers.join('-')}, tanh, float64, from one start; Adam at its best rate here, ${rate}, ${batches}`
}

const xNaming = {
  name: 'time',
  nameLocation: 'middle' as const,
  nameGap: 32,
  axisLabel: { formatter: (seconds: number) => powerOfTen(1000 * seconds), color: MUTED, fontSize: 13 },
  splitLine: { show: false },
}

const yNaming = {
  name: 'squared error of all rows, ½ of the mean',
  nameLocation: 'end' as const,
  nameGap: 14,
  nameTextStyle: { align: 'left' as const, color: MUTED, fontSize: 13, padding: [0, 0, 0, -55] },
  axisLabel: { formatter: (loss: number) => String(Number(loss.toPrecision(1))), color: MUTED, fontSize: 13 },
  splitLine: { lineStyle: { color: LINES } },
}

/** A curve; its name, its last loss and its time stand at its end. */
function curve(name: string, color: string, points: readonly Point[]) {
  const last = points.at(-1) as Point
  const end = `${last.loss.toExponential(1).replace('e-', '·10⁻').replace(/\d+$/, raised)} after ${duration(1000 * last.seconds)}`
  const label = {
    show: true,
    position: 'right' as const,
    padding: [10, 0],
    formatter: `{big|${name}}\n{small|${end}}`,
    rich: {
      big: { color, fontSize: 14, fontWeight: 700 as const, lineHeight: 20 },
      small: { color, fontSize: 12, lineHeight: 16 },
    },
  }
  return {
    name,
    type: 'line' as const,
    data: points.map(({ seconds, loss }, k) => {
      const isLast = k === points.length - 1
      const value = [seconds, loss]
      return isLast ? { value, label, symbol: 'circle', symbolSize: 9 } : { value, symbol: 'none' }
    }),
    // all names in one column at the right, which make room for each other
    labelLayout: { x: WIDTH - 164, moveOverlap: 'shiftY' as const },
    itemStyle: { color },
    lineStyle: { color, width: 2.5 },
    silent: true,
  }
}

function raised(digits: string): string {
  return [...digits].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')
}

function titles(subtitle: string, machine: Machine, quick: boolean) {
  return [
    {
      text: HEADLINE,
      subtext: subtitle,
      left: 20,
      top: 14,
      textStyle: { color: INK, fontSize: 21, fontWeight: 700 },
      subtextStyle: { color: MUTED, fontSize: 14 },
    },
    {
      text: sourceLine('medians', machine, quick),
      left: 20,
      bottom: 12,
      textStyle: { color: MUTED, fontSize: 12, fontWeight: 'normal' as const },
    },
  ]
}
