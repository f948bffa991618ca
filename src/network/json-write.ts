import { checksum, encodeNumbers } from './encoding.ts'
import type { Engine } from './engine.ts'
import type { NetworkJSON, TrainingState } from './json-format.ts'
import { FORMAT, VERSION } from './json-format.ts'
import type { Blueprint } from './options.ts'

/** The JSON value of a network; `training` is left out where undefined. */
export function writeNetwork(blueprint: Blueprint, engine: Engine, training: TrainingState | undefined): NetworkJSON {
  const content = {
    format: FORMAT,
    version: VERSION,
    dtype: blueprint.dtype,
    seed: blueprint.seed,
    inputs: blueprint.inputs,
    loss: blueprint.E.name,
    layers: engine.layers.map(({ f, W, b, dropout }) => ({
      units: b.shape[1] as number,
      activation: f.name,
      ...(dropout && { dropout: dropout.share }),
      weights: encodeNumbers(W),
      biases: encodeNumbers(b),
    })),
    ...(blueprint.reproducible ? { reproducible: true as const } : {}),
    ...(training === undefined ? {} : { training: { ...training, ...writeState(engine) } }),
  } as const
  return { ...content, checksum: checksum(content) }
}

/** What the optimizer keeps, where it keeps something. */
function writeState({ workspace: { parameters } }: Engine): { state?: string[] } {
  const matrices = parameters.flatMap(({ state }) => state)
  return matrices.length === 0 ? {} : { state: matrices.map(encodeNumbers) }
}
