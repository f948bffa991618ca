const DAY_MS = 86_400_000
const ISO = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?$/

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** 2026/11/24, 2026. 11. 24. and the like, with a time or without */
const YEAR_FIRST = /^(\d{4})([/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?(?:[ T]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/
/** Nov 24, 2026 and 24 November 2026 */
const NAMED = /^(?:\p{L}+,?\s+)?(?:(\p{L}{3,9})\.?\s+(\d{1,2})|(\d{1,2})\.?\s+(\p{L}{3,9})\.?),?\s+(\d{4})$/u

/**
 * Days since 1970-01-01 UTC of a Date or of a text that is a date beyond doubt: ISO 8601 (2026-11-24, with a time and a zone or
 * without, then UTC), the year first (2026/11/24), or the month by its English name (Nov 24, 2026); NaN for any other.
 */
export function daysOf(cell: unknown): number {
  if (cell instanceof Date) return cell.getTime() / DAY_MS
  if (typeof cell !== 'string' || cell.length < 7 || cell.length > 40) return Number.NaN
  return isoDays(inIso(cell.trim()))
}

/** Other forms as ISO 8601, where they are one. */
function inIso(text: string): string {
  const first = YEAR_FIRST.exec(text)
  const two = (part: string) => part.padStart(2, '0')
  if (first !== null) {
    const [, year, , month = '', day = '', time] = first
    return `${year}-${two(month)}-${two(day)}${time === undefined ? '' : `T${time.padStart(5, '0')}`}`
  }
  const named = NAMED.exec(text)
  if (named === null) return text
  const [, before, dayAfter, dayBefore, after, year] = named
  const name = (before ?? after ?? '').toLowerCase()
  const month = MONTHS.findIndex((one) => name.startsWith(one))
  return month < 0 ? text : `${year}-${two(String(month + 1))}-${two(dayAfter ?? dayBefore ?? '')}`
}

function isoDays(text: string): number {
  const parts = ISO.exec(text)
  if (parts === null) return Number.NaN
  const hasTime = parts[2] !== undefined
  const day = text.slice(0, 10)
  if (day.length === 10 && !isInCalendar(day)) return Number.NaN
  const iso = text
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/\s+/, '')
    .replace(/([+-]\d{2})(\d{2})$/, hasTime ? '$1:$2' : '$&')
  return Date.parse(hasTime && parts[5] === undefined ? `${iso}Z` : iso) / DAY_MS
}

/** Whether a month has such a day: engines take 2026-02-30 for 2 March. */
function isInCalendar(day: string): boolean {
  const time = Date.parse(day)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

/** Whether a text is a date whose day and month cannot be told apart for sure, as 01/02/2026. */
export function looksLikeDate(text: string): boolean {
  return /^\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})([ ,T]+\d{1,2}:\d{2}.*)?$/.test(text.trim())
}
