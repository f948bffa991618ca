import { activate } from './activations'
import { dropout } from './dropout'
import { clip, combine, penaltyGradient, scaleRows } from './elements'
import { loss, lossGradient, timesDerivative } from './losses'
import { CELLS, Cells, FACTOR, numberOf, RECORD, View, view } from './memory'
import { affine, multiply, propagate, settle, spread, weightGradient, weightStep } from './plan-products'
import { label, largest, limit, norm, passes, penalty } from './reductions'
import { adam, adaptive, addScaled, average, columnSums, momentum } from './updates'

/** The kinds of operations, in the order of kernels/wasm-plan.ts. */
const enum Kind {
  affine,
  activate,
  loss,
  lossGradient,
  propagate,
  weightGradient,
  biasGradient,
  weigh,
  dropout,
  penalty,
  penaltyGradient,
  weightDecay,
  norm,
  scale,
  clip,
  largest,
  limit,
  guard,
  label,
  update,
  momentum,
  adaptive,
  adam,
  average,
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
      case Kind.weigh:
        scaleRows<T>(view(at, 1), <i32>cells.rows, view(at, 0).pointer, view(at, 0).stride)
        break
      case Kind.dropout:
        dropout<T>(view(at, 0), view(at, 1), f, E, numberOf(at, 0))
        break
      case Kind.penalty:
        keepNumber<T>(view(at, 1), penalty<T>(view(at, 0)))
        break
      case Kind.penaltyGradient:
        penaltyGradient<T>(view(at, 0), view(at, 1))
        break
      case Kind.weightDecay:
        addScaled<T>(view(at, 1), view(at, 0), numberOf(at, 0))
        break
      case Kind.norm:
        keepNumber<T>(view(at, 1), norm<T>(view(at, 0)))
        break
      case Kind.scale:
        store<T>(FACTOR, <T>cells.factor)
        scaleRows<T>(view(at, 0), view(at, 0).rows, FACTOR, 0)
        break
      case Kind.clip:
        clip<T>(view(at, 0))
        break
      case Kind.largest:
        keepNumber<T>(view(at, 1), largest<T>(view(at, 0), view(at, 0).rows))
        break
      case Kind.limit:
        keepNumber<T>(view(at, 2), limit<T>(view(at, 0), view(at, 1)))
        break
      case Kind.guard:
        if (!passes<T>(view(at, 0), view(at, 1))) return false
        break
      case Kind.label:
        label<T>(view(at, 0), view(at, 1))
        break
      case Kind.update:
        addScaled<T>(view(at, 0), view(at, 1), -cells.rate)
        break
      case Kind.momentum:
        momentum<T>(view(at, 0), view(at, 1), view(at, 2), numberOf(at, 0), flag)
        break
      case Kind.adaptive:
        adaptive<T>(view(at, 0), view(at, 1), view(at, 2), numberOf(at, 0), numberOf(at, 1), numberOf(at, 2))
        break
      case Kind.adam:
        adam<T>(
          view(at, 0),
          view(at, 1),
          view(at, 2),
          view(at, 3),
          numberOf(at, 0),
          numberOf(at, 1),
          numberOf(at, 2),
          numberOf(at, 3),
        )
        break
      case Kind.average:
        average<T>(view(at, 0), view(at, 1))
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

/** A matrix of one number becomes x. */
function keepNumber<T>(matrix: View, x: f64): void {
  store<T>(matrix.pointer, <T>x)
}
