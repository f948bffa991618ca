import { checkInteger, Phrase, rangeError, typeError } from '../errors.ts'
import { checksum } from './encoding.ts'

/** A kind of file. */
export interface FileForm {
  /** the function that reads it, for errors */
  readonly where: string
  /** what it calls itself */
  readonly format: string
  /** the newest version of its form that is known */
  readonly version: number
  /** what wrote it, as in `network.toJSON()` */
  readonly writer: string
}

/** The content of a file, its checksum in agreement and left out. */
export function openEnvelope(value: unknown, form: FileForm): Record<string, unknown> {
  const { where, format, version, writer } = form
  const { checksum: given, ...content } = parse(value, form)
  if (!('format' in content)) {
    throw typeError(where, 'the argument', expectedOf(form), typeof value === 'string' ? content : value)
  }
  if (content.format !== format) throw rangeError(where, 'format', `"${format}", as ${writer} writes`, content.format)
  checkInteger(where, 'version', content.version, 1)
  if (content.version > version) {
    throw rangeError(where, 'version', `at most ${version}; a newer bp-net wrote this file`, content.version)
  }
  const computed = checksumOf(content, where)
  if (given === computed) return content
  throw rangeError(where, 'the checksum', `"${computed}", that of the content: the file was changed or cut`, given)
}

function expectedOf({ writer }: FileForm): string {
  return `what ${writer} returned, or its text`
}

function parse(value: unknown, form: FileForm): Record<string, unknown> {
  const { where } = form
  let parsed = value
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value.replace(/^\ufeff/, '')) // a byte order mark, which some editors write
    } catch (cause) {
      const received = new Phrase(`cut short or changed (${(cause as Error).message})`)
      throw Object.assign(rangeError(where, 'the text', 'JSON', received), { cause })
    }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw typeError(where, 'the argument', expectedOf(form), parsed)
  }
  return { ...parsed }
}

function checksumOf(content: object, where: string): string {
  try {
    return checksum(content)
  } catch (cause) {
    throw Object.assign(typeError(where, 'the argument', 'plain JSON, not nested deeply', content), { cause })
  }
}
