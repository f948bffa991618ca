// node build/bench/serve.js MODULE: holds a contender's module and does what lines on stdin ask (task.ts).
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { readMaterial } from './material.ts'
import type { Answer, ContenderModule, Request, Session } from './task.ts'
import { MARK } from './task.ts'

let session: Session | undefined

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await attempt(JSON.parse(line) as Request)
  process.stdout.write(`${MARK}${JSON.stringify(answer)}\n`)
}
process.exit() // whatever threads a peer has left

async function attempt(request: Request): Promise<Answer> {
  try {
    if (request.do === 'open') return await open(request)
    return await run(request)
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

async function open({ task, options }: Extract<Request, { do: 'open' }>): Promise<Answer> {
  const module = (await import(pathToFileURL(process.argv[2] as string).href)) as ContenderModule
  session = await module.open(task, readMaterial(task), options)
  return { versions: session.versions }
}

async function run({ amount, shuffle }: Extract<Request, { do: 'run' }>): Promise<Answer> {
  if (session === undefined) throw new Error('not opened')
  const work = await session.begin(amount, shuffle)
  const start = performance.now()
  const value = await work()
  return { seconds: (performance.now() - start) / 1000, value }
}
