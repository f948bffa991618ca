import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { MARK } from './task.ts'

/** How to start a process that answers. */
export interface Command {
  readonly program: string
  readonly options: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A process that answers each line of JSON with one, lives until it is closed, and works only when asked. */
export class Conversation {
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

  /** What it answers; throws what it could not do. */
  async ask<Answer extends object>(request: object): Promise<Exclude<Answer, { error: string }>> {
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`)
    while (true) {
      const { value, done } = await this.#answers.next()
      if (done) throw new Error(`its process ended: ${this.#complaints.trim().split('\n').at(-1) || 'no message'}`)
      if (!value.startsWith(MARK)) continue // peers greet and warn
      const answer = JSON.parse(value.slice(MARK.length)) as Answer | { error: string }
      if ('error' in answer) throw new Error(answer.error as string)
      return answer as Exclude<Answer, { error: string }>
    }
  }

  /** Ends the process. */
  close(): void {
    this.#process.stdin?.end()
    this.#process.kill()
  }

  #complain(text: string): void {
    this.#complaints = `${this.#complaints}${text}`.slice(-4000)
  }
}
