import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checksum } from '../../src/network/encoding.ts'
import type { NetworkJSON } from '../../src/network/json-format.ts'
import { Network } from '../../src/network/network.ts'
import type { NetworkOptions } from '../../src/network/options.ts'
import { Generator } from '../../src/random/generator.ts'
import { type ActivationName, activations } from '../../src/rule/activations.ts'
import type { LossName } from '../../src/rule/losses.ts'
import { adagrad, adam, adamw, rmsprop, sgd } from '../../src/training/optimizers.ts'

type Json = Record<string, unknown>

function build(options: Partial<NetworkOptions> = {}): Network {
  const network = new Network({ layers: [2, 3, 1], seed: 9, ...options })
  network.train(
    [Array<number>(network.layers[0]?.weights.rows ?? 1).fill(0.5)],
    [Array(network.layers.at(-1)?.biases.columns).fill(0.25)],
  )
  return network
}

/** The bits of every parameter, in which −0 is not 0. */
const bitsOf = (network: Network): bigint[] =>
  network.layers.flatMap(({ weights, biases }) =>
    [...weights.toArray(), ...biases.toArray()].flatMap((row) => [...new BigUint64Array(new Float64Array(row).buffer)]),
  )

/** A value under a checksum that is right, as only someone who means harm would write it. */
function signed(value: Json): Json {
  const { checksum: _, ...content } = value
  return { ...content, checksum: checksum(content) }
}

/** Expects a TypeError or RangeError of ours. */
function refusal(value: unknown): Error {
  try {
    Network.fromJSON(value)
  } catch (error) {
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
    expect((error as Error).message).toMatch(/^Network(\.fromJSON)?: /)
    return error as Error
  }
  throw new Error('the value was taken')
}

