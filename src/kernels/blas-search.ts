import { wrongProduct } from './blas-check.ts'
import type { Ffi, Library } from './blas-library.ts'
import { openLibrary } from './blas-library.ts'

/** Under which names platforms have a BLAS, the fastest first. */
const names: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll'],
}

const UNIX = [
  'libopenblas.so.0',
  'libopenblas.so.3',
  'libopenblas.so',
  'libmkl_rt.so.2',
  'libblis.so.4',
  'libblis.so',
  'libblas.so.3', // what the system takes for one: mostly one of those above, else the slow original
]

/** The first Node with node:ffi, and the first that needs no flag for it. */
const FIRST = [26, 1] as const
const UNFLAGGED = '26.9'

/** The BLAS of this machine. @throws Error whose message follows "it …", and says what to do */
export function findLibrary(): Library {
  const ffi = findFfi()
  const { BP_NET_BLAS: asked } = process.env
  if (asked) {
    const library = tryLibrary(ffi, asked)
    if (typeof library === 'string') throw new Error(`cannot use BP_NET_BLAS: ${library}`)
    return library
  }
  const tried: string[] = []
  for (const name of names[process.platform] ?? UNIX) {
    const library = tryLibrary(ffi, name)
    if (typeof library !== 'string') return library
    tried.push(library)
  }
  const remedy = 'install one (apt install libopenblas0, dnf install openblas, brew install openblas)'
  throw new Error(
    `finds no BLAS: ${remedy} or name it in the environment, BP_NET_BLAS=path; tried were ${tried.join('; ')}`,
  )
}

/** node:ffi, asked for at run time: an import would keep the library from other engines. */
function findFfi(): Ffi {
  const version = typeof process === 'object' && !('bun' in process.versions) ? process.versions.node : undefined
  const needs = `needs Node ${FIRST.join('.')} or later`
  if (version === undefined) throw new Error(needs)
  const [major, minor] = version.split('.').map(Number) as [number, number]
  if (major < FIRST[0] || (major === FIRST[0] && minor < FIRST[1])) throw new Error(`${needs}, and this is ${version}`)
  // only with --permission is there such an object
  if (process.permission?.has('ffi') === false)
    throw new Error('may call no library: --permission needs --allow-ffi beside it')
  const ffi = process.getBuiltinModule('node:ffi') as Ffi | undefined
  if (ffi === undefined) {
    throw new Error(
      `finds no node:ffi in Node ${version}, which has it by --experimental-ffi, and from ${UNFLAGGED} on unasked`,
    )
  }
  return ffi
}

/** The library, or why it is none for us. */
function tryLibrary(ffi: Ffi, path: string): Library | string {
  try {
    const library = openLibrary(ffi, path)
    const wrong = wrongProduct(library)
    return wrong === undefined ? library : `${library.name} multiplies wrongly: ${wrong}`
  } catch (error) {
    const { message } = error as Error
    return message.includes(path) ? message : `${path}: ${message}`
  }
}
