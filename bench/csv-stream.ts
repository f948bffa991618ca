import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { COLUMNS, writeTable } from './csv-table.ts'
import type { CsvFound, CsvTask } from './csv-work.ts'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import { Scratch } from './scratch.ts'
import type { Timings } from './timing.ts'
import { summarize } from './timing.ts'

const NAME = 'csv-stream'

/** The peak of memory that is asked for, in 10⁶ bytes. */
const LIMIT = 500

interface Effort {
  /** rows to learn from, and to test with */
  readonly rows: readonly [training: number, test: number]
  readonly repeats: number
}

const FULL: Effort = { rows: [1_000_000, 10_000], repeats: 3 }
const QUICK: Effort = { rows: [20_000, 2000], repeats: 1 }

interface Row {
  readonly work: 'reading' | 'partialFit'
  readonly seconds: Timings
  /** of the median */
  readonly megabytesPerSecond: number
  readonly rowsPerSecond: number
  /** the greatest of all runs: before the work, and in it */
  readonly baseMegabytes: number
  readonly peakMegabytes: number
  readonly accuracy?: number
}

/** A pass of a classifier over a CSV file as a stream, beside reading the file alone: how fast, and in how much memory. */
export function csvStream({ machine, out, quick }: Setting): void {
  const { rows, repeats } = quick ? QUICK : FULL
  const size = `${rows[0].toLocaleString('en-US')} rows × ${COLUMNS.length} columns`
  say(`A CSV file of ${size}: for await of readCsvFile, and partialFit of it`)
  const scratch = new Scratch()
  try {
    const [path, test] = [scratch.path('training.csv'), scratch.path('test.csv')]
    const { bytes } = writeTable(path, rows[0], 1)
    const { best } = writeTable(test, rows[1], 2)
    const runs: Record<Row['work'], CsvFound[]> = { reading: [], partialFit: [] }
    for (let repeat = 0; repeat < repeats; repeat++) {
      runs.reading.push(work({ path }))
      runs.partialFit.push(work({ path, test }))
    }
    const found = [sumUp('reading', runs.reading, bytes, rows[0]), sumUp('partialFit', runs.partialFit, bytes, rows[0])]
    say(`\n${asTable(found)}\n\n${conclude(found, best)}\n`)
    const setting = { rows: { training: rows[0], test: rows[1] }, columns: COLUMNS.length, megabytes: bytes / 1e6 }
    const limits = { peakMegabytes: LIMIT, accuracy: best }
    save(out, `${NAME}.json`, { benchmark: NAME, machine, quick, setting, limits, unit: 's', rows: found })
  } finally {
    scratch.remove()
  }
}

/** In a process of its own, whose memory nothing else has used. */
function work(task: CsvTask): CsvFound {
  const script = fileURLToPath(import.meta.resolve('./csv-work.js'))
  const options = [...process.execArgv, script, JSON.stringify(task)]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' })
  if (status === 0) return JSON.parse(stdout) as CsvFound
  throw new Error(`${NAME}: its process ended by ${signal ?? `code ${status}`}: ${stderr.trim()}`)
}

function sumUp(name: Row['work'], runs: readonly CsvFound[], bytes: number, rows: number): Row {
  const seconds = summarize(runs.map((run) => run.seconds))
  const [{ accuracy }] = runs as [CsvFound, ...CsvFound[]]
  return {
    work: name,
    seconds,
    megabytesPerSecond: bytes / 1e6 / seconds.median,
    rowsPerSecond: rows / seconds.median,
    baseMegabytes: Math.max(...runs.map((run) => run.baseMegabytes)),
    peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)),
    ...(accuracy !== undefined && { accuracy }),
  }
}

function conclude(rows: readonly Row[], best: number): string {
  const [, { peakMegabytes, accuracy }] = rows as [Row, Row]
  const memory = `partialFit took ${figure(peakMegabytes)} MB at the most; asked is for ${LIMIT} MB`
  return `${memory}. Its accuracy is ${accuracy?.toFixed(4)}; the rule that drew the labels has ${best.toFixed(4)}.`
}

function asTable(rows: readonly Row[]): string {
  return table(
    ['work', 'seconds', 'least', 'greatest', 'MB/s', 'rows/s', 'peak, MB', 'at the start'],
    rows.map(({ work, seconds, megabytesPerSecond, rowsPerSecond, peakMegabytes, baseMegabytes }) => [
      work,
      ...[seconds.median, seconds.least, seconds.greatest, megabytesPerSecond].map(figure),
      ...[rowsPerSecond, peakMegabytes, baseMegabytes].map(figure),
    ]),
  )
}
