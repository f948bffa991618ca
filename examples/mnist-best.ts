import { writeFile } from 'node:fs/promises'
import type { History } from 'bp-net'
import { adam, Network, oneHot } from 'bp-net'
import { progressBar, readNetwork, saveNetwork } from 'bp-net/node'
import { type BestSettings, readBestSettings } from './digits/best-settings.ts'
import { drawCurve } from './digits/curve.ts'
import { type Digits, loadMnist } from './digits/data.ts'

/** The recipe, the network's part. It was chosen on digits held out of the training set, never by the test digits. */
function buildNetwork(seed: number): Network {
  return new Network({
    layers: [784, { units: 512, dropout: 0.3 }, { units: 512, dropout: 0.3 }, 10],
    activation: 'relu', // whose weights are drawn as He and others say
    outputActivation: 'softmax',
    loss: 'categoricalCrossEntropy',
    optimizer: adam({ learningRate: 0.002 }),
    seed,
  })
}

/** The recipe, the training's part; Ctrl-C stops it after the step in work. */
async function trainNetwork(network: Network, { inputs, labels }: Digits, settings: BestSettings): Promise<History> {
  const { epochs, validation, resume, save } = settings
  const stop = new AbortController()
  const abort = () => stop.abort(new Interruption())
  process.on('SIGINT', abort)
  try {
    return await network.fit(inputs, oneHot(labels, 10), {
      epochs,
      batchSize: 128,
      schedule: { name: 'oneCycle' },
      labelSmoothing: 0.1,
      ...(validation > 0 && { validation, metrics: ['accuracy'] }),
      checkpoint: { save: saveNetwork(save), everyEpochs: 8 },
      resume,
      signal: stop.signal,
      ...progressBar(),
    })
  } finally {
    process.off('SIGINT', abort)
  }
}

class Interruption extends Error {}

async function run(settings: BestSettings): Promise<void> {
  const save = saveNetwork(settings.save) // fails now rather than after the training
  const { train, test } = await loadMnist()
  const digits = firstOf(train, settings.samples)
  const network = settings.resume ? await readNetwork(settings.save) : buildNetwork(settings.seed)
  console.log(`${network.summary()}\n`)
  const start = performance.now()
  let history: History
  try {
    history = await trainNetwork(network, digits, settings)
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
    await save(network)
    console.log(`\nstopped, and saved to ${settings.save}. To go on:\n${resumption()}`)
    process.exitCode = 130 // as the shell has it for Ctrl-C
    return
  }
  const seconds = (performance.now() - start) / 1000
  await save(network)
  await report(network, history, test, { ...settings, seconds })
}

/** Judges the network by the test digits, and draws how it came there. */
async function report(
  network: Network,
  history: History,
  { inputs, labels }: Digits,
  { seconds, samples, save, ...settings }: BestSettings & { seconds: number },
): Promise<void> {
  const epochs = history.loss.length
  console.log(`\ntrained ${epochs} × ${samples.toLocaleString('en')} digits in ${seconds.toFixed(1)} s`)
  const { accuracy, mismatched } = network.accuracy(inputs, labels)
  const rows = labels.length.toLocaleString('en')
  console.log(`test accuracy ${(100 * accuracy).toFixed(2)} %: ${mismatched.length} of ${rows} misread`)
  await writeFile(settings.curve, drawCurve(history, { accuracy, samples, ...settings, seconds, seed: network.seed }))
  console.log(`saved to ${save}, learning curve in ${settings.curve}`)
}

function firstOf({ inputs, labels }: Digits, rows: number): Digits {
  return { inputs: inputs.block(0, 0, rows, inputs.columns), labels: Array.from(labels).slice(0, rows) }
}

/** The command that was given, with --resume. */
function resumption(): string {
  const flags = process.argv.slice(2).filter((flag) => flag !== '--resume')
  return `npm run mnist:best -- ${[...flags, '--resume'].join(' ')}`
}

try {
  await run(readBestSettings())
} catch (error) {
  console.error(`\n${(error as Error).message}`)
  process.exitCode = 1
}
