import { describe, expect, it } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import { caught } from '../caught.ts'
import { groups, type Measure, measures } from './measures.ts'

/** What is called, the kind of error, its message after the name of the function. */
type Bad = readonly [actual: unknown, given: unknown, options: unknown, Kind: ErrorConstructor, message: string]

/** A good call of every group, that the cases break in one point. */
const good: Readonly<Record<keyof typeof groups, readonly [unknown[], unknown[]]>> = {
  labels: [
    ['a', 'b', 'b'],
    ['a', 'b', 'a'],
  ],
  scores: [
    ['a', 'b', 'b'],
    [0.1, 0.7, 0.4],
  ],
  probabilities: [
    ['a', 'b', 'b'],
    [0.1, 0.7, 0.4],
  ],
  numbers: [
    [1, 2, 3],
    [1, 2, 4],
  ],
  indicators: [
    [
      [0, 1],
      [1, 1],
      [0, 0],
    ],
    [
      [0, 1],
      [1, 0],
      [0, 0],
    ],
  ],
}

const every = Object.entries(groups).flatMap(([group, members]) => {
  return members.map(([name, measure]) => ({ name, measure, call: good[group as keyof typeof groups] }))
})
const weighable = every.filter(({ name }) => name !== 'calibrationCurve')
const withClasses = [...groups.labels, ...groups.scores, ...groups.probabilities].filter(
  ([name]) => name !== 'accuracyScore',
)

function expectRefusal(name: string, measure: Measure, [actual, given, options, Kind, message]: Bad): void {
  const error = caught(() => measure(actual, given, options)) as Error
  expect(error).toBeInstanceOf(Kind)
  expect(error.message.startsWith(`${name}: ${message}`) ? message : error.message).toBe(message)
}

describe.each(every)('$name', ({ name, measure, call: [actual, given] }) => {
  it('takes what the cases below break', () => {
    expect(() => measure(actual, given)).not.toThrow()
    expect(() => measure(actual, given, {})).not.toThrow()
  })

  it.each([
    ['a string', 'weights', 'the options argument is the string "weights"; expected an object with any of'],
    ['null', null, 'the options argument is null; expected an object with any of'],
    ['a typo', { weight: [1, 1, 1] }, 'unknown option "weight"'],
  ])('refuses %s for options', (_, options, message) => {
    expectRefusal(name, measure, [actual, given, options, TypeError, message])
  })

  it('refuses no rows', () => {
    expectRefusal(name, measure, [[], [], {}, RangeError, ''])
    expect((caught(() => measure([], [])) as Error).message).toMatch(
      /is empty; .*at least one label|\(0×0\); .*at least one row/,
    )
  })

  it('refuses other numbers of rows', () => {
    const message = (caught(() => measure(actual, given.slice(1))) as Error).message
    expect(message).toMatch(/is 2; expected 3, as many as actual has|\(2×[12]\); expected 3 rows/)
    expect(caught(() => measure(actual, given.slice(1)))).toBeInstanceOf(RangeError)
  })

  it.each([
    ['nothing', undefined],
    ['a number', 7],
    ['an object', {}],
    ['a text', 'abc'],
  ])('refuses %s for rows, on either side', (_, wrong) => {
    expectRefusal(name, measure, [wrong, given, {}, TypeError, 'actual is '])
    const error = caught(() => measure(actual, wrong)) as Error
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(new RegExp(`^${name}: (predicted|scores|probabilities) is .*; expected `))
  })
})

describe.each(weighable)('the sample weights of $name', ({ name, measure, call: [actual, given] }) => {
  it.each<[unknown, ErrorConstructor, string]>([
    [[1, 1], RangeError, 'the length of sampleWeights is 2; expected 3, as many as actual has'],
    [[1, -1, 1], RangeError, 'the weight at index 1 of sampleWeights is -1; expected a finite number of at least 0'],
    [
      [1, 1, Number.NaN],
      RangeError,
      'the weight at index 2 of sampleWeights is NaN; expected a finite number of at least 0',
    ],
    [[Infinity, 1, 1], RangeError, 'the weight at index 0 of sampleWeights is Infinity'],
    [
      [1, '1', 1],
      TypeError,
      'the weight at index 1 of sampleWeights is the string "1"; expected a finite number of at least 0',
    ],
    [[0, 0, 0], RangeError, 'sampleWeights is 0 in every row; expected at least one weight above 0'],
    [[1e308, 1e308, 1e308], RangeError, 'the sum of sampleWeights is Infinity; expected a finite number'],
    [3, TypeError, 'sampleWeights is 3; expected an array of numbers'],
    ['111', TypeError, 'sampleWeights is the string "111"; expected an array of numbers'],
    [null, TypeError, 'sampleWeights is null; expected an array of numbers'],
  ])('%j are refused', (sampleWeights, Kind, message) => {
    expectRefusal(name, measure, [actual, given, { sampleWeights }, Kind, message])
  })
})

