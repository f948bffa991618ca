import type { Optimizer } from '../kernels/plan.ts'
import { countParameters } from '../rule/parameter-count.ts'
import type { History } from '../training/history.ts'
import { short } from '../training/number-words.ts'
import type { Finding, Fix } from './finding.ts'

/** Fewer epochs show no course. */
const FEWEST_EPOCHS = 5

/** A network whose loss is so small a share of a constant output's has learned its rows, whatever its layers look like. */
export const FITTED = 0.1

/** A loss so near to that of a constant output tells nothing of the inputs. */
const BLANK = 0.95

/** A loss that is still so large a share of the first has not moved. */
const UNMOVED = 0.95

/** A loss that has risen to so many times what it was. */
const SHOT_UP = 10

/** What a course is measured by. */
export interface CourseContext {
  /** the loss of the best outputs that are the same for every row */
  readonly baseline: number
  /** the loss of the network as it stands, on the rows that it was trained on */
  readonly loss: number
  /** the loss of the weights that the seed draws */
  readonly first: number
  /** the penalty on those weights */
  readonly penalty: number
  /** inputs, units of each layer, outputs */
  readonly layers: readonly number[]
  /** the activations of the hidden layers, by name */
  readonly hidden: readonly string[]
  readonly rows: number
  readonly optimizer: Optimizer
  /** what was asked of each step beside the loss */
  readonly form: { readonly l1: number; readonly l2: number; readonly clipNorm: number; readonly clipValue: number }
}

/**
 * A validation loss that rose while the other fell, by a third and a tenth of what a constant output loses; or one that is four
 * times the other and half of a constant output's. Where the best epoch was put back, nothing is lost.
 */
export function findOverfitting(history: History, { baseline, rows }: CourseContext): Finding[] {
  const { validationLoss, loss } = history
  const last = validationLoss.at(-1)
  if (last === undefined || validationLoss.length < FEWEST_EPOCHS || history.bestEpoch !== undefined) return []
  const least = validationLoss.reduce((a, b) => Math.min(a, b))
  const best = validationLoss.indexOf(least)
  const trained = loss.at(-1) as number
  const hasRisen = last > 1.33 * least && last - least > 0.1 * baseline && trained < 0.95 * (loss[best] as number)
  const isApart = last > 4 * trained && last > 0.5 * baseline
  if (!hasRisen && !isApart) return []
  const [first, now] = [short(loss[0] as number), short(trained)]
  const course = hasRisen
    ? `after epoch ${best + 1} the validation loss rose from ${short(least)} to ${short(last)}`
    : `the validation loss stays at ${short(last)}`
  return [
    {
      kind: 'overfitting',
      what: `the network learns its rows by heart: ${course}, while that of training fell from ${first} to ${now}`,
      where: { data: 'validation', epoch: best + 1 },
      evidence: { validationLoss: last, leastValidationLoss: least, loss: trained, baseline },
      fix: {
        advice: 'Stop at the best epoch (earlyStopping), add l2 or dropout, or find more rows',
        fit: { earlyStopping: { patience: 10 }, l2: Number(short(1 / rows)) },
      },
    },
  ]
}

/** A loss that no longer falls and is hardly below that of a constant output, or hardly below where it began. */
export function findUnderfitting(history: History, context: CourseContext): Finding[] {
  const { baseline, loss, first } = context
  const { length } = history.loss
  const isBlank = loss >= BLANK * baseline
  const isUnmoved = loss > UNMOVED * first && loss > 0.35 * baseline
  if (length < FEWEST_EPOCHS || !(isBlank || isUnmoved) || baseline === 0) return []
  const quarter = history.loss.slice(-Math.max(2, Math.floor(length / 4)))
  const fell = 1 - (quarter.at(-1) as number) / (quarter[0] as number)
  if (fell > 0.02) return []
  const what = isBlank
    ? `the network is hardly better than one constant output: its loss is ${short(loss)}, that of the best constant ${short(baseline)}`
    : `training changed hardly anything: the loss is ${short(loss)}, it began at ${short(first)}`
  return [
    {
      kind: 'underfitting',
      what: `${what}, and it no longer falls`,
      where: { epoch: length },
      evidence: { loss, baseline, epochs: length },
      fix: fixUnderfitting(context),
    },
  ]
}

