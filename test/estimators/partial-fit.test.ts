import { describe, expect, test } from 'vitest'
import { Classifier, Matrix, Regressor, type TableRow } from '../../src/index.ts'
import { cells, quick, refusal, rows, thorough } from './tables.ts'

const target = { target: 'species' } as const
const textOf = (model: Classifier | Regressor) => JSON.stringify(model)

/** So many rows, like those of the table, in which the later classes come late. */
function* many(count: number): Generator<TableRow> {
  for (let i = 0; i < count; i++) yield { x: (i * 7) % 31, y: i % 31, label: (i * 7) % 31 < 15 ? 'low' : 'high' }
}

async function* later(stream: Iterable<TableRow>): AsyncGenerator<TableRow> {
  for (const row of stream) {
    await Promise.resolve()
    yield row
  }
}

describe('partialFit', () => {
  test('over arrays learns the table first, and goes on with the network', async () => {
    const model = new Classifier(quick)
    await model.partialFit(rows.slice(0, 30), target)
    const { columns } = model
    const before = model.predictProbabilities(rows).toArray()
    await model.partialFit(rows.slice(30), target)
    expect(model.columns).toEqual(columns)
    expect(model.predictProbabilities(rows).toArray()).not.toEqual(before)
    expect(model.provenance.rows).toBe(60)
    await model.partialFit(rows.slice(30), {}) // the target is known
    expect(model.provenance.rows).toBe(90)
  })

  test('learns, in passes enough', async () => {
    const model = new Classifier(thorough)
    for (let pass = 0; pass < 60; pass++) await model.partialFit(rows, target)
    expect(model.score(rows)).toBeGreaterThan(0.95)
    const regressor = new Regressor(thorough)
    for (let pass = 0; pass < 100; pass++) await regressor.partialFit(rows, { target: 'mass' })
    expect(regressor.score(rows)).toBeGreaterThan(0.8)
  })

  test('takes targets beside the rows, and a Matrix', async () => {
    const labels = rows.map(({ species }) => species)
    const beside = await new Classifier(quick).partialFit(cells, labels)
    const matrix = await new Classifier(quick).partialFit(Matrix.from(cells), labels)
    expect(matrix.toJSON().network).toEqual(beside.toJSON().network)
  })

  test('over a stream takes 8192 rows at a time, as over arrays of them, sync and async', async () => {
    const all = [...many(20_000)]
    const pieces = new Classifier(quick)
    for (let from = 0; from < all.length; from += 8192) {
      await pieces.partialFit(all.slice(from, from + 8192), { target: 'label' })
    }
    const sync = await new Classifier(quick).partialFit(many(20_000), { target: 'label' })
    const async = await new Classifier(quick).partialFit(later(many(20_000)), { target: 'label' })
    expect(textOf(sync)).toBe(textOf(pieces))
    expect(textOf(async)).toBe(textOf(pieces))
    expect(sync.provenance.rows).toBe(20_000)
  })

  test('may go on with a stream after an array, and after fit', async () => {
    const model = await new Classifier(thorough).fit([...many(200)], { target: 'label' })
    const score = model.score([...many(200)])
    await model.partialFit(later(many(100)), { target: 'label' })
    expect(model.provenance.rows).toBe(300)
    expect(model.score([...many(200)])).toBeGreaterThan(score - 0.1)
  })

  test('refuses a class that the first rows had not, names it, and leaves the model usable', async () => {
    const model = await new Classifier(quick).partialFit(rows, target)
    const text = textOf(model)
    const strange = rows.map((one, i) => (i === 7 ? { ...one, species: 'Chinstrap' } : one))
    expect(await refusal(() => model.partialFit(strange, target))).toBe(
      'RangeError: partialFit: the target "species" of row 7 is the string "Chinstrap"; expected one of the classes "Adelie", "Gentoo" (the first partialFit takes { classes } where its rows lack some)',
    )
    expect(textOf(model)).toBe(text)
    expect(model.predict(rows)).toHaveLength(60)
    await model.partialFit(rows, target)
    expect(textOf(model)).not.toBe(text)
  })

  test('takes classes that are told beforehand, in their order', async () => {
    const classes = ['Gentoo', 'Chinstrap', 'Adelie']
    const model = await new Classifier(quick).partialFit(
      rows.filter(({ species }) => species === 'Adelie'),
      {
        ...target,
        classes,
      },
    )
    expect(model.classes).toEqual(classes)
    await model.partialFit(rows, { ...target, classes })
    await model.partialFit(
      rows.map((one) => ({ ...one, species: 'Chinstrap' })),
      target,
    )
    expect(model.predictProbabilities(rows).columns).toBe(3)
  })

  test('counts what later rows hold that the first had not', async () => {
    const model = await new Classifier(quick).partialFit(rows, target)
    await model.partialFit(
      rows.map((one, i) => ({ ...one, colour: i < 3 ? 'green' : 'red' })),
      target,
    )
    expect(model.unknown).toEqual({ colour: { green: 3 } })
    expect(model.warnings.at(-1)).toMatch(/^partialFit: column "colour": 3 cells hold what fit did not see \("green"\)/)
  })

  test('passes on what a stream throws, and keeps what came before', async () => {
    const failing = function* () {
      yield* many(8192)
      throw new Error('the disk is gone')
    }
    const model = new Classifier(quick)
    await expect(model.partialFit(failing(), { target: 'label' })).rejects.toThrow('the disk is gone')
    expect(model.provenance.rows).toBe(8192)
    const ended = { done: false }
    const watched = async function* () {
      try {
        yield* rows.map((one) => ({ ...one, length: Number.POSITIVE_INFINITY }))
        yield* many(9000)
      } finally {
        ended.done = true
      }
    }
    await refusal(() => new Classifier(quick).partialFit(watched(), target))
    expect(ended.done).toBe(true)
  })

  test('stops at a signal', async () => {
    const model = await new Classifier(quick).partialFit(rows, target)
    await expect(model.partialFit(rows, { ...target, signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    expect(model.provenance.rows).toBe(60)
  })

  test('weighs rows and classes', async () => {
    const plain = await new Classifier(quick).partialFit(rows, target)
    const layers = (model: Classifier) => model.toJSON().network.layers
    const weighed = await new Classifier(quick).partialFit(rows, { ...target, sampleWeights: 'weight' })
    expect(weighed.columns).toHaveLength(5)
    const classes = await new Classifier(quick).partialFit(rows, { ...target, classWeights: { Adelie: 1, Gentoo: 9 } })
    expect(layers(classes)).not.toEqual(layers(plain))
  })

  test('goes on the same way from a saved model', async () => {
    const model = await new Classifier(quick).partialFit(rows.slice(0, 30), target)
    const back = Classifier.fromJSON(textOf(model))
    await model.partialFit(rows.slice(30), target)
    await back.partialFit(rows.slice(30), target)
    expect(textOf(back)).toBe(textOf(model))
  })

  const refusals: [what: string, given: readonly unknown[], message: string][] = [
    ['an empty array', [[], target], 'RangeError: partialFit: the table of rows is empty; expected at least one row'],
    [
      'an empty stream',
      [many(0), target],
      'RangeError: partialFit: the stream of rows is empty; expected at least one row',
    ],
    ['an empty async stream', [later(many(0)), target], 'RangeError: partialFit: the stream of rows is empty'],
    ['a stream of numbers', [new Set([1, 2]), target], 'TypeError: partialFit: row 0 is 1; expected an array of rows'],
    [
      'a stream without a target',
      [many(5)],
      "TypeError: partialFit: the target is undefined; expected { target: 'the name of a column' }",
    ],
    [
      'targets beside a stream',
      [many(2), [1, 2]],
      'TypeError: partialFit: the targets of a stream is an array of 2; expected { target: the name of a column }',
    ],
    ['a text', ['rows.csv', target], 'TypeError: partialFit: the table of rows is the string "rows.csv"'],
    ['nothing', [], 'TypeError: partialFit: the table of rows is undefined'],
    [
      'an option of fit',
      [rows, { ...target, epochs: 3 }],
      'TypeError: partialFit: unknown option "epochs"; known options are target, sampleWeights, classes',
    ],
    [
      'one class',
      [rows.slice(0, 1), target],
      'RangeError: partialFit: the target is "Adelie" in every row; expected at least two classes',
    ],
  ]
  test.each(refusals)('refuses %s', async (_, given, message) => {
    const model = new Classifier(quick)
    expect(await refusal(() => model.partialFit(...(given as Parameters<typeof model.partialFit>)))).toContain(message)
    expect(() => model.classes).toThrow('the model is new')
  })
})
