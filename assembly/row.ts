import { multiplyAdd, splat } from './simd'

// Products with one row, as a batch of one sample has them: there is nothing to keep in registers, so these stream a
// matrix by as fast as memory gives it. Lines of 64 bytes, four vectors, go through together; what lies beyond the
// columns is 0 (memory.ts).

const LINE = 64

/** The row C (1×n) = init + a·B, a (1×k): B streams by once, four of its rows at a time. */
export function rowProduct<T>(a: usize, B: usize, strideB: usize, C: usize, init: usize, n: i32, k: i32): void {
  const end = <usize>n * sizeof<T>()
  for (let j: usize = 0; j < end; j += 32) {
    const zero = splat<T>(0)
    v128.store(C + j, zero)
    v128.store(C + j, zero, 16)
  }
  for (; k >= 4; k -= 4) {
    const a0 = v128.load_splat<T>(a)
    const a1 = v128.load_splat<T>(a + sizeof<T>())
    const a2 = v128.load_splat<T>(a + sizeof<T>() * 2)
    const a3 = v128.load_splat<T>(a + sizeof<T>() * 3)
    const B1 = B + strideB
    const B2 = B1 + strideB
    const B3 = B2 + strideB
    for (let j: usize = 0; j < end; j += 32) {
      let c0 = v128.load(C + j)
      let c1 = v128.load(C + j, 16)
      c0 = multiplyAdd<T>(a0, v128.load(B + j), c0)
      c1 = multiplyAdd<T>(a0, v128.load(B + j, 16), c1)
      c0 = multiplyAdd<T>(a1, v128.load(B1 + j), c0)
      c1 = multiplyAdd<T>(a1, v128.load(B1 + j, 16), c1)
      c0 = multiplyAdd<T>(a2, v128.load(B2 + j), c0)
      c1 = multiplyAdd<T>(a2, v128.load(B2 + j, 16), c1)
      c0 = multiplyAdd<T>(a3, v128.load(B3 + j), c0)
      c1 = multiplyAdd<T>(a3, v128.load(B3 + j, 16), c1)
      v128.store(C + j, c0)
      v128.store(C + j, c1, 16)
    }
    a += sizeof<T>() * 4
    B = B3 + strideB
  }
  for (; k > 0; k--) {
    const x = v128.load_splat<T>(a)
    for (let j: usize = 0; j < end; j += 32) {
      const c0 = multiplyAdd<T>(x, v128.load(B + j), v128.load(C + j))
      const c1 = multiplyAdd<T>(x, v128.load(B + j, 16), v128.load(C + j, 16))
      v128.store(C + j, c0)
      v128.store(C + j, c1, 16)
    }
    a += sizeof<T>()
    B += strideB
  }
  addRow<T>(C, init, end)
}

/** C = C + init, a row each */
function addRow<T>(C: usize, init: usize, end: usize): void {
  for (let j: usize = 0; j < end; j += 32) {
    const c0 = v128.add<T>(v128.load(C + j), v128.load(init + j))
    const c1 = v128.add<T>(v128.load(C + j, 16), v128.load(init + j, 16))
    v128.store(C + j, c0)
    v128.store(C + j, c1, 16)
  }
}

/** C (m×n) = init + aᵀ·(alpha·b), a (1×m), b (1×n): a line of b stays in registers while its column of C goes by. */
export function rankOne<T>(
  a: usize,
  b: usize,
  C: usize,
  strideC: usize,
  init: usize,
  strideInit: usize,
  m: i32,
  n: i32,
  alpha: f64,
): void {
  const factor = splat<T>(<T>alpha)
  const width = <usize>n * sizeof<T>()
  const end = a + <usize>m * sizeof<T>()
  for (let j: usize = 0; j < width; j += LINE) {
    const b0 = v128.mul<T>(factor, v128.load(b + j))
    const b1 = v128.mul<T>(factor, v128.load(b + j, 16))
    const b2 = v128.mul<T>(factor, v128.load(b + j, 32))
    const b3 = v128.mul<T>(factor, v128.load(b + j, 48))
    let to = C + j
    let from = init + j
    for (let at = a; at < end; at += sizeof<T>()) {
      const x = v128.load_splat<T>(at)
      const c0 = multiplyAdd<T>(x, b0, v128.load(from))
      const c1 = multiplyAdd<T>(x, b1, v128.load(from, 16))
      const c2 = multiplyAdd<T>(x, b2, v128.load(from, 32))
      const c3 = multiplyAdd<T>(x, b3, v128.load(from, 48))
      v128.store(to, c0)
      v128.store(to, c1, 16)
      v128.store(to, c2, 32)
      v128.store(to, c3, 48)
      to += strideC
      from += strideInit
    }
  }
}

/**
 * W (m×n) = W + aᵀ·(alpha·b), and at once the row C (1×n) = init + x·W with what W has become: the last update of one step in
 * the first product of the next, which read the same memory. The bits are those of rankOne and then rowProduct.
 */
export function rankOneThenRow<T>(
  a: usize,
  b: usize,
  alpha: f64,
  W: usize,
  strideW: usize,
  x: usize,
  C: usize,
  init: usize,
  m: i32,
  n: i32,
): void {
  const factor = splat<T>(<T>alpha)
  const width = <usize>n * sizeof<T>()
  const end = <usize>m * sizeof<T>()
  for (let j: usize = 0; j < width; j += LINE) {
    const b0 = v128.mul<T>(factor, v128.load(b + j))
    const b1 = v128.mul<T>(factor, v128.load(b + j, 16))
    const b2 = v128.mul<T>(factor, v128.load(b + j, 32))
    const b3 = v128.mul<T>(factor, v128.load(b + j, 48))
    const zero = splat<T>(0)
    let c0 = zero
    let c1 = zero
    let c2 = zero
    let c3 = zero
    let to = W + j
    for (let i: usize = 0; i < end; i += sizeof<T>()) {
      const y = v128.load_splat<T>(a + i)
      const w0 = multiplyAdd<T>(y, b0, v128.load(to))
      const w1 = multiplyAdd<T>(y, b1, v128.load(to, 16))
      const w2 = multiplyAdd<T>(y, b2, v128.load(to, 32))
      const w3 = multiplyAdd<T>(y, b3, v128.load(to, 48))
      v128.store(to, w0)
      v128.store(to, w1, 16)
      v128.store(to, w2, 32)
      v128.store(to, w3, 48)
      const z = v128.load_splat<T>(x + i)
      c0 = multiplyAdd<T>(z, w0, c0)
      c1 = multiplyAdd<T>(z, w1, c1)
      c2 = multiplyAdd<T>(z, w2, c2)
      c3 = multiplyAdd<T>(z, w3, c3)
      to += strideW
    }
    v128.store(C + j, c0)
    v128.store(C + j, c1, 16)
    v128.store(C + j, c2, 32)
    v128.store(C + j, c3, 48)
  }
  addRow<T>(C, init, width)
}