describe('a round trip', () => {
  const hidden = Object.values(activations)
    .filter((f) => !('rowwise' in f))
    .map(({ name }) => name as ActivationName)
  const outputs = fc.oneof(
    fc.constantFrom<[ActivationName, LossName][]>(
      ['sigmoid', 'binaryCrossEntropy'],
      ['softmax', 'categoricalCrossEntropy'],
    ),
    fc.tuple(
      fc.constantFrom(...(Object.keys(activations) as ActivationName[])),
      fc.constantFrom<LossName[]>('squaredError', 'absoluteError', 'huber'),
    ),
  )
  const units = fc.integer({ min: 1, max: 7 })
  const momentum = (options: { learningRate: number }) => sgd({ ...options, momentum: 0.9 })
  const optimizers = [sgd, momentum, adagrad, rmsprop, adam, adamw]
  const options = fc.record({
    inputs: units,
    layers: fc.array(fc.record({ units, activation: fc.constantFrom(...hidden), dropout: fc.constantFrom(0, 0.25) }), {
      maxLength: 4,
    }),
    last: units,
    pair: outputs,
    dtype: fc.constantFrom('float32' as const, 'float64' as const),
    seed: fc.maxSafeNat(),
    optimizer: fc
      .tuple(fc.constantFrom(...optimizers), fc.double({ min: 1e-9, max: 1, noNaN: true }))
      .map(([optimizer, learningRate]) => optimizer({ learningRate })),
    parameter: fc.double(),
  })

  test('of any network, trained or not, keeps every bit: −0, denormals, infinities, NaN', () => {
    fc.assert(
      fc.property(options, ({ inputs, layers, last, pair: [outputActivation, loss], parameter, ...rest }) => {
        const network = new Network({ layers: [inputs, ...layers, last], outputActivation, loss, ...rest })
        const row = Array<number>(inputs).fill(0.5)
        network.train([row], [Array<number>(last).fill(0.5)])
        const output = network.predict([row]).toArray()
        const special = [parameter, -0, 5e-324, 1e-45, 2 ** -149, Number.NaN, Infinity, -Infinity]
        const kept = JSON.stringify(network)
        expect(Network.fromJSON(kept).predict([row]).toArray()).toEqual(output)
        special.forEach((value, k) => {
          const { weights } = network.layers[k % network.layers.length] as (typeof network.layers)[number]
          weights.set(k % weights.rows, k % weights.columns, value)
        })
        const text = JSON.stringify(network)
        for (const read of [
          Network.fromJSON(text),
          Network.fromJSON(network.toJSON()),
          Network.fromJSON(JSON.parse(text)),
        ]) {
          expect(bitsOf(read)).toEqual(bitsOf(network))
          expect(JSON.stringify(read)).toBe(text)
          expect([read.seed, read.dtype, read.optimizer]).toEqual([network.seed, network.dtype, network.optimizer])
          expect(read.layers.map(({ activation }) => activation)).toEqual(
            network.layers.map(({ activation }) => activation),
          )
        }
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  test('keeps NaN as NaN', () => {
    const network = build()
    network.layers[0]?.weights.set(1, 1, Number.NaN)
    expect(Network.fromJSON(network.toJSON()).layers[0]?.weights.toArray()).toEqual(
      network.layers[0]?.weights.toArray(),
    )
  })

  test('goes on training with the same bits', () => {
    const network = build()
    const read = Network.fromJSON(JSON.stringify(network))
    for (const one of [network, read])
      for (let step = 0; step < 5; step++)
        one.train(
          [
            [1, 2],
            [3, -4],
          ],
          [0, 1],
        )
    expect(JSON.stringify(read)).toBe(JSON.stringify(network))
    expect(read.toJSON().training?.steps).toBe(6)
  })

  test('without training leaves optimizer, generator and steps out, and predicts the same', () => {
    const network = build({ learningRate: 0.125 })
    const value = network.toJSON({ training: false })
    expect(value).not.toHaveProperty('training')
    expect(network.toJSON({ training: true })).toEqual(network.toJSON())
    const read = Network.fromJSON(value)
    expect(bitsOf(read)).toEqual(bitsOf(network))
    expect(read.optimizer).toEqual(sgd())
    expect(read.toJSON().training?.steps).toBe(0)
  })

  test('works wherever JSON.stringify meets the network', () => {
    const network = build()
    expect(JSON.parse(JSON.stringify({ a: [network] }))).toEqual({ a: [network.toJSON()] })
  })

  test('takes no part of the value that it gave or was given', () => {
    const network = build()
    const value = network.toJSON()
    const read = Network.fromJSON(value)
    const text = JSON.stringify(value)
    read.train([[1, 2]], [1])
    network.train([[1, 2]], [1])
    expect(JSON.stringify(value)).toBe(text)
  })
})

test('keys in any order and any white space are accepted', () => {
  const network = build()
  const backwards = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(backwards)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, backwards(inner)]),
          )
        : value
  const text = JSON.stringify(backwards(network.toJSON()), null, '\t ')
  expect(text).not.toBe(JSON.stringify(network))
  expect(JSON.stringify(Network.fromJSON(`\n ${text} \r\n`))).toBe(JSON.stringify(network))
})

// The checksum finds every change of up to 32 bits in a row and misses one in 2³² of the others; what it cannot see,
// JSON does not see either (white space, 0.30 for 0.3). So no mutation may give other parameters.
describe.each([
  ['whole', {}],
  ['without training', { training: false }],
])('of thousands of mutations of the text (%s)', (_, options) => {
  const text = JSON.stringify(build().toJSON(options))
  const random = new Generator(2026)
  const printable = () => String.fromCharCode(32 + random.integer(95))
  const at = () => random.integer(text.length)
  const digits = [...text.matchAll(/\d/g)].map(({ index }) => index)
  const base64 = [...text.matchAll(/"(?:weights|biases)":"([^"]+)"/g)].flatMap(({ index, 0: all, 1: inner }) => {
    const begin = index + all.length - 1 - (inner as string).length
    return Array.from({ length: (inner as string).length }, (_, k) => begin + k)
  })
  const replaced = (place: number, by: string, width = 1) => text.slice(0, place) + by + text.slice(place + width)
  const kinds: [string, () => string][] = [
    ['a character replaced', () => replaced(at(), printable())],
    ['a character of any code replaced', () => replaced(at(), String.fromCharCode(random.integer(65536)))],
    ['a character deleted', () => replaced(at(), '')],
    ['a character inserted', () => replaced(at(), printable(), 0)],
    ['the end cut off', () => text.slice(0, at())],
    ['a digit changed', () => replaced(digits[random.integer(digits.length)] as number, String(random.integer(10)))],
    [
      'a bit flipped',
      () => {
        const place = at()
        return replaced(place, String.fromCharCode(text.charCodeAt(place) ^ (1 << random.integer(7))))
      },
    ],
    [
      'two characters of base64 swapped',
      () => {
        const [a, b] = [0, 0].map(() => base64[random.integer(base64.length)] as number) as [number, number]
        const characters = [...text]
        ;[characters[a], characters[b]] = [characters[b] as string, characters[a] as string]
        return characters.join('')
      },
    ],
    [
      'a piece written twice',
      () => {
        const place = at()
        return replaced(place, text.slice(place, place + random.integer(60)), 0)
      },
    ],
    ['a piece missing', () => replaced(at(), '', random.integer(60))],
    [
      'two pieces exchanged',
      () => {
        const [a, b, c] = [at(), at(), at()].sort((x, y) => x - y) as [number, number, number]
        return text.slice(0, a) + text.slice(b, c) + text.slice(a, b) + text.slice(c)
      },
    ],
  ]

  test.each(kinds)('none with %s crashes or gives another network', (_, mutate) => {
    let refused = 0
    for (let k = 0; k < 400; k++) {
      const mutated = mutate()
      let read: Network
      try {
        read = Network.fromJSON(mutated)
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof RangeError)) throw error
        expect(error.message).toMatch(/^Network\.fromJSON: /)
        refused++
        continue
      }
      expect(JSON.stringify(read.toJSON(options))).toBe(text)
    }
    expect(refused).toBeGreaterThan(200)
  })
})

