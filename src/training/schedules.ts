import { checkNumber, checkOptions, typeError, unknownName } from '../errors.ts'
import { cosine } from './cosine.ts'
import { power } from './power.ts'

/**
 * How the learning rate changes while a network is trained: plain data, told apart by `name`. `rate` is the optimizer's
 * learningRate; s is the step, counted from 0 over the whole run of N steps; e is the epoch, counted from 0.
 *
 * - `constant`: rate
 * - `step`: rate·factor^⌊e/every⌋
 * - `exponential`: rate·factor^e
 * - `cosine`: a linear warm-up of W = round(warmup·N) steps, then half a wave of the cosine:
 *   rate·(s + 1)/W for s < W, else rate·(final + (1 − final)·(1 + cos πp)/2) with p = (s − W)/(N − W). The last step has
 *   p < 1, so that `final` is neared and not reached.
 * - `oneCycle`: from start·rate up to rate at step warmup·N − 1 and down to final·rate at step N − 1, both ways along half a
 *   wave of the cosine. Here rate is the peak (PyTorch's max_lr). Momentum is not cycled.
 * - `reduceOnPlateau`: rate·factorᵏ, but not below `least`; k grows by 1 when more than `patience` epochs in a row bring no
 *   loss below (1 − minDelta)·the best before them. The loss is the one that is watched, once an epoch.
 *
 * Where `cosine` and `oneCycle` go on beyond N steps, the rate of step N − 1 stays.
 *
 * @see PyTorch's StepLR, ExponentialLR, CosineAnnealingLR (one step of it a gradient step), OneCycleLR (anneal_strategy
 *   'cos', two phases) and ReduceLROnPlateau (mode 'min', threshold_mode 'rel', no cooldown, eps 0)
 * @see Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017 (cosine)
 * @see Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017 (warm-up)
 * @see Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2019
 *   (oneCycle)
 */
export type Schedule =
  | {
      /** which schedule: the rate stays */
      readonly name: 'constant'
    }
  | {
      /** which schedule: it falls every so many epochs */
      readonly name: 'step'
      /** after how many epochs each fall comes: a whole number of at least 1 */
      readonly every: number
      /** what the rate is multiplied by, above 0 and at most 1 (0.1); PyTorch's gamma */
      readonly factor?: number
    }
  | {
      /** which schedule: it falls every epoch */
      readonly name: 'exponential'
      /** what the rate is multiplied by after each epoch, above 0 and at most 1; PyTorch's gamma */
      readonly factor: number
    }
  | {
      /** which schedule: it falls along half a wave */
      readonly name: 'cosine'
      /** the share of all steps in which the rate rises, from 0 to below 1 (0) */
      readonly warmup?: number
      /** where the rate ends, as a share of the rate, from 0 to 1 (0); PyTorch's eta_min/lr */
      readonly final?: number
    }
  | {
      /** which schedule: it rises, then falls */
      readonly name: 'oneCycle'
      /** the share of all steps in which the rate rises, from 0 to below 1 (0.3); PyTorch's pct_start */
      readonly warmup?: number
      /** the first rate, as a share of the peak, above 0 and at most 1 (1/25); PyTorch's 1/div_factor */
      readonly start?: number
      /** the last rate, as a share of the peak, from 0 to 1 (start/10,000); PyTorch's 1/(div_factor·final_div_factor) */
      readonly final?: number
    }
  | {
      /** which schedule: it falls where the loss no longer does */
      readonly name: 'reduceOnPlateau'
      /** what the rate is multiplied by, between 0 and 1 (0.1) */
      readonly factor?: number
      /** how many epochs in a row may bring no improvement, a whole number of at least 0 (10) */
      readonly patience?: number
      /** by what share of the best loss a loss must be lower to count, from 0 to below 1 (1e-4); PyTorch's threshold */
      readonly minDelta?: number
      /** the rate below which it does not fall, of at least 0 (0); PyTorch's min_lr */
      readonly least?: number
    }

