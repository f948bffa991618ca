import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { Label } from '../../src/index.ts'
import { Classifier, Matrix, Regressor } from '../../src/index.ts'
import { cells, quick, rows, thorough } from './tables.ts'

const isGentoo = rows.map(({ species }) => species === 'Gentoo')
const row = <Of>(list: readonly Of[]): Of[] => list.slice(0, 5)

describe('one label a row', () => {
  const labels: [what: string, targets: ArrayLike<Label>, classes: readonly Label[]][] = [
    ['texts', rows.map(({ species }) => species), ['Adelie', 'Gentoo']],
    ['texts in an order of their own', isGentoo.map((is) => (is ? 'a' : 'b')), ['a', 'b']],
    ['texts with spaces', isGentoo.map((is) => (is ? 'a' : ' a')), [' a', 'a']],
    ['numbers', isGentoo.map((is) => (is ? -1 : 10)), [-1, 10]],
    ['fractions', isGentoo.map((is) => (is ? 0.5 : 0.25)), [0.25, 0.5]],
    ['booleans', isGentoo, [false, true]],
    ['texts of numbers', isGentoo.map((is) => (is ? '10' : '9')), ['10', '9']],
    ['1, "1" and true', rows.map((_, i) => [1, '1', true][i % 3] as Label), [true, 1, '1']],
    ['0 and −0, which are one', isGentoo.map((is, i) => (is ? 1 : i % 4 === 0 ? 0 : -0)), [0, 1]],
    [
      'the names that objects have from birth',
      isGentoo.map((is) => (is ? '__proto__' : 'constructor')),
      ['__proto__', 'constructor'],
    ],
    ['bytes', Uint8Array.from(isGentoo, (is) => (is ? 7 : 3)), [3, 7]],
    ['floats', Float32Array.from(isGentoo, Number), [0, 1]],
    ['three classes', rows.map((_, i) => 'xyz'[i % 3] as string), ['x', 'y', 'z']],
  ]

  test.each(labels)('may be %s, and comes back as it came', async (_, targets, classes) => {
    const model = await new Classifier(quick).fit(cells, targets)
    expect(model.classes).toEqual(classes)
    expect(model.classes.some((label) => Object.is(label, -0))).toBe(false)
    for (const label of model.predict(cells)) expect(classes.includes(label)).toBe(true)
    const probabilities = model.predictProbabilities(cells)
    expect(probabilities.shape).toEqual([60, classes.length])
    for (const p of probabilities.toArray()) {
      expect(Math.min(...p)).toBeGreaterThanOrEqual(0)
      expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 15)
    }
    const predicted = model.predict(cells)
    const right = predicted.filter((label, i) => label === targets[i] || Number(label) + Number(targets[i]) === 0)
    expect(model.score(cells, targets as number[])).toBeCloseTo(right.length / 60, 14)
    expect(model.evaluate(cells, targets as number[]).accuracy).toBe(model.score(cells, targets as number[]))
  })

  test('is the most probable', async () => {
    const fitted = await new Classifier(quick).fit(
      cells,
      rows.map((_, i) => 'xyz'[i % 3]),
    )
    const p = fitted.predictProbabilities(cells).toArray()
    expect(fitted.predict(cells)).toEqual(p.map((one) => fitted.classes[one.indexOf(Math.max(...one))]))
  })

  const flat = Float64Array.from(isGentoo, Number)
  const forms: [what: string, targets: unknown][] = [
    ['an array', isGentoo.map(Number)],
    ['a typed array', flat],
    ['an ndarray of one dimension', ndarray(flat)],
    ['every second of an ndarray', ndarray(Float64Array.from(isGentoo.flatMap((is) => [Number(is), 9]))).step(2)],
    ['an ndarray of one column', ndarray(flat, [60, 1])],
    ['a Matrix of one column', Matrix.from(isGentoo.map((is) => [Number(is)]))],
    ['rows of one', isGentoo.map((is) => [Number(is)])],
  ]
  test.each(forms)('may come beside the rows as %s', async (_, targets) => {
    const expected = await new Classifier(quick).fit(cells, [...flat])
    const model = await new Classifier(quick).fit(cells, targets as number[])
    expect(model.classes).toEqual([0, 1])
    expect(model.predict(cells)).toEqual(expected.predict(cells))
    expect(model.toJSON().network).toEqual(expected.toJSON().network)
    expect(model.score(cells, targets as number[])).toBe(expected.score(cells, flat))
  })

  test('may be a column, by name or by place', async () => {
    const named = await new Classifier(thorough).fit(rows, { target: 'species' })
    expect(named.columns.map(({ name }) => name)).toEqual(['length', 'colour', 'ok', 'born', 'mass', 'weight'])
    expect(named.score(rows)).toBeGreaterThan(0.95)
    expect(named.score(rows, { target: 'species' })).toBe(named.score(rows))
    expect(
      named.score(
        rows,
        rows.map(({ species }) => species),
      ),
    ).toBe(named.score(rows))
    expect(named.score(rows, undefined, {})).toBe(named.score(rows))

    const positional = rows.map(({ length, species, mass }) => [length, species, mass])
    for (const target of [1, '1']) {
      const placed = await new Classifier(quick).fit(positional, { target })
      expect(placed.columns.map(({ name }) => name)).toEqual(['0', '2'])
      expect(placed.predict(positional)).toEqual(placed.predict(positional.map(([x, , y]) => [x, null, y])))
    }
    const last = await new Classifier(quick).fit(
      rows.map(({ length, mass, species }) => [length, mass, species]),
      { target: 2 },
    )
    expect(last.predict(cells)).toHaveLength(60) // a target behind the inputs may be absent
  })

  test('may be a number of a Matrix, by its place', async () => {
    const matrix = Matrix.from(rows.map(({ length, mass }, i) => [length, mass, i % 2]))
    const model = await new Classifier(thorough).fit(matrix, { target: 2 })
    expect(model.classes).toEqual([0, 1])
    expect(model.score(matrix)).toBeGreaterThan(0.95)
    expect(model.predict(matrix)).toEqual(model.predict(cells))
  })

  test('that fit did not see counts as predicted wrong, unless all are such', async () => {
    const model = await new Classifier(thorough).fit(rows, { target: 'species' })
    const strange = rows.map((one, i) => (i < 30 ? one : { ...one, species: 'Chinstrap' }))
    expect(model.score(strange)).toBeCloseTo(model.score(rows.slice(0, 30)) / 2, 14)
    expect(model.evaluate(strange).classes).toEqual(['Adelie', 'Chinstrap', 'Gentoo'])
  })

  test('may be a word for nothing, such as "-" and "None", where all labels are named', async () => {
    for (const [no, yes] of [
      ['-', '+'],
      ['None', 'Some'],
    ] as const) {
      const targets = isGentoo.map((is) => (is ? yes : no))
      const model = await new Classifier(thorough).fit(cells, targets, { classes: [no, yes] })
      expect(model.classes).toEqual([no, yes])
      expect(model.score(cells, targets)).toBeGreaterThan(0.95)
      expect(model.evaluate(cells, targets).accuracy).toBe(model.score(cells, targets))
    }
  })
})

