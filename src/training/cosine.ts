/** π/2 less the nearest double to it. */
const REST = 6.123233995736766e-17

/**
 * cos x for 0 ≤ x ≤ π, within 2 units in the last place; by +, −, × and ÷ alone, so that every engine finds the same bits
 * (Math.cos differs between engines).
 *
 * Each quarter of the range is led back to |y| ≤ π/4, where the first term left out of either series is below 10⁻¹⁷.
 */
export function cosine(x: number): number {
  if (x <= Math.PI / 4) return cosineSeries(x)
  if (x <= (3 * Math.PI) / 4) return sineSeries(Math.PI / 2 - x + REST)
  return -cosineSeries(Math.PI - x + 2 * REST)
}

/** cos y = 1 − y²/2 + y⁴/4! − …, where what 1 − y²/2 loses in rounding is added to the smaller rest. */
function cosineSeries(y: number): number {
  const square = y * y
  let tail = 1
  for (let n = 16; n >= 6; n -= 2) tail = 1 - (square / (n * (n - 1))) * tail
  const half = square / 2
  const main = 1 - half
  return main + (1 - main - half + ((square * square) / 24) * tail)
}

/** sin y = y − y³/3! + y⁵/5! − … */
function sineSeries(y: number): number {
  const square = y * y
  let tail = 1
  for (let n = 17; n >= 5; n -= 2) tail = 1 - (square / (n * (n - 1))) * tail
  return y - ((y * square) / 6) * tail
}
