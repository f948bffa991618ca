import { describe, expect, test, vi } from 'vitest'
import type { CategoryColumn } from '../../src/tables/column.ts'
import { cellsOf, learn, learnOne, refusal } from './learned.ts'

const root = Math.sqrt(1.5) // 1, 2, 3 standardised are −√1.5, 0 and √1.5

describe('a column of numbers', () => {
  const forms: [what: string, cells: readonly unknown[], said: string | undefined][] = [
    ['of numbers', [1, 2, 3], undefined],
    ['of bigints', [1n, 2n, 3n], undefined],
    ['of numbers and bigints', [1, 2n, 3], undefined],
    ['of plain texts', ['1', ' 2 ', '3.0'], undefined],
    ['of texts with signs and exponents', ['+1', '2e0', '.3e1'], undefined],
    ['of numbers and texts', [1, '2', 3], undefined],
    ['with thousands grouped by commas', ['1,000', '2,000', '3,000'], '"1,000" was read as 1000'],
    ['with thousands grouped by spaces', ['1 000.0', '2 000', '3 000'], '"1 000.0" was read as 1000'],
    ['with thousands grouped by no-break spaces', ['1\u00a0000', '2\u202f000', '3 000'], 'was read as 1000'],
    ['with thousands grouped by apostrophes', ["1'000", '2’000', "3'000"], '"1\'000" was read as 1000'],
    ['with thousands grouped by underscores', ['1_000', '2_000', '3_000'], '"1_000" was read as 1000'],
    ['with decimal commas', ['1,5', '2,5', '3,5'], '"1,5" was read as 1.5'],
    ['with decimal commas and grouped thousands', ['1.000,5', '2.000,5', '3.000,5'], '"1.000,5" was read as 1000.5'],
    ['with some decimal commas that could be groups', ['1,000', '2,0', '3'], '"1,000" was read as 1'],
    ['with a unit', ['1 kg', '2kg', '3 kg'], '"1 kg" was read as 1'],
    ['with a unit here and there', ['1', '2 m²', '3'], '"2 m²" was read as 2'],
    ['of speeds', ['1 km/h', '2 km/h', '3 km/h'], '"1 km/h" was read as 1'],
    ['of percentages', ['1%', '2 %', '3%'], '"1%" was read as 1'],
    ['of temperatures', ['1 °C', '2 °C', '3 °C'], '"1 °C" was read as 1'],
    ['of dollars', ['$1,000', '$2,000', '$ 3,000.00'], '"$1,000" was read as 1000'],
    ['of debts', ['-$3', '-$2', '$-1'], '"-$3" was read as -3'],
    ['of euros', ['1.000,00 €', '2.000,00 €', '3.000,00 €'], '"1.000,00 €" was read as 1000'],
    ['with leading zeros, as codes have', ['01', '02', '03'], '"01" was read as 1'],
    ['of thousandths with decimal commas', ['0,125', '0,250', '0,375'], '"0,125" was read as 0.125'],
    ['with minus signs as printed', ['−3', '−2', '−1'], '"−3" was read as -3'],
    ['of won', ['₩1,000', '₩2,000', '₩3,000'], '"₩1,000" was read as 1000'],
  ]
  test.each(forms)('%s is standardised, and what is not plain is said', (_, cells, said) => {
    const { plan, own, warnings, inputs } = learnOne(cells)
    expect(plan.kind).toBe('number')
    expect(inputs).toEqual(['x'])
    own.forEach(([z], i) => {
      expect(z).toBeCloseTo((i - 1) * root, 12)
    })
    expect(warnings).toHaveLength(said === undefined ? 0 : 1)
    if (said === undefined) return
    expect(warnings[0]).toContain('column "x" holds numbers as text: ')
    expect(warnings[0]).toContain(said)
    expect(warnings[0]).toMatch(/, the others in the same way(; .* keeps the texts)?$/)
  })

  test('of numbers and booleans takes true for 1 and false for 0', () => {
    expect(learnOne([true, 2, 3]).plan).toMatchObject({ kind: 'number', mean: 2 })
    expect(learnOne([false, 2, 4]).plan).toMatchObject({ kind: 'number', mean: 2 })
  })

  test('takes a few texts that are none as missing, and names them', () => {
    const { plan, own, warnings, inputs } = learnOne([...cellsOf(19, (i) => String(3 * i)), 'none given'])
    expect(plan).toMatchObject({ kind: 'number', mean: 27, fill: 27, missing: true })
    expect(inputs).toEqual(['x', 'x is missing'])
    expect(own.at(-1)).toEqual([0, 1])
    expect(warnings).toEqual(['column "x": 1 of 20 cells are no numbers ("none given"); taken as missing'])
  })

  test('is one of categories where more than a tenth are none, which is said where most are numbers', () => {
    const most = learnOne(['1', '2', '3', 'a', '3'])
    expect(most.plan.kind).toBe('category')
    expect(most.warnings).toEqual([
      'column "x": 4 of 5 cells are numbers, too few to take it as such; { columns: { "x": \'number\' } } takes the others as missing',
    ])
    const few = learnOne(['1', 'b', '3', 'a', 'c'])
    expect(few.plan.kind).toBe('category')
    expect(few.warnings).toEqual([])
  })

  test('with two units reads neither as the other', () => {
    expect(learnOne(['5 kg', '600 g', '7 kg']).plan.kind).toBe('category')
    const { plan, warnings } = learnOne([...cellsOf(19, (i) => `${i} kg`), '600 g'])
    expect(plan).toMatchObject({ kind: 'number', mean: 9, form: { unit: 'kg' }, missing: true })
    expect(warnings).toContain('column "x": 1 of 20 cells are no numbers ("600 g"); taken as missing')
  })

  test.each([['0x10'], ['0b1'], ['0o7'], ['Infinity'], ['1e'], ['--1'], ['1,2,3'], ['1.2.3'], ['١']])(
    'is not made of %s',
    (text) => {
      expect(learnOne([text, `${text} `, 'other']).plan.kind).toBe('category')
    },
  )

  test('names an infinite number, and one that is too great, by column and row', () => {
    const message = (cell: unknown) => `fit: column "x", row 1 is ${String(cell)}; expected a finite number`
    for (const cell of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1e400']) {
      expect(refusal(() => learnOne([1, cell, 2]))).toBe(`RangeError: ${message(cell)}`)
    }
    expect(() => learnOne([1, 10n ** 400n, 2])).toThrow(`fit: column "x", row 1 is 1${'0'.repeat(36)}…; expected`)
  })
})

