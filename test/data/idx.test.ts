import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readIdx } from '../../src/data/idx.ts'
import type { IdxData } from '../../src/data/idx-header.ts'
import { Generator } from '../../src/random/generator.ts'

/** The format's types, written here once more from its description. */
const types = [
  { name: 'uint8', code: 0x08, Kind: Uint8Array, write: 'setUint8' },
  { name: 'int8', code: 0x09, Kind: Int8Array, write: 'setInt8' },
  { name: 'int16', code: 0x0b, Kind: Int16Array, write: 'setInt16' },
  { name: 'int32', code: 0x0c, Kind: Int32Array, write: 'setInt32' },
  { name: 'float32', code: 0x0d, Kind: Float32Array, write: 'setFloat32' },
  { name: 'float64', code: 0x0e, Kind: Float64Array, write: 'setFloat64' },
] as const

type IdxType = (typeof types)[number]

function encode({ code, Kind, write }: IdxType, shape: readonly number[], values: IdxData): Uint8Array {
  const start = 4 + 4 * shape.length
  const size = Kind.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(start + values.length * size)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, code, shape.length])
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length)
  values.forEach((value: number, k: number) => {
    view[write](start + k * size, value)
  })
  return bytes
}

function header(code: number, ...sizes: number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length)
  bytes.set([0, 0, code, sizes.length])
  for (const [axis, size] of sizes.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * axis, size)
  return bytes
}

function joined(...parts: (Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

async function failure(bytes: unknown): Promise<Error> {
  return readIdx(bytes as Uint8Array).then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  )
}

const small = joined(header(8, 2, 3), [1, 2, 3, 4, 5, 6])

describe('readIdx', () => {
  it('reads the labels of the example in the description of MNIST', async () => {
    const labels = await readIdx(joined([0, 0, 8, 1, 0, 0, 0, 3], [5, 0, 4]))
    expect([labels.dtype, labels.shape, [...(labels.data as Uint8Array)]]).toEqual(['uint8', [3], [5, 0, 4]])
  })

  it('reads numbers of more than one byte as big-endian', async () => {
    const array = await readIdx(joined(header(0x0b, 3), [0x01, 0x02, 0xff, 0xfe, 0x80, 0x00]))
    expect([0, 1, 2].map((i) => array.get(i))).toEqual([0x0102, -2, -32768])
    const float = await readIdx(joined(header(0x0d, 1), [0x40, 0x49, 0x0f, 0xdb]))
    expect(float.get(0)).toBe(Math.fround(Math.PI))
  })

  it.each(types)('gives back what was written as $name, of any shape, plain or compressed', async (type) => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 0 }), fc.boolean(), async (shape, seed, compressed) => {
        const random = new Generator(seed)
        const count = shape.reduce((product, size) => product * size, 1)
        const values = Uint8Array.from({ length: count * type.Kind.BYTES_PER_ELEMENT }, () => random.integer(256))
        const elements = new type.Kind(values.buffer).map((value) => (Number.isNaN(value) ? 0.5 : value))
        const bytes = encode(type, shape, elements)
        const array = await readIdx(compressed ? gzipSync(bytes) : bytes)
        expect(array.dtype).toBe(type.name)
        expect(array.shape).toEqual(shape)
        expect(array.data).toEqual(elements)
      }),
      { numRuns: 150 },
    )
  })

  it('counts the last index fastest', async () => {
    const array = await readIdx(small)
    expect([array.get(0, 2), array.get(1, 0)]).toEqual([3, 4])
  })

  it('takes an ArrayBuffer, a Buffer and a part of a larger buffer', async () => {
    const part = joined([9, 9, 9], small, [9]).subarray(3, 3 + small.length)
    for (const bytes of [small.buffer as ArrayBuffer, Buffer.from(small), part, gzipSync(part)]) {
      expect((await readIdx(bytes)).data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6))
    }
  })

  it('shares nothing with the bytes and leaves them as they were', async () => {
    for (const bytes of [joined(small), joined(header(0x0b, 1), [1, 2]), joined(gzipSync(small))]) {
      const before = [...bytes]
      const array = await readIdx(bytes)
      array.data[0] = 77
      expect([...bytes]).toEqual(before)
      bytes.fill(0)
      expect(array.data[0]).toBe(77)
    }
  })

  it('reads compressed data of many chunks', async () => {
    const random = new Generator(3)
    const elements = Uint8Array.from({ length: 100_000 }, () => random.integer(256))
    const array = await readIdx(gzipSync(joined(header(8, 10, 100, 100), elements)))
    expect(array.shape).toEqual([10, 100, 100])
    expect(Buffer.from(array.data as Uint8Array).equals(elements)).toBe(true)
  })

  it('takes up to 32 dimensions', async () => {
    const array = await readIdx(joined(header(8, ...Array(31).fill(1), 2), [4, 5]))
    expect(array.shape).toHaveLength(32)
    expect((await failure(joined(header(8, ...Array(33).fill(1)), [4]))).message).toMatch(/dimensions.*33/)
  })
})

