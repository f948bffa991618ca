import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Classifier, Network, Regressor } from '../../src/index.ts'
import { readModel, saveModel } from '../../src/node.ts'
import { quick, refusal, rows } from './tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'models-'))
const path = join(folder, 'model.json')

test('saveModel writes a model that readModel reads, as what it was', async () => {
  const classifier = await new Classifier(quick).fit(rows, { target: 'species' })
  await saveModel(path)(classifier)
  const read = await readModel(path)
  expect(read).toBeInstanceOf(Classifier)
  expect(JSON.stringify(read)).toBe(JSON.stringify(classifier))
  const regressor = await new Regressor(quick).fit(rows, { target: 'mass' })
  await saveModel(path)(regressor.toJSON())
  writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, 'utf8')), null, 2)) // as an editor may
  expect(await readModel(path)).toBeInstanceOf(Regressor)
})

test('saveModel serves as a checkpoint, from which another model goes on in the same bits', async () => {
  const whole = await new Classifier(quick).fit(rows, { target: 'species' })
  const checkpoint = { save: saveModel(path), everyEpochs: 2 }
  await new Classifier(quick).fit(rows, { target: 'species', checkpoint, onEpoch: ({ epoch }) => epoch < 2 })
  const resumed = (await readModel(path)) as Classifier
  await resumed.fit(rows, { target: 'species', resume: true })
  expect(resumed.toJSON().network).toEqual(whole.toJSON().network)
})

test('a fit that was aborted can be resumed on the model itself, which stays what it was meanwhile', async () => {
  const whole = await new Classifier(quick).fit(rows, { target: 'species' })
  const stop = new AbortController()
  const model = new Classifier(quick)
  const work = model.fit(rows, {
    target: 'species',
    signal: stop.signal,
    onBatch: ({ step }) => void (step === 9 && stop.abort(new Error('enough'))),
  })
  expect(await refusal(() => work)).toBe('Error: enough')
  expect(await refusal(() => model.predict(rows))).toMatch(/^TypeError: predict: the model is new/)
  await model.fit(rows, { target: 'species', resume: true })
  expect(model.toJSON().network).toEqual(whole.toJSON().network)
})

test('no rows are predicted as nothing, rows of a class or an interface are rows', async () => {
  interface House {
    rooms: number
    price: number
  }
  const houses: House[] = Array.from({ length: 20 }, (_, i) => ({ rooms: i % 5, price: 10 * (i % 5) }))
  const model = await new Regressor(quick).fit(houses, { target: 'price' })
  expect(model.predict([])).toEqual([])
  expect(await refusal(() => new Regressor().predict([]))).toMatch(/^TypeError: predict: the model is new/)
})

test('errors in a stream count rows from a place that they name', async () => {
  const stream = function* () {
    for (let i = 0; i < 9000; i++) yield { x: i % 7, t: i === 8999 ? null : i % 2 }
  }
  const message = await refusal(() => new Classifier(quick).partialFit(stream(), { target: 't' }))
  expect(message).toMatch(/^RangeError: partialFit, rows counted from 8192: the target "t" of row 807 is missing/)
})

test.each([
  [
    () => saveModel(path)(new Network({ layers: [1, 1] }) as never),
    'TypeError: saveModel: the argument of save is a Network; expected a Classifier or Regressor, or what its toJSON gives',
  ],
  [() => saveModel(join(folder, 'none', 'x.json')), 'Error: saveModel: '],
  [() => readModel(join(folder, 'none.json')), 'Error: readModel: '],
  [() => readModel('package.json'), 'TypeError: readModel "package.json": Classifier.fromJSON: the argument is '],
  [
    () => new Classifier().fit((async function* () {})() as never, { target: 'x' }),
    'TypeError: fit: the table of rows is a stream; expected an array of rows, each an object or an array of cells, or a Matrix (partialFit takes a stream; for await collects its rows)',
  ],
])('refuses, case %#', async (call, message) => {
  expect(await refusal(call)).toContain(message)
})