test('texts of any length are looked at in a time that grows as their length', () => {
  const long = [
    `1${' '.repeat(1e5)}!`,
    '1,'.repeat(1e5),
    `1.1.2026${' '.repeat(1e5)}x`,
    'a'.repeat(1e5),
    '1'.repeat(1e5),
  ]
  const before = performance.now()
  expect(learnOne(['x', ...long.map((text) => `${text}y`)]).plan.kind).toBe('category')
  expect(performance.now() - before).toBeLessThan(5000) // the square would be minutes
})

describe('missing cells', () => {
  const blanks = [null, undefined, Number.NaN, '', '  ', ' '.repeat(20), '\t\n', new Date(Number.NaN)]
  const words = [
    'NA',
    'N/A',
    'n/a',
    'na',
    '#N/A',
    'NaN',
    'nan',
    'null',
    'NULL',
    'None',
    '?',
    '-',
    '.',
    ` NA${' '.repeat(9)}`,
  ]

  test.each([...blanks, ...words].map((cell) => [cell]))('are those that hold %j', (cell) => {
    const { plan, own } = learnOne([1, cell, 3])
    expect(plan).toMatchObject({ kind: 'number', mean: 2, fill: 2, missing: true })
    expect(own).toEqual([
      [-1, 0],
      [0, 1],
      [1, 0],
    ])
  })

  test('are said where a word stands for nothing, and not where nothing does', () => {
    expect(learnOne([1, ...blanks, 2]).warnings).toEqual([])
    expect(learnOne(['NA', 1, '-', '?', '.', 2]).warnings).toEqual(['column "x": "NA", "-", "?", … taken as missing'])
    expect(learnOne(['a', 'None', 'b']).warnings).toEqual(['column "x": "None" taken as missing'])
  })

  test('are not those whose text begins with such a word', () => {
    expect(learnOne(['Nancy', 'None of these', '-1-']).plan).toMatchObject({ kind: 'category', missing: false })
  })

  test('are those of keys that a row lacks, and only own properties are cells', () => {
    const rows = [{ x: 1 }, {}, { x: 3 }, Object.create({ x: 100 })]
    expect(learn(rows).encoder.columns).toEqual([
      { kind: 'number', name: 'x', form: { digits: 'plain', unit: '' }, mean: 2, scale: 1, fill: 2, missing: true },
    ])
  })

  test('get the median of numbers, not their mean', () => {
    expect(learnOne([1, 2, 30, null]).plan).toMatchObject({ mean: 11, fill: 2 })
    expect(learnOne([1, 2, 30, 4, null]).plan).toMatchObject({ fill: 3 })
  })

  test('get the most frequent category, the first in the alphabet of equally frequent ones', () => {
    expect(learnOne(['b', 'b', 'a', null]).own.at(-1)).toEqual([1, 0, 1])
    expect(learnOne(['b', 'a', null])).toMatchObject({
      plan: { categories: ['a', 'b'] },
      inputs: ['x=a', 'x=b', 'x is missing'],
    })
  })
})

