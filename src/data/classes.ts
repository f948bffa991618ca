/** Targets as they lie: row by row. */
interface Targets {
  readonly data: ArrayLike<number>
  readonly rows: number
  readonly columns: number
}

/**
 * The class of each row, where targets are labels; undefined where they are not. Labels are
 *
 * - in one column, nothing but 0 and 1, or any two values: the class of the greater is 1, of the other 0;
 * - in several columns, in each row the same greater value once and the same lesser one everywhere else, as in one-hot rows
 *   of 0 and 1 or of 0.01 and 0.99: the class is the column of the greater.
 */
export function classOf(targets: Targets): ((row: number) => number) | undefined {
  const classes = targets.columns === 1 ? classesOfColumn(targets.data, targets.rows) : classesOfRows(targets)
  return classes && ((row) => classes[row] as number)
}

function classesOfColumn(data: ArrayLike<number>, rows: number): Uint8Array | undefined {
  const first = data[0] as number
  let other = first
  for (let row = 1; row < rows; row++) {
    const value = data[row] as number
    if (value === first || value === other) continue
    if (other !== first) return undefined
    other = value
  }
  if (other === first && first !== 0 && first !== 1) return undefined
  const greater = other === first ? 1 : Math.max(first, other)
  if (Number.isNaN(greater)) return undefined
  return Uint8Array.from({ length: rows }, (_, row) => Number(data[row] === greater))
}

function classesOfRows({ data, rows, columns }: Targets): Uint32Array | undefined {
  let greater = data[0] as number
  let lesser = greater
  for (let j = 1; j < columns; j++) {
    greater = Math.max(greater, data[j] as number)
    lesser = Math.min(lesser, data[j] as number)
  }
  if (!(greater > lesser)) return undefined
  const classes = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) {
    let found = -1
    for (let j = 0; j < columns; j++) {
      const value = data[row * columns + j]
      if (value === lesser) continue
      if (value !== greater || found >= 0) return undefined
      found = j
    }
    if (found < 0) return undefined
    classes[row] = found
  }
  return classes
}
