import { checkInteger, checkNumber } from '../errors.ts'
import type { Generator } from '../random/generator.ts'
import { permutation } from '../random/permutation.ts'

/** Rows parted in two, both lists in ascending order. */
export interface HeldOut {
  /** the rows to train on */
  readonly training: Uint32Array
  /** the rows held out */
  readonly held: Uint32Array
}

/** The rows of one class: how many there are, how many of them are to be held, and what its exact share had beyond that. */
interface Quota {
  readonly rows: number
  held: number
  readonly remainder: number
}

/**
 * Parts the rows 0 … count − 1 at random into rows to train on and rows held out.
 *
 *     held rows = round(share·count), but at least 1 and at most count − 1
 *
 * With classes, each holds out the same share of its rows, rounded by the largest remainder so that the number of held rows
 * stays, equal remainders in random order; a class of a single row comes last. A class of two or more rows keeps at least
 * one to train on: with shares above ½ others then give more for it, or, where none can, fewer rows are held.
 *
 * @param count the number of rows, from 2
 * @param share above 0 and below 1
 * @param random where the order comes from: the same state parts in the same way
 * @param classOf the class of a row, where the rows have classes
 */
export function holdOut(
  count: number,
  share: number,
  random: Generator,
  classOf: (row: number) => number = () => 0,
): HeldOut {
  checkInteger('holdOut', 'the number of rows', count, 2, 2 ** 32 - 1)
  checkNumber('holdOut', 'the share', share, 'a share between 0 and 1', (value) => value > 0 && value < 1)
  const total = Math.min(Math.max(Math.round(share * count), 1), count - 1)
  const order = permutation(count, random)
  const left = quotas(order, total, classOf)
  const isHeld = new Uint8Array(count)
  let heldCount = 0
  for (const row of order) {
    const quota = left.get(classOf(row)) as Quota
    if (quota.held === 0) continue
    quota.held--
    isHeld[row] = 1
    heldCount++
  }
  return inTwo(isHeld, heldCount)
}

/** How many rows of each class are to be held, so that together they are `total`. */
function quotas(order: Uint32Array, total: number, classOf: (row: number) => number): Map<number, Quota> {
  const counts = new Map<number, number>()
  for (const row of order) {
    const name = classOf(row)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const found = new Map<number, Quota>()
  let missing = total
  for (const [name, rows] of counts) {
    const exact = total * rows
    const held = Math.floor(exact / order.length) // below `rows`, since total is below their number
    found.set(name, { rows, held, remainder: exact - held * order.length })
    missing -= held
  }
  handOut(missing, [...found.values()].sort(byClaim))
  return found
}

/** One row more for each class in turn that can give it, until none is missing or no class can. */
function handOut(missing: number, inTurn: readonly Quota[]): void {
  let able = inTurn
  while (missing > 0 && able.length > 0) {
    able = able.filter(({ rows, held }) => held < Math.max(rows - 1, 1))
    for (const quota of able.slice(0, missing)) quota.held++
    missing -= Math.min(missing, able.length)
  }
}

/** The largest remainder first; classes of one row last. The sort is stable, so what is equal stays in random order. */
function byClaim(a: Quota, b: Quota): number {
  return Number(a.rows === 1) - Number(b.rows === 1) || b.remainder - a.remainder
}

function inTwo(isHeld: Uint8Array, heldCount: number): HeldOut {
  const training = new Uint32Array(isHeld.length - heldCount)
  const held = new Uint32Array(heldCount)
  let [t, h] = [0, 0]
  for (let row = 0; row < isHeld.length; row++) {
    if (isHeld[row] === 1) held[h++] = row
    else training[t++] = row
  }
  return { training, held }
}
