import { parseArgs } from 'node:util'
import { orHelp, wholeNumber, writable } from '../digits/flags.ts'

/** What the examples leave to their user. */
export interface TableSettings {
  readonly seed: number
  /** the file for the report */
  readonly page: string
}

/** Reads the flags of the command line; prints the help and ends where --help is among them or one is wrong. */
export function readTableSettings(about: string, page: string): TableSettings {
  const help = `${about}

Options:
  --seed 1   which rows are held out, weights and order of rows follow from it
  --page ${page}   file for the report
  --help     this text`
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const options = { seed: text('1'), page: text(page), help: { type: 'boolean', default: false } } as const
  return orHelp(help, () => {
    const { values } = parseArgs({ options })
    if (values.help) return 'help'
    return { seed: wholeNumber('seed', values.seed, 0), page: writable(values.page) }
  })
}
