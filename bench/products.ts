import type { Benchmark, Case } from './benchmark.ts'
import { npmPeer, ours, pythonPeer } from './contenders.ts'
import { seeded } from './data.ts'
import type { Field } from './report.ts'

/** [M, N, K] of A (M×K) · B (K×N). */
const SIZES = [
  [32, 100, 784],
  [256, 256, 784],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
] as const

const QUICK_SIZES = [[5, 7, 9]] as const

/** Products of float32 matrices, one thread. */
export function products({ kernels, pythons, scratch, quick }: Field): Benchmark {
  const random = seeded(7)
  const cases = (quick ? QUICK_SIZES : SIZES).map(([m, n, k]): Case => {
    const numbers = Float32Array.from({ length: m * k + k * n }, () => 2 * random() - 1)
    const task = { kind: 'product', m, n, k, numbers: scratch.write(`product-${m}-${n}-${k}`, numbers) } as const
    const contest = { task, unit: 1, check: 1, most: 1e6 }
    return { name: m === n && n === k ? `${m}³` : `${m}×${n}×${k}`, contest, scale: 1e6, operations: 2 * m * n * k }
  })
  return {
    name: 'products',
    title: 'Products of float32 matrices, M×N×K, one thread',
    unit: 'µs',
    amounts: 'products a run',
    value: 'last element',
    cases,
    contenders: [
      ours('matmul', kernels),
      ...npmPeer('ndarray-gemm'),
      ...npmPeer('jax-js wasm'),
      ...npmPeer('numpy-ts'),
      ...npmPeer('tfjs wasm'),
      ...pythonPeer('NumPy', pythons, [1]),
      ...pythonPeer('NumPy', pythons, [1], { env: { OPENBLAS_CORETYPE: 'Haswell' }, setting: 'AVX2 kernels' }),
    ],
    effort: quick ? { repeats: 3 } : { repeats: 5, seconds: 0.3 },
    setting: { seed: 7 },
  }
}