describe.each(withClasses)('the classes of %s', (name, measure) => {
  const [actual] = good.labels
  const given = groups.labels.some(([other]) => other === name) ? good.labels[1] : good.scores[1]

  it.each<[unknown, ErrorConstructor, string]>([
    [['a', 'c'], RangeError, 'the label at index 1 of actual is the string "b"; expected one of the classes "a", "c"'],
    [
      ['a', 'b', 'a'],
      RangeError,
      'the label at index 2 of classes is the string "a"; expected another than at index 0',
    ],
    [[], RangeError, 'classes is empty; expected at least one label'],
    ['ab', TypeError, 'classes is the string "ab"; expected an array of labels'],
    [
      ['a', null],
      TypeError,
      'the label at index 1 of classes is null; expected a string, a number, a boolean or a bigint',
    ],
  ])('%j are refused', (classes, Kind, message) => {
    expectRefusal(name, measure, [actual, given, { classes }, Kind, message])
  })

  it.each<[unknown, ErrorConstructor, string]>([
    [
      undefined,
      TypeError,
      'the label at index 1 of actual is undefined; expected a string, a number, a boolean or a bigint',
    ],
    [{}, TypeError, 'the label at index 1 of actual is an empty object'],
    [
      Number.NaN,
      RangeError,
      'the label at index 1 of actual is NaN; expected a string, a number, a boolean or a bigint, but not NaN',
    ],
  ])('do not include %s', (label, Kind, message) => {
    expectRefusal(name, measure, [['a', label, 'b'], given, {}, Kind, message])
  })
})

describe.each([...groups.scores, ...groups.probabilities])('the columns of %s', (name, measure) => {
  const subject = groups.scores.some(([other]) => other === name) ? 'scores' : 'probabilities'
  const three = [
    [0.5, 0.5, 0],
    [0.5, 0, 0.5],
    [0, 0.5, 0.5],
  ]

  it.each<Bad>([
    [
      ['a', 'b', 'b'],
      three,
      {},
      RangeError,
      `the number of columns of ${subject} is 3; expected 2, one for each of "a", "b"; the option classes names those that do not occur`,
    ],
    [
      ['a', 'b', 'c'],
      [0.1, 0.2, 0.3],
      {},
      RangeError,
      `the number of classes ("a", "b", "c") is 3; expected 2, as ${subject} has one number a row`,
    ],
    [
      ['a', 'a', 'a'],
      [0.1, 0.2, 0.3],
      {},
      RangeError,
      `the number of classes ("a") is 1; expected 2, as ${subject} has one number a row; the option classes names those that do not occur`,
    ],
    [
      ['a', 'b', 'b'],
      [0.1, Number.NaN, 0.3],
      {},
      RangeError,
      `${subject}, row 1, column 0 is NaN; expected a finite number`,
    ],
    [
      ['a', 'b', 'b'],
      [0.1, 0.2, Infinity],
      {},
      RangeError,
      `${subject}, row 2, column 0 is Infinity; expected a finite number`,
    ],
    [
      ['a', 'b', 'b'],
      [0.1, '0.2', 0.3],
      {},
      TypeError,
      `${subject}, row 1, column 0 is the string "0.2"; expected a number`,
    ],
    [
      ['a', 'b', 'b'],
      [[0.5, 0.5], [1], [1, 0]],
      {},
      RangeError,
      `${subject}: the length of row 1 is 1; expected 2, as many as row 0 has`,
    ],
    [['a', 'b', 'b'], Matrix.zeros(2, 2), {}, RangeError, `the shape of ${subject} is (2×2); expected 3 rows`],
  ])('%j and %j with %j are refused', (...bad) => {
    expectRefusal(name, measure, bad)
  })
})

