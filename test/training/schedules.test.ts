import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { cosine } from '../../src/training/cosine.ts'
import { power } from '../../src/training/power.ts'
import type { PlateauState, Schedule } from '../../src/training/schedules.ts'
import { Rates, readSchedule } from '../../src/training/schedules.ts'

/** What PyTorch 1.13 gives; the script that made it is in the file, under `script`. */
const { cases } = JSON.parse(readFileSync(new URL('schedules.json', import.meta.url), 'utf8')) as {
  cases: readonly { schedule: Schedule; rate: number; rates: readonly number[]; losses?: readonly number[] }[]
}

/** The rates of `steps` steps in turn, with a loss at the end of each epoch. */
function ratesOf(rates: Rates, steps: number, stepsPerEpoch = 1, losses: readonly number[] = []): number[] {
  return Array.from({ length: steps }, (_, step) => {
    const rate = rates.at(step)
    if ((step + 1) % stepsPerEpoch === 0) rates.endEpoch(losses[(step + 1) / stepsPerEpoch - 1] ?? 1)
    return rate
  })
}

const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const apart = (x: number, r: number) => Math.abs(x - r) / Math.abs(r)

const below = { min: 0, max: 1, maxExcluded: true, noNaN: true } as const
const between = { ...below, minExcluded: true } as const
const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] })
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constant({ name: 'constant' } as const),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), optional({ factor: fc.double({ ...between, maxExcluded: false }) }))
    .map(([every, options]) => ({ name: 'step', every, ...options }) as const),
  fc.double({ ...between, maxExcluded: false }).map((factor) => ({ name: 'exponential', factor }) as const),
  optional({ warmup: fc.double(below), final: fc.double({ ...below, maxExcluded: false }) }).map(
    (options) => ({ name: 'cosine', ...options }) as const,
  ),
  optional({
    warmup: fc.double(below),
    start: fc.double({ ...between, maxExcluded: false }),
    final: fc.double({ ...below, maxExcluded: false }),
  }).map((options) => ({ name: 'oneCycle', ...options }) as const),
  optional({
    factor: fc.double(between),
    patience: fc.integer({ min: 0, max: 3 }),
    minDelta: fc.double(below),
    least: fc.double({ min: 0, max: 2, noNaN: true }),
  }).map((options) => ({ name: 'reduceOnPlateau', ...options }) as const),
)
/** Any losses, many of them near each other; + 0 since JSON makes 0 of −0, which toEqual tells apart. */
const loss = fc
  .oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constant(1), fc.double())
  .map((value) => value + 0)
const losses = fc.array(loss, { minLength: 1, maxLength: 40 })

describe('a schedule gives the rates of PyTorch', () => {
  test.each(cases)('$schedule', ({ schedule, rate, rates: expected, losses }) => {
    const seen = ratesOf(new Rates(schedule, rate, 1, expected.length), expected.length, 1, losses)
    expect(seen).toHaveLength(expected.length)
    // both round a few times a step (CosineAnnealingLR builds each rate from the last); where 1 + cos cancels, at the end
    // of a fall by 1/250,000 over 420 steps, one unit in the last place of cos, 1.1e-16, is 1e-11 of the least rate: there
    // agreement within 1e-12 asks for the same double of the cosine, which both find
    seen.forEach((x, step) => {
      expect(apart(x, expected[step] as number), `step ${step}: ${x}, ${expected[step]}`).toBeLessThan(1e-12)
    })
  })
})

describe('constant', () => {
  it('is the rate, whatever happens', () => {
    const rates = new Rates({ name: 'constant' }, 0.3, 4, undefined)
    rates.endEpoch(Number.NaN)
    expect([rates.at(0), rates.at(1e9), rates.state]).toEqual([0.3, 0.3, undefined])
  })
})

