import { describe, expect, it, test } from 'vitest'
import { kFolds } from '../../src/data/folds.ts'
import { Classifier } from '../../src/estimators/classifier.ts'
import { crossValidate, type FoldReport } from '../../src/estimators/cross-validation.ts'
import { permutationImportance } from '../../src/estimators/permutation-importance.ts'
import { Regressor } from '../../src/estimators/regressor.ts'
import { Matrix } from '../../src/matrix/matrix.ts'
import { Generator } from '../../src/random/generator.ts'

const random = new Generator(8)
const rows = Array.from({ length: 90 }, (_, i) => {
  const [x, noise] = [random.normal(), random.normal()]
  return {
    x,
    noise,
    home: `h${i % 6}`,
    side: x + 0.3 * random.normal() > 0 ? 'right' : 'left',
    size: 3 * x + random.normal(),
  }
})
const inputs = rows.map(({ x, noise }) => [x, noise])
const sides = rows.map(({ side }) => side)
const sizes = rows.map(({ size }) => size)
const options = { hidden: [4], epochs: 10, seed: 1, reproducible: true } as const
const classifier = () => new Classifier(options)
const regressor = () => new Regressor(options)
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  )

describe('crossValidate', () => {
  it('scores what a model of its own, trained on the other folds, gives for each fold', async () => {
    const { scores, mean, std, predictions, folds } = await crossValidate(classifier, inputs, sides, {
      folds: 3,
      seed: 2,
    })
    expect(folds).toEqual(kFolds(90, { folds: 3, seed: 2, stratify: sides }))
    const expected: number[] = []
    for (const { train, test: tested } of folds) {
      const at = (list: readonly number[]) =>
        [list.map((i) => inputs[i] as number[]), list.map((i) => sides[i] as string)] as const
      const model = await classifier().fit(...at(train))
      expected.push(model.score(...at(tested)))
      expect(tested.map((i) => predictions[i])).toEqual(model.predict(at(tested)[0]))
    }
    expect(scores).toEqual(expected)
    expect(mean).toBeCloseTo(
      (expected[0] as number) / 3 + (expected[1] as number) / 3 + (expected[2] as number) / 3,
      14,
    )
    expect(std).toBeCloseTo(Math.sqrt(expected.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3), 14)
  })

  it('takes the same rows in every form', async () => {
    const asked = { folds: 3, seed: 2 }
    const { scores } = await crossValidate(classifier, inputs, sides, asked)
    const columns = { home: 'ignore', size: 'ignore' } as const
    const named = await crossValidate(() => new Classifier({ ...options, columns }), rows, { target: 'side', ...asked })
    expect(named.scores).toEqual(scores)
    expect((await crossValidate(classifier, Matrix.from(inputs), sides, asked)).scores).toEqual(scores)
    expect((await crossValidate(classifier, Matrix.from(inputs).ndarray as never, sides, asked)).scores).toEqual(scores)
    const placed = rows.map(({ x, noise, side }) => [x, noise, side])
    expect((await crossValidate(classifier, placed, { target: 2, ...asked })).scores).toEqual(scores)
  })

  it('stratifies classifiers unless told, and regressors not', async () => {
    const plain = await crossValidate(classifier, inputs, sides, { folds: 3, seed: 2, stratify: false })
    expect(plain.folds).toEqual(kFolds(90, { folds: 3, seed: 2 }))
    expect((await crossValidate(regressor, inputs, sizes, { folds: 3, seed: 2 })).folds).toEqual(plain.folds)
  })

  it('learns from the training rows alone: an outlier among the test rows changes no prediction of theirs', async () => {
    const folds = [[0, 1, 2, 3]]
    const calm = await crossValidate(regressor, inputs, sizes, { folds })
    const wild = inputs.map((row, i) => (i === 0 ? [1e6, row[1] as number] : row))
    const { predictions } = await crossValidate(regressor, wild, sizes, { folds })
    expect(predictions.slice(1, 4)).toEqual(calm.predictions.slice(1, 4))
    expect(predictions[0]).not.toEqual(calm.predictions[0])
    expect(predictions.slice(4).every((one) => one === undefined)).toBe(true)
  })

  it('keeps groups together, and hides their column from the model', async () => {
    const reports: FoldReport[] = []
    const { folds } = await crossValidate(classifier, rows, {
      target: 'side',
      folds: 3,
      seed: 1,
      groups: 'home',
      onFold: (report) => void reports.push(report),
    })
    for (const { train, test: tested } of folds) {
      const homes = new Set(tested.map((i) => rows[i]?.home))
      expect(train.some((i) => homes.has(rows[i]?.home))).toBe(false)
    }
    expect(reports.map(({ fold, folds: of }) => [fold, of])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    for (const { model } of reports) expect((model as Classifier).columns.map(({ name }) => name)).not.toContain('home')
  })

  it('weighs training rows by a column, or an array, with the same result', async () => {
    const weighed = rows.map(({ x, side }, i) => ({ x, side, weight: 1 + (i % 3) }))
    const asked = { target: 'side', folds: 3, seed: 1 } as const
    const column = await crossValidate(classifier, weighed, { ...asked, sampleWeights: 'weight' })
    const list = await crossValidate(
      classifier,
      weighed.map(({ x, side }) => ({ x, side })),
      {
        ...asked,
        sampleWeights: weighed.map(({ weight }) => weight),
      },
    )
    expect(column.predictions).toEqual(list.predictions)
    const plain = await crossValidate(
      classifier,
      weighed.map(({ x, side }) => ({ x, side })),
      asked,
    )
    expect(plain.scores).toHaveLength(3)
  })

  it('scores a class that a fold did not train on as wrong', async () => {
    const rare = sides.map((side, i) => (i === 5 ? 'rare' : side))
    const { scores, predictions } = await crossValidate(classifier, inputs, rare, { folds: 3, seed: 2 })
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
    expect(predictions[5]).not.toBe('rare')
  })

  it('stops where onFold says false, and where its signal was aborted', async () => {
    const { scores } = await crossValidate(classifier, inputs, sides, { folds: 3, seed: 1, onFold: () => false })
    expect(scores).toHaveLength(1)
    const stop = new AbortController()
    const work = crossValidate(classifier, inputs, sides, {
      folds: 3,
      signal: stop.signal,
      onFold: () => stop.abort(new Error('enough')),
    })
    expect(await messageOf(work)).toBe('enough')
  })

  test.each([
    [
      () => crossValidate(undefined as never, inputs, sides),
      'crossValidate: the first argument is undefined; expected a function that makes models, as () => new Classifier({ … })',
    ],
    [
      () => crossValidate(classifier, inputs, sides.slice(1)),
      'crossValidate: the number of targets is 89; expected 90, one for each row',
    ],
    [
      () => crossValidate(classifier, rows, {}),
      "crossValidate: the target is undefined; expected { target: 'the name of a column' }, or targets as second argument",
    ],
    [
      () => crossValidate(classifier, rows, { target: 'sides' }),
      'crossValidate: unknown target column "sides"; did you mean "side"?; known are x, noise, home, side, size',
    ],
    [
      () => crossValidate(classifier, rows, { target: 'side', groups: 'house' }),
      'crossValidate: unknown column of groups "house"; known are x, noise, home, side, size',
    ],
    [
      () => crossValidate(classifier, inputs, sides, { folds: 91 }),
      'kFolds: the number of folds is 91; expected at most 90, the number of rows',
    ],
    [
      () => crossValidate(classifier, inputs, sides, { folds: [] }),
      'crossValidate: folds is empty; expected at least one list of rows to test with',
    ],
    [
      () => crossValidate(classifier, inputs, sides, { folds: [[90]] }),
      'crossValidate: folds[0][0] is 90; expected a whole number from 0 to 89',
    ],
    [
      () => crossValidate(classifier, inputs, sides, { folds: [[]] }),
      'crossValidate: the number of rows in folds[0] is 0; expected from 1 to 89',
    ],
    [
      () =>
        crossValidate(
          classifier,
          inputs,
          sides.map((side, i) => (i === 7 ? '' : side)),
        ),
      'crossValidate: the target of row 7 is missing (it alone); expected a target for each row (leave rows without one out: rows.filter(…))',
    ],
    [
      () => crossValidate(classifier, inputs, sides, { fold: 3 } as never),
      'crossValidate: unknown option "fold"; did you mean "folds"?; known options are target, sampleWeights, classes, folds, seed, stratify, groups, onFold, signal',
    ],
  ])('refuses, case %#', async (work, message) => {
    expect(await messageOf(work())).toBe(message)
  })
})

describe('permutationImportance', () => {
  it('is the fall of the score, mean and deviation of the repeats, the most important column first', async () => {
    const model = await classifier().fit(rows, { target: 'side' })
    const found = await permutationImportance(model, rows, { seed: 3, repeats: 4 })
    expect(found.map(({ column }) => column).toSorted()).toEqual(['home', 'noise', 'size', 'x'])
    expect(found.map(({ mean }) => mean)).toEqual(found.map(({ mean }) => mean).toSorted((a, b) => b - a))
    for (const { scores, mean, std } of found) {
      expect(scores).toHaveLength(4)
      expect(mean).toBeCloseTo(scores.reduce((sum, one) => sum + one, 0) / 4, 14)
      expect(std).toBeCloseTo(Math.sqrt(scores.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 4), 14)
    }
  })

  it('is 0 to the last bit for a column that is constant in these rows', async () => {
    const model = await regressor().fit(rows, { target: 'size' })
    const found = await permutationImportance(
      model,
      rows.map((row) => ({ ...row, noise: 1 })),
      { seed: 3 },
    )
    expect(found.find(({ column }) => column === 'noise')).toEqual({
      column: 'noise',
      mean: 0,
      std: 0,
      scores: [0, 0, 0, 0, 0],
    })
    expect(found[0]?.column).toBe('x')
  })

  it('is the same for rows in every form, and for the same seed, and changes no row', async () => {
    const before = structuredClone(inputs)
    const model = await regressor().fit(inputs, sizes)
    const found = await permutationImportance(model, inputs, sizes, { seed: 3 })
    expect(await permutationImportance(model, Matrix.from(inputs), sizes, { seed: 3 })).toEqual(found)
    expect(found.map(({ column }) => column)).toEqual(['0', '1'])
    expect(inputs).toEqual(before)
    expect(await permutationImportance(model, inputs, sizes, { seed: 4 })).not.toEqual(found)
  })

  it('passes over columns that the model leaves out', async () => {
    const model = await new Classifier({ ...options, columns: { home: 'ignore' } }).fit(rows, { target: 'side' })
    expect((await permutationImportance(model, rows, { seed: 1 })).map(({ column }) => column)).not.toContain('home')
  })

  it('refuses bad arguments', async () => {
    const model = await classifier().fit(inputs, sides)
    const cases = [
      [
        () => permutationImportance(new Classifier(), inputs, sides),
        'score: the model is new; expected one that has been fitted: await model.fit(rows, { target })',
      ],
      [
        () => permutationImportance(model, inputs, sides, { repeats: 0 }),
        'permutationImportance: repeats is 0; expected a whole number of at least 1',
      ],
      [
        () => permutationImportance(model, [inputs[0] as number[]], ['left']),
        'permutationImportance: the number of rows is 1; expected a whole number of at least 2',
      ],
      [
        () => permutationImportance(model, inputs, sides, { seed: 'x' as never }),
        'permutationImportance: seed is the string "x"; expected a whole number of at least 0',
      ],
      [
        () => permutationImportance(model, inputs, { repeat: 2 } as never),
        'permutationImportance: unknown option "repeat"; did you mean "repeats"?; known options are target, sampleWeights, repeats, seed',
      ],
    ] as const
    for (const [work, message] of cases) expect(await messageOf(work())).toBe(message)
  })
})
