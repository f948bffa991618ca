import type { KernelSet } from '../../src/kernels/kernel-set.ts'
import { kernelSets } from '../../src/kernels/table.ts'
import { wasmSet } from '../../src/kernels/wasm.ts'
import type { Binary, Tile } from '../../src/kernels/wasm-memory.ts'

/** The names of the kernel sets of the table that run on this engine. */
export const kernelNames = Object.entries<KernelSet>(kernelSets)
  .filter(([, { unavailable }]) => unavailable?.() === undefined)
  .map(([name]) => name) as (keyof typeof kernelSets)[]

/** Every tile of both binaries. */
export const tiles: readonly Tile[] = [
  { rows: 4, vectors: 2 },
  { rows: 6, vectors: 2 },
  { rows: 4, vectors: 4 },
  { rows: 6, vectors: 4 },
]

/** The binaries that this engine takes: relaxed SIMD came with Node 22. */
export const binaries: readonly Binary[] = (['plain', 'relaxed'] as const).filter(
  (binary) => wasmSet(binary).unavailable?.() === undefined,
)

/** Every kernel set that runs on this engine, and every form of the WebAssembly one, by name. */
export const sets: readonly (readonly [name: string, kernels: KernelSet])[] = [
  ...kernelNames.map((name) => [name, kernelSets[name]] as const),
  ...binaries.flatMap((binary) =>
    tiles.map((tile) => [`wasm ${binary} ${tile.rows}×${4 * tile.vectors}`, wasmSet(binary, tile)] as const),
  ),
]
