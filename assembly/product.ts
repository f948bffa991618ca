import { FACTOR, GROUND, Ground, ZEROS } from './memory'
import { multiplyAdd, splat } from './simd'

// The product kernel. One tile of C stays in registers while k runs:
//
//                        B (k × n)
//                       ┌─────────┐
//                       │  b0 b1  │  V vectors of a row         C = init + alpha·(A·B)
//                       │    ↓    │
//     A (m × k)         │    k    │                             init: a row of biases, C itself, or zeros
//     ┌── k → ──┐       ├─────────┤                             alpha: 1, 1/m, or −rate/m, so that the bias, the sum
//     │ a       │ R rows│ c00 c01 │  the tile of C              over blocks and the step of SGD are one epilogue
//     └─────────┘       └─────────┘
//
// Every element of C is one sum in the order of k, so every tile gives the same bits. A is read one number at a time, by a
// step from row to row and one from k to k: Aᵀ is A with its steps exchanged, and nothing is packed. Rows of B, C and init
// are contiguous; they are read and written up to a multiple of four vectors, a line (memory.ts says what lies there).
//
// V8's wide vectors join two neighbours: both loads come before both stores, alpha is loaded and not passed, and
// nothing branches between.

// AssemblyScript takes no numbers as type parameters; the size of a class is one.
class One {
  a: u8
}
class Two extends One {
  b: u8
}
class Three extends Two {
  c: u8
}
class Four extends Three {
  d: u8
}
class Five extends Four {
  e: u8
}
class Six extends Five {
  f: u8
}

/** The tile of R rows × V vectors at C. Steps and strides in bytes. */
function tile<T, R, V>(
  A: usize,
  rowStep: usize,
  kStep: usize,
  B: usize,
  strideB: usize,
  C: usize,
  strideC: usize,
  init: usize,
  strideInit: usize,
  k: i32,
): void {
  const zero = splat<T>(0)
  let c00 = zero,
    c01 = zero,
    c02 = zero,
    c03 = zero
  let c10 = zero,
    c11 = zero,
    c12 = zero,
    c13 = zero
  let c20 = zero,
    c21 = zero,
    c22 = zero,
    c23 = zero
  let c30 = zero,
    c31 = zero,
    c32 = zero,
    c33 = zero
  let c40 = zero,
    c41 = zero,
    c42 = zero,
    c43 = zero
  let c50 = zero,
    c51 = zero,
    c52 = zero,
    c53 = zero
  let A1 = A + rowStep
  let A2 = A1 + rowStep
  let A3 = A2 + rowStep
  let A4 = A3 + rowStep
  let A5 = A4 + rowStep
  for (; k > 0; k--) {
    const b0 = v128.load(B)
    const b1 = offsetof<V>() > 1 ? v128.load(B, 16) : zero
    const b2 = offsetof<V>() > 2 ? v128.load(B, 32) : zero
    const b3 = offsetof<V>() > 2 ? v128.load(B, 48) : zero
    B += strideB
    let a = v128.load_splat<T>(A)
    A += kStep
    c00 = multiplyAdd<T>(a, b0, c00)
    if (offsetof<V>() > 1) c01 = multiplyAdd<T>(a, b1, c01)
    if (offsetof<V>() > 2) {
      c02 = multiplyAdd<T>(a, b2, c02)
      c03 = multiplyAdd<T>(a, b3, c03)
    }
    if (offsetof<R>() > 1) {
      a = v128.load_splat<T>(A1)
      A1 += kStep
      c10 = multiplyAdd<T>(a, b0, c10)
      if (offsetof<V>() > 1) c11 = multiplyAdd<T>(a, b1, c11)
      if (offsetof<V>() > 2) {
        c12 = multiplyAdd<T>(a, b2, c12)
        c13 = multiplyAdd<T>(a, b3, c13)
      }
    }
    if (offsetof<R>() > 2) {
      a = v128.load_splat<T>(A2)
      A2 += kStep
      c20 = multiplyAdd<T>(a, b0, c20)
      if (offsetof<V>() > 1) c21 = multiplyAdd<T>(a, b1, c21)
      if (offsetof<V>() > 2) {
        c22 = multiplyAdd<T>(a, b2, c22)
        c23 = multiplyAdd<T>(a, b3, c23)
      }
    }
    if (offsetof<R>() > 3) {
      a = v128.load_splat<T>(A3)
      A3 += kStep
      c30 = multiplyAdd<T>(a, b0, c30)
      if (offsetof<V>() > 1) c31 = multiplyAdd<T>(a, b1, c31)
      if (offsetof<V>() > 2) {
        c32 = multiplyAdd<T>(a, b2, c32)
        c33 = multiplyAdd<T>(a, b3, c33)
      }
    }
    if (offsetof<R>() > 4) {
      a = v128.load_splat<T>(A4)
      A4 += kStep
      c40 = multiplyAdd<T>(a, b0, c40)
      if (offsetof<V>() > 1) c41 = multiplyAdd<T>(a, b1, c41)
      if (offsetof<V>() > 2) {
        c42 = multiplyAdd<T>(a, b2, c42)
        c43 = multiplyAdd<T>(a, b3, c43)
      }
    }
    if (offsetof<R>() > 5) {
      a = v128.load_splat<T>(A5)
      A5 += kStep
      c50 = multiplyAdd<T>(a, b0, c50)
      if (offsetof<V>() > 1) c51 = multiplyAdd<T>(a, b1, c51)
      if (offsetof<V>() > 2) {
        c52 = multiplyAdd<T>(a, b2, c52)
        c53 = multiplyAdd<T>(a, b3, c53)
      }
    }
  }
  inline.always(finish<T, V>(C, init, c00, c01, c02, c03))
  if (offsetof<R>() > 1) inline.always(finish<T, V>(C + strideC, init + strideInit, c10, c11, c12, c13))
  if (offsetof<R>() > 2) inline.always(finish<T, V>(C + strideC * 2, init + strideInit * 2, c20, c21, c22, c23))
  if (offsetof<R>() > 3) inline.always(finish<T, V>(C + strideC * 3, init + strideInit * 3, c30, c31, c32, c33))
  if (offsetof<R>() > 4) inline.always(finish<T, V>(C + strideC * 4, init + strideInit * 4, c40, c41, c42, c43))
  if (offsetof<R>() > 5) inline.always(finish<T, V>(C + strideC * 5, init + strideInit * 5, c50, c51, c52, c53))
}

