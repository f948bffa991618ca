import { Matrix, Network } from 'bp-net'
import type { Sample } from './data.ts'
import { samples } from './data.ts'
import type { Effort, Repeat } from './numpy.ts'
import { openNumpy } from './numpy.ts'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import type { Timings } from './timing.ts'
import { summarize } from './timing.ts'

const NAME = 'seed-loop'
const SEED = 20230918
const LAYERS = [784, 100, 10]
const RATE = 0.3

/** The share of pixels that are not 0: about that of MNIST. */
const INK = 0.19

/** What the lecture note says: 26 s for 50,000 steps, on its author's machine, in NumPy. */
const NOTE = { seconds: 26, steps: 50_000, microseconds: 520 }

const DTYPES = ['float32', 'float64'] as const
type Dtype = (typeof DTYPES)[number]

const FULL: Effort = { samples: 500, warmUp: 500, steps: 1000, repeats: 9 }
const QUICK: Effort = { samples: 20, warmUp: 20, steps: 40, repeats: 3 }

interface Contender {
  readonly name: string
  readonly dtype: Dtype
  readonly repeat: () => Repeat
}

interface Row {
  readonly contender: string
  readonly dtype: Dtype
  readonly microsecondsPerStep: Timings
  /** the same for every repeat, and nearly so for every contender; otherwise it is not the same loop */
  readonly meanLoss: number
  /** the note's 520 µs over ours */
  readonly timesNote: number
  /** NumPy's median of the same dtype over this one's */
  readonly timesNumpy: number | null
}

/** The lecture note's loop, one sample a step, here and in NumPy, against the note's own time. */
export function seedLoop({ machine, out, quick }: Setting): void {
  const effort = quick ? QUICK : FULL
  say(`The lecture note's loop: ${LAYERS.join('-')}, sigmoid, squared error, rate ${RATE}, one sample a step`)
  const initial = new Network({ layers: LAYERS, learningRate: RATE, dtype: 'float64', seed: SEED })
  const data = samples(SEED, effort.samples, LAYERS, INK)
  const numpy = openNumpy(numbersOf(data, initial), effort)
  say(
    numpy ? `(beside it: NumPy ${numpy.numpy}, Python ${numpy.python})\n` : '(NumPy skipped: no python3 that has it)\n',
  )
  try {
    const contenders = DTYPES.flatMap((dtype): Contender[] => [
      { name: 'bp-net', dtype, repeat: () => runHere(dtype, initial, data, effort) },
      ...(numpy ? [{ name: 'NumPy', dtype, repeat: () => numpy.repeat(dtype) }] : []),
    ])
    const rows = compare(interleave(contenders, effort.repeats))
    say(`${asTable(rows)}\n`)
    const versions = numpy && { numpy: numpy.numpy, python: numpy.python }
    const setting = { layers: LAYERS, learningRate: RATE, seed: SEED, ink: INK, ...effort }
    save(out, `${NAME}.json`, {
      benchmark: NAME,
      machine,
      peers: versions ?? null,
      quick,
      setting,
      note: NOTE,
      rows,
    })
  } finally {
    numpy?.close()
  }
}

/** The loop with bp-net, from the parameters of `initial`. */
function runHere(dtype: Dtype, initial: Network, data: readonly Sample[], { warmUp, steps }: Effort): Repeat {
  const network = new Network({ layers: LAYERS, learningRate: RATE, dtype, seed: SEED })
  network.layers.forEach(({ weights, biases }, l) => {
    weights.assign(initial.layers[l]?.weights ?? [])
    biases.assign(initial.layers[l]?.biases ?? [])
  })
  const rows = data.map(({ inputs, targets }): [Matrix, Matrix] => [
    Matrix.from([inputs], { dtype }),
    Matrix.from([targets], { dtype }),
  ])
  const train = (step: number) => network.train(...(rows[step % rows.length] as [Matrix, Matrix]))
  for (let step = 0; step < warmUp; step++) train(step)
  let total = 0
  const start = performance.now()
  for (let step = warmUp; step < warmUp + steps; step++) total += train(step)
  const microseconds = (1000 * (performance.now() - start)) / steps
  return { microseconds, meanLoss: total / steps }
}

/** Samples and parameters in the order in which seed-loop.py reads them. */
function numbersOf(data: readonly Sample[], { layers }: Network): number[] {
  const parameters = layers.flatMap(({ weights, biases }) => [...weights.toArray(), ...biases.toArray()])
  return [data.map(({ inputs }) => inputs), data.map(({ targets }) => targets), parameters].flat(2)
}

/** Each contender in turn, so many times; the first round warms up and is dropped. */
function interleave(contenders: readonly Contender[], repeats: number) {
  const found = contenders.map((contender) => ({ contender, repeats: [] as Repeat[] }))
  for (let round = 0; round <= repeats; round++) {
    for (const { contender, repeats: kept } of found) {
      const repeat = contender.repeat()
      if (round > 0) kept.push(repeat)
    }
  }
  return found
}

function compare(found: ReturnType<typeof interleave>): Row[] {
  const timed = found.map(({ contender: { name, dtype }, repeats }) => ({
    contender: name,
    dtype,
    microsecondsPerStep: summarize(repeats.map(({ microseconds }) => microseconds)),
    meanLoss: repeats[0]?.meanLoss ?? Number.NaN,
  }))
  return timed.map((row) => {
    const numpy = timed.find(({ contender, dtype }) => contender === 'NumPy' && dtype === row.dtype)
    const { median } = row.microsecondsPerStep
    return {
      ...row,
      timesNote: NOTE.microseconds / median,
      timesNumpy: numpy ? numpy.microsecondsPerStep.median / median : null,
    }
  })
}

function asTable(rows: readonly Row[]): string {
  const heading = ['', 'dtype', 'µs a step', 'least … greatest', '50,000 steps', '× note', '× NumPy', 'mean loss']
  const note = ["the note's claim, its author's machine", '', String(NOTE.microseconds), '', '26 s', '1.00', '', '']
  const measured = rows.map(({ contender, dtype, microsecondsPerStep: time, timesNote, timesNumpy, meanLoss }) => [
    contender,
    dtype,
    figure(time.median),
    `${figure(time.least)} … ${figure(time.greatest)}`,
    `${figure((time.median * NOTE.steps) / 1e6)} s`,
    figure(timesNote),
    timesNumpy === null ? '–' : figure(timesNumpy),
    meanLoss.toPrecision(10),
  ])
  return `${table(heading, [...measured, note])}\n× note, × NumPy: how many times as fast as that one`
}
