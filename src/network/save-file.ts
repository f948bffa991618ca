import { accessSync, constants, statSync } from 'node:fs'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rangeError, typeError } from '../errors.ts'
import type { OwnFunctions } from './json.ts'
import type { NetworkJSON } from './json-format.ts'
import { FORMAT } from './json-format.ts'
import { Network } from './network.ts'

/** Tells the temporary files of one process apart. */
let saves = 0

/**
 * A function that saves a network to a file: for `checkpoint` of fit, or to be called with a network.
 *
 * What is there is replaced whole or not at all: the text goes into a file beside it, which then takes its name. A save that
 * is interrupted leaves the old file, and maybe the new one's beginning as `<path>.<number>.tmp`.
 *
 * @param path where the file is to be: a path or a `file:` URL; what is there is overwritten
 * @returns a function that resolves when the file is there; it rejects with an Error that names the path and keeps its `cause`
 * @throws at once: TypeError for what is no path, and an Error that names the path where its folder is missing or cannot be
 *   written to, or where something that is no file is there, so that a run fails before its first step
 * @example
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { Network } from 'bp-net'
 * import { readNetwork, saveNetwork } from 'bp-net/node'
 * const path = join(tmpdir(), 'bp-net-run.json')
 * const network = new Network({ layers: [2, 4, 1], seed: 1 })
 * const [inputs, targets] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]]
 * await network.fit(inputs, targets, { epochs: 10, checkpoint: { save: saveNetwork(path) } })
 * const again = await readNetwork(path)
 * const { loss } = await again.fit(inputs, targets, { epochs: 20, resume: true })
 * console.log(loss.length) // 20
 */
export function saveNetwork(path: string | URL): (network: NetworkJSON | Network) => Promise<void> {
  const where = 'saveNetwork'
  const save = saverOf(where, path)
  return async (network) => {
    const value: Partial<NetworkJSON> = Object(network instanceof Network ? network.toJSON() : network)
    if (value.format !== FORMAT)
      throw typeError(where, 'the argument of save', 'a Network, or what its toJSON gives', network)
    await save(value)
  }
}

/** A function that puts a value as JSON into the place of a file, whole or not at all. */
export function saverOf(where: string, path: unknown): (value: unknown) => Promise<void> {
  const place = readPath(where, path)
  try {
    if (place === '') throw new Error('it is an empty text')
    accessSync(dirname(place), constants.W_OK)
    if (statSync(place, { throwIfNoEntry: false })?.isFile() === false) throw new Error('it is there, and no file')
  } catch (cause) {
    throw failure(where, place, 'written', cause)
  }
  return async (value) => {
    try {
      await replace(await realpath(place).catch(() => place), `${JSON.stringify(value)}\n`) // a link stays one
    } catch (cause) {
      throw failure(where, place, 'written', cause)
    }
  }
}

/**
 * The network that {@link saveNetwork} wrote; its run can be resumed.
 *
 * @param path where the file is: a path or a `file:` URL
 * @param own as Network.fromJSON takes it: the user's own activations and losses, and which kernels to use
 * @throws TypeError for what is no path; an Error that names the path and keeps its `cause` where the file cannot be read;
 *   what Network.fromJSON throws, with the path before it, where it is no network's file, or was changed or cut
 * @example
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { Network } from 'bp-net'
 * import { readNetwork, saveNetwork } from 'bp-net/node'
 * const path = join(tmpdir(), 'bp-net-example.json')
 * const network = new Network({ layers: [2, 4, 1], seed: 1 })
 * await saveNetwork(path)(network)
 * const copy = await readNetwork(path)
 * console.log(copy.predict([[0, 1]]).equals(network.predict([[0, 1]]))) // true
 */
export async function readNetwork(path: string | URL, own: OwnFunctions = {}): Promise<Network> {
  return readSaved('readNetwork', path, (text) => Network.fromJSON(text, own))
}

/** What a reader makes of the text of a file; its errors name the path. */
export async function readSaved<Read>(where: string, path: unknown, read: (text: string) => Read): Promise<Read> {
  const place = readPath(where, path)
  const text = await readFile(place, 'utf8').catch((cause: unknown) => {
    throw failure(where, place, 'read', cause)
  })
  try {
    return read(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const Kind = error instanceof RangeError ? RangeError : TypeError
    const named = new Kind(`${where} ${JSON.stringify(place)}: ${error.message}`)
    throw Object.assign(named, error, { cause: error }) // with what the check saw
  }
}

function readPath(where: string, path: unknown): string {
  if (path instanceof URL) {
    if (path.protocol !== 'file:') throw rangeError(where, 'the path', 'a file: URL', path.href)
    return fileURLToPath(path)
  }
  if (typeof path !== 'string') throw typeError(where, 'the path', 'a string or a URL', path)
  return path
}

function failure(where: string, path: string, done: 'read' | 'written', cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Error(`${where}: ${JSON.stringify(path)} cannot be ${done} (${reason})`, { cause })
}

/** Puts a text in the place of a file in one step; the new one may be read and written by whom the old one was. */
async function replace(path: string, text: string): Promise<void> {
  const mode = await stat(path).then(
    (old) => old.mode & 0o777,
    () => 0o666,
  )
  saves++
  const temporary = `${path}.${process.pid}-${saves}.tmp`
  try {
    await write(temporary, text, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}) // the first error says more
    throw error
  }
}

/** Writes a file and waits until the disk has it. */
async function write(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
