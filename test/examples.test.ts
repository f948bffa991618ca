import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exampleOf, runnerIn } from './run-example.ts'

const folder = mkdtempSync(join(tmpdir(), 'bp-net-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

const runExample = runnerIn(folder)

test('xor.ts learns XOR', () => {
  const { status, stdout } = runExample('xor')
  expect(status).toBe(0)
  const outputs = [...stdout.matchAll(/^ +([\d.]+)$/gm)].map(([, value]) => Math.round(Number(value)))
  expect(outputs).toEqual([0, 1, 1, 0])
})

test('trace.ts writes out a step of XOR, with numerical derivatives that agree', () => {
  const { status, stdout } = runExample('trace')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^Step 1 of 2-3-1, squaredError, sgd: 4 rows, E = 0\.\d+\n/)
  for (const line of ['  Z_1 = A_0·W_1 + b_1 ', '  dW_1 = (1/4)·A_0ᵀ·loss_1 ', '  W_1 ← W_1 − 5·dW_1 '])
    expect(stdout).toContain(`\n${line}`)
  const distances = [...stdout.matchAll(/numerical, at most (\S+) away/g)].map(([, distance]) => Number(distance))
  expect(distances).toHaveLength(4)
  for (const distance of distances) expect(distance).toBeLessThan(1e-6) // the network is float32
})

test('diagnose.ts says what is wrong, and applies what helps', () => {
  const { status, stdout } = runExample('diagnose')
  expect(status).toBe(0)
  const kinds = [...stdout.matchAll(/^([a-z]+[A-Z]\w+): /gm)].map(([, kind]) => kind)
  expect(kinds).toEqual(['unscaledInputs', 'targetsOutOfRange', 'saturatedUnits', 'batchTooLarge', 'unscaledTargets'])
  expect(stdout).toContain('with that applied:')
  const [before, after] = [...stdout.matchAll(/R² (-?\d\.\d\d)/g)].map(([, r2]) => Number(r2))
  expect(before).toBeLessThan(0)
  expect(after).toBeGreaterThan(0.7)
})

describe('mnist.ts', () => {
  test('trains, tests, draws three misread digits, saves, and reads back the same accuracy', () => {
    const { status, stdout, stderr } = runExample('mnist', '--samples', '3000', '--seed', '3')
    expect(status).toBe(0)
    expect(stderr).toMatch(/^epoch 1\/1 · loss 0\.\d{4} · rate 0\.3 · \d+\.\d\d s\n$/)
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
  expect(stderr).toMatch(
    /^\ntrain, step 1 of the network: layer \d: .* Likely cause: the learning rate 1e300 is too high/,
  )
  expect(stderr).not.toContain('    at ')
})

test('deep-mnist.ts trains three hidden layers through the same loop', () => {
  const { status, stdout } = runExample('deep-mnist', '--samples', '1000')
  expect(status).toBe(0)
  expect(stdout).toContain('Network 784-100-50-30-10')
  expect(stdout).toMatch(/accuracy \d+\.\d\d %/)
})

describe('mnist-best.ts', () => {
  const few = ['--samples', '600', '--validation', '0.1']
  const network = () => JSON.parse(readFileSync(join(folder, 'mnist-best-network.json'), 'utf8'))

  test('trains with a validation after each epoch, judges by the test digits, saves, and draws its curve', () => {
    const { status, stdout, stderr } = runExample('mnist-best', ...few, '--epochs', '4', '--seed', '2')
    expect(status).toBe(0)
    expect(
      stderr.match(/^epoch \d\/4 · loss \d\.\d{4} · validation loss \d\.\d{4} · accuracy 0\.\d{4} · rate .*$/gm),
    ).toHaveLength(4)
    expect(stdout).toMatch(/trained 4 × 600 digits in \d+\.\d s/)
    expect(Number(stdout.match(/test accuracy (\d\d\.\d\d) %/)?.[1])).toBeGreaterThan(40) // 10 % would be guessing
    expect(network().seed).toBe(2)
    const svg = readFileSync(join(folder, 'mnist-best.svg'), 'utf8')
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
    for (const text of ['test digits read right', 'Loss', 'Accuracy', 'Learning rate', 'training', 'held out', 'epoch'])
      expect(svg).toContain(text)
  })

  test('goes on with a run that Ctrl-C stopped, from where it stood', async () => {
    const long = [...few, '--epochs', '12', '--seed', '3']
    const { status, stdout } = await interrupted('mnist-best', ...long)
    expect(status).toBe(130)
    expect(stdout).toContain(`npm run mnist:best -- ${long.join(' ')} --resume`)
    expect(stdout).not.toContain('test accuracy')
    const resumed = runExample('mnist-best', ...long, '--resume')
    expect(resumed.status).toBe(0)
    expect(resumed.stderr).not.toContain('epoch  1/12')
    expect(resumed.stderr).toContain('epoch 12/12')
    expect(resumed.stdout).toContain('test accuracy')
  }, 120_000)

  test.each([
    [['--epochs', '0'], 2, '--epochs is "0"'],
    [['--validation', '1'], 2, '--validation is "1"'],
    [['--curve', 'no/such/folder/curve.svg'], 2, 'no/such/folder'],
    [['--save', 'no/such/folder/network.json'], 1, 'no/such/folder/network.json" cannot be written'],
    [['--resume', '--save', 'nothing.json'], 1, 'nothing.json" cannot be read'],
  ])('refuses %j before it trains, with a message', (flags, code, message) => {
    const { status, stderr } = runExample('mnist-best', ...flags)
    expect(status).toBe(code)
    expect(stderr).toContain(message)
    expect(existsSync(join(folder, 'nothing.json'))).toBe(false)
  })

  test('prints its options for --help', () => {
    const { status, stdout } = runExample('mnist-best', '--help')
    expect(status).toBe(0)
    for (const flag of ['--seed', '--epochs', '--samples', '--validation', '--save', '--resume', '--curve'])
      expect(stdout).toContain(flag)
  })
})

/** Runs an example and presses Ctrl-C after its first epoch; npm passes the signal on, so that it comes twice. */
async function interrupted(name: string, ...flags: string[]) {
  const running = spawn(process.execPath, [exampleOf(name), ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  running.stdout.on('data', (text) => {
    stdout += text
  })
  let stderr = ''
  running.stderr.on('data', (text) => {
    stderr += text
    if (!/epoch +1\//.test(stderr)) return
    running.kill('SIGINT')
    running.kill('SIGINT')
  })
  const [status] = (await once(running, 'close')) as [number | null]
  return { status, stdout }
}
