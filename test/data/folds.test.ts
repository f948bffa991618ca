import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Fold, kFolds } from '../../src/data/folds.ts'
import { caught } from '../caught.ts'

const messageOf = (call: () => unknown) => (caught(call) as Error).message

const sizes = (folds: readonly Fold[]) => folds.map(({ test: rows }) => rows.length)

describe('kFolds', () => {
  it('tests each row once and trains on all others, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 60 }), fc.nat(), (folds, more, seed) => {
        const rows = folds + more
        const parted = kFolds(rows, { folds, seed })
        expect(parted.flatMap(({ test: own }) => own).sort((a, b) => a - b)).toEqual(
          Array.from({ length: rows }, (_, i) => i),
        )
        for (const { train, test: own } of parted) {
          expect([...train, ...own].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i))
          expect(train).toEqual([...train].sort((a, b) => a - b))
        }
        expect(Math.max(...sizes(parted)) - Math.min(...sizes(parted))).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('gives each fold the same share of each class, up to one row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 6, maxLength: 80 }),
        fc.nat(),
        (classes, seed) => {
          const parted = kFolds(classes.length, { folds: 3, seed, stratify: classes })
          for (const name of ['a', 'b', 'c']) {
            const counts = parted.map(({ test: own }) => own.filter((i) => classes[i] === name).length)
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          }
          expect(Math.max(...sizes(parted)) - Math.min(...sizes(parted))).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  it('never parts a group', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 60 }),
        fc.nat(),
        (drawn, seed) => {
          const groups = [...drawn, 0, 1, 2] // so that there are at least 3
          for (const { train, test: own } of kFolds(groups.length, { folds: 3, seed, groups })) {
            const tested = new Set(own.map((i) => groups[i]))
            expect(train.some((i) => tested.has(groups[i]))).toBe(false)
            expect(own.length).toBeGreaterThan(0)
          }
        },
      ),
    )
  })

  it('gives the same folds for the same seed, others for another', () => {
    expect(kFolds(50, { seed: 4 })).toEqual(kFolds(50, { seed: 4 }))
    expect(kFolds(50, { seed: 4 })).not.toEqual(kFolds(50, { seed: 5 }))
    expect(kFolds(50)).toHaveLength(5)
  })

  test.each([
    [() => kFolds(4), 'kFolds: the number of folds is 5; expected at most 4, the number of rows'],
    [() => kFolds(9, { folds: 1 }), 'kFolds: folds is 1; expected a whole number of at least 2'],
    [() => kFolds(9, { folds: 2.5 }), 'kFolds: folds is 2.5; expected a whole number of at least 2'],
    [() => kFolds(9, { seed: -1 }), 'kFolds: seed is -1; expected a whole number of at least 0'],
    [() => kFolds(9, { stratify: [1] }), 'kFolds: the length of stratify is 1; expected 9, one for each row'],
    [
      () => kFolds(9, { groups: 'x' as never }),
      'kFolds: groups is the string "x"; expected an array with one for each row',
    ],
    [
      () => kFolds(9, { groups: [1, 1, 1, 1, 1, 2, 2, 2, 2] }),
      'kFolds: the number of groups is 2; expected at least 5, one for each fold',
    ],
    [
      () => kFolds(9, { groups: [], stratify: [] }),
      'kFolds: stratify is given beside groups; expected one of stratify and groups',
    ],
    [
      () => kFolds(9, { fold: 3 } as never),
      'kFolds: unknown option "fold"; did you mean "folds"?; known options are folds, seed, stratify, groups',
    ],
  ])('case %#', (call, message) => {
    expect(messageOf(call)).toBe(message)
  })
})
