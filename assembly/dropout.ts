import { CELLS, Cells, View } from './memory'
import { splat } from './simd'

// The random bits are those of random/counter.ts: number k of a stream is mix(key + (k + 1)·STEP).

const STEP: i32 = <i32>0x9e3779b9

function mix(word: v128): v128 {
  let z = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 16)), i32x4.splat(0x21f0aaad))
  z = i32x4.mul(v128.xor(z, i32x4.shr_u(z, 15)), i32x4.splat(0x735a2d97))
  return v128.xor(z, i32x4.shr_u(z, 15))
}

/** to = scale·from where the bits of the element's place are at least `least`, else 0; four places at a time */
export function dropout<T>(from: View, to: View, layer: i32, least: i32, scale: f64): void {
  const cells = changetype<Cells>(CELLS)
  const factor = splat<T>(<T>scale)
  const stream = i32x4.extract_lane(mix(i32x4.splat(<i32>(<i64>cells.key) + (layer + 1) * STEP)), 0)
  const rows = <i32>cells.rows
  const end = <usize>to.columns * sizeof<T>()
  let place = <i32>(<i64>cells.start) * to.columns
  for (let i: usize = 0; i < <usize>rows; i++) {
    const x = from.pointer + i * from.stride
    const y = to.pointer + i * to.stride
    let word = i32x4.add(i32x4.splat(stream + place * STEP), i32x4(STEP, 2 * STEP, 3 * STEP, 4 * STEP))
    for (let j: usize = 0; j < end; j += sizeof<T>() * 4) {
      const kept = i32x4.ge_u(inline.always(mix(word)), i32x4.splat(least))
      word = i32x4.add(word, i32x4.splat(4 * STEP))
      const y0 = v128.mul<T>(factor, v128.load(x + j))
      if (sizeof<T>() == 4) v128.store(y + j, v128.and(kept, y0))
      else {
        const y1 = v128.mul<T>(factor, v128.load(x + j, 16))
        v128.store(y + j, v128.and(i64x2.extend_low_i32x4_s(kept), y0))
        v128.store(y + j, v128.and(i64x2.extend_high_i32x4_s(kept), y1), 16)
      }
    }
    place += to.columns
  }
}
