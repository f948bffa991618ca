import { checkInteger, checkOptions, typeError } from '../errors.ts'
import type { BatchReport, EpochReport } from './history.ts'

/** Where progress is written: a stream of Node, or anything that writes. */
export interface ProgressStream {
  /** takes a text as it is */
  readonly write: (text: string) => unknown
  /** whether it is a terminal, in which a line can be rewritten */
  readonly isTTY?: boolean | undefined
  /** how many characters fit into a line of the terminal (80) */
  readonly columns?: number | undefined
}

/** How progress is shown. */
export interface ProgressOptions {
  /** where (process.stderr) */
  readonly stream?: ProgressStream
  /** of how many epochs one leaves a line; the last does anyway (1) */
  readonly everyEpochs?: number
}

/** What fit calls, to be spread into its options. */
export interface Progress {
  /** absent where nothing is rewritten, so that fit need not stop after each step */
  readonly onBatch?: (report: BatchReport) => void
  /** leaves a line */
  readonly onEpoch: (report: EpochReport) => void
}

/** The least time between two drawings: 10 a second. */
const REST_MS = 100
const [LEAST_BAR, LONGEST_BAR] = [10, 24]
/** Up a line, to its beginning: the cursor waits below what is rewritten, where an error or other output stands well. */
const UP = '\x1b[1A\r'
const CLEAR_REST = '\x1b[K'

/**
 * Shows how far `fit` is. In a terminal one line is rewritten at most ten times a second: a bar for the epoch, its batch, its
 * mean loss so far, steps per second and the time left if all epochs run. Each epoch leaves a line with its loss, what was
 * measured of the validation rows, the learning rate and the seconds that it took. Where the stream is no terminal, these
 * lines are all.
 *
 * @returns what fit calls after steps and epochs
 * @throws TypeError for a stream that does not write
 * @example
 * import { Network } from 'bp-net'
 * import { progressBar } from 'bp-net/node'
 * const network = new Network({ layers: [2, 4, 1], seed: 1 })
 * const [inputs, targets] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]]
 * const lines: string[] = []
 * const stream = { write: (text: string) => lines.push(text) } // process.stderr, untold
 * await network.fit(inputs, targets, { epochs: 5, ...progressBar({ stream }) })
 * console.log(lines.length, lines[1]?.startsWith('epoch 2/5 · loss 0.1')) // 5 true
 */
export function progressBar(options: ProgressOptions = {}): Progress {
  const where = 'progressBar'
  checkOptions(where, options, ['stream', 'everyEpochs'])
  const { stream = process.stderr, everyEpochs = 1 } = options
  checkInteger(where, 'everyEpochs', everyEpochs, 1)
  if (typeof stream !== 'object' || typeof stream?.write !== 'function') {
    throw typeError(where, 'stream', 'an object that has write(text)', stream)
  }
  const leavesLine = ({ epoch, epochs }: EpochReport) => epoch % everyEpochs === 0 || epoch === epochs
  const isTerminal = stream.isTTY === true && process.env.TERM !== 'dumb'
  return isTerminal ? rewriting(stream, leavesLine) : linesOnly(stream, leavesLine)
}

function linesOnly(stream: ProgressStream, leavesLine: (report: EpochReport) => boolean): Progress {
  return {
    onEpoch(report) {
      if (leavesLine(report)) stream.write(`${epochLine(report)}\n`)
    },
  }
}

function rewriting(stream: ProgressStream, leavesLine: (report: EpochReport) => boolean): Progress {
  /** whether the line above the cursor is one to rewrite */
  let isDrawn = false
  let drawn = Number.NEGATIVE_INFINITY
  const pace = new Pace()
  const draw = (line: string) => stream.write(`${isDrawn ? UP : ''}${line}${CLEAR_REST}\n`)
  return {
    onBatch(report) {
      const now = performance.now()
      if (now - drawn < REST_MS) return // as a rule, so that a step costs hardly more
      const width = widthOf(stream)
      draw(batchLine(report, pace.at(report.step, now), width).slice(0, width))
      isDrawn = true
      drawn = now
    },
    onEpoch(report) {
      if (!leavesLine(report)) return
      draw(epochLine(report))
      isDrawn = false
    },
  }
}

/** One less than the terminal has: a character in the last column moves the cursor on in some. */
function widthOf({ columns }: ProgressStream): number {
  return (columns || 80) - 1
}

/** How many steps a second are taken, since the first that was seen of a run. */
class Pace {
  #first = Number.POSITIVE_INFINITY
  #last = Number.POSITIVE_INFINITY
  #began = 0

  /** Undefined at the first step of a run. */
  at(step: number, now: number): number | undefined {
    if (step < this.#last) {
      this.#first = step
      this.#began = now
    }
    this.#last = step
    const steps = step - this.#first
    return steps === 0 ? undefined : (1000 * steps) / (now - this.#began)
  }
}

function batchLine(report: BatchReport, perSecond: number | undefined, width: number): string {
  const { epochs, epoch, batch, batches, meanLoss } = report
  const figures = [`batch ${count(batch)}/${count(batches)}`, `loss ${figure(meanLoss)}`]
  if (perSecond !== undefined) {
    figures.push(`${perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)} steps/s`)
    const left = epochs === undefined ? undefined : (epochs - epoch) * batches + batches - batch
    if (left !== undefined) figures.push(`${duration(left / perSecond, 0)} left`)
  }
  const [head, tail] = [epochName(report), figures.join(' · ')]
  const room = width - head.length - tail.length - 2
  if (room < LEAST_BAR) return `${head} ${tail}`
  const length = Math.min(room, LONGEST_BAR)
  const full = Math.round((length * batch) / batches)
  return `${head} ${'█'.repeat(full)}${'░'.repeat(length - full)} ${tail}`
}

function epochLine(report: EpochReport): string {
  const { loss, validationLoss, metrics, learningRate, seconds } = report
  return [
    epochName(report),
    `loss ${figure(loss)}`,
    ...(validationLoss === undefined ? [] : [`validation loss ${figure(validationLoss)}`]),
    ...Object.entries(metrics).map(([name, value]) => `${name} ${figure(value)}`),
    `rate ${Number(learningRate.toPrecision(3))}`,
    duration(seconds, 2),
  ].join(' · ')
}

/** The numbers of epochs in one width, so that what follows stands in columns. */
function epochName({ epoch, epochs }: Pick<EpochReport, 'epoch' | 'epochs'>): string {
  return epochs === undefined ? `epoch ${epoch}` : `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`
}

/** A loss or a metric: four decimals where they say something. */
function figure(value: number): string {
  const size = Math.abs(value)
  return size === 0 || (size >= 0.001 && size < 1e6) ? value.toFixed(4) : value.toExponential(2)
}

/** A whole number, in groups of three digits. */
function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** '12.34 s', with so many decimals; '3 min 05 s', '2 h 07 min' */
function duration(seconds: number, decimals: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${seconds.toFixed(decimals)} s`
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`
}
