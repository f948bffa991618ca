import { describe, expect, it, test } from 'vitest'
import { Classifier } from '../../src/estimators/classifier.ts'
import { calibrate } from '../../src/estimators/conformal.ts'
import { Regressor } from '../../src/estimators/regressor.ts'
import { Generator } from '../../src/random/generator.ts'
import { caught } from '../caught.ts'

const messageOf = (call: () => unknown) => (caught(call) as Error).message

const TRAINED = 120
const CALIBRATED = 99
const TESTED = 1000

/** ln n! for n = 0 … */
const logFactorials = [0]
for (let n = 1; n < 3000; n++) logFactorials.push((logFactorials[n - 1] as number) + Math.log(n))
const logFactorial = (n: number) => logFactorials[n] as number
const logBeta = (a: number, b: number) => logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1)

/**
 * Where the number of covered rows lies in all but 0.1 % of cases: it is beta-binomial with k and n + 1 − k, where k = ⌈(n + 1)·level⌉
 * (Vovk, "Conditional validity of inductive conformal predictors", 2012).
 */
function band(level: number): [low: number, high: number] {
  const k = Math.ceil((CALIBRATED + 1) * level - 1e-9)
  const [a, b] = [k, CALIBRATED + 1 - k]
  let below = 0
  let low = -1
  for (let covered = 0; covered <= TESTED; covered++) {
    const choose = logFactorial(TESTED) - logFactorial(covered) - logFactorial(TESTED - covered)
    below += Math.exp(choose + logBeta(covered + a, TESTED - covered + b) - logBeta(a, b))
    if (low < 0 && below > 0.0005) low = covered
    if (below >= 0.9995) return [low, covered]
  }
  return [low, TESTED]
}

/** Rows whose class, and whose number, depend on two columns and on chance. */
function draw(seed: number) {
  const random = new Generator(seed)
  return Array.from({ length: TRAINED + CALIBRATED + TESTED }, () => {
    const [x, y] = [random.normal(), random.normal()]
    const noisy = x + 0.7 * random.normal()
    return {
      x,
      y,
      side: noisy > 0.5 ? 'right' : noisy < -0.5 ? 'left' : 'middle',
      size: x * y + (0.2 + Math.abs(x)) * random.normal(),
    }
  })
}

function parts<Row>(rows: readonly Row[]) {
  return {
    trained: rows.slice(0, TRAINED),
    calibrated: rows.slice(TRAINED, TRAINED + CALIBRATED),
    tested: rows.slice(TRAINED + CALIBRATED),
  }
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed)
const options = { hidden: [8], epochs: 10, reproducible: true } as const

describe('split conformal prediction covers what its theory says, for every seed', () => {
  test.each(seeds)('sets of labels, seed %i', async (seed) => {
    const { trained, calibrated, tested } = parts(draw(seed).map(({ x, y, side }) => ({ x, y, side })))
    const model = await new Classifier({ ...options, seed }).fit(trained, { target: 'side' })
    for (const level of [0.75, 0.9]) {
      const [low, high] = band(level)
      const { coverage } = model.conformal(calibrated, { level }).coverage(tested)
      expect(coverage * TESTED).toBeGreaterThanOrEqual(low)
      expect(coverage * TESTED).toBeLessThanOrEqual(high)
    }
  })

  test.each(seeds)('intervals, seed %i', async (seed) => {
    const { trained, calibrated, tested } = parts(draw(seed).map(({ x, y, size }) => ({ x, y, size })))
    const model = await new Regressor({ ...options, seed }).fit(trained, { target: 'size' })
    for (const level of [0.75, 0.9]) {
      const [low, high] = band(level)
      const { coverage } = model.conformal(calibrated, { level }).coverage(tested)
      expect(coverage * TESTED).toBeGreaterThanOrEqual(low)
      expect(coverage * TESTED).toBeLessThanOrEqual(high)
    }
  })

  test.each(seeds)('at least as much where scores are tied, seed %i', async (seed) => {
    const { trained, calibrated, tested } = parts(draw(seed).map(({ x, side }) => ({ sign: x > 0 ? '+' : '-', side })))
    const model = await new Classifier({ ...options, seed }).fit(trained, { target: 'side' })
    const { coverage } = model.conformal(calibrated, { level: 0.9 }).coverage(tested)
    expect(coverage * TESTED).toBeGreaterThanOrEqual(band(0.9)[0])
  })
})

