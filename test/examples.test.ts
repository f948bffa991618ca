import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'bp-net-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a compiled example (npm test builds them first) as its user would. */
function runExample(name: string, ...flags: string[]) {
  const path = fileURLToPath(new URL(`../build/examples/${name}.js`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...flags], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('xor.ts learns XOR', () => {
  const { status, stdout } = runExample('xor')
  expect(status).toBe(0)
  const outputs = [...stdout.matchAll(/^ +([\d.]+)$/gm)].map(([, value]) => Math.round(Number(value)))
  expect(outputs).toEqual([0, 1, 1, 0])
})

describe('mnist.ts', () => {
  test('trains, tests, draws three misread digits, saves, and reads back the same accuracy', () => {
    const { status, stdout, stderr } = runExample('mnist', '--samples', '3000', '--seed', '3')
    expect(status).toBe(0)
    expect(stderr).toMatch(/epoch 1 100 % · loss 0\.\d{4} · [\d,]+ samples\/s · 0 s left/)
    const [first, second] = [...stdout.matchAll(/accuracy (\d\d\.\d\d) %/g)].map(([, value]) => value)
    expect(Number(first)).toBeGreaterThan(75) // 3,000 of 60,000 samples; 10 % would be guessing
    expect(second).toBe(first)
    const [, matched, mismatched] = stdout.match(/matched ([\d,]+), mismatched ([\d,]+)/) ?? []
    const count = (text?: string) => Number(text?.replaceAll(',', ''))
    expect(count(matched) + count(mismatched)).toBe(10_000)
    expect(count(matched) / 100).toBeCloseTo(Number(first), 2)
    const table = [...stdout.matchAll(/^ {8}\d((?: +(?:\d+|·)){10})$/gm)].map(([, cells]) =>
      (cells as string)
        .trim()
        .split(/ +/)
        .map((cell) => (cell === '·' ? 0 : Number(cell))),
    )
    expect(table).toHaveLength(10)
    expect(table.reduce((sum, row, digit) => sum + (row[digit] as number), 0)).toBe(count(matched))
    const captions = [...stdout.matchAll(/read (\d), true (\d)/g)]
    expect(captions).toHaveLength(3)
    for (const [, read, truth] of captions) expect(read).not.toBe(truth)
    expect(JSON.parse(readFileSync(join(folder, 'mnist-network.json'), 'utf8')).layers).toHaveLength(2)
  })

  test('prints its options for --help', () => {
    const { status, stdout } = runExample('mnist', '--help')
    expect(status).toBe(0)
    for (const flag of ['--hidden', '--rate', '--seed', '--epochs', '--samples', '--save'])
      expect(stdout).toContain(flag)
  })

  test.each([
    [['--sed', '1'], '--sed'],
    [['--seed', 'one'], '--seed is "one"'],
    [['--rate=-1'], '--rate is "-1"'],
    [['--samples', '70000'], 'from 1 to 60000'],
    [['--hidden', '100,'], '--hidden is ""'],
    [['--save', 'no/such/folder/network.json'], 'no/such/folder'],
  ])('refuses %j before it trains, with a message', (flags, message) => {
    const { status, stderr } = runExample('mnist', ...flags)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })
})

test('a run that diverges ends with one line that says so', () => {
  const { status, stderr } = runExample('mnist', '--samples', '1500', '--rate', '1e300')
  expect(status).toBe(1)
  expect(stderr).toMatch(/train: layer \d: the size of its \w+ after this step is Infinity; expected a finite number/)
  expect(stderr).not.toContain('    at ')
})

test('deep-mnist.ts trains three hidden layers through the same loop', () => {
  const { status, stdout } = runExample('deep-mnist', '--samples', '1000')
  expect(status).toBe(0)
  expect(stdout).toContain('Network 784-100-50-30-10')
  expect(stdout).toMatch(/accuracy \d+\.\d\d %/)
})
