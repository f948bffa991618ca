import type { Dtype, ElementLoss, Loss, View } from '../kernels/plan.ts'
import { GREATEST } from '../matrix/dtype.ts'
import { activations } from '../rule/activations.ts'
import { losses } from '../rule/losses.ts'
import type { Layer } from '../rule/rule.ts'
import { short, wordSeries } from '../training/number-words.ts'
import type { Engine } from './engine.ts'
import type { Blueprint } from './options.ts'

/** An argument up to here is no excuse for a result that is infinite: eᶻ, which none can better, leaves float32 at z = 88.7. */
const USUAL_ARGUMENT = 80

/**
 * A function of the user's own that gave no finite number for finite ones, in words: NaN, whatever it was given, or an
 * infinity for numbers of the size that networks usually see.
 *
 * @param engine after the forward pass of these rows, in float64
 * @param rowOf the row of the data that row i of the block is
 */
export function brokenFunction(
  { E, dtype }: Blueprint,
  { workspace: { layers, T } }: Engine,
  rows: number,
  rowOf: (i: number) => number,
): string | undefined {
  for (let i = 0; i < rows; i++) {
    for (const [l, layer] of layers.entries()) {
      if (!readRow(layer.Z, i).every((z) => Math.abs(z) <= GREATEST[dtype])) return undefined // no function did that
      const words = ofActivation(layer, i, dtype)
      if (words !== undefined) return `${words} (layer ${l}, row ${rowOf(i)})`
    }
    const words = ofLoss(E, layers.at(-1) as Layer, readRow(T, i), i, dtype)
    if (words !== undefined) return `${words} (row ${rowOf(i)})`
  }
  return undefined
}

function ofActivation({ f, Z, A }: Layer, i: number, dtype: Dtype): string | undefined {
  if (Object.hasOwn(activations, f.name)) return undefined
  const [z, a] = [readRow(Z, i), readRow(A, i)]
  const name = `your activation ${f.name}`
  if ('rowwise' in f) return fault(name, a, { z }, dtype)
  for (const [j, one] of z.entries()) {
    const given = { z: [one] }
    const words =
      fault(name, [a[j] as number], given, dtype) ??
      fault(`the derivative of ${name}`, [f.derivative(one, a[j] as number)], given, dtype)
    if (words !== undefined) return words
  }
  return undefined
}

function ofLoss(E: Loss, { f, Z, A }: Layer, t: number[], i: number, dtype: Dtype): string | undefined {
  const [z, a] = [readRow(Z, i), readRow(A, i)]
  if (!Object.hasOwn(losses, E.name)) {
    const name = `your loss ${E.name}`
    const words =
      'fusedWith' in E
        ? (fault(name, [E.value(z, t)], { z, t }, dtype) ??
          fault(`the derivative of ${name}`, E.derivative(a, t), { a, t }, dtype))
        : ofElementLoss(E, name, a, t, dtype)
    if (words !== undefined) return words
  }
  if ('fusedWith' in E || !('rowwise' in f) || Object.hasOwn(activations, f.name)) return undefined
  const g = a.map((one, j) => E.derivative(one, t[j] as number))
  return fault(`the derivative of your activation ${f.name}`, f.derivative(a, g), { a, g }, dtype)
}

function ofElementLoss(
  { value, derivative }: ElementLoss,
  name: string,
  a: readonly number[],
  t: readonly number[],
  dtype: Dtype,
): string | undefined {
  for (const [j, one] of a.entries()) {
    const target = t[j] as number
    const given = { a: [one], t: [target] }
    const words =
      fault(name, [value(one, target)], given, dtype) ??
      fault(`the derivative of ${name}`, [derivative(one, target)], given, dtype)
    if (words !== undefined) return words
  }
  return undefined
}

/** What is wrong with results, in words, where what was given is no excuse. */
function fault(
  name: string,
  results: readonly number[],
  given: Readonly<Record<string, readonly number[]>>,
  dtype: Dtype,
): string | undefined {
  const broken = results.find((result) => !(Math.abs(result) <= GREATEST[dtype]))
  const largest = Object.values(given)
    .flat()
    .reduce((most, one) => Math.max(most, Math.abs(one)), 0)
  const isExcused = !Number.isFinite(largest) || (largest > USUAL_ARGUMENT && !Number.isNaN(broken))
  if (broken === undefined || isExcused) return undefined
  const what = Number.isFinite(broken) ? `${short(broken)}, more than ${dtype} holds,` : String(broken)
  const shown = Object.entries(given).map(([letter, numbers]) => `${letter} = ${wordSeries(numbers)}`)
  return `${name} gives ${what} for ${shown.join(', ')}`
}

function readRow(view: View, i: number): number[] {
  return Array.from({ length: view.shape[1] as number }, (_, j) => view.get(i, j))
}
