import type { Dtype, FloatArray, Plan, Run, View } from './plan.ts'

/** What a kernel set is made of here, for people. */
export interface Description {
  /** the name of the set */
  readonly kernels: string
  /** what does the products: 'JavaScript', 'WebAssembly SIMD', the path of a library */
  readonly products: string
  /** whether a·b + c is rounded once */
  readonly fma: boolean
  /** whether vectors of 256 bits paid in a trial, as V8 makes them where it is asked to */
  readonly wide: boolean
  /** what would make it faster, where something would */
  readonly hint?: string
}

/** One way to do the arithmetic: the only seam for speed. */
export interface KernelSet {
  readonly name: string
  /** Whether 'auto' passes it over. */
  readonly onlyByName?: boolean
  /** Why the set cannot run here, as it follows "it …"; undefined where it can. */
  readonly unavailable?: () => string | undefined
  /** What it is made of here. */
  readonly describe: () => Description
  /** Zeroed memory for all matrices of one network, in one call, so that a set can take it in one piece. */
  readonly allocate: (dtype: Dtype, shapes: readonly (readonly [rows: number, columns: number])[]) => View[]
  /** Turns a plan into a function that runs it; done once for each plan. */
  readonly prepare: (plan: Plan) => Run
  /** out = a ∘ b element by element, with any strides, 0 for one row that stands for all; out may be a or b itself. */
  readonly combine: (kind: 'add' | 'subtract' | 'multiply', out: View, a: View, b: View) => void
  /** Whether no number is NaN or infinite. */
  readonly isFinite: (numbers: FloatArray) => boolean
  /** out = a·b, with any strides; the caller has checked shapes and that out overlaps neither. */
  readonly matmul: (out: View, a: View, b: View) => void
  /**
   * The same set with so many threads (the option blasThreads), where it calls a library that has its own.
   * @throws RangeError for no positive whole number, and for a library whose threads cannot be set
   */
  readonly threads?: (where: string, count: number) => KernelSet
  /** The set in the form that gives the same bits on every engine and processor, where it has one. */
  readonly reproducible?: KernelSet
}
