import { checkNumber, checkOptions } from '../errors.ts'
import type { View } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Table } from '../matrix/rows.ts'
import { forEach } from '../matrix/view.ts'
import type { Gradients } from './gradients.ts'
import type { Network } from './network.ts'
import type { Objective } from './objective.ts'
import { objectiveOptions } from './objective.ts'
import type { Difference } from './probe.ts'
import { Probe } from './probe.ts'

/** Where a parameter stands: `layer` as in network.layers, row and column in its matrix. */
export interface Place {
  /** the index in network.layers */
  readonly layer: number
  /** which matrix of the layer */
  readonly parameter: 'weights' | 'biases'
  /** the row in that matrix, the index of the unit below */
  readonly row: number
  /** the column, the index of the unit */
  readonly column: number
}

/** One derivative, both ways. */
export interface Comparison extends Place {
  /** the derivative by backpropagation */
  readonly backprop: number
  /** the derivative by differences */
  readonly numerical: number
}

/** What a gradient check found in one layer. */
export interface LayerReport {
  /** the greater of the errors of weights and biases */
  readonly maxRelativeError: number
  /** the parameter that differs most; absent where nothing could be judged */
  readonly worst?: Comparison
  /** parameters whose step crosses a kink, where a numerical derivative means nothing: not judged */
  readonly kinks: readonly Place[]
  /** parameters whose derivative is so small beside the loss that rounding hides it: not judged */
  readonly hidden: readonly Place[]
}

/** What a gradient check found. */
export interface GradientReport {
  /** whether something was judged and no error exceeds the tolerance */
  readonly passed: boolean
  /** the greatest error of a layer */
  readonly maxRelativeError: number
  /** the parameter that differs most; absent where nothing could be judged */
  readonly worst?: Comparison
  /** what was found in each of network.layers */
  readonly layers: readonly LayerReport[]
  /** the verdict in words, with the place and both values of the worst parameter */
  readonly message: string
}

/** The step of a central difference that balances its error ~h² against rounding ~ε/h: the cube root of ε = 2⁻⁵². */
export const EPSILON = Math.cbrt(Number.EPSILON)

/**
 * Steps for a difference of fourth order: ε to the power 1/5, which balances its errors as above, and one still wider
 * for gradients that many layers made so small that rounding hides them.
 */
const WIDE_EPSILONS = [Number.EPSILON ** (1 / 5), Number.EPSILON ** (1 / 8)]

/** A step for places where the second derivative jumps, so that the error of a central difference is near h. */
const NARROW_EPSILON = EPSILON / 64

/**
 * The gradients of the loss by central differences, on a float64 copy of the network.
 *
 *     ∂E/∂w ≈ (E(w + h) − E(w − h)) / 2h        h = epsilon·max(1, |w|)
 *
 * Two forward passes for every parameter: the slow way that backpropagation replaces.
 *
 * @param inputs n×inputs
 * @param targets n×outputs
 * @param options epsilon, positive (6.1e-6, the cube root of float64's precision); the terms of an objective, as train takes
 * @returns the loss and derivatives in the shape of `network.layers`; the network itself is not touched
 * @see Press et al., "Numerical Recipes", 3rd edition, 5.7
 * @example
 * import { Network, numericalGradients } from 'bp-net'
 * const network = new Network({ layers: [1, 1], activation: 'identity', outputActivation: 'identity', seed: 1 })
 * network.layers[0].weights.set(0, 0, 2)
 * const { layers } = numericalGradients(network, [3], [5]) // E = ½(3w + b − 5)²
 * console.log(layers[0].weights.get(0, 0).toFixed(6)) // 3.000000
 */
export function numericalGradients(
  network: Network,
  inputs: Table,
  targets: Table,
  options: Objective & { readonly epsilon?: number } = {},
): Gradients {
  const where = 'numericalGradients'
  checkOptions(where, options, ['epsilon', ...objectiveOptions])
  const { epsilon = EPSILON, ...objective } = options
  checkNumber(where, 'epsilon', epsilon, 'a finite number above 0', (value) => value > 0)
  const probe = new Probe(where, network, inputs, targets, objective)
  const differences = (parameter: View) =>
    Matrix.wrap(parameter).map((_, i, j) => probe.central(parameter, i, j, epsilon).value)
  return {
    loss: probe.loss(),
    layers: probe.layers.map(({ W, b }) => ({ weights: differences(W), biases: differences(b) })),
  }
}

/**
 * Compares the gradients of backpropagation with central differences, parameter by parameter, on a float64 copy.
 *
 * The error of a tensor is max |backprop − numerical| over max(|backprop|, |numerical|), both maxima over the whole
 * tensor. A parameter that seems to differ is measured again with other steps, of which wider ones lose less to rounding,
 * and the nearest value counts. What even so rounding of the losses alone may have made is listed as hidden, not judged.
 *
 * @param inputs n×inputs
 * @param targets n×outputs
 * @param options tolerance of the error (1e-6); the terms of an objective, as train takes them
 * @returns a report for the whole network and for each layer; the network itself is not touched
 * @example
 * import { checkGradients, Network } from 'bp-net'
 * const network = new Network({ layers: [3, 4, 2], activation: 'tanh', seed: 1 })
 * const report = checkGradients(network, [[1, 2, 3]], [[0, 1]])
 * console.log(report.passed, report.maxRelativeError < 1e-8) // true true
 */
