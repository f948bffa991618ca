import ndarray from 'ndarray'
import { beforeAll, describe, expect, test } from 'vitest'
import { Classifier, Regressor } from '../../src/index.ts'
import { cells, quick, refusal, refusalAtOnce, rows } from './tables.ts'

/** What is given on purpose against its type. */
const wrong = (value: unknown) => value as never

const options = 'hidden, columns, activation'

describe.each([
  ['Classifier', Classifier],
  ['Regressor', Regressor],
] as const)('the constructor of %s', (name, Estimator) => {
  const cases: [given: unknown, message: string][] = [
    [5, `TypeError: ${name}: the options argument is 5; expected an object with any of ${options}`],
    [null, `TypeError: ${name}: the options argument is null; expected an object with any of ${options}`],
    [[], `TypeError: ${name}: the options argument is an array of 0; expected an object with any of ${options}`],
    [
      { hiden: [3] },
      `TypeError: ${name}: unknown option "hiden"; did you mean "hidden"?; known options are ${options}`,
    ],
    [
      { layers: [1] },
      `TypeError: ${name}: unknown option "layers"; hidden names the layers between, inputs and outputs follow from the table`,
    ],
    [{ target: 'y' }, `TypeError: ${name}: unknown option "target"; it belongs to fit(rows, { target })`],
    [
      { sampleWeights: [1] },
      `TypeError: ${name}: unknown option "sampleWeights"; they belong to fit(rows, { target, sampleWeights })`,
    ],
    [
      { resume: true },
      `TypeError: ${name}: unknown option "resume"; it belongs to fit(rows, { target, resume: true })`,
    ],
    [{ hidden: 32 }, `TypeError: ${name}: hidden is 32; expected an array of layers, such as [32] or []`],
    [{ hidden: ['32'] }, `TypeError: ${name}: hidden[0] is the string "32"; expected a whole number of at least 1`],
    [{ hidden: [3, 0] }, `RangeError: ${name}: hidden[1] is 0; expected a whole number of at least 1`],
    [
      { hidden: [{ unit: 3 }] },
      `TypeError: ${name}: hidden[0].units is undefined; expected a whole number of at least 1`,
    ],
    [{ hidden: [null] }, `TypeError: ${name}: hidden[0] is null; expected a whole number of at least 1`],
    [{ hidden: [{ units: 3, dropout: 2 }] }, 'RangeError: Network: layer 0 (layers[1]): dropout is 2'],
    [{ columns: 5 }, `TypeError: ${name}: columns is 5; expected an object such as { zip: 'category' }`],
    [
      { columns: ['number'] },
      `TypeError: ${name}: columns is an array of 1; expected an object such as { zip: 'category' }`,
    ],
    [{ columns: { zip: 3 } }, `TypeError: ${name}: columns: zip is 3; expected the name of a kind`],
    [
      { columns: { zip: 'text' } },
      `RangeError: ${name}: unknown kind of column "text"; known are number, date, category, ignore`,
    ],
    [{ seed: -1 }, `RangeError: ${name}: seed is -1; expected a whole number of at least 0`],
    [{ seed: '1' }, `TypeError: ${name}: seed is the string "1"; expected a whole number of at least 0`],
    [{ onWarning: true }, `TypeError: ${name}: onWarning is true; expected a function`],
    [{ epochs: 0 }, `RangeError: ${name}: epochs is 0; expected a whole number of at least 1`],
    [{ batchSize: 2.5 }, `RangeError: ${name}: batchSize is 2.5; expected a whole number of at least 1`],
    [
      { validation: 1 },
      `RangeError: ${name}: validation is 1; expected a share of the rows between 0 and 1, or { inputs, targets }`,
    ],
    [{ schedule: { name: 'cosin' } }, 'did you mean "cosine"?'],
    [{ l2: -1 }, `RangeError: ${name}: l2 is -1; expected a finite number of at least 0`],
    [{ activation: 'rellu' }, 'RangeError: Network: activation: unknown activation "rellu"; did you mean "relu"?'],
    [{ optimizer: 'adam' }, 'Network'],
    [{ dtype: 'float16' }, 'Network: unknown dtype "float16"'],
    [{ kernels: 'gpu' }, 'Network'],
    [{ learningRate: 0 }, 'learningRate is 0; expected a finite number above 0'],
  ]
  test.each(cases)('refuses %j', (given, message) => {
    expect(refusalAtOnce(() => new Estimator(wrong(given)))).toContain(message)
  })

  test('takes undefined for what is not given', () => {
    expect(
      new Estimator(wrong({ hidden: undefined, seed: undefined, epochs: undefined, columns: undefined })),
    ).toBeInstanceOf(Estimator)
    expect(new Estimator(undefined)).toBeInstanceOf(Estimator)
  })
})

