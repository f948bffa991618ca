import { describe, Phrase, rangeError, typeError } from '../errors.ts'

/** The name of a class. 1, '1' and true are three different labels. */
export type Label = string | number | boolean | bigint

/** The order of labels of different kinds. */
const KINDS = ['boolean', 'number', 'bigint', 'string']

/** Labels as an array (n), each checked to be one. */
export function readLabelList(where: string, subject: string, labels: unknown): readonly Label[] {
  const isList = Array.isArray(labels) || (ArrayBuffer.isView(labels) && !(labels instanceof DataView))
  if (!isList) throw typeError(where, subject, 'an array of labels', labels)
  const list = Array.isArray(labels) ? labels : Array.from(labels as unknown as ArrayLike<Label>)
  if (list.length === 0) throw rangeError(where, subject, 'at least one label', new Phrase('empty'))
  for (let i = 0; i < list.length; i++) checkLabel(where, `the label at index ${i} of ${subject}`, list[i])
  return list
}

/** Throws unless `value` is a label. */
export function checkLabel(where: string, subject: string, value: unknown): asserts value is Label {
  const expected = 'a string, a number, a boolean or a bigint'
  if (!KINDS.includes(typeof value)) throw typeError(where, subject, expected, value)
  if (Number.isNaN(value)) throw rangeError(where, subject, `${expected}, but not NaN`, value)
}

/** Throws unless two lists have as many members. */
export function checkSameLength(where: string, subject: string, length: number, expected: number): void {
  if (length === expected) return
  throw rangeError(where, `the length of ${subject}`, `${expected}, as many as actual has`, length)
}

/**
 * The classes in their order: as given, or else those that occur in `lists`, sorted: false before true, numbers by value,
 * strings by their code units; booleans before numbers before strings.
 */
export function readClasses(where: string, given: unknown, ...lists: (readonly Label[])[]): Label[] {
  if (given === undefined) return [...new Set(lists.flatMap((list) => [...new Set(list)]))].sort(compare)
  return readDistinct(where, 'classes', given)
}

/** Labels of which none occurs twice, as a new array. */
export function readDistinct(where: string, subject: string, given: unknown): Label[] {
  const classes = readLabelList(where, subject, given)
  const places = new Map<Label, number>()
  classes.forEach((label, k) => {
    const twin = places.get(label)
    if (twin !== undefined) {
      throw rangeError(where, `the label at index ${k} of ${subject}`, `another than at index ${twin}`, label)
    }
    places.set(label, k)
  })
  return [...classes]
}

/** The place among the classes of each label. @throws RangeError for a label that is not among them */
export function classIndices(
  where: string,
  subject: string,
  labels: readonly Label[],
  classes: readonly Label[],
): Uint32Array {
  const places = new Map(classes.map((label, k) => [label, k]))
  return Uint32Array.from(labels, (label, i) => {
    const place = places.get(label)
    if (place !== undefined) return place
    throw rangeError(where, `the label at index ${i} of ${subject}`, `one of the classes ${listed(classes)}`, label)
  })
}

/** Labels in a few words: `"a", "b", 3, …`. */
export function listed(labels: readonly Label[]): string {
  const most = 8
  return `${labels.slice(0, most).map(quoted).join(', ')}${labels.length > most ? ', …' : ''}`
}

/** A label as code has it, if it is not too long for that. */
export function quoted(label: Label): string {
  return describe(label).replace(/^the (string|bigint) /, '')
}

/** The order of `readClasses`. */
function compare(a: Label, b: Label): number {
  const kinds = KINDS.indexOf(typeof a) - KINDS.indexOf(typeof b)
  if (kinds !== 0) return kinds
  if (a === b) return 0
  return a < b ? -1 : 1
}
