import type { History } from 'bp-net'
import { drawChart, line, valueAxis } from './chart.ts'
import { colorOf, escapeHtml, figure, legend, shortNumber } from './html.ts'

/** How loss, and what else was measured, went from epoch to epoch; none of a model that was read from a file. */
export function learningFigures(history: History | undefined): string[] {
  if (history === undefined || history.loss.length === 0) return []
  const { loss, validationLoss, metrics } = history
  const held = validationLoss.length > 0
  const lossFigure = figure(
    'Loss by epoch',
    held
      ? 'Both lines should fall. Where the held-out one turns up again, the network learns its rows by heart. That of training holds the penalty on weights too, and may lie above.'
      : 'The line should fall, and be flat at the end. No rows were held out in training.',
    (held ? legend(['training', 'held out']) : '') + curve('loss', held ? [loss, validationLoss] : [loss], { min: 0 }),
  )
  const others = Object.entries(metrics).map(([name, values]) =>
    figure(
      `${name.charAt(0).toUpperCase()}${name.slice(1)} by epoch`,
      `Measured on the rows held out in training; ${escapeHtml(shortNumber(values.at(-1) ?? Number.NaN))} at the end.`,
      curve(name, [values], name === 'accuracy' ? { max: 1, scale: true } : { scale: true }, 1),
    ),
  )
  return [lossFigure, ...others]
}

function curve(name: string, lists: readonly (readonly number[])[], axis: object, firstColor = 0): string {
  const epochs = Math.max(...lists.map(({ length }) => length))
  const series = lists.map((values, k) => {
    const points = values.flatMap((value, epoch) => (Number.isFinite(value) ? [[epoch + 1, value] as const] : []))
    return line(points, colorOf(k + firstColor), points.length > 30 ? {} : { symbol: 'circle', symbolSize: 5 })
  })
  const ends = lists.map((values) => shortNumber(values.at(-1) ?? Number.NaN)).join(' and ')
  return drawChart(
    260,
    {
      xAxis: valueAxis('x', 'epoch', { min: 0, max: epochs, splitLine: { show: false } }),
      yAxis: valueAxis('y', name, axis),
      series,
    },
    `Line chart of ${name} over ${epochs} epochs; at the end ${ends}`,
  )
}
