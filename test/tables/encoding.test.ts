import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'
import { drain } from '../../src/matrix/pauses.ts'
import { readEncoder, writeEncoder } from '../../src/tables/json.ts'
import { viewTable } from '../../src/tables/rows.ts'
import { cellsOf, learn, refusal } from './learned.ts'

describe('encoding', () => {
  const rows = [
    { length: 1, colour: 'red', born: '1970-01-01', ok: true },
    { length: 3, colour: 'blue', born: '1970-01-03', ok: false },
    { length: null, colour: 'red', born: '1970-01-05', ok: false },
    { length: 5, colour: null, born: null, ok: false },
  ]

  test('gives the values computed by hand', () => {
    const { encoder, own } = learn(rows)
    expect(encoder.inputs).toEqual([
      'length',
      'length is missing',
      'colour=red',
      'colour=blue',
      'colour is missing',
      'born',
      'born is missing',
      'ok=false',
      'ok=true',
    ])
    // lengths: mean 3, deviation √(8/3), median 3; days: mean 2, deviation √(8/3), median 2
    const s = Math.sqrt(8 / 3)
    const expected = [
      [-2 / s, 0, 1, 0, 0, -2 / s, 0, 0, 1],
      [0, 0, 0, 1, 0, 0, 0, 1, 0],
      [0, 1, 1, 0, 0, 2 / s, 0, 1, 0],
      [2 / s, 0, 1, 0, 1, 0, 1, 1, 0],
    ]
    own.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo((expected[i] as number[])[j] as number, 14)
      })
    })
  })

  test('counts what fit did not see by column and text, and takes it as none of the categories', () => {
    const { encode } = learn(rows)
    const { inputs, unknown } = encode([
      { length: 'long', colour: 'green', born: 'never', ok: 'perhaps' },
      { length: 3, colour: 'green ', born: 'never', ok: null },
      { length: 3, colour: 'pink', born: null, ok: 'false' },
    ])
    expect(unknown).toEqual({
      length: { long: 1 },
      colour: { green: 2, pink: 1 },
      born: { never: 2 },
      ok: { perhaps: 1 },
    })
    expect(inputs).toEqual([
      [0, 1, 0, 0, 0, 0, 1, 0, 0],
      [0, 0, 0, 0, 0, 0, 1, 1, 0],
      [0, 0, 0, 0, 0, 0, 1, 1, 0],
    ])
  })

  test('takes numbers in the form of the column, and plain ones in any', () => {
    const { encode } = learn([
      { x: '1.000,5 €', y: 1 },
      { x: '2.000,5 €', y: 2 },
    ])
    const { inputs, unknown } = encode(['1.500,5 €', 1500.5, '1500,5', '1.500,5'].map((x) => ({ x, y: 1 })))
    for (const [x] of inputs) expect(x).toBe(0)
    expect(unknown).toEqual({})
    expect(encode([{ x: '$5', y: 1 }]).unknown).toEqual({ x: { $5: 1 } })
  })

  test('takes 1 and "1", true and "true", a Date and its ISO text for the same category', () => {
    const date = new Date(0)
    const { encode } = learn([{ x: 1 }, { x: true }, { x: date }, { x: 'a' }], { x: 'category' })
    const { inputs, unknown } = encode([{ x: '1' }, { x: 'true' }, { x: date.toISOString() }, { x: ' a' }])
    expect(inputs).toEqual(encode([{ x: 1 }, { x: true }, { x: date }, { x: 'a' }]).inputs)
    expect(unknown).toEqual({})
  })

  test('cuts what is further than a million deviations from the mean', () => {
    const { encode } = learn([
      { x: 0, y: 1 },
      { x: 2, y: 2 },
    ])
    expect(encode([1e300, -1e300, 1e6 + 1, 1e6 + 2].map((x) => ({ x, y: 1 }))).inputs.map(([x]) => x)).toEqual([
      1e6, -1e6, 1e6, 1e6,
    ])
  })

  test('is the same row by row as at once, over more rows than are encoded at a time', () => {
    const many = cellsOf(700, (i) => ({ x: Math.sin(i), c: 'abc'[i % 3], d: i % 7 === 0 ? null : i }))
    const { own, encode } = learn(many)
    expect(many.map((row) => encode([row]).inputs[0])).toEqual(own)
  })

  test('is written and read back to the bit', () => {
    const { encoder, own } = learn(rows)
    const back = readEncoder('read', JSON.parse(JSON.stringify(writeEncoder(encoder))))
    expect(drain(back.encode('predict', viewTable('predict', rows), 'float64')).inputs.toArray()).toEqual(own)
  })
})

