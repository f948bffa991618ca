import { caught } from '../caught.ts'

/** A table with a column of each kind, and two classes that can be told apart. */
export const rows = Array.from({ length: 60 }, (_, i) => ({
  length: i % 2 === 0 ? 30 + (i % 7) : 50 + (i % 5),
  colour: i % 3 === 0 ? 'red' : i % 3 === 1 ? 'blue' : null,
  ok: i % 4 < 2,
  born: `2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
  species: i % 2 === 0 ? 'Adelie' : 'Gentoo',
  mass: 3000 + 40 * (i % 7) + (i % 2) * 1000,
  weight: 1 + (i % 3),
}))

/** The inputs alone, by place: two numbers a row. */
export const cells = rows.map(({ length, mass }) => [length, mass])

/** A run that is over at once. */
export const quick = { seed: 1, epochs: 3, hidden: [4] } as const

/** One that tells the classes of `rows` apart. */
export const thorough = { seed: 1, hidden: [8] } as const

/** What a call throws, or a promise is rejected with: kind and message. */
export async function refusal(call: () => unknown): Promise<string> {
  const error = await new Promise((resolve, reject) => {
    Promise.resolve()
      .then(call)
      .then(() => reject(new Error('nothing was thrown')), resolve)
  })
  const { name, message } = error as Error
  return `${name}: ${message}`
}

/** The same of a call that throws at once. */
export function refusalAtOnce(call: () => unknown): string {
  const { name, message } = caught(call) as Error
  return `${name}: ${message}`
}

/** The bits of numbers, in which −0 is not 0. */
export function bitsOf(numbers: readonly number[]): string {
  return [...new BigUint64Array(Float64Array.from(numbers).buffer)].join()
}
