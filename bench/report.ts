import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import type { Python } from './pythons.ts'
import type { Scratch } from './scratch.ts'

/** What a benchmark is told. */
export interface Setting {
  readonly machine: Machine
  /** the folder for results */
  readonly out: string
  /** a trial: small networks and few repeats */
  readonly quick: boolean
  /** the interpreters to look for peers in */
  readonly pythons: readonly Python[]
}

/** Whom and with what a benchmark compares. */
export interface Field {
  /** bp-net's kernels */
  readonly kernels: string
  readonly pythons: readonly Python[]
  readonly scratch: Scratch
  readonly quick: boolean
}

/** A line on the screen. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Rows of text under a heading, in columns as wide as they need; the first is left-aligned. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

/** 1234.5 as '1,235', 12.34 as '12.3', 0.1234 as '0.123': three digits or all whole ones. */
export function figure(value: number): string {
  const fraction = Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))))
  return value.toLocaleString('en-US', { minimumFractionDigits: fraction, maximumFractionDigits: fraction })
}

/** A duration with the unit that suits it: '12.3 µs', '4.56 ms', '38.1 s'. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${figure(milliseconds * 1000)} µs`
  return milliseconds < 1000 ? `${figure(milliseconds)} ms` : `${figure(milliseconds / 1000)} s`
}

/** Writes a file of results and says so. */
export function save(out: string, name: string, content: string | object): void {
  mkdirSync(out, { recursive: true })
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  writeFileSync(join(out, name), `${text}\n`)
  say(`wrote ${name}`)
}
