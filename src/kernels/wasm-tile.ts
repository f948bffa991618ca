import type { Binary, Tile } from './wasm-memory.ts'
import { Arena } from './wasm-memory.ts'
import { kindOf } from './wasm-plan.ts'

/** The tile for vectors of 128 bits: as many rows as fit into 16 registers with and without a fused multiply-add. */
export function narrowTile(binary: Binary): Tile {
  return { rows: binary === 'relaxed' ? 6 : 4, vectors: 2 }
}

/** The tile for vectors of 256 bits; without them it spills registers. */
function wideTile(binary: Binary): Tile {
  return { rows: binary === 'relaxed' ? 6 : 4, vectors: 4 }
}

/** How long and how often the trial runs: beyond the some 9 ms after which V8 has replaced its first, plain translation. */
const TRIAL_MS = 14
const TRIAL_ROUNDS = 60
const PRODUCTS = 12

const found: { [B in Binary]?: Tile } = {}

/** The faster of both tiles, tried once: whether an engine makes wide vectors cannot be asked. */
export function fastestTile(binary: Binary): Tile {
  found[binary] ??= trial(binary)
  return found[binary]
}

function trial(binary: Binary): Tile {
  const arena = new Arena(binary, 'float32', [
    [24, 256],
    [256, 64],
    [24, 64],
  ])
  const run = arena.write([
    { kind: kindOf('product'), views: [arena.take(24, 256), arena.take(256, 64), arena.take(24, 64)] },
  ])
  const tiles = [narrowTile(binary), wideTile(binary)] as const
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number]
  const end = performance.now() + TRIAL_MS
  for (let round = 0; round < TRIAL_ROUNDS && performance.now() < end; round++) {
    for (const k of [0, 1] as const) {
      arena.tile = tiles[k]
      const start = performance.now()
      for (let product = 0; product < PRODUCTS; product++) run()
      least[k] = Math.min(least[k], performance.now() - start)
    }
  }
  return least[1] < 0.9 * least[0] ? tiles[1] : tiles[0]
}
