import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Reads flags; prints the help and ends where --help is among them or `read` throws, since a flag is wrong. */
export function orHelp<Settings>(help: string, read: () => Settings | 'help'): Settings {
  try {
    const settings = read()
    if (settings !== 'help') return settings
    console.log(help)
    return process.exit(0)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return process.exit(2)
  }
}

export function wholeNumber(name: string, text: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; expected a whole number ${range}`)
}

export function positiveNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; expected a number above 0`)
}

/** A share of the rows, from 0 to below 1. */
export function share(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value < 1) return value
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; expected a number from 0 to below 1`)
}

/** The path of a file that can be written: fails now rather than after the training. */
export function writable(path: string): string {
  accessSync(dirname(path), constants.W_OK)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${path} is a folder`)
  return path
}
