import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './conversation.ts'
import { root } from './machine.ts'
import type { Python } from './pythons.ts'
import type { Options } from './task.ts'

/** Someone who can do a task, in a process of its own. */
export interface Contender {
  /** the project, and its setting where that makes another one of it; in charts its fastest contender stands for it */
  readonly peer: string
  /** which of the peer's contenders: 'fit', '2 threads' */
  readonly variant: string
  readonly dtype: 'float32' | 'float64'
  readonly command: Command
  readonly options: Options
  /** what a reader must know of this contender */
  readonly note?: string
}

/** Peers in Python: their module here and the module that they need. */
const PYTHON_PEERS = {
  NumPy: { module: 'numpy_peer', needs: 'numpy' },
  PyTorch: { module: 'torch_peer', needs: 'torch' },
  'scikit-learn': { module: 'sklearn_peer', needs: 'sklearn' },
} as const

/** Peers from npm: their module in bench/peers and the package that it imports first. */
const NPM_PEERS = {
  'brain.js': { module: 'brain.js', needs: 'brain.js' },
  'tfjs wasm': { module: 'tfjs.js', needs: '@tensorflow/tfjs-backend-wasm' },
  'jax-js wasm': { module: 'jax-js.js', needs: '@jax-js/jax' },
  'numpy-ts': { module: 'numpy-ts.js', needs: 'numpy-ts' },
  'onnxruntime-web': { module: 'onnxruntime-web.js', needs: 'onnxruntime-web' },
  'ndarray-gemm': { module: 'ndarray-gemm.js', needs: 'ndarray-gemm' },
} as const

export type NpmPeer = keyof typeof NPM_PEERS
export type PythonPeer = keyof typeof PYTHON_PEERS

/** Every name that --contenders takes. */
export const PEERS = ['bp-net', ...Object.keys(NPM_PEERS), ...Object.keys(PYTHON_PEERS)]

/** Settings that slow OpenBLAS down where a shell has them, and one thread for whatever is not told more. */
const PLAIN = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined, ...threadsOf(1) }

const peersFolder = join(root, 'bench', 'peers')
const fromPeers = createRequire(join(peersFolder, 'package.json'))

/** How a contender differs from its peer's others. */
export interface Variant {
  readonly dtype?: 'float32' | 'float64'
  readonly env?: Readonly<Record<string, string>>
  /** a setting that makes it a peer of its own */
  readonly setting?: string
  readonly note?: string
}

/** bp-net, by `train`, `fit` or whatever else the task asks for. */
export function ours(variant: string, kernels: string, dtype: 'float32' | 'float64' = 'float32'): Contender {
  const module = fileURLToPath(import.meta.resolve('./contenders/bp-net.js'))
  return { peer: 'bp-net', variant, dtype, command: node(module), options: { by: variant, kernels } }
}

/** A peer from npm; none where it is not installed. */
export function npmPeer(peer: NpmPeer, note?: string): Contender[] {
  const { module, needs } = NPM_PEERS[peer]
  if (!isInstalled(needs)) return []
  const command = node(join(peersFolder, module))
  return [{ peer, variant: '', dtype: 'float32', command, options: {}, ...(note && { note }) }]
}

/** A peer in each Python that has it, with each of these numbers of threads. */
export function pythonPeer(
  peer: PythonPeer,
  pythons: readonly Python[],
  threads: readonly number[],
  { dtype = 'float32', env = {}, setting, note }: Variant = {},
): Contender[] {
  const { module, needs } = PYTHON_PEERS[peer]
  const programs = pythons.filter(({ modules }) => modules.includes(needs)).map(({ program }) => program)
  return programs.flatMap((program) =>
    threads.map((count) => ({
      peer: setting ? `${peer}, ${setting}` : peer,
      variant: `${count} thread${count === 1 ? '' : 's'}`,
      dtype,
      command: python(program, module, { ...threadsOf(count), ...env }),
      options: { threads: count },
      ...(note && { note }),
    })),
  )
}

/** This Python, and the module that it is to serve; one thread where `env` has no more. */
export function python(program: string, module: string, env: Readonly<Record<string, string>> = {}): Command {
  const options = [join(peersFolder, 'python', 'serve.py'), module]
  return { program, options, env: { ...PLAIN, PYTHONDONTWRITEBYTECODE: '1', ...env } }
}

/** What of the wanted peers is not there, to be said once. */
export function missing(wanted: readonly string[], pythons: readonly Python[]): string[] {
  const has = (needs: string) => pythons.some(({ modules }) => modules.includes(needs))
  const npm = absent(NPM_PEERS, wanted, isInstalled)
  const python = absent(PYTHON_PEERS, wanted, has)
  return [
    ...(npm.length === 0 ? [] : [`${npm.join(', ')} not installed: npm ci --prefix bench/peers`]),
    ...(python.length === 0 ? [] : [`no python3 that has ${python.join(', ')}`]),
  ]
}

/** One thread, and two where there are two cores. */
export function oneAndTwo(): number[] {
  return availableParallelism() > 1 ? [1, 2] : [1]
}

function isInstalled(needs: string): boolean {
  try {
    fromPeers.resolve(needs)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND' // else it is there, to be imported only
  }
}

/** This Node with its flags, and the module that it is to serve. */
function node(module: string): Command {
  const serve = fileURLToPath(import.meta.resolve('./serve.js'))
  return { program: process.execPath, options: [...process.execArgv, serve, module], env: PLAIN }
}

function threadsOf(count: number) {
  const text = String(count)
  return { OPENBLAS_NUM_THREADS: text, OMP_NUM_THREADS: text, MKL_NUM_THREADS: text }
}

function absent(
  peers: Readonly<Record<string, { needs: string }>>,
  wanted: readonly string[],
  has: (needs: string) => boolean,
): string[] {
  const entries = Object.entries(peers).filter(([name, { needs }]) => wanted.includes(name) && !has(needs))
  return entries.map(([name]) => name)
}
