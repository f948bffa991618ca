import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Answer, Options, Request, Task } from './task.ts'
import { MARK } from './task.ts'

/** What a contender's run took, and the loss (or the number that stands for the result) that it found. */
export interface Run {
  readonly seconds: number
  readonly value: number
}

/** How to start a contender's process. */
export interface Command {
  readonly program: string
  readonly options: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A contender in a process of its own, which lives until it is closed and works only when asked. */
export class Child {
  readonly #process: ChildProcess
  readonly #answers: AsyncIterator<string>
  #complaints = ''

  constructor({ program, options, env }: Command) {
    this.#process = spawn(program, options, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process.on('error', ({ message }) => this.#complain(message))
    this.#process.stdin?.on('error', ({ message }) => this.#complain(message))
    this.#process.stderr?.on('data', (text) => this.#complain(String(text)))
    this.#answers = createInterface({ input: this.#process.stdout as NonNullable<ChildProcess['stdout']> })[
      Symbol.asyncIterator
    ]()
  }

  /** Loads what it needs for the task; the versions of what does the work. */
  async open(task: Task, options: Options): Promise<Readonly<Record<string, string>>> {
    const answer = await this.#ask({ do: 'open', task, options })
    if ('versions' in answer) return answer.versions
    throw new Error(`unexpected answer: ${JSON.stringify(answer)}`)
  }

  /** One run; only the work itself is timed, within the process. */
  async run(amount: number, shuffle: boolean): Promise<Run> {
    const answer = await this.#ask({ do: 'run', amount, shuffle })
    if (!('seconds' in answer)) throw new Error(`unexpected answer: ${JSON.stringify(answer)}`)
    // JSON has no NaN: Node writes null
    if (!Number.isFinite(answer.value)) throw new Error(`its result is not finite: ${answer.value}`)
    return answer
  }

  /** Ends the process. */
  close(): void {
    this.#process.stdin?.end()
    this.#process.kill()
  }

  async #ask(request: Request): Promise<Exclude<Answer, { error: string }>> {
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`)
    while (true) {
      const { value, done } = await this.#answers.next()
      if (done) throw new Error(`its process ended: ${this.#complaints.trim().split('\n').at(-1) || 'no message'}`)
      if (!value.startsWith(MARK)) continue // peers greet and warn
      const answer = JSON.parse(value.slice(MARK.length)) as Answer
      if ('error' in answer) throw new Error(answer.error)
      return answer
    }
  }

  #complain(text: string): void {
    this.#complaints = `${this.#complaints}${text}`.slice(-4000)
  }
}
