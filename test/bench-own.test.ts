import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** Runs the compiled benchmarks (npm test builds them first). */
function runBench(...flags: string[]) {
  const path = fileURLToPath(new URL('../build/bench/index.js', import.meta.url))
  return spawnSync(process.execPath, [path, '--quick', '--out', folder, ...flags], { encoding: 'utf8' })
}

describe('a quick run of what is measured of bp-net alone in training', () => {
  let run: ReturnType<typeof runBench>
  beforeAll(() => {
    run = runBench('--only', 'optimizers,event-loop')
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

describe('a quick run of solvers beside Adam', () => {
  interface Row {
    name: string
    points: { seconds: number; loss: number }[]
  }

  test('each way down is timed from one start, and drawn', () => {
    const run = runBench('--only', 'solvers')
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
    const result = readResult<Row>('solvers.json') as ReturnType<typeof readResult<Row>> & { start: number }
    expect([result.machine.node, result.quick, result.unit]).toEqual([process.versions.node, true, 's'])
    const chart = readFileSync(join(folder, 'solvers.svg'), 'utf8')
    expect(result.rows.map(({ name }) => name)).toEqual(['Levenberg–Marquardt', 'L-BFGS', 'Adam'])
    for (const { name, points } of result.rows) {
      expect(points.length).toBeGreaterThan(5)
      for (const [k, { seconds }] of points.entries()) {
        expect(seconds).toBeGreaterThan(points[k - 1]?.seconds ?? 0)
      }
      expect(points.at(-1)?.loss).toBeLessThan(result.start)
      expect(run.stdout).toContain(name)
      expect(chart).toContain(name)
    }
  })
})

describe('a quick run of a pass over a CSV file', () => {
  interface Row {
    work: string
    seconds: Timings
    megabytesPerSecond: number
    rowsPerSecond: number
    baseMegabytes: number
    peakMegabytes: number
    accuracy?: number
  }
  type Result = { setting: { rows: { training: number }; megabytes: number }; limits: Record<string, number> }
  let run: ReturnType<typeof runBench>
  let result: ReturnType<typeof readResult<Row>> & Result
  beforeAll(() => {
    run = runBench('--only', 'csv-stream')
    result = readResult<Row>('csv-stream.json') as typeof result
  })

  test('succeeds, and reading and learning are timed at the same file', () => {
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
    expect([result.machine.node, result.quick, result.unit]).toEqual([process.versions.node, true, 's'])
    expect(result.rows.map(({ work }) => work)).toEqual(['reading', 'partialFit'])
    const { rows, megabytes } = result.setting
    for (const { work, seconds, ...row } of result.rows) {
      expectTimings(seconds)
      expect(row.rowsPerSecond).toBeCloseTo(rows.training / seconds.median, 3)
      expect(row.megabytesPerSecond).toBeCloseTo(megabytes / seconds.median, 6)
      expect(run.stdout).toContain(work)
    }
  })

  test('memory is that of the whole process, and the limit stands beside it', () => {
    for (const { baseMegabytes, peakMegabytes } of result.rows) {
      expect(baseMegabytes).toBeGreaterThan(10) // Node alone takes more
      expect(peakMegabytes).toBeGreaterThanOrEqual(baseMegabytes)
    }
    expect(result.limits.peakMegabytes).toBe(500)
    expect(run.stdout).toContain('asked is for 500 MB')
  })

  test('the model that read the file knows more than the most frequent label', () => {
    const [, { accuracy } = { accuracy: 0 }] = result.rows
    expect(accuracy).toBeGreaterThan(0.55) // 46 of 100 rows have the most frequent one
    expect(accuracy).toBeLessThan((result.limits.accuracy as number) + 0.05) // 2000 rows: 4 standard errors
  })
})

describe('a quick run of estimators beside those of scikit-learn', () => {
  interface Outcome {
    mean: number
    std: number
    scores: number[]
    fitSeconds: Timings
  }
  interface Row {
    dataSet: string
    rows: number
    columns: number
    ours: Outcome
    theirs: Outcome
    margin: number
    timesOurs: number
  }

  test('compares the same folds where a Python has it, and says what is missing where none has', () => {
    const run = runBench('--only', 'estimators')
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
    if (run.stdout.includes('needs a python3 that has scikit-learn')) return
    const { rows, ...result } = readResult<Row>('estimators.json')
    expect([result.machine.node, result.quick, result.unit]).toEqual([process.versions.node, true, 's a fit'])
    expect(rows.map((row) => [row.dataSet, row.rows, row.columns])).toEqual([
      ['iris', 150, 4],
      ['diabetes', 442, 10],
    ])
    for (const { dataSet, ours, theirs, margin, timesOurs } of rows) {
      for (const { mean, scores, fitSeconds } of [ours, theirs]) {
        expectTimings(fitSeconds)
        expect(fitSeconds.repeats).toBe(5)
        expect(scores).toHaveLength(5)
        expect(mean).toBeCloseTo(scores.reduce((sum, score) => sum + score) / 5, 9)
      }
      expect(margin).toBeCloseTo((ours.mean - theirs.mean) / theirs.std, 9)
      expect(timesOurs).toBeCloseTo(theirs.fitSeconds.median / ours.fitSeconds.median, 9)
      expect(run.stdout).toContain(dataSet)
    }
    const lower = rows.filter(({ margin }) => margin < -0.5).map(({ dataSet }) => dataSet)
    expect(run.stdout).toContain(`by more than 0.5 of its standard deviations: ${lower.join(', ') || 'none'}\n`)
  })

  test.runIf(process.platform !== 'win32')('without scikit-learn it goes on, and writes nothing', () => {
    const python = join(folder, 'python')
    writeFileSync(python, `#!/bin/sh\necho '{"place": "here", "version": "3.12.0", "modules": ["numpy"]}'\n`)
    chmodSync(python, 0o755)
    const out = join(folder, 'without')
    const { status, stdout, stderr } = runBench('--only', 'estimators', '--python', python, '--out', out)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('needs a python3 that has scikit-learn')
    expect(existsSync(join(out, 'estimators.json'))).toBe(false)
  })
})

function expectTimings({ median, least, greatest, repeats }: Timings) {
  expect(least).toBeGreaterThan(0)
  expect(median).toBeGreaterThanOrEqual(least)
  expect(greatest).toBeGreaterThanOrEqual(median)
  expect(repeats).toBeGreaterThan(0)
}