/** One row of a tile: C = init + alpha·c */
function finish<T, V>(C: usize, init: usize, c0: v128, c1: v128, c2: v128, c3: v128): void {
  const alpha = v128.load_splat<T>(FACTOR)
  const i0 = v128.load(init)
  const i1 = offsetof<V>() > 1 ? v128.load(init, 16) : alpha
  const i2 = offsetof<V>() > 2 ? v128.load(init, 32) : alpha
  const i3 = offsetof<V>() > 2 ? v128.load(init, 48) : alpha
  v128.store(C, multiplyAdd<T>(alpha, c0, i0))
  if (offsetof<V>() > 1) v128.store(C, multiplyAdd<T>(alpha, c1, i1), 16)
  if (offsetof<V>() > 2) {
    v128.store(C, multiplyAdd<T>(alpha, c2, i2), 32)
    v128.store(C, multiplyAdd<T>(alpha, c3, i3), 48)
  }
}

/** A strip of C, V vectors wide: tiles of R rows, the last two of them alike where the rows do not come out even. */
function strip<T, V>(
  A: usize,
  rowStep: usize,
  kStep: usize,
  B: usize,
  strideB: usize,
  C: usize,
  strideC: usize,
  init: usize,
  strideInit: usize,
  m: i32,
  k: i32,
): void {
  const R = changetype<Ground>(GROUND).tileRows
  while (m > 0) {
    // a tile of few rows waits for its own sums: 6 + 2 rows take longer than 4 + 4
    const rows = m >= 2 * R || m == R ? R : m > R ? (m + 1) / 2 : m
    if (rows == 6) tile<T, Six, V>(A, rowStep, kStep, B, strideB, C, strideC, init, strideInit, k)
    else if (rows == 5) tile<T, Five, V>(A, rowStep, kStep, B, strideB, C, strideC, init, strideInit, k)
    else if (rows == 4) tile<T, Four, V>(A, rowStep, kStep, B, strideB, C, strideC, init, strideInit, k)
    else if (rows == 3) tile<T, Three, V>(A, rowStep, kStep, B, strideB, C, strideC, init, strideInit, k)
    else if (rows == 2) tile<T, Two, V>(A, rowStep, kStep, B, strideB, C, strideC, init, strideInit, k)
    else tile<T, One, V>(A, rowStep, kStep, B, strideB, C, strideC, init, strideInit, k)
    A += rowStep * <usize>rows
    C += strideC * <usize>rows
    init += strideInit * <usize>rows
    m -= rows
  }
}

