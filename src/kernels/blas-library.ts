import type { Dtype, View } from './plan.ts'

/** What we use of node:ffi (Node 26.1 or later). */
export interface Ffi {
  readonly DynamicLibrary: new (path: string | null) => DynamicLibrary
  readonly getRawPointer: (source: ArrayBufferLike) => bigint
  readonly toString: (pointer: bigint) => string | null
}

interface DynamicLibrary {
  readonly getFunction: <F>(name: string, signature: { return: string; arguments: readonly string[] }) => F
  readonly getSymbol: (name: string) => bigint
}

/** C = alpha·op(A)·op(B) + beta·C with op(A) m×k and op(B) k×n, as cblas_sgemm and cblas_dgemm take it. */
export type Gemm = (
  order: number,
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: bigint,
  strideA: number,
  B: bigint,
  strideB: number,
  beta: number,
  C: bigint,
  strideC: number,
) => void

/** cblas.h: rows are contiguous; the matrix as it lies; its transpose. */
export const ROW_MAJOR = 101
export const AS_IT_LIES = 111
export const TRANSPOSED = 112

/** A BLAS, as far as we use it. */
export interface Library {
  /** its path, and what it says of itself */
  readonly name: string
  readonly gemm: Readonly<Record<Dtype, Gemm>>
  /** where the first element of a view lies; the memory must not move or go while the address is used */
  readonly addressOf: (view: View) => bigint
  /** sets how many threads a product takes, where the library has a function for that */
  readonly setThreads?: (count: number) => void
}

/** Opens a library. @throws Error where there is none, and where it is no BLAS with the C interface */
export function openLibrary(ffi: Ffi, path: string): Library {
  const library = new ffi.DynamicLibrary(path)
  const gemm = { float32: gemmOf(library, 'float32'), float64: gemmOf(library, 'float64') }
  const version = versionOf(ffi, library)
  const setThreads = threadsOf(library)
  return {
    name: `${pathOf(ffi, library) ?? path}${version === undefined ? '' : ` (${version})`}`,
    gemm,
    addressOf: ({ data, offset }) => {
      // the buffer, not the view of it: what `buffer` has once given no longer moves
      return ffi.getRawPointer(data.buffer) + BigInt(data.byteOffset + offset * data.BYTES_PER_ELEMENT)
    },
    ...(setThreads && { setThreads }),
  }
}

function gemmOf(library: DynamicLibrary, dtype: Dtype): Gemm {
  const number = dtype // node:ffi calls the types as ndarray does
  const [int, pointer] = ['int32', 'pointer']
  const signature = [int, int, int, int, int, int, number, pointer, int, pointer, int, number, pointer, int]
  return library.getFunction(dtype === 'float32' ? 'cblas_sgemm' : 'cblas_dgemm', {
    return: 'void',
    arguments: signature,
  })
}

/** Sets the threads, by the function that OpenBLAS, BLIS or MKL has for it; a call only where their number changes. */
function threadsOf(library: DynamicLibrary): ((count: number) => void) | undefined {
  const take = <T>(name: string, type: string) =>
    optional(() => library.getFunction<(count: T) => void>(name, { return: 'void', arguments: [type] }))
  const set = take<number>('openblas_set_num_threads', 'int32') ?? take<number>('MKL_Set_Num_Threads', 'int32')
  const setLong = take<bigint>('bli_thread_set_num_threads', 'int64')
  if (set === undefined && setLong === undefined) return undefined
  let current = 0
  return (count) => {
    if (count === current) return
    if (set !== undefined) set(count)
    else setLong?.(BigInt(count))
    current = count
  }
}

/** What the library says of itself, in the ways of OpenBLAS, BLIS and MKL. */
function versionOf(ffi: Ffi, library: DynamicLibrary): string | undefined {
  const ask = (name: string, prefix = '') => {
    const text = optional(() =>
      ffi.toString(library.getFunction<() => bigint>(name, { return: 'pointer', arguments: [] })()),
    )
    return text ? prefix + text.trim() : undefined
  }
  return ask('openblas_get_config') ?? ask('bli_info_get_version_str', 'BLIS ') ?? versionOfMkl(library)
}

function versionOfMkl(library: DynamicLibrary): string | undefined {
  return optional(() => {
    const text = new Uint8Array(200)
    const signature = { return: 'void', arguments: ['buffer', 'int32'] }
    library.getFunction<(to: Uint8Array, length: number) => void>('MKL_Get_Version_String', signature)(
      text,
      text.length,
    )
    return String.fromCharCode(...text).replace(/[\0\s]+$/, '')
  })
}

/** The whole path of what was opened by a name, as the dynamic linker tells it; Windows has no such function. */
function pathOf(ffi: Ffi, library: DynamicLibrary): string | undefined {
  return optional(() => {
    const found = new BigUint64Array(4) // Dl_info: the path, where it was loaded, the nearest symbol and where that is
    const signature = { return: 'int32', arguments: ['pointer', 'buffer'] }
    const dladdr = new ffi.DynamicLibrary(null).getFunction<(symbol: bigint, to: BigUint64Array) => number>(
      'dladdr',
      signature,
    )
    const known = dladdr(library.getSymbol('cblas_sgemm'), found) !== 0
    return (known && ffi.toString(found[0] as bigint)) || undefined
  })
}

/** What a library or platform may lack. */
function optional<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
