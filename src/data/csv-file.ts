import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { rangeError, typeError } from '../errors.ts'
import { type CsvOptions, type CsvRow, checkForm } from './csv.ts'
import { streamRows } from './csv-source.ts'

/**
 * Reads a CSV file row by row, so that a file of any size takes little memory; one whose name ends in `.gz` is
 * decompressed.
 *
 * The file is opened with the first row and closed after the last, or when the loop over the rows is left.
 *
 * @param path where the file is: a path or a `file:` URL
 * @param options as of readCsv: `delimiter` and `header`
 * @returns the rows, one after the other
 * @throws TypeError for what is no path, or for an unknown option; while rows are read, an Error that names the path and
 *   keeps its `cause` where the file cannot be read, and RangeError, which names the path too, as readCsv throws it
 * @see RFC 4180, "Common Format and MIME Type for CSV Files" (https://www.rfc-editor.org/rfc/rfc4180)
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { readCsvFile } from 'bp-net/node'
 * const path = join(tmpdir(), 'bp-net-example.csv')
 * await writeFile(path, 'x,y\n1,2\n')
 * for await (const row of readCsvFile(path)) console.log(row.x, row.y) // 1 2
 */
export function readCsvFile(path: string | URL, options: CsvOptions = {}): AsyncGenerator<CsvRow, void, undefined> {
  const where = 'readCsvFile'
  if (typeof path !== 'string' && !(path instanceof URL)) throw typeError(where, 'the path', 'a string or a URL', path)
  if (path instanceof URL && path.protocol !== 'file:') throw rangeError(where, 'the path', 'a file: URL', path.href)
  const form = checkForm(where, options)
  const name = JSON.stringify(String(path))
  return streamRows(`${where} ${name}`, contents(path, name), form)
}

async function* contents(path: string | URL, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const file = createReadStream(path)
    // what fails is thrown by the loop
    const bytes = /\.gz$/i.test(String(path)) ? pipeline(file, createGunzip(), () => undefined) : file
    for await (const chunk of bytes) yield chunk
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`readCsvFile: ${name} cannot be read (${reason})`, { cause })
  }
}