describe('a column of dates', () => {
  const day = 86_400_000
  const days: [what: string, cells: readonly unknown[]][] = [
    ['of Date', cellsOf(3, (i) => new Date(i * day))],
    ['of ISO days', ['1970-01-01', '1970-01-02', '1970-01-03']],
    ['of ISO times without a zone, which are UTC', ['1970-01-01T00:00', '1970-01-02 00:00', '1970-01-03T00:00:00.000']],
    ['of ISO times with zones', ['1970-01-01T00:00Z', '1970-01-02T01:00:00+01:00', '1970-01-02 19:00:00 -0500']],
    ['of months', ['1970-01', '1970-01-02', '1970-01-03']],
    ['of texts and Date', [new Date(0), '1970-01-02', ' 1970-01-03 ']],
  ]
  test.each(days)('%s becomes days, and that is said', (_, cells) => {
    const { plan, own, warnings } = learnOne(cells)
    expect(plan).toMatchObject({ kind: 'date', mean: 1, fill: 1, missing: false })
    own.forEach(([z], i) => {
      expect(z).toBeCloseTo((i - 1) * root, 12)
    })
    expect(warnings).toEqual(['column "x" holds dates; read as days since 1970-01-01, as one number'])
  })

  test('is read in UTC, wherever the machine is', () => {
    const cells = ['1970-01-01T00:00', '1970-01-02 00:00:00', '1970-01-03', new Date('1970-01-04T00:00Z')]
    const here = learnOne(cells)
    vi.stubEnv('TZ', 'Asia/Tokyo')
    expect(new Date(0).getHours()).toBe(9)
    expect(learnOne(cells)).toEqual(here)
    vi.unstubAllEnvs()
    expect(here.plan).toMatchObject({ kind: 'date', mean: 1.5 })
  })

  test('takes an invalid Date, and a few texts that are none, as missing', () => {
    expect(learnOne([new Date(0), new Date(Number.NaN), new Date(2 * day)])).toMatchObject({
      plan: { kind: 'date', mean: 1, missing: true },
      own: [
        [-1, 0],
        [0, 1],
        [1, 0],
      ],
    })
    const { plan, warnings } = learnOne([...cellsOf(19, (i) => new Date(i * day)), 'soon'])
    expect(plan).toMatchObject({ kind: 'date', mean: 9, missing: true })
    expect(warnings).toContain('column "x": 1 of 20 cells are no dates ("soon"); taken as missing')
  })

  test.each([
    ['2026-02-30'],
    ['2026-13-01'],
    ['2026-00-10'],
    ['2025-02-29'],
    ['2026-04-31T10:00'],
    ['2026-11-24T25:00'],
  ])('is not made of %s, which is in no calendar', (text) => {
    expect(learnOne([text, `${text} `, '2026-01-01']).plan.kind).toBe('category')
  })

  test.each([
    [['01/02/2026', '03/04/2026', '05/06/2026']],
    [['1.2.26', '3.4.26', '5.6.26']],
    [['01-02-2026 10:00', '03-04-2026 11:00', '05-06-2026 12:00']],
  ])('whose form can be misread, as %j, is left out', (cells) => {
    const { plan, warnings } = learnOne(cells)
    const reason = 'its texts look like dates of a form that can be misread; write them as 2026-11-24'
    expect(plan).toEqual({ kind: 'ignore', name: 'x', reason })
    expect(warnings).toEqual([`column "x" left out: ${reason}`])
  })
})