describe('a value under a right checksum', () => {
  const value = build().toJSON() as unknown as Json
  const layers = value.layers as Json[]
  const training = value.training as Json
  const weights = (layers[0] as Json).weights as string
  const layer = (change: Json) => ({ layers: [{ ...layers[0], ...change }, layers[1]] })
  const state = (change: Json) => ({ training: { ...training, ...change } })
  const zeros = (count: number) => btoa('\0'.repeat(4 * count))

  test('is taken where it means a network', () => {
    expect(JSON.stringify(Network.fromJSON(signed({ ...value })))).toBe(JSON.stringify(value))
  })

  const cases: [string, Json, RegExp][] = [
    ['another format', { format: 'keras' }, /format is the string "keras"; expected "bp-net network"/],
    ['no format', { format: undefined }, /the argument is an object/],
    ['a newer version', { version: 3 }, /version is 3; expected at most 2; a newer bp-net wrote this file/],
    ['a version of text', { version: '1' }, /version is the string "1"/],
    ['an unknown dtype', { dtype: 'float16' }, /unknown dtype "float16"/],
    [
      'a dtype of another length',
      { dtype: 'float64' },
      /layer 0: weights is a text of 32 characters; expected base64 of 6 float64 numbers/,
    ],
    ['a negative seed', { seed: -1 }, /seed is -1/],
    ['a fractional seed', { seed: 0.5 }, /seed is 0\.5/],
    ['no inputs', { inputs: 0 }, /inputs is 0/],
    [
      'inputs near 2⁵³',
      { inputs: 2 ** 53 - 1 },
      /weights is a text of 32 characters; expected base64 of 27021597764222972 float32 numbers/,
    ],
    ['inputs of 2⁵³', { inputs: 2 ** 53 }, /inputs is 9007199254740992/],
    ['units near 2⁵³', layer({ units: 2 ** 53 - 1 }), /layer 0: weights is a text/],
    ['units of 10³⁰⁰', layer({ units: 1e300 }), /layer 0: units is 1e\+300/],
    ['units that do not fit', layer({ units: 2 }), /layer 0: weights is a text of 32 characters; expected base64 of 4/],
    ['units of text', layer({ units: '3' }), /layer 0: units is the string "3"/],
    ['an unknown loss', { loss: 'square' }, /unknown loss .*"square"/],
    ['the loss __proto__', { loss: '__proto__' }, /unknown loss .*"__proto__"/],
    ['the loss constructor', { loss: 'constructor' }, /unknown loss .*"constructor"/],
    ['a loss that the output does not go with', { loss: 'categoricalCrossEntropy' }, /expected "softmax"/],
    ['an unknown activation', layer({ activation: 'toString' }), /layer 0: unknown activation .*"toString"/],
    [
      'a hidden softmax',
      layer({ activation: 'softmax' }),
      /layer 0 \(layers\[1\]\): the activation is the string "softmax"/,
    ],
    [
      'an activation that is an object',
      layer({ activation: { name: 'tanh' } }),
      /activation is an object with name; expected a text/,
    ],
    ['weights cut by a character', layer({ weights: weights.slice(1) }), /a text of 31 characters/],
    ['weights that are no base64', layer({ weights: '!'.repeat(32) }), /layer 0: weights is a text of 32 characters/],
    ['weights with a space', layer({ weights: ` ${weights.slice(1)}` }), /layer 0: weights/],
    [
      'weights of numbers',
      layer({ weights: [1, 2, 3, 4, 5, 6] }),
      /layer 0: weights is an array of 6; expected a text/,
    ],
    ['no biases', layer({ biases: undefined }), /layer 0: biases is undefined/],
    ['an unknown field', { layerz: [] }, /unknown option "layerz"; did you mean "layers"/],
    ['an unknown field of a layer', layer({ bias: '' }), /layer 0: unknown option "bias"; did you mean "biases"/],
    ['a field __proto__', JSON.parse('{"__proto__": {"units": 1}}') as Json, /unknown option "__proto__"/],
    ['a field constructor', { constructor: 1 }, /unknown option "constructor"/],
    ['no layers', { layers: [] }, /layers is an array of 1; expected the number of inputs and at least one layer/],
    ['layers that are no array', { layers: { length: 2 } }, /layers is an object with length; expected an array/],
    ['a layer that is null', { layers: [null, layers[1]] }, /layer 0 is null; expected an object with any of units/],
    ['a layer that is an array', { layers: [[], layers[1]] }, /layer 0 is an array of 0; expected an object/],
    [
      '100,000 layers',
      {
        inputs: 1,
        layers: Array(100_000).fill({ units: 1, activation: 'tanh', weights: zeros(1), biases: zeros(1) }),
      },
      /layers is an array of 100001/,
    ],
    ['training that is null', { training: null }, /training is null; expected an object with any of optimizer/],
    ['negative steps', state({ steps: -1 }), /training: steps is -1/],
    ['a generator of three words', state({ generator: [1, 2, 3] }), /generator is an array of 3; expected four/],
    ['a generator of large words', state({ generator: [1, 2, 3, 2 ** 32] }), /a word of generator is 4294967296/],
    ['a generator of text', state({ generator: '1234' }), /generator is the string "1234"/],
    ['an unknown optimizer', state({ optimizer: { name: 'adem', learningRate: 1 } }), /unknown optimizer "adem"/],
    ['an optimizer __proto__', state({ optimizer: JSON.parse('{"__proto__": {"name": "sgd"}}') }), /the optimizer is /],
    ['a learning rate of 0', state({ optimizer: { name: 'sgd', learningRate: 0 } }), /learningRate is 0/],
    [
      'a learning rate of text',
      state({ optimizer: { name: 'sgd', learningRate: '0.1' } }),
      /learningRate is the string "0\.1"/,
    ],
    [
      'an unknown optimizer option',
      state({ optimizer: { name: 'sgd', learning_rate: 1 } }),
      /did you mean "learningRate"/,
    ],
  ]
  test.each(cases)('but with %s is refused', (_, change, message) => {
    const text = JSON.stringify(signed({ ...value, ...change }))
    expect(refusal(text).message).toMatch(message)
    expect(refusal(JSON.parse(text)).message).toMatch(message)
  })

  const places: ((value: Json) => [Json, string])[] = [
    ...Object.keys(value)
      .filter((key) => key !== 'checksum')
      .map((key) => (copy: Json): [Json, string] => [copy, key]),
    ...Object.keys(layers[0] as Json).map((key) => (copy: Json): [Json, string] => [
      (copy.layers as Json[])[0] as Json,
      key,
    ]),
    ...Object.keys(training).map((key) => (copy: Json): [Json, string] => [copy.training as Json, key]),
    ...[0, 3].map((word) => (copy: Json): [Json, string] => [
      (copy.training as { generator: Json }).generator,
      String(word),
    ]),
  ]

  test('and any other value in any place is refused, or means what it says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, other) => {
        const copy = structuredClone(value)
        const [holder, key] = place(copy)
        holder[key] = other
        const mutated = signed(copy)
        let read: Network
        try {
          read = Network.fromJSON(mutated)
        } catch (error) {
          expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
          return
        }
        // a seed of −0 is written as 0, as JSON does
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(mutated)))
      }),
      { seed: 1, numRuns: 2000 },
    )
  })
})

