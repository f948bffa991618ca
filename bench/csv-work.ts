// node build/bench/csv-work.js JSON: reads a CSV file, with a model that learns from it or without, and says what that took.
import { Classifier } from 'bp-net'
import { readCsvFile } from 'bp-net/node'
import { TARGET } from './csv-table.ts'

/** What to do. */
export interface CsvTask {
  /** the file to read */
  readonly path: string
  /** the file to test with, where a model is to learn */
  readonly test?: string
}

/** What it took. */
export interface CsvFound {
  readonly seconds: number
  /** of the whole process, in 10⁶ bytes: at the start of the work, and at its end */
  readonly baseMegabytes: number
  readonly peakMegabytes: number
  /** the share of rows to test with that are predicted right */
  readonly accuracy?: number
}

const { path, test } = JSON.parse(process.argv[2] as string) as CsvTask
const model = new Classifier<string>({ seed: 1 })
const baseMegabytes = peak()
const start = performance.now()
if (test === undefined) await readAlone(path)
else await model.partialFit(readCsvFile(path), { target: TARGET })
const seconds = (performance.now() - start) / 1000
const found = { seconds, baseMegabytes, peakMegabytes: peak() }
const answer: CsvFound = test === undefined ? found : { ...found, accuracy: model.score(await all(test)) }
process.stdout.write(JSON.stringify(answer))

async function readAlone(path: string): Promise<void> {
  let characters = 0
  for await (const row of readCsvFile(path)) characters += row[TARGET]?.length ?? 0
  if (characters === 0) throw new Error('nothing was read')
}

async function all(path: string) {
  const rows: Record<string, string>[] = []
  for await (const row of readCsvFile(path)) rows.push(row)
  return rows
}

/** The most memory of this process so far. */
function peak(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6
}
