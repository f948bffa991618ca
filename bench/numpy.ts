import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './machine.ts'

/** How often to step. */
export interface Effort {
  readonly samples: number
  readonly warmUp: number
  readonly steps: number
  readonly repeats: number
}

/** One repeat of the loop: its time per step, and the mean loss of its timed steps. */
export interface Repeat {
  readonly microseconds: number
  readonly meanLoss: number
}

/** NumPy's turn in the lecture note's loop. */
export interface Numpy {
  readonly numpy: string
  readonly python: string
  /** A fresh process, timed inside, so that its start does not count. */
  repeat(dtype: 'float32' | 'float64'): Repeat
  close(): void
}

interface Answer extends Repeat {
  readonly numpy: string
  readonly python: string
}

/** NumPy on these samples and parameters; undefined where there is no python3 that has it. */
export function openNumpy(numbers: readonly number[], effort: Effort): Numpy | undefined {
  if (spawnSync('python3', ['-c', 'import numpy']).status !== 0) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'bp-net-bench-'))
  const file = join(folder, 'numbers.bin')
  writeFileSync(file, Float64Array.from(numbers))
  const repeat = (dtype: string) => run([file, dtype, effort.samples, effort.warmUp, effort.steps].map(String))
  const { numpy, python } = repeat('float32')
  return { numpy, python, repeat, close: () => rmSync(folder, { recursive: true }) }
}

function run(options: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync('python3', [join(root, 'bench', 'seed-loop.py'), ...options], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`seed-loop.py failed: ${stderr}`)
  return JSON.parse(stdout) as Answer
}
