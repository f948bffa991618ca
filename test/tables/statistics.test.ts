import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { medianOf, momentsOf, standardise } from '../../src/tables/statistics.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const lists = fc.array(finite, { minLength: 1, maxLength: 40 })

describe('the median', () => {
  /** Bits, in which −0 is 0. */
  const naive = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b)
    const half = sorted.length >> 1
    const upper = sorted[half] as number
    if (sorted.length % 2 === 1) return upper + 0
    const lower = sorted[half - 1] as number
    const sum = lower + upper
    return (Number.isFinite(sum) ? sum / 2 : lower / 2 + upper / 2) + 0
  }

  test('is that of a sorted copy', () => {
    fc.assert(
      fc.property(lists, (values) => {
        expect(medianOf(Float64Array.from(values)) + 0).toBe(naive(values))
      }),
    )
  })

  test('is that of a sorted copy where many are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 100 }), (values) => {
        expect(medianOf(Float64Array.from(values))).toBe(naive(values))
      }),
    )
  })

  test('of the greatest and the least numbers is exact', () => {
    expect(medianOf(Float64Array.of(5e-324, 5e-324))).toBe(5e-324)
    expect(medianOf(Float64Array.of(Number.MAX_VALUE, Number.MAX_VALUE))).toBe(Number.MAX_VALUE)
    expect(medianOf(Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE))).toBe(0)
  })

  test('of a hundred thousand in order, backwards or equal is found at once', () => {
    for (const of of [(i: number) => i, (i: number) => -i, () => 1]) {
      const values = Float64Array.from({ length: 100_001 }, (_, i) => of(i))
      expect(medianOf(values)).toBe(of(50_000))
    }
  })
})

describe('mean and standard deviation', () => {
  test('of a few numbers are those computed by hand', () => {
    expect(momentsOf(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9))).toEqual({ mean: 5, deviation: 2 })
    expect(momentsOf(Float64Array.of(0, 0))).toEqual({ mean: 0, deviation: 0 })
    expect(momentsOf(Float64Array.of(0.1, 0.1, 0.1))).toEqual({ mean: 0.1, deviation: 0 })
  })

  test('lose nothing far from 0, where two neighbours differ by 2', () => {
    const { mean, deviation } = momentsOf(Float64Array.of(1e16, 1e16 + 2, 1e16 + 4))
    expect(mean).toBe(1e16 + 2)
    expect(deviation).toBeCloseTo(Math.sqrt(8 / 3), 14)
  })

  test('of the greatest numbers are finite', () => {
    const [{ MAX_VALUE: most }] = [Number]
    expect(momentsOf(Float64Array.of(most, -most))).toEqual({ mean: 0, deviation: most })
    const { mean, deviation } = momentsOf(Float64Array.of(most, ...Array<number>(9).fill(-most)))
    expect(mean / most).toBeCloseTo(-0.8, 14)
    expect(deviation / most).toBeCloseTo(0.6, 14)
  })

  test('lie within the numbers and half their range, whatever those are', () => {
    fc.assert(
      fc.property(lists, (values) => {
        const { mean, deviation } = momentsOf(Float64Array.from(values))
        const [least, greatest] = [Math.min(...values), Math.max(...values)]
        // a mean rounds by a unit in the last place of the greatest number, or the least number there is
        const slack = 4 * Number.EPSILON * Math.max(Math.abs(least), Math.abs(greatest)) + 5e-324
        expect(mean).toBeGreaterThanOrEqual(least - slack)
        expect(mean).toBeLessThanOrEqual(greatest + slack)
        expect(deviation).toBeGreaterThanOrEqual(0)
        expect(deviation / 2).toBeLessThanOrEqual((greatest / 2 - least / 2) / 2 + slack)
        if (least === greatest) expect(deviation).toBe(0)
      }),
    )
  })
})

test('standardising loses nothing where the distance itself is greater than any number', () => {
  expect(standardise(1.5e308, -1.5e308, 1.5e308)).toBe(2)
  expect(standardise(-1.5e308, 1.5e308, 1.5e308)).toBe(-2)
  expect(standardise(7, 3, 2)).toBe(2)
})
