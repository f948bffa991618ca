import type { Gradients, Matrix, Network } from 'bp-net'

/** Parameters of one tensor of a network, by row and column. */
export interface Chosen {
  readonly layer: number
  readonly parameter: 'weights' | 'biases'
  readonly places: readonly (readonly [row: number, column: number])[]
}

/** The number of weights and biases of a network of these sizes. */
export function countParameters(layers: readonly number[]): number {
  return layers.slice(1).reduce((sum, units, l) => sum + ((layers[l] as number) + 1) * units, 0)
}

/** About `count` parameters, evenly spaced in each tensor in proportion to its size, at least 5 (or all) of each. */
export function choose(network: Network, count: number): Chosen[] {
  const tensors = network.layers.flatMap(({ weights, biases }, layer) => [
    { layer, parameter: 'weights' as const, matrix: weights },
    { layer, parameter: 'biases' as const, matrix: biases },
  ])
  const all = tensors.reduce((sum, { matrix }) => sum + matrix.rows * matrix.columns, 0)
  return tensors.map(({ matrix, ...tensor }) => {
    const size = matrix.rows * matrix.columns
    const share = Math.min(size, Math.max(5, Math.round((count * size) / all)))
    return { ...tensor, places: spread(matrix, share) }
  })
}

/** How many parameters were chosen. */
export function countChosen(chosen: readonly Chosen[]): number {
  return chosen.reduce((sum, { places }) => sum + places.length, 0)
}

/** Every parameter of the network. */
export function chooseAll(network: Network): Chosen[] {
  return choose(network, Infinity)
}

/** The gradients at the chosen parameters, tensor by tensor. */
export function pick({ layers }: Pick<Gradients, 'layers'>, chosen: readonly Chosen[]): number[][] {
  return chosen.map(({ layer, parameter, places }) => {
    const matrix = (layers[layer] as Gradients['layers'][number])[parameter]
    return places.map(([row, column]) => matrix.get(row, column))
  })
}

/** max |x − r| over max(|x|, |r|), both maxima over a tensor: the worst tensor. */
export function disagreement(x: readonly (readonly number[])[], r: readonly (readonly number[])[]): number {
  const errors = x.map((values, tensor) => {
    const others = r[tensor] as readonly number[]
    const difference = largest(values.map((value, k) => value - (others[k] as number)))
    return difference === 0 ? 0 : difference / Math.max(largest(values), largest(others))
  })
  return largest(errors)
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

function spread({ rows, columns }: Matrix, count: number): [number, number][] {
  return Array.from({ length: count }, (_, k) => {
    const place = Math.floor(((k + 0.5) * rows * columns) / count)
    return [Math.floor(place / columns), place % columns]
  })
}
