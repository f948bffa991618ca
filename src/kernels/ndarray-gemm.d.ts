declare module 'ndarray-gemm' {
  import type { NdArray } from 'ndarray'

  /** out = alpha·a·b + beta·out, for 2-D arrays of any strides; out must overlap neither a nor b. */
  export default function gemm(
    out: NdArray<Float32Array | Float64Array>,
    a: NdArray<Float32Array | Float64Array>,
    b: NdArray<Float32Array | Float64Array>,
    alpha?: number,
    beta?: number,
  ): void
}
