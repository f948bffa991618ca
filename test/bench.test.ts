import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
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

interface PeerRow {
  case: string
  contender: string
  peer: string
  dtype: string
  versions: Record<string, string>
  time: Timings
  timesOurs: number | null
  gflops?: number
  amount: number
  checkValue: number
  value: number
}

/** What is compared with peers, the unit of its times, and its measurements. */
const comparisons = {
  'seed-loop': { unit: 'µs a step', cases: ['batch 1'] },
  epochs: { unit: 's an epoch', cases: ['batch 32', 'batch 128'] },
  adam: { unit: 's an epoch', cases: ['batch 128'] },
  products: { unit: 'µs', cases: ['5×7×9'] },
  prediction: { unit: 'µs a call', cases: ['1 row', '50 rows'] },
  xor: { unit: 'µs a step', cases: ['batch 4'] },
}
const names = Object.keys(comparisons) as (keyof typeof comparisons)[]

const folder = mkdtempSync(join(tmpdir(), 'bp-net-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the compiled benchmarks (npm test builds them first). */
function runBench(...flags: string[]) {
  const path = fileURLToPath(new URL('../build/bench/index.js', import.meta.url))
  return spawnSync(process.execPath, [path, ...flags], { cwd: folder, encoding: 'utf8' })
}

function readResult<Row>(name: string) {
  type Result = { machine: Record<string, unknown>; quick: boolean; unit: string; rows: Row[] }
  return JSON.parse(readFileSync(join(folder, 'out', name), 'utf8')) as Result
}

describe('a quick run', () => {
  let run: ReturnType<typeof runBench>
  beforeAll(() => {
    // those that come with this package or, mostly, with Python: bench/peers need not be installed
    run = runBench('--quick', '--contenders', 'bp-net,ndarray-gemm,NumPy', '--out', join(folder, 'out'))
  }, 120_000)

  test('succeeds and says where it ran', () => {
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
    expect(run.stdout).toContain(`Node ${process.versions.node} · bp-net `)
  })

  test.each(['numerical-vs-backprop', ...names])('%s.json names the machine and the trial', (name) => {
    const { machine, quick } = readResult(`${name}.json`)
    expect(quick).toBe(true)
    expect(machine).toMatchObject({ processor: expect.any(String), node: process.versions.node, nodeFlags: '' })
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

  test.each(names)('%s: ours and every contender are timed, at the work of which the setting speaks', (name) => {
    const { unit, rows } = readResult<PeerRow>(`${name}.json`)
    expect(unit).toBe(comparisons[name].unit)
    expect([...new Set(rows.map((row) => row.case))]).toEqual(comparisons[name].cases)
    for (const { contender, time, amount, value, versions, ...row } of rows) {
      expectTimings(time, 3)
      const reference = rows.find(({ peer, ...other }) => peer === 'bp-net' && other.case === row.case)
      expect(row.timesOurs).toBeCloseTo(time.median / (reference?.time.median ?? Number.NaN), 6)
      expect(amount).toBeGreaterThan(0)
      expect(Number.isFinite(value)).toBe(true)
      expect(Object.keys(versions).length).toBeGreaterThan(0)
      expect(run.stdout).toContain(contender)
    }
  })

  test.each(names)('%s: all contenders, and both ways of ours, compute the same from the same parameters', (name) => {
    const { rows } = readResult<PeerRow>(`${name}.json`)
    for (const { contender, checkValue, ...row } of rows) {
      const same = rows.find((other) => other.case === row.case)?.checkValue ?? Number.NaN
      // at most 60 steps of sums of 784 products, in another order: a thousand roundings of 6e-8 at the worst
      expect(Math.abs(checkValue - same) / Math.abs(same), `${contender}, ${row.case}`).toBeLessThan(1e-4)
    }
  })

  test('the loop of the lecture note is timed by train and by fit, in float32, and in float64', () => {
    const ours = readResult<PeerRow>('seed-loop.json').rows.filter(({ peer }) => peer === 'bp-net')
    expect(ours.map(({ dtype }) => dtype)).toEqual(['float32', 'float32', 'float64'])
    expect(ours.map(({ contender }) => contender.split(', ')[1])).toEqual(['train', 'fit', 'train'])
  })

  test('a product says how many operations a second it did', () => {
    for (const { time, gflops } of readResult<PeerRow>('products.json').rows) {
      expect(gflops).toBeCloseTo((2 * 5 * 7 * 9) / (1000 * time.median), 9)
    }
  })

  test.each([
    ['numerical-vs-backprop.svg', 'Numerical differentiation'],
    ['numerical-vs-backprop.svg', 'Backpropagation'],
    ['training.svg', 'fit'],
    ['products.svg', 'ndarray-gemm'],
  ])('%s is well-formed, small, and names %s', (name, text) => {
    const svg = readFileSync(join(folder, 'out', name), 'utf8')
    expect(fault(svg)).toBeUndefined()
    expect(svg.length).toBeLessThan(60_000)
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, found]) => found)
    expect(texts).toEqual(expect.arrayContaining([expect.stringContaining(text)]))
    expect(texts).toEqual(expect.arrayContaining([expect.stringContaining('TRIAL RUN')]))
  })
})

test('--only runs what it names, for those whom --contenders names', () => {
  const out = join(folder, 'only')
  const { status, stderr } = runBench('--quick', '--only', 'xor', '--contenders', 'bp-net', '--out', out)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(readdirSync(out)).toEqual(['xor.json'])
})

test('--help lists the options', () => {
  const { status, stdout } = runBench('--help')
  expect(status).toBe(0)
  for (const flag of ['--only', '--contenders', '--kernels', '--python', '--out', '--quick', '--help'])
    expect(stdout).toContain(flag)
})

test.each(['--quik', 'quick', '--only=xro', '--contenders=tfjs', '--python=no-such-program'])(
  '%s is refused with a message and exit code 2',
  (flag) => {
    const { status, stdout, stderr } = runBench(flag)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(flag.split('=').at(-1))
  },
)

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
