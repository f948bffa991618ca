import type { Contender } from './contenders.ts'
import type { Contest, Effort, Outcome } from './contest.ts'
import { hold } from './contest.ts'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import type { Timings } from './timing.ts'

/** One measurement of a benchmark: a batch size, a matrix size. */
export interface Case {
  readonly name: string
  readonly contest: Contest
  /** from seconds for an amount of 1 to the benchmark's unit */
  readonly scale: number
  /** floating-point operations of an amount of 1, where they say something */
  readonly operations?: number
}

/** A comparison of contenders. */
export interface Benchmark {
  readonly name: string
  readonly title: string
  /** of the times: 'µs a step' */
  readonly unit: string
  /** what amounts are: 'rows' */
  readonly amounts: string
  /** what the contenders' values are: 'mean loss' */
  readonly value: string
  readonly cases: readonly Case[]
  readonly contenders: readonly Contender[]
  readonly effort: Effort
  /** goes into the file as it is */
  readonly setting: object
}

/** A contender's line. */
export interface Row {
  readonly case: string
  readonly contender: string
  readonly peer: string
  readonly dtype: string
  readonly versions: Readonly<Record<string, string>>
  /** in the benchmark's unit */
  readonly time: Timings
  /** its median over that of the first contender, ours */
  readonly timesOurs: number | null
  readonly gflops?: number
  /** how much each run did */
  readonly amount: number
  /** of the first rows in order, from the same parameters: equal, or nearly, for all that compute the same */
  readonly checkValue: number
  /** of the last run, whose rows may be in any order */
  readonly value: number
  readonly note?: string
}

/** What a benchmark found. */
export interface Result {
  readonly benchmark: string
  readonly unit: string
  readonly rows: readonly Row[]
}

/** Runs a benchmark case by case, prints a table for each and writes the file. */
export async function compare(benchmark: Benchmark, { machine, out, quick }: Setting): Promise<Result> {
  const { name, title, unit, amounts, value, setting, effort, contenders } = benchmark
  say(`\n${title}`)
  const rows: Row[] = []
  for (const one of benchmark.cases) {
    const found = rowsOf(one, await hold(one.contest, contenders, effort))
    rows.push(...found)
    say(`\n${tableOf(benchmark, one, found)}`)
  }
  const result = { benchmark: name, unit, rows }
  save(out, `${name}.json`, { ...result, machine, quick, setting: { ...setting, ...effort, amounts, value } })
  return result
}

function rowsOf({ name, scale, operations }: Case, outcomes: readonly Outcome[]): Row[] {
  const reference = outcomes.find(({ contender }) => contender.peer === 'bp-net')?.seconds.median
  return outcomes.map(({ contender, versions, seconds, checkValue, amount, value }) => ({
    case: name,
    contender: labelOf(contender, versions),
    peer: contender.peer,
    dtype: contender.dtype,
    versions,
    time: {
      median: scale * seconds.median,
      least: scale * seconds.least,
      greatest: scale * seconds.greatest,
      repeats: seconds.repeats,
    },
    timesOurs: reference === undefined ? null : seconds.median / reference,
    ...(operations !== undefined && { gflops: operations / seconds.median / 1e9 }),
    amount,
    checkValue,
    value,
    ...(contender.note && { note: contender.note }),
  }))
}

/** 'NumPy 1.24.2, AVX2 kernels, 1 thread' */
function labelOf({ peer, variant, dtype }: Contender, versions: Row['versions']): string {
  const [project, ...setting] = peer.split(', ')
  const version = Object.values(versions)[0] ?? ''
  const type = dtype === 'float32' ? [] : [dtype]
  return [`${project} ${version}`, ...setting, variant, ...type].filter(Boolean).join(', ')
}

function tableOf({ unit, amounts, value }: Benchmark, { name, operations }: Case, rows: readonly Row[]): string {
  const rate = operations === undefined ? [] : ['GFLOP/s']
  const heading = [name, unit, 'least … greatest', ...rate, '÷ ours', amounts, `check: ${value}`, `last: ${value}`]
  const notes = [...new Set(rows.flatMap(({ note }) => note ?? []))]
  const lines = rows.map((row) => [
    `${row.contender}${row.note ? ` ${'*'.repeat(1 + notes.indexOf(row.note))}` : ''}`,
    figure(row.time.median),
    `${figure(row.time.least)} … ${figure(row.time.greatest)}`,
    ...(row.gflops === undefined ? [] : [figure(row.gflops)]),
    row.timesOurs === null ? '–' : figure(row.timesOurs),
    row.amount.toLocaleString('en-US'),
    row.checkValue.toPrecision(7),
    row.value.toPrecision(4),
  ])
  return [table(heading, lines), ...notes.map((note, k) => `${'*'.repeat(k + 1)} ${note}`)].join('\n')
}