/** Bytes of A that stay in the second-level cache while the strips of C go by. */
const BLOCK_BYTES = 1 << 18

/**
 * C (m×n) = init + alpha·A·B, A (m×k) read by its steps, B (k×n). The rows of init are `strideInit` apart: 0 adds one row
 * to every row.
 */
export function product<T>(
  A: usize,
  rowStep: usize,
  kStep: usize,
  B: usize,
  strideB: usize,
  C: usize,
  strideC: usize,
  init: usize,
  strideInit: usize,
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
): void {
  store<T>(FACTOR, <T>alpha)
  const wide = changetype<Ground>(GROUND).tileVectors == 4
  const width = <usize>n * sizeof<T>()
  const block = max(12, (BLOCK_BYTES / (k * <i32>sizeof<T>()) / 12) * 12)
  while (m > 0) {
    const rows = min(block, m)
    for (let j: usize = 0; j < width; ) {
      if (wide && j + 32 < width) {
        strip<T, Four>(A, rowStep, kStep, B + j, strideB, C + j, strideC, init + j, strideInit, rows, k)
        j += 64
      } else if (j + 16 >= width) {
        strip<T, One>(A, rowStep, kStep, B + j, strideB, C + j, strideC, init + j, strideInit, rows, k)
        j += 16
      } else {
        strip<T, Two>(A, rowStep, kStep, B + j, strideB, C + j, strideC, init + j, strideInit, rows, k)
        j += 32
      }
    }
    A += rowStep * <usize>rows
    C += strideC * <usize>rows
    init += strideInit * <usize>rows
    m -= rows
  }
}

/** C (m×n) = A·Bᵀ, A (m×k), B (n×k): strips of B are transposed into the panel, 64 bytes a row. */
export function productTransposed<T>(
  A: usize,
  strideA: usize,
  B: usize,
  strideB: usize,
  C: usize,
  strideC: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  store<T>(FACTOR, 1)
  const panel = changetype<Ground>(GROUND).panel
  const wide = changetype<Ground>(GROUND).tileVectors == 4
  const perStrip = 64 / <i32>sizeof<T>()
  while (n > 0) {
    const columns = min(perStrip, n)
    transpose<T>(B, strideB, panel, columns, k)
    if (wide && columns > perStrip / 2) {
      strip<T, Four>(A, strideA, sizeof<T>(), panel, 64, C, strideC, ZEROS, 0, m, k)
    } else {
      strip<T, Two>(A, strideA, sizeof<T>(), panel, 64, C, strideC, ZEROS, 0, m, k)
      if (columns > perStrip / 2) {
        strip<T, Two>(A, strideA, sizeof<T>(), panel + 32, 64, C + 32, strideC, ZEROS, 0, m, k)
      }
    }
    B += strideB * <usize>perStrip
    C += 64
    n -= perStrip
  }
}

/** The panel (k rows of 64 bytes) = the transpose of these rows of B, and 0 where there are fewer than fill it. */
function transpose<T>(B: usize, strideB: usize, panel: usize, rows: i32, k: i32): void {
  const lanes = 16 / <i32>sizeof<T>()
  for (let group = 0; group < 4; group++) {
    const left = rows - group * lanes
    // rows that are not there are read from the zeros, which do not advance
    const B0 = left > 0 ? B : ZEROS
    const B1 = left > 1 ? B + strideB : ZEROS
    const B2 = left > 2 ? B + strideB * 2 : ZEROS
    const B3 = left > 3 ? B + strideB * 3 : ZEROS
    let to = panel + ((<usize>group) << 4)
    for (let i: usize = 0, end = <usize>k * sizeof<T>(); i < end; i += sizeof<T>()) {
      let x = v128.load_splat<T>(B0 + i)
      x = v128.load_lane<T>(B1 + i, x, 1)
      if (sizeof<T>() == 4) {
        x = v128.load_lane<T>(B2 + i, x, 2)
        x = v128.load_lane<T>(B3 + i, x, 3)
      }
      v128.store(to, x)
      to += 64
    }
    B += strideB * <usize>lanes
  }
}
