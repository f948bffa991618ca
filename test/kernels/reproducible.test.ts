import { expect, test } from 'vitest'
import type { View } from '../../src/kernels/plan.ts'
import { wasmSet } from '../../src/kernels/wasm.ts'
import { Engine } from '../../src/network/engine.ts'
import { readOptions } from '../../src/network/options.ts'
import { plainStep, Steps } from '../../src/network/steps.ts'
import { Generator } from '../../src/random/generator.ts'
import { drawWeights } from '../../src/rule/initializers.ts'
import { binaries, tiles } from './available.ts'
import { fixedRun, hash } from './fixed-run.ts'

/** The same on every engine, processor and system; a change of it is a major version or a mistake. */
const HASH = '3c50307019dd3c4a8eeb81b3ac0a0643f8de9b460db4654465860194bbd2d879'

test('reproducible: true gives one hash for initialisation, shuffle and two epochs', async () => {
  expect(await hash(await fixedRun({ reproducible: true }))).toBe(HASH)
})

test('without it, networks still train alike on one engine', async () => {
  expect(await fixedRun({})).toBe(await fixedRun({}))
})

test.each(binaries)('every tile of the %s binary gives the same bits', (binary) => {
  const bits = tiles.map((tile) => {
    const blueprint = readOptions({ layers: [85, 70, 33, 19], activation: 'tanh', seed: 1, kernels: 'wasm' })
    const ofTile = { ...blueprint, kernels: wasmSet(binary, tile) }
    const engine = new Engine(ofTile)
    const steps = new Steps(ofTile, engine)
    engine.layers.forEach(({ W }) => {
      drawWeights(W, 'xavierUniform', new Generator(1))
    })
    const data = (columns: number) => Float32Array.from({ length: 300 * columns }, (_, k) => ((k * 29) % 83) / 83)
    const [inputs, targets] = [
      { data: data(85), rows: 300, columns: 85 },
      { data: data(19), rows: 300, columns: 19 },
    ]
    // batches of every number of rows within a tile and beyond, and one of two blocks
    for (const to of [1, 2, 3, 4, 5, 6, 7, 13, 32, 61, 300]) {
      steps.take({ inputs, targets, from: 0, to }, plainStep, { rate: 0.3, key: 0 })
    }
    return engine.workspace.parameters.map(({ parameter }) => read(parameter))
  })
  for (const other of bits) expect(other).toEqual(bits[0])
})

const read = (view: View) =>
  Array.from({ length: view.shape[0] as number }, (_, i) =>
    Array.from({ length: view.shape[1] as number }, (_, j) => view.get(i, j)),
  )
