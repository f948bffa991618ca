import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Timings {
  median: number
  least: number
  greatest: number
  repeats: number
}

const folder = mkdtempSync(join(tmpdir(), 'bp-net-bench-own-'))
afterAll(() => rmSync(folder, { recursive: true }))

function readResult<Row>(name: string) {
  type Result = { machine: { node: string }; quick: boolean; unit: string; rows: Row[] }
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Result
}

describe('a quick run of what is measured of bp-net alone in training', () => {
  let run: { status: number | null; stdout: string; stderr: string }
  beforeAll(() => {
    const path = fileURLToPath(new URL('../build/bench/index.js', import.meta.url))
    const flags = ['--quick', '--only', 'optimizers,event-loop', '--out', folder]
    run = spawnSync(process.execPath, [path, ...flags], { encoding: 'utf8' })
  })

  test('succeeds, and both results name the machine, the trial and the unit', () => {
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
    for (const [name, unit] of [
      ['optimizers.json', 'ns a parameter'],
      ['event-loop.json', 'ms'],
    ] as const) {
      const { machine, quick, ...result } = readResult(name)
      expect([machine.node, quick, result.unit]).toEqual([process.versions.node, true, unit])
    }
  })

  test('every optimizer is timed', () => {
    const { rows } = readResult<{ optimizer: string; nanoseconds: Timings }>('optimizers.json')
    const names = rows.map(({ optimizer }) => optimizer)
    expect(names).toEqual(expect.arrayContaining(['sgd', 'adagrad', 'rmsprop', 'adam', 'adamw']))
    for (const { optimizer, nanoseconds } of rows) {
      expectTimings(nanoseconds)
      expect(run.stdout).toContain(optimizer)
    }
  })

  test('the longest delay of each network and batch is found', () => {
    const { rows } = readResult<{ network: string; batch: number; longest: Timings; seconds: number }>(
      'event-loop.json',
    )
    expect(rows.map(({ batch }) => batch)).toEqual([32, 128, 600, 32, 128, 600])
    for (const { network, longest, seconds } of rows) {
      expectTimings(longest)
      expect(longest.least).toBeLessThan(1000 * seconds + 1000) // as long as all of it, and what came before, at the worst
      expect(run.stdout).toContain(network)
    }
  })
})

function expectTimings({ median, least, greatest, repeats }: Timings) {
  expect(least).toBeGreaterThan(0)
  expect(median).toBeGreaterThanOrEqual(least)
  expect(greatest).toBeGreaterThanOrEqual(median)
  expect(repeats).toBeGreaterThan(0)
}