describe('several labels a row', () => {
  const flags = rows.map((_, i) => ({ even: i % 2 === 0, third: i % 3 === 0 ? 'yes' : 'no' }))
  const joined = rows.map(({ length, mass }, i) => ({ length, mass, ...flags[i] }))

  test('may be columns, which come back by their names, with what stood for no and yes', async () => {
    const model = await new Classifier<Record<string, Label>>(thorough).fit(joined, { target: ['even', 'third'] })
    expect(model.classes).toEqual(['even', 'third'])
    const predicted = model.predict(joined)
    const p = model.predictProbabilities(joined).toArray() as [number, number][]
    expect(predicted).toEqual(p.map(([even, third]) => ({ even: even >= 0.5, third: third >= 0.5 ? 'yes' : 'no' })))
    const right = predicted.filter(({ even, third }, i) => even === flags[i]?.even && third === flags[i]?.third)
    expect(model.score(joined)).toBeCloseTo(right.length / 60, 14)
    expect(model.evaluate(joined).accuracy).toBe(model.score(joined))
    expect(model.evaluate(joined).hammingLoss).toBeGreaterThanOrEqual(0)
  })

  test('may be one column in brackets', async () => {
    const model = await new Classifier<Record<string, Label>>(thorough).fit(rows, { target: ['species'] })
    expect(model.predict(row(rows)).map(Object.keys)).toEqual(row(rows).map(() => ['species']))
    expect(model.score(rows)).toBeGreaterThan(0.95)
  })

  const pairs = rows.map((_, i) => [i % 2, Number(i % 3 === 0)])
  const forms: [what: string, targets: unknown, no: Label, yes: Label][] = [
    ['rows of 0 and 1', pairs, 0, 1],
    ['rows of typed arrays', pairs.map((pair) => Uint8Array.from(pair)), 0, 1],
    ['rows of booleans', pairs.map((pair) => pair.map(Boolean)), false, true],
    ['a Matrix', Matrix.from(pairs), 0, 1],
    ['an ndarray', ndarray(Float64Array.from(pairs.flat()), [60, 2]), 0, 1],
  ]
  test.each(forms)('may be %s, and come back as a list', async (_, targets, no, yes) => {
    const model = await new Classifier<Label[]>(quick).fit(cells, targets as number[][])
    expect(model.classes).toEqual([0, 1])
    const p = model.predictProbabilities(cells).toArray()
    expect(model.predict(cells)).toEqual(p.map((one) => one.map((each) => (each >= 0.5 ? yes : no))))
    expect(model.score(cells, targets as number[])).toBe(model.evaluate(cells, targets as number[]).accuracy)
  })

  test('may have a label that no row has, or all have, where it is 0, 1 or a boolean', async () => {
    const targets = rows.map((_, i) => [i % 2, 0, 1])
    const model = await new Classifier<Label[]>(thorough).fit(cells, targets)
    for (const [, none, all] of model.predict(cells)) expect([none, all]).toEqual([0, 1])
  })

  test('may be lists of tags, beside the rows or in a column', async () => {
    const tags = rows.map((_, i) => [...(i % 2 === 0 ? ['even'] : []), ...(i % 3 === 0 ? ['third', 'third'] : [])])
    const beside = await new Classifier<string[]>(thorough).fit(cells, tags)
    expect(beside.classes).toEqual(['even', 'third'])
    const p = beside.predictProbabilities(cells).toArray()
    const expected = p.map((one) => ['even', 'third'].filter((_, k) => (one[k] as number) >= 0.5))
    expect(beside.predict(cells)).toEqual(expected)
    const right = expected.filter((list, i) => list.join() === [...new Set(tags[i])].join())
    expect(beside.score(cells, tags)).toBeCloseTo(right.length / 60, 14)
    expect(beside.evaluate(cells, tags).accuracy).toBe(beside.score(cells, tags))

    const column = rows.map(({ length, mass }, i) => ({ length, mass, tags: tags[i] }))
    const own = await new Classifier<string[]>(thorough).fit(column, { target: 'tags' })
    expect(own.predict(column)).toEqual(expected)
    expect(own.score(column)).toBe(beside.score(cells, tags))
  })

  test('may be tags told beforehand', async () => {
    const tags = rows.map((_, i) => (i % 2 === 0 ? ['b'] : []))
    const model = await new Classifier(quick).fit(cells, tags, { classes: ['c', 'b', 'a'] })
    expect(model.classes).toEqual(['c', 'b', 'a'])
  })
})

