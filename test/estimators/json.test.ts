import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Label, ModelJSON } from '../../src/index.ts'
import { Classifier, Network, Regressor } from '../../src/index.ts'
import { checksum } from '../../src/network/encoding.ts'
import { Generator } from '../../src/random/generator.ts'
import { bitsOf, cells, quick, refusalAtOnce, rows } from './tables.ts'

type Json = Record<string, unknown>

/** Rows with what fit saw, what it did not see, and what is missing. */
const others: readonly Record<string, unknown>[] = [
  ...rows.slice(0, 5),
  { length: 'long', colour: 'green', ok: null, born: 'never', species: 'Adelie', mass: 1e300, weight: -1 },
  { length: null, colour: 'red', ok: true, born: '2026-02-03T04:05:06Z', mass: 1 / 3, weight: 5e-324 },
]

interface Saved {
  readonly what: string
  readonly make: () => Promise<Classifier<unknown> | Regressor<unknown>>
  readonly inputs: readonly unknown[]
}

const saved: Saved[] = [
  { what: 'a classifier', make: () => new Classifier(quick).fit(rows, { target: 'species' }), inputs: others },
  {
    what: 'one of booleans, in float64, with options and a wider table',
    make: () =>
      new Classifier({
        ...quick,
        dtype: 'float64',
        columns: { born: 'category' },
        validation: 0.25,
        classWeights: { true: 2, false: 1 },
      }).fit(rows, { target: 'ok' }),
    inputs: others,
  },
  {
    what: 'one of several labels',
    make: () => new Classifier<never>(quick).fit(rows, { target: ['ok', 'species'] }),
    inputs: others,
  },
  {
    what: 'one of tags',
    make: () =>
      new Classifier<never>(quick).fit(
        cells,
        rows.map((_, i) => (i % 2 ? ['a', 'b'] : ['c'])),
      ),
    inputs: cells,
  },
  {
    what: 'one of arrays and numbers',
    make: () =>
      new Classifier(quick).fit(
        cells,
        rows.map((_, i) => i % 3),
      ),
    inputs: cells,
  },
  { what: 'a regressor', make: () => new Regressor(quick).fit(rows, { target: 'mass' }), inputs: others },
  {
    what: 'one of several targets',
    make: () => new Regressor<never>(quick).fit(rows, { target: ['mass', 'weight'] }),
    inputs: others,
  },
  {
    what: 'one that took rows in piece by piece',
    make: () => new Classifier(quick).partialFit(rows, { target: 'species' }),
    inputs: others,
  },
]

const readAny = (value: unknown) => {
  const { format } = (typeof value === 'string' ? JSON.parse(value.replace('\ufeff', '')) : value) as ModelJSON
  return format === 'bp-net classifier' ? Classifier.fromJSON<unknown>(value) : Regressor.fromJSON<unknown>(value)
}

/** All that a model predicts, as text; numbers by their bits. */
const predictionsOf = (model: Classifier<unknown> | Regressor<unknown>, inputs: readonly unknown[]) =>
  JSON.stringify([
    model.predict(inputs as never),
    model instanceof Classifier
      ? bitsOf(
          model
            .predictProbabilities(inputs as never)
            .toArray()
            .flat(),
        )
      : '',
  ])

