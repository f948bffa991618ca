import { parseArgs } from 'node:util'
import { orHelp, share, wholeNumber, writable } from './flags.ts'

/** What the example leaves to its user. */
export interface BestSettings {
  readonly seed: number
  readonly epochs: number
  /** how many of the 60,000 training digits are used */
  readonly samples: number
  /** the share of them that is held out, to see how the network does on digits that it does not train on */
  readonly validation: number
  /** the file for the network and its run */
  readonly save: string
  /** whether to go on from that file */
  readonly resume: boolean
  /** the file for the learning curve */
  readonly curve: string
}

const HELP = `MNIST as well as a network of this kind reads it: 784-512-512-10, relu, softmax, dropout, Adam, one cycle of the rate.

Options:
  --seed 1                         weights, order of rows and dropout follow from it
  --epochs 24                      how often the training digits are shown
  --samples 60000                  how many of them
  --validation 0                   the share of them that is held out and measured after each epoch
  --save mnist-best-network.json   file for the network and its run, every few epochs and at the end
  --resume                         go on from that file, after Ctrl-C; with the other flags as they were
  --curve mnist-best.svg           file for the learning curve
  --help                           this text`

const text = (value: string) => ({ type: 'string', default: value }) as const

const options = {
  seed: text('1'),
  epochs: text('24'),
  samples: text('60000'),
  validation: text('0'),
  save: text('mnist-best-network.json'),
  resume: { type: 'boolean', default: false },
  curve: text('mnist-best.svg'),
  help: { type: 'boolean', default: false },
} as const

/** Reads the flags of the command line; prints the help and ends where --help is among them or one is wrong. */
export function readBestSettings(): BestSettings {
  return orHelp(HELP, () => {
    const { help, ...values } = parseArgs({ options }).values
    if (help) return 'help'
    return {
      ...values,
      seed: wholeNumber('seed', values.seed, 0),
      epochs: wholeNumber('epochs', values.epochs, 1),
      samples: wholeNumber('samples', values.samples, 20, 60_000),
      validation: share('validation', values.validation),
      curve: writable(values.curve),
    }
  })
}