export function checkGradients(
  network: Network,
  inputs: Table,
  targets: Table,
  options: Objective & { readonly tolerance?: number } = {},
): GradientReport {
  const where = 'checkGradients'
  checkOptions(where, options, ['tolerance', ...objectiveOptions])
  const { tolerance = 1e-6, ...objective } = options
  checkNumber(where, 'tolerance', tolerance, 'a finite number above 0', (value) => value > 0)
  const probe = new Probe(where, network, inputs, targets, objective)
  probe.backprop(where)
  const tensors = probe.layers.flatMap(({ W, dW, b, db }, layer) => [
    compare(probe, W, dW, { layer, parameter: 'weights' }, tolerance),
    compare(probe, b, db, { layer, parameter: 'biases' }, tolerance),
  ])
  const whole = merge(tensors)
  const judged = tensors.some(({ worst }) => worst !== undefined)
  const passed = judged && whole.maxRelativeError <= tolerance
  return {
    passed,
    ...(whole.worst && { worst: whole.worst }),
    maxRelativeError: whole.maxRelativeError,
    layers: probe.layers.map((_, l) => merge(tensors.slice(2 * l, 2 * l + 2))),
    message: word(passed, whole, tolerance),
  }
}

/** Backprop's gradient of one tensor against differences. */
function compare(
  probe: Probe,
  parameter: View,
  gradient: View,
  tensor: Pick<Place, 'layer' | 'parameter'>,
  tolerance: number,
): LayerReport {
  const kinks: Place[] = []
  const measured: Measurement[] = []
  forEach(parameter, (row, column) => {
    const numerical = probe.central(parameter, row, column, EPSILON)
    const place = { ...tensor, row, column }
    if (numerical.kink) kinks.push(place)
    else measured.push({ place, backprop: gradient.get(row, column), numerical })
  })
  const doubtful = (tolerance / 10) * largest(measured)
  const settled = measured.map((one) => (distanceOf(one) > doubtful ? measureAgain(probe, parameter, one) : one))
  const scale = largest(settled)
  const isHidden = (one: Measurement) => distanceOf(one) > tolerance * scale && distanceOf(one) <= one.numerical.noise
  const hidden = settled.filter(isHidden).map(({ place }) => place)
  const [first, ...rest] = settled.filter((one) => !isHidden(one))
  if (first === undefined) return { maxRelativeError: 0, kinks, hidden }
  const worst = rest.reduce((held, one) => (distanceOf(one) > distanceOf(held) ? one : held), first)
  return {
    maxRelativeError: distanceOf(worst) === 0 ? 0 : distanceOf(worst) / scale,
    worst: { ...worst.place, backprop: worst.backprop, numerical: worst.numerical.value },
    kinks,
    hidden,
  }
}

/** One derivative by backpropagation, and by differences. */
interface Measurement {
  readonly place: Place
  readonly backprop: number
  readonly numerical: Difference
}

function distanceOf({ backprop, numerical }: Measurement): number {
  const distance = Math.abs(backprop - numerical.value)
  return Number.isNaN(distance) ? Infinity : distance
}

/** The same derivative by other steps that cross no kink: the value nearest to backprop and the least noise count. */
function measureAgain(probe: Probe, parameter: View, one: Measurement): Measurement {
  const { row, column } = one.place
  const others = [
    ...WIDE_EPSILONS.map((epsilon) => probe.fourthOrder(parameter, row, column, epsilon)),
    probe.central(parameter, row, column, NARROW_EPSILON),
  ].filter(({ kink }) => !kink)
  const nearest = others
    .map((numerical) => ({ ...one, numerical }))
    .reduce((held, other) => (distanceOf(other) < distanceOf(held) ? other : held), one)
  const noise = Math.min(one.numerical.noise, ...others.map((other) => other.noise))
  return { ...one, numerical: { ...nearest.numerical, noise } }
}

/** The report of several tensors together: the greatest error and where it is, all that was not judged. */
function merge(tensors: readonly LayerReport[]): LayerReport {
  const judged = tensors.filter(({ worst }) => worst !== undefined)
  const worst = judged.reduce<LayerReport | undefined>(
    (held, one) => (held === undefined || one.maxRelativeError > held.maxRelativeError ? one : held),
    undefined,
  )
  return {
    maxRelativeError: 0,
    ...worst,
    kinks: tensors.flatMap(({ kinks }) => kinks),
    hidden: tensors.flatMap(({ hidden }) => hidden),
  }
}

function largest(measured: readonly Measurement[]): number {
  const magnitudes = measured.flatMap(({ backprop, numerical }) => [Math.abs(backprop), Math.abs(numerical.value)])
  return magnitudes.filter(Number.isFinite).reduce((most, one) => Math.max(most, one), 0)
}

function word(passed: boolean, { worst, maxRelativeError, kinks, hidden }: LayerReport, tolerance: number): string {
  const counted = (places: readonly Place[], what: string) =>
    places.length === 0 ? '' : `; ${places.length} ${what} not judged`
  const aside = counted(kinks, 'at kinks') + counted(hidden, 'hidden by rounding')
  if (worst === undefined) return `no parameter could be judged${aside}`
  const { layer, parameter, row, column, backprop, numerical } = worst
  const place = `layer ${layer}, ${parameter}, row ${row}, column ${column}: backprop ${backprop}, numerical ${numerical}`
  const verdict = passed ? 'gradients agree' : 'gradients differ'
  const error = maxRelativeError.toExponential(2)
  return `${verdict}: relative error ${error}, tolerance ${tolerance}; worst at ${place}${aside}`
}
