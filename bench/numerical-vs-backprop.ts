import type { Gradients } from 'bp-net'
import { Matrix, Network, numericalGradients } from 'bp-net'
import { samples } from './data.ts'
import type { Row } from './gradient-chart.ts'
import { chart } from './gradient-chart.ts'
import type { Chosen } from './parameters.ts'
import { choose, chooseAll, countChosen, countParameters, disagreement, pick } from './parameters.ts'
import type { Setting } from './report.ts'
import { duration, figure, save, say, table } from './report.ts'
import { millisecondsPerCall, summarize, warmUp } from './timing.ts'

const NAME = 'numerical-vs-backprop'
const SEED = 20230918

/** The step of a central difference, as numericalGradients has it: the cube root of float64's precision. */
const EPSILON = Math.cbrt(Number.EPSILON)

/** How far a measurement goes. */
interface Effort {
  readonly networks: readonly (readonly number[])[]
  /** numerical differentiation is measured in full where it should take less than this, by a sample otherwise */
  readonly fullBelow: number
  /** parameters in a sample */
  readonly sample: number
  /** one timing covers as many calls as take this many milliseconds */
  readonly timing: number
  /** timings of numerical differentiation, as many as these milliseconds hold */
  readonly budget: number
}

const FULL: Effort = {
  networks: [
    [2, 3, 1],
    [3, 4, 2],
    [8, 8, 4],
    [16, 16, 8],
    [32, 32, 10],
    [64, 48, 10],
    [128, 64, 10],
    [784, 30, 10],
    [784, 100, 10],
  ],
  fullBelow: 60_000,
  sample: 400,
  timing: 50,
  budget: 60_000,
}

const QUICK: Effort = {
  networks: [
    [2, 3, 1],
    [8, 8, 4],
    [32, 32, 10],
    [128, 64, 10],
  ],
  fullBelow: 50,
  sample: 50,
  timing: 2,
  budget: 200,
}

interface Subject {
  readonly layers: readonly number[]
  readonly parameters: number
  readonly network: Network
  readonly inputs: Matrix
  readonly targets: Matrix
}

/** A way to the numerical derivatives: what one call does, what it found, and how much of a gradient it is. */
interface Contender {
  readonly method: string
  readonly chosen: readonly Chosen[]
  readonly scale: number
  readonly estimate: number
  readonly call: () => number
  readonly found: () => number[][]
}

/** The time of one gradient by central differences and by backpropagation, against the size of the network. */
export function numericalVsBackprop({ machine, out, quick }: Setting): void {
  const effort = quick ? QUICK : FULL
  say('One full gradient of one sample: central differences against backpropagation')
  say('(sigmoid networks, squared error, float64; medians)\n')
  const rows = effort.networks.map((layers) => {
    const row = measure(subjectOf(layers), effort)
    say(`  ${row.network} done`)
    return row
  })
  say(`\n${asTable(rows)}\n`)
  const largest = rows.at(-1) as Row
  say(`${sentence(largest)}\n`)
  const setting = { rowsOfData: 1, activation: 'sigmoid', loss: 'squaredError', dtype: 'float64', seed: SEED }
  const result = {
    benchmark: NAME,
    machine,
    quick,
    setting,
    epsilon: EPSILON,
    rows,
    conclusion: sentence(largest),
  }
  save(out, `${NAME}.json`, result)
  save(out, `${NAME}.svg`, chart(rows, machine, quick))
}

function subjectOf(layers: readonly number[]): Subject {
  const network = new Network({ layers: [...layers], dtype: 'float64', seed: SEED })
  const [sample] = samples(SEED, 1, layers, 1)
  const inputs = Matrix.from([sample?.inputs ?? []])
  const targets = Matrix.from([sample?.targets ?? []])
  return { layers, parameters: countParameters(layers), network, inputs, targets }
}

function measure(subject: Subject, effort: Effort): Row {
  const { network, inputs, targets, layers, parameters } = subject
  let gradients: Gradients = network.gradients(inputs, targets)
  const backprop = () => {
    gradients = network.gradients(inputs, targets)
    return gradients.loss
  }
  const numerical = contenderFor(subject, effort)
  const { backpropMicroseconds, numericalMilliseconds } = takeTurns(backprop, numerical, effort)
  return {
    network: layers.join('-'),
    parameters,
    backpropMicroseconds,
    numericalMilliseconds,
    ratio: (1000 * numericalMilliseconds.median) / backpropMicroseconds.median,
    agreement: disagreement(pick(gradients, numerical.chosen), numerical.found()),
    method: numerical.method,
  }
}

