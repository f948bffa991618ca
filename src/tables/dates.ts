const DAY_MS = 86_400_000
const ISO = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?$/

/** Days since 1970-01-01 UTC of a Date or of an ISO 8601 text (UTC where it names no zone); NaN for any other. */
export function daysOf(cell: unknown): number {
  if (cell instanceof Date) return cell.getTime() / DAY_MS
  if (typeof cell !== 'string') return Number.NaN
  const text = cell.trim()
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

/** Whether a text is a date of another form, whose day and month cannot be told apart for sure. */
export function looksLikeDate(text: string): boolean {
  return (
    /^\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})([ ,T]+\d{1,2}:\d{2}.*)?$/.test(text.trim()) ||
    (/^(\p{L}{3,9},?\s+)?(\d{1,2}\.?\s+\p{L}{3,9}\.?|\p{L}{3,9}\.?\s+\d{1,2}),?\s+\d{4}\b/u.test(text.trim()) &&
      !Number.isNaN(Date.parse(text)))
  )
}
