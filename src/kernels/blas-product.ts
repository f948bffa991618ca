import type { Library } from './blas-library.ts'
import { AS_IT_LIES, ROW_MAJOR, TRANSPOSED } from './blas-library.ts'
import type { Dtype, View } from './plan.ts'
import type { Product } from './wasm-plan.ts'

/** C = alpha·A·B + beta·C for matrices whose memory never moves, as a network's: their addresses are taken once. */
export function prepareProduct(
  { gemm, addressOf, setThreads }: Library,
  threads: number,
  { A, B, C, transposed }: Product,
) {
  const multiply = gemm[C.dtype as Dtype]
  const [a, b, c] = [addressOf(A), addressOf(B), addressOf(C)]
  const [strideA, strideB, strideC] = [A.stride[0], B.stride[0], C.stride[0]] as [number, number, number]
  const transposeA = transposed === 'A' ? TRANSPOSED : AS_IT_LIES
  const transposeB = transposed === 'B' ? TRANSPOSED : AS_IT_LIES
  return (m: number, n: number, k: number, alpha: number, beta: number): void => {
    setThreads?.(threads)
    multiply(ROW_MAJOR, transposeA, transposeB, m, n, k, alpha, a, strideA, b, strideB, beta, c, strideC)
  }
}

/** out = a·b where the matrices are; false where one lies as a BLAS takes none. */
export function multiplyInPlace(library: Library, threads: number, out: View, a: View, b: View): boolean {
  const [layout, layoutA, layoutB] = [layoutOf(out), layoutOf(a), layoutOf(b)]
  if (layout === undefined || layoutA === undefined || layoutB === undefined) return false
  // outᵀ = bᵀ·aᵀ
  if (layout.transposed) return multiplyInPlace(library, threads, turn(out), turn(b), turn(a))
  const { gemm, addressOf, setThreads } = library
  setThreads?.(threads)
  gemm[out.dtype as Dtype](
    ROW_MAJOR,
    layoutA.transposed ? TRANSPOSED : AS_IT_LIES,
    layoutB.transposed ? TRANSPOSED : AS_IT_LIES,
    out.shape[0] as number,
    out.shape[1] as number,
    a.shape[1] as number,
    1,
    addressOf(a),
    layoutA.stride,
    addressOf(b),
    layoutB.stride,
    0,
    addressOf(out),
    layout.stride,
  )
  return true
}

function turn(view: View): View {
  return view.transpose(1, 0)
}

/** Whether rows or columns are contiguous, and how far it is from one to the next. */
interface Layout {
  readonly transposed: boolean
  readonly stride: number
}

function layoutOf({ shape, stride }: View): Layout | undefined {
  const [rows, columns] = shape as [number, number]
  const [down, across] = stride as [number, number]
  const alongRows = strideOf(columns, down, across)
  if (alongRows !== undefined) return { transposed: false, stride: alongRows }
  const alongColumns = strideOf(rows, across, down)
  return alongColumns === undefined ? undefined : { transposed: true, stride: alongColumns }
}

/** The step between lines, where each is contiguous (one number always is) and they do not overlap. */
function strideOf(length: number, step: number, within: number): number | undefined {
  if (within !== 1 && length > 1) return undefined
  return step >= length && step < 2 ** 31 ? step : undefined
}
