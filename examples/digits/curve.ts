import type { History } from 'bp-net'
import * as echarts from 'echarts'

const FONT = 'Helvetica, Arial, sans-serif'
const [INK, MUTED, LINES] = ['#1f2933', '#5b6770', '#e4e8eb']
const [TRAINED, HELD_OUT, RATE] = ['#0f766e', '#c2410c', '#5b6770']

const WIDTH = 960
const [LEFT, RIGHT, TOP, APART, BOTTOM] = [76, 130, 124, 62, 78]

/** What the picture says beside the curves. */
export interface Texts {
  /** the share of the test digits that were read right */
  readonly accuracy: number
  readonly samples: number
  /** the share of them that was held out */
  readonly validation: number
  readonly seed: number
  readonly seconds: number
}

interface Line {
  readonly name: string
  readonly color: string
  readonly values: readonly number[]
}

/** Lines over one axis. */
interface Panel {
  readonly title: string
  readonly height: number
  readonly lines: readonly Line[]
  readonly axis: object
}

/** Loss, accuracy of what was held out, and learning rate after each epoch: SVG. */
export function drawCurve(history: History, texts: Texts): string {
  const panels = panelsOf(history)
  let height = TOP
  const tops = panels.map((panel) => {
    const top = height
    height += panel.height + APART
    return top
  })
  height += BOTTOM - APART
  const board = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  const headings = panels.map(({ title }, k) => heading(title, 20, (tops[k] as number) - 32, 14))
  board.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: [{ ...heading(headline(texts), 20, 14, 21), ...subtitle(texts) }, ...headings, source(texts)],
    grid: panels.map((panel, k) => ({ left: LEFT, right: RIGHT, top: tops[k] as number, height: panel.height })),
    xAxis: panels.map((_, k) => epochAxis(k, k === panels.length - 1, history.loss.length)),
    yAxis: panels.map(({ axis }, gridIndex) => ({ gridIndex, ...valueAxis, ...axis })),
    series: panels.flatMap(({ lines }, k) => lines.map((line) => series(line, k))),
  })
  const svg = board.renderToSVGString()
  board.dispose()
  return describe(svg, `Learning curve of a network for MNIST. ${headline(texts)}`)
}

function panelsOf({ loss, validationLoss, metrics, learningRate }: History): Panel[] {
  const line = (name: string, color: string, values: readonly number[] = []): Line[] =>
    values.length === 0 ? [] : [{ name, color, values }]
  const accuracy = line('held out', HELD_OUT, metrics.accuracy)
  const least = Math.min(...accuracy.flatMap(({ values }) => values))
  return [
    {
      title: 'Loss: cross-entropy, in training with dropout and smoothed labels',
      height: 190,
      lines: [...line('training', TRAINED, loss), ...line('held out', HELD_OUT, validationLoss)],
      axis: { min: 0 },
    },
    ...(accuracy.length === 0
      ? []
      : [
          {
            title: 'Accuracy on the digits that are held out',
            height: 150,
            lines: accuracy,
            axis: { min: Math.floor(100 * least) / 100, max: 1, axisLabel: { ...label, formatter: percent } },
          },
        ]),
    { title: 'Learning rate', height: 90, lines: line('', RATE, learningRate), axis: { min: 0 } },
  ]
}

const label = { color: MUTED, fontSize: 12 }

const valueAxis = {
  type: 'value' as const,
  splitNumber: 4,
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: label,
  splitLine: { lineStyle: { color: LINES } },
}

function epochAxis(gridIndex: number, isLast: boolean, epochs: number) {
  return {
    type: 'value' as const,
    gridIndex,
    min: 0,
    max: epochs,
    minInterval: 1,
    name: isLast ? 'epoch' : '',
    nameLocation: 'middle' as const,
    nameGap: 26,
    nameTextStyle: label,
    axisLine: { lineStyle: { color: MUTED } },
    axisLabel: { ...label, show: isLast },
    axisTick: { show: isLast },
    splitLine: { show: false },
  }
}

/** A curve with a dot for each epoch, and its name at the end. */
function series({ name, color, values }: Line, place: number) {
  return {
    labelLayout: { moveOverlap: 'shiftY' as const },
    name,
    type: 'line' as const,
    xAxisIndex: place,
    yAxisIndex: place,
    data: values.map((value, k) => [k + 1, value]),
    symbol: 'circle',
    symbolSize: values.length > 60 ? 0 : 5,
    silent: true,
    lineStyle: { color, width: 2 },
    itemStyle: { color, opacity: 1 },
    endLabel: { show: name !== '', formatter: name, color, fontSize: 13, distance: 10 },
  }
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`
}

function headline({ accuracy }: Texts): string {
  return `${(100 * accuracy).toFixed(2)} % of the 10,000 test digits read right`
}

function subtitle({ samples, validation }: Texts) {
  const held = validation > 0 ? `, ${percent(validation)} of them held out` : ''
  return {
    subtext: `784-512-512-10, relu, softmax, dropout, Adam; ${samples.toLocaleString('en')} training digits${held}`,
    subtextStyle: { color: MUTED, fontSize: 14 },
  }
}

function heading(text: string, left: number, top: number, fontSize: number) {
  return { text, left, top, textStyle: { color: INK, fontSize, fontWeight: 700 as const } }
}

function source({ seed, seconds }: Texts) {
  const text = `seed ${seed} · ${Math.round(seconds)} s on Node ${process.versions.node}`
  return { text, left: 20, bottom: 12, textStyle: { color: MUTED, fontSize: 12, fontWeight: 'normal' as const } }
}

/** Gives the picture a text for those who do not see it. */
function describe(svg: string, text: string): string {
  const opening = svg.indexOf('>')
  return `${svg.slice(0, opening)} role="img">\n<title>${text}</title>${svg.slice(opening + 1)}\n`
}
