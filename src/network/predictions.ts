import ndarray from 'ndarray'
import type { Labels } from '../data/labels.ts'
import { readLabels } from '../data/labels.ts'
import type { View } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import type { Rows, Table } from '../matrix/rows.ts'
import type { Layer } from '../rule/rule.ts'
import { readInputs } from './batch.ts'
import { copyOut } from './block.ts'
import type { Inside } from './inside.ts'
import type { Accuracy } from './labels.ts'
import { compareLabels, countLabels, refuseRow } from './labels.ts'

/** The outputs A_L for these rows (n×inputs): n×outputs. */
export function predict(where: string, inside: Inside, inputs: Table): Matrix {
  return activationsOf(where, inside, inputs, [inside.engine.output])[0] as Matrix
}

/** Every A_l for these rows (n×inputs): n × the layer's units. */
export function activations(where: string, inside: Inside, inputs: Table): Matrix[] {
  const layers = inside.engine.layers.map(({ A }) => A)
  return activationsOf(where, inside, inputs, layers)
}

/** Copies of some A_l, which a forward pass fills block by block. */
function activationsOf(where: string, { blueprint, engine }: Inside, inputs: Table, layers: readonly View[]): Matrix[] {
  const rows = readInputs(where, blueprint, inputs)
  const copies = layers.map((A) => {
    const columns = A.shape[1] as number
    return { A, columns, data: zeros(blueprint.dtype, rows.rows * columns) }
  })
  engine.predict({ inputs: rows }, (start, count) => {
    for (const { A, columns, data } of copies) copyOut(A, count, data, start * columns)
  })
  return copies.map(({ columns, data }) => Matrix.wrap(ndarray(data, [rows.rows, columns])))
}

/** The label of each row (n×inputs). */
export function classify(where: string, inside: Inside, inputs: Table): number[] {
  return labelRows(where, inside, readInputs(where, inside.blueprint, inputs))
}

/** Compares the labels of rows with the true ones. */
export function accuracy(where: string, inside: Inside, inputs: Table, labels: Labels): Accuracy {
  const rows = readInputs(where, inside.blueprint, inputs)
  const expected = readLabels(where, labels, labelsOf(where, inside))
  return compareLabels(where, labelRows(where, inside, rows), expected)
}

function labelRows(where: string, inside: Inside, inputs: Rows): number[] {
  labelsOf(where, inside)
  const { engine } = inside
  const labels: number[] = []
  engine.label({ inputs }, (label, i, row) => {
    if (Number.isNaN(label)) refuseRow(where, engine.output, i, row)
    labels.push(label)
  })
  return labels
}

/** How many labels the network tells apart. */
function labelsOf(where: string, { engine }: Inside): number {
  const { f, b } = engine.layers.at(-1) as Layer
  return countLabels(where, f, b.shape[1] as number)
}
