import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Network } from '../../src/index.ts'
import { readNetwork, saveNetwork } from '../../src/node.ts'
import { caught } from '../caught.ts'

/** What the next writes and renames do instead of their work. */
const broken = vi.hoisted(() => ({ write: undefined as Error | undefined, rename: undefined as Error | undefined }))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return {
    ...real,
    rename: (...names: Parameters<typeof real.rename>) =>
      broken.rename ? Promise.reject(broken.rename) : real.rename(...names),
    /** A file that takes the first half of what is written and then fails, as a full disk does. */
    open: async (...given: Parameters<typeof real.open>) => {
      const file = await real.open(...given)
      const { write } = broken
      if (write === undefined) return file
      const whole = file.writeFile.bind(file)
      file.writeFile = async (text) => {
        await whole(String(text).slice(0, String(text).length / 2))
        throw write
      }
      return file
    },
  }
})

const network = () => new Network({ layers: [2, 3, 1], seed: 1 })
const inputs = [[0, 0], [0, 1], [1, 0], [1, 1]] // biome-ignore format: short
const targets = [0, 1, 1, 0]
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bp-net-save-'))
  path = join(folder, 'run.json')
})

afterEach(async () => {
  broken.write = undefined
  broken.rename = undefined
  await rm(folder, { recursive: true })
})

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  )
}

