import { describe, expect, it } from 'vitest'
import { drawSeed, Generator } from '../src/random/generator.ts'
import { permutation } from '../src/random/permutation.ts'

const COUNT = 200_000

/** The mean of f over many draws. */
function mean(draw: () => number, f: (value: number) => number = (value) => value, count = COUNT): number {
  let sum = 0
  for (let k = 0; k < count; k++) sum += f(draw())
  return sum / count
}

function chiSquare(counts: Iterable<number>, expected: number): number {
  return [...counts].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('Generator', () => {
  it('is xoshiro128** 1.1: the reference outputs from the state 1, 2, 3, 4', () => {
    const random = new Generator(0)
    random.state = [1, 2, 3, 4]
    expect(Array.from({ length: 10 }, () => random.bits())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  it('gives whole numbers of 32 bits, each bit as often 0 as 1', () => {
    const random = new Generator(1)
    const ones = new Float64Array(32)
    for (let k = 0; k < COUNT; k++) {
      const bits = random.bits()
      if (!(Number.isInteger(bits) && bits >= 0 && bits < 2 ** 32)) expect.fail(`bits gave ${bits}`)
      for (let i = 0; i < 32; i++) ones[i] = (ones[i] as number) + ((bits >>> i) & 1)
    }
    for (const count of ones) expect(Math.abs(count - COUNT / 2)).toBeLessThan(4.5 * Math.sqrt(COUNT / 4))
  })

  it('draws uniform numbers within [low, high), of their mean and variance', () => {
    const random = new Generator(2)
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const average = mean(() => {
      const value = random.uniform()
      least = Math.min(least, value)
      greatest = Math.max(greatest, value)
      return value
    })
    expect(least).toBeGreaterThanOrEqual(0)
    expect(greatest).toBeLessThan(1)
    expect(Math.abs(average - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / COUNT))
    const variance = mean(
      () => random.uniform(-3, 5),
      (value) => (value - 1) ** 2,
    )
    const fourth = 8 ** 4 / 80 // the fourth central moment of a uniform number of width 8; its variance is 8²/12
    expect(Math.abs(variance - 64 / 12)).toBeLessThan(4 * Math.sqrt((fourth - (64 / 12) ** 2) / COUNT))
  })

  it('draws normal numbers of mean 0, variance 1, third moment 0 and fourth moment 3', () => {
    const random = new Generator(3)
    const draw = () => random.normal()
    const error = (varianceOfPower: number) => 4 * Math.sqrt(varianceOfPower / COUNT) // E x⁴, x⁶, x⁸ = 3, 15, 105
    expect(Math.abs(mean(draw))).toBeLessThan(error(1))
    expect(Math.abs(mean(draw, (x) => x ** 2) - 1)).toBeLessThan(error(3 - 1))
    expect(Math.abs(mean(draw, (x) => x ** 3))).toBeLessThan(error(15))
    expect(Math.abs(mean(draw, (x) => x ** 4) - 3)).toBeLessThan(error(105 - 9))
    const beyond = mean(draw, (x) => (Math.abs(x) > 1.959964 ? 1 : 0))
    expect(Math.abs(beyond - 0.05)).toBeLessThan(error(0.05 * 0.95))
  })

  it.each([1, 2, 3, 7, 10, 1000])('draws whole numbers below %d, each equally often', (below) => {
    const random = new Generator(4)
    const counts = new Float64Array(below)
    for (let k = 0; k < COUNT; k++) {
      const drawn = random.integer(below)
      counts[drawn] = (counts[drawn] as number) + 1
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(COUNT)
    const freedom = below - 1 // a chi-square has mean `freedom` and variance 2·freedom
    expect(chiSquare(counts, COUNT / below)).toBeLessThanOrEqual(freedom + 5 * Math.sqrt(2 * freedom))
  })

  it('is without bias where below does not divide 2³²', () => {
    const random = new Generator(5)
    const below = 3 * 2 ** 30 // plain remainders would fall into the lowest third twice as often
    const low = mean(
      () => random.integer(below),
      (value) => (value < 2 ** 30 ? 1 : 0),
    )
    expect(Math.abs(low - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / COUNT))
  })

  it('continues from a saved state exactly', () => {
    const random = new Generator(6)
    const draws = (source: Generator) =>
      Array.from({ length: 50 }, () => [source.bits(), source.uniform(), source.normal(), source.integer(10)])
    for (let k = 0; k < 20; k++) {
      random.normal()
      const saved = JSON.parse(JSON.stringify(random.state)) as Generator['state']
      const expected = draws(random)
      const other = new Generator(99)
      other.state = saved
      expect(draws(other)).toEqual(expected)
      expect(other.state).toEqual(random.state)
    }
  })

  it('gives the same numbers for the same seed and others for another', () => {
    const first = (seed: number) =>
      Array.from(
        { length: 4 },
        (
          (random) => () =>
            random.bits()
        )(new Generator(seed)),
      ).join()
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 2, 2 ** 53 - 1]
    expect(new Set(seeds.map(first)).size).toBe(seeds.length)
    expect(first(2 ** 53 - 1)).toBe(first(2 ** 53 - 1))
  })

  it('gives first numbers of neighbouring seeds that look independent', () => {
    let seed = 0
    const average = mean(
      () => new Generator(seed++).uniform(),
      (value) => value,
      20_000,
    )
    expect(Math.abs(average - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 20_000))
    const product = mean(
      () => new Generator(seed).uniform(-1) * new Generator(++seed).uniform(-1),
      (value) => value,
      20_000,
    )
    expect(Math.abs(product)).toBeLessThan(4 * Math.sqrt(1 / 9 / 20_000))
  })

  it.each([
    [undefined, TypeError],
    [null, TypeError],
    ['1', TypeError],
    [1n, TypeError],
    [-1, RangeError],
    [0.5, RangeError],
    [2 ** 53, RangeError],
    [Number.NaN, RangeError],
    [Number.POSITIVE_INFINITY, RangeError],
  ])('refuses the seed %s', (seed, Kind) => {
    const act = () => new Generator(seed as number)
    expect(act).toThrow(Kind)
    expect(act).toThrow(/^Generator: the seed is .*; expected a whole number of at (least 0|most 2⁵³ − 1)/)
  })

  it('refuses words of a state that are no 32-bit numbers, and does not stay at zero', () => {
    const random = new Generator(0)
    for (const word of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => {
        random.state = [1, word, 3, 4]
      }).toThrow(RangeError)
    }
    random.state = [0, 0, 0, 0]
    expect(Array.from({ length: 8 }, () => random.bits()).some((bits) => bits !== 0)).toBe(true)
  })
})

describe('drawSeed', () => {
  it('draws seeds that a Generator takes, hardly ever the same', () => {
    const seeds = Array.from({ length: 8 }, drawSeed)
    for (const seed of seeds) expect(() => new Generator(seed)).not.toThrow()
    expect(new Set(seeds).size).toBeGreaterThan(1)
  })
})

describe('permutation', () => {
  it('holds every index once', () => {
    for (const count of [0, 1, 2, 3, 10, 257]) {
      const order = permutation(count, new Generator(count))
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
    }
  })

  it('draws each of the 24 orders of four equally often', () => {
    const random = new Generator(7)
    const counts = new Map<string, number>()
    for (let k = 0; k < 24_000; k++) {
      const order = permutation(4, random).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    expect(chiSquare(counts.values(), 1000)).toBeLessThan(49.7) // the 0.999 quantile at 23 degrees of freedom
  })

  it('is the same for the same seed', () => {
    expect(permutation(100, new Generator(8))).toEqual(permutation(100, new Generator(8)))
  })
})
