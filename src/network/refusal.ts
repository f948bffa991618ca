import type { Overflow } from '../training/guard.ts'
import { short } from '../training/number-words.ts'

/** Why a step was not taken: what is not finite, or would not be, first. */
export class Refusal extends Error {
  /** 'the loss', or what of a parameter */
  readonly what: string
  readonly size: number
  readonly layer: number | undefined
  readonly parameter: 'weights' | 'biases' | undefined

  constructor({ what, size }: Overflow, k?: number) {
    super(what)
    this.what = what
    this.size = size
    this.layer = k === undefined ? undefined : k >> 1
    this.parameter = k === undefined ? undefined : k % 2 === 0 ? 'weights' : 'biases'
  }

  /** what, and of which layer */
  get subject(): string {
    return this.layer === undefined ? this.what : `layer ${this.layer}: ${this.what} of its ${this.parameter}`
  }

  /** the size; of what a step would make, a bound is known */
  get received(): string {
    const isBound = this.layer !== undefined && Number.isFinite(this.size)
    return `${isBound ? 'up to ' : ''}${short(this.size)}`
  }
}
