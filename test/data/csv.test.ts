import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvOptions, type CsvRow, type CsvStream, readCsv } from '../../src/data/csv.ts'
import { Generator } from '../../src/random/generator.ts'
import { caught } from '../caught.ts'

const encoder = new TextEncoder()

/** The rows that come, and what ended them if an error did. */
interface Outcome {
  readonly rows: CsvRow[]
  readonly error?: unknown
}

async function outcomeOf(stream: CsvStream, options: CsvOptions = {}): Promise<Outcome> {
  const rows: CsvRow[] = []
  try {
    for await (const row of readCsv(stream, options)) rows.push(row)
    return { rows }
  } catch (error) {
    return { rows, error }
  }
}

/** A file in chunks of these sizes, over and over. */
async function* cut<T extends string | Uint8Array>(whole: T, sizes: readonly number[]): AsyncGenerator<T> {
  let at = 0
  for (let i = 0; at < whole.length; i++) {
    const end = at + (sizes[i % sizes.length] as number)
    yield whole.slice(at, end) as T
    at = end
  }
}

function messageOf(text: string, options?: CsvOptions): string {
  const error = caught(() => readCsv(text, options)) as Error
  expect(error).toBeInstanceOf(RangeError)
  return error.message
}

describe('readCsv of text', () => {
  it('gives a row of texts by the names in the first line', () => {
    expect(readCsv('a,b\n1,x\n2,y\n')).toStrictEqual([
      { a: '1', b: 'x' },
      { a: '2', b: 'y' },
    ])
  })

  it('leaves cells as they stand: spaces, zeros, empty ones, quotes within', () => {
    expect(readCsv('a,b,c,d\n 1 ,007,,5" pipe\n"", "q",\ta,b""')).toStrictEqual([
      { a: ' 1 ', b: '007', c: '', d: '5" pipe' },
      { a: '', b: ' "q"', c: '\ta', d: 'b""' },
    ])
  })

  it('takes quoted cells with delimiters, line breaks and doubled quotes, and keeps what is in them', () => {
    const cells = ['x,y', 'a\nb', 'a\r\nb', 'a\rb', '"', '""', 'x\r', '\r\r\n', '" ,', '\n""\n', ' ', '"\t"']
    const text = `a,b\n${cells.map((cell) => `"${cell.replaceAll('"', '""')}",1`).join('\n')}`
    expect(readCsv(text).map((row) => row.a)).toStrictEqual(cells)
    expect(readCsv(text.replace(/,(b|1)$/gm, '')).map((row) => row.a)).toStrictEqual(cells)
  })

  it('takes lines that end in LF, CRLF and CR, also in turn, with or without one at the end', () => {
    const rows = [{ a: '1' }, { a: '2' }, { a: '3' }]
    for (const text of [
      'a\n1\n2\n3',
      'a\r\n1\r\n2\r\n3\r\n',
      'a\r1\r2\r3',
      'a\r1\r2\r3\r',
      'a\n1\r2\r\n3\n',
      '"a"\r"1"\n"2"\r\n"3"\r',
    ]) {
      expect(readCsv(text)).toStrictEqual(rows)
    }
  })

  it('drops a byte order mark, and only one', () => {
    expect(readCsv('\ufeffa,b\n1,2')).toStrictEqual([{ a: '1', b: '2' }])
    expect(readCsv('\ufeff"a",b\n\ufeff1,2')).toStrictEqual([{ a: '\ufeff1', b: '2' }])
    expect(Object.keys(readCsv('\ufeff\ufeffa\n1')[0] as CsvRow)).toEqual(['\ufeffa'])
  })

  it('skips blank lines, also before the header and at the end', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['', '', 'a,b', '', '1,2', '', '', '3,4', '', ''].join(end)
      expect(readCsv(text)).toStrictEqual([
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ])
    }
  })

  it('takes a first column without a name, as pandas and R write row names', () => {
    expect(readCsv(',a\n0,1\n1,2')).toEqual([
      { '': '0', a: '1' },
      { '': '1', a: '2' },
    ])
  })

  it('takes "" alone in a line for an empty cell', () => {
    expect(readCsv('a\n""\n\n1\r\n""\r\n""\r""')).toStrictEqual([
      { a: '' },
      { a: '1' },
      { a: '' },
      { a: '' },
      { a: '' },
    ])
    expect(messageOf('a,b\n""\n1,2')).toContain('line 2, column 2 ("b") is missing')
  })

  it('finds the delimiter from the rows, and minds quotes', () => {
    expect(readCsv('a;b\n1,5;2,5\n')).toStrictEqual([{ a: '1,5', b: '2,5' }])
    expect(readCsv('a\tb\n"1\t,;2"\t3')).toStrictEqual([{ a: '1\t,;2', b: '3' }])
    expect(readCsv('a|b\n1,2|"3|4"')).toStrictEqual([{ a: '1,2', b: '3|4' }])
    expect(readCsv('"a;b",c\n"1;2",3')).toStrictEqual([{ 'a;b': '1;2', c: '3' }])
    expect(readCsv('a, b\n1, 2')).toStrictEqual([{ a: '1', ' b': ' 2' }])
    expect(readCsv('one column\n1\n2')).toHaveLength(2)
  })

  it('finds it the same wherever the sample of the first rows ends', () => {
    for (let pad = 0; pad < 16; pad++) {
      const file = `a;b,c\r\n${'x'.repeat(pad)};2,"3"\r\n${'1;2,"3"\r\n'.repeat(10_000)}`
      expect(messageOf(file)).toMatch(/the delimiter, by the rows from line 1 on, is "," or ";"/)
    }
  })

  it('takes any one character as a delimiter', () => {
    for (const delimiter of [':', ' ', '\t', '^', ']', '\\', 'x', '\u001f', '-', '\u00a0', '\u2028']) {
      const text =
        ['a', 'b'].join(delimiter) +
        '\n' +
        ['1', `"2${delimiter}"`].join(delimiter) +
        '\n' +
        ['"3"', '"4"'].join(delimiter)
      expect(readCsv(text, { delimiter })).toStrictEqual([
        { a: '1', b: `2${delimiter}` },
        { a: '3', b: '4' },
      ])
    }
  })

  it('takes names where the file has none, or calls columns 0, 1, …', () => {
    expect(readCsv('1;2\n3;4', { header: ['x', 'y'] })).toStrictEqual([
      { x: '1', y: '2' },
      { x: '3', y: '4' },
    ])
    expect(readCsv('1,2\n3,4', { header: false })).toStrictEqual([
      { 0: '1', 1: '2' },
      { 0: '3', 1: '4' },
    ])
    expect(readCsv('1,5', { header: ['x'], delimiter: ';' })).toStrictEqual([{ x: '1,5' }])
  })

  it('takes names that objects have already', () => {
    const [row] = readCsv('constructor,toString,hasOwnProperty\n1,2,3')
    expect(Object.entries(row as CsvRow)).toEqual([
      ['constructor', '1'],
      ['toString', '2'],
      ['hasOwnProperty', '3'],
    ])
    expect(messageOf('a,__proto__\n1,2')).toContain(
      'line 1, column 2 is the string "__proto__"; expected a name that is safe',
    )
  })

  it('finds the delimiter of a table whose rows are longer than the first piece', () => {
    const names = Array.from({ length: 30_000 }, (_, j) => `gene${j}`)
    const rows = readCsv(`${names.join('|')}\n${names.map((_, j) => j).join('|')}\n`)
    expect(rows).toHaveLength(1)
    expect(rows[0]?.gene29999).toBe('29999')
  })
})

