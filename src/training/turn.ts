import type { Paused } from '../matrix/pauses.ts'

/** How long a run may hold the thread before other work gets a turn. */
const TURN_MS = 15

/** A run's turn on the thread. */
export class Turn {
  /** when the clock was last looked at */
  now = performance.now()
  #ends = this.now + TURN_MS

  /** Whether other work has waited long enough. */
  get isUp(): boolean {
    return this.now >= this.#ends
  }

  look(): void {
    this.now = performance.now()
  }

  /** Goes on after others may have had the thread; a new turn begins where the last was over. */
  goOn(): void {
    const wasUp = this.isUp
    this.look()
    if (wasUp) this.#ends = this.now + TURN_MS
  }
}

/** Does work to its end, turn by turn. @throws the signal's reason, between two turns */
export function inTurns<Result>(work: Paused<Result>, signal?: AbortSignal): Promise<Result> {
  return tellInTurns(work, () => true, signal) as Promise<Result> // nobody ends it
}

/**
 * The same for work that gives values on its way: each is told to `see`, which is awaited; where that gives false, the work ends as
 * 'callback'.
 */
export async function tellInTurns<Value, Result>(
  work: Generator<Value | undefined, Result>,
  see: (value: Value) => unknown,
  signal?: AbortSignal,
): Promise<Result | 'callback'> {
  const turn = new Turn()
  signal?.throwIfAborted()
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    const goesOn = value === undefined || (await see(value)) !== false
    turn.look()
    if (turn.isUp) {
      await otherWork()
      turn.goOn()
    }
    signal?.throwIfAborted()
    if (!goesOn) return 'callback'
  }
}

/** Resolves after timers, input and messages that wait have had their turn. */
export function otherWork(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve)
  })
}
