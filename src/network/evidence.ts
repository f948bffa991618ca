import type { ElementActivation, View } from '../kernels/plan.ts'
import { drain } from '../matrix/pauses.ts'
import type { Rows } from '../matrix/rows.ts'
import { forEach } from '../matrix/view.ts'
import { activations } from '../rule/activations.ts'
import { losses } from '../rule/losses.ts'
import type { Layer } from '../rule/rule.ts'
import type { ColumnRange, LayerEvidence } from '../training/diagnosis.ts'
import type { Batch } from './batch.ts'
import { Engine, noPenalty } from './engine.ts'
import type { Blueprint } from './options.ts'

/** The column that reaches farthest from 0. */
export function farthestColumn({ data, columns }: Rows): ColumnRange {
  let farthest = 0
  for (let k = 1; k < data.length; k++) {
    if (Math.abs(data[k] as number) > Math.abs(data[farthest] as number)) farthest = k
  }
  const column = farthest % columns
  let [least, greatest] = [data[farthest] as number, data[farthest] as number]
  for (let k = column; k < data.length; k += columns) {
    least = Math.min(least, data[k] as number)
    greatest = Math.max(greatest, data[k] as number)
  }
  return { column, least, greatest }
}

/** The first number of a network's parameters that is not finite, in words. */
export function brokenParameter(layers: readonly Layer[]): string | undefined {
  for (const [l, { W, b }] of layers.entries()) {
    for (const [name, view] of [
      ['weights', W],
      ['biases', b],
    ] as const) {
      // biome-ignore format: a pair of pairs
      const place = firstBroken(view, view.shape[0] as number)
      if (place !== undefined) {
        const [i, j] = place
        return `layer ${l}, ${name}, row ${i}, column ${j} (${view.get(i, j)})`
      }
    }
  }
  return undefined
}

/** The row of the batch, as the data counts it, whose loss is not finite. */
export function brokenRow(engine: Engine, batch: Batch): number | undefined {
  const { perRow } = engine.workspace
  const { from = 0, order } = batch
  let found: number | undefined
  engine.loss(batch, noPenalty, (start, count) => {
    for (let i = 0; found === undefined && i < count; i++) {
      if (!Number.isFinite(perRow.get(i, 0))) found = order === undefined ? from + start + i : order[from + start + i]
    }
  })
  return found
}

/** What a float64 copy of a network shows on the first block of a batch, where float32 may have overflowed. */
export function measureLayers(
  blueprint: Blueprint,
  parameters: readonly Layer[],
  batch: Batch,
): { layers: LayerEvidence[]; ownFunction?: string } {
  let engine: Engine
  try {
    engine = new Engine({ ...blueprint, dtype: 'float64' })
  } catch {
    return { layers: [] } // no memory for a copy: the error names what is known without
  }
  for (const [l, { W, b }] of engine.layers.entries()) {
    copy(parameters[l]?.W as View, W)
    copy(parameters[l]?.b as View, b)
  }
  const { from = 0, to = batch.inputs.rows } = batch
  const rows = Math.min(to - from, engine.workspace.blockRows)
  drain(engine.gradientsInBlocks({ ...batch, from, to: from + rows }, noPenalty))
  const ownFunction = brokenFunction(blueprint, engine, rows)
  return { layers: engine.layers.map((layer) => measureLayer(layer, rows)), ...(ownFunction ? { ownFunction } : {}) }
}

function measureLayer({ f, W, dW, db, Z, A }: Layer, rows: number): LayerEvidence {
  const units = A.shape[1] as number
  let [dead, saturated] = [0, 0]
  for (let j = 0; j < units && !('rowwise' in f); j++) {
    const steepest = steepestOf(f, Z, A, j, rows)
    if (steepest === 0) dead++
    else if (steepest < 1e-3) saturated++
  }
  return {
    largestActivation: largest(A.hi(rows, units)),
    gradientNorm: norm(dW, db),
    largestWeight: largest(W),
    deadShare: dead / units,
    saturatedShare: saturated / units,
  }
}

/** max |f'| of one unit over the rows. */
function steepestOf(f: ElementActivation, Z: View, A: View, j: number, rows: number): number {
  let most = 0
  for (let i = 0; i < rows; i++) most = Math.max(most, Math.abs(f.derivative(Z.get(i, j), A.get(i, j))))
  return most
}

/** A function of the user's own that gave no finite number for finite ones, in words. */
function brokenFunction({ E }: Blueprint, engine: Engine, rows: number): string | undefined {
  for (const [l, { f, Z, A }] of engine.layers.entries()) {
    const isOwn = !Object.hasOwn(activations, f.name)
    if (firstBroken(Z, rows) !== undefined) return undefined
    const [i, j] = firstBroken(A, rows) ?? []
    if (isOwn && i !== undefined && j !== undefined) {
      return `your activation ${f.name} of layer ${l} gives ${A.get(i, j)} for z = ${Z.get(i, j)}`
    }
    if (!isOwn || 'rowwise' in f) continue
    const place = firstWhere(Z, rows, (i, j) => !Number.isFinite(f.derivative(Z.get(i, j), A.get(i, j))))
    if (place !== undefined)
      return `the derivative of your activation ${f.name} of layer ${l} is not finite for z = ${Z.get(...place)}`
  }
  if (Object.hasOwn(losses, E.name)) return undefined
  const { perRow, layers } = { ...engine.workspace }
  const { loss } = layers.at(-1) as Layer
  const broken = firstBroken(perRow, rows) ?? firstBroken(loss, rows)
  return broken && `your loss ${E.name} or its derivative is not finite for row ${broken[0]} of the batch`
}

function firstBroken(view: View, rows: number): [number, number] | undefined {
  return firstWhere(view, rows, (i, j) => !Number.isFinite(view.get(i, j)))
}

function firstWhere(view: View, rows: number, holds: (i: number, j: number) => boolean): [number, number] | undefined {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < (view.shape[1] as number); j++) if (holds(i, j)) return [i, j]
  }
  return undefined
}

function largest(view: View): number {
  let most = 0
  forEach(view, (i, j) => {
    most = Math.max(most, Math.abs(view.get(i, j)))
  })
  return most
}

/** √Σ² of two matrices together. */
function norm(dW: View, db: View): number {
  const scale = Math.max(largest(dW), largest(db))
  if (scale === 0 || !Number.isFinite(scale)) return scale
  let sum = 0
  for (const view of [dW, db]) {
    forEach(view, (i, j) => {
      sum += (view.get(i, j) / scale) ** 2
    })
  }
  return scale * Math.sqrt(sum)
}

function copy(from: View, to: View): void {
  forEach(to, (i, j) => {
    to.set(i, j, from.get(i, j))
  })
}
