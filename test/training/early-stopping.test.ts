import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EarlyStopping, StoppingState } from '../../src/training/early-stopping.ts'
import { readEarlyStopping, Stopping } from '../../src/training/early-stopping.ts'

const stopping = (options: EarlyStopping, state?: StoppingState) =>
  new Stopping(readEarlyStopping('fit', options), state)
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** After how many epochs with these losses it is over; undefined where it is not. */
function endOf(options: EarlyStopping, losses: readonly number[]): number | undefined {
  const watch = stopping(options)
  for (const [k, loss] of losses.entries()) {
    watch.note(k + 1, loss)
    if (watch.isOver) return k + 1
  }
  return undefined
}

describe('Stopping', () => {
  it.each([
    [0, 3],
    [1, 3],
    [2, 6],
    [3, 7],
    [4, 8],
    [5, undefined],
  ])('with a patience of %i, ends after epoch %s where epochs 1, 2 and 4 of 8 improve', (patience, end) => {
    expect(endOf({ patience }, [5, 4, 4, 3, 3, 4, 3.5, 3])).toBe(end)
  })

  it('is not over before the first epoch, even without patience', () => {
    expect([stopping({ patience: 0 }).isOver, stopping({ patience: 1 }).isOver]).toEqual([false, false])
  })

  it('counts a loss only where it is lower than the best by more than minDelta', () => {
    const watch = stopping({ minDelta: 0.5 })
    // halves are exact; a slow fall is measured against the best that counted, so it counts in the end
    expect([3, 2.5, 2.25, 2, 1.5].map((loss, k) => watch.note(k, loss))).toEqual([true, false, true, false, true])
    expect(watch.bestEpoch).toBe(4)
  })

  it('takes an equal loss for no improvement, and any lower one for one', () => {
    const watch = stopping({})
    expect([1, 1, 1 - 2 ** -53].map((loss, k) => watch.note(k, loss))).toEqual([true, false, true])
  })

  it('knows no best epoch before one has a finite loss', () => {
    const watch = stopping({ patience: 9 })
    expect([watch.bestEpoch, watch.state]).toEqual([undefined, { wait: 0 }])
    const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    expect(strange.map((loss, k) => watch.note(k + 1, loss))).toEqual([false, false, false])
    expect([watch.bestEpoch, watch.state]).toEqual([undefined, { wait: 3 }])
    expect(watch.note(4, -1e300)).toBe(true)
    expect(watch.state).toEqual({ best: -1e300, bestEpoch: 4, wait: 0 })
  })

  it('leaves the state that it was given, and one that it gave, as they were', () => {
    const given = { best: 2, bestEpoch: 1, wait: 1 }
    const watch = stopping({}, given)
    watch.note(3, 5)
    const gave = watch.state
    watch.note(4, 1)
    expect([given, gave]).toEqual([
      { best: 2, bestEpoch: 1, wait: 1 },
      { best: 2, bestEpoch: 1, wait: 2 },
    ])
  })

  const near = fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: 0, max: 3 }))
  // + 0 since JSON makes 0 of −0, which toEqual tells apart
  const losses = fc.array(
    fc.oneof(near, near, fc.double()).map((value) => value + 0),
    { maxLength: 40 },
  )
  const options = fc.record(
    { patience: fc.integer({ min: 0, max: 5 }), minDelta: fc.double({ min: 0, max: 0.5, noNaN: true }) },
    { requiredKeys: [] },
  )

  it('is over when `patience` epochs in a row, at least one, brought no improvement', () => {
    fc.assert(
      fc.property(options, losses, (given, told) => {
        const { patience, minDelta } = readEarlyStopping('fit', given)
        const watch = stopping(given)
        const improved: boolean[] = []
        let best = Number.POSITIVE_INFINITY
        for (const [k, loss] of told.entries()) {
          const better = Number.isFinite(loss) && loss < best - minDelta
          if (better) best = loss
          improved.push(better)
          expect(watch.note(k + 1, loss)).toBe(better)
          const last = improved.slice(-Math.max(patience, 1))
          expect(watch.isOver).toBe(last.length >= Math.max(patience, 1) && !last.includes(true))
          expect(watch.bestEpoch).toBe(improved.lastIndexOf(true) + 1 || undefined)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('goes on from its state, wherever that was taken, with the same decisions', () => {
    fc.assert(
      fc.property(options, losses, fc.nat(40), (given, told, cut) => {
        const whole = stopping(given)
        for (const [k, loss] of told.slice(0, cut).entries()) whole.note(k, loss)
        const saved = whole.state
        expect(asJson(saved)).toEqual(saved) // no NaN and no infinity, which JSON would make null
        const later = stopping(given, asJson(saved))
        for (const [k, loss] of told.slice(cut).entries()) {
          expect(later.note(cut + k, loss)).toBe(whole.note(cut + k, loss))
          expect(later.isOver).toBe(whole.isOver)
          expect(later.bestEpoch).toBe(whole.bestEpoch)
        }
        expect(later.state).toEqual(whole.state)
      }),
      { numRuns: 500 },
    )
  })
})

describe('readEarlyStopping', () => {
  it('fills in the defaults, and gives a frozen object that reads as itself', () => {
    const read = readEarlyStopping('fit', {})
    expect(read).toEqual({ patience: 10, minDelta: 0, restoreBest: true })
    expect(Object.isFrozen(read)).toBe(true)
    expect(readEarlyStopping('fit', { patience: 3, minDelta: undefined, restoreBest: false })).toEqual({
      patience: 3,
      minDelta: 0,
      restoreBest: false,
    })
    expect(readEarlyStopping('fit', asJson(read))).toEqual(read)
  })

  it.each([
    [
      undefined,
      TypeError,
      'fit: earlyStopping is undefined; expected an object with any of patience, minDelta, restoreBest',
    ],
    [true, TypeError, 'fit: earlyStopping is true; expected an object'],
    [{ patients: 3 }, TypeError, 'fit: earlyStopping: unknown option "patients"; did you mean "patience"?'],
    [{ patience: -1 }, RangeError, 'fit: earlyStopping: patience is -1; expected a whole number of at least 0'],
    [{ patience: 0.5 }, RangeError, 'patience is 0.5'],
    [{ patience: '3' }, TypeError, 'patience is the string "3"'],
    [{ minDelta: -1e-9 }, RangeError, 'fit: earlyStopping: minDelta is -1e-9; expected a finite number of at least 0'],
    [{ minDelta: Number.NaN }, RangeError, 'minDelta is NaN'],
    [{ restoreBest: 1 }, TypeError, 'fit: earlyStopping: restoreBest is 1; expected true or false'],
  ])('refuses %o', (value, Kind, message) => {
    const act = () => readEarlyStopping('fit', value)
    expect(act).toThrow(Kind)
    expect(act).toThrow(message)
  })
})
