import { createRequire } from 'node:module'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'

const require = createRequire(import.meta.url)
const manifest = require.resolve('bp-net/package.json')
const { version } = require('bp-net/package.json') as { version: string }

/** The folder of the package. */
export const root = dirname(manifest)

/** Where figures were measured, and on what. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly bpNet: string
  readonly date: string
}

/** This machine, now. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    bpNet: version,
    date: new Date().toISOString().slice(0, 10),
  }
}

/** The machine in one line. */
export function machineLine({ processor, cores, memoryGiB, system, node, bpNet, date }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system} · Node ${node} · bp-net ${bpNet} · ${date}`
}
