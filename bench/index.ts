import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine, machineLine, root } from './machine.ts'
import { numericalVsBackprop } from './numerical-vs-backprop.ts'
import { say } from './report.ts'
import { seedLoop } from './seed-loop.ts'

const HELP = `npm run bench -- [options]

Runs the benchmarks, prints their tables and writes <name>.json and the chart.

  --out <folder>  where the results go (bench/results)
  --quick         small networks and few repeats: to try the scripts, not to measure
  --help          this text`

const options = {
  out: { type: 'string', default: join(root, 'bench', 'results') },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** The options; undefined, with a message and exit code 2, for what is none. */
function readOptions() {
  try {
    const { values } = parseArgs({ options })
    if (!values.help) mkdirSync(values.out, { recursive: true }) // fails now rather than after the work
    return values
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n\n${HELP}\n`)
    process.exitCode = 2
    return undefined
  }
}

function run({ out, quick }: { out: string; quick: boolean }): void {
  const machine = describeMachine()
  say(`${machineLine(machine)}\n`)
  numericalVsBackprop({ machine, out, quick })
  say()
  seedLoop({ machine, out, quick })
}

const values = readOptions()
if (values?.help) say(HELP)
else if (values) run(values)
