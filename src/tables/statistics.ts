/** The mean and the standard deviation (of the population), without overflow on the way, and far from 0 as near it. */
export function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const greatest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  if (greatest === 0) return { mean: 0, deviation: 0 }
  const rough = greatest * meanOf(values, (x) => x / greatest)
  const farthest = values.reduce((most, x) => Math.max(most, Math.abs(x / 2 - rough / 2)), 0)
  if (farthest === 0) return { mean: rough, deviation: 0 }
  // how far each is from there, from −1 to 1: what the sum above lost is found again
  const away = (x: number) => (x / 2 - rough / 2) / farthest
  const rest = meanOf(values, away)
  const variance = meanOf(values, (x) => (away(x) - rest) ** 2)
  return { mean: rough + 2 * (farthest * rest), deviation: 2 * (farthest * Math.sqrt(variance)) }
}

/** (x − mean)/scale, without overflow on the way. */
export function standardise(x: number, mean: number, scale: number): number {
  const distance = x - mean
  return Number.isFinite(distance) ? distance / scale : 2 * ((x / 2 - mean / 2) / scale)
}

function meanOf(values: Float64Array, of: (value: number) => number): number {
  let sum = 0
  for (const x of values) sum += of(x)
  return sum / values.length
}

/**
 * The median: the middle value in order, of an even number the mean of the two in the middle. Reorders the values.
 *
 * @see Hoare, "Algorithm 65: find", 1961
 */
export function medianOf(values: Float64Array): number {
  const half = values.length >> 1
  const upper = select(values, half)
  if (values.length % 2 === 1) return upper
  let lower = values[0] as number
  for (let i = 1; i < half; i++) lower = Math.max(lower, values[i] as number)
  const sum = lower + upper
  return Number.isFinite(sum) ? sum / 2 : lower / 2 + upper / 2
}

/** Moves the value that is k-th in order to place k, no greater ones before it and no lesser ones after it. */
function select(values: Float64Array, k: number): number {
  let [left, right] = [0, values.length - 1]
  while (left < right) {
    const [i, j] = part(values, left, right)
    if (k <= j) right = j
    else if (k >= i) left = i
    else break
  }
  return values[k] as number
}

/** Lesser values to the left, greater ones to the right: those up to j are at most those from i on, equal ones between. */
function part(values: Float64Array, left: number, right: number): [i: number, j: number] {
  const pivot = values[(left + right) >> 1] as number
  let [i, j] = [left, right]
  while (i <= j) {
    while ((values[i] as number) < pivot) i++
    while ((values[j] as number) > pivot) j--
    if (i > j) break
    const held = values[i] as number
    values[i++] = values[j] as number
    values[j--] = held
  }
  return [i, j]
}
