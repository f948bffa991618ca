import type { ClassCurves, ConfusionMatrix } from 'bp-net'
import { diagonal, drawChart, line, shareAxis } from './chart.ts'
import { colorOf, dashOf, escapeHtml, figure, legend, percent, scoreText, shortNumber } from './html.ts'

const HEIGHT = 340

/** A table whose cells are the darker, the more rows of their class they hold. */
export function confusionFigure({ classes, counts }: ConfusionMatrix): string {
  const names = classes.map((name) => escapeHtml(String(name)))
  const rows = counts.map((row, i) => {
    const all = row.reduce((sum, count) => sum + count, 0)
    const cells = row.map((count, j) => {
      const share = all === 0 ? 0 : count / all
      const shade = `--share:${share.toFixed(3)};--shade:${colorOf(i === j ? 0 : 1)}`
      return `<td style="${shade}">${shortNumber(count, 6)}<small>${percent(share)}</small></td>`
    })
    return `<tr><th scope="row">${names[i]}</th>${cells.join('')}</tr>`
  })
  const head = names.map((name) => `<th scope="col">${name}</th>`).join('')
  return figure(
    'Confusion matrix',
    'Rows of the test set, with the share of their class. What is right stands on the diagonal; what is shaded beside it was taken for another class.',
    `<div class="wide" tabindex="0"><table class="confusion">
<caption>down: actual class, across: predicted class</caption>
<thead><tr><td></td>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`,
  )
}

/** ROC, precision and recall, calibration: a line for each class. */
export function curveFigures(curves: readonly ClassCurves[]): string[] {
  const judged = curves.filter(({ roc }) => roc !== undefined)
  if (judged.length === 0) return []
  return [rocFigure(judged), precisionRecallFigure(judged), calibrationFigure(judged)]
}

function rocFigure(curves: readonly ClassCurves[]): string {
  const areas = curves.map((one) => `${one.class} (${scoreText(one.rocAuc)})`)
  const lines = curves.map(({ roc }, k) => {
    const { falsePositiveRate = [], truePositiveRate = [] } = roc ?? {}
    return line(pointsOf(falsePositiveRate, truePositiveRate), colorOf(k), { lineStyle: strokeOf(k, curves.length) })
  })
  const axes = { xAxis: shareAxis('x', 'false positive rate'), yAxis: shareAxis('y', 'true positive rate') }
  return figure(
    'ROC curves',
    'Each class against the rest, with the area under its line: the nearer to the upper left corner, the better. The dashed line is guessing.',
    legend(areas) +
      drawChart(HEIGHT, { ...axes, series: [diagonal(0, 1), ...lines] }, `ROC curves; areas: ${areas.join(', ')}`),
  )
}

function precisionRecallFigure(curves: readonly ClassCurves[]): string {
  const areas = curves.map((one) => `${one.class} (${scoreText(one.averagePrecision)})`)
  const lines = curves.map(({ precisionRecall }, k) => {
    const { recall = [], precision = [] } = precisionRecall ?? {}
    return line(pointsOf(recall, precision), colorOf(k), { step: 'start', lineStyle: strokeOf(k, curves.length) })
  })
  const axes = { xAxis: shareAxis('x', 'recall'), yAxis: shareAxis('y', 'precision') }
  return figure(
    'Precision and recall',
    'How much of what is taken for a class is of it, against how much of the class is found; with the average precision. The nearer to the upper right corner, the better.',
    legend(areas) +
      drawChart(HEIGHT, { ...axes, series: lines }, `Precision over recall; average precision: ${areas.join(', ')}`),
  )
}

function calibrationFigure(curves: readonly ClassCurves[]): string {
  const most = Math.max(...curves.flatMap(({ calibration }) => calibration.counts))
  const lines = curves.map(({ calibration: { predicted, observed, counts } }, k) => ({
    ...line(pointsOf(predicted, observed), colorOf(k)),
    lineStyle: { color: colorOf(k), width: 1, opacity: 0.6 },
    itemStyle: { color: colorOf(k), opacity: 0.65 },
    symbol: 'circle',
    symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
      5 + 19 * Math.sqrt((counts[dataIndex] as number) / most),
    clip: false,
  }))
  const axes = { xAxis: shareAxis('x', 'predicted probability', 14), yAxis: shareAxis('y', 'share that came true', 14) }
  return figure(
    'Calibration',
    'Rows in ten bins by their predicted probability; the larger the point, the more rows. On the dashed line, what is predicted with 70 % comes true in 70 of 100 rows. Small points say little.',
    legend(curves.map((one) => String(one.class))) +
      drawChart(
        HEIGHT,
        { ...axes, series: [diagonal(0, 1), ...lines] },
        'Share of rows that came true over the predicted probability',
      ),
  )
}

/** The first of few lines are wider, so that they show beside later ones that cover them. */
function strokeOf(place: number, lines: number) {
  return { color: colorOf(place), type: dashOf(place), width: lines > 4 ? 2 : 2 + 2 * (lines - 1 - place) }
}

function pointsOf(x: readonly number[], y: readonly number[]): (readonly [number, number])[] {
  return x.map((value, k) => [value, y[k] as number] as const)
}