describe('columns at predict', () => {
  const { encode } = learn([
    { a: 1, b: 'x', c: 1 },
    { a: 2, b: 'y', c: null },
    { a: 3, b: 'x', c: 3 },
  ])

  test('that fit did not see are passed over, and their order does not matter', () => {
    const { inputs } = encode([{ a: 1, b: 'y', c: 1 }])
    expect(encode([{ z: {}, c: 1, b: 'y', a: 1 }]).inputs).toEqual(inputs)
  })

  test('that no row has are missing where fit saw missing ones, else an error', () => {
    expect(encode([{ a: 2, b: 'x' }]).inputs).toEqual([[0, 1, 0, 0, 1]])
    expect(refusal(() => encode([{ b: 'x', c: 1 }]))).toBe(
      'RangeError: predict: no row has the column "a"; known are b, c; it had no missing cell in fit (write null where it has now)',
    )
    expect(refusal(() => encode([{ A: 1, b: 'x', c: 1 }]))).toContain('no row has the column "a"; did you mean "A"?')
  })

  test('that a row lacks, or has missing, are filled though fit saw none missing', () => {
    const filled = encode([{ a: 2, b: 'x', c: 1 }]).inputs[0]
    expect(
      encode([
        { a: null, b: 'x', c: 1 },
        { a: 1, b: 'x', c: 1 },
      ]).inputs[0],
    ).toEqual(filled)
    expect(
      encode([
        { b: null, c: 1 },
        { a: 1, b: 'x', c: 1 },
      ]).inputs[0],
    ).toEqual(filled)
  })
})

describe('rows that are arrays', () => {
  const table = [
    [1, 'a', 10],
    [2, 'b', 20],
    [3, 'a', 30],
  ]

  test('have their places for names', () => {
    const { encoder, own } = learn(table)
    expect(encoder.inputs).toEqual(['0', '1=a', '1=b', '2'])
    expect(own[1]).toEqual([0, 0, 1, 0])
  })

  test('need as many cells as fit saw', () => {
    const { encode } = learn(table)
    expect(refusal(() => encode([[1, 'a']]))).toBe(
      'RangeError: predict: the number of cells of a row is 2; expected 3, as in fit',
    )
    expect(refusal(() => encode([[1, 'a', 1, 1]]))).toContain(
      'the number of cells of a row is 4; expected 3, as in fit',
    )
  })

  test('and rows that are objects are not taken for each other', () => {
    expect(refusal(() => learn(table).encode([{ 0: 1, 1: 'a', 2: 1 }]))).toBe(
      'TypeError: predict: the table of rows is of objects; expected arrays of 3 cells, as those of fit',
    )
    expect(refusal(() => learn([{ a: 1 }, { a: 2 }]).encode([[1]]))).toBe(
      'TypeError: predict: the table of rows is of arrays; expected objects, as those of fit',
    )
  })

  const numbers = [
    [1, 5, 2],
    [4, 6, 3],
    [9, 5, 7],
    [16, 8, 1],
  ]
  const flat = Float64Array.from(numbers.flat())
  const kinds: [what: string, rows: unknown][] = [
    ['typed arrays', numbers.map((row) => Float64Array.from(row))],
    ['a Matrix', Matrix.from(numbers)],
    ['a Matrix of float64', Matrix.from(numbers, { dtype: 'float64' })],
    ['an ndarray', ndarray(flat, [4, 3])],
    ['an ndarray of integers', ndarray(Int32Array.from(flat), [4, 3])],
    [
      'a transposed view',
      ndarray(Float64Array.from([0, 1, 2].flatMap((j) => numbers.map((row) => row[j] as number))), [3, 4]).transpose(
        1,
        0,
      ),
    ],
    [
      'a view of a part',
      ndarray(Float64Array.from(numbers.flatMap((row) => [0, ...row, 0])), [4, 5])
        .lo(0, 1)
        .hi(4, 3),
    ],
    ['a view backwards', ndarray(Float64Array.from([...numbers].reverse().flat()), [4, 3]).step(-1, 1)],
    ['a transposed Matrix', Matrix.from([0, 1, 2].map((j) => numbers.map((row) => row[j] as number))).transpose()],
  ]
  test.each(kinds)('may be %s', (_, rows) => {
    const expected = learn(numbers)
    expect(learn(rows).own).toEqual(expected.own)
    expect(expected.encode(rows).inputs).toEqual(expected.own)
    expect(learn(rows).encode(numbers).inputs).toEqual(expected.own)
  })

  test('may hold NaN, for missing, in a Matrix', () => {
    const matrix = Matrix.from(
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      { dtype: 'float64' },
    )
    matrix.set(1, 0, Number.NaN)
    expect(learn(matrix).encoder.inputs).toEqual(['0', '0 is missing', '1'])
  })
})

/** Two rows, and none between. */
const withHole = (before: unknown, behind: unknown) => Object.assign(new Array(3), { 0: before, 2: behind })

