import type { Optimizer } from '../kernels/plan.ts'
import { short } from '../training/number-words.ts'
import type { ColumnRange } from './columns.ts'
import { sizeOf, USUAL_SIZE, unscaled } from './columns.ts'
import type { Finding } from './finding.ts'
import type { LayerEvidence } from './layers.ts'
import { EXPLOSION, exploding, manyStill, stillUnits, wordSizes } from './layers.ts'

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

/**
 * What good weights hardly reach: the first loss over what targets and inputs explain, activations over inputs, gradients of
 * one layer over those of the output layer, and a parameter.
 */
const EXPLODED = 1e3

/** How many decades a size lies beyond the usual; what is not finite counts as the greatest number. */
function decades(size: number, usual: number): number {
  const finite = Number.isFinite(size) ? size : Number.MAX_VALUE
  return finite > usual ? Math.log10(finite / usual) : 0
}

/** Beyond it, a rate is unusual for the optimizer. */
export function usualRate(optimizer: Optimizer): number {
  if (optimizer.name === 'sgd') return 1 - optimizer.momentum
  return optimizer.name === 'adagrad' ? 1 : 0.1
}

type Candidate = Finding & { readonly score: number }

/**
 * What most likely made a step impossible, the likeliest first. Each candidate scores the decades by which it is beyond the
 * usual, as it counts for the step: a step is stable while rate·inputs² is small, so that sizes of data count twice. What came
 * before counts, not what a run that diverges makes of a network: once steps were taken, the first loss tells how the layers were.
 *
 * @param hasActed whether the rate had a part: steps were taken before, or the step itself is too long
 */
export function findingsOf(evidence: Evidence, optimizer: Optimizer, hasActed: boolean): [Finding, ...Finding[]] {
  const { parameter, ownFunction } = evidence
  if (parameter !== undefined) return [brokenParameter(parameter)]
  if (ownFunction !== undefined) return [brokenFunction(ownFunction)]
  const data = [byColumn('inputs', evidence.inputs, 0), byColumn('targets', evidence.targets, -0.1)]
  const others = hasActed ? [byRate(evidence, optimizer), byFirstLoss(evidence)] : byLayers(evidence)
  const found = [...data, ...others].filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)
  return found.map(({ score: _, ...finding }) => finding) as [Finding, ...Finding[]]
}

/** A parameter that was not finite before a step. */
export function brokenParameter(words: string): Finding {
  return {
    kind: 'brokenParameter',
    what: `${words}, and no step leaves such a number: it was written or loaded`,
    where: {},
    evidence: { parameter: words },
    fix: { advice: 'Write a finite number there, or load a network that was saved before' },
  }
}

/** A function of the user's own that gave no finite number. */
export function brokenFunction(words: string): Finding {
  return {
    kind: 'brokenFunction',
    what: words,
    where: {},
    evidence: { function: words },
    fix: { advice: 'Make it give a finite number for every finite one' },
  }
}

/** Data that is not scaled. */
function byColumn(data: 'inputs' | 'targets', range: ColumnRange, more: number): Candidate {
  return { score: 2 * decades(sizeOf(range), USUAL_SIZE) + more, ...unscaled(data, [range]) }
}

/** A rate beyond the usual; also where all else is usual. */
function byRate({ losses, learningRate, decay }: Evidence, optimizer: Optimizer): Candidate {
  const usual = usualRate(optimizer)
  const shrinks = { sgd: decay, adamw: optimizer.weightDecay, adam: 0, adagrad: 0, rmsprop: 0 }[optimizer.name]
  const better = Math.min(usual / 10, learningRate / 10)
  const overshoots = learningRate * shrinks > 2 && learningRate <= 10 * usual
  const advised = overshoots ? Math.min(better, 0.5 / shrinks) : better
  const rate = `the learning rate ${short(learningRate)} is too high`
  return {
    score: 1 + decades(learningRate, usual),
    kind: 'rateTooHigh',
    where: {},
    evidence: { learningRate, losses },
    what: overshoots
      ? `${rate} for a weight decay of ${short(shrinks)}, as each step multiplies weights by ${short(1 - learningRate * shrinks)}: ${course(losses)}`
      : `${rate} for ${optimizer.name}: ${course(losses)}`,
    fix: {
      advice: overshoots
        ? `Try a learning rate of ${short(advised)}, or less weightDecay or l2`
        : `Try a learning rate of ${short(advised)}, or onDivergence: 'halveRate' in fit`,
      network: { learningRate: Number(short(advised)) },
      fit: { onDivergence: 'halveRate' },
    },
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
    ...exploding(`the first loss was ${short(first)} already; ${wordSizes(evidence.layers)}`, evidence.layers),
    fix: { advice: `${EXPLOSION}, or clipNorm: 1 in fit`, fit: { clipNorm: 1 } },
  }
}

/** What the layers show where no step has changed them. */
function byLayers({ layers, inputs }: Evidence): Candidate[] {
  const size = sizeOf(inputs)
  const output = layers.at(-1)?.gradientNorm ?? 0
  const grown = greatest(layers, ({ largestActivation }) => largestActivation / size)
  const steeper = output > 0 ? greatest(layers, ({ gradientNorm }) => gradientNorm / output / size) : 0
  const beyond = decades(Math.max(grown, steeper), EXPLODED)
  const off = manyStill(layers)
  const largest = greatest(off, ({ largestParameter }) => largestParameter)
  return [
    // where nothing is unusual at all
    { score: beyond > 0 ? 1 + beyond : 0.01, ...exploding(wordSizes(layers), layers) },
    ...(off.length === 0
      ? []
      : [{ score: beyond === 0 ? 1 + decades(largest, EXPLODED) : 0, ...stillUnits(layers, largest) }]),
  ]
}

function greatest<T>(list: readonly T[], measure: (one: T) => number): number {
  return list.reduce((most, one) => Math.max(most, measure(one) || 0), 0) // NaN does not count
}