describe('a saved model', () => {
  test.each(saved)(
    'that is $what predicts the same bits, and is saved again as the same text',
    async ({ make, inputs }) => {
      const model = await make()
      const text = JSON.stringify(model)
      for (const back of [readAny(text), readAny(model.toJSON()), readAny(`\ufeff${text}`)]) {
        expect(predictionsOf(back, inputs)).toBe(predictionsOf(model, inputs))
        expect(JSON.stringify(back)).toBe(text)
        expect(back.columns).toEqual(model.columns)
        expect(back.provenance).toEqual(model.provenance)
        expect(back.seed).toBe(model.seed)
        expect(back.history).toBeUndefined()
      }
    },
  )

  const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
  test('predicts the same bits in another process', async () => {
    expect(existsSync(built), 'npm run build makes dist/, which the other process runs').toBe(true)
    const models = await Promise.all(saved.map(({ make }) => make()))
    const input = JSON.stringify(models.map((model, k) => ({ text: JSON.stringify(model), inputs: saved[k]?.inputs })))
    const script = `
      import { Classifier, Regressor } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
      let input = ''
      for await (const chunk of process.stdin) input += chunk
      const bits = (numbers) => [...new BigUint64Array(Float64Array.from(numbers).buffer)].join()
      const outputs = JSON.parse(input).map(({ text, inputs }) => {
        const isClassifier = JSON.parse(text).format === 'bp-net classifier'
        const model = (isClassifier ? Classifier : Regressor).fromJSON(text)
        const again = JSON.stringify(model) === text
        const p = isClassifier ? bits(model.predictProbabilities(inputs).toArray().flat()) : ''
        return { again, text: JSON.stringify([model.predict(inputs), p]) }
      })
      console.log(JSON.stringify(outputs))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      input,
      maxBuffer: 2 ** 26,
    })
    expect(stderr).toBe('')
    const expected = models.map((model, k) => {
      // JSON has no undefined: what the other process was given is what it predicts
      const inputs = JSON.parse(JSON.stringify(saved[k]?.inputs)) as unknown[]
      return { again: true, text: predictionsOf(model, inputs) }
    })
    expect(JSON.parse(stdout)).toEqual(expected)
  })

  test('is the same text for equal runs', async () => {
    for (const { make } of saved) expect(JSON.stringify(await make())).toBe(JSON.stringify(await make()))
  })

  test('fits again as the one that was saved, with its options', async () => {
    const options = {
      ...quick,
      columns: { ok: 'number' },
      validation: 0.2,
      batchSize: 5,
      classWeights: { Adelie: 2, Gentoo: 1 },
    } as const
    const model = await new Classifier(options).fit(rows, { target: 'species' })
    const text = JSON.stringify(model)
    const back = Classifier.fromJSON(text)
    await back.fit(rows, { target: 'species' })
    expect(JSON.stringify(back)).toBe(text)
  })

  test('takes no part of the value that was read, and gives none of its own', async () => {
    const model = await new Classifier(quick).fit(rows, { target: 'species' })
    const text = JSON.stringify(model)
    const value = JSON.parse(text) as ModelJSON
    const back = Classifier.fromJSON(value)
    spoil(value)
    spoil(model.toJSON())
    spoil(back.toJSON())
    expect(JSON.stringify(back)).toBe(text)
    expect(JSON.stringify(model)).toBe(text)
  })

  /** Changes all that is in a value. */
  function spoil(value: object): void {
    for (const [key, member] of Object.entries(value)) {
      if (typeof member === 'object' && member !== null) spoil(member as object)
      ;(value as Json)[key] = 'spoilt'
    }
  }

  const bent = {
    name: 'bent',
    value: (z: number) => (Math.sqrt(z * z + 1) - 1) / 2 + z,
    derivative: (z: number) => z / (2 * Math.sqrt(z * z + 1)) + 1,
  }
  const quartic = {
    name: 'quartic',
    value: (a: number, t: number) => (a - t) ** 4,
    derivative: (a: number, t: number) => 4 * (a - t) ** 3,
  }
  const own = { activations: [bent], losses: { quartic } }

  test('with functions of the user’s own goes by their names, and fits again when they are given', async () => {
    const hidden = [{ units: 3, activation: bent }, 2]
    const make = () => new Regressor({ ...quick, hidden, loss: quartic, onWarning: () => undefined })
    const text = JSON.stringify(await make().fit(rows, { target: 'mass' }))
    const back = Regressor.fromJSON(text, own)
    expect(JSON.stringify(back)).toBe(text)
    expect(JSON.stringify(await back.fit(rows, { target: 'mass' }))).toBe(text)
    for (const given of [undefined, { activations: [bent] }, { losses: [quartic] }]) {
      expect(refusalAtOnce(() => Regressor.fromJSON(text, given))).toMatch(
        /unknown (activation|loss) .*"(bent|quartic)"/,
      )
    }
  })

  test('is read with options of this machine, and no others', async () => {
    const text = JSON.stringify(await new Regressor(quick).fit(rows, { target: 'mass' }))
    const heard: string[] = []
    const back = Regressor.fromJSON(text, { kernels: 'ndarray', onWarning: (message) => void heard.push(message) })
    back.predict([{ ...rows[0], colour: 'green' }])
    expect(heard).toEqual([expect.stringContaining('"green"')])
    for (const given of [5, null, [], { activation: [bent] }, { seed: 3 }]) {
      expect(refusalAtOnce(() => Regressor.fromJSON(text, given as never))).toMatch(
        /^(Type|Range)Error: (Regressor|Network)\.fromJSON: /,
      )
    }
    expect(refusalAtOnce(() => Regressor.fromJSON(text, { kernels: 'gpu' as never }))).toMatch(/^RangeError: Network/)
    expect(refusalAtOnce(() => Regressor.fromJSON(text, { onWarning: 5 as never }))).toMatch(/^TypeError: /)
  })

  test('keeps the class of its labels', async () => {
    const labels = rows.map((_, i) => [1, '1', true, 1.5][i % 4] as Label)
    const back = Classifier.fromJSON(JSON.stringify(await new Classifier(quick).fit(cells, labels)))
    expect(back.classes).toEqual([true, 1, 1.5, '1'])
  })
})

describe('a file that is not what it was', () => {
  let text: string
  let regressor: string
  beforeAll(async () => {
    text = JSON.stringify(await new Classifier(quick).fit(rows, { target: 'species' }))
    regressor = JSON.stringify(await new Regressor(quick).fit(rows, { target: 'mass' }))
  })

  const refusal = (value: unknown) => refusalAtOnce(() => Classifier.fromJSON(value))
  const ours = /^(Type|Range)Error: (Classifier\.fromJSON|Network\.fromJSON): /

  test('because a character was changed is refused, wherever that is', () => {
    const random = new Generator(7)
    const letters = 'abzAZ019"{}[]:,.-+ /\\\n'
    let same = 0
    for (let k = 0; k < 300; k++) {
      const at = random.integer(text.length)
      const others = [...letters].filter((letter) => letter !== text[at])
      const changed = text.slice(0, at) + others[random.integer(others.length)] + text.slice(at + 1)
      try {
        // some digits of a number are beyond its bits: the value is the same
        expect(JSON.stringify(Classifier.fromJSON(changed))).toBe(text)
        same++
      } catch (error) {
        expect(String(error)).toMatch(ours)
      }
    }
    expect(same).toBeLessThan(15)
  })

  test('because it was cut is refused, wherever that is', () => {
    const random = new Generator(8)
    for (let k = 0; k < 100; k++) {
      const cut = text.slice(0, random.integer(text.length))
      expect(refusal(cut)).toMatch(
        /^RangeError: Classifier\.fromJSON: the text is cut short or changed \(.*\); expected JSON$/,
      )
    }
  })

  test('because two characters changed places is refused', () => {
    const random = new Generator(9)
    for (let k = 0; k < 100; k++) {
      const at = random.integer(text.length - 1)
      const [a, b] = [text[at] as string, text[at + 1] as string]
      if (a === b) continue
      const changed = text.slice(0, at) + b + a + text.slice(at + 2)
      try {
        expect(JSON.stringify(Classifier.fromJSON(changed))).toBe(text)
      } catch (error) {
        expect(String(error)).toMatch(ours)
      }
    }
  })

  const parse = () => JSON.parse(text) as Json
  const signed = (value: Json): Json => {
    const { checksum: _, ...content } = value
    return { ...content, checksum: checksum(content) }
  }

  const cases: [what: string, value: () => unknown, message: string][] = [
    [
      'null',
      () => null,
      'TypeError: Classifier.fromJSON: the argument is null; expected what classifier.toJSON() returned, or its text',
    ],
    [
      'undefined',
      () => undefined,
      'TypeError: Classifier.fromJSON: the argument is undefined; expected what classifier.toJSON()',
    ],
    [
      'a list',
      () => [],
      'TypeError: Classifier.fromJSON: the argument is an array of 0; expected what classifier.toJSON()',
    ],
    [
      'an empty object',
      () => ({}),
      'TypeError: Classifier.fromJSON: the argument is an empty object; expected what classifier.toJSON()',
    ],
    [
      'a text that is no JSON',
      () => 'model.json',
      'RangeError: Classifier.fromJSON: the text is cut short or changed (',
    ],
    ['an empty text', () => '', 'RangeError: Classifier.fromJSON: the text is cut short or changed ('],
    [
      'a regressor',
      () => regressor,
      'RangeError: Classifier.fromJSON: format is the string "bp-net regressor"; expected "bp-net classifier", as classifier.toJSON() writes',
    ],
    [
      'a network',
      () => parse().network,
      'RangeError: Classifier.fromJSON: format is the string "bp-net network"; expected "bp-net classifier", as classifier.toJSON() writes',
    ],
    [
      'of another format',
      () => ({ ...parse(), format: 'other' }),
      'RangeError: Classifier.fromJSON: format is the string "other"',
    ],
    [
      'of a newer version',
      () => ({ ...parse(), version: 2 }),
      'RangeError: Classifier.fromJSON: version is 2; expected at most 1; a newer bp-net wrote this file',
    ],
    [
      'of version 0',
      () => signed({ ...parse(), version: 0 }),
      'RangeError: Classifier.fromJSON: version is 0; expected a whole number of at least 1',
    ],
    [
      'without a checksum',
      () => ({ ...parse(), checksum: undefined }),
      'RangeError: Classifier.fromJSON: the checksum is undefined; expected "',
    ],
    [
      'with other classes',
      () => ({ ...parse(), targets: { kind: 'class', classes: ['a', 'b'] } }),
      'that of the content: the file was changed or cut',
    ],
    ['with more', () => signed({ ...parse(), more: 1 }), 'TypeError: Classifier.fromJSON: unknown option "more"'],
    [
      'without a network',
      () => signed({ ...parse(), network: undefined }),
      'TypeError: Network.fromJSON: the argument is undefined',
    ],
    [
      'without options',
      () => signed({ ...parse(), options: null }),
      'TypeError: Classifier.fromJSON: options is null; expected an object',
    ],
    ['without a table', () => signed({ ...parse(), table: null }), 'TypeError: Classifier.fromJSON: table is null'],
    [
      'without provenance',
      () => signed({ ...parse(), provenance: 1 }),
      'TypeError: Classifier.fromJSON: provenance is 1',
    ],
    [
      'without targets',
      () => signed({ ...parse(), targets: [] }),
      'TypeError: Classifier.fromJSON: targets is an array of 0',
    ],
    [
      'with targets of another kind',
      () => signed({ ...parse(), targets: { kind: 'number', classes: ['a', 'b'] } }),
      'RangeError: Classifier.fromJSON: targets is an object with kind, classes; expected what a classifier learned of its targets',
    ],
    [
      'with three classes and two outputs',
      () => signed({ ...parse(), targets: { kind: 'class', classes: ['a', 'b', 'c'] } }),
      'TypeError: Classifier.fromJSON: the network is ',
    ],
    [
      'with names of numbers',
      () => signed({ ...parse(), targets: { kind: 'class', classes: ['a', 'b'], names: [1] } }),
      'RangeError: Classifier.fromJSON: targets is ',
    ],
    [
      'with an option of no name',
      () => signed({ ...parse(), options: { epoch: 3 } }),
      'TypeError: Classifier: unknown option "epoch"; did you mean "epochs"?',
    ],
  ]
  test.each(cases)('because it is one %s is refused, with what it is', (_, value, message) => {
    expect(refusal(value())).toContain(message)
  })

  test('because it is a model where a network is read, or a classifier where a regressor is', () => {
    expect(refusalAtOnce(() => Network.fromJSON(text))).toBe(
      'RangeError: Network.fromJSON: format is the string "bp-net classifier"; expected "bp-net network", as network.toJSON() writes',
    )
    expect(refusalAtOnce(() => Regressor.fromJSON(text))).toBe(
      'RangeError: Regressor.fromJSON: format is the string "bp-net classifier"; expected "bp-net regressor", as regressor.toJSON() writes',
    )
  })
})

describe('provenance', () => {
  const sha = (...parts: (string | Uint8Array)[]) =>
    `sha256:${parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')}`
  const line = (cells: readonly unknown[]) => `${JSON.stringify(cells)}\n`
  const numbersOf = (table: readonly (readonly number[])[]) => new Uint8Array(Float64Array.from(table.flat()).buffer) // this machine's order of bytes is the little one

  test('says what trained the model, and on what', async () => {
    const model = await new Classifier({ ...quick, validation: 0.2, metrics: ['accuracy'] }).fit(rows, {
      target: 'species',
    })
    const { bpNet, ...others } = model.provenance
    expect(bpNet).toMatch(/^\d+\.\d+\.\d+$/)
    expect(others).toEqual({
      data: sha(rows.map((row) => line(Object.values(row))).join('')),
      rows: 60,
      columns: ['length', 'colour', 'ok', 'born', 'species', 'mass', 'weight'],
      seed: 1,
      validation: 0.2,
      metrics: {
        loss: model.history?.loss.at(-1),
        validationLoss: model.history?.validationLoss?.at(-1),
        accuracy: model.history?.metrics?.accuracy?.at(-1),
      },
    })
  })

  const hashOf = async (table: unknown, targets: unknown) =>
    (await new Regressor({ seed: 1, epochs: 1, hidden: [] }).fit(table as never, targets as never)).provenance.data

  test('hashes cells and targets as documented', async () => {
    const ys = cells.map((_, i) => i)
    expect(await hashOf(cells, ys)).toBe(sha(cells.map((row, i) => line([...row, i])).join('')))
    expect(
      await hashOf(
        cells,
        ys.map((y) => [y, -y]),
      ),
    ).toBe(sha(cells.map((row, i) => line([...row, i, -i])).join('')))
    const { Matrix } = await import('../../src/index.ts')
    expect(await hashOf(Matrix.from(cells), ys)).toBe(sha(numbersOf(cells), ys.map((y) => line([y])).join('')))
    expect(await hashOf(Matrix.from(cells), { target: 1 })).toBe(sha(numbersOf(cells)))
    const table = [
      { a: 1n, b: new Date(0), c: null, y: 1 },
      { a: 2n, b: new Date(1e9), y: 2 },
    ]
    expect(await hashOf(table, { target: 'y' })).toBe(
      sha('["1n","1970-01-01T00:00:00.000Z",null,1]\n["2n","1970-01-12T13:46:40.000Z",null,2]\n'),
    )
  })

  test('hashes a matrix of many rows with targets beside it as documented', async () => {
    const many = Array.from({ length: 9000 }, (_, i) => [i % 7, i])
    const { Matrix } = await import('../../src/index.ts')
    const ys = many.map((_, i) => i % 5)
    expect(await hashOf(Matrix.from(many), ys)).toBe(sha(numbersOf(many), ys.map((y) => line([y])).join('')))
  })

  test('changes with any cell, target and order, and with nothing else', async () => {
    const ys = cells.map((_, i) => i)
    const hash = await hashOf(cells, ys)
    expect(await hashOf(structuredClone(cells), Float64Array.from(ys))).toBe(hash)
    const random = new Generator(3)
    const seen = new Set([hash])
    for (let k = 0; k < 10; k++) {
      const [i, j] = [random.integer(cells.length), random.integer(2)]
      const changed = structuredClone(cells) as number[][]
      ;(changed[i] as number[])[j] = 1000 + k
      seen.add(await hashOf(changed, ys))
    }
    seen.add(await hashOf(cells, ys.with(3, 17)))
    seen.add(await hashOf([...cells].reverse(), ys))
    seen.add(await hashOf(cells.slice(1), ys.slice(1)))
    expect(seen.size).toBe(14)
  })

  test('goes on from hash to hash where rows come in pieces', async () => {
    const model = new Classifier(quick)
    const lines = (from: number, to: number) =>
      rows
        .slice(from, to)
        .map((row) => line(Object.values(row)))
        .join('')
    await model.partialFit(rows.slice(0, 30), { target: 'species' })
    const first = sha(lines(0, 30))
    expect(model.provenance).toMatchObject({ data: first, rows: 30 })
    await model.partialFit(rows.slice(30), { target: 'species' })
    expect(model.provenance).toMatchObject({ data: sha(first, lines(30, 60)), rows: 60 })
  })
})
