import * as ort from 'onnxruntime-web'
import { onnxModel } from './onnx-model.js'

/** onnxruntime-web, one thread, on a model file of the same parameters (onnx-model.js). */
export async function open(task, { inputs, parameters }) {
  ort.env.wasm.numThreads = 1
  const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' }
  const session = await ort.InferenceSession.create(onnxModel(task, parameters), options)
  const feeds = { inputs: new ort.Tensor('float32', inputs, [task.data.rows, task.layers[0]]) }
  const begin = (calls) => async () => {
    let { outputs } = await session.run(feeds)
    for (let call = 1; call < calls; call++) outputs = (await session.run(feeds)).outputs
    return outputs.data.reduce((sum, value) => sum + value, 0) / outputs.data.length
  }
  return { versions: { 'onnxruntime-web': ort.env.versions.web }, begin }
}
