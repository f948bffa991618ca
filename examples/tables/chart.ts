import * as echarts from 'echarts'
import { escapeHtml } from './html.ts'

/** Pictures are as wide as a phone's screen allows, so that their texts stay legible there. */
export const WIDTH = 440

const FONT = 13
const label = { color: 'var(--muted)', fontSize: FONT, formatter: tick, hideOverlap: true }
const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** Room for the texts of both axes. */
export const grid = { left: 60, right: 16, top: 12, bottom: 52 }

/** Draws with ECharts as SVG text whose colours follow the page. `description` is for those who do not see it. */
export function drawChart(height: number, option: echarts.EChartsCoreOption, description: string): string {
  const board = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  board.setOption({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: 'inherit', color: 'var(--ink)' },
    grid,
    ...option,
  })
  const svg = board.renderToSVGString()
  board.dispose()
  return withoutMouse(svg, description)
}

/** Without what ECharts adds for the mouse; the width is the page's to choose. */
function withoutMouse(svg: string, description: string): string {
  const name = escapeHtml(description)
  return svg
    .replace(/<style\b.*?<\/style>/gs, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/<svg width="\d+" height="\d+"/, `<svg role="img" aria-label="${name}"`)
}

/** A number at an axis: 0.25, 5,000, −20K, 1.5M. */
function tick(value: number): string {
  const text = Math.abs(value) < 10_000 ? plain.format(value) : compact.format(value)
  return text.replace('-', '−')
}

/** An axis of numbers with a name beside it. */
export function valueAxis(direction: 'x' | 'y', name: string, more: object = {}) {
  return {
    type: 'value' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap: direction === 'x' ? 28 : 44,
    nameTextStyle: { color: 'var(--muted)', fontSize: FONT },
    splitNumber: 5,
    axisLabel: label,
    axisLine: { show: direction === 'x', lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: 'var(--rules)' } },
    ...more,
  }
}

/** An axis of names, from top to bottom. */
export function nameAxis(names: readonly string[], width: number) {
  return {
    type: 'category' as const,
    inverse: true,
    data: [...names],
    axisLabel: { color: 'var(--ink)', fontSize: FONT, width, overflow: 'truncate' as const, interval: 0 },
    axisLine: { lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: false },
  }
}

/** An axis of shares, from 0 to 1; `margin` keeps its numbers clear of points on its ends. */
export function shareAxis(direction: 'x' | 'y', name: string, margin = 8) {
  const nameGap = (direction === 'x' ? 20 : 32) + margin
  return valueAxis(direction, name, { min: 0, max: 1, nameGap, axisLabel: { ...label, margin } })
}

/** A line through points, in a colour of the page. */
export function line(points: readonly (readonly [number, number])[], color: string, more: object = {}) {
  return {
    type: 'line' as const,
    data: points.map(([x, y]) => [x, y]),
    symbol: 'none',
    silent: true,
    lineStyle: { color, width: 2 },
    itemStyle: { color },
    ...more,
  }
}

/** The line on which both axes agree. */
export function diagonal(from: number, to: number) {
  const lineStyle = { color: 'var(--muted)', width: 1, type: 'dashed' as const }
  return line(
    [
      [from, from],
      [to, to],
    ],
    'var(--muted)',
    { lineStyle },
  )
}
