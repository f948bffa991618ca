import type { Network } from '../../src/index.ts'

/** All parameters of a network in one list: W_1, b_1, W_2, b_2, …, row by row. */
export function parametersOf({ layers }: Network): number[] {
  return layers.flatMap(({ weights, biases }) => [weights, biases].flatMap((matrix) => matrix.toArray().flat()))
}

/** Puts such a list into a network. */
export function setParameters({ layers }: Network, values: readonly number[]): void {
  let at = 0
  for (const { weights, biases } of layers) {
    for (const matrix of [weights, biases]) matrix.map(() => values[at++] as number, matrix)
  }
}
