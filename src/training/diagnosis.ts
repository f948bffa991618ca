import type { Optimizer } from '../kernels/plan.ts'
import { short, wordSeries } from './number-words.ts'

/** What most likely made a step impossible. */
export type Cause =
  /** the learning rate is too high */
  | 'learningRate'
  /** an input column is far from the size that networks are made for */
  | 'inputs'
  /** a target column is */
  | 'targets'
  /** activations or gradients grow from layer to layer */
  | 'gradients'
  /** most units of a layer are dead or saturated */
  | 'units'
  /** a parameter was not finite before the step: someone wrote it */
  | 'parameters'
  /** an activation or a loss of the user's own gave no finite number */
  | 'function'

/** The column of a table that reaches farthest from 0. */
export interface ColumnRange {
  /** its index */
  readonly column: number
  /** its least number */
  readonly least: number
  /** its greatest number */
  readonly greatest: number
}

/** What was measured of one layer, in float64, on the rows of the step. */
export interface LayerEvidence {
  /** max |A| */
  readonly largestActivation: number
  /** √Σ dW² + db²; NaN where the loss is not finite in float64 either */
  readonly gradientNorm: number
  /** of weights and biases, in size */
  readonly largestParameter: number
  /** the share of units that give 0 with a derivative of 0 in every row */
  readonly deadShare: number
  /** the share of the others whose derivative is below 0.001 in every row */
  readonly saturatedShare: number
}

/** What was measured where a step was not taken. */
export interface Evidence {
  /** the loss of the first step and of the last few before this one */
  readonly losses: readonly number[]
  /** that of the step */
  readonly learningRate: number
  /** λ of weightDecay and of l2 together */
  readonly decay: number
  /** of the input columns, the one that reaches farthest from 0 */
  readonly inputs: ColumnRange
  /** of the target columns */
  readonly targets: ColumnRange
  /** empty where there was no memory to measure in */
  readonly layers: readonly LayerEvidence[]
  /** the parameter that was not finite before the step */
  readonly parameter?: string
  /** the user's own function that gave no finite number, and for what */
  readonly ownFunction?: string
}

/** A cause, in words with its evidence, and what helps. */
export interface Diagnosis {
  readonly cause: Cause
  readonly words: string
  readonly advice: string
}

/** Inputs and targets up to here need no scaling: standardised columns with outliers stay below. */
const USUAL_SIZE = 10

/** A share of dead or saturated units that is worth a word. */
const MANY = 0.5

/**
 * What good weights hardly reach: the first loss over what targets and inputs explain, activations over inputs, gradients of
 * one layer over those of the output layer, and a parameter.
 */
const EXPLODED = 1e3

/** Beyond it, a rate is unusual for the optimizer. */
function usualRate(optimizer: Optimizer): number {
  if (optimizer.name === 'sgd') return 1 - optimizer.momentum
  return optimizer.name === 'adagrad' ? 1 : 0.1
}

type Candidate = Diagnosis & { readonly score: number }

/**
 * The likely cause. Each candidate scores the decades by which it is beyond the usual, as it counts for the step: a step is
 * stable while rate·inputs² is small, so that sizes of data count twice. What came before counts, not what a run that
 * diverges makes of a network: once steps were taken, the first loss tells how the layers were.
 *
 * @param hasActed whether the rate had a part: steps were taken before, or the step itself is too long
 */
export function diagnose(evidence: Evidence, optimizer: Optimizer, hasActed: boolean): Diagnosis {
  const { parameter, ownFunction } = evidence
  if (parameter !== undefined) {
    const words = `${parameter}, and no step leaves such a number: it was written or loaded`
    return {
      cause: 'parameters',
      words,
      advice: 'Write a finite number there, or load a network that was saved before',
    }
  }
  if (ownFunction !== undefined) {
    return { cause: 'function', words: ownFunction, advice: 'Make it give a finite number for every finite one' }
  }
  const data = [byColumn('inputs', evidence.inputs, 0), byColumn('targets', evidence.targets, -0.1)]
  const others = hasActed ? [byRate(evidence, optimizer), byFirstLoss(evidence)] : byLayers(evidence)
  return [...data, ...others].reduce((best, one) => (one.score > best.score ? one : best))
}

/** How many decades a size lies beyond the usual; what is not finite counts as the greatest number. */
function decades(size: number, usual: number): number {
  const finite = Number.isFinite(size) ? size : Number.MAX_VALUE
  return finite > usual ? Math.log10(finite / usual) : 0
}

function sizeOf({ least, greatest }: ColumnRange): number {
  return Math.max(1, Math.abs(least), Math.abs(greatest))
}

/** Data that is not scaled. */
function byColumn(cause: 'inputs' | 'targets', range: ColumnRange, more: number): Candidate {
  const { column, least, greatest } = range
  const reach = least === greatest ? `is ${short(least)}` : `goes from ${short(least)} to ${short(greatest)}`
  return {
    score: 2 * decades(sizeOf(range), USUAL_SIZE) + more,
    cause,
    words: `the ${cause} are not scaled: column ${column} ${reach}`,
    advice: 'Bring each column to about −1 to 1, or to mean 0 and standard deviation 1',
  }
}

