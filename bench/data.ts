/** A row of inputs and its row of targets. */
export interface Sample {
  readonly inputs: number[]
  readonly targets: number[]
}

/** Numbers in [0, 1), the same for the same seed. @see Marsaglia, "Xorshift RNGs", 2003 (13, 17, 5) */
export function seeded(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** A row like a scaled image: a share `ink` of the pixels is drawn from 0 … 255, the others are 0; v/255·0.99 + 0.01. */
export function pixels(random: () => number, columns: number, ink: number): number[] {
  const pixel = () => (random() < ink ? Math.floor(256 * random()) : 0)
  return Array.from({ length: columns }, () => (pixel() / 255) * 0.99 + 0.01)
}

/** A target of this many outputs: 0.99 for one label, 0.01 for the others. */
export function target(random: () => number, columns: number): number[] {
  const label = Math.floor(columns * random())
  return Array.from({ length: columns }, (_, j) => (j === label ? 0.99 : 0.01))
}

/** Samples for a network of these sizes. */
export function samples(seed: number, count: number, layers: readonly number[], ink: number): Sample[] {
  const random = seeded(seed)
  const [inputs, outputs] = [layers[0] as number, layers.at(-1) as number]
  return Array.from({ length: count }, () => ({
    inputs: pixels(random, inputs, ink),
    targets: target(random, outputs),
  }))
}
