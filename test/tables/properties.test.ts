import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { learn } from './learned.ts'

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e308, -1e308, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, -5e-324, 0, -0, 1),
)

/** What JSON, and more, may hold in a cell. */
const scalars = fc.oneof(
  fc.anything({ maxDepth: 0, withBigInt: true, withDate: true }),
  fc.string(),
  fc.constantFrom('NA', '', ' ', '1,5', '1.5', '$3', '4 kg', '2026-01-01', '01/02/2026', 'true', '1e400', '__proto__'),
  fc.double(),
  fc.date({ noInvalidDate: false }),
)

function outcome(rows: unknown): string {
  try {
    learn(rows)
    return 'learned'
  } catch (error) {
    return String(error)
  }
}

const columnOf = (rows: readonly (readonly number[])[], j: number) => rows.map((row) => row[j] as number)

describe('whatever a table holds', () => {
  test('its own rows have mean 0 and deviation 1 in columns of numbers', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, fc.boolean()), { minLength: 2, maxLength: 50 }), (pairs) => {
        const range = Math.max(...pairs.map(([x]) => x)) - Math.min(...pairs.map(([x]) => x))
        fc.pre(range > 1e-3)
        const { encoder, own } = learn(pairs.map(([x]) => ({ x })))
        expect(encoder.columns[0]?.kind).toBe('number')
        const z = columnOf(own, 0)
        const mean = z.reduce((sum, one) => sum + one, 0) / z.length
        const deviation = Math.sqrt(z.reduce((sum, one) => sum + (one - mean) ** 2, 0) / z.length)
        // a mean of 1e6 rounds by 1e-10, which are 1e-7 of the least range
        expect(Math.abs(mean)).toBeLessThan(1e-6)
        expect(Math.abs(deviation - 1)).toBeLessThan(1e-6)
      }),
    )
  })

  test('one category of a row is 1, the others 0, and what is missing is said beside', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 2, maxLength: 40 }), (cells) => {
        fc.pre(new Set(cells).size > 1)
        const { encoder, own } = learn(cells.map((c) => ({ c })))
        const width = encoder.inputs.filter((name) => name.startsWith('c=')).length
        own.forEach((row, i) => {
          expect(row.slice(0, width).reduce((sum, one) => sum + one, 0)).toBe(1)
          expect(row.every((one) => one === 0 || one === 1)).toBe(true)
          if (encoder.inputs.length > width) expect(row[width]).toBe(Number(cells[i] === null))
        })
      }),
    )
  })

  const rowsOf = fc.array(
    fc.record({
      n: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constant(null)),
      c: fc.constantFrom('a', 'b', 'c', null),
      d: fc.constantFrom('2026-01-01', '2026-02-01', '2026-03-01'),
      b: fc.boolean(),
    }),
    { minLength: 3, maxLength: 30 },
  )
  const isOfUse = (rows: readonly object[]) => new Set(rows.map((row) => JSON.stringify(row))).size > 1

  test('its rows in another order are encoded in that order', () => {
    const permuted = rowsOf.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows.keys()], { minLength: rows.length })),
    )
    fc.assert(
      fc.property(permuted, ([rows, order]) => {
        fc.pre(isOfUse(rows))
        const [given, moved] = [learn(rows), learn(order.map((i) => rows[i]))]
        expect(moved.encoder.inputs).toEqual(given.encoder.inputs)
        moved.own.forEach((row, k) => {
          row.forEach((value, j) => {
            // sums in another order round in another way
            expect(value).toBeCloseTo((given.own[order[k] as number] as readonly number[])[j] as number, 9)
          })
        })
      }),
    )
  })

  test('the order of the keys of later rows changes nothing, and at predict that of none', () => {
    const orders = rowsOf.chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.array(fc.shuffledSubarray(['n', 'c', 'd', 'b'], { minLength: 4 }), {
          minLength: rows.length,
          maxLength: rows.length,
        }),
      ),
    )
    fc.assert(
      fc.property(orders, ([rows, keys]) => {
        fc.pre(isOfUse(rows))
        const moved = rows.map((row, i) =>
          Object.fromEntries((keys[i] as string[]).map((key) => [key, row[key as keyof typeof row]])),
        )
        const given = learn(rows)
        expect(given.encode(moved).inputs).toEqual(given.own)
        expect(learn([rows[0], ...moved.slice(1)]).own).toEqual(given.own)
      }),
    )
  })

  test('any finite numbers are encoded as finite ones, own rows and others', () => {
    const lists = fc.array(finite, { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(lists, lists, (values, others) => {
        fc.pre(new Set(values.map((x) => x + 0)).size > 1)
        const { own, encode } = learn([...values.map((x, i) => ({ x, beside: i % 2 }))])
        const { inputs } = encode(others.map((x) => ({ x, beside: 0 })))
        expect([...own, ...inputs].flat().every(Number.isFinite)).toBe(true)
        // n standardised values are no greater than √n, but for the few bits that the least numbers have
        if (own.some((row) => row.length > 1)) {
          expect(Math.max(...columnOf(own, 0).map(Math.abs))).toBeLessThanOrEqual(2 * Math.sqrt(values.length))
        }
      }),
    )
  })

  test('any cells are encoded as finite numbers, or refused by function, column and row', () => {
    fc.assert(
      fc.property(
        fc.array(scalars, { minLength: 2, maxLength: 15 }),
        fc.array(scalars, { minLength: 1, maxLength: 5 }),
        (cells, others) => {
          const rows = (list: readonly unknown[]) => list.map((x, i) => ({ x, beside: i % 2 }))
          const named = /^(fit|predict): (column "x", row \d+ is .{1,60}; expected |the table of inputs is )/
          const orRefusal = <Result>(call: () => Result): Result | undefined => {
            try {
              return call()
            } catch (error) {
              expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
              expect((error as Error).message).toMatch(named)
              return undefined
            }
          }
          const learned = orRefusal(() => learn(rows(cells)))
          if (learned === undefined) return
          expect(learned.own.flat().every(Number.isFinite)).toBe(true)
          const result = orRefusal(() => learned.encode(rows(others)))
          expect(result === undefined || result.inputs.flat().every(Number.isFinite)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('rows of anything are encoded or refused by us', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withMap: true, withSparseArray: true, withTypedArray: true }),
        (rows) => {
          expect(outcome(rows)).toMatch(/^(learned|(Type|Range)Error: fit: )/)
        },
      ),
      { numRuns: 500 },
    )
  })
})
