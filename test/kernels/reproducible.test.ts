import { expect, test } from 'vitest'
import type { View } from '../../src/kernels/plan.ts'
import { wasmSet } from '../../src/kernels/wasm.ts'
import { Engine } from '../../src/network/engine.ts'
import { readOptions } from '../../src/network/options.ts'
import { Generator } from '../../src/random/generator.ts'
import { drawWeights } from '../../src/rule/initializers.ts'
import { binaries, tiles } from './available.ts'
import { fixedRun, hash } from './fixed-run.ts'

/** The same on every engine, processor and system; a change of it is a major version or a mistake. */
const HASH = 'b4f979d2498cd9f7f0ecc6c4958e1cec20feb933bf9fd85a342436d79861a525'

test('reproducible: true gives one hash for initialisation, shuffle and two epochs', async () => {
  expect(await hash(await fixedRun({ reproducible: true }))).toBe(HASH)
})

test('without it, networks still train alike on one engine', async () => {
  expect(await fixedRun({})).toBe(await fixedRun({}))
})

test.each(binaries)('every tile of the %s binary gives the same bits', (binary) => {
  const bits = tiles.map((tile) => {
    const blueprint = readOptions({ layers: [85, 70, 33, 19], activation: 'tanh', seed: 1, kernels: 'wasm' })
    const engine = new Engine({ ...blueprint, kernels: wasmSet(binary, tile) })
    engine.layers.forEach(({ W }) => {
      drawWeights(W, 'xavierUniform', new Generator(1))
    })
    const data = (columns: number) => Float32Array.from({ length: 300 * columns }, (_, k) => ((k * 29) % 83) / 83)
    const [inputs, targets] = [
      { data: data(85), rows: 300, columns: 85 },
      { data: data(19), rows: 300, columns: 19 },
    ]
    // batches of every number of rows within a tile and beyond, and one of two blocks
    for (const to of [1, 2, 3, 4, 5, 6, 7, 13, 32, 61, 300]) engine.step(() => 'test', { inputs, targets, from: 0, to })
    return engine.parameters.map(({ parameter }) => read(parameter))
  })
  for (const other of bits) expect(other).toEqual(bits[0])
})

const read = (view: View) =>
  Array.from({ length: view.shape[0] as number }, (_, i) =>
    Array.from({ length: view.shape[1] as number }, (_, j) => view.get(i, j)),
  )
