import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Matrix, NetworkOptions } from '../../src/index.ts'
import { Network } from '../../src/index.ts'
import { blasKernels } from '../../src/kernels/blas.ts'
import type { ElementActivation } from '../../src/kernels/plan.ts'

const run = promisify(execFile)

const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]

if (major < 26 || (major === 26 && minor < 1)) {
  test(`Node ${major} is too old for kernels: 'blas', and says so`, () => {
    expect(() => new Network({ layers: [2, 1], kernels: 'blas' })).toThrow(
      `Network: kernels is 'blas', and here it needs Node 26.1 or later, and this is ${process.versions.node}; expected`,
    )
  })

  test("what is said of kernels: 'blas' holds on Node 26", { timeout: 300_000 }, async () => {
    const files = [
      'test/kernels/blas',
      'test/kernels/sets.test.ts',
      'test/kernels/matmul.test.ts',
      'test/golden.test.ts',
    ]
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files, '-t', '[Bb][Ll][Aa][Ss]', '--reporter=verbose']
    const npx = ['--yes', '--package', 'node@26', '--', 'node', ...vitest]
    const { stdout } = await run('npx', npx, { maxBuffer: 2 ** 24, shell: process.platform === 'win32' })
    expect(stdout).toContain('Node 26 or later')
  })
} else {
  describe("kernels: 'blas' in Node 26 or later", () => {
    const absent = blasKernels.unavailable?.()
    if (absent === undefined) foundTests()
    else test('find no BLAS on this machine', () => expect(absent).toMatch(/^finds no BLAS/))
  })
}

function foundTests(): void {
  test('say which library does the products', () => {
    expect(blasKernels.describe().products).toMatch(/blas|blis|mkl|accelerate/i)
  })

  const own: ElementActivation = {
    name: 'mine',
    value: (z) => z / (1 + Math.abs(z)),
    derivative: (z) => (1 + Math.abs(z)) ** -2,
  }
  const networks: [title: string, options: Partial<NetworkOptions>][] = [
    ['sgd', {}],
    ['two layers and a function of the user', { layers: [90, { units: 70, activation: own }, 60, 10] }],
    ['softmax', { outputActivation: 'softmax', loss: 'categoricalCrossEntropy' }],
  ]
  const rows = (count: number, columns: number) =>
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: columns }, (_, j) => Math.sin(i * columns + j) / 2 + 0.5),
    )

  describe.each(networks)('train a network as the reference does: %s', (_title, options) => {
    test.each([
      ['float32', 1e-5],
      ['float64', 1e-12],
    ] as const)('in %s, to %d', async (dtype, tolerance) => {
      const trained = (['blas', 'ndarray'] as const).map(async (kernels) => {
        const network = new Network({ layers: [90, 70, 10], seed: 1, ...options, dtype, kernels })
        // one row, few, a block, and more than a block of 256
        for (const count of [1, 7, 40, 256, 600]) network.train(rows(count, 90), rows(count, 10))
        await network.fit(rows(100, 90), rows(100, 10), { epochs: 2, batchSize: 33 })
        return network
      })
      const [ours, theirs] = (await Promise.all(trained)) as [Network, Network]
      ours.layers.forEach(({ weights, biases }, l) => {
        const expected = theirs.layers[l] as { weights: Matrix; biases: Matrix }
        // a few roundings in each of 14 steps, of numbers about 1
        expect(largestDifference(weights, expected.weights)).toBeLessThan(tolerance)
        expect(largestDifference(biases, expected.biases)).toBeLessThan(tolerance)
      })
    })
  })

  const describing = (environment: Record<string, string>, ...flags: string[]) => {
    const script =
      "import('bp-net').then((bp) => console.log(bp.describeKernels({ kernels: 'blas' }).products), (e) => { throw e })"
    return run(process.execPath, [...flags, '--input-type=module', '-e', script], {
      env: { ...process.env, ...environment },
    })
  }

  test.each<[title: string, environment: Record<string, string>, flags: string[], message: string]>([
    [
      'BP_NET_BLAS names no file',
      { BP_NET_BLAS: '/no/such.so' },
      [],
      'finds no BLAS by BP_NET_BLAS: dlopen failed: /no/such.so',
    ],
    [
      'node may call no library',
      {},
      ['--permission', '--allow-fs-read=*'],
      'may call no library: node --permission needs --allow-ffi too',
    ],
    ['node has no node:ffi', {}, ['--no-experimental-ffi'], 'finds no node:ffi in Node'],
  ])('end with an error that says what to do where %s', async (_title, environment, flags, message) => {
    await expect(describing(environment, ...flags)).rejects.toThrow(
      `describeKernels: kernels is 'blas', and here it ${message}`,
    )
  })

  test('run where node --permission allows it', async () => {
    const { stdout } = await describing({}, '--permission', '--allow-fs-read=*', '--allow-ffi')
    expect(stdout.trim()).toBe(blasKernels.describe().products)
  })
}

function largestDifference(a: Matrix, b: Matrix): number {
  const [left, right] = [a.toArray().flat(), b.toArray().flat()]
  return Math.max(...left.map((value, k) => Math.abs(value - (right[k] as number))))
}
