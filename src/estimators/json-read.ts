import { checkMember, checkOptions, typeError } from '../errors.ts'
import { openEnvelope } from '../network/envelope.ts'
import type { OwnFunctions } from '../network/json.ts'
import { Network } from '../network/network.ts'
import { readEncoder } from '../tables/json.ts'
import { type Fitted, MODEL_VERSION, type ModelJSON } from './json-write.ts'
import { Model } from './model.ts'
import type { EstimatorOptions } from './options.ts'
import type { Provenance } from './provenance.ts'
import type { Task } from './task.ts'

/** The model that toJSON wrote: the value, or its text. */
export function readModel<Plan>(task: Task<Plan>, value: unknown, own: OwnFunctions): Model<Plan> {
  const where = `${task.name}.fromJSON`
  const form = { where, format: task.format, version: MODEL_VERSION, writer: `${task.name.toLowerCase()}.toJSON()` }
  const content = openEnvelope(value, form) as Partial<Omit<ModelJSON, 'checksum'>>
  checkOptions(where, content, ['format', 'version', 'options', 'table', 'targets', 'provenance', 'network'])
  const { network, ...others } = content
  const { options, table, targets, provenance } = structuredClone(others) // the value stays the caller's
  if (typeof options !== 'object' || options === null) throw typeError(where, 'options', 'an object', options)
  checkMember(where, 'provenance', provenance, ['bpNet', 'data', 'rows', 'columns', 'seed', 'validation', 'metrics'])
  const fitted: Fitted<Plan> = {
    encoder: readEncoder(where, table),
    targets: task.read(where, targets),
    network: Network.fromJSON(network, own),
    provenance: provenance as Provenance,
  }
  checkWidths(where, task, fitted, content.network)
  return new Model(task, { ...revive(options, own), ...rest(own) } as EstimatorOptions, fitted)
}

/** Throws where table, network and targets do not fit together. */
function checkWidths<Plan>(
  where: string,
  task: Task<Plan>,
  { encoder, targets }: Fitted<Plan>,
  network: ModelJSON['network'] | undefined,
): void {
  const [inputs, units] = [encoder.inputs.length, task.output(targets).units]
  const outputs = network?.layers.at(-1)?.units
  if (network?.inputs === inputs && outputs === units) return
  throw typeError(
    where,
    'the network',
    `one of ${inputs} inputs and ${units} outputs, as table and targets say`,
    network,
  )
}

/** Options with the user's own functions in the places of their names. */
function revive(options: object, { activations = [], losses = [] }: OwnFunctions): object {
  const own = new Map([...Object.values(activations), ...Object.values(losses)].map((one) => [one.name, one]))
  const places = ['activation', 'outputActivation', 'loss', 'hidden']
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return own.get(value) ?? value
    if (Array.isArray(value)) return value.map(change)
    return typeof value === 'object' && value !== null && 'activation' in value
      ? { ...value, activation: change(value.activation) }
      : value
  }
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, places.includes(name) ? change(value) : value]),
  )
}

function rest({ activations: _, losses: __, ...kernels }: OwnFunctions): object {
  return kernels
}
