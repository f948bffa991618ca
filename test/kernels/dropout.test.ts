import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cells, Operation, View } from '../../src/kernels/plan.ts'
import { bitsAt } from '../../src/random/counter.ts'
import { sets } from './available.ts'
import type { Setting } from './drawn-matrices.ts'
import { cellsFor, expectNear, matrices, read, setting, UNIT } from './drawn-matrices.ts'

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const share = fc.oneof(
  fc.constantFrom(0, 2 ** -32, 0.25, 0.5, 1 - 2 ** -53),
  fc.double({ min: 0, max: 0.99, noNaN: true }),
)
const drawnDropout = fc.record({ share, layer: fc.nat(9), key: word, start: fc.oneof(fc.nat(600), word) })

type Drawn = typeof drawnDropout extends fc.Arbitrary<infer D> ? D : never

describe.each(sets)('the %s kernels', (_name, kernels) => {
  const run = (operations: readonly Operation[], cells: Cells) => kernels.prepare(operations)(cells)

  describe.each(['float32', 'float64'] as const)('in %s', (dtype) => {
    const drop = (from: View, to: View, { share, layer }: { share: number; layer: number }): Operation => {
      return { kind: 'dropout', from, to, share, layer, key: 'key', start: 'start' }
    }

    /** 1 for each element that is kept, else 0. */
    const masks = (rows: number, columns: number, share: number, cells: Partial<Cells>, layer = 0) => {
      const [A, D] = matrices(kernels, dtype, 1, [
        [rows, columns],
        [rows, columns],
      ]).views as [View, View]
      for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) A.set(i, j, 1)
      run([drop(A, D, { share, layer })], { ...cellsFor(rows), ...cells })
      return read(D).map((row) => row.map((x) => Number(x !== 0)))
    }

    test('keep an element where the bits of its place say so, in place or not', () => {
      const check = ({ m, spare, n, seed }: Setting, drawn: Drawn) => {
        const shape = [m + spare, n] as const
        const { views, checkEdges } = matrices(kernels, dtype, seed, [shape, shape])
        const [A, D] = views as [View, View]
        const [before, beforeD] = [read(A), read(D)]
        const { key, start } = drawn
        const cells = { ...cellsFor(m), key, start }
        const stream = bitsAt(key, drawn.layer)
        const expected = (i: number, j: number): [number, number] => {
          const isKept = bitsAt(stream, (start + i) * n + j) >= Math.floor(drawn.share * 2 ** 32)
          const exact = isKept ? (before[i]?.[j] as number) / (1 - drawn.share) : 0
          return [exact, 4 * UNIT[dtype] * Math.abs(exact)]
        }
        run([drop(A, D, drawn)], cells)
        expect(read(A)).toEqual(before)
        expectNear(D, m, beforeD, expected)
        run([drop(A, A, drawn)], cells)
        expectNear(A, m, before, expected)
        expect(read(A).slice(0, m)).toEqual(read(D).slice(0, m))
        checkEdges()
      }
      fc.assert(fc.property(setting, drawnDropout, check), { numRuns: 25 })
    })

    test('go on with the mask where a batch comes in blocks of rows', () => {
      const whole = masks(20, 33, 0.5, { key: 7 })
      const blocks = [0, 7, 14].map((start) => masks(Math.min(7, 20 - start), 33, 0.5, { key: 7, start }))
      expect(blocks.flat()).toEqual(whole)
    })

    test('write 0 for what is dropped, and nothing else for what is not, be it infinite or no number', () => {
      const row = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1]
      const [A, D] = matrices(kernels, dtype, 1, [
        [40, 4],
        [40, 4],
      ]).views as [View, View]
      for (let i = 0; i < 40; i++) for (let j = 0; j < 4; j++) A.set(i, j, row[j] as number)
      run([drop(A, D, { share: 0.5, layer: 0 })], { ...cellsFor(40), key: 3 })
      const kept = masks(40, 4, 0.5, { key: 3 })
      read(D).forEach((line, i) => {
        expect(line).toEqual(row.map((x, j) => (kept[i]?.[j] === 1 ? 2 * x : 0)))
      })
    })
  })
})

describe('the mask', () => {
  const [ROWS, COLUMNS] = [400, 97]
  const maskFor = (share: number, key: number, layer: number) => {
    const stream = bitsAt(key, layer)
    const isKept = (k: number) => Number(bitsAt(stream, k) >= Math.floor(share * 2 ** 32))
    return Array.from({ length: ROWS }, (_, i) => Array.from({ length: COLUMNS }, (_, j) => isKept(i * COLUMNS + j)))
  }
  const count = (numbers: readonly number[]) => numbers.reduce((x, y) => x + y, 0)

  /** χ² of counts of n trials each, in standard deviations from its mean: within 4 in all but one of 15,000 cases. */
  const deviation = (counts: readonly number[], n: number, p: number) => {
    const chi2 = counts.reduce((total, x) => total + (x - n * p) ** 2 / (n * p * (1 - p)), 0)
    return (chi2 - counts.length) / Math.sqrt(2 * counts.length)
  }

  test.each([0.05, 0.2, 0.5, 0.9])('drops a share of %d of every row, every column and all', (share) => {
    const mask = maskFor(share, 1, 0)
    const perColumn = Array.from({ length: COLUMNS }, (_, j) => count(mask.map((row) => row[j] as number)))
    expect(Math.abs(deviation(mask.map(count), COLUMNS, 1 - share))).toBeLessThan(4)
    expect(Math.abs(deviation(perColumn, ROWS, 1 - share))).toBeLessThan(4)
    // of one count χ² has a long tail: its root is normal
    const all = count(mask.flat())
    const n = ROWS * COLUMNS
    expect(Math.abs(all - n * (1 - share))).toBeLessThan(4 * Math.sqrt(n * share * (1 - share)))
  })

  test('is another for the next element, row, layer and step', () => {
    const mask = maskFor(0.5, 1, 0).flat()
    const others = [
      mask.slice(1),
      mask.slice(COLUMNS),
      maskFor(0.5, 1, 1).flat(),
      maskFor(0.5, 2, 0).flat(),
      maskFor(0.5, 0x9e3779ba, 0).flat(),
    ]
    for (const other of others) {
      const alike = other.filter((x, k) => x === mask[k]).length
      expect(Math.abs(alike - other.length / 2)).toBeLessThan(2 * Math.sqrt(other.length))
    }
  })
})
