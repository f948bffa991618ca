import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark, Result } from './benchmark.ts'
import { compare } from './benchmark.ts'
import { productsChart, trainingChart } from './charts.ts'
import { missing, PEERS } from './contenders.ts'
import { csvStream } from './csv-stream.ts'
import { elementaryFunctions } from './elementary-functions.ts'
import { estimators } from './estimators.ts'
import { eventLoop } from './event-loop.ts'
import { describeMachine, machineLine, root } from './machine.ts'
import { numericalVsBackprop } from './numerical-vs-backprop.ts'
import { optimizers } from './optimizers.ts'
import { prediction } from './prediction.ts'
import { products } from './products.ts'
import { findPythons } from './pythons.ts'
import type { Field, Setting } from './report.ts'
import { save, say } from './report.ts'
import { Scratch } from './scratch.ts'
import { solvers } from './solvers.ts'
import { adamEpochs, epochs, seedLoop, xor } from './training.ts'

/** Comparisons with peers, by the names of their files. */
const COMPARISONS: Readonly<Record<string, (field: Field) => Benchmark>> = {
  'seed-loop': seedLoop,
  epochs,
  adam: adamEpochs,
  products,
  prediction,
  xor,
}

/** What --contenders does not concern, by the names of their files. */
const OWN: Readonly<Record<string, (setting: Setting) => void | Promise<void>>> = {
  'csv-stream': csvStream,
  'elementary-functions': elementaryFunctions,
  estimators,
  'event-loop': eventLoop,
  'numerical-vs-backprop': numericalVsBackprop,
  optimizers,
  solvers,
}
const NAMES = [...Object.keys(OWN), ...Object.keys(COMPARISONS)]

const HELP = `npm run bench -- [options]

Runs the benchmarks, prints their tables and writes <name>.json and the charts.

  --only <names>        of ${NAMES.join(', ')}
  --contenders <names>  of ${PEERS.join(', ')}
  --kernels <name>      those of bp-net: auto (default), or one that it has; blas:2 takes two threads
  --python <programs>   interpreters to look for peers in (python3, /usr/bin/python3)
  --out <folder>        where the results go (bench/results)
  --quick               small networks and few repeats: to try the scripts, not to measure
  --help                this text

Names are separated by commas.`

const options = {
  only: { type: 'string', default: NAMES.join() },
  contenders: { type: 'string', default: PEERS.join() },
  kernels: { type: 'string', default: 'auto' },
  python: { type: 'string', default: '' },
  out: { type: 'string', default: join(root, 'bench', 'results') },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** The options; undefined, with a message and exit code 2, for what is none. */
function readOptions() {
  try {
    const { values } = parseArgs({ options })
    const read = {
      ...values,
      only: listOf('--only', values.only, NAMES),
      contenders: listOf('--contenders', values.contenders, PEERS),
      pythons: findPythons(values.python.split(',').filter(Boolean)),
    }
    if (!values.help) mkdirSync(values.out, { recursive: true }) // fails now rather than after the work
    return read
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n\n${HELP}\n`)
    process.exitCode = 2
    return undefined
  }
}

function listOf(option: string, text: string, known: readonly string[]): string[] {
  const names = text.split(',')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`${option} ${unknown}: expected ${known.join(', ')}`)
  return names
}

async function run(read: NonNullable<ReturnType<typeof readOptions>>): Promise<void> {
  const setting: Setting = { machine: describeMachine(), out: read.out, quick: read.quick, pythons: read.pythons }
  say(`${machineLine(setting.machine)}\n`)
  for (const name of read.only) await OWN[name]?.(setting)
  const chosen = read.only.filter((name) => name in COMPARISONS)
  if (chosen.length > 0) await compareAll(chosen, read, setting)
}

async function compareAll(
  names: readonly string[],
  { contenders, ...field }: Omit<Field, 'scratch'> & { contenders: readonly string[] },
  setting: Setting,
): Promise<void> {
  for (const line of missing(contenders, field.pythons)) say(`(${line})`)
  const scratch = new Scratch()
  const results: Record<string, Result> = {}
  try {
    for (const name of names) {
      const benchmark = (COMPARISONS[name] as (field: Field) => Benchmark)({ ...field, scratch })
      const able = benchmark.contenders.filter(({ peer }) => contenders.includes(peer.split(',')[0] as string))
      results[name] = await compare({ ...benchmark, contenders: able }, setting)
    }
  } finally {
    scratch.remove()
  }
  drawAll(results, setting)
}

/** A chart holds what one run found: it is drawn where all its benchmarks were in it. */
function drawAll(results: Readonly<Record<string, Result>>, { machine, out, quick }: Setting): void {
  const { 'seed-loop': loop, epochs: batches, adam, products: sizes } = results
  if (loop && batches && adam) save(out, 'training.svg', trainingChart([loop, batches, adam], machine, quick))
  if (sizes) save(out, 'products.svg', productsChart(sizes, machine, quick))
}

const read = readOptions()
if (read?.help) say(HELP)
else if (read) await run(read)