const ODD = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '|',
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\ufeff',
  '\\',
  "'",
  'é',
  '😀',
  '\u2028',
  'a',
  '0',
  '\v',
  '\u00a0',
]
const text = fc.oneof(
  fc.array(fc.constantFrom(...ODD), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 8 }).map((value) => value.replaceAll('\0', '')),
)
const table = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 })).chain(([width, rows]) =>
  fc.record({
    names: fc.uniqueArray(
      text.filter((name) => name !== '' && name !== '__proto__'),
      { minLength: width, maxLength: width },
    ),
    cells: fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: rows, maxLength: rows }),
  }),
)
interface Layout {
  readonly delimiter: string
  readonly end: string
  readonly last: boolean
  readonly mark: string
  readonly quotesAll: boolean
  readonly blank: boolean
  readonly sizes: readonly number[]
}
const layout: fc.Arbitrary<Layout> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|', ':', ' '),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  last: fc.boolean(),
  mark: fc.constantFrom('', '\ufeff'),
  quotesAll: fc.boolean(),
  blank: fc.boolean(),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
})

function write(
  lines: readonly (readonly string[])[],
  { delimiter, end, last, mark, quotesAll, blank }: Layout,
): string {
  const field = (cell: string) =>
    quotesAll || cell === '' || /^["\ufeff]/.test(cell) || /[\r\n]/.test(cell) || cell.includes(delimiter)
      ? `"${cell.replaceAll('"', '""')}"`
      : cell
  const written = lines.map((cells) => cells.map(field).join(delimiter))
  return mark + written.join(blank ? end + end : end) + (last ? end : '')
}

describe('readCsv', () => {
  it('gives back any table of any texts, of text and of streams however they are cut', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(table, layout, async ({ names, cells }, form) => {
        const written = write([names, ...cells], form)
        const { delimiter } = form
        const rows = cells.map((row) => Object.fromEntries(row.map((cell, j) => [names[j], cell])))
        expect(readCsv(written, { delimiter })).toStrictEqual(rows)
        const bytes = encoder.encode(written)
        for (const sizes of [[1], form.sizes, [bytes.length]]) {
          expect(await outcomeOf(cut(bytes, sizes), { delimiter })).toStrictEqual({ rows })
          expect(await outcomeOf(cut(written, sizes), { delimiter })).toStrictEqual({ rows })
        }
        expect(readCsv(write(cells, form), { delimiter, header: names })).toStrictEqual(rows)
      }),
      { numRuns: 1000 },
    )
  })

  it('finds the delimiter of any table whose names hold none', async () => {
    const width = 3
    const row = fc.array(text, { minLength: width, maxLength: width })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), layout, async (cells, form) => {
        const delimiter = form.delimiter === ':' || form.delimiter === ' ' ? ',' : form.delimiter
        const written = write([['x', 'y', 'z'], ...cells], { ...form, delimiter })
        const rows = cells.map(([x, y, z]) => ({ x, y, z }))
        expect(readCsv(written)).toStrictEqual(rows)
        expect(await outcomeOf(cut(encoder.encode(written), form.sizes))).toStrictEqual({ rows })
      }),
      { numRuns: 1000 },
    )
  })

  it('counts lines as the file has them', async () => {
    await fc.assert(
      fc.asyncProperty(table, layout, fc.nat(), async ({ names, cells }, form, pick) => {
        const at = pick % cells.length
        const broken = cells.map((row, i) => (i === at ? [...row, 'more'] : row))
        const before = write([names, ...cells.slice(0, at)], { ...form, last: true })
        const line = (before.match(/\r\n|\r|\n/g) ?? []).length + (form.blank ? 2 : 1)
        const place = `line ${line}, column ${names.length + 1} is one too many`
        const written = write([names, ...broken], form)
        const { delimiter } = form
        expect(messageOf(written, { delimiter })).toContain(place)
        const { rows, error } = await outcomeOf(cut(encoder.encode(written), form.sizes), { delimiter })
        expect(rows).toHaveLength(at)
        expect((error as Error).message).toContain(place)
      }),
      { numRuns: 1000 },
    )
  })

  it('gives back a long table wherever its pieces end', async () => {
    const random = new Generator(5)
    const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)] as T
    for (let pad = 0; pad < 20; pad++) {
      const names = ['x'.repeat(pad + 1), 'y', 'z']
      const cell = () => Array.from({ length: random.integer(5) }, () => pick(ODD)).join('')
      const cells = Array.from({ length: 5000 }, () => [cell(), cell(), cell()])
      const end = pick(['\n', '\r\n', '\r'])
      const form = { delimiter: ';', end, last: true, mark: '', quotesAll: pad % 4 === 0, blank: false, sizes: [] }
      const written = write([names, ...cells], form)
      const rows = cells.map((row) => Object.fromEntries(row.map((value, j) => [names[j], value])))
      expect(readCsv(written)).toStrictEqual(rows)
      expect(await outcomeOf(cut(encoder.encode(written), [pad * 1000 + 1]))).toStrictEqual({ rows })
    }
  })

  it('reads, or names a line, whatever was done to a file, and streams agree', { timeout: 120_000 }, async () => {
    const random = new Generator(11)
    const odd = [...'",;\t|\n\r\0 x1é', '\r\n', '""', '","', '\n\n', '"\n', ',"', '\ufeff']
    const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)] as T
    const counts = { read: 0, refused: 0 }
    for (let run = 0; run < 10_000; run++) {
      const end = pick(['\n', '\r\n', '\r'])
      const lines = [
        'id;name;note',
        '1;"Smith; John";"said ""hi"""',
        `2;plain;"two${end}lines"`,
        '3;;',
        '"4";5" pipe;é',
      ]
      let file = lines.join(end) + pick(['', end])
      for (let changes = 1 + random.integer(3); changes > 0; changes--) {
        const at = random.integer(file.length + 1)
        const kind = random.integer(3)
        if (kind === 0) file = file.slice(0, at) + pick(odd) + file.slice(at + random.integer(2))
        if (kind === 1) file = file.slice(0, at) + file.slice(at + 1 + random.integer(3))
        if (kind === 2) file = file.slice(0, at) + file.slice(Math.max(0, at - 1 - random.integer(20)))
      }
      const options = pick<CsvOptions>([{}, {}, { delimiter: ';' }, { header: false }, { header: ['a', 'b', 'c'] }])
      const outcome = await outcomeOf(cut(encoder.encode(file), [1 + random.integer(7)]), options)
      expect(await outcomeOf(cut(file, [1e6]), options)).toStrictEqual(outcome)
      if (outcome.error === undefined) {
        expect(readCsv(file, options)).toStrictEqual(outcome.rows)
        const names = Object.keys(outcome.rows[0] as CsvRow)
        for (const row of outcome.rows) expect(Object.keys(row)).toEqual(names)
        for (const row of outcome.rows) for (const name of names) expect(row[name]).toBeTypeOf('string')
        counts.read++
      } else {
        expect(caught(() => readCsv(file, options))).toStrictEqual(outcome.error)
        expect(outcome.error).toBeInstanceOf(RangeError)
        expect((outcome.error as Error).message).toMatch(/^readCsv: .*\bline [1-9]/)
        counts.refused++
      }
    }
    expect(counts.read).toBeGreaterThan(1000)
    expect(counts.refused).toBeGreaterThan(1000)
  })
})

