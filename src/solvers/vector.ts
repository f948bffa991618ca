/** A vector of all parameters, or of a function's derivatives by them. */
export type Vector = Float64Array

/** Σ aᵢ·bᵢ */
export function dot(a: Vector, b: Vector): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** a + factor·b, a new vector */
export function plus(a: Vector, factor: number, b: Vector): Vector {
  return a.map((value, i) => value + factor * (b[i] as number))
}

/** √Σ aᵢ², scaled on the way so that no square overflows; infinite or NaN where an element is. */
export function norm(a: Vector): number {
  let largest = 0
  for (const value of a) largest = Math.max(largest, Math.abs(value)) // NaN where any element is
  if (largest === 0 || !Number.isFinite(largest)) return largest
  let sum = 0
  for (const value of a) {
    const share = value / largest
    sum += share * share // not **, whose bits depend on the engine
  }
  return largest * Math.sqrt(sum)
}
