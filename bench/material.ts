import { readFileSync } from 'node:fs'
import type { Data, Factors, Material, ProductTask, Task } from './task.ts'

/** Reads the numbers of a task: those of a network or those of a product. */
export function readMaterial(task: Task): Material & Factors {
  const none = new Float32Array(0)
  if (task.kind === 'product') {
    return { inputs: none, targets: none, labels: new Uint8Array(0), parameters: [], ...readFactors(task) }
  }
  const { data, layers, dtype } = task
  const labels = bytes(data.labels, data.rows)
  return {
    inputs: readInputs(data, layers[0] as number, dtype),
    targets: readTargets(labels, layers.at(-1) as number, data, dtype),
    labels,
    parameters: readParameters(task.parameters, layers),
    a: none,
    b: none,
  }
}

function readFactors({ numbers, m, n, k }: ProductTask): Factors {
  const all = new Float32Array(new Uint8Array(readFileSync(numbers)).buffer)
  return { a: all.slice(0, m * k), b: all.slice(m * k, m * k + k * n) }
}

function readInputs(data: Data, columns: number, dtype: string) {
  const values = Array.from({ length: 256 }, (_, v) => v * data.factor + data.shift)
  const source = bytes(data.inputs, data.rows * columns)
  const inputs = zeros(source.length, dtype)
  for (let k = 0; k < source.length; k++) inputs[k] = values[source[k] as number] as number
  return inputs
}

/** One column that is the label itself, or one column a label. */
function readTargets(labels: Uint8Array, columns: number, { on, off }: Data, dtype: string) {
  const targets = zeros(labels.length * columns, dtype).fill(off)
  labels.forEach((label, i) => {
    if (columns === 1) targets[i] = label === 1 ? on : off
    else targets[i * columns + label] = on
  })
  return targets
}

function readParameters(path: string, layers: readonly number[]): Material['parameters'] {
  const numbers = new Float64Array(new Uint8Array(readFileSync(path)).buffer)
  let from = 0
  const take = (count: number) => {
    from += count
    return numbers.slice(from - count, from)
  }
  return layers.slice(1).map((units, l) => {
    return { weights: take((layers[l] as number) * units), biases: take(units) }
  })
}

function bytes({ path, offset }: Data['inputs'], count: number): Uint8Array {
  return new Uint8Array(readFileSync(path)).subarray(offset, offset + count)
}

function zeros(length: number, dtype: string) {
  return dtype === 'float64' ? new Float64Array(length) : new Float32Array(length)
}
