import { checkInteger, rangeError } from '../errors.ts'
import type { Library } from './blas-library.ts'
import { multiplyInPlace, prepareProduct } from './blas-product.ts'
import { findLibrary } from './blas-search.ts'
import type { KernelSet } from './plan.ts'
import { wasmSet } from './wasm.ts'
import type { Product } from './wasm-plan.ts'

/** From so many multiplications on, a product is done sooner there, the call of some 0.4 µs included. */
const WORTH_A_CALL = 2 ** 15

/** More threads than any processor has do nothing but harm. */
const MOST_THREADS = 1024

/**
 * The kernels of WebAssembly, with the products by the BLAS of the machine, called where the matrices are. Its bits depend on
 * the machine and on the number of threads.
 *
 * @param load opens the library, or throws an Error that says why it cannot; called once it is needed
 * @param worthACall products of fewer multiplications stay with WebAssembly
 * @param threads of the library; 1, where it lets us set them, if absent
 */
export function blasSet(load: () => Library, worthACall = WORTH_A_CALL, threads = 1): KernelSet {
  let loaded: Library | undefined
  const library = () => {
    loaded ??= load()
    return loaded
  }
  const pays = (m: number, n: number, k: number) => m * n * k >= worthACall
  const prepare = (product: Product) => prepareProduct(library(), threads, product)
  const wasm = wasmSet(undefined, undefined, { pays, prepare })
  return {
    ...wasm,
    name: 'blas',
    onlyByName: true,

    unavailable() {
      try {
        library()
      } catch (error) {
        return (error as Error).message
      }
      return wasm.unavailable?.()
    },

    describe() {
      const { fma, wide } = wasm.describe()
      return { kernels: 'blas', products: library().name, fma, wide }
    },

    matmul(out, a, b) {
      const [m, k] = a.shape as [number, number]
      if (!pays(m, out.shape[1] as number, k) || !multiplyInPlace(library(), threads, out, a, b)) wasm.matmul(out, a, b)
    },

    threads(where, count) {
      checkInteger(where, 'blasThreads', count, 1, MOST_THREADS)
      const { name, setThreads } = library()
      if (setThreads === undefined) {
        throw rangeError(where, 'blasThreads', `none, since ${name} has no function that sets its threads`, count)
      }
      return blasSet(library, worthACall, count)
    },
  }
}

/** The set that networks use. */
export const blasKernels: KernelSet = blasSet(findLibrary)
