import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './machine.ts'
import type { FunctionName } from './precise.ts'
import { functions } from './precise.ts'

export const dtypes = ['float32', 'float64'] as const
export type Dtype = (typeof dtypes)[number]
export type Numbers = Float32Array | Float64Array

/** The kernels' elementary functions in one compiled form. */
export interface Binary {
  readonly name: 'plain' | 'relaxed'
  readonly bytes: number
  /** f(x) of every x */
  readonly apply: <N extends Numbers>(name: FunctionName, xs: N) => N
  /** runs f over `count` numbers that are in the binary's memory already */
  readonly repeat: (name: FunctionName, dtype: Dtype, count: number) => void
}

/** The part of the platform's that is used here; TypeScript has it only among a browser's names. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number })
    readonly buffer: ArrayBuffer
  }
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory } })
    readonly exports: { elementary32: Run; elementary64: Run }
  }
  function validate(bytes: Uint8Array): boolean
}

type Run = (which: number, from: number, to: number, count: number) => void

const FROM = 1 << 16
const PAGES = 257
const ROOM = 1 << 23

/** Numbers in one go. */
const CHUNK = 1 << 18

/** The least program with a fused multiply-add: f32x4.relaxed_madd of three vectors. */
const RELAXED = '0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b'

/** Compiles them with SIMD, and with relaxed SIMD where this engine can run it. */
export function compileBinaries(): Binary[] {
  const relaxed = WebAssembly.validate(Buffer.from(RELAXED, 'hex'))
  return (relaxed ? (['plain', 'relaxed'] as const) : (['plain'] as const)).map((name) => open(name, compile(name)))
}

function compile(name: Binary['name']): Buffer {
  const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js')
  const folder = mkdtempSync(join(tmpdir(), 'bp-net-elementary-'))
  const wasm = join(folder, 'elementary.wasm')
  const features = name === 'relaxed' ? ['--enable', 'simd', '--enable', 'relaxed-simd'] : ['--enable', 'simd']
  const flags = [
    '--runtime',
    'stub',
    '-O3',
    '--converge',
    '--noAssert',
    '--importMemory',
    '--disableWarning',
    '112',
    ...features,
  ]
  try {
    const command = [asc, 'assembly/elementary-entry.ts', ...flags, '--outFile', wasm]
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(`asc failed: ${stderr}`)
    return readFileSync(wasm)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function open(name: Binary['name'], bytes: Buffer): Binary {
  const memory = new WebAssembly.Memory({ initial: PAGES })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  const runs = { float32: exports.elementary32, float64: exports.elementary64 }
  const repeat = (what: FunctionName, dtype: Dtype, count: number) =>
    runs[dtype](functions.indexOf(what), FROM, FROM + ROOM, count)
  function apply<N extends Numbers>(what: FunctionName, xs: N): N {
    const single = xs instanceof Float32Array
    const kind = single ? Float32Array : Float64Array
    const results = xs.slice() as N
    for (let at = 0; at < xs.length; at += CHUNK) {
      const chunk = xs.subarray(at, at + CHUNK)
      const count = Math.ceil(chunk.length / 4) * 4
      new kind(memory.buffer, FROM, count).set(chunk)
      repeat(what, single ? 'float32' : 'float64', count)
      results.set(new kind(memory.buffer, FROM + ROOM, chunk.length), at)
    }
    return results
  }
  return { name, bytes: bytes.length, apply, repeat }
}
