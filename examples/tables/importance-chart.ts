import type { ColumnImportance } from 'bp-net'
import { drawChart, grid, nameAxis, valueAxis, WIDTH } from './chart.ts'
import { escapeHtml, figure, shortNumber } from './html.ts'

/** So many columns are shown. */
const MOST = 20
/** px for the names, and for a letter of them */
const [NAMES, LETTER] = [150, 8]
const MOST_LETTERS = 20

/** A bar for each column, and a whisker of one standard deviation either way; none where nothing was measured. */
export function importanceFigures(importance: readonly ColumnImportance[], score: string): string[] {
  if (importance.length === 0) return []
  const shown = importance.slice(0, MOST)
  const rest = importance.length - shown.length
  const bars = {
    type: 'bar' as const,
    data: shown.map(({ mean }) => mean),
    barMaxWidth: 18,
    silent: true,
    itemStyle: { color: 'var(--line-0)' },
  }
  const whiskers = {
    type: 'custom' as const,
    silent: true,
    z: 3,
    data: shown.map(({ mean, std }, k) => [k, mean - std, mean + std]),
    encode: { x: [1, 2], y: 0 },
    renderItem: whisker,
  }
  const [first] = shown
  const labels = shown.map(({ column }) => shortName(column))
  const names = Math.min(NAMES, LETTER * Math.max(...labels.map(({ length }) => length)))
  const svg = drawChart(
    70 + 30 * shown.length,
    {
      grid: { ...grid, left: names + 12, width: WIDTH - names - 32 },
      xAxis: valueAxis('x', `fall of ${score}`, { splitNumber: 4 }),
      yAxis: nameAxis(labels, names),
      series: [bars, whiskers],
    },
    `Bar chart of ${shown.length} columns${first === undefined ? '' : `; ${first.column} matters most, ${shortNumber(first.mean)}`}`,
  )
  const more = rest > 0 ? ` ${rest} lesser columns are left out.` : ''
  const caption = `How much ${escapeHtml(score)} falls when a column of the test rows is shuffled: the longer the bar, the more
the model relies on it. Thin lines: one standard deviation over the shuffles. Columns that tell the same share it.${more}`
  return [figure('Importance of columns', caption, svg)]
}

/** Start and end of a name: the end tells names apart that are numbered. */
function shortName(name: string): string {
  return name.length > MOST_LETTERS ? `${name.slice(0, 11)}…${name.slice(-8)}` : name
}

interface Place {
  value(dimension: number): number
  coord(point: readonly number[]): [number, number]
}

/** A line from the least to the greatest with a stroke at either end. */
function whisker(_: unknown, place: Place) {
  const [left, y] = place.coord([place.value(1), place.value(0)])
  const [right] = place.coord([place.value(2), place.value(0)])
  const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line' as const,
    shape: { x1, y1, x2, y2 },
    style: { stroke: 'var(--ink)', lineWidth: 1.5 },
  })
  const ends = [left, right].map((x) => stroke(x, y - 4, x, y + 4))
  return { type: 'group' as const, children: [stroke(left, y, right, y), ...ends] }
}