const NO_CLOSE = 'a quoted field that is never closed; expected a closing quote before the end of the text'
const AFTER =
  'a quoted field with text after its closing quote; expected the quotes of a field to enclose all of it, and quotes within to be doubled'
const NUL = 'a field with a NUL character; expected text, which has none'
const TWO = '2 fields, as the header in line 1 has (the delimiter is ",")'
const PATH = 'expected the text of a CSV file: read the file first, or take readCsvFile of bp-net/node'
const EITHER = 'expected the option delimiter to say which'

describe('readCsv of other text', () => {
  it.each<[string, string, string]>([
    ['no text', '', 'the text is empty; expected a header and at least one row'],
    ['blank lines alone', '\n\r\n', 'the text is empty; expected a header and at least one row'],
    ['a header alone', '\na,b\n', 'the text is without a row after the header in line 2; expected at least one row'],
    ['a short row', 'a,b\n1,2\n3\n', `line 3, column 2 ("b") is missing: the row has 1 field; expected ${TWO}`],
    ['a long row', 'a,b\n1,2\n3,4,\n', `line 3, column 3 is one too many: the row has 3 fields; expected ${TWO}`],
    ['a row of spaces', 'a,b\n1,2\n  \n', `line 3, column 2 ("b") is missing: the row has 1 field; expected ${TWO}`],
    [
      'a short row after line breaks',
      'a,b\r\n"1\n2\r\n3\r4",5\r6',
      `line 6, column 2 ("b") is missing: the row has 1 field; expected ${TWO}`,
    ],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', `line 3, column 2 ("b") is ${NO_CLOSE}`],
    ['a quote at the end', 'a,b\n1,"', `line 2, column 2 ("b") is ${NO_CLOSE}`],
    ['a doubled quote at the end', 'a,b\n1,"2""', `line 2, column 2 ("b") is ${NO_CLOSE}`],
    ['a quote in the header that is never closed', 'a,"b\n1,2', `line 1, column 2 is ${NO_CLOSE}`],
    ['text after a closing quote', 'a,b\n1,"2"3\n', `line 2, column 2 ("b") is ${AFTER}`],
    ['a space after a closing quote', 'a,b\n"1" ,2\n', `line 2, column 1 ("a") is ${AFTER}`],
    ['a tab after a closing quote, at the end', 'a,b\n1,"2"\t', `line 2, column 2 ("b") is ${AFTER}`],
    ['a quote within a quoted field', 'a,b\n"1\n"x"",2\n3,4', `line 2, column 1 ("a") is ${AFTER}`],
    [
      'two delimiters that fit',
      'a,b;c\n1,2;3\n',
      `the delimiter, by the rows from line 1 on, is "," or ";"; ${EITHER}`,
    ],
    ['an empty name', 'a,,c\n1,2,3', 'line 1, column 2 is the string ""; expected the name of a column'],
    [
      'a name that is there twice',
      'a,b,a\n1,2,3',
      'line 1, column 3 is the string "a", as column 1 is; expected a name of its own for each column',
    ],
    [
      'a name of objects',
      'a,__proto__\n1,2',
      'line 1, column 2 is the string "__proto__"; expected a name that is safe as a key of an object',
    ],
    ['NUL', 'a,b\n1,2\n3,x\0', `line 3, column 2 ("b") is ${NUL}`],
    ['NUL within quotes', 'a,b\n1,"\n\0"', `line 3, column 2 ("b") is ${NUL}`],
    ['a binary file', 'PK\u0003\u0004\0\0', `line 1, column 1 is ${NUL}`],
    ['a path', 'data.csv', `the text is the path "data.csv"; ${PATH}`],
    ['a path to a compressed file', '/a b/c,d.TSV.gz', `the text is the path "/a b/c,d.TSV.gz"; ${PATH}`],
  ])('refuses %s and names the place, also in a stream', async (_title, file, message) => {
    expect(messageOf(file)).toBe(`readCsv: ${message}`)
    if (message.includes('the path')) return
    for (const size of [1, 3, 1000]) {
      const { error } = await outcomeOf(cut(encoder.encode(file), [size]))
      expect((error as Error).message).toBe(`readCsv: ${message}`)
    }
  })

  it('says where the number of fields comes from', () => {
    expect(messageOf('1,2\n3', { header: false })).toBe(
      'readCsv: line 2, column 2 is missing: the row has 1 field; expected 2 fields, as line 1 has (the delimiter is ",")',
    )
    expect(messageOf('1,2\n3', { header: ['x', 'y'] })).toBe(
      'readCsv: line 2, column 2 ("y") is missing: the row has 1 field; expected 2 fields, one for each name of the option header (the delimiter is ",")',
    )
    expect(messageOf('a b\n1;2 3', { delimiter: ' ', header: ['x'] })).toContain(
      'line 1, column 2 is one too many: the row has 2 fields; expected 1 field, one for each name',
    )
    expect(messageOf('', { header: ['x'] })).toBe('readCsv: the text is empty; expected at least one row')
  })

  it('says which row of a table differs, where none of the delimiters fits all', () => {
    expect(messageOf('a;b;c\n1;2;3\n4;5\n')).toContain('line 3, column 3 ("c") is missing')
    expect(messageOf('x\n1,5\n')).toContain('line 2, column 2 is one too many')
  })

  it('refuses a row that never ends', { timeout: 60_000 }, () => {
    const message = messageOf(`a,b\n1,2\n3,"${'x'.repeat(2 ** 26)}`)
    expect(message).toMatch(
      /^readCsv: line 3 is the start of a row of more than 67108864 characters; expected a line end/,
    )
  })

  it('takes no more time for rows of many pieces than for many rows', { timeout: 20_000 }, async () => {
    const cell = 'two "words",\n'.repeat(500_000)
    const file = `a,b\n1,"${cell.replaceAll('"', '""')}"\n`
    const { rows } = await outcomeOf(cut(file, [10_000]))
    expect(rows).toHaveLength(1)
    expect(rows[0]?.b === cell).toBe(true)
    expect(messageOf(`a,b\n${'"x"y'.repeat(3_000_000)}`)).toContain(`line 2, column 1 ("a") is ${AFTER}`)
    expect(messageOf(`a,b\n${'"'.repeat(3_000_001)}`)).toContain(`line 2, column 1 ("a") is ${NO_CLOSE}`)
  })

  it.each([
    undefined,
    null,
    5,
    true,
    ['a,b'],
    {},
    Object('a,b'),
    encoder.encode('a,b'),
    new Blob(['a,b']),
    new Response('a'),
  ])('refuses %s, which is neither text nor a stream', (value) => {
    const error = caught(() => readCsv(value as string)) as Error
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(/^readCsv: the argument is .*; expected the text of a CSV file, or a stream of it/)
  })

  it.each<[unknown, new () => Error, string]>([
    [null, TypeError, 'the options argument is null; expected an object with any of delimiter, header'],
    [
      { delimeter: ';' },
      TypeError,
      'unknown option "delimeter"; did you mean "delimiter"?; known options are delimiter, header',
    ],
    [{ delimiter: 5 }, TypeError, 'the option delimiter is 5; expected one character'],
    [
      { delimiter: '' },
      RangeError,
      'the option delimiter is the string ""; expected one character, no quote and no line end',
    ],
    [
      { delimiter: '||' },
      RangeError,
      'the option delimiter is the string "||"; expected one character, no quote and no line end',
    ],
    [
      { delimiter: '"' },
      RangeError,
      'the option delimiter is the string "\\""; expected one character, no quote and no line end',
    ],
    [{ header: 'a,b' }, TypeError, 'the option header is the string "a,b"; expected true, false or an array of names'],
    [{ header: [] }, RangeError, 'the option header is an array of 0; expected at least one name'],
    [{ header: ['a', 1] }, TypeError, 'the option header[1] is 1; expected a name'],
    [{ header: ['a', ''] }, RangeError, 'the option header[1] is the string ""; expected the name of a column'],
    [
      { header: ['a', 'a'] },
      RangeError,
      'the option header[1] is the string "a", as column 1 is; expected a name of its own for each column',
    ],
  ])('refuses the options %j before anything is read', (options, Kind, message) => {
    for (const source of ['a,b\n1,2', cut('a,b\n1,2', [1])]) {
      const error = caught(() => readCsv(source as string, options as CsvOptions)) as Error
      expect(error).toBeInstanceOf(Kind)
      expect(error.message).toBe(`readCsv: ${message}`)
    }
  })
})

