import type { Dtype, Optimizer, Run } from '../kernels/plan.ts'
import type { Paused } from '../matrix/pauses.ts'
import { drain } from '../matrix/pauses.ts'
import { isUsual, overflowOf, usualGradient } from '../training/guard.ts'
import type { StepMoment } from '../training/trainee.ts'
import { measure, settlement } from '../training/updates.ts'
import type { Batch } from './batch.ts'
import type { Engine, Penalty } from './engine.ts'
import { rowsOf } from './engine.ts'
import type { Blueprint } from './options.ts'
import { hasDropout } from './options.ts'
import { Refusal } from './refusal.ts'
import { setUpdateCells, stepParts, stepPasses } from './step-plan.ts'
import { numberAt } from './workspace.ts'

/** How a step is taken. */
export interface StepForm extends Penalty {
  /** the greatest norm of all gradients together, and the greatest size of one; infinite where they are not clipped */
  readonly clipNorm: number
  readonly clipValue: number
}

/** A step of the objective alone. */
export const plainStep: StepForm = {
  l1: 0,
  l2: 0,
  clipNorm: Number.POSITIVE_INFINITY,
  clipValue: Number.POSITIVE_INFINITY,
}

type Moment = Pick<StepMoment, 'rate' | 'key'> & Partial<StepMoment>

/** The gradient steps of a network: each is judged before it is taken, and not taken where a number would not be finite. */
export class Steps {
  /** steps taken */
  count = 0
  /** the norm of all gradients together, where the last step was to measure it, before clipping */
  norm = 0
  readonly #engine: Engine
  readonly #optimizer: Optimizer
  readonly #dtype: Dtype
  readonly #dropout: boolean
  readonly #passes: Readonly<
    Record<
      'whole' | 'gradients' | 'largestGradients' | 'largestParameters' | 'scale' | 'clip' | 'update' | 'settle',
      Run
    >
  >
  readonly #largestStates: readonly Run[]
  /** whether the optimizer's state is what usual gradients make of it */
  #isUsual = true
  #waits = false

  constructor(blueprint: Blueprint, engine: Engine) {
    const { optimizer, dtype } = blueprint
    this.#engine = engine
    this.#optimizer = optimizer
    this.#dtype = dtype
    this.#dropout = hasDropout(blueprint)
    const { layers, parameters, sizes } = engine.workspace
    const gradients = parameters.map(({ gradient }) => gradient)
    const parts = stepParts(blueprint, engine.workspace, { dropout: this.#dropout })
    this.#passes = {
      whole: engine.prepare(() => stepPasses(parts).flatMap(([, operations]) => operations)),
      gradients: engine.prepare(() => [...parts.forward(), ...parts.backward(), ...measure('norm', gradients, sizes)]),
      largestGradients: engine.prepare(() => measure('largest', gradients, sizes)),
      largestParameters: engine.prepare(() =>
        measure(
          'largest',
          parameters.map(({ parameter }) => parameter),
          sizes,
        ),
      ),
      scale: engine.prepare(() => gradients.map((of) => ({ kind: 'scale', of, factor: 'factor' }))),
      clip: engine.prepare(() => gradients.map((of) => ({ kind: 'clip', of, most: 'most' }))),
      update: engine.prepare(parts.update),
      settle: engine.prepare(() => settlement(layers)),
    }
    const states = parameters[0]?.state ?? []
    this.#largestStates = states.map((_, n) =>
      engine.prepare(() =>
        measure(
          'largest',
          parameters.map(({ state }) => state[n] as (typeof states)[number]),
          sizes,
        ),
      ),
    )
  }

  /** One gradient step; returns the objective before it. @throws Refusal where it would leave a number not finite */
  take(batch: Batch, form: StepForm, moment: Moment): number {
    const loss = this.#takeWhole(batch, form, moment)
    return loss ?? drain(this.takeInBlocks(batch, form, moment))
  }

  /** The same, with a pause after each block but the last. */
  *takeInBlocks(batch: Batch, form: StepForm, moment: Moment): Paused<number> {
    this.settle()
    const { cells } = this.#engine
    cells.key = moment.key
    const gradients = this.#engine.gradientsInBlocks(batch, form, this.#dropout)
    let loss = gradients.next()
    while (loss.done !== true) {
      yield
      cells.key = moment.key
      loss = gradients.next()
    }
    if (!Number.isFinite(loss.value)) throw new Refusal({ what: 'the loss', size: loss.value })
    this.#clip(form, moment.measuresNorm === true)
    this.#setCells(moment)
    const usual = this.#judge(moment.rate)
    this.#passes.update(cells)
    if (!usual) this.look()
    this.count++
    return loss.value
  }