describe('dates of other forms', () => {
  test.each([
    [['2026/02/02', '2026/2/3', '2026/02/04']],
    [['2026. 2. 2.', '2026. 2. 3.', '2026. 2. 4.']],
    [['2026.02.02', '2026.02.03', '2026.02.04']],
    [['2 Feb 2026', '3 Feb 2026', '4 Feb 2026']],
    [['Mon, 2 Feb 2026', 'February 3, 2026', '4 Feb 2026']],
    [['Feb 2 2026', 'Feb. 3 2026', 'FEB 4 2026']],
    [['2026/02/02 00:00', '2026/02/03 00:00:00', '2026/02/04 0:00']],
  ])('%j are read where they leave no doubt', (cells) => {
    const { plan, warnings } = learnOne(cells)
    expect(plan).toMatchObject({ kind: 'date', mean: Date.parse('2026-02-03') / 86_400_000, missing: false })
    expect(warnings).toEqual(['column "x" holds dates; read as days since 1970-01-01, as one number'])
  })

  test.each([['Mai 2 2026'], ['32 Feb 2026'], ['2026/13/01'], ['2026/02/30'], ['Feb 2026'], ['2 Feb 26']])(
    'are not made of %s',
    (text) => {
      expect(learnOne([text, text, 'other']).plan.kind).toBe('category')
    },
  )

  test('too few to take the column as dates are named', () => {
    const { plan, warnings } = learnOne([...cellsOf(8, (i) => `2026-01-0${(i % 3) + 1}`), 'soon', 'late', 'never'])
    expect(plan.kind).toBe('category')
    expect(warnings).toContain(
      'column "x": 8 of 11 cells are dates, too few to take it as such; { columns: { "x": \'date\' } } takes the others as missing',
    )
  })
})

describe('categories', () => {
  test('that nearly tell rows apart are named', () => {
    const { plan, warnings } = learnOne(cellsOf(20, (i) => `name ${i % 15}`))
    expect(plan.kind).toBe('category')
    expect(warnings).toEqual(['column "x" has 15 different texts in 20 rows; taken as categories all the same'])
  })

  test('that are rare have no input of their own, and are not unknown', () => {
    const cells = cellsOf(300, (i) => `k${i % 100}`)
    const { plan } = learnOne(cells)
    expect(plan).toMatchObject({ kind: 'category' })
    expect((plan as CategoryColumn).others).toHaveLength(36)
    const { encode } = learn(cells.map((x, i) => ({ x, i })))
    expect(encode(cells.map((x, i) => ({ x, i }))).unknown).toEqual({})
    expect(encode([{ x: 'new', i: 1 }]).unknown).toEqual({ x: { new: 1 } })
  })

  test('asked for mean words such as NA, too', () => {
    const cells = ['NA', 'None', '-', 'x', '', null]
    const { plan, warnings, own } = learnOne(cells, 'category')
    expect(plan).toMatchObject({ kind: 'category', categories: ['-', 'NA', 'None', 'x'], missing: true, words: true })
    expect(warnings).toEqual([])
    expect(own).toEqual([
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [1, 0, 0, 0, 0],
      [0, 0, 0, 1, 0],
      [1, 0, 0, 0, 1],
      [1, 0, 0, 0, 1],
    ])
  })
})