const species = { target: 'species' }

describe('fit', () => {
  const kinds = 'expected an array of rows, each an object or an array of cells, or a Matrix'
  const beside = 'expected an array of targets, one a row, or { target: the name of a column }'
  const labels = rows.map(({ species: label }) => label)
  const labelled = (at: number, label: unknown) => rows.map((row, i) => (i === at ? { ...row, species: label } : row))
  const missing = 'expected a target for each row (leave rows without one out: rows.filter(…)'

  const cases: [given: readonly unknown[], message: string][] = [
    [[], `TypeError: fit: the table of rows is undefined; ${kinds}`],
    [
      [rows],
      "TypeError: fit: the target is undefined; expected { target: 'the name of a column' }, or targets as second argument",
    ],
    [
      [rows, {}],
      "TypeError: fit: the target is undefined; expected { target: 'the name of a column' }, or targets as second argument",
    ],
    [
      [rows[0], species],
      'TypeError: fit: the table of rows is an object with length, colour, ok, born, …; expected an array of rows',
    ],
    [[[], species], 'RangeError: fit: the table of rows is empty; expected at least one row'],
    [['rows.csv', species], 'TypeError: fit: the table of rows is the string "rows.csv"'],
    [[new Set(rows), species], 'TypeError: fit: the table of rows is a Set'],
    [[[...rows, null], species], 'TypeError: fit: row 60 is null; expected an object, as row 0 is'],
    [[[...cells, [1]], [1]], 'RangeError: fit: the length of row 60 is 1; expected 2, as many cells as row 0 has'],
    [[rows, 'species'], `TypeError: fit: the targets argument is the string "species"; ${beside}`],
    [[rows, null], `TypeError: fit: the targets argument is null; ${beside}`],
    [[rows, 3], `TypeError: fit: the targets argument is 3; ${beside}`],
    [[rows, () => 1], 'TypeError: fit: the targets argument is the function'],
    [
      [rows, { target: 'specis' }],
      'RangeError: fit: unknown target column "specis"; did you mean "species"?; known are length, colour, ok, born, species, mass, weight',
    ],
    [[rows, { target: '' }], 'RangeError: fit: unknown target column ""; known are length'],
    [[rows, { target: 7 }], 'RangeError: fit: unknown target column "7"; known are length'],
    [[rows, { target: null }], 'TypeError: fit: target is null; expected the name of a column, or several'],
    [[rows, { target: true }], 'TypeError: fit: target is true; expected the name of a column, or several'],
    [[rows, { target: {} }], 'TypeError: fit: target is an empty object; expected the name of a column, or several'],
    [[rows, { target: [] }], 'RangeError: fit: target is empty; expected the name of a column, or several'],
    [[rows, { target: ['ok', 'ok'] }], 'RangeError: fit: target is an array of 2; expected each column once'],
    [[rows, { target: ['ok', null] }], 'TypeError: fit: target is null; expected the name of a column, or several'],
    [[cells, { target: 2 }], 'RangeError: fit: unknown target column "2"; known are 0, 1'],
    [[cells, { target: -1 }], 'RangeError: fit: unknown target column "-1"; did you mean "1"?; known are 0, 1'],
    [
      [rows, { targets: 'species' }],
      'TypeError: fit: unknown option "targets"; did you mean "target"?; known options are target',
    ],
    [
      [rows, labels, species],
      'TypeError: fit: target is given beside targets; expected either target or targets beside the rows',
    ],
    [
      [rows, species, { epochs: 1 }],
      'TypeError: fit: the third argument is an object with epochs; expected none where the second holds options',
    ],
    [[cells, labels, 5], 'TypeError: fit: the options argument is 5; expected an object with any of target'],
    [[cells, labels.slice(1)], 'RangeError: fit: the number of targets is 59; expected 60, one for each row'],
    [[cells, []], 'RangeError: fit: the number of targets is 0; expected 60, one for each row'],
    [
      [cells, ndarray(new Float64Array(120), [60, 2, 1])],
      'RangeError: fit: the targets argument is an ndarray of 3 dimensions; expected one of 1 or 2 dimensions',
    ],
    [[cells, ndarray(new Float64Array(3), [60, 2])], 'RangeError: fit: the targets argument'],
    [
      [cells, cells.map((_, i) => (i === 4 ? 1 : [0, 1]))],
      'TypeError: fit: row 4 of the targets is 1; expected an array of cells, as row 0 is',
    ],
    [
      [cells, cells.map((_, i) => (i === 4 ? [0, 1] : 1))],
      'TypeError: fit: the target of row 4 is an array of 2; expected a label: a text, a number or a boolean',
    ],
    [
      [cells, cells.map(() => [])],
      'RangeError: fit: the targets argument is (60×0); expected at least one row and one column',
    ],
    [
      [cells, cells.map(() => ({ a: 1 }))],
      'TypeError: fit: the target of row 0 is an object with a; expected a label: a text, a number or a boolean',
    ],
    [
      [cells, cells.map((_, i) => BigInt(i % 2))],
      'TypeError: fit: the target of row 0 is the bigint 0n; expected a label: a text, a number or a boolean',
    ],
    [
      [cells, cells.map(() => new Date(0))],
      'TypeError: fit: the target of row 0 is a Date; expected a label: a text, a number or a boolean',
    ],
    [
      [cells, cells.map((_, i) => (i === 3 ? Number.POSITIVE_INFINITY : i % 2))],
      'RangeError: fit: the target of row 3 is Infinity; expected a label',
    ],
    [[labelled(3, null), species], `RangeError: fit: the target "species" of row 3 is missing (it alone); ${missing})`],
    [
      [labelled(3, undefined), species],
      `RangeError: fit: the target "species" of row 3 is missing (it alone); ${missing})`,
    ],
    [[labelled(3, ' '), species], `RangeError: fit: the target "species" of row 3 is missing (it alone); ${missing})`],
    [
      [labelled(3, 'NA'), species],
      `RangeError: fit: the target "species" of row 3 is "NA", which stands for a missing one (it alone); ${missing}; where "NA" is a label, name all labels: { classes: […] })`,
    ],
    [
      [cells, cells.map((_, i) => (i % 2 === 0 ? Number.NaN : 1))],
      `RangeError: fit: the target of row 0 is missing (30 in all); ${missing})`,
    ],
    [
      [rows.map((row) => ({ ...row, species: 'Adelie' })), species],
      'RangeError: fit: the target is "Adelie" in every row; expected at least two classes to tell apart',
    ],
    [
      [rows.slice(0, 1), species],
      'RangeError: fit: the target is "Adelie" in every row; expected at least two classes to tell apart',
    ],
    [
      [rows.map(({ species: label }) => ({ species: label })), species],
      'RangeError: fit: the table of inputs is without columns; expected at least one column that differs from row to row',
    ],
    [
      [rows.map(({ species: label }) => ({ species: label, one: 1 })), species],
      'RangeError: fit: the table of inputs is without a column of use ("one": it is 1 in every row); expected at least one column',
    ],
    [
      [rows, { target: ['species', 'mass'] }],
      'RangeError: fit: the target "mass" is 14 values (3000, 3040, 3080, …); expected two values, no and yes; one classifier each for targets with more',
    ],
    [
      [cells, cells.map((_, i) => [i % 2, i % 3])],
      'RangeError: fit: target column 1 is 3 values (0, 1, 2); expected two values, no and yes',
    ],
    [
      [cells, cells.map((_, i) => [i % 2, 5])],
      'RangeError: fit: target column 1 is 5 in every row; expected two values, no and yes',
    ],
    [
      [cells, cells.map(() => ['a', ''])],
      'RangeError: fit: the target of row 0, tag 1 is the string ""; expected a tag that is not blank; a row without tags has an empty list',
    ],
    [
      [cells, cells.map((_, i) => (i % 2 ? ['a'] : ['a', {}]))],
      'TypeError: fit: the target of row 0, tag 1 is an empty object; expected a label: a text, a number or a boolean',
    ],
    [
      [cells, cells.map((_, i) => (i === 5 ? 'a' : ['a'].slice(i % 2)))],
      'TypeError: fit: the target of row 5 is the string "a"; expected a list of tags, as row 0 has',
    ],
    [
      [rows, { ...species, classes: ['Adelie'] }],
      'RangeError: fit: classes is an array of 1; expected at least two classes to tell apart',
    ],
    [
      [rows, { ...species, classes: 'Adelie' }],
      'TypeError: fit: classes is the string "Adelie"; expected an array of labels',
    ],
    [
      [rows, { ...species, classes: ['Adelie', 'Adelie'] }],
      'RangeError: fit: the label at index 1 of classes is the string "Adelie"; expected another than at index 0',
    ],
    [[rows, { ...species, classes: ['Adelie', null] }], 'TypeError: fit: the label at index 1 of classes is null'],
    [
      [rows, { ...species, classes: ['Adelie', 1n] }],
      'TypeError: fit: classes[1] is the bigint 1n; expected a label: a text, a number or a boolean',
    ],
    [
      [rows, { ...species, classes: ['Adelie', 'Chinstrap'] }],
      'RangeError: fit: the target "species" of row 1 is the string "Gentoo"; expected one of the classes "Adelie", "Chinstrap"',
    ],
    [
      [rows, { target: ['species'], classes: ['a', 'b'] }],
      'TypeError: fit: classes is an array of 2; expected none where targets are several columns',
    ],
    [[rows, { ...species, classWeights: 'balance' }], 'TypeError: fit: classWeights is the string "balance"'],
    [
      [rows, { ...species, classWeights: { Adelie: 1 } }],
      'RangeError: fit: classWeights is an object with Adelie; expected a weight for each class, "Gentoo" too',
    ],
    [
      [rows, { ...species, classWeights: { Adelie: 1, Gento: 1 } }],
      'TypeError: fit: classWeights: unknown option "Gento"; did you mean "Gentoo"?; known options are Adelie, Gentoo',
    ],
    [[rows, { ...species, classWeights: { Adelie: 1, Gentoo: -1 } }], 'RangeError: fit: classWeights[1] is -1'],
    [
      [rows, { ...species, classWeights: [1] }],
      'RangeError: fit: the number of classWeights is 1; expected 2, one for each class',
    ],
    [
      [rows, { target: ['species'], classWeights: [1] }],
      'TypeError: fit: classWeights is an array of 1; expected none where a row has several labels',
    ],
    [
      [rows, { ...species, sampleWeights: 'mas' }],
      'RangeError: fit: unknown column of sampleWeights "mas"; did you mean "mass"?',
    ],
    [
      [rows, { ...species, sampleWeights: 'colour' }],
      'TypeError: fit: column "colour" (sampleWeights), row 0 is the string "red"; expected a finite number of at least 0',
    ],
    [
      [rows.map((row, i) => ({ ...row, weight: i === 2 ? null : 1 })), { ...species, sampleWeights: 'weight' }],
      'TypeError: fit: column "weight" (sampleWeights), row 2 is null; expected a finite number of at least 0',
    ],
    [
      [rows.map((row, i) => ({ ...row, weight: 1 - i })), { ...species, sampleWeights: 'weight' }],
      'RangeError: fit: column "weight" (sampleWeights), row 2 is -1; expected a finite number of at least 0',
    ],
    [
      [rows, { ...species, sampleWeights: 5 }],
      'TypeError: fit: sampleWeights is 5; expected an array of numbers, or the name of a column',
    ],
    [
      [rows, { ...species, sampleWeights: [1, 2] }],
      'RangeError: fit: the number of sampleWeights is 2; expected 60, one a row',
    ],
    [
      [rows, { ...species, sampleWeights: rows.map((_, i) => 1 - i) }],
      'RangeError: fit: sampleWeights[2] is -1; expected a finite number of at least 0',
    ],
    [
      [rows, { ...species, sampleWeights: rows.map(() => '1') }],
      'TypeError: fit: sampleWeights[0] is the string "1"; expected a finite number of at least 0',
    ],
    [
      [rows, { ...species, sampleWeights: rows.map(() => 0) }],
      'RangeError: fit: sampleWeights is 0 in every row; expected at least one weight above 0',
    ],
    [
      [rows, { ...species, validation: 0 }],
      'RangeError: fit: validation is 0; expected a share of the rows between 0 and 1, or { inputs, targets }',
    ],
    [
      [rows, { ...species, validation: null }],
      'TypeError: fit: validation is null; expected a share of the rows between 0 and 1, or { inputs, targets }',
    ],
    [
      [rows, { ...species, validation: { rows } }],
      'TypeError: fit: validation: unknown option "rows"; known options are inputs, targets',
    ],
    [
      [rows, { ...species, validation: { inputs: [] } }],
      'RangeError: fit: validation: the table of rows is empty; expected at least one row',
    ],
    [
      [rows, { ...species, validation: { inputs: [{ length: 1 }] } }],
      'RangeError: fit: validation: unknown target column "species"; known are length',
    ],
    [
      [rows, { ...species, validation: { inputs: [{ length: 1, species: 'Adelie' }] } }],
      'RangeError: fit: validation: no row has the column "ok"',
    ],
    [
      [rows, { ...species, validation: { inputs: rows, targets: [1] } }],
      'RangeError: fit: validation: the number of targets is 1; expected 60, one for each row',
    ],
    [
      [cells, labels, { validation: { inputs: cells } }],
      "TypeError: fit: validation: the target is undefined; expected { target: 'the name of a column' }",
    ],
    [
      [rows, { ...species, validation: { inputs: labelled(2, 'Chinstrap') } }],
      'RangeError: fit: validation: the target "species" of row 2 is the string "Chinstrap"; expected one of the classes "Adelie", "Gentoo"',
    ],
    [
      [rows, { ...species, checkpoint: null }],
      'TypeError: fit: checkpoint is null; expected an object with any of save',
    ],
    [[rows, { ...species, checkpoint: {} }], 'TypeError: fit: checkpoint: save is undefined; expected a function'],
    [
      [rows, { ...species, checkpoint: { save: () => 1, every: 2 } }],
      'TypeError: fit: checkpoint: unknown option "every"',
    ],
    [[rows, { ...species, epochs: 0 }], 'RangeError: fit: epochs is 0; expected a whole number of at least 1'],
    [[rows, { ...species, signal: 1 }], 'TypeError: fit: signal is 1'],
    [
      [rows, { ...species, resume: true }],
      'TypeError: fit: the model is new; expected one that has been fitted: await model.fit(rows, { target })',
    ],
    [
      [rows.map((row, i) => ({ ...row, length: i === 9 ? Number.NEGATIVE_INFINITY : i })), species],
      'RangeError: fit: column "length", row 9 is -Infinity; expected a finite number',
    ],
    [
      [rows.map((row, i) => ({ ...row, length: i === 9 ? { cm: 3 } : i })), species],
      'TypeError: fit: column "length", row 9 is an object with cm; expected a number, a text, a boolean, a Date, or null',
    ],
  ]
  test.each(cases.map(([given, message]) => [message, given] as const))('says %s', async (message, given) => {
    const model = new Classifier(quick)
    expect(await refusal(() => model.fit(...(given as Parameters<typeof model.fit>)))).toContain(message)
    expect(model.predict.bind(model, rows)).toThrow('the model is new')
    expect((await model.fit(rows, wrong(species))).predict(rows)).toHaveLength(60) // and can be used
  })

  const numbers = 'expected a number, such as 1.5 (a Classifier takes labels)'
  const ofRegressors: [given: readonly unknown[], message: string][] = [
    [[rows, species], `TypeError: fit: the target "species" of row 0 is the string "Adelie"; ${numbers}`],
    [[rows, { target: 'ok' }], `TypeError: fit: the target "ok" of row 0 is true; ${numbers}`],
    [
      [cells, cells.map((_, i) => (i === 7 ? '1,5' : i))],
      `TypeError: fit: the target of row 7 is the string "1,5"; ${numbers}`,
    ],
    [[cells, cells.map(() => 1n)], `TypeError: fit: the target of row 0 is the bigint 1n; ${numbers}`],
    [
      [cells, cells.map((_, i) => (i === 7 ? null : i))],
      `RangeError: fit: the target of row 7 is missing (it alone); ${missing})`,
    ],
    [
      [cells, cells.map((_, i) => (i === 7 ? Number.POSITIVE_INFINITY : i))],
      'RangeError: fit: the target of row 7 is Infinity; expected a finite number',
    ],
    [[cells, cells.map((_, i) => [i, i === 7 ? 'x' : i])], 'fit: the target'],
    [
      [cells, cells.map((_, i) => (i === 7 ? [1, 2] : [1]))],
      'TypeError: fit: the target is a list of its own in each row; expected numbers, in each row as many',
    ],
    [
      [rows, { target: 'mass', classes: [1, 2] }],
      'TypeError: fit: classes is an array of 2; expected none for a regressor',
    ],
    [
      [rows, { target: 'mass', classWeights: 'balanced' }],
      'TypeError: fit: classWeights is the string "balanced"; expected none for a regressor',
    ],
    [
      [rows.slice(0, 1), { target: 'mass' }],
      'RangeError: fit: the table of inputs is without a column of use ("length": it is 30 in every row; "colour": it is "red" in every row; ',
    ],
  ]
  test.each(ofRegressors.map(([given, message]) => [message, given] as const))(
    'of a regressor says %s',
    async (message, given) => {
      const model = new Regressor(quick)
      expect(await refusal(() => model.fit(...(given as Parameters<typeof model.fit>)))).toContain(message)
    },
  )

  test('of two rows learns, and of one row of a regressor where a cell is missing', async () => {
    const two = await new Classifier(quick).fit(rows.slice(0, 2), wrong(species))
    expect(two.predict(rows.slice(0, 2))).toHaveLength(2)
    const one = await new Regressor(quick).fit(
      [
        { x: 1, y: 2 },
        { x: null, y: 2 },
      ],
      { target: 'y' },
    )
    expect(one.predict([{ x: 5 }])).toEqual([2])
  })
})

