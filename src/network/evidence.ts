import type { LayerEvidence } from '../findings/layers.ts'
import type { ElementActivation, View } from '../kernels/plan.ts'
import { drain } from '../matrix/pauses.ts'
import { forEach } from '../matrix/view.ts'
import { activations } from '../rule/activations.ts'
import type { Layer } from '../rule/rule.ts'
import type { Batch } from './batch.ts'
import type { Engine } from './engine.ts'
import { noPenalty } from './engine.ts'
import { float64Copy } from './float64-copy.ts'
import type { Blueprint } from './options.ts'
import { brokenFunction } from './own-functions.ts'

/** A number of a network's parameters that is not finite. */
export interface BrokenParameter {
  readonly place: string
  readonly value: number
}

/** The first of them. */
export function brokenParameter(layers: readonly Layer[]): BrokenParameter | undefined {
  for (const [l, { W, b }] of layers.entries()) {
    const [inW, inB] = [firstBroken(W), firstBroken(b)]
    const found = inW ?? inB
    if (found === undefined) continue
    const { i, j, value } = found
    return { place: wordPlace(l, inW !== undefined, i, j), value }
  }
  return undefined
}

/** An element of a layer's weights or biases, as the subject of a sentence. */
export function wordPlace(l: number, isWeight: boolean, i: number, j: number): string {
  return `layer ${l}, ${isWeight ? `weights, row ${i}, column ${j}` : `biases, column ${j}`},`
}

/** The first row of a batch whose loss is not finite. */
export interface BrokenRow {
  /** as the data counts it */
  readonly row: number
  /** its place in the batch */
  readonly place: number
  /** the first layer whose activations are not finite; absent where only the loss is so */
  readonly layer?: number
}

export function brokenRow({ engine }: { readonly engine: Engine }, batch: Batch): BrokenRow | undefined {
  const { perRow } = engine.workspace
  const { from = 0, order } = batch
  let found: BrokenRow | undefined
  engine.loss(batch, noPenalty, (start, count) => {
    for (let i = 0; found === undefined && i < count; i++) {
      if (Number.isFinite(perRow.get(i, 0))) continue
      const place = start + i
      const layer = firstBrokenLayer(engine.layers, i)
      found = { row: order?.[from + place] ?? from + place, place, ...(layer < 0 ? {} : { layer }) }
    }
  })
  return found
}

/** The first layer whose A is not finite in row i of the block; of the last Z too, which some losses take. −1 for none. */
function firstBrokenLayer(layers: readonly Layer[], i: number): number {
  return layers.findIndex(({ A, Z }, l) => {
    const rows = l === layers.length - 1 ? [A, Z] : [A]
    return rows.some((row) => firstBroken(row.lo(i, 0).hi(1, A.shape[1] as number)) !== undefined)
  })
}

/** What a float64 copy of a network shows on the block of a batch that holds the place, where float32 may have overflowed. */
export function measureLayers(
  blueprint: Blueprint,
  parameters: readonly Layer[],
  batch: Batch,
  place: number,
): { layers: LayerEvidence[]; ownFunction?: string } {
  try {
    const engine = float64Copy(blueprint, parameters)
    const { blockRows } = engine.workspace
    const start = (batch.from ?? 0) + Math.floor(place / blockRows) * blockRows
    const rows = Math.min((batch.to ?? batch.inputs.rows) - start, blockRows)
    const loss = drain(engine.gradientsInBlocks({ ...batch, from: start, to: start + rows }, noPenalty))
    const ownFunction = brokenFunction(blueprint, engine, rows, (i) => batch.order?.[start + i] ?? start + i)
    const layers = engine.layers.map((layer) => measureLayer(layer, rows, Number.isFinite(loss)))
    return { layers, ...(ownFunction ? { ownFunction } : {}) }
  } catch {
    return { layers: [] } // no memory for a copy, or a function that throws: the error names what is known without
  }
}

function measureLayer({ f, W, b, dW, db, Z, A }: Layer, rows: number, hasGradients: boolean): LayerEvidence {
  const units = A.shape[1] as number
  let [dead, saturated] = [0, 0]
  for (let j = 0; j < units && !('rowwise' in f); j++) {
    const { slope, size } = mostOf(f, Z, A, j, rows)
    if (size === undefined) continue
    if (slope === 0 && size === 0 && f !== activations.sigmoid) dead++
    else if (slope < 1e-3) saturated++
  }
  return {
    largestActivation: largest(A.hi(rows, units)),
    gradientNorm: hasGradients ? norm(dW, db) : Number.NaN,
    largestParameter: Math.max(largest(W), largest(b)),
    deadShare: dead / units,
    saturatedShare: saturated / units,
  }
}

/** max |f'| and max |a| of one unit over the rows where a is finite. */
function mostOf(f: ElementActivation, Z: View, A: View, j: number, rows: number): { slope: number; size?: number } {
  let slope = 0
  let size: number | undefined
  for (let i = 0; i < rows; i++) {
    const a = A.get(i, j)
    if (!Number.isFinite(a)) continue
    slope = Math.max(slope, Math.abs(f.derivative(Z.get(i, j), a)))
    size = Math.max(size ?? 0, Math.abs(a))
  }
  return size === undefined ? { slope } : { slope, size }
}

/** The first number that is not finite. */
function firstBroken(view: View): { i: number; j: number; value: number } | undefined {
  const [rows, columns] = view.shape as [number, number]
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = view.get(i, j)
      if (!Number.isFinite(value)) return { i, j, value }
    }
  }
  return undefined
}

/** The greatest size of all that are numbers; NaN where none is. */
function largest(view: View): number {
  let most = Number.NaN
  forEach(view, (i, j) => {
    const size = Math.abs(view.get(i, j))
    if (!(size <= most) && !Number.isNaN(size)) most = size
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
