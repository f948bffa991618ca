import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  describe,
  Phrase,
  rangeError,
  typeError,
  unknownName,
} from '../src/errors.ts'
import { caught } from './caught.ts'

const hostile = {
  throwingConstructor: {
    get constructor() {
      throw new Error('constructor')
    },
  },
  throwingName: { constructor: Object.defineProperty(() => undefined, 'name', { get: fail }) },
  revokedObject: revoked({}),
  revokedFunction: revoked(() => undefined),
  revokedArray: revoked([]),
  throwingProxy: new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail, has: fail }),
  throwingArrayProxy: new Proxy([], { get: fail }),
  throwingKeys: new Proxy({}, { ownKeys: fail }),
  nullPrototypeArrayView: Object.setPrototypeOf(new Float32Array(2), null),
}

suite('describe', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [0, '0'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [1.5, '1.5'],
    [12n, 'the bigint 12n'],
    [Symbol('x'), 'a symbol'],
    ['', 'the string ""'],
    ['a "quoted"\nline', 'the string "a \\"quoted\\"\\nline"'],
    ['x'.repeat(40), `the string "${'x'.repeat(40)}"`],
    ['x'.repeat(41), `the string "${'x'.repeat(37)}…"`],
    [Math.max, 'the function max'],
    [() => 1, 'the function (anonymous)'],
    [class Thing {}, 'the function Thing'],
    [Object.defineProperty(() => 1, 'name', { value: 5 }), 'the function (anonymous)'],
    [[], 'an array of 0'],
    [[1, 2], 'an array of 2'],
    [new Array(2 ** 32 - 1), 'an array of 4294967295'],
    [new Float32Array(2), 'a Float32Array of 8 bytes'],
    [new Int8Array(2), 'an Int8Array of 2 bytes'],
    [new Uint8Array(2), 'a Uint8Array of 2 bytes'],
    [new DataView(new ArrayBuffer(3)), 'a DataView of 3 bytes'],
    [new ArrayBuffer(3), 'an ArrayBuffer'],
    [{}, 'an empty object'],
    [Object.create(null), 'an empty object'],
    [Object.assign(Object.create(null), { a: 1 }), 'an object with a'],
    [{ a: 1, b: 2, c: 3, d: 4 }, 'an object with a, b, c, d'],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, 'an object with a, b, c, d, …'],
    [{ ['k'.repeat(100)]: 1 }, `an object with ${'k'.repeat(37)}…`],
    [{ constructor: 'mine' }, 'an object with constructor'],
    [{ constructor: null }, 'an object with constructor'],
    [new Map(), 'a Map'],
    [new Date(0), 'a Date'],
    [new Error('x'), 'an Error'],
    [/x/, 'a RegExp'],
    [Promise.resolve(1), 'a Promise'],
    [new (class Thing {})(), 'a Thing'],
    [new (class {})(), 'an empty object'],
    [new Proxy({ a: 1 }, {}), 'an object with a'],
    [new Proxy([1], {}), 'an array of 1'],
    [new Phrase('as it stands'), 'as it stands'],
  ])('says in a few words what a value is (case %#)', (value, words) => {
    expect(describe(value)).toBe(words)
  })

  // by name: the test runner would look into the values themselves
  test.each<[keyof typeof hostile, string]>([
    ['throwingConstructor', 'an object that cannot be inspected'],
    ['throwingName', 'an object that cannot be inspected'],
    ['revokedObject', 'an object that cannot be inspected'],
    ['revokedFunction', 'a function that cannot be inspected'],
    ['revokedArray', 'an object that cannot be inspected'],
    ['throwingProxy', 'an object that cannot be inspected'],
    ['throwingArrayProxy', 'an object that cannot be inspected'],
    ['throwingKeys', 'an object that cannot be inspected'],
    ['nullPrototypeArrayView', 'an object with 0, 1'],
  ])('never throws: %s', (key, words) => {
    expect(describe(hostile[key])).toBe(words)
  })

  test('gives one short line for anything at all', () => {
    const anything = fc.oneof(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withObjectString: true,
        withSparseArray: true,
        withTypedArray: true,
        withBoxedValues: true,
        withUnicodeString: true,
      }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.bigInt().map((value) => value ** 99n),
    )
    fc.assert(
      fc.property(anything, (value) => {
        const words = describe(value)
        expect(words.length).toBeGreaterThan(0)
        // an object shows at most four keys of 40 characters; a string 38, each escaped into at most six
        expect(words.length).toBeLessThanOrEqual(260)
      }),
      { numRuns: 1000 },
    )
  })

  test('shortens class names and function names', () => {
    const name = 'N'.repeat(500)
    const Kind = Object.defineProperty(class {}, 'name', { value: name })
    expect(describe(new Kind())).toBe(`a ${'N'.repeat(37)}…`)
    expect(describe(Kind)).toBe(`the function ${'N'.repeat(37)}…`)
  })
})

