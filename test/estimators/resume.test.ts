import { describe, expect, test } from 'vitest'
import type { EstimatorOptions } from '../../src/index.ts'
import { Classifier, Regressor } from '../../src/index.ts'
import { refusal, rows } from './tables.ts'

const options: EstimatorOptions = {
  seed: 4,
  epochs: 6,
  batchSize: 7,
  hidden: [{ units: 5, dropout: 0.2 }],
  validation: 0.2,
  metrics: ['accuracy'],
}
const target = { target: 'species' } as const
const parsed = (text: string) => JSON.parse(text) as { provenance: object }

describe('a run of an estimator', () => {
  test('that is saved on its way ends in the same bits, from every checkpoint', async () => {
    const saved: string[] = []
    const checkpoint = {
      everySteps: 5,
      everyEpochs: 2,
      save: (model: unknown) => void saved.push(JSON.stringify(model)),
    }
    const whole = await new Classifier(options).fit(rows, { ...target, checkpoint })
    const text = JSON.stringify(whole)
    expect(JSON.stringify(await new Classifier(options).fit(rows, target))).toBe(text)
    expect(saved.length).toBeGreaterThan(8)
    for (const one of saved) {
      const back = Classifier.fromJSON(one)
      expect(back.predict(rows)).toHaveLength(60)
      await back.fit(rows, { ...target, resume: true, metrics: ['accuracy'] })
      expect(JSON.stringify(back)).toBe(text)
    }
  })

  test('of a regressor, too', async () => {
    const saved: string[] = []
    const given = { ...options, metrics: [] }
    const checkpoint = { everyEpochs: 1, save: (model: unknown) => void saved.push(JSON.stringify(model)) }
    const text = JSON.stringify(await new Regressor(given).fit(rows, { target: 'mass', checkpoint }))
    for (const one of saved) {
      const back = Regressor.fromJSON(one)
      await back.fit(rows, { target: 'mass', resume: true })
      expect(JSON.stringify(back)).toBe(text)
    }
  })

  test('with weights of rows and classes goes on with them', async () => {
    const saved: string[] = []
    const weights = { sampleWeights: 'weight', classWeights: { Adelie: 1, Gentoo: 3 } } as const
    const checkpoint = { everyEpochs: 3, save: (model: unknown) => void saved.push(JSON.stringify(model)) }
    const text = JSON.stringify(await new Classifier(options).fit(rows, { ...target, ...weights, checkpoint }))
    const back = Classifier.fromJSON(saved[0])
    await back.fit(rows, { ...target, sampleWeights: 'weight', resume: true, metrics: ['accuracy'] })
    expect(JSON.stringify(back)).toBe(text)
  })

  test('goes on with the options of its call, not those of the model or none', async () => {
    const saved: string[] = []
    const call = { epochs: 8, batchSize: 5, l2: 0, schedule: { name: 'constant' }, validation: 0.3 } as const
    const checkpoint = { everySteps: 7, save: (model: unknown) => void saved.push(JSON.stringify(model)) }
    for (const model of [new Classifier(options), new Classifier({ seed: 4, hidden: [3] })]) {
      saved.length = 0
      const text = JSON.stringify(await model.fit(rows, { ...target, ...call, checkpoint }))
      for (const one of saved) {
        const back = Classifier.fromJSON(one)
        await back.fit(rows, { ...target, resume: true })
        expect(JSON.parse(JSON.stringify(back)).network.layers).toEqual(JSON.parse(text).network.layers)
        expect(back.history?.loss).toHaveLength(8)
      }
    }
  })

  test('of a model that validates with rows of its own goes on with them', async () => {
    const model = new Classifier({ ...options, validation: { inputs: rows.slice(0, 9) } })
    const signal = AbortSignal.abort('before')
    await model.fit(rows, target)
    const text = JSON.stringify(model)
    await expect(model.fit(rows, { ...target, signal })).rejects.toBe('before')
    await model.fit(rows, { ...target, resume: true, epochs: 7 })
    expect(model.history?.validationLoss).toHaveLength(7)
    expect(JSON.stringify(model)).not.toBe(text)
  })

  test('that is done may go on for more epochs', async () => {
    const model = await new Classifier(options).fit(rows, target)
    await model.fit(rows, { ...target, resume: true, epochs: 9 })
    expect(model.history?.loss).toHaveLength(9)
  })

  test('that is saved says where it comes from, before it has an end', async () => {
    const saved: string[] = []
    const checkpoint = { everyEpochs: 1, save: (model: unknown) => void saved.push(JSON.stringify(model)) }
    const model = await new Classifier(options).fit(rows, { ...target, checkpoint })
    const { metrics: _, ...others } = model.provenance
    expect(parsed(saved[0] as string).provenance).toEqual({ ...others, metrics: {} })
  })

  test('is resumed with its own rows and its own target only', async () => {
    const regressor = await new Regressor({ seed: 1, epochs: 2, hidden: [2] }).fit(rows, { target: 'mass' })
    const text = JSON.stringify(regressor)
    const again = (given: readonly object[], more: object) => () =>
      regressor.fit(given as typeof rows, { epochs: 4, resume: true, ...more })
    expect(await refusal(again(rows.slice(1), { target: 'mass' }))).toMatch(
      /^RangeError: fit: the hash of the rows is .*; expected sha256:[0-9a-f]{64}, that of the rows of the run to resume$/,
    )
    expect(await refusal(again(rows, { target: 'weight' }))).toBe(
      'RangeError: fit: the target is ["weight"]; expected ["mass"], that of the run to resume',
    )
    expect(
      await refusal(() =>
        regressor.fit(
          rows,
          rows.map(({ mass }) => mass),
          { resume: true },
        ),
      ),
    ).toMatch(/^RangeError: fit: /)
    expect(JSON.stringify(regressor)).toBe(text)
    expect(await refusal(() => new Classifier().fit(rows, { ...target, resume: true }))).toBe(
      'TypeError: fit: the model is new; expected one that has been fitted: await model.fit(rows, { target })',
    )
  })
})