describe.each(groups.probabilities)('the probabilities of %s', (name, measure) => {
  it.each<Bad>([
    [['a', 'b'], [0.5, 1.5], {}, RangeError, 'probabilities, row 1, column 0 is 1.5; expected a number from 0 to 1'],
    [
      ['a', 'b'],
      [-1e-9, 0.5],
      {},
      RangeError,
      'probabilities, row 0, column 0 is -1e-9; expected a number from 0 to 1',
    ],
    [
      ['a', 'b'],
      [
        [0.5, 0.5],
        [0.5, 0.4998],
      ],
      {},
      RangeError,
      'the sum of probabilities, row 1 is 0.9998',
    ],
    [
      ['a', 'b'],
      [
        [0.5, 0.5],
        [1.2, -0.2],
      ],
      {},
      RangeError,
      'probabilities, row 1, column 0 is 1.2',
    ],
    [
      ['a', 'b'],
      [
        [1, 1],
        [1, 0],
      ],
      {},
      RangeError,
      'the sum of probabilities, row 0 is 2; expected 1 within 0.0001',
    ],
  ])('%j and %j with %j are refused', (...bad) => {
    expectRefusal(name, measure, bad)
  })

  it('may sum to 1 as float32 does', () => {
    expect(() =>
      measure(
        ['a', 'b'],
        [
          [0.5, 0.50009],
          [0.5, 0.4999],
        ],
      ),
    ).not.toThrow()
  })
})

const three = [
  [0.5, 0.5, 0],
  [0.5, 0, 0.5],
  [0, 0.5, 0.5],
]
const pair = [
  [1, 0],
  [0, 1],
]

