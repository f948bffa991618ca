import { CELLS, Cells, View } from './memory'
import { splat, sumOfLanes } from './simd'

// What becomes of many numbers: one, or one for each row. Beyond the columns there are zeros, which change no sum of sizes.

/** max |x| over the first rows; NaN where any element is: as whole numbers, the bits of NaN are the greatest. */
export function largest<T>(x: View, rows: i32): f64 {
  const end = <usize>x.columns * sizeof<T>()
  let m0 = splat<T>(0)
  let m1 = m0
  let m2 = m0
  let m3 = m0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = x.pointer + i * x.stride
    for (let j: usize = 0; j < end; j += 64) {
      m0 = greater<T>(m0, v128.abs<T>(v128.load(row + j)))
      m1 = greater<T>(m1, v128.abs<T>(v128.load(row + j, 16)))
      m2 = greater<T>(m2, v128.abs<T>(v128.load(row + j, 32)))
      m3 = greater<T>(m3, v128.abs<T>(v128.load(row + j, 48)))
    }
  }
  let most = greater<T>(greater<T>(m0, m1), greater<T>(m2, m3))
  if (sizeof<T>() == 4) most = greater<T>(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1))
  const first = v128.extract_lane<T>(most, 0)
  const second = v128.extract_lane<T>(most, 1)
  return isNaN(first) || isNaN(second) ? NaN : <f64>max<T>(first, second)
}

function greater<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 4) return i32x4.max_u(a, b)
  return v128.bitselect(a, b, i64x2.gt_s(a, b))
}

/** √Σx², in float64 */
export function norm<T>(x: View): f64 {
  return Math.sqrt(sumOfSquares<T>(x))
}

/** λ₁·Σ|x| + ½λ₂·Σx², where a λ of 0 has no sum */
export function penalty<T>(x: View): f64 {
  const l1 = changetype<Cells>(CELLS).l1
  const l2 = changetype<Cells>(CELLS).l2
  const absolute = l1 == 0 ? 0 : l1 * absoluteSum<T>(x)
  return absolute + (l2 == 0 ? 0 : 0.5 * l2 * sumOfSquares<T>(x))
}

function absoluteSum<T>(x: View): f64 {
  const end = <usize>x.columns * sizeof<T>()
  let s0 = f64x2.splat(0)
  let s1 = s0
  for (let i: usize = 0; i < <usize>x.rows; i++) {
    const row = x.pointer + i * x.stride
    for (let j: usize = 0; j < end; j += sizeof<T>() * 4) {
      s0 = f64x2.add(s0, f64x2.abs(pair<T>(row + j)))
      s1 = f64x2.add(s1, f64x2.abs(pair<T>(row + j + sizeof<T>() * 2)))
    }
  }
  return sumOfLanes<f64>(f64x2.add(s0, s1))
}

function sumOfSquares<T>(x: View): f64 {
  const end = <usize>x.columns * sizeof<T>()
  let s0 = f64x2.splat(0)
  let s1 = s0
  for (let i: usize = 0; i < <usize>x.rows; i++) {
    const row = x.pointer + i * x.stride
    for (let j: usize = 0; j < end; j += sizeof<T>() * 4) {
      const x0 = pair<T>(row + j)
      const x1 = pair<T>(row + j + sizeof<T>() * 2)
      s0 = f64x2.add(s0, f64x2.mul(x0, x0)) // no multiplyAdd: the sums would wait longer for each other
      s1 = f64x2.add(s1, f64x2.mul(x1, x1))
    }
  }
  return sumOfLanes<f64>(f64x2.add(s0, s1))
}

/** The two numbers at an address, as float64. */
function pair<T>(at: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(at)
  return f64x2.promote_low_f32x4(v128.load64_zero(at))
}

/** max(1, max |A|) · max |loss|, more than any gradient where these rows are the batch */
export function limit<T>(A: View, loss: View): f64 {
  const rows = <i32>changetype<Cells>(CELLS).rows
  return max<f64>(1, largest<T>(A, rows)) * largest<T>(loss, rows)
}

/** Whether every perRow is finite and every limit below that of the cells. */
export function passes<T>(perRow: View, limits: View): bool {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const below = changetype<Cells>(CELLS).below
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (!isFinite(load<T>(perRow.pointer + i * perRow.stride))) return false
  }
  for (let j = 0; j < limits.columns; j++) {
    if (!(<f64>load<T>(limits.pointer + <usize>j * sizeof<T>()) < below)) return false
  }
  return true
}

/** labels (rows × 1) = the index of the greatest number of a row, or a ≥ ½ of the only one; NaN where a row holds NaN */
export function label<T>(A: View, labels: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = A.pointer + i * A.stride
    let best = load<T>(row)
    let index: T = isNaN(best) ? <T>NaN : A.columns == 1 && best >= 0.5 ? <T>1 : <T>0
    for (let j = 1; j < A.columns; j++) {
      const a = load<T>(row + <usize>j * sizeof<T>())
      if (a > best && !isNaN(index)) {
        best = a
        index = <T>j
      } else if (isNaN(a)) {
        index = <T>NaN
      }
    }
    store<T>(labels.pointer + i * labels.stride, index)
  }
}
