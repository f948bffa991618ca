import type { FloatArray, View } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'

/** So few numbers are copied one by one sooner than by a view of them. */
const SHORT_ROW = 48

/** Copies rows of data into the first rows of a block. */
export function copyRows(source: Rows, block: View, start: number, count: number, order?: Uint32Array): void {
  const { data, columns } = source
  const [stride] = block.stride as [number]
  if (order !== undefined && columns >= SHORT_ROW) touchRows(source, order, start, count)
  for (let i = 0; i < count; i++) {
    const from = (order === undefined ? start + i : (order[start + i] as number)) * columns
    const to = block.offset + i * stride
    if (columns < SHORT_ROW) {
      for (let j = 0; j < columns; j++) block.data[to + j] = data[from + j] as number
    } else block.data.set(data.subarray(from, from + columns), to)
  }
}

/** Reads a number in each half of rows that lie about, so that memory fetches them at once and not one by one. */
function touchRows({ data, columns }: Rows, order: Uint32Array, start: number, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const from = (order[start + i] as number) * columns
    sum += (data[from] as number) + (data[from + (columns >> 1)] as number)
  }
  return sum
}

/** Copies the first rows of a block to where `data` has room for them. */
export function copyOut(block: View, count: number, data: FloatArray, at: number): void {
  const [stride] = block.stride as [number]
  const columns = block.shape[1] as number
  for (let i = 0; i < count; i++) {
    const from = block.offset + i * stride
    const to = at + i * columns
    if (columns < SHORT_ROW) {
      for (let j = 0; j < columns; j++) data[to + j] = block.data[from + j] as number
    } else data.set(block.data.subarray(from, from + columns), to)
  }
}
