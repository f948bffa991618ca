import { activate } from './activations'
import { loss, lossGradient, timesDerivative } from './losses'
import { CELLS, Cells, GROUND, Ground, numberOf, RECORD, View, view, ZEROS } from './memory'
import { product, productTransposed } from './product'
import { rankOne, rankOneThenRow, rowProduct } from './row'
import { absoluteSum, adam, columnSums, combine, largest, update } from './updates'

/** The kinds of operations, in the order of kernels/wasm-plan.ts. */
const enum Kind {
  affine,
  activate,
  loss,
  lossGradient,
  propagate,
  weightGradient,
  biasGradient,
  bound,
  limit,
  guard,
  label,
  update,
  adam,
  // what fusing makes of a gradient and its update
  weightStep,
  biasStep,
  // for matrices outside of a network
  product,
  combine,
  // what is left of affine and propagate where another does their product
  spread,
  timesDerivative,
  settle,
  finite,
}

/** Runs the operations from one address to another; false where a guard ended the run. */
export function run<T>(at: usize, end: usize): bool {
  const cells = changetype<Cells>(CELLS)
  for (; at < end; at += RECORD) {
    const f = load<i32>(at, 4)
    const E = load<i32>(at, 8)
    const flag = load<i32>(at, 12)
    const keep = flag ? cells.keep : 0
    switch (load<i32>(at)) {
      case Kind.affine:
        affine<T>(view(at, 0), view(at, 1), view(at, 2), view(at, 3), view(at, 4), flag)
        break
      case Kind.activate:
        activate<T>(f, view(at, 0), view(at, 1))
        break
      case Kind.loss:
        loss<T>(E, view(at, 0), view(at, 1), view(at, 2), view(at, 3))
        break
      case Kind.lossGradient:
        lossGradient<T>(E, f, view(at, 0), view(at, 1), view(at, 2), view(at, 3))
        break
      case Kind.propagate:
        propagate<T>(f, view(at, 0), view(at, 1), view(at, 2), view(at, 3), view(at, 4))
        break
      case Kind.weightGradient:
        weightGradient<T>(view(at, 0), view(at, 1), view(at, 2), keep, cells.mean)
        break
      case Kind.biasGradient:
        columnSums<T>(view(at, 0), view(at, 1), keep, cells.mean)
        break
      case Kind.bound:
        store<T>(view(at, 2).pointer, <T>(absoluteSum<T>(view(at, 0)) + cells.rate * absoluteSum<T>(view(at, 1))))
        break
      case Kind.limit:
        limit<T>(view(at, 0), view(at, 1), view(at, 2))
        break
      case Kind.guard:
        if (!passes<T>(view(at, 0), view(at, 1), numberOf(at, 0))) return false
        break
      case Kind.label:
        label<T>(view(at, 0), view(at, 1))
        break
      case Kind.update:
        update<T>(view(at, 0), view(at, 1))
        break
      case Kind.adam:
        adam<T>(view(at, 0), view(at, 1), view(at, 2), view(at, 3), numberOf(at, 0), numberOf(at, 1), numberOf(at, 2))
        break
      case Kind.weightStep:
        weightStep<T>(view(at, 0), view(at, 1), view(at, 2), flag)
        break
      case Kind.finite:
        if (!isFinite(largest<T>(view(at, 0), view(at, 0).rows))) return false
        break
      case Kind.settle:
        settle<T>(view(at, 0), view(at, 1))
        break
      case Kind.biasStep:
        columnSums<T>(view(at, 0), view(at, 1), 1, -cells.rate * cells.mean)
        break
      case Kind.product:
        multiply<T>(view(at, 0), view(at, 1), view(at, 2), f, E)
        break
      case Kind.spread:
        spread<T>(view(at, 0), view(at, 1))
        break
      case Kind.timesDerivative:
        timesDerivative<T>(f, view(at, 0), view(at, 1), view(at, 2))
        break
      case Kind.combine:
        combine<T>(f, view(at, 0), view(at, 1), view(at, 2))
        break
    }
  }
  return true
}

/** Z = A·W + b; where W may wait for an update by `loss` that was put off, that too */
function affine<T>(A: View, W: View, b: View, Z: View, loss: View, mayWait: i32): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const ground = changetype<Ground>(GROUND)
  if (mayWait && ground.isPutOff && rows == 1) {
    ground.isPutOff = 0
    rankOneThenRow<T>(
      ground.saved,
      loss.pointer,
      ground.factor,
      W.pointer,
      W.stride,
      A.pointer,
      Z.pointer,
      b.pointer,
      W.rows,
      W.columns,
    )
  } else if (rows == 1) rowProduct<T>(A.pointer, W.pointer, W.stride, Z.pointer, b.pointer, W.columns, W.rows)
  else {
    product<T>(
      A.pointer,
      A.stride,
      sizeof<T>(),
      W.pointer,
      W.stride,
      Z.pointer,
      Z.stride,
      b.pointer,
      0,
      rows,
      W.columns,
      W.rows,
      1,
    )
  }
}

