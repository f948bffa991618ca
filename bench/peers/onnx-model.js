// A dense network as an ONNX file, encoded by hand: protocol buffers, of which ONNX needs three kinds of field.
// See onnx.proto3 of the ONNX project for the field numbers.

const OPERATORS = { sigmoid: 'Sigmoid', relu: 'Relu', softmax: 'Softmax' }
const FLOAT = 1

/** The bytes of a model that maps `inputs` (rows×layers[0]) to `outputs`: a Gemm and an activation for each layer. */
export function onnxModel({ layers, hidden, output }, parameters) {
  const nodes = parameters.flatMap((_, l) => {
    const last = l === parameters.length - 1
    return [
      node('Gemm', [l === 0 ? 'inputs' : `A${l}`, `W${l + 1}`, `b${l + 1}`], `Z${l + 1}`),
      node(OPERATORS[last ? output : hidden], [`Z${l + 1}`], last ? 'outputs' : `A${l + 1}`),
    ]
  })
  const initializers = parameters.flatMap(({ weights, biases }, l) => [
    tensor(`W${l + 1}`, [layers[l], layers[l + 1]], weights),
    tensor(`b${l + 1}`, [layers[l + 1]], biases),
  ])
  const graph = [
    ...nodes.map((bytes) => field(1, bytes)),
    field(2, text('network')),
    ...initializers.map((bytes) => field(5, bytes)),
    field(11, matrixInfo('inputs', layers[0])),
    field(12, matrixInfo('outputs', layers.at(-1))),
  ]
  const opset = number(2, 13) // of the default domain
  return Uint8Array.from([number(1, 8), field(7, graph), field(8, opset)].flat(Infinity)) // ir_version, graph, opset_import
}

function node(operator, inputs, result) {
  return [...inputs.map((name) => field(1, text(name))), field(2, text(result)), field(4, text(operator))]
}

function tensor(name, shape, numbers) {
  const raw = [...new Uint8Array(Float32Array.from(numbers).buffer)] // little-endian, as ONNX has it
  return [...shape.map((size) => number(1, size)), number(2, FLOAT), field(8, text(name)), field(9, raw)]
}

/** A float matrix of any number of rows. */
function matrixInfo(name, columns) {
  const shape = [field(1, field(2, text('rows'))), field(1, number(1, columns))]
  const type = field(1, [number(1, FLOAT), field(2, shape)])
  return [field(1, text(name)), field(2, type)]
}

/** A field of bytes (wire type 2). */
function field(id, content) {
  const bytes = content.flat(Infinity)
  return [...varint(id * 8 + 2), ...varint(bytes.length), ...bytes]
}

/** A field of one whole number (wire type 0). */
function number(id, value) {
  return [...varint(id * 8), ...varint(value)]
}

function varint(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

function text(value) {
  return [...new TextEncoder().encode(value)]
}