describe('a table', () => {
  const cases: [what: string, rows: unknown, message: string][] = [
    [
      'undefined',
      undefined,
      'TypeError: fit: the table of rows is undefined; expected an array of rows, each an object or an array of cells, or a Matrix',
    ],
    ['one row', { a: 1 }, 'TypeError: fit: the table of rows is an object with a; expected an array of rows'],
    ['a text', 'a,b', 'TypeError: fit: the table of rows is the string "a,b"; expected an array of rows'],
    ['a Map', new Map(), 'TypeError: fit: the table of rows is a Map'],
    [
      'numbers without rows',
      [1, 2],
      'TypeError: fit: row 0 is 1; expected an array of rows, each an object or an array of cells, or a Matrix (one row: [row])',
    ],
    ['a flat typed array', Float64Array.of(1, 2), 'TypeError: fit: the table of rows is a Float64Array of 16 bytes'],
    ['no row', [], 'RangeError: fit: the table of rows is empty; expected at least one row'],
    [
      'rows without cells',
      [[], []],
      'RangeError: fit: the table of rows is (2×0); expected at least one row and one column',
    ],
    ['null for a row', [{ a: 1 }, null], 'TypeError: fit: row 1 is null; expected an object, as row 0 is'],
    [
      'a hole among objects',
      withHole({ a: 1 }, { a: 2 }),
      'TypeError: fit: row 1 is undefined; expected an object, as row 0 is',
    ],
    [
      'an array among objects',
      [{ a: 1 }, [1]],
      'TypeError: fit: row 1 is an array of 1; expected an object, as row 0 is',
    ],
    [
      'a Date among objects',
      [{ a: 1 }, new Date(0)],
      'TypeError: fit: row 1 is a Date; expected an object, as row 0 is',
    ],
    [
      'an object among arrays',
      [[1], { a: 1 }],
      'TypeError: fit: row 1 is an object with a; expected an array of cells, as row 0 is',
    ],
    [
      'a hole among arrays',
      withHole([1], [2]),
      'TypeError: fit: row 1 is undefined; expected an array of cells, as row 0 is',
    ],
    [
      'ragged rows',
      [[1, 2], [1, 2], [1]],
      'RangeError: fit: the length of row 2 is 1; expected 2, as many cells as row 0 has',
    ],
    [
      'an ndarray of 3 dimensions',
      ndarray(new Float64Array(8), [2, 2, 2]),
      'RangeError: fit: the table of rows is an ndarray of 3 dimensions',
    ],
    [
      'an ndarray of 1 dimension',
      ndarray(new Float64Array(8)),
      'RangeError: fit: the table of rows is an ndarray of 1 dimensions',
    ],
    [
      'an ndarray without rows',
      ndarray(new Float64Array(0), [0, 2]),
      'RangeError: fit: the table of rows is (0×2); expected at least one row and one column',
    ],
    ['an ndarray that leaves its data', ndarray(new Float64Array(3), [2, 2]), 'RangeError: fit: the table of rows'],
  ]
  test.each(cases)('that is %s is refused', (_, rows, message) => {
    expect(refusal(() => learn(rows))).toContain(message)
  })
})

/** A table's JSON, for changes against its type. */
type Tampered = Record<string, unknown> & { columns: [Plan, Plan, Plan] }
type Plan = Record<string, unknown>

describe('an encoder that was tampered with', () => {
  const value = () =>
    structuredClone(
      writeEncoder(
        learn([
          { a: 1, b: 'x', c: '2026-01-01' },
          { a: 2, b: 'y', c: '2026-01-02' },
        ]).encoder,
      ),
    ) as unknown as Tampered
  const cases: [what: string, change: (table: Tampered) => unknown, message: string][] = [
    ['no text', () => undefined, ''],
    ['a mean of text', (table) => (table.columns[0].mean = '1'), 'columns[0]'],
    ['a scale of 0', (table) => (table.columns[0].scale = 0), 'columns[0]'],
    ['an infinite fill', (table) => (table.columns[0].fill = Number.POSITIVE_INFINITY), 'columns[0]'],
    ['no form', (table) => delete table.columns[0].form, 'columns[0]'],
    ['categories of numbers', (table) => (table.columns[1].categories = [1]), 'columns[1]'],
    ['no categories', (table) => (table.columns[1].categories = []), 'columns[1]'],
    ['an unknown kind', (table) => (table.columns[2].kind = 'constructor'), 'columns[2]'],
    ['no columns', (table) => Object.assign(table, { columns: undefined }), 'columns is undefined; expected an array'],
    ['0 cells', (table) => (table.cells = 0), 'cells is 0; expected a whole number of at least 1'],
    ['a flag of text', (table) => (table.isNamed = 'yes'), 'isNamed is the string "yes"; expected true or false'],
    ['more', (table) => (table.more = 1), 'unknown option "more"'],
  ]
  test.each(cases)('by %s is refused, with the place', (_, change, message) => {
    const table = value()
    change(table)
    if (message === '') expect(readEncoder('read', table).columns).toHaveLength(3)
    else expect(refusal(() => readEncoder('read', table))).toMatch(/^(Type|Range)Error: read: table: /)
    if (message !== '') expect(refusal(() => readEncoder('read', table))).toContain(message)
  })
})
