import { expect } from 'vitest'
import type { Trace, TraceMatrix, TraceStep } from '../../src/index.ts'
import { Network, type NetworkOptions } from '../../src/index.ts'
import { Generator } from '../../src/random/generator.ts'
import { evaluate, type Value } from './formula.ts'

/** A network whose biases are not 0, so that none of them is special. */
export function build(options: NetworkOptions): Network {
  const network = new Network({ dtype: 'float64', seed: 5, ...options })
  const random = new Generator(11)
  for (const { biases } of network.layers) biases.map(() => random.uniform(-0.5, 0.5), biases)
  return network
}

export function tableOf(rows: number, columns: number, seed: number, low = -1, high = 1): number[][] {
  const random = new Generator(seed)
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.uniform(low, high)))
}

/** The last step that writes a matrix of this name, or what was given. */
export function last({ given, steps }: Trace, name: string): TraceMatrix | TraceStep {
  const found = [...given, ...steps].findLast((one) => one.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

/**
 * Each formula of a trace, calculated anew from the numbers that it names, gives the numbers beside it. `tolerance` is
 * relative to the largest: of rounding, or of numbers that formulas show in six digits.
 */
export function expectFormulasToHold(trace: Trace, tolerance: number): void {
  const names = new Map<string, Value>(trace.given.map(({ name, value }) => [name, value.toArray()]))
  for (const { name, kind, formula, value, before, reads } of trace.steps) {
    if (before !== undefined && !names.has(name)) names.set(name, before.toArray()) // what an optimizer keeps
    if (before !== undefined) expect(before.toArray(), `${name} before`).toEqual(names.get(name))
    const named = [...(formula.split(/ [=←] (.*)/s)[1] as string).matchAll(/(?<!∂)\b[A-Za-z]\w*/g)].map(([one]) => one)
    const readNames = reads.map((read) => read.name)
    expect(readNames, formula).toEqual(expect.arrayContaining(named.filter((one) => names.has(one))))
    expect(named, formula).toEqual(expect.arrayContaining(readNames))
    for (const read of reads) {
      const matrix = names.get(read.name) as number[][]
      expect(read.shape).toEqual([matrix.length, matrix[0]?.length])
    }
    const expected = evaluate(formula, names, kind === 'penalty') as number[][]
    const actual = value.toArray()
    expect(
      expected.map((row) => row.length),
      formula,
    ).toEqual(actual.map((row) => row.length))
    const largest = Math.max(...actual.flat().map(Math.abs), Number.MIN_VALUE)
    const distances = actual.flatMap((row, i) => row.map((x, j) => Math.abs(x - (expected[i]?.[j] as number))))
    expect(Math.max(...distances) / largest, formula).toBeLessThan(tolerance)
    names.set(name, actual)
  }
}
