import ndarray from 'ndarray'
import type { Cells, Dtype, View } from './plan.ts'
import { pieces } from './wasm-binaries.ts'

/** The two binaries: multiply, then add; or both at once, which not every engine has. */
export type Binary = 'plain' | 'relaxed'

/** What a binary exports: runs the operations from one address to another; 0 where a guard ended the run. */
interface Kernels {
  readonly run32: (at: number, end: number) => number
  readonly run64: (at: number, end: number) => number
}

// The layout is that of assembly/memory.ts, where it is drawn.
const GROUND = 16
const CELLS = 64
const ZEROS = 192
const LINE = 64
const PAGE = 65_536

/** Bytes of one operation of a plan. */
const RECORD = 128

/** Room for so many operations for each matrix of a network: a layer has seven or more, and takes part in some 70. */
const RECORDS_PER_MATRIX = 12

const modules: { [B in Binary]?: WebAssembly.Module | null } = {}

/** The compiled binary; undefined where this engine does not take it. */
export function moduleOf(binary: Binary): WebAssembly.Module | undefined {
  if (modules[binary] === undefined) {
    const turn = binary === 'plain' ? 0 : 1
    const text = pieces.filter((_, k) => k % 2 === turn).join('')
    const byteAt = (k: number) => Number.parseInt(text.slice(2 * k, 2 * k + 2), 16)
    const bytes = Uint8Array.from({ length: text.length / 2 }, (_, k) => byteAt(k))
    const valid = typeof WebAssembly !== 'undefined' && WebAssembly.validate(bytes)
    modules[binary] = valid ? new WebAssembly.Module(bytes) : null
  }
  return modules[binary] ?? undefined
}

/** Bytes from a row to the next: whole lines of 64 bytes, and an odd number of them, so that columns spread over the cache. */
function strideOf(columns: number, size: number): number {
  const lines = Math.ceil((columns * size) / LINE)
  return LINE * (lines % 2 === 0 ? lines + 1 : lines)
}

type Shapes = readonly (readonly [rows: number, columns: number])[]

function bytesOf(shapes: Shapes, size: number): number {
  return shapes.reduce((sum, [rows, columns]) => sum + rows * strideOf(columns, size), 0)
}

/** Rows of registers and vectors a row; the same bits whichever. */
export interface Tile {
  readonly rows: 4 | 6
  readonly vectors: 2 | 4
}

/** One memory and the kernels that work on it. */
export class Arena {
  readonly dtype: Dtype
  readonly #memory: WebAssembly.Memory
  readonly #run: (at: number, end: number) => number
  readonly #buffer: ArrayBuffer
  readonly #integers: Uint32Array
  readonly #cells: Float64Array
  readonly #widest: number
  readonly #plans: number
  readonly #matrices: number
  #nextRecord = 0
  #next = 0

  /** Room for matrices of these shapes, and for plans over them. @throws RangeError where the machine cannot give it */
  constructor(binary: Binary, dtype: Dtype, shapes: Shapes) {
    const size = dtype === 'float32' ? 4 : 8
    const widest = shapes.reduce((most, [, columns]) => Math.max(most, columns), 1)
    const saved = ZEROS + strideOf(widest, size)
    const panel = saved + strideOf(widest, size)
    this.#plans = panel + LINE * widest
    this.#matrices = this.#plans + RECORD * RECORDS_PER_MATRIX * shapes.length
    const bytes = this.#matrices + bytesOf(shapes, size)
    if (bytes > 2 ** 32) throw new RangeError(`${bytes} bytes are more than a WebAssembly memory holds`)
    this.dtype = dtype
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) })
    const instance = new WebAssembly.Instance(moduleOf(binary) as WebAssembly.Module, { env: { memory: this.#memory } })
    const { run32, run64 } = instance.exports as Kernels
    this.#run = dtype === 'float32' ? run32 : run64
    this.#buffer = this.#memory.buffer
    this.#integers = new Uint32Array(this.#buffer)
    this.#cells = new Float64Array(this.#buffer, CELLS, 14)
    this.#integers[GROUND / 4] = panel
    this.#integers[GROUND / 4 + 3] = saved
    this.#widest = widest
    this.restart()
  }

  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  /** Whether matrices of these shapes would find room after `restart`. */
  fits(shapes: Shapes): boolean {
    const size = this.dtype === 'float32' ? 4 : 8
    const room = this.#buffer.byteLength - this.#matrices
    return shapes.every(([, columns]) => columns <= this.#widest) && bytesOf(shapes, size) <= room
  }

  /** Gives the room of all matrices and plans to the next ones. */
  restart(): void {
    this.#nextRecord = this.#plans
    this.#next = this.#matrices
  }

  set tile({ rows, vectors }: Tile) {
    this.#integers[GROUND / 4 + 1] = rows
    this.#integers[GROUND / 4 + 2] = vectors
  }

  /** The next matrix: rows × columns in the memory that the constructor took. */
  take(rows: number, columns: number): View {
    const size = this.dtype === 'float32' ? 4 : 8
    const stride = strideOf(columns, size)
    const length = ((rows - 1) * stride) / size + columns
    const data = new (size === 4 ? Float32Array : Float64Array)(this.#buffer, this.#next, length)
    this.#next += rows * stride
    return ndarray(data, [rows, columns], [stride / size, 1])
  }

  /** Writes operations as records; returns a function that runs them. */
  write(records: readonly Record[]): () => boolean {
    const from = this.#nextRecord
    const to = from + RECORD * records.length
    if (to > this.#matrices) throw new Error('the plans of a network are longer than was foreseen')
    this.#nextRecord = to
    for (const [k, record] of records.entries()) this.#writeOne(from + RECORD * k, record)
    const run = this.#run
    return () => run(from, to) !== 0
  }

  setCells(from: Cells): void {
    const cells = this.#cells
    cells[0] = from.rows
    cells[1] = from.mean
    cells[2] = from.keep
    cells[3] = from.rate
    cells[4] = from.correction1
    cells[5] = from.correction2
    cells[6] = from.putOff
    cells[7] = from.below
    cells[8] = from.l1
    cells[9] = from.l2
    cells[10] = from.most
    cells[11] = from.factor
    cells[12] = from.key
    cells[13] = from.start
  }

  #writeOne(at: number, { kind, f = 0, E = 0, flag = 0, views, numbers = [] }: Record): void {
    const integers = this.#integers
    integers.set([kind, f, E, flag], at / 4)
    views.forEach((view, k) => {
      const size = view.data.BYTES_PER_ELEMENT
      const pointer = view.data.byteOffset + view.offset * size
      const [rows, columns] = view.shape as [number, number]
      integers.set([pointer, (view.stride[0] as number) * size, rows, columns], at / 4 + 4 + 4 * k)
    })
    new Float64Array(this.#buffer, at + 96, 4).set(numbers)
  }
}

/** An operation as numbers, laid out as `view` and `numberOf` of assembly/memory.ts read it. */
export interface Record {
  readonly kind: number
  readonly f?: number
  readonly E?: number
  readonly flag?: number
  readonly views: readonly View[]
  readonly numbers?: readonly number[]
}
