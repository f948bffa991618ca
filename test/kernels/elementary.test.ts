import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { argumentsFor } from '../../bench/elementary-arguments.ts'
import type { Dtype, Numbers } from '../../bench/elementary-binaries.ts'
import { compileBinaries, dtypes } from '../../bench/elementary-binaries.ts'
import type { FunctionName } from '../../bench/precise.ts'
import { functions, precise, ulpsOfDouble, ulpsOfSingle } from '../../bench/precise.ts'

/** What assembly/elementary.ts promises at most; it says less of each function, from measurements. */
const BOUND = 4

const binaries = compileBinaries() // the relaxed one where this engine has relaxed SIMD
const every = dtypes.flatMap((dtype) => functions.map((name) => [name, dtype] as const))

describe.each(binaries.map((binary) => [binary.name, binary] as const))('in the %s binary', (_, { apply }) => {
  test.each(every)('%s of %s is right to 4 ulp, near zeros, seams and ends and at all exponents', (name, dtype) => {
    const xs = argumentsFor(name, dtype, dtype === 'float32' ? 2 ** 16 : 2 ** 12)
    expectRight(name, xs, apply(name, xs))
  })

  test.each(every)('%s of %s is right to 4 ulp at any bits', (name, dtype) => {
    const bits = fc.uint32Array({ minLength: 32, maxLength: 32 })
    const near = fc.double({ min: -4, max: 4 })
    const property = fc.property(bits, fc.array(near, { minLength: 8, maxLength: 8 }), (words, middle) => {
      for (const xs of [viewOf(words, dtype), numbers(dtype, middle)]) expectRight(name, xs, apply(name, xs))
    })
    fc.assert(property, { numRuns: 100 })
  })

  test.each(every)('%s of %s takes each number by itself', (name, dtype) => {
    const xs = numbers(dtype, [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2, -0.25, 0, 1e-30, 3])
    expect(apply(name, xs.toReversed())).toEqual(apply(name, xs).toReversed())
  })

  describe.each(dtypes)('%s', (dtype) => {
    const least = dtype === 'float32' ? 2 ** -149 : 2 ** -1074
    const greatest = dtype === 'float32' ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE
    const at = (name: FunctionName, x: number) => apply(name, numbers(dtype, [x, x, x, x]))[0] as number
    const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: negative } = Number

    test.each(functions)('%s of NaN is NaN', (name) => {
      expect(at(name, Number.NaN)).toBeNaN()
    })

    test('exp goes from 0 through 1 to infinity', () => {
      expect([negative, -greatest, -0, 0, greatest, infinity].map((x) => at('exp', x))).toEqual([
        0,
        0,
        1,
        1,
        infinity,
        infinity,
      ])
    })

    test('expm1 goes from −1 to infinity', () => {
      expect([negative, -greatest, greatest, infinity].map((x) => at('expm1', x))).toEqual([-1, -1, infinity, infinity])
    })

    test('log has its pole at 0, its zero at 1, and no value below', () => {
      expect([0, -0, 1, infinity].map((x) => at('log', x))).toEqual([negative, negative, 0, infinity])
      for (const x of [-least, -1, -greatest, negative]) expect(at('log', x)).toBeNaN()
    })

    test('log1p has its pole at −1 and no value below', () => {
      expect([-1, infinity].map((x) => at('log1p', x))).toEqual([negative, infinity])
      for (const x of [-1.5, -greatest, negative]) expect(at('log1p', x)).toBeNaN()
    })

    test('tanh comes to rest at ±1 and is odd', () => {
      expect([negative, -greatest, greatest, infinity].map((x) => at('tanh', x))).toEqual([-1, -1, 1, 1])
      const xs = argumentsFor('tanh', dtype, 2 ** 12)
      expect(
        apply(
          'tanh',
          xs.map((x) => -x),
        ),
      ).toEqual(apply('tanh', xs).map((y) => -y))
      for (const y of apply('tanh', xs)) expect(Math.abs(y)).not.toBeGreaterThan(1)
    })

    test.each(['expm1', 'log1p', 'tanh'] as const)(
      '%s of the least numbers and of zeros is the number itself',
      (name) => {
        for (const x of [0, -0, least, -least, 3 * least, -3 * least]) expect(at(name, x)).toBe(x)
      },
    )
  })
})

test.each(functions)('the reference agrees with Math.%s', (name) => {
  const xs = argumentsFor(name, 'float64', 2 ** 10)
  // ours is right; Math's are to 1 ulp, but V8's tanh to 2
  for (const x of xs) expect(ulpsOfDouble(name, x, Math[name](x)), `at ${x}`).toBeLessThan(name === 'tanh' ? 2.5 : 1)
})

test('the reference knows e and ln 10 to 40 digits', () => {
  const digits = ({ significand, exponent }: ReturnType<typeof precise>) =>
    String((significand * 10n ** 40n) >> BigInt(-exponent))
  expect(digits(precise('exp', 1))).toBe('27182818284590452353602874713526624977572')
  expect(digits(precise('log', 10))).toBe('23025850929940456840179914546843642076011')
})

function expectRight(name: FunctionName, xs: Numbers, ys: Numbers): void {
  for (const [k, x] of xs.entries()) {
    const y = ys[k] as number
    const error = xs instanceof Float32Array ? ulpsOfSingle(Math[name](x), y) : ulpsOfDouble(name, x, y)
    if (!(error <= BOUND)) expect.fail(`${name}(${x}) came as ${y}, ${error} ulp from ${Math[name](x)}`)
  }
}

function viewOf(words: Uint32Array, dtype: Dtype): Numbers {
  const { buffer } = words.slice()
  return dtype === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer)
}

function numbers(dtype: Dtype, values: number[]): Numbers {
  return dtype === 'float32' ? new Float32Array(values) : new Float64Array(values)
}
