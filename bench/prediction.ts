import type { Benchmark, Case } from './benchmark.ts'
import { npmPeer, oneAndTwo, ours, pythonPeer } from './contenders.ts'
import type { Field } from './report.ts'
import { mnist } from './scratch.ts'

const SEED = 20230918
const LAYERS = [784, 100, 10]

/** Prediction by the lecture note's network: one digit, and all 10,000 at once. */
export function prediction({ kernels, pythons, scratch, quick }: Field): Benchmark {
  const parameters = scratch.parameters('predict', { layers: LAYERS, seed: SEED })
  const network = { layers: LAYERS, hidden: 'sigmoid', output: 'sigmoid', dtype: 'float32', parameters } as const
  const cases = [1, quick ? 50 : 10_000].map((rows): Case => {
    const task = { ...network, kind: 'predict', data: mnist('t10k', rows) } as const
    const name = rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`
    return { name, contest: { task, unit: 1, check: 1, most: 1e6 }, scale: 1e6 }
  })
  return {
    name: 'prediction',
    title: 'Prediction by 784-100-10, sigmoid',
    unit: 'µs a call',
    amounts: 'calls a run',
    value: 'mean output',
    cases,
    contenders: [
      ours('predict', kernels),
      ...npmPeer('onnxruntime-web'),
      ...npmPeer('tfjs wasm'),
      ...pythonPeer('PyTorch', pythons, oneAndTwo()),
    ],
    effort: quick ? { repeats: 3 } : { repeats: 5, seconds: 0.5 },
    setting: { layers: LAYERS, seed: SEED },
  }
}
