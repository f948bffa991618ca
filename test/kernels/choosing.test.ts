import { afterEach, describe, expect, test, vi } from 'vitest'
import { describeKernels, Matrix, Network } from '../../src/index.ts'
import type { KernelSet } from '../../src/kernels/kernel-set.ts'
import { ndarrayKernels } from '../../src/kernels/ndarray.ts'
import { chooseKernels, kernelSets } from '../../src/kernels/table.ts'
import { moduleOf } from '../../src/kernels/wasm-memory.ts'

/** A set that adds 1 to every product. */
const wrong: KernelSet = {
  ...ndarrayKernels,
  name: 'wrong',
  prepare: (plan) => {
    const run = ndarrayKernels.prepare(plan)
    return (cells) => {
      const ended = run(cells)
      for (const operation of plan) if (operation.kind === 'affine') operation.Z.set(2, 3, operation.Z.get(2, 3) + 1)
      return ended
    }
  },
}
const throwing: KernelSet = {
  ...ndarrayKernels,
  name: 'throwing',
  allocate: () => {
    throw new Error('no memory today')
  },
}
const absent: KernelSet = { ...ndarrayKernels, name: 'absent', unavailable: () => 'needs another machine' }
const named: KernelSet = { ...ndarrayKernels, name: 'named', onlyByName: true }

afterEach(() => {
  vi.restoreAllMocks()
})

describe('auto', () => {
  test('takes the first set of the table that runs here', () => {
    expect(chooseKernels('test', {}, { absent, ndarray: ndarrayKernels }).name).toBe('ndarray')
    expect(chooseKernels('test', {}, { named, ndarray: ndarrayKernels }).name).toBe('ndarray')
    expect(chooseKernels('test', {}).name).toBe(Object.keys(kernelSets)[0])
  })

  test.each([
    [wrong, /^test: the kernel set 'wrong' is not used, since here it multiplies wrongly: -?\d+ for -?\d+ in float32$/],
    [
      throwing,
      /^test: the kernel set 'throwing' is not used, since here it fails at a small product: no memory today$/,
    ],
  ])('passes over the $name set, and says so', (set, message) => {
    const warnings: string[] = []
    const table = { set, ndarray: ndarrayKernels }
    const chosen = chooseKernels('test', { onWarning: (warning) => warnings.push(warning) }, table)
    expect(chosen.name).toBe('ndarray')
    expect(warnings).toEqual([expect.stringMatching(message)])
  })

  test('warns by the process where no one else listens', () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    chooseKernels('test', {}, { wrong, ndarray: ndarrayKernels })
    expect(emitted).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('multiplies wrongly'), 'BpNetWarning')
  })

  test('is an error where no set runs', () => {
    expect(() => chooseKernels('test', {}, { absent })).toThrow(
      "test: kernels: 'auto' is not possible here (absent needs another machine); expected an engine with WebAssembly SIMD",
    )
  })
})

describe('a set asked for by name', () => {
  test('is an error where it cannot run or calculates wrongly', () => {
    expect(() => chooseKernels('test', { kernels: 'absent' }, { absent, ndarray: ndarrayKernels })).toThrow(
      "test: kernels is 'absent', and here it needs another machine; expected 'auto' or 'ndarray'",
    )
    expect(() => chooseKernels('test', { kernels: 'wrong' }, { wrong, ndarray: ndarrayKernels })).toThrow(
      /'wrong', and here it multiplies wrongly/,
    )
  })

  test('takes blasThreads only where it calls a library that has threads', () => {
    expect(() => new Network({ layers: [2, 1], kernels: 'wasm', blasThreads: 2 })).toThrow(
      "Network: blasThreads is 2; expected none with the kernels 'wasm'; kernels: 'blas' takes it",
    )
  })

  test('must have a reproducible form where the same bits are asked for', () => {
    expect(() => new Network({ layers: [2, 1], kernels: 'ndarray', reproducible: true })).toThrow(
      "Network: kernels is 'ndarray', and here it has no reproducible form; expected 'auto' or 'wasm'",
    )
  })
})

describe('describeKernels', () => {
  test('says which kernels are used, and why', () => {
    const fma = moduleOf('relaxed') !== undefined
    const described = describeKernels()
    expect(described).toMatchObject({ kernels: 'wasm', fma, reason: "'auto' takes the first that runs here" })
    expect(described.products).toMatch(
      /^WebAssembly SIMD( with fused multiply-add)?, tiles of [46]×(8|16) \(float32\)$/,
    )
    expect(describeKernels({ reproducible: true })).toMatchObject({ kernels: 'wasm', fma: false })
    expect(describeKernels({ kernels: 'ndarray' })).toEqual({
      kernels: 'ndarray',
      products: 'JavaScript',
      fma: false,
      wide: false,
      reason: "kernels: 'ndarray' was asked for",
    })
  })

  test('names what would make vectors wide, unless they are', () => {
    const { wide, hint } = describeKernels()
    if (wide || process.arch !== 'x64') expect(hint).toBeUndefined()
    else expect(hint).toMatch(/--experimental-wasm-revectorize|Node 22/)
  })

  test.each([
    [{ kernels: 'fast' }, /^describeKernels: unknown kernels "fast"/],
    [{ kernel: 'wasm' }, /^describeKernels: .*kernel/],
    [{ reproducible: 1 }, /^describeKernels: reproducible is 1; expected true or false/],
    [null, /^describeKernels: /],
  ])('refuses %j', (options, message) => {
    expect(() => describeKernels(options as object)).toThrow(message)
  })
})

describe('the fast kernels', () => {
  test('keep every matrix of a network in one memory, with rows that are an odd number of 64 bytes long', () => {
    const network = new Network({ layers: [784, 100, 10], kernels: 'wasm', seed: 1 })
    const views = network.layers.flatMap(({ weights, biases }) => [weights.ndarray, biases.ndarray])
    expect(new Set(views.map(({ data }) => data.buffer)).size).toBe(1)
    for (const { stride, data } of views) {
      expect((((stride[0] as number) * data.BYTES_PER_ELEMENT) / 64) % 2).toBe(1)
      expect(data.byteOffset % 64).toBe(0)
    }
  })

  test.each(['float32', 'float64'] as const)('combine large matrices as small ones, in %s', (dtype) => {
    const [rows, columns] = [130, 131]
    const whole = (i: number, j: number, k: number) => ((i * 7 + j * 3 + k) % 23) - 11
    const make = (k: number) =>
      Matrix.from(
        Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => whole(i, j, k))),
        { dtype },
      )
    const [a, b] = [make(1), make(2)]
    const row = Matrix.from([Array.from({ length: columns }, (_, j) => j)], { dtype })
    const results = [a.add(b), a.subtract(b), a.multiply(b), a.addRow(row)]
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const [x, y] = [whole(i, j, 1), whole(i, j, 2)]
        expect(results.map((result) => result.get(i, j))).toEqual([x + y, x - y, x * y, x + j])
      }
    }
    expect(a.add(b, a).get(129, 130)).toBe(whole(129, 130, 1) + whole(129, 130, 2))
  })
})
