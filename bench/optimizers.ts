import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Optimizer } from 'bp-net'
import { adagrad, adam, adamw, rmsprop, sgd } from 'bp-net'
import type { Run, View } from '../dist/kernels/plan.js'
import { seeded } from './data.ts'
import { root } from './machine.ts'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import type { Timings } from './timing.ts'
import { millisecondsPerCall, summarize, warmUp } from './timing.ts'

const NAME = 'optimizers'

interface Effort {
  /** rows and columns of the matrix */
  readonly side: number
  /** one timing covers as many updates as take this many milliseconds */
  readonly timing: number
  readonly repeats: number
}

const FULL: Effort = { side: 512, timing: 20, repeats: 25 }
const QUICK: Effort = { side: 64, timing: 0.5, repeats: 3 }

/** What is measured. */
const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  sgd: sgd(),
  'sgd, momentum 0.9': sgd({ momentum: 0.9 }),
  'sgd, Nesterov 0.9': sgd({ momentum: 0.9, nesterov: true }),
  adagrad: adagrad(),
  rmsprop: rmsprop(),
  adam: adam(),
  'adam, weightDecay': adam({ weightDecay: 1e-4 }),
  adamw: adamw(),
}

/** The kernels, and the plans of updates, which the package does not show. */
async function inside() {
  const load = (path: string) => import(pathToFileURL(join(root, 'dist', path)).href)
  const { cellsWith } = (await load('kernels/cells.js')) as typeof import('../dist/kernels/cells.js')
  const { wasmKernels } = (await load('kernels/wasm.js')) as typeof import('../dist/kernels/wasm.js')
  const { stateOf, updates } = (await load('training/updates.js')) as typeof import('../dist/training/updates.js')
  return { cellsWith, kernels: wasmKernels, stateOf, updates }
}

/** What an update of one parameter costs in the WebAssembly kernels, by optimizer. */
export async function optimizers({ machine, out, quick }: Setting): Promise<void> {
  const effort = quick ? QUICK : FULL
  const { side } = effort
  const { kernels } = await inside()
  const { fma, wide } = kernels.describe()
  say(`Updates of a ${side}×${side} float32 matrix in the WebAssembly kernels, time of one parameter`)
  const times = await timeAll(effort)
  const rows = Object.entries(times).map(([optimizer, nanoseconds]) => ({ optimizer, nanoseconds }))
  say(`\n${asTable(rows)}\n`)
  const setting = { side, dtype: 'float32', fma, wide }
  save(out, `${NAME}.json`, { benchmark: NAME, machine, quick, setting, unit: 'ns a parameter', rows })
}

/** All by turns, so that a slower minute of the machine meets each. */
async function timeAll({ side, timing, repeats }: Effort): Promise<Record<string, Timings>> {
  const { cellsWith } = await inside()
  const cells = cellsWith({ rate: 1e-9, correction1: 0.9, correction2: 0.9 }) // so that parameters stay what they are in size
  const runs = await prepareAll(side)
  const work = runs.map(([name, run]) => {
    const call = () => Number(run(cells))
    return { name, call, calls: warmUp(timing, call), times: [] as number[] }
  })
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const { call, calls, times } of work) times.push((1e6 * millisecondsPerCall(calls, call)) / side ** 2)
  }
  return Object.fromEntries(work.map(({ name, times }) => [name, summarize(times)]))
}

/** The update of each, over matrices of its own. */
async function prepareAll(side: number): Promise<[name: string, run: Run][]> {
  const { kernels, stateOf, updates } = await inside()
  return Object.entries(OPTIMIZERS).map(([name, optimizer]) => {
    const count = 2 + stateOf(optimizer).length
    const views = kernels.allocate('float32', Array(count).fill([side, side]))
    views.forEach((view, k) => {
      fill(view, k < 2 ? 0.1 : 0) // states begin at 0
    })
    const [parameter, gradient, ...state] = views as [View, View, ...View[]]
    return [name, kernels.prepare(updates(optimizer, [{ parameter, gradient, state }]))]
  })
}

/** Numbers between −size and size. */
function fill(view: View, size: number): void {
  const random = seeded(1)
  const [rows, columns] = view.shape as [number, number]
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) view.set(i, j, size * (2 * random() - 1))
}

function asTable(rows: readonly { optimizer: string; nanoseconds: Timings }[]): string {
  return table(
    ['optimizer', 'ns a parameter', 'least', 'greatest'],
    rows.map(({ optimizer, nanoseconds: { median, least, greatest } }) => [
      optimizer,
      figure(median),
      figure(least),
      figure(greatest),
    ]),
  )
}
