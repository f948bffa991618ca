import type { KernelSet } from './kernel-set.ts'
import { ndarrayKernels, timesDerivative } from './ndarray.ts'
import { first } from './ndarray-elements.ts'
import type { Operation, Plan, Run, View } from './plan.ts'
import { combineInChunks, isFiniteInChunks } from './wasm-combine.ts'
import type { Binary, Tile } from './wasm-memory.ts'
import { Arena, moduleOf } from './wasm-memory.ts'
import type { Parts, Product } from './wasm-plan.ts'
import { encode, fuse, split, withoutOwn } from './wasm-plan.ts'
import { multiply } from './wasm-product.ts'
import { fastestTile, narrowTile } from './wasm-tile.ts'

/** A network whose matrices all have fewer weights runs on the narrow tile, and waits for no trial. */
const WORTH_A_TRIAL = 8192

/** Another who does the products of plans, in the memory where they are; everything else stays here. */
export interface Multiplier {
  /** whether a product (m×k)·(k×n) is done sooner by it */
  readonly pays: (m: number, n: number, k: number) => boolean
  /** turns a product of a plan into a function that does it with these sizes */
  readonly prepare: (product: Product) => (m: number, n: number, k: number, alpha: number, beta: number) => void
}

/**
 * The fast kernels: WebAssembly SIMD, compiled from assembly/. A network lives in a memory of its own; a plan is written
 * there once, and a run is one call. What a user's own functions do runs on the same memory in the reference's way.
 *
 * @param binary relaxed where the engine has it, unless named
 * @param tile the fastest in a trial, unless named; the bits are the same
 * @param multiplier does the products that it says are worth it
 */
export function wasmSet(binary?: Binary, tile?: Tile, multiplier?: Multiplier): KernelSet {
  const arenas = new WeakMap<ArrayBufferLike, Arena>()
  const chosen = () => binary ?? (moduleOf('relaxed') ? 'relaxed' : 'plain')
  return {
    name: 'wasm',

    unavailable: () => (moduleOf(chosen()) ? undefined : 'finds no WebAssembly SIMD in this engine'),

    describe() {
      const fma = chosen() === 'relaxed'
      const { rows, vectors } = tile ?? fastestTile(chosen())
      const form = fma ? 'WebAssembly SIMD with fused multiply-add' : 'WebAssembly SIMD'
      const products = `${form}, tiles of ${rows}×${4 * vectors} (float32)`
      const wide = vectors === 4
      return { kernels: 'wasm', products, fma, wide, ...(wide ? {} : wideHint()) }
    },

    allocate(dtype, shapes) {
      const arena = new Arena(chosen(), dtype, shapes)
      arena.tile = tile ?? narrowTile(chosen())
      arenas.set(arena.buffer, arena)
      return shapes.map(([rows, columns]) => arena.take(rows, columns))
    },

    prepare(plan) {
      const arena = arenas.get(bufferOf(plan))
      if (arena === undefined) throw new Error('a plan over views that these kernels have not allocated')
      const isWorthATrial = plan.some((operation) => 'W' in operation && operation.W.size >= WORTH_A_TRIAL)
      if (tile === undefined && isWorthATrial) arena.tile = fastestTile(chosen())
      return prepareOn(arena, plan, multiplier)
    },

    combine: (kind, out, a, b) => combineInChunks(kind, out, a, b, chosen()),
    isFinite: (numbers) => isFiniteInChunks(numbers, chosen()),
    matmul: (out, a, b) => multiply(out, a, b, chosen(), tile),
  }
}

/** The set that networks use. */
export const wasmKernels: KernelSet = { ...wasmSet(), reproducible: wasmSet('plain') }

/** Stretches of records, and between them what runs in JavaScript or is multiplied by another. */
function prepareOn(arena: Arena, plan: Plan, multiplier?: Multiplier): Run {
  const runs: Run[] = []
  let stretch: Parameters<Arena['write']>[0][number][] = []
  const close = () => {
    if (stretch.length > 0) runs.push(arena.write(stretch))
    stretch = []
  }
  const add = (run: Run) => {
    close()
    runs.push(run)
  }
  for (const operation of fuse(plan)) {
    const fast = withoutOwn(operation)
    const record = encode(fast)
    const parts = multiplier && split(fast)
    if (record === undefined) add(ndarrayKernels.prepare([operation as Operation]))
    else if (multiplier === undefined || parts === undefined) stretch.push(record)
    else add(multiplyBy(multiplier, arena, arena.write([record]), parts))
    if (fast !== operation) add(derive(operation as Propagate))
  }
  close()
  const [only] = runs
  if (runs.length === 1 && only !== undefined) {
    return (cells) => {
      arena.setCells(cells)
      return only(cells)
    }
  }
  return (cells) => {
    arena.setCells(cells)
    return runs.every((run) => run(cells))
  }
}

/** An operation whose product another does where that pays; a product with one row is memory traffic, and stays here. */
function multiplyBy(
  multiplier: Multiplier,
  arena: Arena,
  alone: () => boolean,
  { before, product, after }: Parts,
): Run {
  const [start, end] = [arena.write(before), arena.write(after)]
  const { A, C, transposed, alpha, beta } = product
  const multiply = multiplier.prepare(product)
  const n = C.shape[1] as number
  const [height, inner] = [C.shape[0] as number, A.shape[1] as number]
  return (cells) => {
    const m = transposed === 'A' ? height : cells.rows
    const k = transposed === 'A' ? cells.rows : inner
    if (cells.rows === 1 || !multiplier.pays(m, n, k)) return alone()
    start()
    multiply(m, n, k, alpha(cells), beta(cells))
    return end()
  }
}

type Propagate = Extract<Operation, { kind: 'propagate' }>

/** lossBelow = lossBelow ⊙ f'(Z), where f is the user's own */
function derive({ f, Z, A, lossBelow }: Propagate): Run {
  return ({ rows }) => {
    timesDerivative(first(rows, lossBelow), f, Z, A)
    return true
  }
}

/** The memory over which a plan runs: that of any of its views. */
function bufferOf([operation]: Plan): ArrayBufferLike {
  const view = Object.values(operation ?? {}).find((value) => typeof value === 'object' && 'stride' in value)
  return (view as View).data.buffer
}

/** What makes V8 join two vectors to one of 256 bits, where it can and was not asked to. */
function wideHint(): { hint?: string } {
  const isNode = typeof process === 'object' && process.versions?.node !== undefined && !('bun' in process.versions)
  if (!isNode || process.arch !== 'x64') return {}
  if (moduleOf('relaxed') === undefined) return { hint: 'Node 22 or later multiplies and adds in one instruction' }
  const flag = 'deno' in process.versions ? 'deno --v8-flags=' : 'node '
  return { hint: `${flag}--experimental-wasm-revectorize makes vectors of 256 bits, where the processor has AVX2` }
}
