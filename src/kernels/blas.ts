import { checkInteger, rangeError } from '../errors.ts'
import { wrongProduct } from './blas-check.ts'
import type { Library } from './blas-library.ts'
import { multiplyInPlace, prepareProduct } from './blas-product.ts'
import { findLibrary } from './blas-search.ts'
import type { KernelSet } from './kernel-set.ts'
import { wasmSet } from './wasm.ts'
import type { Product } from './wasm-plan.ts'

/** From so many multiplications on, a product is done sooner there, the call of some 0.4 µs included. */
const WORTH_A_CALL = 40_000

/** Below so many rows, packing the other matrix, as a BLAS does, costs more than it saves. */
const LEAST_ROWS = 8

/** A slip of the keyboard should not start a million threads. */
const MOST_THREADS = 1024

/**
 * The kernels of WebAssembly, with the products by the BLAS of the machine, called where the matrices are. The bits depend
 * on the machine and on the number of threads.
 *
 * @param load opens the library, or throws an Error that says why it cannot; called when it is first needed
 * @param everyProduct whether the library does the small products too, which WebAssembly does sooner
 */
export function blasSet(load: () => Library = findLibrary, everyProduct = false): KernelSet {
  let loaded: Library | undefined
  const library = () => {
    loaded ??= checked(load())
    return loaded
  }
  const pays = (m: number, n: number, k: number) => everyProduct || (m >= LEAST_ROWS && m * n * k >= WORTH_A_CALL)
  return setOver(library, pays, 1)
}

/** The set that networks use. */
export const blasKernels: KernelSet = blasSet()

function checked(library: Library): Library {
  const wrong = wrongProduct(library)
  if (wrong === undefined) return library
  throw new Error(`finds ${library.name}, which multiplies wrongly (${wrong}); BP_NET_BLAS=path names another`)
}

type Pays = (m: number, n: number, k: number) => boolean

/** @param threads of the library, where it lets us set them */
function setOver(library: () => Library, pays: Pays, threads: number): KernelSet {
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
      const inPlace = pays(m, out.shape[1] as number, k) && multiplyInPlace(library(), threads, out, a, b)
      if (!inPlace) wasm.matmul(out, a, b)
    },

    threads(where, count) {
      checkInteger(where, 'blasThreads', count, 1, MOST_THREADS)
      const { name, setThreads } = library()
      if (setThreads !== undefined) return setOver(library, pays, count)
      throw rangeError(where, 'blasThreads', `none, since ${name} has no function that sets them`, count)
    },
  }
}