describe('the threshold', () => {
  it('is the ⌈(n + 1)·level⌉-th smallest score, and infinite beyond the last', () => {
    const scores = Float64Array.from([5, 1, 4, 2, 3, 9, 8, 7, 6])
    expect(calibrate(scores, 0.5)).toEqual({ level: 0.5, threshold: 5, rows: 9 })
    expect(calibrate(scores, 0.9).threshold).toBe(9)
    expect(calibrate(scores, 0.91).threshold).toBe(Number.POSITIVE_INFINITY)
    expect(
      calibrate(
        new Float64Array(19).map((_, i) => i + 1),
        0.55,
      ).threshold,
    ).toBe(11) // 0.55·20 is more than 11 by rounding
    expect(Array.from(scores)).toEqual([5, 1, 4, 2, 3, 9, 8, 7, 6])
  })

  it('makes sets of all labels and endless intervals where the rows are too few', async () => {
    const { trained, tested } = parts(draw(1))
    const rows = trained.map(({ x, side }) => ({ x, side }))
    const model = await new Classifier({ ...options, seed: 1 }).fit(rows, { target: 'side' })
    const sets = model.conformal(rows.slice(0, 3), { level: 0.9 })
    expect(sets.threshold).toBe(Number.POSITIVE_INFINITY)
    expect(sets.predict(tested.slice(0, 2)).map((labels) => labels.toSorted())).toEqual([
      ['left', 'middle', 'right'],
      ['left', 'middle', 'right'],
    ])
    const regressor = await new Regressor({ ...options, seed: 1 }).fit(
      rows,
      rows.map(({ x }) => x),
    )
    expect(regressor.conformal(rows.slice(0, 3), [1, 2, 3], { level: 0.9 }).predict(rows.slice(0, 1))).toEqual([
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ])
  })

  it('gives labels in the order of their probabilities, and intervals about the prediction', async () => {
    const { trained, calibrated, tested } = parts(draw(2).map(({ x, side, size }) => ({ x, side, size })))
    const model = await new Classifier({ ...options, columns: { size: 'ignore' }, seed: 1 }).fit(trained, {
      target: 'side',
    })
    const sets = model.conformal(calibrated, { level: 0.9 })
    const probabilities = model.predictProbabilities(tested)
    for (const [i, labels] of sets.predict(tested).entries()) {
      const p = labels.map((label) => probabilities.get(i, model.classes.indexOf(label)))
      expect(p).toEqual(p.toSorted((a, b) => b - a))
      for (const [k] of model.classes.entries()) {
        expect(labels.includes(model.classes[k] as string)).toBe(1 - probabilities.get(i, k) <= sets.threshold)
      }
    }
    const regressor = await new Regressor({ ...options, columns: { side: 'ignore' }, seed: 1 }).fit(trained, {
      target: 'size',
    })
    const intervals = regressor.conformal(calibrated, { target: 'size' })
    const [middle] = regressor.predict(tested.slice(0, 1))
    const [[low, high]] = intervals.predict(tested.slice(0, 1)) as [[number, number]]
    expect(low).toBe((middle as number) - intervals.threshold)
    expect(high).toBe((middle as number) + intervals.threshold)
    expect(intervals.level).toBe(0.9)
  })
})

it('counts labels that fit did not see as not covered', async () => {
  const rows = parts(draw(3)).trained.map(({ x, side }) => ({ x, side }))
  const model = await new Classifier({ ...options, seed: 1 }).fit(rows, { target: 'side' })
  const strange = rows.map((row, i) => (i % 2 === 0 ? { ...row, side: 'above' } : row))
  const { coverage } = model.conformal(rows, { level: 0.9 }).coverage(strange)
  expect(coverage).toBeLessThanOrEqual(0.5)
})

describe('what is refused', () => {
  const rows = parts(draw(4)).trained.map(({ x, y, side }) => ({ x, y, side }))
  const model = new Classifier({ ...options, seed: 1 })
  const first = model.fit(rows, { target: 'side' })

  test.each([
    [{ level: 0 }, 'conformal: level is 0; expected a number above 0 and below 1'],
    [{ level: 90 }, 'conformal: level is 90; expected a number above 0 and below 1'],
    [{ level: '0.9' }, 'conformal: level is the string "0.9"; expected a number above 0 and below 1'],
    [{ alpha: 0.1 }, 'conformal: unknown option "alpha"; known options are target, level'],
    [{ target: 'size' }, 'conformal: unknown target column "size"; did you mean "side"?; known are x, y, side'],
  ])('%j', async (asked, message) => {
    await first
    expect(messageOf(() => model.conformal(rows, asked as never))).toBe(message)
  })

  it('a model that has not been fitted, several labels or numbers a row, a model that was fitted again', async () => {
    expect(messageOf(() => new Classifier().conformal(rows))).toBe(
      'conformal: the model is new; expected one that has been fitted: await model.fit(rows, { target })',
    )
    const inputs = rows.map(({ x, y }) => [x, y])
    const many = await new Classifier({ ...options, seed: 1 }).fit(
      inputs,
      rows.map(({ x, y }) => [Number(x > 0), Number(y > 0)]),
    )
    expect(
      messageOf(() =>
        many.conformal(
          inputs,
          rows.map(() => [0, 1]),
        ),
      ),
    ).toBe('conformal: the target is several labels a row; expected one class a row')
    const two = await new Regressor({ ...options, seed: 1 }).fit(inputs, inputs)
    expect(messageOf(() => two.conformal(inputs, inputs))).toBe(
      'conformal: the target is several; expected one number a row',
    )
    await first
    const sets = model.conformal(rows)
    await model.fit(rows, { target: 'side' })
    expect(messageOf(() => sets.coverage(rows))).toBe(
      'coverage: the model is fitted again since; expected as it was when conformal was called; call it again',
    )
    expect(messageOf(() => sets.predict(rows))).toBe(
      'predict: the model is fitted again since; expected as it was when conformal was called; call it again',
    )
  })
})
