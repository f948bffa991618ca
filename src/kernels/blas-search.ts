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

/** What we ask of the process. */
export interface Host {
  readonly versions: Readonly<Record<string, string | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  /** only where the process was started with --permission */
  readonly permission?: { readonly has: (scope: string) => boolean }
  readonly getBuiltinModule?: (name: string) => object | undefined
}

/** The BLAS of this machine. @throws Error whose message follows "it …", and says what to do */
export function findLibrary(host: Host | undefined = globalThis.process as Host | undefined): Library {
  const { ffi, env, platform } = read(host)
  const { BP_NET_BLAS: asked } = env
  if (asked) {
    const library = tryLibrary(ffi, asked)
    if (typeof library === 'string') throw new Error(`finds no BLAS by BP_NET_BLAS: ${library}`)
    return library
  }
  const tried: string[] = []
  for (const name of names[platform] ?? UNIX) {
    const library = tryLibrary(ffi, name)
    if (typeof library !== 'string') return library
    tried.push(library.startsWith('dlopen') ? name : library) // what is not there has no more to say
  }
  const packages = 'apt install libopenblas0, dnf install openblas, brew install openblas'
  const remedy = `install one (${packages}) or name one in the environment, BP_NET_BLAS=path`
  throw new Error(`finds no BLAS: ${remedy}; tried were ${tried.join(', ')}`)
}

/** node:ffi, asked for at run time: an import would keep this package from other engines. */
function read(host: Host | undefined): { ffi: Ffi; env: Host['env']; platform: string } {
  const needs = `needs Node ${FIRST.join('.')} or later`
  const version = host?.versions?.bun === undefined ? host?.versions?.node : undefined
  if (host === undefined || version === undefined) throw new Error(needs)
  const [major, minor] = version.split('.').map(Number) as [number, number]
  if (major < FIRST[0] || (major === FIRST[0] && minor < FIRST[1])) throw new Error(`${needs}, and this is ${version}`)
  if (host.permission?.has('ffi') === false)
    throw new Error('may call no library: node --permission needs --allow-ffi too')
  const ffi = host.getBuiltinModule?.('node:ffi') as Ffi | undefined
  if (ffi !== undefined) return { ffi, env: host.env, platform: host.platform }
  const flag = `run node --experimental-ffi, or a Node from ${UNFLAGGED} on, built with it`
  throw new Error(`finds no node:ffi in Node ${version}: ${flag}`)
}

/** The library, or why it is none for us. */
function tryLibrary(ffi: Ffi, path: string): Library | string {
  try {
    return openLibrary(ffi, path)
  } catch (error) {
    const { message } = error as Error
    return message.includes(path) ? message : `${path}: ${message}`
  }
}