describe('step and exponential', () => {
  it('fall between epochs, not within one', () => {
    const step = new Rates({ name: 'step', every: 2, factor: 0.5 }, 1, 3, undefined)
    const exponential = new Rates({ name: 'exponential', factor: 0.5 }, 1, 3, undefined)
    // powers of two are exact
    expect(ratesOf(step, 15, 3)).toEqual([1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
    expect(ratesOf(exponential, 9, 3)).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
  })

  it('go on falling where the number of all steps is passed', () => {
    expect(new Rates({ name: 'exponential', factor: 0.5 }, 1, 1, 2).at(4)).toBe(1 / 16)
  })
})

describe('cosine', () => {
  it('rises by equal steps from rate/W to the rate, which also begins the fall', () => {
    const seen = ratesOf(new Rates({ name: 'cosine', warmup: 0.25 }, 8, 1, 16), 16)
    expect(seen.slice(0, 5)).toEqual([2, 4, 6, 8, 8])
    for (let s = 5; s < 16; s++) {
      const formula = 4 * (1 + Math.cos((Math.PI * (s - 4)) / 12))
      expect(Math.abs((seen[s] as number) - formula)).toBeLessThan(8e-15) // a few roundings at values up to 8
    }
  })

  it('is half way between rate and final·rate in the middle, and nears the latter', () => {
    const rates = new Rates({ name: 'cosine', final: 0.5 }, 1, 10, 1000)
    expect(rates.at(500)).toBe(0.75)
    expect(rates.at(999)).toBeGreaterThan(0.5)
    expect(rates.at(999)).toBeLessThan(0.5 + 1e-5) // ½·(π/1000)²/4 = 1.2e-6
  })

  it('is all warm-up where W = round(warmup·N) is N', () => {
    const seen = ratesOf(new Rates({ name: 'cosine', warmup: 0.9 }, 3, 1, 3), 5)
    expect(seen).toEqual([1, 2, 3, 3, 3])
  })
})

describe('oneCycle', () => {
  it('starts at start·rate, is at the rate at step warmup·N − 1, and ends at final·rate', () => {
    const rates = new Rates({ name: 'oneCycle', warmup: 0.25, start: 0.125, final: 0.0625 }, 4, 1, 40)
    expect([rates.at(0), rates.at(9), rates.at(39)]).toEqual([0.5, 4, 0.25]) // binary fractions, exact
  })

  it('begins at the peak where the warm-up is one step, for which PyTorch divides by zero', () => {
    expect(new Rates({ name: 'oneCycle', warmup: 0.5 }, 4, 1, 2).at(0)).toBe(4)
  })
})

describe('reduceOnPlateau', () => {
  const schedule = { name: 'reduceOnPlateau', factor: 0.5, patience: 2, minDelta: 0.25 } as const

  it('lowers the rate after more than `patience` epochs in a row without improvement, and counts anew', () => {
    const rates = new Rates(schedule, 1, 1, undefined)
    expect(ratesOf(rates, 9, 1, [4, 4, 4, 4, 4, 4, 4, 4])).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25])
  })

  it('takes a loss for better only below (1 − minDelta) of the best', () => {
    const rates = new Rates(schedule, 1, 1, undefined)
    rates.endEpoch(4)
    rates.endEpoch(3)
    expect(rates.state).toEqual({ factor: 1, best: 4, wait: 1 })
    rates.endEpoch(2.99)
    expect(rates.state).toEqual({ factor: 1, best: 2.99, wait: 0 })
  })

  it('asks a loss below 0 to fall by the same share', () => {
    const rates = new Rates(schedule, 1, 1, undefined, { factor: 1, best: -4, wait: 0 })
    rates.endEpoch(-5)
    expect(rates.state).toEqual({ factor: 1, best: -4, wait: 1 })
    rates.endEpoch(-5.01)
    expect(rates.state).toEqual({ factor: 1, best: -5.01, wait: 0 })
  })

  it('takes no loss for better that is not finite', () => {
    const rates = new Rates(schedule, 1, 1, undefined)
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) rates.endEpoch(loss)
    expect(rates.state).toEqual({ factor: 0.5, wait: 0 })
  })

  it('neither falls below the least rate nor raises a rate that is', () => {
    const least = { ...schedule, patience: 0, least: 0.3 }
    expect(ratesOf(new Rates(least, 1, 1, undefined), 5)).toEqual([1, 1, 0.5, 0.3, 0.3])
    expect(ratesOf(new Rates(least, 0.2, 1, undefined), 5)).toEqual([0.2, 0.2, 0.2, 0.2, 0.2])
  })

  it('leaves the state that it was given, and one that it gave, as they were', () => {
    const given = { factor: 1, wait: 2 }
    const rates = new Rates(schedule, 1, 1, undefined, given)
    rates.endEpoch(1)
    const gave = rates.state
    rates.endEpoch(0.1)
    expect([given, gave]).toEqual([
      { factor: 1, wait: 2 },
      { factor: 1, best: 1, wait: 0 },
    ])
  })
})

