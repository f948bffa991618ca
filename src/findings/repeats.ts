import { isPause, type Paused } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import { wordSeries } from '../training/number-words.ts'
import type { Finding } from './finding.ts'

/** A share of repeated rows that is worth a word. */
const SOME = 0.05

/** A table whose columns have so few values that rows must repeat: fewer combinations than so many times its rows. */
const ROOM = 10

/** Rows that repeat an earlier one, inputs and targets alike. */
export function* findDuplicates(inputs: Rows, targets: Rows): Paused<Finding[]> {
  const { repeats: rows } = yield* indexRows([inputs, targets])
  const share = rows.length / inputs.rows
  if (share < SOME || mustRepeat(inputs)) return []
  return [
    {
      kind: 'duplicatedRows',
      what: `${rows.length} of ${inputs.rows} rows repeat an earlier one, inputs and targets: rows ${wordSeries(rows)}`,
      where: { data: 'inputs', rows },
      evidence: { repeated: rows.length, rows: inputs.rows, share },
      fix: {
        advice: 'Leave them out before rows are split; or, if they are real, count each row once by sampleWeights',
        leaveOut: rows,
      },
    },
  ]
}

/** Rows to validate on whose inputs are among those that are trained on. */
export function* findLeaks(inputs: Rows, validation: Rows): Paused<Finding[]> {
  const known = yield* indexRows([inputs])
  const rows: number[] = []
  for (let i = 0; i < validation.rows; i++) {
    if (known.first([validation], i) !== undefined) rows.push(i)
    if (isPause(i, validation.columns)) yield
  }
  const share = rows.length / validation.rows
  if (share < SOME || mustRepeat(inputs)) return []
  return [
    {
      kind: 'leakedRows',
      what: `${rows.length} of ${validation.rows} validation rows are among the rows that are trained on: rows ${wordSeries(rows)} of the validation`,
      where: { data: 'validation', rows },
      evidence: { leaked: rows.length, rows: validation.rows, share },
      fix: { advice: 'Leave them out of the validation: what it measures there is memory', leaveOut: rows },
    },
  ]
}

/** Rows whose inputs are those of an earlier one and whose targets are not. */
export function* findContradictions(inputs: Rows, targets: Rows): Paused<Finding[]> {
  const known = yield* indexRows([inputs])
  const rows: number[] = []
  for (let i = 0; i < inputs.rows; i++) {
    const first = known.first([inputs], i) as number
    if (first < i && !isSame([targets], first, [targets], i)) rows.push(i)
    if (isPause(i, inputs.columns)) yield
  }
  const share = rows.length / inputs.rows
  if (share < (mustRepeat(inputs) ? CONTRADICTED : CONTRADICTED / 2)) return []
  return [
    {
      kind: 'contradictingRows',
      what: `${rows.length} of ${inputs.rows} rows have the inputs of an earlier row and other targets: rows ${wordSeries(rows)}`,
      where: { data: 'inputs', rows },
      evidence: { contradicting: rows.length, rows: inputs.rows, share },
      fix: { advice: 'Find inputs that tell such rows apart: no network can' },
    },
  ]
}

/** Whether the columns have so few different values that rows repeat by chance. */
function mustRepeat({ data, rows, columns }: Rows): boolean {
  let combinations = 1
  for (let j = 0; j < columns; j++) {
    const values = new Set<number>()
    for (let i = 0; i < rows; i++) values.add(data[i * columns + j] as number)
    combinations *= values.size
    if (combinations >= ROOM * rows) return false
  }
  return true
}

/** So large a share of rows that contradict others keeps a network from learning. */
const CONTRADICTED = 0.3

/** The rows of tables that lie side by side, found by their numbers. */
interface RowIndex {
  /** the rows that repeat an earlier one */
  readonly repeats: readonly number[]
  /** the first row that is the same as one of others; undefined where none is */
  readonly first: (others: readonly Rows[], row: number) => number | undefined
}

function* indexRows(tables: readonly Rows[]): Paused<RowIndex> {
  const byHash = new Map<number, number[]>()
  const repeats: number[] = []
  const { rows, columns } = tables[0] as Rows
  for (let i = 0; i < rows; i++) {
    const hash = hashOf(tables, i)
    const same = byHash.get(hash)
    if (same === undefined) byHash.set(hash, [i])
    else if (same.some((k) => isSame(tables, k, tables, i))) repeats.push(i)
    else same.push(i)
    if (isPause(i, columns)) yield
  }
  const first = (others: readonly Rows[], row: number) =>
    (byHash.get(hashOf(others, row)) ?? []).find((k) => isSame(tables, k, others, row))
  return { repeats, first }
}

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)

/** 32 bits of a row's numbers, as FNV-1a mixes them, word by word; 0 and −0 are the same. */
function hashOf(tables: readonly Rows[], row: number): number {
  let hash = 0x811c9dc5
  for (const { data, columns } of tables) {
    for (let k = row * columns; k < (row + 1) * columns; k++) {
      bits[0] = (data[k] as number) + 0
      hash = Math.imul(hash ^ (words[0] as number), 0x01000193)
      hash = Math.imul(hash ^ (words[1] as number) ^ (hash >>> 15), 0x01000193)
    }
  }
  return hash
}

function isSame(tables: readonly Rows[], row: number, others: readonly Rows[], other: number): boolean {
  return tables.every(({ data, columns }, n) => {
    const { data: otherData } = others[n] as Rows
    for (let j = 0; j < columns; j++) if (data[row * columns + j] !== otherData[other * columns + j]) return false
    return true
  })
}
