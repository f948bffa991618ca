import gemm from 'ndarray-gemm'
import type { Dtype, View } from './plan.ts'
import type { Binary, Tile } from './wasm-memory.ts'
import { Arena } from './wasm-memory.ts'
import { kindOf } from './wasm-plan.ts'
import { fastestTile, narrowTile } from './wasm-tile.ts'

/** Fewer multiplications than this are done sooner where the matrices are. */
const LEAST_WORK = 2048

/** From so many multiplications on, the tile is worth a trial. */
const WORTH_A_TRIAL = 2 ** 22

/** An arena of at most so many bytes is kept for the next product. */
const KEPT_BYTES = 2 ** 26

const kept: { [K in `${Binary} ${Dtype}`]?: Arena } = {}

/** out = a·b for matrices in ordinary memory: copied into an arena, multiplied there, and copied out. */
export function multiply(out: View, a: View, b: View, binary: Binary, tile?: Tile): void {
  const [m, k] = a.shape as [number, number]
  const n = b.shape[1] as number
  if (m * n * k < LEAST_WORK) {
    gemm(out, a, b)
    return
  }
  // what lies transposed is copied as it lies; one of both only, the kernels transpose no more
  const transposedB = liesTransposed(b)
  const transposedA = !transposedB && liesTransposed(a)
  const sources = [transposedA ? a.transpose(1, 0) : a, transposedB ? b.transpose(1, 0) : b] as const
  const shapes = [...sources.map(({ shape }) => shape as [number, number]), [m, n] as [number, number]]
  const arena = arenaFor(binary, out.dtype as Dtype, shapes)
  arena.tile = tile ?? (m * n * k < WORTH_A_TRIAL ? narrowTile(binary) : fastestTile(binary))
  const [A, B, C] = shapes.map(([rows, columns]) => arena.take(rows, columns)) as [View, View, View]
  copy(A, sources[0])
  copy(B, sources[1])
  const record = { kind: kindOf('product'), f: Number(transposedA), E: Number(transposedB), views: [A, B, C] }
  arena.write([record])()
  copy(out, C)
}

function arenaFor(binary: Binary, dtype: Dtype, shapes: readonly [number, number][]): Arena {
  const key = `${binary} ${dtype}` as const
  const before = kept[key]
  if (before?.fits(shapes)) {
    before.restart()
    return before
  }
  const arena = new Arena(binary, dtype, shapes)
  if (arena.buffer.byteLength <= KEPT_BYTES) kept[key] = arena
  return arena
}

/** Whether columns are contiguous and rows are not. */
function liesTransposed({ shape, stride }: View): boolean {
  return stride[0] === 1 && stride[1] !== 1 && (shape[1] as number) > 1
}

/** Row by row where rows are contiguous in both. */
function copy(to: View, from: View): void {
  const [rows, columns] = to.shape as [number, number]
  const [down, across] = to.stride as [number, number]
  const [downFrom, acrossFrom] = from.stride as [number, number]
  const { data, offset } = to
  const { data: source, offset: start } = from
  if (across === 1 && acrossFrom === 1 && columns >= 16) {
    for (let i = 0; i < rows; i++) {
      const at = start + i * downFrom
      data.set(source.subarray(at, at + columns), offset + i * down)
    }
    return
  }
  for (let i = 0; i < rows; i++) {
    let at = offset + i * down
    let atFrom = start + i * downFrom
    for (let j = 0; j < columns; j++, at += across, atFrom += acrossFrom) data[at] = source[atFrom] as number
  }
}