suite('typeError and rangeError', () => {
  test('carry what was expected and received beside the message', () => {
    const error = typeError('scale', 'the factor', 'a number', '2')
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({
      message: 'scale: the factor is the string "2"; expected a number',
      expected: 'a number',
      received: 'the string "2"',
    })
    expect(rangeError('get', 'row', 'less', new Phrase('too much'))).toBeInstanceOf(RangeError)
    expect(rangeError('get', 'row', 'less', new Phrase('too much'))).toMatchObject({
      expected: 'less',
      received: 'too much',
    })
  })

  test.each(Object.keys(hostile))('can be made of a hostile value: %s', (key) => {
    expect(typeError('f', 'x', 'a number', hostile[key as keyof typeof hostile])).toBeInstanceOf(TypeError)
  })
})

const options = ['layers', 'activation', 'learningRate', 'batchSize', 'epochs', 'seed', 'l1', 'l2']
const activations = ['identity', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus', 'softmax']

suite('the nearest known name is suggested', () => {
  test.each([
    ['learning_rate', 'learningRate'],
    ['learningrate', 'learningRate'],
    ['LEARNING-RATE', 'learningRate'],
    ['lerningRate', 'learningRate'],
    ['batch_size', 'batchSize'],
    ['batchsize', 'batchSize'],
    ['epoch', 'epochs'],
    ['activations', 'activation'],
    ['sead', 'seed'],
    ['layer', 'layers'],
  ])('for the option %s: %s', (key, nearest) => {
    const error = caught(() => checkOptions('fit', { [key]: 1 }, options))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toBe(
      `TypeError: fit: unknown option "${key}"; did you mean "${nearest}"?; known options are ${options.join(', ')}`,
    )
    expect(error).toMatchObject({ expected: options.join(', '), received: key })
  })

  test.each([
    ['sigmod', 'sigmoid'],
    ['Sigmoid', 'sigmoid'],
    ['leaky_relu', 'leakyRelu'],
    ['ReLU', 'relu'],
    ['soft-max', 'softmax'],
    ['softpluss', 'softplus'],
    ['tanH', 'tanh'],
  ])('for the name %s: %s', (name, nearest) => {
    const error = unknownName('Network', 'activation', name, activations)
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe(
      `Network: unknown activation "${name}"; did you mean "${nearest}"?; known are ${activations.join(', ')}`,
    )
    expect(error).toMatchObject({ expected: activations.join(', '), received: name })
  })

  test.each([
    'xyzzy',
    'frobnicate',
    'momentumOfInertia',
    '',
    '____',
    '学習率',
    '__proto__',
    'constructor',
    'x'.repeat(1e5),
  ])('and none for the nonsense %#', (name) => {
    const { message } = unknownName('f', 'activation', name, activations)
    expect(message).not.toContain('did you mean')
    expect(message).toContain('known are identity, sigmoid')
    expect(message.length).toBeLessThan(250)
  })

  test('and none where nothing is known', () => {
    expect(unknownName('f', 'option', 'x', []).message).not.toContain('did you mean')
  })

  test('for every known name with one letter missing, doubled or changed, when it has four letters or more', () => {
    const long = activations.filter((name) => name.length >= 4)
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(), fc.nat(2), (name, at, kind) => {
        const k = at % name.length
        const inserted = [``, (name[k] as string).repeat(2), 'q'][kind] as string
        const typo = name.slice(0, k) + inserted + name.slice(k + 1)
        const suggested = /did you mean "(\w+)"/.exec(unknownName('f', 'activation', typo, activations).message)?.[1]
        // "relu" and "gelu" and "elu" are one letter apart, so another may be as near
        const family = ['relu', 'gelu', 'elu', 'silu']
        if (family.includes(name)) expect(family).toContain(suggested)
        else expect(suggested).toBe(name)
      }),
    )
  })
})

