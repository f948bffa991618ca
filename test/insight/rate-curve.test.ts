import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { RangeStop } from '../../src/insight/rate-curve.ts'
import { isBeyond, readCurve } from '../../src/insight/rate-curve.ts'
import type { Optimizer } from '../../src/kernels/plan.ts'
import { adam, sgd } from '../../src/training/optimizers.ts'

/** Losses at rates 1e-3, 1e-2.5, 1e-2, … */
function read(
  start: number,
  losses: readonly number[],
  stoppedBy: RangeStop = 'greatest',
  optimizer: Optimizer = sgd(),
) {
  const curve = losses.map((loss, k) => ({ learningRate: 10 ** (k / 2 - 3), loss }))
  return readCurve('test', optimizer, start, curve, stoppedBy)
}

describe('of a curve', () => {
  test('the minimum is where 99% of the fall is done, and a part of that is suggested', () => {
    const losses = [1, 0.9, 0.5, 0.105, 0.1, 0.6]
    expect(read(1, losses)).toMatchObject({ minimum: 10 ** -1.5, steepest: 10 ** -2, suggestion: 0.011 })
    expect(read(1, losses, 'greatest', adam())).toMatchObject({ minimum: 10 ** -1.5, suggestion: 0.0063 })
  })

  test('what lies beyond the first rise by half of the fall does not count, what lies beyond a smaller one does', () => {
    expect(read(1, [1, 0.8, 0.6, 0.81, 0.1, 0.1]).minimum).toBe(0.01)
    expect(read(1, [1, 0.8, 0.6, 0.79, 0.1, 0.1]).minimum).toBe(0.1)
  })

  test('a rise above the start before any fall is no rise, and a fall below a thousandth is none', () => {
    expect(read(1, [1.5, 0.9995, 1.5, 0.5, 0.9]).minimum).toBe(10 ** -1.5)
    expect(() => read(1, [1, 0.9995, 1.2])).toThrow(
      'test: the least loss is 0.9995; expected more than 0.1% below 1, what it was before the first step, at rates from 0.001 to 0.01: no rate lowered it by so much',
    )
    expect(() => read(1, [1, 1.5])).toThrow(
      'test: the least loss is 1; expected below 1, what it was before the first step, at rates from 0.001 to 0.00316: no rate lowered it',
    )
    expect(() => read(1, [1], 'callback')).toThrow(
      /below 1, what it was before the first step, at a rate of 0\.001: no rate lowered it; onStep stopped the test after step 1$/,
    )
    const near = [10, 10.0001].map((learningRate) => ({ learningRate, loss: 1 }))
    expect(() => readCurve('test', sgd(), 1, near, 'greatest')).toThrow(/, at rates near 10: no rate lowered it$/)
    expect(() => read(2, [], 'diverged')).toThrow(
      'the least loss is 2; expected below 2, what it was before the first step: no rate',
    )
  })

  test('losses below 0, which a function of the user may give, are read alike', () => {
    const losses = [1, 0.9, 0.5, 0.105, 0.1, 0.6]
    expect(
      read(
        -1,
        losses.map((loss) => loss - 2),
      ),
    ).toMatchObject({ minimum: 10 ** -1.5, suggestion: 0.011 })
  })

  test('it is beyond all bounds where it rose by thrice what it was or fell', () => {
    expect(isBeyond(1, 0.5, 4)).toBe(false)
    expect(isBeyond(1, 0.5, 4.1)).toBe(true)
    expect(isBeyond(-1, -9, 22)).toBe(false)
    expect(isBeyond(-1, -9, 24)).toBe(true)
    expect(isBeyond(0, 0, 1e-9)).toBe(true)
    expect(isBeyond(1, 0.5, Number.NaN)).toBe(true)
  })
})

test('a picture shows the loss over the rate, a mark at the suggestion, and the rates in words', () => {
  const losses = Array.from({ length: 17 }, (_, k) => 0.1 + 0.02 * (k - 10) ** 2 * (k < 10 ? 0.45 : 1))
  expect(`\n${read(1, losses, 'diverged')}\n`).toMatchInlineSnapshot(`
    "
    loss
         │
         │
       1 ┤•
         │    •                                                      •
         │       •
         │           •                                           •
         │               •                                    •
         │                  •
         │                      •   •                 •   •
     0.1 ┤                              •  •   •   •
         └─────────────────────────────────▲──────────────────────────
          0.001                                                    1e5  learning rate
    suggestion 33; the loss has fallen at 100, and falls fastest at 0.00316
    the test ended after 1e5, where the loss left all bounds
    "
  `)
})

test('the picture is what console.log shows in Node, and is no part of the data', () => {
  const found = read(1, [0.9, 0.5, 0.1])
  expect(inspect(found)).toBe(String(found))
  expect(Object.keys(JSON.parse(JSON.stringify(found)))).toEqual([
    'suggestion',
    'minimum',
    'steepest',
    'start',
    'curve',
    'stoppedBy',
  ])
})

test('words say where the range was too narrow', () => {
  expect(String(read(1, [0.9, 0.5, 0.1]))).toContain('the loss fell to the end: rates above 0.01 may be better')
  expect(String(read(1, [0.1, 0.11, 0.9]))).toContain('the loss fell at once: rates below 0.001 should be tried too')
  const both = String(read(1, [0.9, 0.1, 0.2, 0.9]))
  expect(both).not.toContain('to the end')
  expect(both).not.toContain('at once')
})
