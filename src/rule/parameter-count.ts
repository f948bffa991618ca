/** How many weights and biases layers of such sizes have: inputs, units of each layer. */
export function countParameters(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, units, l) => sum + ((sizes[l] as number) + 1) * units, 0)
}