describe('what is no network is refused:', () => {
  const value = build().toJSON()
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const cyclic: Json = { ...value }
  cyclic.seed = cyclic
  const cases: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['a bigint', 1n],
    ['a symbol', Symbol('network')],
    ['a function', () => value],
    ['an array', [value]],
    ['an empty text', ''],
    ['a text that is no JSON', '{"format":'],
    ['JSON null', 'null'],
    ['a JSON number', '3'],
    ['a JSON array', '[]'],
    ['an empty object', {}],
    ['text within text', JSON.stringify(JSON.stringify(value))],
    ['the JSON of Keras', '{"class_name":"Sequential","config":{"layers":[]}}'],
    ['the JSON of brain.js', { type: 'NeuralNetwork', sizes: [2, 3, 1], layers: [] }],
    ['a network', build()],
    ['a Map', new Map(Object.entries(value))],
    ['a byte array', new Uint8Array(9)],
    ['a deep nest', deep],
    ['a deep nest in a field', `{"format":"bp-net network","version":1,"layers":${deep}}`],
    ['a million braces', '{"a":'.repeat(1_000_000)],
    ['a cycle', cyclic],
    ['a bigint in a field', { ...value, seed: 1n }],
    ['a wrong checksum', { ...value, checksum: '00000000' }],
    ['no checksum', { ...value, checksum: undefined }],
    ['a field too many', { ...value, extra: 1 }],
    ['a newer version under an old checksum', { ...value, version: 3 }],
    ['an older version under another checksum', { ...value, version: 1 }],
  ]
  test.each(cases)('%s', (_, given) => {
    expect(refusal(given).message).toMatch(/expected/)
  })

  test('a file that was changed is told from one that was cut and from a newer one', () => {
    expect(refusal({ ...value, seed: 10 }).message).toContain('that of the content: the file was changed or cut')
    expect(refusal(JSON.stringify(value).slice(0, -9)).message).toMatch(
      /the text is cut short or changed \(.*\); expected JSON$/,
    )
    expect(refusal({ ...value, version: 7 }).message).toContain('a newer bp-net wrote this file')
  })

  test('prototypes are left as they were', () => {
    refusal('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    expect(({} as Json).polluted).toBeUndefined()
  })
})

