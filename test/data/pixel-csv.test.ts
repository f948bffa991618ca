import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePixelCsv } from '../../src/data/pixel-csv.ts'
import { Generator } from '../../src/random/generator.ts'

function caught(text: unknown): Error {
  try {
    parsePixelCsv(text as string)
  } catch (error) {
    return error as Error
  }
  return new Error('nothing was thrown')
}

const table = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 9 })).chain(([rows, width]) => {
  const row = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: width, maxLength: width })
  return fc.array(row, { minLength: rows, maxLength: rows })
})

describe('parsePixelCsv', () => {
  it('reads a label and pixels from each line', () => {
    const { labels, pixels } = parsePixelCsv('5,0,128,255\n0,1,2,3')
    expect(labels).toEqual(Uint8Array.of(5, 0))
    expect([pixels.dtype, pixels.shape]).toEqual(['uint8', [2, 3]])
    expect(pixels.data).toEqual(Uint8Array.of(0, 128, 255, 1, 2, 3))
  })

  it('gives back what was written, with any line end, header, byte order mark and padding', () => {
    const form = fc.record({
      mark: fc.constantFrom('', '\ufeff'),
      header: fc.constantFrom('', 'label', 'Label', 'LABEL'),
      end: fc.constantFrom('\n', '\r\n'),
      last: fc.boolean(),
      digits: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(table, form, (rows, { mark, header, end, last, digits }) => {
        const lines = rows.map((row) => row.map((value) => String(value).padStart(digits, '0')).join())
        if (header !== '') lines.unshift([header, ...(rows[0] as number[]).slice(1).map((_, j) => `${j}x1`)].join())
        const { labels, pixels } = parsePixelCsv(mark + lines.join(end) + (last ? end : ''))
        expect([...labels]).toEqual(rows.map((row) => row[0]))
        expect(pixels.shape).toEqual([rows.length, (rows[0] as number[]).length - 1])
        expect([...pixels.data]).toEqual(rows.flatMap((row) => row.slice(1)))
      }),
      { numRuns: 1000 },
    )
  })

  it('takes lines that end in different ways', () => {
    expect(parsePixelCsv('1,2\r\n3,4\n5,6\r\n').labels).toEqual(Uint8Array.of(1, 3, 5))
  })

  it('takes more lines than the first has characters', () => {
    expect(parsePixelCsv('1,2\n'.repeat(5000)).pixels.shape).toEqual([5000, 1])
  })
})

const place = (line: number, column: number) => `line ${line}, column ${column} (both counted from 1)`

describe('parsePixelCsv of other text', () => {
  it.each([
    ['no text', '', 'the text is without rows'],
    ['a byte order mark alone', '\ufeff', 'without rows'],
    ['a header alone', 'label,a,b', 'without rows'],
    ['a header line alone', 'label,a,b\r\n', 'without rows'],
    ['labels alone', '1\n2\n', 'the number of fields in line 1 is 1; expected at least 2'],
    ['an empty first line', '\n1,2\n', 'the number of fields in line 1 is 1'],
    ['an empty field', '1,2,3\n4,,6', `${place(2, 2)} is the string ""`],
    ['an empty label', '1,2,3\n,5,6', `${place(2, 1)} is the string ""`],
    ['an empty last field', '1,2,3\r\n4,5,\r\n', `${place(2, 3)} is the string ""`],
    ['256', '1,2,256', `${place(1, 3)} is the string "256"; expected a whole number from 0 to 255`],
    ['a label of 256', '1,2\n256,2', `${place(2, 1)} is the string "256"`],
    ['a negative number', '1,2\n3,-1', `${place(2, 2)} is the string "-1"`],
    ['a plus sign', '1,+2', `${place(1, 2)} is the string "+2"`],
    ['a decimal', '1,0.5', `${place(1, 2)} is the string "0.5"`],
    ['an exponent', '1,1e2', `${place(1, 2)} is the string "1e2"`],
    ['a hexadecimal number', '1,0x1', `${place(1, 2)} is the string "0x1"`],
    ['four digits', '1,0001', `${place(1, 2)} is the string "0001"`],
    ['a thousand digits', `1,${'9'.repeat(1000)}`, `${place(1, 2)} is the string "999`],
    ['a space', '1, 2', `${place(1, 2)} is the string " 2"`],
    ['a tab at the end', '1,2\t\n', `${place(1, 2)} is the string "2\\t"`],
    ['quotes', '1,"2"', `${place(1, 2)} is the string "\\"2\\""`],
    ['semicolons', '1;2;3', 'the number of fields in line 1 is 1'],
    ['letters', '1,2\nx,2', `${place(2, 1)} is the string "x"`],
    ['digits of another script', '1,\u0663', `${place(1, 2)} is the string "\u0663"`],
    ['a header of another name', 'digit,a\n1,2', `${place(1, 1)} is the string "digit"`],
    ['a header in the middle', '1,2\nlabel,a\n1,2', `${place(2, 1)} is the string "label"`],
    ['two headers', 'label,a\nlabel,a\n1,2', `${place(2, 1)} is the string "label"`],
    ['a mark in the middle', '1,2\n\ufeff1,2', `${place(2, 1)} is the string`],
    [
      'a short row',
      '1,2,3\n4,5\n',
      `${place(2, 2)} is the string "5", the last of its line; expected as many fields as`,
    ],
    [
      'a long row',
      '1,2\r\n4,5,6\r\n',
      `${place(2, 2)} is the string "5", with more after it; expected as many fields as`,
    ],
    ['a header with more names', 'label,a,b\n1,2', `${place(2, 2)} is the string "2", the last of its line`],
    ['a blank line', '1,2\n\n3,4', 'line 2 (counted from 1) is empty'],
    ['a blank line in CRLF', '1,2\r\n\r\n3,4', 'line 2 (counted from 1) is empty'],
    ['two line ends at the end', '1,2\n\n', 'line 2 (counted from 1) is empty'],
    ['CR alone as line end', '1,2\r3,4\r', `${place(1, 2)} is the string "2\\r3"`],
    ['CR at the end of the text', '1,2\r', `${place(1, 2)} is the string "2\\r"`],
    ['two CR', '1,2\r\r\n', `${place(1, 2)} is the string "2\\r"`],
    [
      'more places than it has characters',
      `1${',2'.repeat(3000)}${'\n1'.repeat(3000)}`,
      `${place(2, 1)} is the string "1", the`,
    ],
  ])('refuses %s and names the place', (_title, text, part) => {
    const error = caught(text)
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toMatch(/^parsePixelCsv: /)
    expect(error.message).toContain(part)
  })

  it.each([undefined, null, 5, Buffer.from('1,2'), ['1,2'], {}, Object('1,2')])(
    'refuses %s, which is no string',
    (value) => {
      const error = caught(value)
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toMatch(/^parsePixelCsv: the argument is .*; expected the text of a CSV file/)
    },
  )

  it('does not allocate for all rows and columns that a hostile text seems to have', () => {
    const before = process.memoryUsage().arrayBuffers
    expect(caught(`1${',2'.repeat(100_000)}${'\n'.repeat(100_000)}`)).toBeInstanceOf(RangeError)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 23)
  })

  it('reads or refuses with a RangeError whatever was done to a table', { timeout: 60_000 }, () => {
    const random = new Generator(8)
    const odd = [...'0123456789,,,\n\n\r-. \ufeffl"x', '\r\n', ',,', 'label', '255', '256', '٣', '\0', '😀']
    const outcomes = { read: 0, refused: 0 }
    for (let run = 0; run < 20_000; run++) {
      const width = 2 + random.integer(4)
      const line = () => Array.from({ length: width }, () => random.integer(256)).join()
      let text = Array.from({ length: 1 + random.integer(4) }, line).join(random.integer(2) === 0 ? '\n' : '\r\n')
      for (let changes = random.integer(4); changes > 0; changes--) {
        const at = random.integer(text.length + 1)
        text = text.slice(0, at) + odd[random.integer(odd.length)] + text.slice(at + random.integer(3))
      }
      outcomes[outcome(text)]++
    }
    expect(outcomes.read).toBeGreaterThan(5000)
    expect(outcomes.refused).toBeGreaterThan(5000)
  })
})

/** Reads; what is read must be what a plain split gives, what is thrown must be a RangeError of ours. */
function outcome(text: string): 'read' | 'refused' {
  try {
    const { labels, pixels } = parsePixelCsv(text)
    const width = pixels.shape[1] as number
    const rows = Array.from(labels, (label, i) => [label, ...pixels.data.subarray(i * width, (i + 1) * width)])
    const body = text.replace('\ufeff', '').replace(/^label.*\n/i, '')
    const lines = body.trimEnd().split(/\r?\n/)
    expect(rows).toEqual(lines.map((line) => line.split(',').map(Number)))
    expect(pixels.data).toHaveLength(labels.length * width)
    return 'read'
  } catch (error) {
    if (!(error instanceof RangeError && error.message.startsWith('parsePixelCsv: '))) throw error
    return 'refused'
  }
}
