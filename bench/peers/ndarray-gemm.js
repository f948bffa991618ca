import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const ndarray = require('ndarray')
const gemm = require('ndarray-gemm')
const versions = { 'ndarray-gemm': require('ndarray-gemm/package.json').version }

/** ndarray-gemm itself, a dependency of bp-net: C = A·B into an array that is there. */
export function open({ m, n, k }, { a, b }) {
  const [A, B] = [ndarray(a, [m, k]), ndarray(b, [k, n])]
  const C = ndarray(new Float32Array(m * n), [m, n])
  const begin = (calls) => () => {
    for (let call = 0; call < calls; call++) gemm(C, A, B)
    return C.get(m - 1, n - 1)
  }
  return { versions, begin }
}
