import type { Gemm, Library } from '../../src/kernels/blas-library.ts'
import { AS_IT_LIES, ROW_MAJOR, TRANSPOSED } from '../../src/kernels/blas-library.ts'
import type { FloatArray } from '../../src/kernels/plan.ts'

/** A matrix as cblas takes it: element (i, j) of what it stands for is i·down + j·across from its place. */
interface Operand {
  readonly data: FloatArray
  readonly at: number
  readonly down: number
  readonly across: number
}

/** A BLAS in JavaScript, whose addresses are places in a list: for engines without node:ffi, and to be made wrong. */
export function fakeLibrary(change: (gemm: Gemm) => Gemm = (gemm) => gemm): Library & { readonly calls: number[] } {
  const places: { data: FloatArray; at: number }[] = []
  const calls: number[] = []
  let threads = 0
  const operand = (address: bigint, width: number, stride: number, transpose: number): Operand => {
    const place = places[Number(address)]
    // as a BLAS refuses them
    if (place === undefined || stride < width) throw new Error(`the stride ${stride} at ${address}`)
    if (transpose === TRANSPOSED) return { ...place, down: 1, across: stride }
    if (transpose === AS_IT_LIES) return { ...place, down: stride, across: 1 }
    throw new Error(`neither transposed nor as it lies: ${transpose}`)
  }
  const gemm = change((order, transposeA, transposeB, m, n, k, alpha, a, strideA, b, strideB, beta, c, strideC) => {
    if (order !== ROW_MAJOR) throw new Error(`the order ${order}`)
    calls.push(threads)
    const A = operand(a, transposeA === TRANSPOSED ? m : k, strideA, transposeA)
    const B = operand(b, transposeB === TRANSPOSED ? k : n, strideB, transposeB)
    const C = operand(c, n, strideC, AS_IT_LIES)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) setElement(C, i, j, alpha * dot(A, i, B, j, k), beta)
  })
  return {
    name: 'a BLAS in JavaScript',
    gemm: { float32: gemm, float64: gemm },
    addressOf: ({ data, offset }) => BigInt(places.push({ data, at: offset }) - 1),
    setThreads: (count) => {
      threads = count
    },
    calls,
  }
}

/** Σ A(i, l)·B(l, j) */
function dot(A: Operand, i: number, B: Operand, j: number, length: number): number {
  let sum = 0
  for (let l = 0; l < length; l++) {
    sum += (A.data[A.at + i * A.down + l * A.across] as number) * (B.data[B.at + l * B.down + j * B.across] as number)
  }
  return sum
}

/** By the standard, nothing is read where beta is 0. */
function setElement({ data, at, down }: Operand, i: number, j: number, product: number, beta: number): void {
  const place = at + i * down + j
  data[place] = product + (beta === 0 ? 0 : beta * (data[place] as number))
}
