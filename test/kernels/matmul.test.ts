import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { View } from '../../src/kernels/plan.ts'
import { zeros } from '../../src/kernels/plan.ts'
import { kernelSets } from '../../src/kernels/table.ts'
import { kernelNames } from './available.ts'

const dtypes = ['float32', 'float64'] as const

/** A view (rows×columns) with gaps, from the end or transposed, over elements that are whole numbers from −8 to 8. */
const viewOf = (dtype: 'float32' | 'float64', rows: number, columns: number) =>
  fc
    .record({ seed: fc.nat(), turned: fc.boolean(), backwards: fc.boolean(), gap: fc.integer({ min: 1, max: 3 }) })
    .map(({ seed, turned, backwards, gap }): View => {
      const data = zeros(dtype, rows * columns * gap)
      for (let k = 0; k < data.length; k++) data[k] = (((k + 1) * ((seed % 997) + 1)) % 17) - 8
      const whole = turned
        ? ndarray(data, [columns, rows * gap])
            .transpose(1, 0)
            .step(gap, 1)
        : ndarray(data, [rows, columns * gap]).step(1, gap)
      return backwards ? whole.step(-1, 1) : whole
    })

const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 70 }))

describe.each(kernelNames.map((name) => [name, kernelSets[name]] as const))('the %s kernels', (name, kernels) => {
  test.each(dtypes)('multiply matrices of any shape and strides, in %s', (dtype) => {
    const operands = fc
      .tuple(size, size, size)
      .chain(([n, k, m]) => fc.tuple(viewOf(dtype, n, k), viewOf(dtype, k, m), viewOf(dtype, n, m)))
    fc.assert(
      fc.property(operands, ([a, b, out]) => {
        kernels.matmul(out, a, b)
        const [n, m] = out.shape as [number, number]
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < m; j++) {
            let sum = 0
            for (let k = 0; k < (a.shape[1] as number); k++) sum += a.get(i, k) * b.get(k, j)
            // whole numbers below 2²⁴ in every partial sum: exact in either dtype and in any order
            expect(out.get(i, j)).toBe(sum)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('stand in the table under their own name', () => {
    expect(kernels.name).toBe(name)
  })
})
