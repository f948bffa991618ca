import type { View } from '../kernels/plan.ts'

const SHOWN = 8
const DIGITS = 5

/** Columns whose sizes differ by such a factor have each a form of its own: one for all would hide the small ones. */
const FAR_APART = 1e3

/** A matrix as text: numbers aligned, at most 8 rows and 8 columns, the middle of a larger one left out. */
export function formatMatrix(view: View): string {
  const [rows, columns] = view.shape as [number, number]
  return [`Matrix ${rows}×${columns} ${view.dtype}`, ...formatCells(view).map((line) => `  ${line.join('  ')}`)].join(
    '\n',
  )
}

/** The cells of that text, aligned on the right. */
export function formatCells(view: View): string[][] {
  const [rows, columns] = view.shape as [number, number]
  const shownRows = shown(rows)
  const shownColumns = shown(columns)
  const values = shownColumns.map((j) => shownRows.map((i) => (i < 0 || j < 0 ? 0 : view.get(i, j))))
  const sizes = values.map(sizeOf).filter((size) => size > 0)
  const isMixed = Math.max(...sizes) >= FAR_APART * Math.min(...sizes)
  const common = formatter(values.flat(), view.dtype)
  const formats = values.map((column) => (isMixed ? formatter(column, view.dtype) : common))
  const cells = shownRows.map((i) =>
    shownColumns.map((j, k) => {
      if (i < 0) return j < 0 ? '⋱' : '⋮'
      return j < 0 ? '…' : (formats[k] as typeof common)(view.get(i, j))
    }),
  )
  const widths = shownColumns.map((_, k) => Math.max(...cells.map((row) => (row[k] as string).length)))
  return cells.map((row) => row.map((cell, k) => cell.padStart(widths[k] as number)))
}

/** The indices that are shown of so many rows or columns; −1 stands for those left out. */
export function shown(count: number): number[] {
  if (count <= SHOWN) return Array.from({ length: count }, (_, i) => i)
  const half = SHOWN / 2
  return [...Array(half).keys(), -1, ...Array.from({ length: half }, (_, i) => count - half + i)]
}

/** The greatest size of the finite numbers; 0 where there are none. */
function sizeOf(values: readonly number[]): number {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0)
}

/**
 * One form for all numbers: whole, with decimals or with exponents; 5 digits, or fewer where those are exact. A number that
 * is not 0 and would look as if it were has an exponent of its own, with 2 digits.
 */
function formatter(values: readonly number[], dtype: string): (value: number) => string {
  const finite = values.filter(Number.isFinite)
  const largest = sizeOf(values)
  if (finite.every(Number.isInteger) && largest < 1e9) return String
  const exponents = largest < 1e-3 || largest >= 1e6
  const most = exponents ? DIGITS - 1 : Math.max(1, DIGITS - 1 - Math.floor(Math.log10(largest)))
  const write = (value: number, digits: number) => (exponents ? value.toExponential(digits) : value.toFixed(digits))
  const stored = dtype === 'float32' ? Math.fround : Number
  const isTiny = (value: number) => !exponents && value !== 0 && Number(value.toFixed(most)) === 0
  const written = finite.filter((value) => !isTiny(value))
  const exact = (digits: number) => written.every((value) => stored(Number(write(value, digits))) === value)
  let digits = 0
  while (digits < most && !exact(digits)) digits++
  const bare = (value: number) => !Number.isFinite(value) || (exponents && value === 0)
  return (value) => {
    if (bare(value)) return String(value)
    return isTiny(value) ? value.toExponential(1) : write(value, digits)
  }
}