/** A schedule with nothing left to defaults. */
type Filled<S = Schedule> = S extends Schedule ? Required<S> : never
type Named<N extends Schedule['name']> = Extract<Filled, { name: N }>

/** One number of a schedule: what is allowed, in words and as a condition, and its default, which may follow from others. */
interface Field {
  readonly expected: string
  readonly allowed: (value: number) => boolean
  readonly fallback?: number | ((read: Readonly<Record<string, number>>) => number)
}

const whole = (least: number): Field => ({
  expected: `a whole number of at least ${least}`,
  allowed: (value) => Number.isSafeInteger(value) && value >= least,
})
const factor: Field = { expected: 'a number above 0, at most 1', allowed: (value) => value > 0 && value <= 1 }
const belowOne: Field = { expected: 'a number from 0 to below 1', allowed: (value) => value >= 0 && value < 1 }
const share: Field = { expected: 'a number from 0 to 1', allowed: (value) => value >= 0 && value <= 1 }

const fields: { readonly [name in Schedule['name']]: Readonly<Record<string, Field>> } = {
  constant: {},
  step: { every: whole(1), factor: { ...factor, fallback: 0.1 } },
  exponential: { factor },
  cosine: { warmup: { ...belowOne, fallback: 0 }, final: { ...share, fallback: 0 } },
  oneCycle: {
    warmup: { ...belowOne, fallback: 0.3 },
    start: { ...factor, fallback: 1 / 25 },
    final: { ...share, fallback: ({ start }) => (start as number) / 1e4 },
  },
  reduceOnPlateau: {
    factor: { expected: 'a number between 0 and 1', allowed: (value) => value > 0 && value < 1, fallback: 0.1 },
    patience: { ...whole(0), fallback: 10 },
    minDelta: { ...belowOne, fallback: 1e-4 },
    least: { expected: 'a finite number of at least 0', allowed: (value) => value >= 0, fallback: 0 },
  },
}

/** The schedule that plain data stands for, checked, frozen and with its defaults; reading it again gives the same. */
export function readSchedule(where: string, value: unknown): Filled {
  if (typeof value !== 'object' || value === null || !('name' in value)) {
    throw typeError(where, 'schedule', "an object with a name, such as { name: 'cosine' }", value)
  }
  const given: Record<string, unknown> = { ...value }
  const { name } = given
  if (typeof name !== 'string') throw typeError(where, 'the name of the schedule', 'a text', name)
  if (!Object.hasOwn(fields, name)) throw unknownName(where, 'schedule', name, Object.keys(fields))
  const known = Object.entries(fields[name as Schedule['name']])
  checkOptions(`${where}: schedule`, given, ['name', ...known.map(([key]) => key)])
  const read: Record<string, number> = {}
  for (const [key, { expected, allowed, fallback }] of known) {
    const byDefault = typeof fallback === 'function' ? fallback(read) : fallback
    const number = given[key] === undefined ? byDefault : given[key]
    checkNumber(`${where}: schedule`, key, number, expected, allowed)
    read[key] = number
  }
  return Object.freeze({ name, ...read }) as Filled
}

/** Where `reduceOnPlateau` stands: plain JSON data, from which it continues exactly. */
export interface PlateauState {
  /** what the rate has been multiplied by so far */
  readonly factor: number
  /** the least loss so far that counted as an improvement; absent before the first */
  readonly best?: number
  /** the epochs since then, or since the last fall of the rate */
  readonly wait: number
}

/** The rates of one run under a schedule; all but those of `reduceOnPlateau` follow from the step alone. */
export class Rates {
  readonly #schedule: Filled
  readonly #rate: number
  readonly #stepsPerEpoch: number
  readonly #totalSteps: number | undefined
  #plateau: PlateauState

