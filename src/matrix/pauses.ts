/** Work that can be left in the midst: each pause is a place where others may have the thread. */
export type Paused<Result> = Generator<undefined, Result>

/** Does such work to its end, without a pause. */
export function drain<Result>(work: Paused<Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
