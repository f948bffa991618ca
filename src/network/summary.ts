import { countParameters } from '../rule/parameter-count.ts'
import { memoryOf } from './memory.ts'
import type { Blueprint } from './options.ts'
import { sizesOf } from './options.ts'

/** A network's layers, shapes, parameters and memory, as a table of text. */
export function summarize(blueprint: Blueprint): string {
  const { inputs, layers, E, optimizer, dtype, kernels, seed } = blueprint
  const rows = layers.map(({ units, f, dropout }, l) => {
    const below = layers[l - 1]?.units ?? inputs
    const activation = dropout === 0 ? f.name : `${f.name}, dropout ${dropout}`
    return [String(l), activation, `${below}×${units}`, `1×${units}`, ((below + 1) * units).toLocaleString('en')]
  })
  const table = [['layer', 'activation', 'weights', 'biases', 'parameters'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((k) => Math.max(...table.map((row) => (row[k] as string).length)))
  const lines = table.map((row) =>
    row.map((cell, k) => (k === 1 ? cell.padEnd(widths[k] as number) : cell.padStart(widths[k] as number))).join('  '),
  )
  const sizes = sizesOf(blueprint)
  const memory = memoryOf(blueprint)
  return [
    `Network ${sizes.join('-')}, ${dtype}, ${kernels.name} kernels${blueprint.reproducible ? ', reproducible' : ''}, seed ${seed}`,
    ...lines,
    `${countParameters(sizes).toLocaleString('en')} parameters; ${E.name} by ${optimizer.name}, learning rate ${optimizer.learningRate}`,
    `memory: parameters ${bytes(memory.parameters)}, gradients ${bytes(memory.gradients)}, ` +
      (memory.state === 0 ? '' : `optimizer ${bytes(memory.state)}, `) +
      `workspace ${bytes(memory.workspace)} (blocks of ${memory.blockRows} rows)`,
  ].join('\n')
}

function bytes(count: number): string {
  if (count < 2 ** 10) return `${count} B`
  if (count < 2 ** 20) return `${(count / 2 ** 10).toFixed(1)} KiB`
  if (count < 2 ** 30) return `${(count / 2 ** 20).toFixed(1)} MiB`
  return `${(count / 2 ** 30).toFixed(1)} GiB`
}