const announced = (bytes: number) => new RegExp(`the number of bytes is .*${bytes}, as the header announces`)

const wrong: readonly [title: string, bytes: Uint8Array, message: RegExp][] = [
  ['no bytes', Uint8Array.of(), /the number of bytes is 0; expected a whole header/],
  ['half a header', small.subarray(0, 9), /the number of bytes is 9; expected a whole header/],
  ['another first byte', joined([1], small.subarray(1)), /the magic number is 0x01 0x00 0x08/],
  ['another second byte', joined([0, 7], small.subarray(2)), /the magic number is 0x00 0x07 0x08/],
  ['an unknown type', joined(header(0x0a, 1), [1]), /the magic number is 0x00 0x00 0x0a; expected .*0x0e/],
  ['text', new TextEncoder().encode('label,pixel\n'), /the magic number is 0x6c 0x61 0x62/],
  ['no dimensions', Uint8Array.of(0, 0, 8, 0, 1), /the number of dimensions \(byte 3\) is 0; expected 1 to 32/],
  ['255 dimensions', joined([0, 0, 8, 255], Array(1021).fill(1)), /dimensions \(byte 3\) is 255/],
  ['a size of 0', joined(header(8, 2, 0)), /the size of dimension 1 \(counted from 0\) is 0; expected at least 1/],
  ['a byte too few', small.subarray(0, 17), announced(18)],
  ['a byte too many', joined(small, [0]), announced(18)],
  ['half an element', joined(header(0x0e, 2), Array(12).fill(0)), /is 20; expected 24, .*float64.*\(2\)/],
  ['a size of 2³² − 1', joined(header(8, 0xffffffff), [1]), announced(2 ** 32 + 7)],
  ['a product beyond 2⁶⁴', joined(header(0x0e, ...Array(3).fill(0xffffffff)), [1]), /announces float64/],
  ['a product beyond all numbers', joined(header(0x0e, ...Array(32).fill(0xffffffff)), [1]), /expected Infinity/],
]

describe('readIdx of bytes that are no IDX file', () => {
  it.each(wrong)('refuses %s', async (_title, bytes, message) => {
    const error = await failure(bytes)
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toMatch(/^readIdx: /)
    expect(error.message).toMatch(message)
  })

  it.each(wrong)('refuses %s when it is compressed', async (_title, bytes, message) => {
    const error = await failure(gzipSync(bytes))
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toMatch(message)
  })

  it.each([undefined, null, 'text', 5, [0, 0, 8, 1], {}, new Uint16Array(4), new DataView(new ArrayBuffer(8))])(
    'refuses %s, which is not bytes',
    async (value) => {
      const error = await failure(value)
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toMatch(/^readIdx: the argument is .*; expected a Uint8Array or an ArrayBuffer/)
    },
  )

  it('refuses compressed data that is cut off, changed or followed by more', async () => {
    const bytes = gzipSync(small)
    const last = bytes.length - 1
    const changed = joined(bytes.subarray(0, last - 5), [(bytes[last - 5] as number) ^ 1], bytes.subarray(last - 4))
    for (const broken of [bytes.subarray(0, -1), bytes.subarray(0, 12), bytes.subarray(0, 2), changed]) {
      expect((await failure(broken)).message).toMatch(
        /^readIdx: the gzip data is corrupt or cut short( \(.+\))?; expected a whole gzip/,
      )
    }
    for (const longer of [joined(bytes, [1, 2, 3, 4]), joined(bytes, Array(512).fill(0))]) {
      expect(await failure(longer)).toBeInstanceOf(RangeError)
    }
  })

  it('refuses two gzip members in a row, which engines read differently', async () => {
    const error = await failure(joined(gzipSync(small.subarray(0, 15)), gzipSync(small.subarray(15))))
    expect(error).toBeInstanceOf(RangeError)
  })

  it('stops at the first chunk beyond what the header announces, however much would follow', async () => {
    const bomb = gzipSync(Buffer.concat([header(8, 5), Buffer.alloc(2 ** 24)]))
    const before = process.memoryUsage().arrayBuffers
    const error = await failure(bomb)
    expect(error).toBeInstanceOf(RangeError)
    const received = Number(/at least (\d+)/.exec(error.message)?.[1])
    expect(received).toBeLessThanOrEqual(2 ** 20) // of 2²⁴
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22)
  })

  it('allocates nothing on the word of a header', async () => {
    const before = process.memoryUsage().arrayBuffers
    for (let size = 2 ** 28; size < 2 ** 32; size += 2 ** 28) {
      const bytes = joined(header(8, size), [1])
      for (const hostile of [bytes, gzipSync(bytes)]) expect(await failure(hostile)).toBeInstanceOf(RangeError)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25)
  })
})