test('the text of a network is as it was when version 2 was fixed', async () => {
  const network = new Network({ layers: [1, 1], initializer: 'zeros', seed: 1, reproducible: true })
  network.layers[0]?.weights.set(0, 0, 1)
  network.layers[0]?.biases.set(0, 0, -0)
  const value: NetworkJSON = network.toJSON({ training: false })
  expect(value).toEqual({
    format: 'bp-net network',
    version: 2,
    dtype: 'float32',
    seed: 1,
    inputs: 1,
    loss: 'squaredError',
    layers: [{ units: 1, activation: 'sigmoid', weights: 'AACAPw==', biases: 'AAAAgA==' }],
    reproducible: true,
    checksum: value.checksum,
  })
  // the CRC-32 of zip, whose check value for '123456789' is cbf43926; here of the quoted text
  expect(checksum('123456789')).toBe(crc32('"123456789"'))
  expect(crc32('123456789')).toBe('cbf43926')
})

describe('a file that version 1 wrote is read:', () => {
  const WITHOUT_TRAINING =
    '{"format":"bp-net network","version":1,"dtype":"float32","seed":1,"inputs":1,"loss":"squaredError","layers":' +
    '[{"units":1,"activation":"sigmoid","weights":"AACAPw==","biases":"AAAAgA=="}],"checksum":"4939352b"}'
  const AFTER_A_STEP =
    '{"format":"bp-net network","version":1,"dtype":"float32","seed":7,"inputs":2,"loss":"squaredError","layers":' +
    '[{"units":1,"activation":"sigmoid","weights":"/oryPoOAcT8=","biases":"CdcjPA=="}],"reproducible":true,"training":' +
    '{"optimizer":{"name":"adam","learningRate":0.01,"beta1":0.9,"beta2":0.999,"epsilon":1e-8},"generator":' +
    '[1692541900,564810974,631655820,2748894945],"steps":1,"state":["oNpMvKDazDw=","IiSDNyIkgzg=","oNpMvA==",' +
    '"IiSDNw=="]},"checksum":"962115b6"}'

  test('without training', () => {
    const read = Network.fromJSON(WITHOUT_TRAINING)
    expect([read.seed, read.optimizer]).toEqual([1, sgd()])
    expect(read.layers[0]?.weights.toArray()).toEqual([[1]])
    expect(read.layers[0]?.biases.toArray()).toEqual([[-0]])
    const { checksum: _, ...value } = read.toJSON({ training: false })
    expect(value).toEqual({ ...(JSON.parse(WITHOUT_TRAINING.replace(/,"checksum.*"/, '')) as Json), version: 2 })
  })

  test('with its optimizer and what that keeps, and the next step has the bits that it had then', () => {
    const read = Network.fromJSON(AFTER_A_STEP)
    const { training, ...rest } = JSON.parse(AFTER_A_STEP) as NetworkJSON
    const { training: now, ...others } = read.toJSON()
    expect(others).toEqual({ ...rest, version: 2, checksum: others.checksum })
    expect(now).toEqual({ ...training, optimizer: { ...training?.optimizer, weightDecay: 0 } })
    expect(read.optimizer).toEqual(adam({ learningRate: 0.01 }))
    read.train([[0.5, 3]], [0])
    expect(read.toJSON().layers).toMatchObject([{ weights: '7VL1Pusgbz8=', biases: 'SPBmPA==' }])
    expect(read.toJSON().training).toMatchObject({
      steps: 2,
      state: ['RGEXvNKqDT0=', 'KmmGN/edoTg=', 'Wcjsuw==', '95yQNw=='],
    })
  })

  test('but not where it was changed', () => {
    expect(refusal(AFTER_A_STEP.replace('"steps":1', '"steps":2')).message).toContain('the file was changed or cut')
  })
})

/** CRC-32 by polynomial division, bit by bit from the left: another form than that of src/. */
function crc32(text: string): string {
  const bits = [...text].flatMap((character) => Array.from({ length: 8 }, (_, k) => (character.charCodeAt(0) >> k) & 1))
  const padded = [...bits, ...Array<number>(32).fill(0)].map((bit, k) => (k < 32 ? bit ^ 1 : bit))
  const polynomial = [...(0x104c11db7).toString(2)].map(Number)
  for (let k = 0; k < bits.length; k++) {
    if (padded[k] === 1)
      polynomial.forEach((bit, j) => {
        padded[k + j] = (padded[k + j] as number) ^ bit
      })
  }
  const rest = padded
    .slice(-32)
    .map((bit) => bit ^ 1)
    .reverse()
  return Number.parseInt(rest.join(''), 2).toString(16).padStart(8, '0')
}
