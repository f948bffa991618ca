/** A number in three digits, that can be typed as it stands. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  const rounded = Number(value.toPrecision(3))
  const isPlain = size === 0 || (size >= 1e-3 && size < 1e5)
  return isPlain ? String(rounded) : rounded.toExponential().replace('e+', 'e')
}

/** Some numbers: all of a few, of many the ends. */
export function wordSeries(numbers: readonly number[]): string {
  const words = numbers.map(short)
  return words.length <= 6 ? words.join(', ') : [...words.slice(0, 3), '…', ...words.slice(-3)].join(', ')
}
