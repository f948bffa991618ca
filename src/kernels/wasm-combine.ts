import type { KernelSet } from './kernel-set.ts'
import { ndarrayKernels } from './ndarray.ts'
import type { Dtype, FloatArray, View } from './plan.ts'
import type { Binary } from './wasm-memory.ts'
import { Arena } from './wasm-memory.ts'
import { kindOf } from './wasm-plan.ts'

/** Fewer elements than this are combined sooner where they are. */
const LEAST = 256

/** Elements of a chunk: three of them stay in the second-level cache. */
const CHUNK = 8192

const kinds = ['add', 'subtract', 'multiply'] as const

/** A chunk of a, b and out in an arena, and what combines them. */
interface Bench {
  readonly a: View
  readonly b: View
  readonly out: View
  readonly run: Readonly<Record<(typeof kinds)[number], () => boolean>>
  readonly areFinite: () => boolean
}

const benches: { [K in `${Binary} ${Dtype}`]?: Bench } = {}

/** out = a ∘ b: contiguous matrices go through an arena in chunks; others are combined by the reference where they are. */
export function combineInChunks(
  kind: Parameters<KernelSet['combine']>[0],
  out: View,
  a: View,
  b: View,
  binary: Binary,
): void {
  const [rows, columns] = out.shape as [number, number]
  const length = rows * columns
  if (length < LEAST || ![out, a, b].every(isContiguous)) {
    ndarrayKernels.combine(kind, out, a, b)
    return
  }
  const bench = benchFor(binary, out.dtype as Dtype)
  for (let from = 0; from < length; from += CHUNK) {
    const to = Math.min(from + CHUNK, length)
    bench.a.data.set(a.data.subarray(a.offset + from, a.offset + to))
    bench.b.data.set(b.data.subarray(b.offset + from, b.offset + to))
    bench.run[kind]()
    out.data.set(to - from < CHUNK ? bench.out.data.subarray(0, to - from) : bench.out.data, out.offset + from)
  }
}

/** Whether no number is NaN or infinite: chunk by chunk. */
export function isFiniteInChunks(numbers: FloatArray, binary: Binary): boolean {
  if (numbers.length < CHUNK / 2) return ndarrayKernels.isFinite(numbers)
  const dtype = numbers.BYTES_PER_ELEMENT === 4 ? 'float32' : 'float64'
  const { a, areFinite } = benchFor(binary, dtype)
  for (let from = 0; from < numbers.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, numbers.length)
    a.data.set(numbers.subarray(from, to))
    a.data.fill(0, to - from)
    if (!areFinite()) return false
  }
  return true
}

function isContiguous({ shape, stride }: View): boolean {
  const [rows, columns] = shape as [number, number]
  return (stride[1] === 1 || columns === 1) && (stride[0] === columns || rows === 1)
}

function benchFor(binary: Binary, dtype: Dtype): Bench {
  const key = `${binary} ${dtype}` as const
  benches[key] ??= makeBench(binary, dtype)
  return benches[key]
}

function makeBench(binary: Binary, dtype: Dtype): Bench {
  const shape = [1, CHUNK] as const
  const arena = new Arena(binary, dtype, [shape, shape, shape])
  const [a, b, out] = [arena.take(...shape), arena.take(...shape), arena.take(...shape)]
  const write = (f: number) => arena.write([{ kind: kindOf('combine'), f, views: [a, b, out] }])
  const areFinite = arena.write([{ kind: kindOf('finite'), views: [a] }])
  return { a, b, out, run: { add: write(0), subtract: write(1), multiply: write(2) }, areFinite }
}
