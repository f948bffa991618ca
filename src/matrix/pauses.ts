/** Work that can be left in the midst: each pause is a place where others may have the thread. */
export type Paused<Result> = Generator<undefined, Result>

/** Does such work to its end, without a pause. */
export function drain<Result>(work: Paused<Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

/** So many numbers are looked at between two pauses. */
const MANY = 2 ** 18

/** Whether a pause is due after row i of a table of so many columns. */
export function isPause(i: number, columns: number): boolean {
  return (i + 1) % Math.max(1, Math.floor(MANY / columns)) === 0
}
