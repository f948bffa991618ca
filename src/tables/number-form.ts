import { plainNumber } from './cells.ts'

/** How the numbers of a column are written. */
export interface NumberForm {
  /** 1234.5, or 1,234.5 (also with spaces, apostrophes or underscores), or 1.234,5 */
  readonly digits: 'plain' | 'grouped' | 'decimalComma'
  /** the sign before each, such as $, or the unit behind it, such as kg; none if empty */
  readonly unit: string
}

/** Numbers without any ornament. */
export const PLAIN: NumberForm = { digits: 'plain', unit: '' }

/** A text that is longer is no number with ornaments; looking for one would take time that grows as the square of its length. */
const LONGEST = 64

/** The sign of a currency, digits with what may stand between them, a unit: each part as it is found. */
const PARTS =
  /^(\p{Sc}?)\s*([+-]?[\d.][\d.,'’\u00a0\u202f _]*(?:e[+-]?\d+)?)\s*(%|\p{L}[\p{L}²³/°µ]{0,9}|°\p{L}?|\p{Sc})?$/iu

const DIGITS: Readonly<Record<NumberForm['digits'], (text: string) => number>> = {
  plain: plainNumber,
  grouped: (text) =>
    /^[+-]?[1-9]\d{0,2}([,'’\u00a0\u202f _]\d{3})+(\.\d+)?$/.test(text) // no group follows 0: 0,125 is an eighth
      ? Number(text.replace(/[,'’\u00a0\u202f _]/g, ''))
      : plainNumber(text),
  decimalComma: (text) =>
    /^[+-]?(\d+|\d{1,3}([.'’\u00a0\u202f ]\d{3})+)(,\d+)?$/.test(text)
      ? Number(text.replace(/[.'’\u00a0\u202f ]/g, '').replace(',', '.'))
      : Number.NaN,
}

/** The parts of a text; a sign may stand before that of the currency. */
function partsOf(text: string): RegExpExecArray | null {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return null
  return PARTS.exec(trimmed.replace('−', '-').replace(/^([+-])(\p{Sc})\s*/u, '$2$1'))
}

/** What a text says in a form; NaN where it is no number in it. */
export function numberIn(text: string, { digits, unit }: NumberForm): number {
  const plain = plainNumber(text)
  if (digits === 'plain' && !Number.isNaN(plain)) return plain
  if (digits === 'plain' && unit === '' && !text.includes('−')) return plain
  const parts = partsOf(text)
  if (parts === null) return Number.NaN
  const [, before = '', number = '', after = ''] = parts
  if (before + after !== '' && before + after !== unit) return Number.NaN
  return DIGITS[digits](number.trim())
}

/**
 * The form that reads most of these texts: a unit must be the same in all that have one. Of forms that read equally many, the
 * plainest.
 */
export function formOf(texts: readonly string[]): NumberForm {
  if (texts.every((text) => !Number.isNaN(plainNumber(text)))) return PLAIN // most tables end here
  const unit = commonUnit(texts)
  const forms = (Object.keys(DIGITS) as NumberForm['digits'][]).map((digits): NumberForm => ({ digits, unit }))
  const read = forms.map((form) => texts.filter((text) => !Number.isNaN(numberIn(text, form))).length)
  return forms[read.indexOf(Math.max(...read))] as NumberForm
}

/** The unit that most texts have, of those that have one. */
function commonUnit(texts: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const text of texts) {
    const parts = partsOf(text)
    const unit = parts === null ? '' : `${parts[1] ?? ''}${parts[3] ?? ''}`
    if (unit !== '') counts.set(unit, (counts.get(unit) ?? 0) + 1)
  }
  let common = ''
  for (const [unit, count] of counts) if (count > (counts.get(common) ?? 0)) common = unit
  return common
}
