import type { NdArray } from 'ndarray'
import ndarray from 'ndarray'
import ops from 'ndarray-ops'
import { checkFunction, checkInteger, checkNumber, typeError } from '../errors.ts'
import type { Dtype, View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { addRow, apart, apply, combine, nearlyEqual, product, sum, sumRows, target } from './arithmetic.ts'
import { dtypeOf } from './dtype.ts'
import { formatMatrix } from './format.ts'
import type { Table } from './rows.ts'
import { readRows } from './rows.ts'
import { checkIndex, checkSize, copyOf, isNdArray, readView } from './view.ts'

/**
 * A matrix of float32 or float64 numbers over an ndarray.
 *
 * Rows, columns, blocks, steps and the transpose are views: they share the elements of the matrix that they come from.
 * Arithmetic returns a new matrix, or writes into `out` where one is given and returns it; an input that shares elements
 * with `out` is copied first. Mixed dtypes are a TypeError, save in `assign` and `Matrix.from`. All indices are checked.
 *
 * @example
 * import { Matrix } from 'bp-net'
 * const a = Matrix.from([[1, 2], [3, 4]])
 * console.log(a.matmul(a.transpose()).toArray().join(' | ')) // 5,11 | 11,25
 */
export class Matrix {
  /** The ndarray beneath: shape [rows, columns], with any strides. */
  readonly ndarray: View

  private constructor(view: View) {
    if (!isNdArray(view)) throw typeError('Matrix', 'what new was given', 'Matrix.zeros, from or wrap', view)
    this.ndarray = view
  }

  /** A matrix of zeros (rows×columns), float64 unless told. @throws RangeError for sizes that are not whole or too large */
  static zeros(rows: number, columns: number, options: { dtype?: Dtype } = {}): Matrix {
    checkInteger('Matrix.zeros', 'rows', rows, 1)
    checkInteger('Matrix.zeros', 'columns', columns, 1)
    checkSize('Matrix.zeros', 'the matrix', rows, columns)
    return new Matrix(ndarray(zeros(dtypeOf('Matrix.zeros', options), rows * columns), [rows, columns]))
  }

  /** A copy of rows of numbers, of an ndarray of any numeric dtype or of a matrix; float64 unless told. */
  static from(table: Table, options: { dtype?: Dtype } = {}): Matrix {
    const dtype = dtypeOf('Matrix.from', options)
    const read = readRows(table, { where: 'Matrix.from', subject: 'the argument', dtype, finite: false })
    return new Matrix(ndarray(read.data.slice(), [read.rows, read.columns]))
  }

  /** A matrix over this 2-D float32 or float64 ndarray, without a copy: both see every later change. */
  static wrap(array: NdArray<Float32Array> | NdArray<Float64Array> | View): Matrix {
    return new Matrix(readView('Matrix.wrap', 'the argument', array))
  }

  /** The number of rows. */
  get rows(): number {
    return this.ndarray.shape[0] as number
  }

  /** The number of columns. */
  get columns(): number {
    return this.ndarray.shape[1] as number
  }

  /** [rows, columns] */
  get shape(): [rows: number, columns: number] {
    return [this.rows, this.columns]
  }

  /** The type of the elements. */
  get dtype(): Dtype {
    return this.ndarray.dtype as Dtype
  }

  /** The element in row i and column j, counted from 0. @throws RangeError outside the matrix */
  get(i: number, j: number): number {
    checkIndex('get', this.ndarray, i, j)
    return this.ndarray.get(i, j)
  }

  /** Sets the element in row i and column j. @throws RangeError outside the matrix, TypeError for what is no number */
  set(i: number, j: number, value: number): this {
    checkIndex('set', this.ndarray, i, j)
    if (typeof value !== 'number') throw typeError('set', 'the value', 'a number', value)
    this.ndarray.set(i, j, value)
    return this
  }

  /** Copies the elements of a table of the same shape into this matrix, converting its dtype. */
  assign(table: Table): this {
    const { dtype, rows, columns, ndarray: own } = this
    const read = readRows(table, {
      where: 'assign',
      subject: 'the argument',
      dtype,
      finite: false,
      rows,
      columns,
    })
    target('assign', this.shape, dtype, own)
    ops.assign(own, apart(ndarray(read.data, [rows, columns]), own))
    return this
  }

  /** A contiguous copy. */
  copy(): Matrix {
    checkSize('copy', 'the copy', this.rows, this.columns)
    return new Matrix(copyOf(this.ndarray))
  }

  /** The elements as an array of rows. */
  toArray(): number[][] {
    return Array.from(this)
  }

  /** Row i as a view (1×columns). */
  row(i: number): Matrix {
    checkInteger('row', 'i', i, 0, this.rows - 1)
    return this.block(i, 0, 1, this.columns)
  }

  /** Column j as a view (rows×1). */
  column(j: number): Matrix {
    checkInteger('column', 'j', j, 0, this.columns - 1)
    return this.block(0, j, this.rows, 1)
  }

  /** The block of so many rows and columns that begins at (row, column), as a view. */
  block(row: number, column: number, rows: number, columns: number): Matrix {
    checkInteger('block', 'row', row, 0, this.rows - 1)
    checkInteger('block', 'column', column, 0, this.columns - 1)
    checkInteger('block', 'rows', rows, 1, this.rows - row)
    checkInteger('block', 'columns', columns, 1, this.columns - column)
    return new Matrix(this.ndarray.lo(row, column).hi(rows, columns))
  }

  /** Every rowStep-th row and columnStep-th column, as a view; a negative step runs from the end. */
  step(rowStep: number, columnStep = 1): Matrix {
    const isStep = (step: number) => Number.isInteger(step) && step !== 0
    checkNumber('step', 'rowStep', rowStep, 'a whole number other than 0', isStep)
    checkNumber('step', 'columnStep', columnStep, 'a whole number other than 0', isStep)
    // a longer step than the matrix finds one row too, and ndarray takes steps as 32-bit integers
    const within = (step: number, size: number) => Math.max(-size, Math.min(size, step))
    return new Matrix(this.ndarray.step(within(rowStep, this.rows), within(columnStep, this.columns)))
  }

  /** The transpose (columns×rows), as a view. */
  transpose(): Matrix {
    return new Matrix(this.ndarray.transpose(1, 0))
  }

  /** The matrix product this·other: (n×k)·(k×m) → (n×m), with any strides. */
  matmul(other: Matrix, out?: Matrix): Matrix {
    return wrapped(product('matmul', this.ndarray, viewOf('matmul', 'b', other), outOf('matmul', out)), out)
  }

  /** this + other, element by element. */
  add(other: Matrix, out?: Matrix): Matrix {
    return combined('add', this, other, out)
  }

  /** this − other, element by element. */
  subtract(other: Matrix, out?: Matrix): Matrix {
    return combined('subtract', this, other, out)
  }

  /** this ⊙ other: the Hadamard product, element by element. */
  multiply(other: Matrix, out?: Matrix): Matrix {
    return combined('multiply', this, other, out)
  }

  /** factor·this */
  scale(factor: number, out?: Matrix): Matrix {
    if (typeof factor !== 'number') throw typeError('scale', 'the factor', 'a number', factor)
    return wrapped(
      apply('scale', this.ndarray, (value) => factor * value, outOf('scale', out)),
      out,
    )
  }

  /** f(value, i, j) of every element; where f throws, `out` is left as it was. */
  map(f: (value: number, i: number, j: number) => number, out?: Matrix): Matrix {
    checkFunction('map', 'the argument', f)
    target('map', this.shape, this.dtype, outOf('map', out))
    const mapped = apply('map', this.ndarray, (value, i, j) => {
      const result: unknown = f(value, i, j)
      if (typeof result !== 'number') throw typeError('map', `f at row ${i}, column ${j}`, 'a number', result)
      return result
    })
    return out === undefined ? new Matrix(mapped) : out.assign(mapped)
  }

  /** Adds one row (1×columns) to every row, as biases are added. */
  addRow(row: Matrix, out?: Matrix): Matrix {
    return wrapped(addRow('addRow', this.ndarray, viewOf('addRow', 'b', row), outOf('addRow', out)), out)
  }

  /** The sum of all rows (1×columns): the sum of each column. */
  sumRows(out?: Matrix): Matrix {
    return wrapped(sumRows('sumRows', this.ndarray, outOf('sumRows', out)), out)
  }

  /** The sum of all elements. */
  sum(): number {
    return sum(this.ndarray)
  }

  /** Whether the shapes are equal and no element differs by more than `tolerance` (absolute). NaN equals nothing. */
  equals(other: Matrix, tolerance = 0): boolean {
    const b = viewOf('equals', 'the argument', other)
    checkNumber('equals', 'tolerance', tolerance, 'a number of at least 0', (value) => value >= 0)
    return nearlyEqual(this.ndarray, b, tolerance)
  }

  /** The rows, each as an array of numbers. */
  *[Symbol.iterator](): Generator<number[], void, undefined> {
    for (let i = 0; i < this.rows; i++) {
      yield Array.from({ length: this.columns }, (_, j) => this.ndarray.get(i, j))
    }
  }

  /** Shape, dtype and the numbers, aligned; a large matrix is shortened. */
  toString(): string {
    return formatMatrix(this.ndarray)
  }

  /** What Node's `console.log` shows. @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

// A function and not a private method: those throw when they are called through a Proxy, as Vue's reactive objects are.
function combined(where: 'add' | 'subtract' | 'multiply', a: Matrix, b: Matrix, out?: Matrix): Matrix {
  return wrapped(combine(where, a.ndarray, viewOf(where, 'b', b), outOf(where, out)), out)
}

/** The matrix that holds a result: `out`, where the result was written into it. */
function wrapped(view: View, out: Matrix | undefined): Matrix {
  return out ?? Matrix.wrap(view)
}

function outOf(where: string, out: Matrix | undefined): View | undefined {
  return out === undefined ? undefined : viewOf(where, 'out', out)
}

function viewOf(where: string, subject: string, value: unknown): View {
  if (value instanceof Matrix) return value.ndarray
  throw typeError(where, subject, 'a Matrix (Matrix.from makes one of arrays)', value)
}