/** One random change: a bit turned, a byte replaced, a cut, bytes put in or taken out, mostly near the start. */
function mutate(bytes: Uint8Array, random: Generator): Uint8Array {
  const near = random.integer(2) === 0 ? Math.min(bytes.length, 24) : bytes.length
  const at = random.integer(Math.max(near, 1))
  const copy = Uint8Array.from(bytes)
  const kind = random.integer(5)
  if (kind === 0) copy[at] = (copy[at] as number) ^ (1 << random.integer(8))
  if (kind === 1) copy[at] = [0, 1, 8, 0x0d, 0x0e, 127, 255][random.integer(7)] as number
  if (kind === 2) return copy.subarray(0, at)
  if (kind === 3) return joined(copy.subarray(0, at), [random.integer(256)], copy.subarray(at))
  if (kind === 4) return joined(copy.subarray(0, at), copy.subarray(at + 1 + random.integer(4)))
  return copy
}

/** Reads; what is read must agree with itself, what is thrown must be one of the two promised kinds. */
async function outcome(bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    const array = await readIdx(bytes)
    expect(array.shape.reduce((product, size) => product * size, 1)).toBe(array.data.length)
    expect(array.size).toBe(array.data.length)
    return 'read'
  } catch (error) {
    if (!(error instanceof RangeError && error.message.startsWith('readIdx: '))) throw error
    return 'refused'
  }
}

// Thousands of files each: the time allowed is for slow machines, nothing is measured.
describe('readIdx of changed files', { timeout: 60_000 }, () => {
  it.each([
    { form: 'plain', wrap: (bytes: Uint8Array) => bytes, runs: 6000 },
    { form: 'compressed', wrap: (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes)), runs: 3000 },
    { form: 'changed, then compressed', wrap: (bytes: Uint8Array) => bytes, runs: 2000 },
  ])('reads or refuses with a RangeError whatever was done to $form bytes', async ({ form, wrap, runs }) => {
    const random = new Generator(20)
    const outcomes = { read: 0, refused: 0 }
    for (let run = 0; run < runs; run++) {
      const type = types[random.integer(types.length)] as IdxType
      const shape = Array.from({ length: 1 + random.integer(3) }, () => 1 + random.integer(4))
      const count = shape.reduce((product, size) => product * size, 1)
      let bytes = wrap(encode(type, shape, new type.Kind(count).fill(random.integer(100))))
      for (let changes = 1 + random.integer(3); changes > 0; changes--) bytes = mutate(bytes, random)
      outcomes[await outcome(form.includes('then') ? gzipSync(bytes) : bytes)]++
    }
    expect(outcomes.refused).toBeGreaterThan(runs / 4)
    expect(outcomes.read).toBeGreaterThan(0)
  })

  it('reads or refuses any bytes at all', async () => {
    const magic = fc.constantFrom<number[][]>([], [0, 0, 8], [0, 0, 0x0d, 1], [0x1f, 0x8b], [0x1f, 0x8b, 8, 0])
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 64 }), async (start, rest) => {
        await outcome(joined(start, rest))
      }),
      { numRuns: 1500 },
    )
  })
})