describe('every schedule', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }))

  it('keeps from 0 to the rate, and gives a number at every step', () => {
    fc.assert(
      fc.property(schedules, sizes, losses, (schedule, [total, perEpoch], told) => {
        for (const rate of ratesOf(new Rates(schedule, 2, perEpoch, total), total + 3, perEpoch, told)) {
          expect(rate).toBeGreaterThanOrEqual(0)
          expect(rate).toBeLessThanOrEqual(2 * (1 + 2 ** -51)) // the shares of a wave round a few times
        }
      }),
      { numRuns: 500 },
    )
  })

  it('goes on from its state, wherever that was taken, with the same rates', () => {
    fc.assert(
      fc.property(schedules, sizes, losses, fc.nat(40), (schedule, [total, perEpoch], told, cut) => {
        const whole = new Rates(schedule, 0.7, perEpoch, total)
        const first = new Rates(schedule, 0.7, perEpoch, total)
        const before = Math.min(cut, told.length)
        for (const loss of told.slice(0, before)) {
          whole.endEpoch(loss)
          first.endEpoch(loss)
        }
        const saved: PlateauState | undefined = first.state && asJson(first.state)
        expect(saved).toEqual(first.state) // no NaN and no infinity, which JSON would make null
        const later = new Rates(schedule, 0.7, perEpoch, total, saved)
        for (let epoch = before; epoch <= told.length; epoch++) {
          for (let k = 0; k < perEpoch; k++) {
            expect(later.at(epoch * perEpoch + k)).toBe(whole.at(epoch * perEpoch + k))
          }
          whole.endEpoch(told[epoch] ?? 1)
          later.endEpoch(told[epoch] ?? 1)
        }
        expect(later.state).toEqual(whole.state)
      }),
      { numRuns: 1000 },
    )
  })

  it('has rates in proportion to the rate: twice the rate, twice every step', () => {
    fc.assert(
      fc.property(schedules, sizes, (schedule, [total, perEpoch]) => {
        if (schedule.name === 'reduceOnPlateau') return // its least rate is no share
        const [once, twice] = [new Rates(schedule, 0.1, perEpoch, total), new Rates(schedule, 0.2, perEpoch, total)]
        // doubling is exact, except among the smallest numbers of all
        for (let step = 0; step < total; step++) {
          expect(Math.abs(twice.at(step) - 2 * once.at(step))).toBeLessThanOrEqual(2 * Number.MIN_VALUE)
        }
      }),
    )
  })

  it('keeps the last rate beyond the end, where it needs to know the end', () => {
    for (const name of ['cosine', 'oneCycle'] as const) {
      const rates = new Rates({ name }, 0.1, 5, 20)
      expect([rates.at(20), rates.at(1000)]).toEqual([rates.at(19), rates.at(19)])
    }
  })

  it.each(['cosine', 'oneCycle'] as const)('says so where %s is not told the number of steps', (name) => {
    const rates = new Rates({ name }, 0.1, 5, undefined)
    expect(() => rates.at(0)).toThrow(
      `Rates: totalSteps is undefined; expected the number of all steps, which the schedule '${name}' needs`,
    )
  })
})