describe('identifiers', () => {
  test('that are texts, different in each of at least 11 rows, are left out', () => {
    const names = cellsOf(11, (i) => `name ${String.fromCharCode(97 + i)}`)
    const { plan, warnings } = learnOne(names)
    expect(plan.kind).toBe('ignore')
    expect(warnings).toEqual(['column "x" left out: its texts differ in every row, as identifiers do'])
    expect(learnOne(names.slice(1)).plan.kind).toBe('category')
    expect(learnOne([...names, names[0]]).plan.kind).toBe('category')
    expect(learnOne([...names, null]).plan.kind).toBe('ignore')
  })

  test.each([['id'], ['ID'], ['user_id'], ['userId'], ['userID'], ['row'], ['index'], ['no'], ['Nr'], ['cacheKey']])(
    'that are whole numbers, different in each row, are left out where the column is named %s',
    (name) => {
      const { plan, warnings } = learnOne(
        cellsOf(11, (i) => 3 * i),
        undefined,
        name,
      )
      expect(plan.kind).toBe('ignore')
      expect(warnings).toEqual([
        `column ${JSON.stringify(name)} left out: whole numbers that differ in every row, under a name of identifiers`,
      ])
    },
  )

  test.each([['width'], ['casino'], ['Grid'], ['tomorrow'], ['0']])('are no numbers in a column named %s', (name) => {
    expect(
      learnOne(
        cellsOf(11, (i) => 3 * i),
        undefined,
        name,
      ),
    ).toMatchObject({ plan: { kind: 'number' }, warnings: [] })
  })

  test('are not numbers of which two are the same, or with fractions, or fewer than 11, or that are asked for', () => {
    const learnId = (cells: readonly unknown[], kind?: 'number') => learnOne(cells, kind, 'id').plan.kind
    expect(learnId([...cellsOf(11, (i) => 3 * i), 0])).toBe('number')
    expect(learnId(cellsOf(11, (i) => i + 0.5))).toBe('number')
    expect(learnId(cellsOf(10, (i) => 3 * i))).toBe('number')
    expect(
      learnId(
        cellsOf(11, (i) => 3 * i),
        'number',
      ),
    ).toBe('number')
  })

  test('are not meant where numbers count through rows under another name, which is said', () => {
    const { plan, warnings } = learnOne(cellsOf(11, (i) => 10 - i))
    expect(plan.kind).toBe('number')
    expect(warnings).toEqual([
      'column "x" counts through whole numbers without a gap, as row numbers do; kept as a number, { columns: { "x": \'ignore\' } } leaves it out',
    ])
    expect(learn(cellsOf(11, (i) => [i, i % 2])).warnings).toEqual([]) // a place is no name
  })
})

