/** What a check saw, beside the message: for programs that react to an error instead of printing it. */
export interface Mismatch {
  /** what would have been right */
  readonly expected: string
  /** what came */
  readonly received: string
}

/** A value of the wrong kind: `function: what expected; received what`. */
export function typeError(where: string, subject: string, expected: string, received: unknown): TypeError & Mismatch {
  return withMismatch(TypeError, where, subject, expected, describe(received))
}

/** A value of the right kind outside what is allowed; `received` is worded by the caller or described. */
export function rangeError(where: string, subject: string, expected: string, received: unknown): RangeError & Mismatch {
  return withMismatch(RangeError, where, subject, expected, describe(received))
}

function withMismatch<E extends Error>(
  Kind: new (message: string) => E,
  where: string,
  subject: string,
  expected: string,
  received: string,
): E & Mismatch {
  return Object.assign(new Kind(`${where}: ${subject} is ${received}; expected ${expected}`), {
    expected,
    received,
  })
}

/** A phrase that already describes what came, to be printed as it stands. */
export class Phrase {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a value is, in a few words: `the string "abc"`, `an array of 3`, `NaN`. Never throws and is never long. */
export function describe(value: unknown): string {
  try {
    return describeKind(value)
  } catch {
    // a revoked proxy and a getter that throws come to this
    return `${withArticle(typeof value)} that cannot be inspected`
  }
}

function describeKind(value: unknown): string {
  if (value instanceof Phrase) return value.text
  if (typeof value === 'string') return `the string ${JSON.stringify(shorten(value))}`
  if (typeof value === 'function') return `the function ${shorten(nameOf(value) || '(anonymous)')}`
  if (typeof value === 'bigint') return `the bigint ${shorten(String(value))}n`
  if (typeof value === 'symbol') return 'a symbol'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (ArrayBuffer.isView(value) && nameOf(value.constructor) !== '') {
    return `${withArticle(nameOf(value.constructor))} of ${value.byteLength} bytes`
  }
  if (typeof value === 'object' && value !== null) return describeObject(value)
  return Object.is(value, -0) ? '-0' : String(value)
}

function describeObject(value: object): string {
  const name = nameOf(value.constructor)
  if (name !== '' && name !== 'Object') return withArticle(name)
  const keys = Object.keys(value)
  if (keys.length === 0) return 'an empty object'
  return `an object with ${keys.slice(0, 4).map(shorten).join(', ')}${keys.length > 4 ? ', …' : ''}`
}

/** The name of a function; a class may have replaced it by anything, an object may have no constructor. */
function nameOf(value: { readonly name?: unknown } | undefined): string {
  const name = value?.name
  return typeof name === 'string' ? name : ''
}

function withArticle(name: string): string {
  return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${shorten(name)}`
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text
}

/** Throws unless `value` is a whole number from `minimum` to `maximum`. */
export function checkInteger(
  where: string,
  subject: string,
  value: unknown,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  const expected =
    maximum === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${minimum}`
      : `a whole number from ${minimum} to ${maximum}`
  if (typeof value !== 'number') throw typeError(where, subject, expected, value)
  if (Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER) {
    throw rangeError(where, subject, 'a whole number of at most 2⁵³ − 1', value)
  }
  if (!Number.isInteger(value) || value < minimum || value > maximum) throw rangeError(where, subject, expected, value)
}

/** Throws unless `value` is a finite number for which `allowed` holds (`expected` words the condition). */
export function checkNumber(
  where: string,
  subject: string,
  value: unknown,
  expected = 'a finite number',
  allowed: (value: number) => boolean = () => true,
): asserts value is number {
  if (typeof value !== 'number') throw typeError(where, subject, expected, value)
  if (!Number.isFinite(value) || !allowed(value)) throw rangeError(where, subject, expected, value)
}

/** Throws unless `value` is a boolean. */
export function checkBoolean(where: string, subject: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw typeError(where, subject, 'true or false', value)
}

/** Throws unless `value` is a function. */
export function checkFunction(where: string, subject: string, value: unknown): void {
  if (typeof value !== 'function') throw typeError(where, subject, 'a function', value)
}

/**
 * Throws unless `options` is an object whose every key is known: a typo is named with the nearest known option, and one that
 * belongs elsewhere with its place.
 */
export function checkOptions(
  where: string,
  options: unknown,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw typeError(where, 'the options argument', `an object with any of ${known.join(', ')}`, options)
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownOption(where, key, known, elsewhere)
  }
}

/** The same for an object that is a member of another, by its name. */
export function checkMember(
  where: string,
  name: string,
  value: unknown,
  known: readonly string[],
): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw typeError(where, name, `an object with any of ${known.join(', ')}`, value)
  }
  checkOptions(`${where}: ${name}`, value, known)
}

function unknownOption(
  where: string,
  key: string,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>>,
): TypeError & Mismatch {
  const hint = Object.hasOwn(elsewhere, key) ? `; ${elsewhere[key]}` : suggestion(key, known)
  const message = `${where}: unknown option ${JSON.stringify(shorten(key))}${hint}; known options are ${known.join(', ')}`
  return Object.assign(new TypeError(message), { expected: known.join(', '), received: key })
}

/** The error for a name that is in no table: `unknown activation "sigmod"; did you mean "sigmoid"? Known: …`. */
export function unknownName(
  where: string,
  kind: string,
  name: string,
  known: readonly string[],
): RangeError & Mismatch {
  const message = `${where}: unknown ${kind} ${knownBeside(name, known)}`
  return Object.assign(new RangeError(message), { expected: known.join(', '), received: name })
}

/** A name, the nearest of those that are known, and all of them: `"sigmod"; did you mean "sigmoid"?; known are …`. */
export function knownBeside(name: string, known: readonly string[]): string {
  return `${JSON.stringify(shorten(name))}${suggestion(name, known)}; known are ${known.join(', ') || 'none'}`
}

/** `; did you mean "x"?` where a known name is near, else nothing. */
function suggestion(name: string, known: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const distances = known.map((candidate) => editDistance(plain(shorten(name)), plain(candidate)))
  const least = Math.min(...distances)
  const nearest = known[distances.indexOf(least)]
  const isShort = plain(name).length < 3 // "lr" is no slip for "l1"
  return nearest !== undefined && least <= (isShort ? 0 : Math.max(1, nearest.length / 3))
    ? `; did you mean ${JSON.stringify(nearest)}?`
    : ''
}

/** Levenshtein's distance: the least number of inserted, deleted and replaced characters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
