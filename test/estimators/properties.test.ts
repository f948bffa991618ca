import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Classifier, Regressor } from '../../src/index.ts'

const cell = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -9n, max: 9n }),
  fc.boolean(),
  fc.string({ maxLength: 5 }),
  fc.constantFrom(null, undefined, '', 'NA', '1,5', '3 kg', '2026-01-01', 'a', 'b', 'a ', '__proto__'),
  fc.date({ noInvalidDate: false }),
)
const row = fc.record({ p: cell, q: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('x', 'y')), r: cell })
const label = fc.constantFrom<(string | number | boolean)[]>('a', 'b', 1, 0, true, '1')

/** What a promise gives, or undefined where it was refused by us. */
async function orRefusal<Result>(promise: Promise<Result>): Promise<Result | undefined> {
  try {
    return await promise
  } catch (error) {
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
    expect((error as Error).message).toMatch(/^fit: /)
    return undefined
  }
}

describe('whatever a table holds', () => {
  test('a classifier gives labels of its classes, probabilities that sum to 1, and is saved and read to the bit', async () => {
    const table = fc.array(fc.tuple(row, label), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.nat(99),
        async (pairs, others, seed) => {
          const rows = pairs.map(([one]) => one)
          const labels = pairs.map(([, one]) => one)
          const model = await orRefusal(new Classifier({ seed, epochs: 1, hidden: [2] }).fit(rows, labels))
          if (model === undefined) return
          expect(new Set(model.classes)).toEqual(new Set(labels))
          const all = [...rows, ...others.filter((one) => ![one.p, one.q, one.r].some(isInfinite))]
          const p = model.predictProbabilities(all).toArray()
          for (const one of p) expect(one.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12)
          const predicted = model.predict(all)
          expect(predicted).toEqual(p.map((one) => model.classes[one.indexOf(Math.max(...one))]))
          const back = Classifier.fromJSON(JSON.stringify(model))
          expect(back.predictProbabilities(all).toArray()).toEqual(p)
          expect(model.score(rows, labels)).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a regressor gives numbers for any finite targets, never NaN', async () => {
    const y = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(1e308, -1e308, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 0, 1),
    )
    const table = fc.array(fc.tuple(row, y), { minLength: 2, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(table, fc.nat(99), async (pairs, seed) => {
        const rows = pairs.map(([one]) => one)
        const targets = pairs.map(([, one]) => one)
        const model = await orRefusal(new Regressor({ seed, epochs: 1, hidden: [2] }).fit(rows, targets))
        if (model === undefined) return
        const predicted = model.predict(rows)
        expect(predicted.some(Number.isNaN)).toBe(false)
        expect(Regressor.fromJSON(JSON.stringify(model)).predict(rows)).toEqual(predicted)
        if (new Set(targets.map((one) => one + 0)).size === 1) {
          expect(predicted.every((one) => one === targets[0])).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('a row is predicted alike alone and among others, in any order', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ p: i % 7, q: 'xyz'[i % 3], r: i % 5 === 0 ? null : i }))
    const model = await new Regressor({ seed: 1, epochs: 5, dtype: 'float64' }).fit(
      rows,
      rows.map(({ p }) => p),
    )
    const at = model.predict(rows)
    // sums of 32 products in float64 may be taken in another order
    rows.forEach((one, i) => {
      expect(model.predict([one])[0]).toBeCloseTo(at[i] as number, 12)
    })
    model.predict([...rows].reverse()).forEach((y, i) => {
      expect(y).toBeCloseTo(at[49 - i] as number, 12)
    })
  })
})

function isInfinite(one: unknown): boolean {
  return one === Number.POSITIVE_INFINITY || one === Number.NEGATIVE_INFINITY
}
