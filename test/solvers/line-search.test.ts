import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drain } from '../../src/matrix/pauses.ts'
import type { LinePoint } from '../../src/solvers/line-search.ts'
import { strongWolfe, wolfe } from '../../src/solvers/line-search.ts'

/** A search along φ from 0; the steps that it tried. */
function search(value: (t: number) => number, slope: (t: number) => number, first = 1) {
  const tried: number[] = []
  const pointAt = (t: number): LinePoint => ({ t, value: value(t), slope: slope(t) })
  // biome-ignore lint/correctness/useYield: a pure function needs no pauses
  function* at(t: number): Generator<undefined, LinePoint> {
    tried.push(t)
    return pointAt(t)
  }
  const start = pointAt(0)
  return { found: drain(strongWolfe(at, start, first)), tried, start }
}

function expectWolfe({ found, start }: ReturnType<typeof search>): void {
  expect(found).toBeDefined()
  const { t, value, slope } = found as LinePoint
  expect(value).toBeLessThanOrEqual(start.value + wolfe.c1 * t * start.slope)
  expect(Math.abs(slope)).toBeLessThanOrEqual(wolfe.c2 * Math.abs(start.slope))
}

const size = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

describe('the step satisfies the strong Wolfe conditions', () => {
  test('on parabolas, wherever their minimum lies', () => {
    fc.assert(
      fc.property(size, size, (minimum, curvature) => {
        expectWolfe(
          search(
            (t) => 0.5 * curvature * t * (t - 2 * minimum),
            (t) => curvature * (t - minimum),
          ),
        )
      }),
    )
  })

  test('on waves that fall, with many minima', () => {
    const wave = fc.record({
      size: fc.double({ min: 0.05, max: 2, noNaN: true }),
      speed: fc.double({ min: 0.5, max: 20, noNaN: true }),
    })
    fc.assert(
      fc.property(wave, fc.double({ min: 1e-3, max: 100, noNaN: true }), (wave, first) => {
        const value = (t: number) => (t - 8) ** 2 / 16 - wave.size * Math.sin(wave.speed * t)
        const slope = (t: number) => (t - 8) / 8 - wave.size * wave.speed * Math.cos(wave.speed * t)
        expectWolfe(search(value, slope, first))
      }),
    )
  })

  test.each([1e-3, 1e-1, 10, 1e3])("on the functions of Moré and Thuente's test, from a first step of %f", (first) => {
    const beta = 2
    expectWolfe(
      search(
        (t) => -t / (t * t + beta),
        (t) => (t * t - beta) / (t * t + beta) ** 2,
        first,
      ),
    )
    const b = 0.004
    expectWolfe(
      search(
        (t) => (t + b) ** 5 - 2 * (t + b) ** 4,
        (t) => 5 * (t + b) ** 4 - 8 * (t + b) ** 3,
        first,
      ),
    )
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'where φ is %f beyond a bound: the step becomes shorter',
    (beyond) => {
      const bound = 1e-5
      const value = (t: number) => (t < bound ? -t - 0.1 * bound * Math.log(1 - t / bound) : beyond)
      const slope = (t: number) => (t < bound ? -1 + 0.1 / (1 - t / bound) : beyond)
      const run = search(value, slope)
      expectWolfe(run)
      expect(run.tried[0]).toBe(1)
      expect(run.found?.t).toBeLessThan(bound)
    },
  )
})

test('a first step that does is taken as it is', () => {
  const { found, tried } = search(
    (t) => (t - 1) ** 2,
    (t) => 2 * (t - 1),
  )
  expect(tried).toEqual([1])
  expect(found?.t).toBe(1)
})

test('at a kink, where no slope is flat enough, it is the lowest step that lowers φ enough', () => {
  const { found } = search(
    (t) => Math.abs(t - 0.3),
    (t) => Math.sign(t - 0.3),
  )
  expect(found?.value).toBeLessThan(1e-6)
})

test('where the slope lies and φ only grows, there is none, after a bounded number of trials', () => {
  const { found, tried } = search(
    (t) => t,
    () => -1,
  )
  expect(found).toBeUndefined()
  expect(tried.length).toBeLessThanOrEqual(60)
})
