import type { FixedLayer, NetworkFix } from '../findings/finding.ts'
import type { Blueprint } from '../network/options.ts'

type Given = Blueprint['layers'][number]['given']

/**
 * A fix of a network's options in a form that holds where layers say things themselves: what a layer names counts more than the
 * options for all, so that such layers are written anew.
 */
export function fitToLayers(fix: NetworkFix, { inputs, layers }: Blueprint): NetworkFix {
  const { layers: asked, activation, outputActivation, initializer } = fix
  const hidden = layers.slice(0, -1).map(({ given }) => given)
  const output = (layers.at(-1) as Blueprint['layers'][number]).given
  const units = unitsOf(asked, layers)
  const says = (given: Given, name: keyof Given) => given[name] !== undefined
  const isSaid =
    (activation !== undefined && hidden.some((given) => says(given, 'activation'))) ||
    (outputActivation !== undefined && says(output, 'activation')) ||
    (initializer !== undefined && [...hidden, output].some((given) => says(given, 'initializer'))) ||
    (asked !== undefined && [...hidden, output].some((given) => Object.keys(given).length > 1))
  if (!isSaid) return asked === undefined ? fix : { ...fix, layers: [inputs, ...units] }
  const written = units.map((count, l): number | FixedLayer => {
    const isOutput = l === units.length - 1
    const given = isOutput ? output : (hidden[l] ?? hidden.at(-1) ?? { units: count })
    const f = isOutput ? outputActivation : activation
    const layer = {
      ...given,
      units: count,
      ...(f !== undefined && says(given, 'activation') && { activation: f }),
      ...(initializer !== undefined && says(given, 'initializer') && { initializer }),
    }
    return Object.keys(layer).length === 1 ? count : layer
  })
  return { ...fix, layers: [inputs, ...written] }
}

/** The units of each weighted layer: those of the fix, of which a single number is the outputs', or as they are. */
function unitsOf(asked: NetworkFix['layers'], layers: Blueprint['layers']): number[] {
  const now = layers.map(({ units }) => units)
  if (asked === undefined) return now
  const sizes = asked.map((layer) => (typeof layer === 'number' ? layer : layer.units))
  return sizes.length === 1 ? [...now.slice(0, -1), sizes[0] as number] : sizes.slice(1)
}