describe.each<[string, ...Bad]>([
  [
    'confusionMatrix',
    ['a', 'b'],
    ['a', 'c'],
    { classes: ['a', 'b'] },
    RangeError,
    'the label at index 1 of predicted is the string "c"; expected one of the classes "a", "b"',
  ],
  [
    'classificationReport',
    [1, 2],
    [1, 20],
    { classes: [1, 2] },
    RangeError,
    'the label at index 1 of predicted is 20; expected one of the classes 1, 2',
  ],
  [
    'accuracyScore',
    ['a', 'b'],
    ['a', 'c'],
    { classes: ['a', 'b'] },
    TypeError,
    'unknown option "classes"; known options are sampleWeights',
  ],
  ['accuracyScore', ['a', 'b'], ['a', Symbol('b')], {}, TypeError, 'the label at index 1 of predicted is a symbol'],
  [
    'rocCurve',
    ['a', 'b', 'c'],
    three,
    {},
    RangeError,
    'the number of classes is 3; expected 2, or the option positive, the class to tell from the others',
  ],
  [
    'precisionRecallCurve',
    ['a', 'b', 'c'],
    three,
    {},
    RangeError,
    'the number of classes is 3; expected 2, or the option positive',
  ],
  [
    'calibrationCurve',
    ['a', 'b', 'c'],
    three,
    {},
    RangeError,
    'the number of classes is 3; expected 2, or the option positive',
  ],
  [
    'rocCurve',
    ['a', 'b'],
    [0, 1],
    { positive: 'c' },
    RangeError,
    'positive is the string "c"; expected one of the classes "a", "b"',
  ],
  [
    'rocAuc',
    ['a', 'b'],
    [0, 1],
    { positive: {} },
    TypeError,
    'positive is an empty object; expected a string, a number, a boolean or a bigint',
  ],
  [
    'averagePrecision',
    ['a', 'b'],
    [0, 1],
    { positive: 1 },
    RangeError,
    'positive is 1; expected one of the classes "a", "b"',
  ],
  ['calibrationCurve', ['a', 'b'], [0, 1], { positive: null }, TypeError, 'positive is null'],
  [
    'rocCurve',
    ['a', 'a'],
    [0, 1],
    { classes: ['a', 'b'] },
    RangeError,
    'the weight of the rows of the class "b" is 0; expected above 0: the curve compares rows of the class with rows of others',
  ],
  [
    'rocAuc',
    ['b', 'b'],
    [0, 1],
    { classes: ['a', 'b'] },
    RangeError,
    'the weight of the rows of other classes than "b" is 0; expected above 0',
  ],
  ['rocAuc', ['a', 'b'], [0, 1], { sampleWeights: [1, 0] }, RangeError, 'the weight of the rows of the class "b" is 0'],
  [
    'rocAuc',
    ['a', 'b', 'b'],
    three,
    { classes: ['a', 'b', 'c'] },
    RangeError,
    'the weight of the rows of the class "c" is 0',
  ],
  [
    'rocAuc',
    ['a', 'b'],
    [0, 1],
    { average: 'micro' },
    RangeError,
    'unknown average "micro"; did you mean "macro"?; known are macro, weighted',
  ],
  ['averagePrecision', ['a', 'b'], [0, 1], { average: 1 }, TypeError, "average is 1; expected 'macro' or 'weighted'"],
  ['logLoss', ['a', 'a'], [0, 1], { classes: ['a'] }, RangeError, 'the number of classes ("a") is 1; expected 2'],
  [
    'logLoss',
    ['a', 'a'],
    pair,
    {},
    RangeError,
    'the number of columns of probabilities is 2; expected 1, one for each of "a"',
  ],
  ['logLoss', ['a', 'b'], [0, 1], { positive: 'b' }, TypeError, 'unknown option "positive"'],
  ['brierScore', ['a', 'a'], [0, 1], { classes: ['a'] }, RangeError, 'the number of classes ("a") is 1; expected 2'],
  [
    'calibrationCurve',
    ['a', 'b'],
    [0, 1],
    { bins: 0 },
    RangeError,
    'bins is 0; expected a whole number from 1 to 1000000',
  ],
  ['calibrationCurve', ['a', 'b'], [0, 1], { bins: '5' }, TypeError, 'bins is the string "5"'],
  [
    'calibrationCurve',
    ['a', 'b'],
    [0, 1],
    { strategy: 'quantiles' },
    RangeError,
    'unknown strategy "quantiles"; did you mean "quantile"?; known are uniform, quantile',
  ],
  [
    'calibrationCurve',
    ['a', 'b'],
    [0, 1],
    { strategy: 5 },
    TypeError,
    "strategy is 5; expected 'uniform' or 'quantile'",
  ],
  ['calibrationCurve', ['a', 'b'], [0, 1], { sampleWeights: [1, 1] }, TypeError, 'unknown option "sampleWeights"'],
  [
    'meanAbsoluteError',
    [1, Number.NaN],
    [1, 2],
    {},
    RangeError,
    'actual, row 1, column 0 is NaN; expected a finite number',
  ],
  [
    'meanSquaredError',
    [1, 2],
    [1, Infinity],
    {},
    RangeError,
    'predicted, row 1, column 0 is Infinity; expected a finite number',
  ],
  ['rootMeanSquaredError', pair, [1, 0], {}, RangeError, 'predicted is a flat list; expected rows of 2 numbers'],
  ['r2Score', pair, [[1], [0]], {}, RangeError, 'the shape of predicted is (2×1); expected 2 columns'],
  ['r2Score', [1, 2], ['1', 2], {}, TypeError, 'predicted, row 0, column 0 is the string "1"; expected a number'],
  ['hammingLoss', [1, 0], [1, 0], {}, TypeError, 'actual is a flat list; expected rows of 0 and 1 or of booleans'],
  [
    'hammingLoss',
    pair,
    [
      [1, 0],
      [0.5, 1],
    ],
    {},
    RangeError,
    'predicted, row 1, column 0 is 0.5; expected 0, 1 or a boolean',
  ],
  [
    'subsetAccuracy',
    [
      [1, 0],
      [0, 2],
    ],
    pair,
    {},
    RangeError,
    'actual, row 1, column 1 is 2; expected 0, 1 or a boolean',
  ],
  [
    'subsetAccuracy',
    pair,
    [
      [1, 0],
      [0, '1'],
    ],
    {},
    TypeError,
    'predicted, row 1, column 1 is the string "1"; expected a number',
  ],
  ['multiLabelReport', pair, [[1], [0]], {}, RangeError, 'the shape of predicted is (2×1); expected 2 columns'],
  [
    'multiLabelReport',
    pair,
    pair,
    { labels: ['a'] },
    RangeError,
    'the length of labels is 1; expected 2, one for each column of actual',
  ],
  [
    'multiLabelReport',
    pair,
    pair,
    { labels: ['a', 'a'] },
    RangeError,
    'the label at index 1 of labels is the string "a"; expected another than at index 0',
  ],
  [
    'multiLabelReport',
    pair,
    pair,
    { labels: 'ab' },
    TypeError,
    'labels is the string "ab"; expected an array of labels',
  ],
])('%s of %j and %j with %j', (name, ...bad) => {
  it('is refused', () => {
    expectRefusal(name, measures[name] as Measure, bad)
  })
})