/** Rounds of backprop · numerical · backprop, so that neither has the machine's better moments to itself. */
function takeTurns(backprop: () => number, { call, scale, estimate }: Contender, { timing, budget }: Effort) {
  const backpropCalls = warmUp(timing, backprop)
  const numericalCalls = estimate < 1000 ? warmUp(timing, call) : 1
  const rounds = Math.max(1, Math.min(9, Math.floor(budget / estimate)))
  const beside = Math.ceil(3 / rounds) // at least 6 timings of backprop in all
  const times: { backprop: number[]; numerical: number[] } = { backprop: [], numerical: [] }
  const timeBackprop = () => {
    for (let k = 0; k < beside; k++) times.backprop.push(1000 * millisecondsPerCall(backpropCalls, backprop))
  }
  for (let round = 0; round < rounds; round++) {
    timeBackprop()
    times.numerical.push(scale * millisecondsPerCall(numericalCalls, call))
    timeBackprop()
  }
  return {
    backpropMicroseconds: summarize(times.backprop),
    numericalMilliseconds: summarize(times.numerical),
  }
}

/** In full, unless a sample tells that this would take too long. */
function contenderFor(subject: Subject, { sample, fullBelow }: Effort): Contender {
  const sampled = bySample(subject, sample)
  return sampled.estimate < fullBelow ? inFull(subject, sampled.estimate) : sampled
}

function inFull({ network, inputs, targets }: Subject, estimate: number): Contender {
  const chosen = chooseAll(network)
  let gradients: Gradients | undefined
  const call = () => {
    gradients = numericalGradients(network, inputs, targets, { epsilon: EPSILON })
    return gradients.loss
  }
  const found = () => (gradients === undefined ? [] : pick(gradients, chosen))
  return { method: 'full', chosen, scale: 1, estimate, call, found }
}

/** Central differences of some parameters, by the public interface: set, loss, set, loss, set. */
function bySample({ network, inputs, targets, parameters }: Subject, count: number): Contender {
  const chosen = choose(network, count)
  let differences: number[][] = []
  const call = () => {
    differences = centralDifferences(network, inputs, targets, chosen)
    return differences[0]?.[0] ?? Number.NaN
  }
  const scale = parameters / countChosen(chosen)
  call()
  const estimate = scale * millisecondsPerCall(1, call)
  const method = `sample of ${countChosen(chosen)} parameters`
  return { method, chosen, scale, estimate, call, found: () => differences }
}

/** (E(w + h) − E(w − h)) / 2h for each chosen w, where h = epsilon·max(1, |w|). */
function centralDifferences(network: Network, inputs: Matrix, targets: Matrix, chosen: readonly Chosen[]): number[][] {
  return chosen.map(({ layer, parameter, places }) => {
    const matrix = (network.layers[layer] as Network['layers'][number])[parameter]
    return places.map(([row, column]) => {
      const w = matrix.get(row, column)
      const h = w + EPSILON * Math.max(1, Math.abs(w)) - w
      matrix.set(row, column, w + h)
      const above = network.loss(inputs, targets)
      matrix.set(row, column, w - h)
      const below = network.loss(inputs, targets)
      matrix.set(row, column, w)
      return (above - below) / (2 * h)
    })
  })
}

function asTable(rows: readonly Row[]): string {
  const heading = ['network', 'parameters', 'backprop µs', 'numerical ms', 'ratio', 'agreement', 'method']
  return table(
    heading,
    rows.map((row) => [
      row.network,
      row.parameters.toLocaleString('en-US'),
      figure(row.backpropMicroseconds.median),
      figure(row.numericalMilliseconds.median),
      figure(row.ratio),
      row.agreement.toExponential(1),
      row.method,
    ]),
  )
}

function sentence({ network, parameters, ratio, method, ...row }: Row): string {
  const numerical = duration(row.numericalMilliseconds.median)
  const backprop = duration(row.backpropMicroseconds.median / 1000)
  const how = method === 'full' ? 'measured in full' : `extrapolated from a ${method}`
  const size = parameters.toLocaleString('en-US')
  return (
    `${network}, ${size} parameters: ${numerical} by central differences (${how}), ` +
    `${backprop} by backpropagation: a ratio of ${figure(ratio)}`
  )
}
