import { Phrase, rangeError } from '../errors.ts'
import type { View } from '../kernels/plan.ts'
import { stateOf } from '../training/updates.ts'
import type { Blueprint } from './options.ts'

/** A block holds at most so many rows, and its workspace at most so many bytes unless one row needs more. */
const BLOCK_ROWS = 256
const BLOCK_BYTES = 2 ** 25

/** A network's memory is addressed by 32 bits. */
const LARGEST_BYTES = 2 ** 32

/** Why a small network may find no room, and what helps. */
const OWN_MEMORY =
  " (on these kernels each network has a WebAssembly memory of its own, of which some 12,000 can live; kernels: 'ndarray' has no such limit)"

/** What a network takes: how many rows its block holds, and the bytes of its parts. */
export interface Memory {
  readonly blockRows: number
  readonly parameters: number
  readonly gradients: number
  /** what the optimizer keeps from step to step */
  readonly state: number
  readonly workspace: number
}

/** The memory that a blueprint asks for; nothing is allocated. */
export function memoryOf({ inputs, layers, optimizer, dtype }: Blueprint): Memory {
  const size = dtype === 'float32' ? 4 : 8
  let parameters = 0
  let perRow = size * (inputs + (layers.at(-1)?.units ?? 0) + 3)
  layers.forEach(({ units, dropout }, l) => {
    parameters += size * ((layers[l - 1]?.units ?? inputs) + 1) * units
    perRow += size * (dropout > 0 ? 4 : 3) * units
  })
  const blockRows = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_BYTES / perRow)))
  const judgement = size * 4 * layers.length
  const state = parameters * stateOf(optimizer).length
  return { blockRows, parameters, gradients: parameters, state, workspace: blockRows * perRow + judgement }
}

/** All matrices of a network, in the order in which the constructor takes them. */
export function allocate(blueprint: Blueprint): View[] {
  const { inputs, layers, dtype, kernels, optimizer } = blueprint
  const { blockRows, parameters, gradients, state, workspace } = memoryOf(blueprint)
  const bytes = parameters + gradients + state + workspace
  const needed = new Phrase(`${(bytes / 2 ** 30).toPrecision(3)} GiB`)
  if (bytes > LARGEST_BYTES) throw rangeError('Network', 'the memory that these layers need', 'at most 4 GiB', needed)
  type Shape = [rows: number, columns: number]
  const withState = (shape: Shape) => Array.from({ length: 2 + stateOf(optimizer).length }, () => shape)
  const shapes = layers.flatMap(({ units, dropout }, l): Shape[] => {
    const below = layers[l - 1]?.units ?? inputs
    const overRows: Shape = [blockRows, units]
    return [
      ...withState([below, units]),
      ...withState([1, units]),
      overRows,
      overRows,
      overRows,
      ...(dropout > 0 ? [overRows] : []),
    ]
  })
  const outputs = layers.at(-1)?.units as number
  try {
    return kernels.allocate(dtype, [
      ...shapes,
      [blockRows, inputs],
      [blockRows, outputs],
      [blockRows, 1],
      [blockRows, 1],
      [blockRows, 1],
      [1, layers.length],
      [1, 2 * layers.length],
      [1, layers.length],
    ])
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw rangeError(
      'Network',
      'the memory that these layers need',
      `what this machine can give${kernels.name === 'ndarray' ? '' : OWN_MEMORY}`,
      needed,
    )
  }
}