describe('readSchedule', () => {
  it.each([
    [{ name: 'constant' }, { name: 'constant' }],
    [
      { name: 'step', every: 2 },
      { name: 'step', every: 2, factor: 0.1 },
    ],
    [
      { name: 'cosine', warmup: undefined },
      { name: 'cosine', warmup: 0, final: 0 },
    ],
    [{ name: 'oneCycle' }, { name: 'oneCycle', warmup: 0.3, start: 0.04, final: 0.04 / 1e4 }],
    [
      { name: 'oneCycle', start: 0.5 },
      { name: 'oneCycle', warmup: 0.3, start: 0.5, final: 0.5 / 1e4 },
    ],
    [{ name: 'reduceOnPlateau' }, { name: 'reduceOnPlateau', factor: 0.1, patience: 10, minDelta: 1e-4, least: 0 }],
  ])('fills in the defaults of %o', (given, expected) => {
    expect(readSchedule('fit', given)).toEqual(expected)
  })

  it('gives a frozen object that reads as itself, also after JSON, and leaves what it was given', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const copy = { ...schedule }
        const read = readSchedule('fit', schedule)
        expect(Object.isFrozen(read)).toBe(true)
        expect(readSchedule('fit', read)).toEqual(read)
        expect(readSchedule('fit', asJson(read))).toEqual(read)
        expect(schedule).toEqual(copy)
      }),
    )
  })

  it.each([
    [undefined, TypeError, "fit: schedule is undefined; expected an object with a name, such as { name: 'cosine' }"],
    [null, TypeError, 'fit: schedule is null'],
    ['cosine', TypeError, 'fit: schedule is the string "cosine"'],
    [[], TypeError, 'fit: schedule is an array of 0'],
    [{}, TypeError, 'fit: schedule is an empty object'],
    [{ name: 1 }, TypeError, 'fit: the name of the schedule is 1; expected a text'],
    [{ name: 'cosin' }, RangeError, 'fit: unknown schedule "cosin"; did you mean "cosine"?; known are constant, step,'],
    [{ name: 'toString' }, RangeError, 'fit: unknown schedule "toString"; known are constant'],
    [{ name: 'constant', factor: 1 }, TypeError, 'fit: schedule: unknown option "factor"; known options are name'],
    [
      { name: 'cosine', warmUp: 0.1 },
      TypeError,
      'fit: schedule: unknown option "warmUp"; did you mean "warmup"?; known options are name, warmup, final',
    ],
    [{ name: 'step' }, TypeError, 'fit: schedule: every is undefined; expected a whole number of at least 1'],
    [{ name: 'step', every: 0 }, RangeError, 'fit: schedule: every is 0; expected a whole number of at least 1'],
    [{ name: 'step', every: 1.5 }, RangeError, 'every is 1.5'],
    [{ name: 'step', every: '2' }, TypeError, 'every is the string "2"'],
    [{ name: 'step', every: 1, factor: 0 }, RangeError, 'factor is 0; expected a number above 0, at most 1'],
    [{ name: 'exponential' }, TypeError, 'fit: schedule: factor is undefined; expected a number above 0, at most 1'],
    [{ name: 'exponential', factor: 1.1 }, RangeError, 'factor is 1.1'],
    [{ name: 'exponential', factor: Number.NaN }, RangeError, 'factor is NaN'],
    [{ name: 'cosine', warmup: 1 }, RangeError, 'warmup is 1; expected a number from 0 to below 1'],
    [{ name: 'cosine', warmup: null }, TypeError, 'warmup is null'],
    [{ name: 'cosine', final: 1.5 }, RangeError, 'final is 1.5; expected a number from 0 to 1'],
    [{ name: 'oneCycle', start: 0 }, RangeError, 'start is 0; expected a number above 0, at most 1'],
    [{ name: 'oneCycle', start: 25 }, RangeError, 'start is 25'],
    [{ name: 'oneCycle', final: -1 }, RangeError, 'final is -1'],
    [{ name: 'reduceOnPlateau', factor: 1 }, RangeError, 'factor is 1; expected a number between 0 and 1'],
    [{ name: 'reduceOnPlateau', patience: -1 }, RangeError, 'patience is -1; expected a whole number of at least 0'],
    [{ name: 'reduceOnPlateau', minDelta: 1 }, RangeError, 'minDelta is 1; expected a number from 0 to below 1'],
    [{ name: 'reduceOnPlateau', least: Infinity }, RangeError, 'least is Infinity; expected a finite number of at'],
  ])('refuses %o', (value, Kind, message) => {
    const act = () => readSchedule('fit', value)
    expect(act).toThrow(Kind)
    expect(act).toThrow(message)
  })
})

describe('power', () => {
  it('is exact where every product is', () => {
    for (let n = 0; n <= 33; n++) expect(power(3, n)).toBe(Number(3n ** BigInt(n))) // 3³³ < 2⁵³
    expect([power(0.5, 1074), power(0.5, 1075), power(0, 0), power(1, 2 ** 53)]).toEqual([2 ** -1074, 0, 1, 1])
  })

  it('is within n roundings of the true power', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 1, noNaN: true }), fc.integer({ min: 0, max: 900 }), (x, n) => {
        // n roundings of 2⁻⁵³ each, and one more unit for Math.pow
        expect(apart(power(x, n), x ** n)).toBeLessThanOrEqual((n + 2) * 2 ** -53)
      }),
    )
  })
})

describe('cosine of an angle', () => {
  it('is exact at 0, at π/2 as far as that is a double, and at π', () => {
    // cos of the double nearest to π/2 is what that double lacks to π/2
    expect([cosine(0), cosine(Math.PI / 2), cosine(Math.PI)]).toEqual([1, 6.123233995736766e-17, -1])
  })

  it("is Math.cos within 1e-15, of which that function's own error is below 2e-16", () => {
    let worst = 0
    for (let k = 0; k <= 200_000; k++) {
      const x = (Math.PI * k) / 200_000
      worst = Math.max(worst, Math.abs(cosine(x) - Math.cos(x)))
    }
    expect(worst).toBeLessThan(1e-15)
    fc.assert(
      fc.property(fc.double({ min: 0, max: Math.PI, noNaN: true }), (x) => {
        expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-15)
        // 2 units in the last place, and one of Math.cos, each at most 2⁻⁵² of the value
        expect(apart(cosine(x), Math.cos(x))).toBeLessThanOrEqual(3 * 2 ** -52)
      }),
      { numRuns: 5000 },
    )
  })
})
