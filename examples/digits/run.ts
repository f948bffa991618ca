import { readFile, writeFile } from 'node:fs/promises'
import { Network, oneHot, shuffle } from 'bp-net'
import { progressBar } from 'bp-net/node'
import { type Digits, loadMnist } from './data.ts'
import { confusionTable, drawDigits } from './picture.ts'
import type { Settings } from './settings.ts'

/** Trains on MNIST one sample a step, as the lecture note does, tests, saves, and reads the saved network back. */
export async function run(settings: Settings): Promise<void> {
  try {
    await trainAndTest(settings)
  } catch (error) {
    console.error(`\n${(error as Error).message}`)
    process.exitCode = 1
  }
}

async function trainAndTest(settings: Settings): Promise<void> {
  const start = performance.now()
  const { train, test } = await loadMnist()
  const network = new Network({ layers: settings.layers, learningRate: settings.rate, seed: settings.seed })
  console.log(`${network.summary()}\n`)
  for (let epoch = 1; epoch <= settings.epochs; epoch++) trainOnce(network, train, settings, epoch)
  console.log(
    `trained ${settings.epochs} × ${settings.samples.toLocaleString('en')} samples in ${secondsSince(start)}\n`,
  )
  report(network, test)
  await saveAndReadBack(network, test, settings.save)
}

/** One epoch: every row once, in an order drawn from the seed. A loop of one's own tells its progress as fit does. */
function trainOnce(network: Network, { inputs, labels }: Digits, settings: Settings, epoch: number): void {
  const { seed, epochs, samples, rate } = settings
  const targets = oneHot(labels, 10, { on: 0.99, off: 0.01 })
  const order = shuffle({ rows: Uint32Array.from({ length: inputs.rows }, (_, i) => i) }, { seed: seed + epoch - 1 })
  const start = performance.now()
  const { onBatch, onEpoch } = progressBar()
  const place = { epoch, epochs, learningRate: rate }
  let sum = 0
  order.rows.subarray(0, samples).forEach((row, k) => {
    const loss = network.train(inputs.row(row), targets.row(row))
    sum += loss
    const step = (epoch - 1) * samples + k + 1
    onBatch?.({ ...place, batch: k + 1, batches: samples, step, loss, meanLoss: sum / (k + 1) })
  })
  const seconds = (performance.now() - start) / 1000
  onEpoch({ ...place, step: epoch * samples, loss: sum / samples, metrics: {}, seconds })
}

function report(network: Network, { inputs, labels }: Digits): void {
  const { accuracy, matched, mismatched } = network.accuracy(inputs, labels)
  const read = network.classify(inputs)
  console.log(`accuracy ${percent(accuracy)}`)
  console.log(`matched ${matched.length.toLocaleString('en')}, mismatched ${mismatched.length.toLocaleString('en')}\n`)
  console.log(`${confusionTable(labels, read)}\n`)
  const misread = mismatched.slice(0, 3).map((row) => ({
    pixels: inputs.row(row),
    caption: [`read ${read[row]}, true ${labels[row]}`, `test row ${row}`] as const,
  }))
  if (misread.length > 0) console.log(`${drawDigits(misread)}\n`)
}

async function saveAndReadBack(network: Network, { inputs, labels }: Digits, path: string): Promise<void> {
  const text = JSON.stringify(network)
  await writeFile(path, text)
  const { accuracy } = Network.fromJSON(await readFile(path, 'utf8')).accuracy(inputs, labels)
  console.log(`saved to ${path} (${Math.round(text.length / 1000)} kB); read back: accuracy ${percent(accuracy)}`)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