suite('checkOptions', () => {
  test('takes known keys, an object without a prototype, and keys that are not enumerable', () => {
    checkOptions('fit', { epochs: 1, seed: undefined }, options)
    checkOptions('fit', Object.assign(Object.create(null), { epochs: 1 }), options)
    checkOptions('fit', Object.defineProperty({}, 'hidden', { value: 1 }), options)
    expect(() => checkOptions('fit', {}, [])).not.toThrow()
  })

  test.each([[null], [undefined], [3], ['epochs'], [[]], [() => 1]])('refuses %o', (value) => {
    const error = caught(() => checkOptions('fit', value, options))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain('fit: the options argument is ')
  })

  test('refuses an own key that is inherited elsewhere', () => {
    expect(() => checkOptions('fit', JSON.parse('{"__proto__": 1}'), options)).toThrow('unknown option "__proto__"')
    expect(() => checkOptions('fit', { toString: 1 }, options)).toThrow('unknown option "toString"')
  })
})

suite('the checks of single values', () => {
  test('take what is allowed', () => {
    checkInteger('f', 'x', 0, 0, 0)
    checkInteger('f', 'x', Number.MAX_SAFE_INTEGER, 1)
    checkNumber('f', 'x', -1.5)
    checkBoolean('f', 'x', false)
    expect(() => checkFunction('f', 'x', Math.max)).not.toThrow()
  })

  test.each<[() => void, typeof TypeError | typeof RangeError, string]>([
    [() => checkInteger('f', 'x', 1.5, 0), RangeError, 'f: x is 1.5; expected a whole number of at least 0'],
    [() => checkInteger('f', 'x', 5, 0, 4), RangeError, 'f: x is 5; expected a whole number from 0 to 4'],
    [() => checkInteger('f', 'x', NaN, 0, 4), RangeError, 'f: x is NaN'],
    [() => checkInteger('f', 'x', 2 ** 53, 0), RangeError, 'f: x is 9007199254740992'],
    [() => checkInteger('f', 'x', '1', 0), TypeError, 'f: x is the string "1"'],
    [() => checkInteger('f', 'x', 1n, 0), TypeError, 'f: x is the bigint 1n'],
    [() => checkNumber('f', 'x', Infinity), RangeError, 'f: x is Infinity; expected a finite number'],
    [
      () => checkNumber('f', 'x', -1, 'a positive number', (x) => x > 0),
      RangeError,
      'f: x is -1; expected a positive number',
    ],
    [() => checkNumber('f', 'x', Object(1)), TypeError, 'f: x is a Number'],
    [() => checkBoolean('f', 'x', 1), TypeError, 'f: x is 1; expected true or false'],
    [() => checkFunction('f', 'x', {}), TypeError, 'f: x is an empty object; expected a function'],
  ])('refuse what is not, by its kind or its value (case %#)', (call, kind, message) => {
    const error = caught(call)
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toContain(message)
    expect(error).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
  })
})

function fail(): never {
  throw new Error('trap')
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
