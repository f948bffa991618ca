import * as np from 'numpy-ts'

/** numpy-ts's `matmul`, each result disposed (without that it falls to JavaScript when its memory is full). */
export function open({ m, n, k }, { a, b }) {
  const [A, B] = [np.array(a).reshape([m, k]), np.array(b).reshape([k, n])]
  const begin = (calls) => () => {
    for (let call = 1; call < calls; call++) np.matmul(A, B).dispose()
    const C = np.matmul(A, B)
    const value = C.get([m - 1, n - 1])
    C.dispose()
    return Number(value)
  }
  return { versions: { 'numpy-ts': np.__version__ }, begin }
}
