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

interface GradientRow {
  network: string
  parameters: number
  backpropMicroseconds: Timings
  numericalMilliseconds: Timings
  ratio: number
  agreement: number
  method: string
}

interface LoopRow {
  contender: string
  dtype: string
  microsecondsPerStep: Timings
  meanLoss: number
  timesNote: number
  timesNumpy: number | null
}

const folder = mkdtempSync(join(tmpdir(), 'bp-net-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the compiled benchmarks (npm test builds them first). */
function runBench(...flags: string[]) {
  const path = fileURLToPath(new URL('../build/bench/index.js', import.meta.url))
  return spawnSync(process.execPath, [path, ...flags], { cwd: folder, encoding: 'utf8' })
}

function readResult<Row>(name: string) {
  type Result = { machine: Record<string, unknown>; quick: boolean; rows: Row[] }
  return JSON.parse(readFileSync(join(folder, 'out', name), 'utf8')) as Result
}

describe('a quick run', () => {
  let run: ReturnType<typeof runBench>
  beforeAll(() => {
    run = runBench('--quick', '--out', join(folder, 'out'))
  }, 120_000)

  test('succeeds and says where it ran', () => {
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
    expect(run.stdout).toContain(`Node ${process.versions.node} · bp-net `)
  })

  test.each(['numerical-vs-backprop.json', 'seed-loop.json'])('%s names the machine and the trial', (name) => {
    const { machine, quick } = readResult(name)
    expect(quick).toBe(true)
    expect(machine).toMatchObject({ processor: expect.any(String), node: process.versions.node })
    expect(machine.date).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  test('numerical differentiation and backpropagation are timed and agree, and the larger network tells them apart', () => {
    const { rows } = readResult<GradientRow>('numerical-vs-backprop.json')
    expect(rows.map(({ parameters }) => parameters)).toEqual([13, 108, 1386, 8906])
    for (const { network, backpropMicroseconds, numericalMilliseconds, ...row } of rows) {
      expectTimings(backpropMicroseconds, 5)
      expectTimings(numericalMilliseconds, 1)
      expect(row.ratio).toBeCloseTo((1000 * numericalMilliseconds.median) / backpropMicroseconds.median, 6)
      expect(row.agreement, network).toBeLessThan(1e-6) // central differences in float64 reach about 1e-9 here
      expect(row.method).toMatch(/^full$|^sample of \d+ parameters$/)
      expect(run.stdout).toContain(network)
    }
    expect(rows.at(-1)?.ratio).toBeGreaterThan(1) // 17,812 losses against one forward and one backward pass
  })

  test('the loop of the lecture note is timed in both dtypes, and NumPy, where there is one, runs the same loop', () => {
    const { rows } = readResult<LoopRow>('seed-loop.json')
    const ours = rows.filter(({ contender }) => contender === 'bp-net')
    expect(ours.map(({ dtype }) => dtype)).toEqual(['float32', 'float64'])
    for (const { microsecondsPerStep, timesNote } of rows) {
      expectTimings(microsecondsPerStep, 3)
      expect(timesNote).toBeCloseTo(520 / microsecondsPerStep.median, 6)
    }
    for (const { contender, dtype, meanLoss } of rows) {
      const same = ours.find((row) => row.dtype === dtype)?.meanLoss ?? Number.NaN
      // 60 steps of sums of 784 products, in another order: a thousand roundings of 6e-8 or 1e-16 at the worst
      const tolerance = dtype === 'float32' ? 1e-4 : 1e-12
      expect(Math.abs(meanLoss - same) / same, `${contender} ${dtype}`).toBeLessThan(tolerance)
    }
  })

  test('the chart is well-formed, small, and names both curves', () => {
    const svg = readFileSync(join(folder, 'out', 'numerical-vs-backprop.svg'), 'utf8')
    expect(fault(svg)).toBeUndefined()
    expect(svg.length).toBeLessThan(60_000)
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)
    expect(texts).toEqual(expect.arrayContaining(['Numerical differentiation', 'Backpropagation']))
    expect(texts).toEqual(expect.arrayContaining([expect.stringContaining('TRIAL RUN')]))
  })
})

test('--help lists the options', () => {
  const { status, stdout } = runBench('--help')
  expect(status).toBe(0)
  for (const flag of ['--out', '--quick', '--help']) expect(stdout).toContain(flag)
})

test.each(['--quik', 'quick'])('%s is refused with a message and exit code 2', (flag) => {
  const { status, stdout, stderr } = runBench(flag)
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(flag)
})

test.each(['<a>', '<a></b>', '<a b="c"d"/>', '<a b=c/>', '<a>&</a>', '<a>1 < 2</a>', '<a/><a/>', 'a'])(
  'the check of XML refuses %s',
  (xml) => {
    expect(fault(xml)).toBeDefined()
  },
)

function expectTimings({ median, least, greatest, repeats }: Timings, atLeast: number) {
  expect(least).toBeGreaterThan(0)
  expect(median).toBeGreaterThanOrEqual(least)
  expect(greatest).toBeGreaterThanOrEqual(median)
  expect(repeats).toBeGreaterThanOrEqual(atLeast)
}

/** A tag, CDATA, or text whose & are entities. */
const XML =
  /<(\/?)([\w:-]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>|<!\[CDATA\[[\s\S]*?\]\]>|(?:[^<&]|&(?:amp|lt|gt|quot|apos|#\d+);)+/g

/** What keeps a text from being one well-formed XML element. */
function fault(text: string): string | undefined {
  const tokens = [...text.trim().matchAll(XML)]
  if (tokens.map(([token]) => token).join('') !== text.trim()) return 'a part is neither tag nor text'
  if (tokens[0]?.[2] === undefined) return 'no root'
  const open: string[] = []
  for (const [k, [token, end, name, empty]] of tokens.entries()) {
    if (k > 0 && open.length === 0) return `${token} after the root`
    if (end && open.pop() !== name) return `${token} closes another element`
    if (name !== undefined && !end && !empty) open.push(name)
  }
  return open.length === 0 ? undefined : `<${open.join('><')}> not closed`
}
