import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdOut } from '../../src/data/hold-out.ts'
import { Generator } from '../../src/random/generator.ts'

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const between = { min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true } as const
const shares = fc.double(between)
const lowShares = fc.double({ ...between, max: 0.5, maxExcluded: false })
/** The class of each row, from some of a few rows to some of one. */
const classLists = fc
  .integer({ min: 1, max: 30 })
  .chain((most) => fc.array(fc.integer({ min: 0, max: most }), { minLength: 2, maxLength: 80 }))

const expectedOf = (count: number, share: number) => Math.min(Math.max(Math.round(share * count), 1), count - 1)
const isAscending = (rows: Uint32Array) => rows.every((row, k) => k === 0 || row > (rows[k - 1] as number))
const classOf = (classes: readonly number[]) => (row: number) => classes[row] as number

/** How many rows of each class there are in all and among the held. */
function tally(classes: readonly number[], held: Uint32Array): { rows: number; held: number }[] {
  return [...new Set(classes)].map((name) => ({
    rows: classes.filter((one) => one === name).length,
    held: [...held].filter((row) => classes[row] === name).length,
  }))
}

function expectPartition(count: number, { training, held }: ReturnType<typeof holdOut>): void {
  expect(isAscending(training) && isAscending(held)).toBe(true)
  expect([...training, ...held].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row))
}

describe('holdOut', () => {
  it('parts the rows: round(share·count) are held, at least one on each side, both lists in ascending order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), shares, seeds, (count, share, seed) => {
        const parts = holdOut(count, share, new Generator(seed))
        expectPartition(count, parts)
        expect(parts.held.length).toBe(expectedOf(count, share))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same for the same state of the generator, and leaves it in the same state', () => {
    fc.assert(
      fc.property(classLists, shares, seeds, (classes, share, seed) => {
        const [one, other] = [new Generator(seed), new Generator(seed)]
        const first = holdOut(classes.length, share, one, classOf(classes))
        expect(holdOut(classes.length, share, other, classOf(classes))).toEqual(first)
        expect(other.state).toEqual(one.state)
      }),
    )
    const random = new Generator(1)
    expect(holdOut(1000, 0.5, random)).not.toEqual(holdOut(1000, 0.5, random))
  })

  it('holds every row equally often', () => {
    const [count, runs] = [10, 3000]
    const held = new Float64Array(count)
    const random = new Generator(2)
    for (let run = 0; run < runs; run++) {
      for (const row of holdOut(count, 0.3, random).held) held[row] = (held[row] as number) + 1
    }
    const deviation = Math.sqrt(runs * 0.3 * 0.7)
    for (const times of held) expect(Math.abs(times - runs * 0.3)).toBeLessThan(4 * deviation) // 4 standard errors
  })
})

describe('holdOut with classes', () => {
  it('is that without where all rows are of one class', () => {
    const plain = holdOut(50, 0.3, new Generator(3))
    expect(holdOut(50, 0.3, new Generator(3), () => 7)).toEqual(plain)
  })

  it('gives each class its share: 10 of 100 and 1 of 10', () => {
    const classes = Array.from({ length: 110 }, (_, row) => Number(row >= 100))
    for (let seed = 0; seed < 20; seed++) {
      const { held } = holdOut(110, 0.1, new Generator(seed), classOf(classes))
      expect(tally(classes, held).map((one) => one.held)).toEqual([10, 1])
    }
  })

  it('rounds by the largest remainder: of 5, 4 and 3 rows, a third is 1⅔, 1⅓ and 1', () => {
    const classes = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    for (let seed = 0; seed < 20; seed++) {
      const { held } = holdOut(12, 1 / 3, new Generator(seed), classOf(classes))
      expect(tally(classes, held).map((one) => one.held)).toEqual([2, 1, 1])
    }
  })

  it('parts the rows up to a half: in all as many as without, within one of the ideal in each class', () => {
    fc.assert(
      fc.property(classLists, lowShares, seeds, (classes, share, seed) => {
        const parts = holdOut(classes.length, share, new Generator(seed), classOf(classes))
        expectPartition(classes.length, parts)
        const total = expectedOf(classes.length, share)
        expect(parts.held.length).toBe(total)
        for (const { rows, held } of tally(classes, parts.held)) {
          expect(Math.abs(held - (total * rows) / classes.length)).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps a row of each class of two or more to train on; fewer are held only where that leaves no other way', () => {
    fc.assert(
      fc.property(classLists, shares, seeds, (classes, share, seed) => {
        const parts = holdOut(classes.length, share, new Generator(seed), classOf(classes))
        expectPartition(classes.length, parts)
        const counts = tally(classes, parts.held)
        for (const { rows, held } of counts) expect(held).toBeLessThanOrEqual(Math.max(rows - 1, 1))
        const most = counts.reduce((sum, { rows }) => sum + Math.max(rows - 1, 1), 0)
        expect(parts.held.length).toBe(Math.min(expectedOf(classes.length, share), most))
        expect(parts.held.length).toBeGreaterThan(0)
        expect(parts.training.length).toBeGreaterThan(0)
      }),
      { numRuns: 1000 },
    )
  })

  it('holds the single row of a class only where the others cannot give enough', () => {
    const classes = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
    for (let seed = 0; seed < 50; seed++) {
      const held = (share: number) => [...holdOut(11, share, new Generator(seed), classOf(classes)).held]
      expect(held(0.1).includes(10) || held(0.3).includes(10)).toBe(false)
    }
    const singles = holdOut(9, 0.3, new Generator(4), (row) => row)
    expect(singles.held.length).toBe(3)
  })

  it('holds each row of a class equally often, and favours no class where remainders are equal', () => {
    const classes = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3] // 3 rows of 12: ¾ each, so that one class in four gives none
    const runs = 4000
    const held = new Float64Array(classes.length)
    const random = new Generator(5)
    for (let run = 0; run < runs; run++) {
      for (const row of holdOut(12, 0.25, random, classOf(classes)).held) held[row] = (held[row] as number) + 1
    }
    const deviation = Math.sqrt(runs * 0.25 * 0.75)
    for (const times of held) expect(Math.abs(times - runs / 4)).toBeLessThan(4 * deviation) // 4 standard errors
  })

  it('takes classes of any name', () => {
    const names = [-1, 0.5, 1e9]
    const { held } = holdOut(30, 0.1, new Generator(6), (row) => names[row % 3] as number)
    expect([...held].map((row) => row % 3).sort()).toEqual([0, 1, 2])
  })

  it('is quick', () => {
    const start = performance.now()
    const { held } = holdOut(60_000, 1 / 6, new Generator(7), (row) => row % 10)
    expect(held.length).toBe(10_000)
    expect(performance.now() - start).toBeLessThan(1000) // takes about 10 ms; far more would be a square of the rows
  })
})

describe('what cannot be held out', () => {
  it.each([
    [1, 0.5, RangeError, 'holdOut: the number of rows is 1; expected a whole number from 2 to 4294967295'],
    [2.5, 0.5, RangeError, 'holdOut: the number of rows is 2.5'],
    [10, 0, RangeError, 'holdOut: the share is 0; expected a share between 0 and 1'],
    [10, 1, RangeError, 'holdOut: the share is 1'],
    [10, Number.NaN, RangeError, 'holdOut: the share is NaN'],
    [10, '0.1' as unknown as number, TypeError, 'holdOut: the share is the string "0.1"'],
  ])('is refused: %d rows, a share of %s', (count, share, Kind, message) => {
    const act = () => holdOut(count, share, new Generator(0))
    expect(act).toThrow(Kind)
    expect(act).toThrow(message)
  })
})