describe('targets of a regressor', () => {
  const masses = rows.map(({ mass }) => mass)
  const inputs = rows.map(({ length, ok, born }) => ({ length, ok, born }))

  const forms: [what: string, targets: unknown][] = [
    ['an array', masses],
    ['texts of numbers', masses.map(String)],
    ['a typed array', Float64Array.from(masses)],
    ['integers', Int32Array.from(masses)],
    ['an ndarray', ndarray(Float64Array.from(masses))],
    ['a Matrix of one column', Matrix.from(masses.map((mass) => [mass]))],
    ['rows of one', masses.map((mass) => [mass])],
  ]
  test.each(forms)('may be %s', async (_, targets) => {
    const expected = await new Regressor(quick).fit(inputs, masses)
    const model = await new Regressor(quick).fit(inputs, targets as number[])
    expect(model.toJSON().network).toEqual(expected.toJSON().network)
    expect(model.score(inputs, targets as number[])).toBe(expected.score(inputs, masses))
    expect(model.predict(inputs)).toEqual(expected.predict(inputs))
  })

  test('may be a column, and are predicted in their own units', async () => {
    const model = await new Regressor(thorough).fit(rows, { target: 'mass' })
    expect(model.score(rows)).toBeGreaterThan(0.95)
    const { meanAbsoluteError, rootMeanSquaredError, r2, targets, predicted, actual } = model.evaluate(rows)
    expect(r2).toBe(model.score(rows))
    expect(predicted).toEqual([model.predict(rows)])
    expect(actual).toEqual([masses])
    const errors = model.predict(rows).map((y, i) => y - (masses[i] as number))
    expect(meanAbsoluteError).toBeCloseTo(errors.reduce((sum, one) => sum + Math.abs(one), 0) / 60, 9)
    expect(rootMeanSquaredError).toBeCloseTo(Math.sqrt(errors.reduce((sum, one) => sum + one * one, 0) / 60), 9)
    expect(targets.map(({ name }) => name)).toEqual(['mass'])
  })

  test('may be several columns, which come back by their names', async () => {
    const model = await new Regressor<Record<string, number>>(thorough).fit(rows, { target: ['mass', 'weight'] })
    const predicted = model.predict(rows)
    expect(predicted.map(Object.keys)).toEqual(rows.map(() => ['mass', 'weight']))
    const { targets, r2 } = model.evaluate(rows)
    expect(targets.map(({ name }) => name)).toEqual(['mass', 'weight'])
    expect(model.score(rows)).toBeCloseTo(r2, 14)
    expect(r2).toBeCloseTo(((targets[0]?.r2 ?? 0) + (targets[1]?.r2 ?? 0)) / 2, 14)
  })

  test('may be one column in brackets, which comes back by its name', async () => {
    const one = await new Regressor<Record<string, number>>(quick).fit(rows, { target: ['mass'] })
    const plain = await new Regressor(quick).fit(rows, { target: 'mass' })
    expect(one.predict(rows)).toEqual(plain.predict(rows).map((mass) => ({ mass })))
    expect(one.score(rows)).toBe(plain.score(rows))
  })

  test('may be rows of several, which come back as lists', async () => {
    const several = rows.map(({ mass, weight }) => [mass, weight])
    const model = await new Regressor<number[]>(quick).fit(inputs, several)
    expect(model.predict(inputs).every((one) => one.length === 2)).toBe(true)
    const same = await new Regressor<number[]>(quick).fit(inputs, Matrix.from(several, { dtype: 'float64' }))
    expect(same.predict(inputs)).toEqual(model.predict(inputs))
  })

  test('that are constant are predicted exactly, whatever the row', async () => {
    for (const constant of [0.1, -7, 1e-12, 1e300, 0]) {
      const model = await new Regressor(quick).fit(
        inputs,
        rows.map(() => constant),
      )
      expect(model.predict([{ length: 1e9, ok: 'never', born: null }, ...inputs.slice(0, 1)])).toEqual([
        constant,
        constant,
      ])
    }
    const one = await new Regressor<number[]>(quick).fit(
      inputs,
      rows.map(({ mass }) => [0.1, mass]),
    )
    expect(one.predict(inputs).every(([first]) => first === 0.1)).toBe(true)
  })

  test.each([[1e12], [1e-12], [1e100], [1e-100]])('times %d are predicted as well, to the scale', async (scale) => {
    const plain = await new Regressor({ ...thorough, dtype: 'float64' }).fit(inputs, masses)
    const scaled = masses.map((mass) => mass * scale)
    const model = await new Regressor({ ...thorough, dtype: 'float64' }).fit(inputs, scaled)
    expect(model.score(inputs, scaled)).toBeGreaterThan(0.9)
    model.predict(inputs).forEach((y, i) => {
      // training repeats the rounding of the targets' last bits, over some thousand steps
      expect(y / scale / (plain.predict(inputs)[i] as number)).toBeCloseTo(1, 6)
    })
  })

  test('far from 0 keep what tells them apart', async () => {
    const far = masses.map((mass) => 1e12 + mass)
    const model = await new Regressor(thorough).fit(inputs, far)
    expect(model.score(inputs, far)).toBeGreaterThan(0.9)
  })

  test('may be the greatest numbers', async () => {
    const most = masses.map((mass) => (mass > 3500 ? 1.7e308 : -1.7e308))
    const model = await new Regressor(quick).fit(inputs, most)
    expect(model.predict(inputs).every((y) => !Number.isNaN(y))).toBe(true)
  })
})
