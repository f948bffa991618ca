import { checksum } from '../network/encoding.ts'
import { savedOptions } from '../network/fit-settings.ts'
import type { NetworkJSON } from '../network/json-format.ts'
import type { Network } from '../network/network.ts'
import type { Encoder } from '../tables/encoder.ts'
import { type TableJSON, writeEncoder } from '../tables/json.ts'
import type { ReadEstimator } from './options.ts'
import type { Provenance } from './provenance.ts'
import type { Task } from './task.ts'

/** What fit learned, and trains. */
export interface Made<Plan> {
  readonly encoder: Encoder
  readonly targets: Plan
  readonly network: Network
}

/** What fit made. */
export interface Fitted<Plan> extends Made<Plan> {
  readonly provenance: Provenance
}

/** The newest version of the form of an estimator's file. */
export const MODEL_VERSION = 1

/** A classifier or regressor as JSON: preprocessing, network, and where it comes from. */
export interface ModelJSON {
  /** what kind of file this is */
  readonly format: string
  /** of the form of the file */
  readonly version: number
  /** the options that are data, for a later fit */
  readonly options: Readonly<Record<string, unknown>>
  /** how rows become inputs */
  readonly table: TableJSON
  /** how outputs become predictions */
  readonly targets: unknown
  /** where the model comes from */
  readonly provenance: Provenance
  /** as Network writes it */
  readonly network: NetworkJSON
  /** CRC-32 of all the rest */
  readonly checksum: string
}

/** The JSON value of a fitted model. */
export function writeModel<Plan>(
  { task, options }: { readonly task: Task<Plan>; readonly options: ReadEstimator },
  { encoder, targets, provenance }: Fitted<Plan>,
  network: NetworkJSON,
): ModelJSON {
  const content = {
    format: task.format,
    version: MODEL_VERSION,
    options: optionsOf(options),
    table: writeEncoder(encoder),
    targets,
    provenance,
    network,
  }
  const plain = JSON.parse(JSON.stringify(content)) as typeof content // no member is undefined, nor shared with the model
  return { ...plain, checksum: checksum(plain) }
}

/** Options that are data; functions of the user's own go by their names. */
function optionsOf({ hidden, columns, network, fit, seed }: ReadEstimator): Record<string, unknown> {
  const { kernels: _, onWarning: __, blasThreads: ___, ...data } = network
  const saved: readonly string[] = savedOptions
  const settings = Object.entries(fit).filter(
    ([name]) => saved.includes(name) && !(name === 'validation' && typeof fit.validation !== 'number'),
  )
  return named({ hidden, columns, ...data, ...Object.fromEntries(settings), seed }) as Record<string, unknown>
}

/** The same with each object that holds functions replaced by its name. */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (entries.some(([, member]) => typeof member === 'function')) return (value as { name: string }).name
  return Object.fromEntries(entries.map(([name, member]) => [name, named(member)]))
}
