import { closeSync, openSync, writeSync } from 'node:fs'
import { seeded } from './data.ts'

/** Numbers z, about standard normal, and how each column writes its own. */
const NUMBERS: readonly ((z: number) => string)[] = [
  ...Array(8).fill((z: number) => z.toFixed(3)),
  ...Array(3).fill((z: number) => (100 + 15 * z).toFixed(1)),
  ...Array(2).fill((z: number) => String(Math.round(40 + 12 * z))),
  ...Array(2).fill((z: number) => (100 * Math.exp(z)).toFixed(2)),
]
const REGIONS = ['north', 'east', 'south', 'west']
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  region: REGIONS,
  channel: ['shop', 'web', 'phone'],
  weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  product: Array.from({ length: 12 }, (_, k) => `P-${k + 1}`),
}
const LABELS = ['keep', 'grow', 'leave']

/** The columns of the table: 15 numbers, 4 categories, and the one to predict. */
export const COLUMNS = [...NUMBERS.map((_, j) => `n${j + 1}`), ...Object.keys(CATEGORIES), 'outcome']
export const TARGET = 'outcome'

/** So many of the first columns, and `region`, have empty cells, and how many of 100. */
const WITH_GAPS = 4
const GAPS = 3

interface Written {
  readonly bytes: number
  /** the share of labels that who knows the rule would predict */
  readonly best: number
}

/**
 * Writes a table of these rows as CSV. A label is drawn by softmax(s), where s follows from a few of the columns:
 *
 *     s = (z_1 + z_2·z_3, 2·z_4 + r/2, z_5² − 1)
 *     z of an empty cell = 0      r = 0 … 3, the place of the region, −1 of an empty cell
 */
export function writeTable(path: string, rows: number, seed: number): Written {
  const random = seeded(seed)
  const file = openSync(path, 'w')
  let bytes = 0
  let right = 0
  let text = `${COLUMNS.join()}\n`
  const flush = () => {
    bytes += writeSync(file, text)
    text = ''
  }
  for (let i = 0; i < rows; i++) {
    const { cells, isBest } = drawRow(random)
    text += `${cells.join()}\n`
    if (isBest) right++
    if (text.length > 2 ** 20) flush()
  }
  flush()
  closeSync(file)
  return { bytes, best: right / rows }
}

function drawRow(random: () => number): { cells: string[]; isBest: boolean } {
  const isGap = () => 100 * random() < GAPS
  const z = NUMBERS.map((_, j) => (j < WITH_GAPS && isGap() ? undefined : normal(random)))
  const numbers = z.map((value, j) => (value === undefined ? '' : (NUMBERS[j]?.(value) ?? '')))
  const categories = Object.values(CATEGORIES).map((names) => names[Math.floor(random() * names.length)] as string)
  if (isGap()) categories[0] = ''
  const [z1 = 0, z2 = 0, z3 = 0, z4 = 0, z5 = 0] = z
  const region = REGIONS.indexOf(categories[0] as string) // −1 where it is empty
  const scores = [z1 + z2 * z3, 2 * z4 + region / 2, z5 ** 2 - 1]
  const drawn = greatest(scores.map((score) => score - Math.log(-Math.log(random() || 0.5)))) // as softmax says
  return { cells: [...numbers, ...categories, LABELS[drawn] as string], isBest: drawn === greatest(scores) }
}

/** About standard normal: the sum of four uniform numbers, standardised. */
function normal(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3)
}

function greatest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values))
}
