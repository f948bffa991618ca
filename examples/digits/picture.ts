import type { Matrix } from 'bp-net'

const SIDE = 28
/** MNIST's digits lie in the middle 20×20 pixels. */
const MARGIN = 4
/** How much ink makes a dark half of a character, in the scaled values 0.01 … 1. */
const DARK = 0.4

/** Digits side by side, each with two lines of text beneath; a character shows two pixels, one above the other. */
export function drawDigits(digits: readonly { pixels: Matrix; caption: readonly [string, string] }[]): string {
  const width = SIDE - 2 * MARGIN
  const pictures = digits.map(({ pixels, caption }) => [
    ...pictureOf(pixels),
    ...caption.map((line) => line.padEnd(width).slice(0, width)),
  ])
  const height = pictures[0]?.length ?? 0
  return Array.from({ length: height }, (_, y) => pictures.map((lines) => lines[y]).join('    ')).join('\n')
}

function pictureOf(pixels: Matrix): string[] {
  const dark = (x: number, y: number) => pixels.get(0, y * SIDE + x) > DARK
  const character = (x: number, y: number) => {
    if (dark(x, y)) return dark(x, y + 1) ? '█' : '▀'
    return dark(x, y + 1) ? '▄' : ' '
  }
  const inner = Array.from({ length: SIDE - 2 * MARGIN }, (_, k) => MARGIN + k)
  return inner.filter((y) => y % 2 === 0).map((y) => inner.map((x) => character(x, y)).join(''))
}

/** How often each digit (row) was read as each digit (column); rights on the diagonal. */
export function confusionTable(labels: ArrayLike<number>, read: readonly number[]): string {
  const counts = Array.from({ length: 10 }, () => new Array<number>(10).fill(0))
  read.forEach((digit, i) => {
    const row = counts[labels[i] as number] as number[]
    row[digit] = (row[digit] as number) + 1
  })
  const cell = (value: number | string) => String(value === 0 ? '·' : value).padStart(5)
  const header = `true\\read${Array.from({ length: 10 }, (_, digit) => String(digit).padStart(5)).join('')}`
  return [header, ...counts.map((row, digit) => `${String(digit).padStart(9)}${row.map(cell).join('')}`)].join('\n')
}
