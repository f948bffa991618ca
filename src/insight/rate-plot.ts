import { short } from '../training/number-words.ts'
import type { LearningRateRange } from './rate-curve.ts'

const WIDTH = 60
const HEIGHT = 10

/** The curve of a range test as lines of text: the loss over the logarithm of the rate, with a mark at the suggestion. */
export function plotRates({ curve, start, suggestion }: Omit<LearningRateRange, 'toString'>): string[] {
  const rates = curve.map(({ learningRate }) => Math.log(learningRate))
  const [first, last] = [rates[0] as number, rates.at(-1) as number]
  const columnOf = (rate: number) => Math.round(((rate - first) / (last - first || 1)) * (WIDTH - 1))
  const least = curve.reduce((held, { loss }) => Math.min(held, loss), start)
  const most = start + (start - least) / 4 // what lies above is drawn at the top: where it falls is of interest
  const heightOf = (loss: number) => Math.round(((Math.min(loss, most) - least) / (most - least)) * (HEIGHT - 1))
  const cells = Array.from({ length: HEIGHT }, () => Array<string>(WIDTH).fill(' '))
  for (const [k, { loss }] of curve.entries()) {
    const row = cells[HEIGHT - 1 - heightOf(loss)] as string[]
    row[columnOf(rates[k] as number)] = '•'
  }
  const labels = new Map([
    [heightOf(start), short(start)],
    [0, short(least)],
  ])
  const margin = Math.max(4, ...Array.from(labels.values(), ({ length }) => length))
  const lines = cells.map((row, i) => {
    const label = labels.get(HEIGHT - 1 - i)
    return `${(label ?? '').padStart(margin)} ${label === undefined ? '│' : '┤'}${row.join('')}`.trimEnd()
  })
  const mark = Math.min(WIDTH - 1, Math.max(0, columnOf(Math.log(suggestion))))
  const axis = `${'─'.repeat(mark)}▲${'─'.repeat(WIDTH - 1 - mark)}`
  const [from, to] = [curve[0], curve.at(-1)].map((point) => short(point?.learningRate as number)) as [string, string]
  const indent = ' '.repeat(margin + 2)
  return [
    'loss'.padStart(margin),
    ...lines,
    `${' '.repeat(margin)} └${axis}`,
    `${indent}${from}${to.padStart(WIDTH - from.length)}  learning rate`,
  ]
}