/** lossBelow = (loss·Wᵀ) ⊙ f'(Z) */
function propagate<T>(f: i32, loss: View, W: View, Z: View, A: View, lossBelow: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  productTransposed<T>(
    loss.pointer,
    loss.stride,
    W.pointer,
    W.stride,
    lossBelow.pointer,
    lossBelow.stride,
    rows,
    W.rows,
    W.columns,
  )
  timesDerivative<T>(f, Z, A, lossBelow)
}

/** dW = keep·dW + factor·Aᵀ·loss, where keep is 0 or 1; with dW = W itself and factor −rate/m: the step of SGD */
function weightGradient<T>(A: View, loss: View, dW: View, keep: f64, factor: f64): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const init = keep == 0 ? ZEROS : dW.pointer
  const strideInit: usize = keep == 0 ? 0 : dW.stride
  if (rows == 1) {
    rankOne<T>(A.pointer, loss.pointer, dW.pointer, dW.stride, init, strideInit, dW.rows, dW.columns, factor)
  } else {
    product<T>(
      A.pointer,
      sizeof<T>(),
      A.stride,
      loss.pointer,
      loss.stride,
      dW.pointer,
      dW.stride,
      init,
      strideInit,
      dW.rows,
      dW.columns,
      rows,
      factor,
    )
  }
}

/** W = W − rate·mean·Aᵀ·loss, or what that takes is kept for the next run to do it in passing */
function weightStep<T>(A: View, loss: View, W: View, mayWait: i32): void {
  const cells = changetype<Cells>(CELLS)
  const factor = -cells.rate * cells.mean
  if (mayWait && cells.putOff == 1 && cells.rows == 1) {
    const ground = changetype<Ground>(GROUND)
    memory.copy(ground.saved, A.pointer, <usize>A.columns * sizeof<T>())
    ground.factor = factor
    ground.isPutOff = 1
  } else weightGradient<T>(A, loss, W, 1, factor)
}

/** The update of W that was put off, if one was. */
function settle<T>(loss: View, W: View): void {
  const ground = changetype<Ground>(GROUND)
  if (!ground.isPutOff) return
  ground.isPutOff = 0
  rankOne<T>(ground.saved, loss.pointer, W.pointer, W.stride, W.pointer, W.stride, W.rows, W.columns, ground.factor)
}

/** limit = rate · max(1, max |A|) · max |loss|, more than any parameter moves where these rows are the batch */
function limit<T>(A: View, loss: View, to: View): void {
  const cells = changetype<Cells>(CELLS)
  const rows = <i32>cells.rows
  store<T>(to.pointer, <T>(cells.rate * max<f64>(1, largest<T>(A, rows)) * largest<T>(loss, rows)))
}

/** Whether every perRow is finite and every limit below the number. */
function passes<T>(perRow: View, limits: View, below: f64): bool {
  const rows = <i32>changetype<Cells>(CELLS).rows
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (!isFinite(load<T>(perRow.pointer + i * perRow.stride))) return false
  }
  for (let j = 0; j < limits.columns; j++) {
    if (!(<f64>load<T>(limits.pointer + <usize>j * sizeof<T>()) < below)) return false
  }
  return true
}

/** labels (rows × 1) = the index of the greatest number of a row, or a ≥ ½ of the only one; NaN where a row holds NaN */
function label<T>(A: View, labels: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = A.pointer + i * A.stride
    let best = load<T>(row)
    let index: T = isNaN(best) ? <T>NaN : A.columns == 1 && best >= 0.5 ? <T>1 : <T>0
    for (let j = 1; j < A.columns; j++) {
      const a = load<T>(row + <usize>j * sizeof<T>())
      if (a > best && !isNaN(index)) {
        best = a
        index = <T>j
      } else if (isNaN(a)) {
        index = <T>NaN
      }
    }
    store<T>(labels.pointer + i * labels.stride, index)
  }
}

/** C = A·B, where A (k×m) or B (n×k) may lie transposed */
function multiply<T>(A: View, B: View, C: View, transposedA: i32, transposedB: i32): void {
  if (transposedB) {
    productTransposed<T>(A.pointer, A.stride, B.pointer, B.stride, C.pointer, C.stride, A.rows, B.rows, A.columns)
  } else {
    product<T>(
      A.pointer,
      transposedA ? sizeof<T>() : A.stride,
      transposedA ? A.stride : sizeof<T>(),
      B.pointer,
      B.stride,
      C.pointer,
      C.stride,
      ZEROS,
      0,
      C.rows,
      C.columns,
      B.rows,
      1,
    )
  }
}

/** Z = the row b in every row, to which a product is then added */
function spread<T>(b: View, Z: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const end = <usize>b.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>rows; i++) {
    const z = Z.pointer + i * Z.stride
    for (let j: usize = 0; j < end; j += 16) v128.store(z + j, v128.load(b.pointer + j))
  }
}
