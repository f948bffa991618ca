import ndarray from 'ndarray'
import type { Library } from './blas-library.ts'
import { AS_IT_LIES, ROW_MAJOR, TRANSPOSED } from './blas-library.ts'
import type { Dtype, View } from './plan.ts'
import { zeros } from './plan.ts'

/** Sizes that are no multiples of a tile. */
const [M, N, K] = [13, 17, 19]
/** From row to row: more than any of them is long. */
const STRIDE = 23
const [ALPHA, BETA] = [2, 1]

/**
 * What is wrong with a library, if something is: the first element that 2·A·B + C should not be, in the three forms that
 * plans use and in both types. The numbers are small and whole, so that every sum is exact in any order.
 */
export function wrongProduct(library: Library): string | undefined {
  for (const dtype of ['float32', 'float64'] as const) {
    for (const transposed of [undefined, 'A', 'B'] as const) {
      const wrong = wrongForm(library, dtype, transposed)
      if (wrong !== undefined) return `${wrong} in ${dtype}`
    }
  }
  return undefined
}

function wrongForm({ gemm, addressOf }: Library, dtype: Dtype, transposed: 'A' | 'B' | undefined): string | undefined {
  const [A, B, C] = [M * STRIDE, K * STRIDE, M * STRIDE].map((_, k) => filled(dtype, k)) as [View, View, View]
  const before = C.data.slice()
  const transposeA = transposed === 'A' ? TRANSPOSED : AS_IT_LIES
  const transposeB = transposed === 'B' ? TRANSPOSED : AS_IT_LIES
  const addresses = [A, B, C].map(addressOf) as [bigint, bigint, bigint]
  const [a, b, c] = addresses
  gemm[dtype](ROW_MAJOR, transposeA, transposeB, M, N, K, ALPHA, a, STRIDE, b, STRIDE, BETA, c, STRIDE)
  const [opA, opB] = [transposed === 'A' ? A.transpose(1, 0) : A, transposed === 'B' ? B.transpose(1, 0) : B]
  for (let i = 0; i < STRIDE; i++) {
    for (let j = 0; j < STRIDE; j++) {
      let expected = BETA * (before[i * STRIDE + j] as number)
      // what lies beyond the product must stay
      for (let k = 0; k < K && i < M && j < N; k++) expected += ALPHA * opA.get(i, k) * opB.get(k, j)
      if (C.get(i, j) !== expected) return `${C.get(i, j)} for ${expected}`
    }
  }
  return undefined
}

/** A square of whole numbers from −8 to 8. */
function filled(dtype: Dtype, seed: number): View {
  const data = zeros(dtype, STRIDE * STRIDE)
  for (let k = 0; k < data.length; k++) data[k] = ((k * (k + seed + 5)) % 17) - 8
  return ndarray(data, [STRIDE, STRIDE])
}