describe('a column of categories', () => {
  test('holds booleans', () => {
    expect(learnOne([true, false, true])).toMatchObject({
      plan: { kind: 'category', categories: ['true', 'false'], missing: false },
      own: [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      warnings: [],
    })
    expect(learnOne([true, null, false]).inputs).toEqual(['x=false', 'x=true', 'x is missing'])
  })

  test('holds texts, the most frequent first, without spaces around them', () => {
    const { plan, inputs } = learnOne(['b', ' a', 'c', 'a ', 'b', 'a'])
    expect(plan).toEqual({ kind: 'category', name: 'x', categories: ['a', 'b', 'c'], missing: false })
    expect(inputs).toEqual(['x=a', 'x=b', 'x=c'])
  })

  test('tells 64 apart, and says so', () => {
    const cells = cellsOf(300, (i) => `c${i % 70}`)
    const { plan, warnings, own } = learnOne(cells)
    expect(plan.kind === 'category' && plan.categories).toHaveLength(64)
    expect(warnings).toEqual(['column "x" has 70 categories; the 64 most frequent are told apart, the others not'])
    expect(own.map((row) => row.reduce((sum, one) => sum + one, 0)).filter((sum) => sum === 0).length).toBeGreaterThan(
      0,
    )
  })

  test('with more than 64, most of them once, is left out', () => {
    const cells = cellsOf(130, (i) => `word ${i < 110 ? i : 0}`)
    expect(learnOne(cells).warnings).toEqual([
      'column "x" left out: 110 different texts in 130 rows tell rows apart, not kinds of rows',
    ])
  })

  test('may have the names that objects have from birth', () => {
    const { encoder, encode } = learn(['__proto__', 'constructor', 'toString'].map((x, i) => ({ x, beside: i % 2 })))
    expect(encoder.columns[0]).toMatchObject({ categories: ['__proto__', 'constructor', 'toString'] })
    const { unknown } = encode([{ x: 'valueOf', beside: 0 }])
    expect(unknown).toEqual({ x: { valueOf: 1 } })
    const named = learn(cellsOf(12, (i) => ({ constructor: i, ['__proto__']: i % 3, toString: 'ab'[i % 2] })))
    expect(named.encoder.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['constructor', 'number'],
      ['__proto__', 'number'],
      ['toString', 'category'],
    ])
  })
})

describe('a column of no use', () => {
  const cases: [what: string, cells: readonly unknown[], reason: string][] = [
    ['all missing', [null, undefined, 'NA', Number.NaN, ''], 'all its cells are missing'],
    ['a constant number', [3, 3, '3'], 'it is 3 in every row'],
    ['the constant 0.1', cellsOf(10, () => 0.1), 'it is 0.1 in every row'],
    ['the constant 0', [0, -0, 0], 'it is 0 in every row'],
    ['a constant text', ['a', 'a ', 'a'], 'it is "a" in every row'],
    ['a constant boolean', [true, true], 'it is "true" in every row'],
    ['a constant text of great length', ['a'.repeat(999), 'a'.repeat(999)], `it is "${'a'.repeat(29)}…" in every row`],
    ['a constant date', [new Date(0), '1970-01-01'], 'it is 0 in every row'],
    ['numbers too near each other', [0, 5e-324, 0, 0], 'its values differ by less than numbers can tell'],
  ]
  test.each(cases)('%s is left out, and why is said', (_, cells, reason) => {
    const { plan, warnings, inputs } = learnOne(cells)
    expect(plan).toEqual({ kind: 'ignore', name: 'x', reason })
    expect(warnings.at(-1)).toBe(`column "x" left out: ${reason}`)
    expect(inputs).toEqual([])
  })

  test('is not one that is constant but partly missing: whether a row has it tells rows apart', () => {
    expect(learnOne([3, null, 3])).toMatchObject({
      plan: { kind: 'number', mean: 3, scale: 1, fill: 3, missing: true },
      own: [
        [0, 0],
        [0, 1],
        [0, 0],
      ],
    })
    expect(learnOne(['a', null, 'a']).own).toEqual([
      [1, 0],
      [1, 1],
      [1, 0],
    ])
  })

  test('is named once a reason', () => {
    const rows = [
      { a: 1, b: 1, c: 'x', d: null, e: 1 },
      { a: 1, b: 1, c: 'x', d: null, e: 2 },
    ]
    expect(learn(rows).warnings).toEqual([
      'columns "a", "b" left out: it is 1 in every row',
      'column "c" left out: it is "x" in every row',
      'column "d" left out: all its cells are missing',
    ])
  })

  test('beside no other is an error that names them', () => {
    expect(refusal(() => learn([{ a: 1, b: null }, { a: 1 }]))).toBe(
      'RangeError: fit: the table of inputs is without a column of use ("a": it is 1 in every row; "b": all its cells are missing); expected at least one column that differs from row to row',
    )
    expect(() => learn([{}, {}])).toThrow('fit: the table of inputs is without columns; expected at least one')
  })
})