/** What holds a network back: first what was asked for beside the loss, then what its layers cannot do. */
function fixUnderfitting(context: CourseContext): Fix {
  const { form, hidden, layers, rows } = context
  const { penalty, baseline, optimizer } = context
  const held = penalty > baseline || optimizer.weightDecay > 0 ? fixPenalty(context) : undefined
  if (held !== undefined) return held
  if (form.clipNorm < 0.1 || form.clipValue < 0.1) {
    const fit = { ...(form.clipNorm < 0.1 && { clipNorm: 1 }), ...(form.clipValue < 0.1 && { clipValue: 1 }) }
    const words = Object.keys(fit).map((name) => `${name}: 1`)
    return { advice: `Gradients are clipped so far that no step leads on: try ${words.join(' and ')}`, fit }
  }
  if (hidden.length > 0 && hidden.every((name) => name === 'identity')) {
    const advice = "Layers of identity make one straight line: try activation: 'tanh'"
    return { advice, network: { activation: 'tanh' } }
  }
  const larger = enlarge(layers)
  const isFew = layers.length === 2 || 10 * countParameters(layers) < rows * (layers.at(-1) as number) || rows < 20
  if (!isFew) return { advice: 'Look for inputs that tell more of the targets; or try more hidden units' }
  const advice = `Try more hidden units, as layers: [${larger.join(', ')}]; or inputs that tell more`
  return { advice, network: { layers: larger } }
}

/** Less of what draws weights to 0, where anything does. */
export function fixPenalty({
  form: { l1, l2 },
  optimizer,
}: Pick<CourseContext, 'form' | 'optimizer'>): Fix | undefined {
  if (l1 > 0 || l2 > 0) {
    const fit = { ...(l1 > 0 && { l1: l1 / 100 }), ...(l2 > 0 && { l2: l2 / 100 }) }
    const words = Object.entries(fit).map(([name, value]) => `${name}: ${short(value)}`)
    return { advice: `The penalty may hold it back: try ${words.join(' and ')}`, fit }
  }
  const { weightDecay } = optimizer
  if (weightDecay < 0.1) return undefined
  const less = { ...optimizer, weightDecay: weightDecay / 100 }
  const advice = `weightDecay may hold it back: try ${short(less.weightDecay)}, as ${optimizer.name}({ weightDecay: ${short(less.weightDecay)} })`
  return { advice, network: { optimizer: less } }
}

/** The same layers with twice the hidden units; with some where there were none. */
function enlarge(layers: readonly number[]): number[] {
  const [inputs, outputs] = [layers[0] as number, layers.at(-1) as number]
  if (layers.length === 2) return [inputs, Math.max(16, Math.min(128, 2 * Math.max(inputs, outputs))), outputs]
  return layers.map((units, l) => (l === 0 || l === layers.length - 1 ? units : Math.max(8, 2 * units)))
}

/** A run that went back to an earlier state, whose loss shot up, or jumps up and down where it should have settled. */
export function findJumps(history: History, rate: number, context: CourseContext): Finding[] {
  const { baseline } = context
  const first = context.first + context.penalty
  const { rollbacks, loss } = history
  const last = rollbacks.at(-1)
  if (last !== undefined) {
    const better = Number(short(rate * last.rateFactor))
    const times = rollbacks.length === 1 ? 'once' : `${rollbacks.length} times`
    const found = tooHigh(rate, better, `the run went back ${times}, the last time in epoch ${last.epoch}`, last.epoch)
    const network = { learningRate: better }
    return [{ ...found, fix: { advice: `Try a learning rate of ${short(better)}`, network } }]
  }
  if (context.loss < FITTED * baseline) return []
  const highest = loss.reduce((a, b) => Math.max(a, b), 0)
  if (highest > SHOT_UP * Math.max(first, baseline)) {
    const epoch = loss.indexOf(highest) + 1
    const words = `in epoch ${epoch} the loss was ${short(highest)}, where it began at ${short(first)}`
    return [tooHigh(rate, Number(short(rate / 10)), words, epoch)]
  }
  const half = loss.slice(-Math.floor(loss.length / 2))
  if (half.length < FEWEST_EPOCHS) return []
  const rises = half.filter((value, k) => k > 0 && value > (half[k - 1] as number)).length
  const [least, most] = [half.reduce((a, b) => Math.min(a, b)), half.reduce((a, b) => Math.max(a, b))]
  if (rises < half.length / 3 || most < 3 * least || (half.at(-1) as number) < FITTED * baseline) return []
  const words = `in the last ${half.length} epochs the loss jumps between ${short(least)} and ${short(most)}`
  return [tooHigh(rate, Number(short(rate / 10)), words, loss.length)]
}

/** A rate that is too high, with the reason in words. */
export function tooHigh(rate: number, better: number, words: string, epoch?: number): Finding {
  return {
    kind: 'rateTooHigh',
    what: `the learning rate ${short(rate)} is too high: ${words}`,
    where: epoch === undefined ? {} : { epoch },
    evidence: { learningRate: rate, better },
    fix: {
      advice: `Try a learning rate of ${short(better)}, or onDivergence: 'halveRate' in fit`,
      network: { learningRate: better },
      fit: { onDivergence: 'halveRate' },
    },
  }
}
