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
  readonly v8: string
  /** flags that this Node was started with, and so the contenders that run on it */
  readonly nodeFlags: string
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
    v8: process.versions.v8,
    nodeFlags: [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').trim(),
    bpNet: version,
    date: new Date().toISOString().slice(0, 10),
  }
}

/** The machine in one line. */
export function machineLine({ processor, cores, memoryGiB, system, bpNet, date, ...machine }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system} · ${nodeLine(machine)} · bp-net ${bpNet} · ${date}`
}

/** 'Node 24.1.0', with its flags where it has any. */
export function nodeLine({ node, nodeFlags }: Pick<Machine, 'node' | 'nodeFlags'>): string {
  return nodeFlags === '' ? `Node ${node}` : `Node ${node} ${nodeFlags}`
}