describe('columns', () => {
  test('are taken as asked', () => {
    expect(learnOne([3, 1, 3], 'category').plan).toMatchObject({ kind: 'category', categories: ['3', '1'] })
    expect(learnOne(['01234', '02345', '01234'], 'category').plan).toMatchObject({ categories: ['01234', '02345'] })
    expect(
      learnOne(
        cellsOf(12, (i) => `t${i}x`),
        'category',
      ).plan.kind,
    ).toBe('category')
    expect(learnOne(['1', 'two', 'three'], 'number')).toMatchObject({
      plan: { kind: 'number', mean: 1, scale: 1, missing: true },
      warnings: ['column "x": 2 of 3 cells are no numbers ("two", "three"); taken as missing'],
    })
    expect(learnOne(['1970-01-01', 'x', '1970-01-03'], 'date')).toMatchObject({
      plan: { kind: 'date', mean: 1 },
      warnings: ['column "x": 1 of 3 cells are no dates ("x"); taken as missing'],
    })
    expect(learnOne([true, false, true], 'number').plan).toMatchObject({ kind: 'number', fill: 1 })
  })

  test('are left out as asked, whatever they hold, without a word', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(learnOne([circle, Symbol('x'), Number.POSITIVE_INFINITY], 'ignore')).toMatchObject({
      plan: { kind: 'ignore', reason: 'as asked' },
      warnings: [],
    })
  })

  test('that cannot be what is asked are left out, which is said', () => {
    expect(learnOne(['a', 'b'], 'number').warnings).toEqual([
      'column "x": 2 of 2 cells are no numbers ("a", "b"); taken as missing',
      'column "x" left out: none of its cells is a number',
    ])
    expect(learnOne([1, 2], 'date').warnings).toEqual([
      'column "x": 2 of 2 cells are no dates ("1", "2"); taken as missing',
      'column "x" left out: none of its cells is a date such as 2026-11-24',
    ])
    expect(learnOne([null, null], 'number').warnings).toEqual(['column "x" left out: all its cells are missing'])
  })

  test('that the table has not are errors', () => {
    expect(refusal(() => learn([{ width: 1 }, { width: 2 }], { widh: 'number' }))).toBe(
      'RangeError: fit: columns: unknown input column "widh"; did you mean "width"?; known are width',
    )
  })

  const strange: [cell: unknown, received: string][] = [
    [{}, 'an empty object'],
    [[1], 'an array of 1'],
    [() => 1, 'the function (anonymous)'],
    [Symbol('x'), 'a symbol'],
    [new Map(), 'a Map'],
    [Object(1), 'a Number'],
    [new Uint8Array(2), 'a Uint8Array of 2 bytes'],
    [Object.create(null), 'an empty object'],
  ]
  test.each(strange)('refuse what is no cell, by column and row: %o', (cell, received) => {
    const message = (where: string) =>
      `TypeError: ${where}: column "x", row 1 is ${received}; expected a number, a text, a boolean, a Date, or null`
    expect(refusal(() => learnOne([1, cell, 2]))).toBe(message('fit'))
    const { encode } = learn([
      { x: 1, y: 'a' },
      { x: 2, y: 'b' },
    ])
    expect(
      refusal(() =>
        encode([
          { x: 1, y: 'a' },
          { x: cell, y: 'a' },
        ]),
      ),
    ).toBe(message('predict'))
  })
})
