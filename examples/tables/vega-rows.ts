import { readFile } from 'node:fs/promises'

/** A row: its cells by the names of their columns. */
export type Row = Readonly<Record<string, unknown>>

/** The rows of a table that the npm package vega-datasets carries; its datapackage.json tells where each comes from. */
export async function readVegaRows(name: string): Promise<Row[]> {
  const file = new URL(`../data/${name}.json`, import.meta.resolve('vega-datasets'))
  return JSON.parse(await readFile(file, 'utf8')) as Row[]
}
