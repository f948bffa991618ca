import { parseArgs } from 'node:util'
import { orHelp, positiveNumber, wholeNumber, writable } from './flags.ts'

/** What the examples leave to their user. */
export interface Settings {
  /** units of each layer, inputs and outputs included */
  readonly layers: readonly number[]
  readonly seed: number
  readonly epochs: number
  readonly rate: number
  /** how many of the 60,000 training digits an epoch shows */
  readonly samples: number
  readonly save: string
}

/** Reads the flags of the command line; prints the help and ends where --help is among them or one is wrong. */
export function readSettings(about: string, defaults: { hidden: string; rate: string; save: string }): Settings {
  const help = `${about}

Options:
  --hidden ${defaults.hidden.padEnd(12)} units of the hidden layers, from the input on
  --rate ${defaults.rate.padEnd(14)} learning rate
  --seed 1              weights and the order of rows follow from it
  --epochs 1            how often the training digits are shown
  --samples 60000       how many of them
  --save ${defaults.save}  file for the trained network
  --help                this text`
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const options = {
    hidden: text(defaults.hidden),
    rate: text(defaults.rate),
    seed: text('1'),
    epochs: text('1'),
    samples: text('60000'),
    save: text(defaults.save),
    help: { type: 'boolean', default: false },
  } as const
  return orHelp(help, () => {
    const { values } = parseArgs({ options })
    if (values.help) return 'help'
    return {
      save: writable(values.save),
      layers: [784, ...values.hidden.split(',').map((units) => wholeNumber('hidden', units, 1, 10_000)), 10],
      rate: positiveNumber('rate', values.rate),
      seed: wholeNumber('seed', values.seed, 0),
      epochs: wholeNumber('epochs', values.epochs, 1),
      samples: wholeNumber('samples', values.samples, 1, 60_000),
    }
  })
}