/** A rate beyond the usual; also where all else is usual. */
function byRate({ losses, learningRate, decay }: Evidence, optimizer: Optimizer): Candidate {
  const usual = usualRate(optimizer)
  const shrinks = { sgd: decay, adamw: optimizer.weightDecay, adam: 0, adagrad: 0, rmsprop: 0 }[optimizer.name]
  const better = Math.min(usual / 10, learningRate / 10)
  const overshoots = learningRate * shrinks > 2 && learningRate <= 10 * usual
  const rate = `the learning rate ${short(learningRate)} is too high`
  return {
    score: 1 + decades(learningRate, usual),
    cause: 'learningRate',
    words: overshoots
      ? `${rate} for a weight decay of ${short(shrinks)}, as each step multiplies weights by ${short(1 - learningRate * shrinks)}: ${course(losses)}`
      : `${rate} for ${optimizer.name}: ${course(losses)}`,
    advice: overshoots
      ? `Try a learning rate of ${short(Math.min(better, 0.5 / shrinks))}, or less weightDecay or l2`
      : `Try a learning rate of ${short(better)}, or onDivergence: 'halveRate' in fit`,
  }
}

function course(losses: readonly number[]): string {
  if (losses.length === 0) return 'the first step is too long already'
  const words = losses.map(short)
  const shown = words.length <= 4 ? words : [...words.slice(0, 1), '…', ...words.slice(-3)]
  return words.length === 1 ? `the loss before was ${words[0]}` : `the losses before were ${shown.join(', ')}`
}

/** Layers that exploded before the first step, by the loss that it had. */
function byFirstLoss(evidence: Evidence): Candidate {
  const [first = 0] = evidence.losses
  const explained = sizeOf(evidence.inputs) ** 2 * sizeOf(evidence.targets) ** 2
  const beyond = decades(first / explained, EXPLODED)
  return {
    score: beyond > 0 ? 1 + beyond : 0,
    cause: 'gradients',
    words: `gradients explode: the first loss was ${short(first)} already; ${wordSizes(evidence.layers)}`,
    advice: `${EXPLOSION}, or clipNorm: 1 in fit`,
  }
}

/** What the layers show where no step has changed them. */
function byLayers({ layers, inputs }: Evidence): Candidate[] {
  const size = sizeOf(inputs)
  const output = layers.at(-1)?.gradientNorm ?? 0
  const grown = greatest(layers, ({ largestActivation }) => largestActivation / size)
  const steeper = output > 0 ? greatest(layers, ({ gradientNorm }) => gradientNorm / output / size) : 0
  const beyond = decades(Math.max(grown, steeper), EXPLODED)
  const off = layers.filter(({ deadShare, saturatedShare }) => deadShare + saturatedShare >= MANY)
  const largest = greatest(off, ({ largestParameter }) => largestParameter)
  return [
    {
      score: beyond > 0 ? 1 + beyond : 0.01, // where nothing is unusual at all
      cause: 'gradients',
      words: `gradients explode: ${wordSizes(layers)}`,
      advice: EXPLOSION,
    },
    {
      score: beyond === 0 && off.length > 0 ? 1 + decades(largest, EXPLODED) : 0,
      cause: 'units',
      words: `${wordUnits(layers)}; the largest parameter of such a layer is ${short(largest)}`,
      advice: 'Try smaller initial weights; scale the inputs',
    },
  ]
}

const EXPLOSION = 'Try smaller weights (by default they fit the activation), or fewer layers'

function greatest<T>(list: readonly T[], measure: (one: T) => number): number {
  return list.reduce((most, one) => Math.max(most, measure(one) || 0), 0) // NaN does not count
}

function wordSizes(layers: readonly LayerEvidence[]): string {
  if (layers.length === 0) return 'there was no memory to measure the layers'
  const measures = [
    ['largest activations', layers.map(({ largestActivation }) => largestActivation)],
    ['norms of gradients', layers.map(({ gradientNorm }) => gradientNorm)],
    ['largest parameters', layers.map(({ largestParameter }) => largestParameter)],
  ] as const
  const words = measures.flatMap(([name, sizes]) => (sizes.every(Number.isNaN) ? [] : `${name} ${wordSeries(sizes)}`))
  return `from layer 0 up, ${words.join('; ')}`
}

/** Layers with many dead or saturated units, in words; undefined where there are none. */
export function wordUnits(layers: readonly LayerEvidence[]): string | undefined {
  const found = new Map<string, number[]>()
  for (const [l, { deadShare, saturatedShare }] of layers.entries()) {
    if (deadShare + saturatedShare < MANY) continue
    const words = [...wordShare(deadShare, 'dead'), ...wordShare(saturatedShare, 'saturated')].join(' and ')
    found.set(words, [...(found.get(words) ?? []), l])
  }
  if (found.size === 0) return undefined
  const words = Array.from(found, ([words, l]) => `${words} in ${l.length > 1 ? 'layers' : 'layer'} ${wordSeries(l)}`)
  return `dead or saturated units: ${words.join(', ')}`
}

function wordShare(share: number, kind: string): string[] {
  return share > 0 ? [`${Math.round(100 * share)} % ${kind}`] : []
}
