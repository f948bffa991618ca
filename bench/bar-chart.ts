import * as echarts from 'echarts'
import { describe, FONT, INK, LINES, MUTED } from './chart-text.ts'

const WIDTH = 960
const [LEFT, RIGHT] = [260, 150]
const [TOP, BOTTOM] = [84, 44]
const [BAR, HEAD, GAP] = [24, 34, 22]
const [OURS, THEIRS] = ['#0f766e', '#b8c2ca']

/** A horizontal bar. */
export interface Bar {
  readonly name: string
  readonly value: number
  /** stands at its end */
  readonly label: string
  readonly ours: boolean
}

/** Bars under a heading, on an axis of their own. */
export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
  /** a logarithmic axis: where values differ by orders of magnitude */
  readonly log: boolean
}

/** Texts around the panels. */
export interface Texts {
  readonly title: string
  readonly subtitle: string
  readonly source: string
}

/** Panels of horizontal bars, one below the other: SVG. */
export function barChart({ title, subtitle, source }: Texts, panels: readonly Panel[]): string {
  const tops: number[] = []
  let height = TOP
  for (const { bars } of panels) {
    tops.push(height + HEAD)
    height += HEAD + BAR * bars.length + GAP
  }
  height += BOTTOM
  const board = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  board.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: [
      heading(title, subtitle),
      ...panels.map((panel, k) => small(panel.title, { left: 20, top: (tops[k] as number) - HEAD + 8 }, INK)),
      small(source, { left: 20, bottom: 12 }, MUTED),
    ],
    grid: panels.map(({ bars }, k) => ({
      left: LEFT,
      right: RIGHT,
      top: tops[k] as number,
      height: BAR * bars.length,
    })),
    xAxis: panels.map(valueAxis),
    yAxis: panels.map(nameAxis),
    series: panels.map(series),
  })
  const svg = board.renderToSVGString()
  board.dispose()
  return describe(svg, `${title}. ${subtitle}`)
}

function valueAxis(panel: Panel, gridIndex: number) {
  return {
    type: 'value' as const,
    min: 0,
    max: Math.max(...lengthsOf(panel)),
    gridIndex,
    axisLabel: { show: false },
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { show: false },
  }
}

/** The values, or their logarithms over a third of the least: ECharts' own logarithmic axis lets bars begin at 1. */
function lengthsOf({ bars, log }: Panel): number[] {
  const values = bars.map(({ value }) => value)
  const start = Math.min(...values) / 3
  return log ? values.map((value) => Math.log(value / start)) : values
}

function nameAxis({ bars }: Panel, gridIndex: number) {
  return {
    type: 'category' as const,
    gridIndex,
    inverse: true,
    data: bars.map(({ name, ours }) => ({ value: name, textStyle: { color: INK, fontWeight: ours ? 700 : 400 } })),
    axisLabel: { fontSize: 13, width: LEFT - 30, overflow: 'truncate' as const },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINES } },
  }
}

function series(panel: Panel, k: number) {
  const lengths = lengthsOf(panel)
  return {
    type: 'bar' as const,
    xAxisIndex: k,
    yAxisIndex: k,
    barWidth: BAR - 8,
    silent: true,
    data: panel.bars.map(({ label, ours }, bar) => ({
      value: lengths[bar] as number,
      itemStyle: { color: ours ? OURS : THEIRS, opacity: 1 },
      label: {
        show: true,
        position: 'right' as const,
        formatter: label,
        color: INK,
        fontSize: 13,
        fontWeight: ours ? (700 as const) : (400 as const),
      },
    })),
  }
}

function heading(text: string, subtext: string) {
  return {
    text,
    subtext,
    left: 20,
    top: 14,
    textStyle: { color: INK, fontSize: 21, fontWeight: 700 as const },
    subtextStyle: { color: MUTED, fontSize: 14 },
  }
}

function small(text: string, place: object, color: string) {
  const bold = color === INK
  return {
    text,
    ...place,
    textStyle: { color, fontSize: bold ? 14 : 12, fontWeight: bold ? (700 as const) : (400 as const) },
  }
}