describe('a model that is new', () => {
  const model = new Classifier(quick)
  const regressor = new Regressor(quick)
  const message = (where: string) =>
    `TypeError: ${where}: the model is new; expected one that has been fitted: await model.fit(rows, { target })`
  const calls: [where: string, call: () => unknown][] = [
    ['predict', () => model.predict(rows)],
    ['predictProbabilities', () => model.predictProbabilities(rows)],
    ['score', () => model.score(rows, species)],
    ['evaluate', () => model.evaluate(rows, species)],
    ['toJSON', () => model.toJSON()],
    ['classes', () => model.classes],
    ['columns', () => model.columns],
    ['provenance', () => model.provenance],
    ['predict', () => regressor.predict(rows)],
    ['score', () => regressor.score(rows, { target: 'mass' })],
    ['evaluate', () => regressor.evaluate(rows, { target: 'mass' })],
    ['toJSON', () => JSON.stringify(regressor)],
  ]
  test.each(calls)('refuses %s', (where, call) => {
    expect(refusalAtOnce(call)).toBe(message(where))
  })

  test('has a seed, and no warnings, unknown cells or history', () => {
    expect([model.seed, model.warnings, model.unknown, model.history]).toEqual([1, [], {}, undefined])
  })
})

describe('a model', () => {
  let named: Classifier
  let placed: Classifier
  let several: Classifier
  let tagged: Classifier
  let regressor: Regressor
  const labels = rows.map(({ species: label }) => label)
  beforeAll(async () => {
    named = await new Classifier(quick).fit(rows, species as never)
    placed = await new Classifier(quick).fit(cells, labels)
    several = await new Classifier(quick).fit(
      cells,
      cells.map((_, i) => [i % 2, Number(i % 3 > 0)]),
    )
    tagged = await new Classifier(quick).fit(
      cells,
      cells.map((_, i) => ['a', 'b'].slice(i % 3)),
    )
    regressor = await new Regressor(quick).fit(
      cells,
      rows.map(({ mass }) => mass),
    )
  })

  const takers: [where: string, take: (model: Classifier, given: unknown) => unknown][] = [
    ['predict', (model, given) => model.predict(wrong(given))],
    ['predictProbabilities', (model, given) => model.predictProbabilities(wrong(given))],
    ['score', (model, given) => model.score(wrong(given), ['Adelie'])],
    ['evaluate', (model, given) => model.evaluate(wrong(given), ['Adelie'])],
  ]
  const bad: [given: unknown, message: string][] = [
    [
      undefined,
      'TypeError: %: the table of rows is undefined; expected an array of rows, each an object or an array of cells, or a Matrix',
    ],
    [
      { ...rows[0] },
      'TypeError: %: the table of rows is an object with length, colour, ok, born, …; expected an array of rows',
    ],
    [
      [null],
      'TypeError: %: row 0 is null; expected an array of rows, each an object or an array of cells, or a Matrix (one row: [row])',
    ],
    [[[1, 2]], 'TypeError: %: the table of rows is of arrays; expected objects, as those of fit'],
    [
      [{ length: 1 }],
      'RangeError: %: no row has the column "ok"; known are length; it had no missing cell in fit (write null where it has now)',
    ],
    [
      [{ ...rows[0], length: Number.POSITIVE_INFINITY }],
      'RangeError: %: column "length", row 0 is Infinity; expected a finite number',
    ],
    [
      [{ ...rows[0], length: [1] }],
      'TypeError: %: column "length", row 0 is an array of 1; expected a number, a text, a boolean, a Date, or null',
    ],
  ]
  const crossed = takers.flatMap(([where, take]) =>
    bad.map(([given, message]) => [message.replace('%', where), take, given] as const),
  )
  test.each(crossed)('says %s', (message, take, given) => {
    expect(refusalAtOnce(() => take(named, given))).toContain(message)
  })

  test('of arrays says how many cells a row has', () => {
    expect(refusalAtOnce(() => placed.predict([[1]]))).toBe(
      'RangeError: predict: the number of cells of a row is 1; expected 2, as in fit',
    )
    expect(refusalAtOnce(() => placed.predict([{ 0: 1, 1: 2 }]))).toBe(
      'TypeError: predict: the table of rows is of objects; expected arrays of 2 cells, as those of fit',
    )
  })

  const scorers: [what: string, call: (where: 'score' | 'evaluate') => unknown, message: string][] = [
    [
      'no target',
      (where) => placed[where](cells),
      "TypeError: %: the target is undefined; expected { target: 'the name of a column' }, or targets as second argument",
    ],
    [
      'an unknown option',
      (where) => named[where](rows, { taget: 'species' } as never),
      'TypeError: %: unknown option "taget"; did you mean "target"?; known options are target, sampleWeights',
    ],
    [
      'a target that is not there',
      (where) => named[where](rows.map(({ species: _, ...row }) => row)),
      'RangeError: %: unknown target column "species"; known are length, colour',
    ],
    [
      'too few targets',
      (where) => placed[where](cells, [1]),
      'RangeError: %: the number of targets is 1; expected 60, one for each row',
    ],
    [
      'a missing target',
      (where) => named[where]([{ ...rows[0], species: null }, ...rows]),
      'RangeError: %: the target "species" of row 0 is missing (it alone); expected a target for each row',
    ],
    [
      'labels that fit did not see',
      (where) =>
        placed[where](
          cells,
          cells.map(() => 1),
        ),
      'RangeError: %: the target is 1 in row 0, and no row\'s is a class of fit; expected classes of fit: "Adelie", "Gentoo"',
    ],
    [
      'several labels for one',
      (where) =>
        placed[where](
          cells,
          cells.map(() => [0, 1]),
        ),
      'TypeError: %: the target is several labels a row; expected one class a row',
    ],
    [
      'tags for one',
      (where) =>
        placed[where](
          cells,
          cells.map(() => ['a', 'b']),
        ),
      'TypeError: %: the target is a list of tags a row; expected one class a row',
    ],
    [
      'one label for several',
      (where) =>
        several[where](
          cells,
          cells.map(() => 1),
        ),
      'TypeError: %: the target is one class a row; expected several labels a row',
    ],
    [
      'three labels for two',
      (where) =>
        several[where](
          cells,
          cells.map(() => [0, 1, 1]),
        ),
      'RangeError: %: the number of targets of a row is 3; expected 2, as in fit',
    ],
    [
      'another label',
      (where) =>
        several[where](
          cells,
          cells.map(() => [0, 2]),
        ),
      'RangeError: %: unknown label in the target of row 0, column 1: "2"; known are 0, 1',
    ],
    [
      'labels for tags',
      (where) =>
        tagged[where](
          cells,
          cells.map(() => 'a'),
        ),
      'TypeError: %: the target is one class a row; expected a list of tags a row',
    ],
    [
      'another tag',
      (where) =>
        tagged[where](
          cells,
          cells.map((_, i) => ['a', 'c'].slice(i % 2)),
        ),
      'RangeError: %: the target of row 0 is the string "c"; expected one of the classes "a", "b"',
    ],
    [
      'weights too few',
      (where) => named[where](rows, { sampleWeights: [1] }),
      'RangeError: %: the number of sampleWeights is 1; expected 60, one a row',
    ],
    [
      'weights of no column',
      (where) => named[where](rows, { sampleWeights: 'w' }),
      'RangeError: %: unknown column of sampleWeights "w"',
    ],
    [
      'weights of 0',
      (where) => named[where](rows, { sampleWeights: rows.map(() => 0) }),
      'RangeError: %: sampleWeights is 0 in every row; expected at least one weight above 0',
    ],
    [
      'options twice',
      (where) => named[where](rows, {}, {}),
      'TypeError: %: the third argument is an empty object; expected none where the second holds options',
    ],
    [
      'numbers that are none',
      (where) => regressor[where](cells, labels),
      'TypeError: %: the target of row 0 is the string "Adelie"; expected a number, such as 1.5 (a Classifier takes labels)',
    ],
    [
      'two numbers for one',
      (where) => regressor[where](cells, cells),
      'RangeError: %: the number of targets of a row is 2; expected 1, as in fit',
    ],
  ]
  test.each(scorers)('refuses %s, in score and evaluate', (_, call, message) => {
    for (const where of ['score', 'evaluate'] as const) {
      expect(refusalAtOnce(() => call(where))).toContain(message.replace('%', where))
    }
  })

  test('refuses columns that are not inputs, at fit', async () => {
    expect(
      await refusal(() => new Classifier({ ...quick, columns: { species: 'category' } }).fit(rows, species as never)),
    ).toBe('RangeError: fit: columns: unknown input column "species"; known are length, colour, ok, born, mass, weight')
  })
})
