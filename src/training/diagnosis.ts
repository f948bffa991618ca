import type { Optimizer } from '../kernels/plan.ts'

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
  /** √Σ dW² + db² */
  readonly gradientNorm: number
  /** max |W| */
  readonly largestWeight: number
  /** the share of units whose derivative is 0 in every row */
  readonly deadShare: number
  /** the share of the others whose derivative is below 0.001 in every row */
  readonly saturatedShare: number
}

/** What was measured where a step was not taken. */
export interface Evidence {
  /** the loss of the first step of the run and of the last few before this one */
  readonly losses: readonly number[]
  /** that of the step */
  readonly learningRate: number
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

/** Inputs and targets up to here need no scaling; decades above count as evidence. */
const USUAL_SIZE = 10

/** A share of dead or saturated units that is worth a word. */
const MANY = 0.5

/** So much more gradient in one layer than in another, or so much a loss before any step, is an explosion. */
const EXPLODED = 1e3

/** Beyond it, a rate is unusual for the optimizer. */
function usualRate(optimizer: Optimizer): number {
  if (optimizer.name === 'sgd') return 1 - optimizer.momentum
  return optimizer.name === 'adagrad' ? 1 : 0.1
}

/** The likely cause; each candidate has a score in decades beyond what is usual, and the greatest score wins. */
export function diagnose(evidence: Evidence, optimizer: Optimizer): Diagnosis {
  const { parameter, ownFunction } = evidence
  if (parameter !== undefined) {
    const words = `${parameter} was not finite before the step, so it was written there`
    return { cause: 'parameters', words, advice: 'Write finite numbers, or go back to a saved network' }
  }
  if (ownFunction !== undefined) {
    return { cause: 'function', words: ownFunction, advice: 'Make it give a finite number for every finite one' }
  }
  const candidates = [
    byInputs(evidence),
    byTargets(evidence),
    byRate(evidence, optimizer),
    byGrowth(evidence),
    byUnits(evidence),
  ]
  return candidates.reduce((best, one) => (one.score > best.score ? one : best))
}

type Candidate = Diagnosis & { readonly score: number }

/** How many decades a size lies beyond the usual. */
function decades(size: number, usual: number): number {
  return size > usual ? Math.log10(size / usual) : 0
}

function sizeOf({ least, greatest }: ColumnRange): number {
  return Math.max(Math.abs(least), Math.abs(greatest))
}

/** Twice the decades: the stable rate falls with the square of the inputs. */
function byInputs({ inputs }: Evidence): Candidate {
  return {
    score: 2 * decades(sizeOf(inputs), USUAL_SIZE),
    cause: 'inputs',
    words: `inputs are not scaled: column ${inputs.column} goes from ${short(inputs.least)} to ${short(inputs.greatest)}`,
    advice: 'Bring each column to about −1 to 1, or to mean 0 and standard deviation 1',
  }
}

function byTargets({ targets }: Evidence): Candidate {
  return {
    score: 2 * decades(sizeOf(targets), USUAL_SIZE) - 0.1, // inputs of the same size come first
    cause: 'targets',
    words: `targets are not scaled: column ${targets.column} goes from ${short(targets.least)} to ${short(targets.greatest)}`,
    advice: 'Bring each column to about −1 to 1, or to mean 0 and standard deviation 1',
  }
}

/** A rate beyond the usual; or a loss that rose though nothing else is unusual. */
function byRate({ losses, learningRate }: Evidence, optimizer: Optimizer): Candidate {
  const usual = usualRate(optimizer)
  const [first = Number.NaN] = losses
  const last = losses.at(-1) ?? Number.NaN
  const rose = last > 2 * first
  const rising = losses.map(short).join(', ')
  const history =
    losses.length < 2
      ? 'no step before it was of use'
      : rose
        ? `the loss went ${rising}`
        : `the last losses are ${rising}`
  const better = Math.min(usual / 10, learningRate / 10)
  return {
    score: 2 * decades(learningRate, usual) + (rose ? 0.5 : 0.01),
    cause: 'learningRate',
    words: `the learning rate ${short(learningRate)} is too high for ${optimizer.name}: ${history}`,
    advice: `Try a learning rate of ${short(better)}, or onDivergence: 'halveRate' in fit`,
  }
}

/** Activations or gradients that are great before the first step, and differ much between layers. */
function byGrowth({ layers, losses }: Evidence): Candidate {
  const [first = Number.POSITIVE_INFINITY] = losses
  const norms = layers.map(({ gradientNorm }) => gradientNorm)
  const activations = layers.map(({ largestActivation }) => largestActivation)
  const ratio = Math.max(spread(norms), spread(activations))
  const weights = layers.reduce((most, { largestWeight }) => Math.max(most, largestWeight), 0)
  const words =
    `gradients explode: their norm is ${norms.map(short).join(', ')} in layers 0 to ${layers.length - 1}` +
    `, the largest activation ${activations.map(short).join(', ')}, the largest weight ${short(weights)}`
  return {
    // where the first loss was small, the steps made the growth and not the layers
    score: first > EXPLODED ? 0.6 + decades(Math.max(ratio, weights), 1) : 0,
    cause: 'gradients',
    words,
    advice: 'Try fewer layers, smaller initial weights, clipNorm: 1 in fit, or a lower learning rate',
  }
}

/** The greatest over the least; infinite numbers count as the greatest there is. */
function spread(sizes: readonly number[]): number {
  const finite = sizes.map((size) => (Number.isFinite(size) ? size : Number.MAX_VALUE))
  const least = finite.reduce((held, size) => (size > 0 ? Math.min(held, size) : held), Number.MAX_VALUE)
  return finite.reduce((held, size) => Math.max(held, size), 0) / least
}

function byUnits({ layers }: Evidence): Candidate {
  const worst = layers.reduce((held, { deadShare, saturatedShare }) => Math.max(held, deadShare, saturatedShare), 0)
  return {
    score: worst >= MANY ? 0.3 : 0,
    cause: 'units',
    words: wordUnits(layers) ?? '',
    advice: 'Try smaller initial weights, a lower learning rate, or leakyRelu for relu',
  }
}

/** Layers with many dead or saturated units, in words; undefined where there are none. */
export function wordUnits(layers: readonly LayerEvidence[]): string | undefined {
  const percent = (share: number) => `${Math.round(100 * share)} %`
  const found = layers.flatMap(({ deadShare, saturatedShare }, l) => [
    ...(deadShare >= MANY ? [`${percent(deadShare)} of layer ${l} are dead`] : []),
    ...(saturatedShare >= MANY ? [`${percent(saturatedShare)} of layer ${l} are saturated`] : []),
  ])
  return found.length === 0 ? undefined : `units: ${found.join(', ')}`
}

/** A number in three digits. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value)
}