describe('saveNetwork', () => {
  it('saves what readNetwork reads, by path and by URL, and leaves nothing else', async () => {
    for (const place of [path, pathToFileURL(path)]) {
      const saved = network()
      await saveNetwork(place)(saved.toJSON())
      expect((await readNetwork(place)).toJSON()).toEqual(saved.toJSON())
      expect(await readdir(folder)).toEqual(['run.json'])
    }
  })

  it('takes a network as well as its JSON', async () => {
    const saved = network()
    await saveNetwork(path)(saved)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(saved.toJSON())
  })

  it('is a checkpoint of fit, from which a run goes on in the same bits', async () => {
    const whole = network()
    await whole.fit(inputs, targets, { epochs: 6, batchSize: 2 })
    await network().fit(inputs, targets, { epochs: 3, batchSize: 2, checkpoint: { save: saveNetwork(path) } })
    const again = await readNetwork(path)
    const { loss } = await again.fit(inputs, targets, { epochs: 6, batchSize: 2, resume: true })
    expect(loss).toHaveLength(6)
    expect(again.layers[0]?.weights.toArray()).toEqual(whole.layers[0]?.weights.toArray())
  })

  it('puts the new file in the place of the old, with its permissions', async () => {
    await writeFile(path, 'old, and longer than what comes'.repeat(1000))
    await chmod(path, 0o600)
    await saveNetwork(path)(network())
    expect((await readNetwork(path)).seed).toBe(1)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.platform === 'win32')('writes to where a link points', async () => {
    await mkdir(join(folder, 'elsewhere'))
    await writeFile(join(folder, 'elsewhere', 'target.json'), 'old')
    await symlink(join('elsewhere', 'target.json'), path)
    await saveNetwork(path)(network())
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect((await readNetwork(join(folder, 'elsewhere', 'target.json'))).seed).toBe(1)
  })

  it.each(['write', 'rename'] as const)(
    'leaves the old file where a %s fails, and nothing beside it',
    async (which) => {
      await saveNetwork(path)(network())
      const before = await readFile(path, 'utf8')
      broken[which] = new Error('ENOSPC: no space left on device')
      const error = await failure(saveNetwork(path)(new Network({ layers: [2, 3, 1], seed: 2 })))
      expect(error.message).toBe(
        `saveNetwork: ${JSON.stringify(path)} cannot be written (ENOSPC: no space left on device)`,
      )
      expect(error.cause).toBe(broken[which])
      expect(await readFile(path, 'utf8')).toBe(before)
      expect(await readdir(folder)).toEqual(['run.json'])
    },
  )

  it('leaves no file where the first save fails, and fit ends with its error', async () => {
    broken.write = new Error('EIO: i/o error')
    const error = await failure(network().fit(inputs, targets, { checkpoint: { save: saveNetwork(path) } }))
    expect(error.message).toContain('EIO')
    expect(await readdir(folder)).toEqual([])
  })

  it('ends with one whole file where saves are not awaited', async () => {
    const save = saveNetwork(path)
    await Promise.all([1, 2, 3].map((seed) => save(new Network({ layers: [2, 3, 1], seed }))))
    expect([1, 2, 3]).toContain((await readNetwork(path)).seed)
    expect(await readdir(folder)).toEqual(['run.json'])
  })

  it('fails at once where its folder is missing, or something else is in its place', () => {
    const missing = join(folder, 'no', 'such', 'run.json')
    for (const [place, reason] of [
      [missing, 'ENOENT'],
      [folder, 'it is there, and no file'],
      ['with\0zero', 'null bytes'],
    ] as const) {
      const error = caught(() => saveNetwork(place)) as Error
      expect(error.message).toContain(`saveNetwork: ${JSON.stringify(place)} cannot be written (`)
      expect(error.message).toContain(reason)
      expect(error.cause).toBeInstanceOf(Error)
    }
  })

  it('names its file where the folder has gone since', async () => {
    const gone = join(folder, 'gone')
    await mkdir(gone)
    const save = saveNetwork(join(gone, 'run.json'))
    await rm(gone, { recursive: true })
    const error = await failure(save(network()))
    expect(error.message).toContain(`saveNetwork: ${JSON.stringify(join(gone, 'run.json'))} cannot be written (ENOENT`)
  })

  it('refuses what is no path', () => {
    for (const place of [undefined, 3, {}]) {
      expect(() => saveNetwork(place as never)).toThrow(/^saveNetwork: the path is .*; expected a string or a URL$/)
    }
    expect(() => saveNetwork(new URL('https://example.org/run.json'))).toThrow('expected a file: URL')
  })
})

describe('readNetwork', () => {
  it('takes the functions of a user', async () => {
    const bent = { name: 'bent', value: (z: number) => z, derivative: () => 1 }
    await saveNetwork(path)(new Network({ layers: [2, 3, 1], activation: bent, seed: 1 }))
    expect((await readNetwork(path, { activations: [bent] })).layers[0]?.activation).toBe('bent')
    const error = await failure(readNetwork(path))
    expect(error.message).toContain(`readNetwork ${JSON.stringify(path)}: Network.fromJSON: layer 0`)
  })

  it('names a file that cannot be read, and keeps the cause', async () => {
    for (const place of [path, folder, 'with\0zero', '']) {
      const error = await failure(readNetwork(place))
      expect(error.message).toContain(`readNetwork: ${JSON.stringify(place)} cannot be read (`)
      expect(error.cause).toBeInstanceOf(Error)
    }
  })

  it('names a file that is cut, changed or no network, in an error of the kind that says so', async () => {
    await saveNetwork(path)(network())
    const text = await readFile(path, 'utf8')
    for (const [content, Kind, message] of [
      [text.slice(0, text.length / 2), RangeError, 'the text is cut short or changed'],
      [text.replace('"seed":1', '"seed":2'), RangeError, 'the checksum'],
      ['', RangeError, 'the text is'],
      ['[]', TypeError, 'the argument'],
    ] as const) {
      await writeFile(path, content)
      const error = await failure(readNetwork(path))
      expect(error).toBeInstanceOf(Kind)
      expect(error.message).toContain(`readNetwork ${JSON.stringify(path)}: Network.fromJSON: ${message}`)
      expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
      expect(error.cause).toBeInstanceOf(Kind)
    }
  })

  it('refuses what is no path', async () => {
    expect((await failure(readNetwork(undefined as never))).message).toMatch(/^readNetwork: the path is undefined/)
  })
})
