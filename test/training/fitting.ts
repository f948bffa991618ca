import type { Gradients, Network } from '../../src/index.ts'
import { Generator } from '../../src/random/generator.ts'
import { permutation } from '../../src/random/permutation.ts'

/** Every weight and every bias of a network, or their gradients, in one list. */
export function numbersOf({ layers }: Pick<Network | Gradients, 'layers'>): number[] {
  return layers.flatMap(({ weights, biases }) => [...weights.toArray().flat(), ...biases.toArray().flat()])
}

/** Puts such a list into a network. */
export function writeNumbers({ layers }: Network, numbers: readonly number[]): void {
  let k = 0
  for (const { weights, biases } of layers) {
    for (const matrix of [weights, biases]) matrix.map(() => numbers[k++] as number, matrix)
  }
}

/** max |x − r| over max(|x|, |r|), both maxima over the list. */
export function errorOf(x: readonly number[], r: readonly number[]): number {
  if (x.length !== r.length) return Number.NaN
  const largest = Math.max(...x.map(Math.abs), ...r.map(Math.abs))
  return Math.max(...x.map((value, k) => Math.abs(value - (r[k] as number)))) / largest
}

/** A generator that stands where the network's does. */
export function generatorOf(network: Network): Generator {
  const random = new Generator(0)
  random.state = network.toJSON().training?.generator as Generator['state']
  return random
}

/** The rows of each step of the network's next epoch, where all rows are trained on and none is dropped. */
export function nextBatches(network: Network, rows: number, batchSize: number): number[][] {
  const order = [...permutation(rows, generatorOf(network))]
  return Array.from({ length: Math.ceil(rows / batchSize) }, (_, k) => order.slice(k * batchSize, (k + 1) * batchSize))
}

/** Some rows of a table. */
export function pick<Row>(table: readonly Row[], rows: readonly number[]): Row[] {
  return rows.map((row) => table[row] as Row)
}