  /** Does the update that a step has put off, if one has. */
  settle(): void {
    if (!this.#waits) return
    this.#waits = false
    this.#passes.settle(this.#engine.cells)
  }

  /** Looks at the optimizer's state anew, after someone else wrote it. */
  look(): void {
    const states = this.#largestStates.map((measure) => this.#measured(measure))
    this.#isUsual =
      states.length === 0 ||
      (states[0] as number[]).every((_, k) =>
        isUsual(
          this.#optimizer,
          this.#dtype,
          states.map((sizes) => sizes[k] as number),
        ),
      )
  }

  /** What is wrong with the first parameter that holds a number which is not finite; undefined where none does. */
  brokenParameter(): Refusal | undefined {
    const sizes = this.#measured(this.#passes.largestParameters)
    const k = sizes.findIndex((size) => !Number.isFinite(size))
    return k < 0 ? undefined : new Refusal({ what: 'an element', size: sizes[k] as number }, k)
  }

  /** A plain step of one block in one run; undefined, and nothing done, for all others and where the guard doubts. */
  #takeWhole(batch: Batch, form: StepForm, moment: Moment): number | undefined {
    const rows = rowsOf(batch)
    if (rows > this.#engine.workspace.blockRows || batch.weights !== undefined || !isPlain(form)) return undefined
    const below = this.#isUsual ? usualGradient(this.#optimizer, this.#dtype, moment.rate) : 0
    if (below === 0) return undefined
    const mayWait = moment.mayWait === true && rows === 1
    if (!mayWait || moment.measuresNorm === true) this.settle()
    return this.#engine.inBlock(batch, batch.from ?? 0, rows, () => {
      const { cells } = this.#engine
      this.#setCells(moment)
      cells.key = moment.key
      cells.below = below
      cells.putOff = mayWait ? 1 : 0
      if (moment.measuresNorm === true) {
        this.#passes.gradients(cells)
        this.norm = this.#engine.normOfSizes()
      }
      if (!this.#passes.whole(cells)) return undefined
      this.#waits = mayWait
      this.count++
      return this.#engine.sumOfRows(rows) * cells.mean
    })
  }

  #setCells({ rate }: Moment): void {
    setUpdateCells(this.#engine.cells, this.#optimizer, this.count + 1, rate)
  }

  /** Clips each gradient by value, then all of them by their norm, as PyTorch's clip_grad_norm_ does. */
  #clip({ clipNorm, clipValue }: StepForm, measuresNorm: boolean): void {
    const { cells } = this.#engine
    const clipsNorm = clipNorm < Number.POSITIVE_INFINITY
    if (measuresNorm) this.norm = this.#engine.gradientNorm()
    if (clipValue < Number.POSITIVE_INFINITY) {
      cells.most = clipValue
      this.#passes.clip(cells)
    }
    if (!clipsNorm) return
    cells.factor = clipNorm / (this.#engine.gradientNorm() + 1e-6)
    if (cells.factor < 1) this.#passes.scale(cells)
  }

  /** Whether all gradients are usual. @throws Refusal where the update would leave a number not finite */
  #judge(rate: number): boolean {
    const gradients = this.#measured(this.#passes.largestGradients)
    const below = this.#isUsual ? usualGradient(this.#optimizer, this.#dtype, rate) : 0
    if (gradients.every((size) => size < below)) return true
    const parameters = this.#measured(this.#passes.largestParameters)
    const states = this.#largestStates.map((measure) => this.#measured(measure))
    for (const k of fromTheOutput(gradients.length)) {
      const sizes = {
        gradient: gradients[k] as number,
        parameter: parameters[k] as number,
        state: states.map((state) => state[k] as number),
      }
      const overflow = overflowOf(this.#optimizer, this.#dtype, rate, sizes)
      if (overflow !== undefined) throw new Refusal(overflow, k)
    }
    return false
  }

  /** One number of each parameter, by a pass that measures them. */
  #measured(pass: Run): number[] {
    const { cells, workspace } = this.#engine
    pass(cells)
    return workspace.parameters.map((_, k) => numberAt(workspace.sizes, k))
  }
}

/** The places of W_L, b_L, W_(L−1), … among all parameters: as backpropagation comes to them. */
function fromTheOutput(count: number): number[] {
  return Array.from({ length: count }, (_, k) => count - 2 - k + 2 * (k % 2))
}

function isPlain({ l1, l2, clipNorm, clipValue }: StepForm): boolean {
  return l1 === 0 && l2 === 0 && clipNorm === Number.POSITIVE_INFINITY && clipValue === Number.POSITIVE_INFINITY
}
