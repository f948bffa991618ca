import { describe, expect, test } from 'vitest'
import { blasSet } from '../../src/kernels/blas.ts'
import type { Host } from '../../src/kernels/blas-search.ts'
import { findLibrary } from '../../src/kernels/blas-search.ts'

describe('the search for a library', () => {
  /** node:ffi over a list of files, each with the functions that it has. */
  const ffiOver = (files: Record<string, readonly string[]>) => ({
    DynamicLibrary: class {
      readonly #functions: readonly string[]
      constructor(path: string | null) {
        const found = files[path ?? 'process']
        if (found === undefined) throw new Error(`dlopen failed: ${path}: no such file`)
        this.#functions = found
      }
      getFunction(name: string) {
        if (!this.#functions.includes(name)) throw new Error(`dlsym failed: undefined symbol: ${name}`)
        return () => name.length
      }
      getSymbol = () => 1n
    },
    getRawPointer: () => 0n,
    toString: () => 'Version 1',
  })
  const cblas = ['cblas_sgemm', 'cblas_dgemm']
  const hostOf = (host: Partial<Host> = {}, files: Record<string, readonly string[]> = {}): Host => ({
    versions: { node: '26.9.0' },
    env: {},
    platform: 'linux',
    getBuiltinModule: () => ffiOver(files),
    ...host,
  })

  const failures: [title: string, host: Host, message: RegExp][] = [
    ['a browser', hostOf({ versions: {} }), /^needs Node 26.1 or later$/],
    ['Node 20', hostOf({ versions: { node: '20.20.2' } }), /^needs Node 26.1 or later, and this is 20.20.2$/],
    ['Node 26.0', hostOf({ versions: { node: '26.0.0' } }), /^needs Node 26.1 or later, and this is 26.0.0$/],
    ['Bun', hostOf({ versions: { node: '26.9.0', bun: '2.0.0' } }), /^needs Node 26.1 or later$/],
    ['--permission', hostOf({ permission: { has: () => false } }), /^may call no library: .*--allow-ffi/],
    [
      'no node:ffi',
      hostOf({ getBuiltinModule: () => undefined }),
      /^finds no node:ffi in Node 26.9.0: run node --experimental-ffi/,
    ],
    [
      'no library',
      hostOf(),
      /^finds no BLAS: install one \(apt install libopenblas0.*BP_NET_BLAS=path; tried were .*libopenblas.so.0.*libblas.so.3/,
    ],
    ['no library in Windows', hostOf({ platform: 'win32' }), /^finds no BLAS: .*libopenblas.dll/],
    [
      'BP_NET_BLAS names no file',
      hostOf({ env: { BP_NET_BLAS: '/no.so' } }),
      /^finds no BLAS by BP_NET_BLAS: dlopen failed: \/no.so: no such file$/,
    ],
    [
      'BP_NET_BLAS names no BLAS',
      hostOf({ env: { BP_NET_BLAS: '/m.so' } }, { '/m.so': ['sin'] }),
      /^finds no BLAS by BP_NET_BLAS: \/m.so: .*undefined symbol: cblas_sgemm$/,
    ],
  ]

  test.each(failures)('says what is missing: %s', (_title, host, message) => {
    expect(blasSet(() => findLibrary(host)).unavailable?.()).toMatch(message)
  })

  test('takes the first name that has the functions', () => {
    const files = { 'libopenblas.so.0': ['sin'], 'libblas.so.3': cblas, process: [] }
    expect(findLibrary(hostOf({}, files)).name).toBe('libblas.so.3')
    const accelerate = '/System/Library/Frameworks/Accelerate.framework/Accelerate'
    expect(findLibrary(hostOf({ platform: 'darwin' }, { [accelerate]: cblas })).name).toBe(accelerate)
  })

  test('takes BP_NET_BLAS before all names', () => {
    const files = {
      'libopenblas.so.0': cblas,
      '/mine.so': [...cblas, 'openblas_get_config', 'openblas_set_num_threads'],
    }
    const library = findLibrary(hostOf({ env: { BP_NET_BLAS: '/mine.so' } }, files))
    expect([library.name, typeof library.setThreads]).toEqual(['/mine.so (Version 1)', 'function'])
  })
})
