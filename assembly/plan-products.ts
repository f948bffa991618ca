import { timesDerivative } from './losses'
import { CELLS, Cells, GROUND, Ground, View, ZEROS } from './memory'
import { product, productTransposed } from './product'
import { rankOne, rankOneThenRow, rowProduct } from './row'

// The operations of a plan that multiply, each by the product that fits its rows.

/** Z = A·W + b; where W may wait for an update by `loss` that was put off, that too */
export function affine<T>(A: View, W: View, b: View, Z: View, loss: View, mayWait: i32): void {
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
export function propagate<T>(f: i32, loss: View, W: View, Z: View, A: View, lossBelow: View): void {
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
export function weightGradient<T>(A: View, loss: View, dW: View, keep: f64, factor: f64): void {
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
export function weightStep<T>(A: View, loss: View, W: View, mayWait: i32): void {
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
export function settle<T>(loss: View, W: View): void {
  const ground = changetype<Ground>(GROUND)
  if (!ground.isPutOff) return
  ground.isPutOff = 0
  rankOne<T>(ground.saved, loss.pointer, W.pointer, W.stride, W.pointer, W.stride, W.rows, W.columns, ground.factor)
}

/** C = A·B, where A (k×m) or B (n×k) may lie transposed */
export function multiply<T>(A: View, B: View, C: View, transposedA: i32, transposedB: i32): void {
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
export function spread<T>(b: View, Z: View): void {
  const rows = <i32>changetype<Cells>(CELLS).rows
  const end = <usize>b.columns * sizeof<T>()
  for (let i: usize = 0; i < <usize>rows; i++) {
    const z = Z.pointer + i * Z.stride
    for (let j: usize = 0; j < end; j += 16) v128.store(z + j, v128.load(b.pointer + j))
  }
}
