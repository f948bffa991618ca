import type { Cells, Operation, View } from './plan.ts'

/** What the reference does for each kind; a guard says whether the run goes on. */
export type Operations = {
  [K in Operation['kind']]: (
    operation: Extract<Operation, { kind: K }>,
    cells: Cells,
  ) => K extends 'guard' ? boolean : void
}

/** The first rows of a view: the block in work. */
export function first(rows: number, view: View): View {
  return rows === view.shape[0] ? view : view.hi(rows, columns(view))
}

export function columns(view: View): number {
  return view.shape[1] as number
}

export function forEach(view: View, visit: (i: number, j: number) => void): void {
  const [rows, width] = view.shape as [number, number]
  for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) visit(i, j)
}

/** x = f(x) for every x of a view */
export function change(view: View, f: (x: number, i: number, j: number) => number): void {
  forEach(view, (i, j) => view.set(i, j, f(view.get(i, j), i, j)))
}

/** Σ f(x) over every x of a view */
export function sumOf(view: View, f: (x: number) => number): number {
  let sum = 0
  forEach(view, (i, j) => {
    sum += f(view.get(i, j))
  })
  return sum
}

/** max |x|; NaN where any element is. */
export function largest(view: View): number {
  let most = 0
  forEach(view, (i, j) => {
    most = Math.max(most, Math.abs(view.get(i, j)))
  })
  return most
}

export function readRow(view: View, i: number): number[] {
  return Array.from({ length: columns(view) }, (_, j) => view.get(i, j))
}

export function writeRow(view: View, i: number, values: ArrayLike<number>): void {
  for (let j = 0; j < columns(view); j++) view.set(i, j, values[j] as number)
}
