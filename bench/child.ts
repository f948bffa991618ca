import type { Command } from './conversation.ts'
import { Conversation } from './conversation.ts'
import type { Answer, Options, Task } from './task.ts'

/** What a contender's run took, and the loss (or the number that stands for the result) that it found. */
export interface Run {
  readonly seconds: number
  readonly value: number
}

/** A contender in a process of its own, which lives until it is closed and works only when asked. */
export class Child {
  readonly #conversation: Conversation

  constructor(command: Command) {
    this.#conversation = new Conversation(command)
  }

  /** Loads what it needs for the task; the versions of what does the work. */
  async open(task: Task, options: Options): Promise<Readonly<Record<string, string>>> {
    const answer = await this.#conversation.ask<Answer>({ do: 'open', task, options })
    if ('versions' in answer) return answer.versions
    throw new Error(`unexpected answer: ${JSON.stringify(answer)}`)
  }

  /** One run; only the work itself is timed, within the process. */
  async run(amount: number, shuffle: boolean): Promise<Run> {
    const answer = await this.#conversation.ask<Answer>({ do: 'run', amount, shuffle })
    if (!('seconds' in answer)) throw new Error(`unexpected answer: ${JSON.stringify(answer)}`)
    // JSON has no NaN: Node writes null
    if (!Number.isFinite(answer.value)) throw new Error(`its result is not finite: ${answer.value}`)
    return answer
  }

  /** Ends the process. */
  close(): void {
    this.#conversation.close()
  }
}
