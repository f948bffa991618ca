// The tests of arithmetic under other versions of Node: the fused multiply-add of the relaxed binary, V8's wide vectors,
// and the system's BLAS exist there only. Node itself comes from the registry, as the package `node`.
import { spawnSync } from 'node:child_process'

// every function compiled by the optimizing compiler at once: it alone makes wide vectors
const WIDE = ['--experimental-wasm-revectorize', '--no-liftoff']

const FILES = ['test/kernels', 'test/golden.test.ts', 'test/training/optimizers.test.ts']

const RUNS = [
  { node: 24, flags: [], files: FILES },
  { node: 24, flags: WIDE, files: FILES },
  { node: 26, flags: [], files: FILES },
]

const failed = RUNS.filter((run) => !passes(run))
process.exitCode = failed.length === 0 ? 0 : 1

/** @param {{ node: number, flags: readonly string[], files: readonly string[] }} run */
function passes({ node, flags, files }) {
  const version = under(node, ['-p', 'process.version'], 'pipe').stdout?.trim()
  console.log(`\nengines: Node ${version} ${flags.join(' ')}`)
  if (!version?.startsWith(`v${node}.`)) return false
  const options = [...flags.map((flag) => `--execArgv=${flag}`), '--reporter=dot']
  return under(node, ['node_modules/vitest/vitest.mjs', 'run', ...options, ...files], 'inherit').status === 0
}

/** @param {number} node @param {readonly string[]} rest @param {'pipe' | 'inherit'} output */
function under(node, rest, output) {
  const command = ['-y', '-p', `node@${node}`, 'node', ...rest]
  return spawnSync('npx', command, { stdio: ['ignore', output, 'inherit'], encoding: 'utf8' })
}
