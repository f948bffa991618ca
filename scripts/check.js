// Runs every check in turn and stops at the first that fails. The last line counts the tests.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'

// npm scripts, the quick ones first
const STEPS = [
  'lint',
  'types',
  'unused',
  'kernels -- --check',
  'test',
  'test:engines',
  ...(process.env.CHROMIUM ? ['test:chromium'] : []), // a browser is not to be had everywhere
  'docs',
  'size',
  'package',
]
const RESULTS = 'build/test-results.json' // written by vitest

rmSync(RESULTS, { force: true }) // an old count must not pass for a new one
const failed = STEPS.find((step) => !passes(step))
console.log(failed ? `\ncheck: ${failed} failed` : '\ncheck: all passed')
console.log(count())
process.exitCode = failed ? 1 : 0

/** @param {string} step */
function passes(step) {
  console.log(`\ncheck: ${step}`)
  const start = performance.now()
  const { status } = spawnSync(`npm run --silent ${step}`, { shell: true, stdio: 'inherit' })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`check: ${step} ${status === 0 ? 'passed' : 'failed'} after ${seconds} s`)
  return status === 0
}

/** `N passed, N failed`: the tests, and one failure where something else failed. */
function count() {
  const { numPassedTests = 0, numFailedTests = 0 } = results()
  return `${numPassedTests} passed, ${failed ? Math.max(numFailedTests, 1) : numFailedTests} failed`
}

/** @returns {{ numPassedTests?: number, numFailedTests?: number }} nothing if the tests were not reached */
function results() {
  try {
    return JSON.parse(readFileSync(RESULTS, 'utf8'))
  } catch {
    return {}
  }
}
