import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CsvRow, readCsv } from '../../src/data/csv.ts'
import { readCsvFile } from '../../src/data/csv-file.ts'
import { caught } from '../caught.ts'

const text = `\ufeffid;name\r\n${Array.from({ length: 30_000 }, (_, i) => `${i};"é ""${i}"""\r\n`).join('')}`
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bp-net-'))
  await writeFile(join(folder, 'plain.csv'), text)
  await writeFile(join(folder, 'packed.csv.gz'), gzipSync(text))
  await writeFile(join(folder, 'short.csv'), 'a,b\n1\n')
  await writeFile(join(folder, 'cut.csv.gz'), gzipSync(text).subarray(0, 20_000))
  await writeFile(join(folder, 'fake.csv.gz'), text)
})

afterAll(() => rm(folder, { recursive: true }))

async function all(path: string | URL, options = {}): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  for await (const row of readCsvFile(path, options)) rows.push(row)
  return rows
}

async function failure(path: string): Promise<Error> {
  return all(path).then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  )
}

describe('readCsvFile', () => {
  it('reads plain and compressed files by path and by URL', async () => {
    const rows = readCsv(text)
    for (const name of ['plain.csv', 'packed.csv.gz']) {
      for (const path of [join(folder, name), pathToFileURL(join(folder, name))]) {
        expect(await all(path)).toStrictEqual(rows)
      }
    }
  })

  it('takes the options of readCsv', async () => {
    const rows = await all(join(folder, 'short.csv'), { header: ['x'], delimiter: ';' })
    expect(rows).toEqual([{ x: 'a,b' }, { x: '1' }])
  })

  it('ends when the loop is left early', async () => {
    for (const name of ['plain.csv', 'packed.csv.gz']) {
      for await (const row of readCsvFile(join(folder, name))) {
        expect(row).toEqual({ id: '0', name: 'é "0"' })
        break
      }
    }
  })

  it('names the path of a file that cannot be read, and keeps the cause', async () => {
    for (const path of [join(folder, 'missing.csv'), join(folder, 'missing.gz'), folder, 'with\0zero', '']) {
      const error = await failure(path)
      expect(error.message).toContain(`readCsvFile: ${JSON.stringify(path)} cannot be read (`)
      expect(error.cause).toBeInstanceOf(Error)
    }
    expect((await failure(join(folder, 'missing.csv'))).message).toMatch(/ENOENT/)
    expect((await failure(join(folder, 'missing.gz'))).message).toMatch(/ENOENT/)
    expect((await failure(join(folder, 'cut.csv.gz'))).message).toMatch(/cannot be read \(unexpected end of file\)/)
    expect((await failure(join(folder, 'fake.csv.gz'))).message).toMatch(/cannot be read \(incorrect header check\)/)
  })

  it('names the path of a file whose rows are wrong', async () => {
    const path = join(folder, 'short.csv')
    const error = await failure(path)
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toContain(`readCsvFile ${JSON.stringify(path)}: line 2, column 2 ("b") is missing`)
  })

  it('refuses what is no path, at once', () => {
    for (const path of [undefined, null, 3, new Uint8Array(2), {}, Object.create(null)]) {
      const error = caught(() => readCsvFile(path as string)) as Error
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toMatch(/^readCsvFile: the path is .*; expected a string or a URL/)
    }
    const error = caught(() => readCsvFile(new URL('https://example.org/a.csv'))) as Error
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toMatch(/example\.org.*; expected a file: URL/)
    expect(caught(() => readCsvFile('a.csv', { headers: true } as object))).toBeInstanceOf(TypeError)
  })
})
