import { closeSync, openSync } from 'node:fs'
import { parseArgs } from 'node:util'

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
  try {
    const { values } = parseArgs({ options })
    if (values.help) {
      console.log(help)
      process.exit(0)
    }
    closeSync(openSync(values.save, 'a')) // fails now rather than after the training
    return {
      layers: [784, ...values.hidden.split(',').map((units) => wholeNumber('hidden', units, 1, 10_000)), 10],
      rate: positiveNumber('rate', values.rate),
      seed: wholeNumber('seed', values.seed, 0),
      epochs: wholeNumber('epochs', values.epochs, 1),
      samples: wholeNumber('samples', values.samples, 1, 60_000),
      save: values.save,
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return process.exit(2)
  }
}

function wholeNumber(name: string, text: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; expected a whole number ${range}`)
}

function positiveNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; expected a number above 0`)
}