  /**
   * @param rate the optimizer's learning rate
   * @param totalSteps N, which `cosine` and `oneCycle` need
   * @param state where an earlier run of `reduceOnPlateau` stood
   */
  constructor(
    schedule: Schedule,
    rate: number,
    stepsPerEpoch: number,
    totalSteps: number | undefined,
    state: PlateauState = { factor: 1, wait: 0 },
  ) {
    this.#schedule = readSchedule('Rates', schedule)
    this.#rate = rate
    this.#stepsPerEpoch = stepsPerEpoch
    this.#totalSteps = totalSteps
    this.#plateau = { ...state }
  }

  /** The rate of a step, counted from 0 over the whole run. */
  at(step: number): number {
    const schedule = this.#schedule
    const epoch = Math.floor(step / this.#stepsPerEpoch)
    switch (schedule.name) {
      case 'constant':
        return this.#rate
      case 'step':
        return this.#rate * power(schedule.factor, Math.floor(epoch / schedule.every))
      case 'exponential':
        return this.#rate * power(schedule.factor, epoch)
      case 'cosine':
        return this.#rate * cosineShare(schedule, step, this.#needTotal())
      case 'oneCycle':
        return this.#rate * oneCycleShare(schedule, step, this.#needTotal())
      case 'reduceOnPlateau': // a rate that is below the least from the start is not raised
        return Math.min(this.#rate, Math.max(this.#rate * this.#plateau.factor, schedule.least))
    }
  }

  /** Tells the watched loss of the epoch that ends: only `reduceOnPlateau` listens. */
  endEpoch(loss: number): void {
    const schedule = this.#schedule
    if (schedule.name !== 'reduceOnPlateau') return
    const { factor, wait, best } = this.#plateau
    if (isBetter(loss, best, schedule.minDelta)) this.#plateau = { factor, best: loss, wait: 0 }
    else if (wait < schedule.patience) this.#plateau = { ...this.#plateau, wait: wait + 1 }
    else this.#plateau = { ...this.#plateau, factor: factor * schedule.factor, wait: 0 }
  }

  /** Where `reduceOnPlateau` stands; undefined with the other schedules, which have nothing to keep. */
  get state(): PlateauState | undefined {
    return this.#schedule.name === 'reduceOnPlateau' ? this.#plateau : undefined
  }

  #needTotal(): number {
    if (this.#totalSteps !== undefined) return this.#totalSteps
    const expected = `the number of all steps, which the schedule '${this.#schedule.name}' needs`
    throw typeError('Rates', 'totalSteps', expected, undefined)
  }
}

function cosineShare({ warmup, final }: Named<'cosine'>, step: number, total: number): number {
  const s = Math.min(step, total - 1)
  const rising = Math.round(warmup * total)
  return s < rising ? (s + 1) / rising : wave(1, final, (s - rising) / (total - rising))
}

function oneCycleShare({ warmup, start, final }: Named<'oneCycle'>, step: number, total: number): number {
  const s = Math.min(step, total - 1)
  const peak = warmup * total - 1 // between two steps as a rule, and before the first where the warm-up is shorter than one
  if (peak > 0 && s <= peak) return wave(start, 1, s / peak)
  return wave(1, final, (s - peak) / (total - 1 - peak))
}

/** From `start` at p = 0 to `end` at p = 1 along half a wave of the cosine. */
function wave(start: number, end: number, p: number): number {
  return end + ((start - end) / 2) * (1 + cosine(Math.PI * p))
}

/**
 * Whether a loss counts as an improvement. Only a finite one does, so that the state stays JSON data. A best below 0 has its
 * threshold below it too: PyTorch's would then let even a worse loss count.
 */
function isBetter(loss: number, best: number | undefined, minDelta: number): boolean {
  if (best === undefined || !Number.isFinite(loss)) return Number.isFinite(loss)
  return loss < (best < 0 ? best * (1 + minDelta) : best * (1 - minDelta))
}
