import ndarray from 'ndarray'
import type { Mismatch } from '../errors.ts'
import { Phrase, rangeError, typeError } from '../errors.ts'
import type { Dtype, View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { autoKernels } from '../kernels/table.ts'
import { checkSize, copyOf, forEach, overlap, repeats, sameElements } from './view.ts'

// A function that takes `out` writes into it where it is given, and returns the view that holds the result.

/** f(a) of every element. */
export function apply(where: string, a: View, f: (value: number, i: number, j: number) => number, out?: View): View {
  const result = target(where, a.shape, a.dtype as Dtype, out)
  const source = apart(a, result)
  forEach(result, (i, j) => result.set(i, j, f(source.get(i, j), i, j)))
  return result
}

/** a ∘ b, element by element. */
export function combine(where: 'add' | 'subtract' | 'multiply', a: View, b: View, out?: View): View {
  checkDtypes(where, a, b)
  if (!sameShape(a, b)) throw shapeError(where, a, b, 'the shapes must be equal')
  const result = target(where, a.shape, a.dtype as Dtype, out)
  autoKernels(where).combine(where, result, apart(a, result), apart(b, result))
  return result
}

/** a + row, the one row b added to each row of a. */
export function addRow(where: string, a: View, b: View, out?: View): View {
  checkDtypes(where, a, b)
  if (b.shape[0] !== 1 || b.shape[1] !== a.shape[1]) throw shapeError(where, a, b, `b must be (1×${a.shape[1]})`)
  const result = target(where, a.shape, a.dtype as Dtype, out)
  const row = overlap(b, result) ? copyOf(b) : b
  const everyRow = ndarray(row.data, result.shape, [0, row.stride[1] as number], row.offset)
  autoKernels(where).combine('add', result, apart(a, result), everyRow)
  return result
}

/** The sum of all rows of a. */
export function sumRows(where: string, a: View, out?: View): View {
  const [rows, columns] = a.shape as [number, number]
  const result = target(where, [1, columns], a.dtype as Dtype, out)
  const sums = new Float64Array(columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] = (sums[j] as number) + a.get(i, j)
  return apply(where, result, (_value, _i, j) => sums[j] as number, result)
}

/** The sum of all elements. */
export function sum(a: View): number {
  let total = 0
  forEach(a, (i, j) => {
    total += a.get(i, j)
  })
  return total
}

/** Whether the shapes are equal and no element differs by more than the tolerance. */
export function nearlyEqual(a: View, b: View, tolerance: number): boolean {
  if (!sameShape(a, b)) return false
  let equal = true
  forEach(a, (i, j) => {
    const [x, y] = [a.get(i, j), b.get(i, j)]
    equal &&= x === y || Math.abs(x - y) <= tolerance
  })
  return equal
}

/** a·b, the matrix product. */
export function product(where: string, a: View, b: View, out?: View): View {
  checkDtypes(where, a, b)
  const [rows, inner] = a.shape as [number, number]
  const [innerOfB, columns] = b.shape as [number, number]
  if (inner !== innerOfB) throw shapeError(where, a, b, `inner sizes ${inner} and ${innerOfB} must match`)
  const result = target(where, [rows, columns], a.dtype as Dtype, out)
  const separate = (view: View) => (overlap(view, result) ? copyOf(view) : view)
  autoKernels(where).matmul(result, separate(a), separate(b))
  return result
}

/** Where a result goes: `out`, checked, or a new matrix. */
export function target(where: string, shape: readonly number[], dtype: Dtype, out?: View): View {
  const [rows, columns] = shape as readonly [number, number]
  if (out === undefined) {
    checkSize(where, 'the result', rows, columns)
    return ndarray(zeros(dtype, rows * columns), [rows, columns])
  }
  if (out.dtype !== dtype)
    throw typeError(where, 'the dtype of out', `${dtype}, as the inputs have`, new Phrase(out.dtype))
  if (out.shape[0] !== rows || out.shape[1] !== columns) {
    throw rangeError(where, 'the shape of out', `(${rows}×${columns})`, new Phrase(`(${out.shape.join('×')})`))
  }
  if (repeats(out)) {
    throw rangeError(where, 'out', 'elements of its own at every index', new Phrase('a view that repeats elements'))
  }
  return out
}

/** The view itself, or a copy where writing `out` element by element would change it before it is read. */
export function apart(view: View, out: View): View {
  return overlap(view, out) && !sameElements(view, out) ? copyOf(view) : view
}

function sameShape(a: View, b: View): boolean {
  return a.shape[0] === b.shape[0] && a.shape[1] === b.shape[1]
}

function checkDtypes(where: string, a: View, b: View): void {
  if (a.dtype === b.dtype) return
  const message = `${where}: a is ${a.dtype} and b is ${b.dtype}; expected one dtype (Matrix.from(b, { dtype }) converts)`
  throw Object.assign(new TypeError(message), { expected: a.dtype, received: b.dtype })
}

function shapeError(where: string, a: View, b: View, rule: string): RangeError & Mismatch {
  const [left, right] = [`(${a.shape.join('×')})`, `(${b.shape.join('×')})`]
  const message = `${where}: a is ${left} and b is ${right}; ${rule}`
  return Object.assign(new RangeError(message), { expected: rule, received: `${left} and ${right}` })
}