describe('readCsv of a stream', () => {
  const file = `a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},é${i}\n`).join('')}`

  it('reads streams of Node, of the web, and of a File', async () => {
    const rows = readCsv(file)
    const bytes = encoder.encode(file)
    const streams: CsvStream[] = [
      Readable.from(cut(bytes, [10_000])),
      Readable.from(cut(file, [10_000])),
      new Response(file).body as CsvStream,
      new Blob([file]).stream(),
      withoutIterator(bytes),
    ]
    for (const stream of streams) expect((await outcomeOf(stream)).rows).toEqual(rows)
  })

  it('gives the first rows before it has read the rest', async () => {
    let chunks = 0
    async function* endless() {
      yield 'a,b\n'
      for (;;) yield `${chunks++},2\n`.repeat(1000)
    }
    const rows = readCsv(endless())
    expect((await rows.next()).value).toEqual({ a: '0', b: '2' })
    await rows.return()
    expect(chunks).toBeLessThan(30)
  })

  it('closes the source when the loop is left early or a row is refused', async () => {
    for (const bad of ['', '"x"y']) {
      const closed: string[] = []
      const whole = `${file.slice(0, file.lastIndexOf('\n', 300_000) + 1)}${bad}\n${file}`
      async function* generator() {
        try {
          yield* cut(whole, [5000])
        } finally {
          closed.push('generator')
        }
      }
      const web = new ReadableStream<string>({ pull: (to) => to.enqueue(whole), cancel: () => void closed.push('web') })
      const node = Readable.from(cut(whole, [5000]))
      for (const stream of [generator(), web, node]) {
        const run = async () => {
          for await (const row of readCsv(stream as CsvStream)) if (bad === '' && row.a === '7') break
        }
        if (bad === '') await run()
        else await expect(run()).rejects.toThrow(AFTER)
      }
      expect(closed).toEqual(['generator', 'web'])
      expect(node.destroyed).toBe(true)
      expect(web.locked).toBe(false)
    }
  })

  it('touches no source before the first row is asked for', () => {
    const web = new ReadableStream<string>()
    readCsv(web as CsvStream)
    expect(web.locked).toBe(false)
  })

  it('passes on what the source throws', async () => {
    const failure = new Error('the line went dead')
    async function* dead() {
      yield 'a,b\n1,2\n'
      throw failure
    }
    const web = new ReadableStream<string>({ pull: (to) => to.error(failure) })
    for (const stream of [dead(), web, Readable.from(dead())]) {
      expect((await outcomeOf(stream as CsvStream)).error).toBe(failure)
    }
  })

  it.each<[string, number[], number, string]>([
    [
      'a byte that begins no character',
      [0x31, 0xff, 0x32],
      1,
      'a field with a byte that is not UTF-8; expected a file in UTF-8',
    ],
    ['Latin-1', [0x31, 0xe9, 0x2c, 0x32], 1, 'a field with a byte that is not UTF-8; expected a file in UTF-8'],
    ['a longer form than needed', [0xc0, 0xaf], 1, 'a field with a byte that is not UTF-8; expected a file in UTF-8'],
    [
      'half a pair of surrogates',
      [0x2c, 0xed, 0xa0, 0x80],
      2,
      'a field with a byte that is not UTF-8; expected a file in UTF-8',
    ],
    [
      'a cut character',
      [0x2c, 0xf0, 0x9f, 0x98],
      2,
      'a field that ends within a character of UTF-8; expected a whole file',
    ],
  ])('refuses %s and names the place, after the rows before it', async (_title, bad, column, message) => {
    const bytes = Uint8Array.from([...encoder.encode('\ufeffé,b\n1,2\n"😀\n",3\n'), ...bad])
    for (const size of [1, 2, 3, 1000]) {
      const { rows, error } = await outcomeOf(cut(bytes, [size]))
      expect(rows).toEqual([
        { é: '1', b: '2' },
        { é: '😀\n', b: '3' },
      ])
      expect(error).toBeInstanceOf(RangeError)
      expect((error as Error).message).toBe(
        `readCsv: line 5, column ${column} (${column === 1 ? '"é"' : '"b"'}) is ${message}`,
      )
    }
  })

  it('refuses UTF-16', async () => {
    const { error } = await outcomeOf(cut(new Uint8Array(Buffer.from('\ufeffa,b\n1,2', 'utf16le')), [100]))
    expect((error as Error).message).toContain('line 1, column 1 is a field with a byte that is not UTF-8')
  })

  it('refuses a stream of other things', async () => {
    for (const [other, words] of [
      [5, '5'],
      [{ a: '1' }, 'an object with a'],
      [new Uint16Array(2), 'a Uint16Array of 4 bytes'],
    ]) {
      const { error } = await outcomeOf(Readable.from([Buffer.from('a,b\n'), other]))
      expect(error).toBeInstanceOf(TypeError)
      const message = `readCsv: chunk 2 of the stream is ${words}; expected a string or a Uint8Array`
      expect((error as Error).message).toBe(message)
    }
  })
})

/** A web stream as engines have it where it has no async iterator. */
function withoutIterator(bytes: Uint8Array): CsvStream {
  const stream = new Blob([new Uint8Array(bytes)]).stream()
  return { getReader: () => stream.getReader() } as CsvStream
}
