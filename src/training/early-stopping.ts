import { checkBoolean, checkInteger, checkMember, checkNumber } from '../errors.ts'

/**
 * When training ends before its last epoch: after `patience` epochs in a row of which none brought a watched loss below
 * best − minDelta.
 *
 * @see Prechelt, "Early stopping — but when?", 1998
 * @see Keras's EarlyStopping (mode 'min'), which counts epochs in the same way
 */
export interface EarlyStopping {
  /** after how many epochs in a row without improvement training ends, a whole number of at least 0 (10); 0 is as 1 */
  readonly patience?: number
  /** by how much a loss must be lower than the best before it to count, in units of the loss, at least 0 (0) */
  readonly minDelta?: number
  /** whether the network ends with the parameters of its best epoch, instead of the last (true) */
  readonly restoreBest?: boolean
}

/** Early stopping as plain data says, checked, frozen and with its defaults. */
export function readEarlyStopping(where: string, value: unknown): Required<EarlyStopping> {
  checkMember(where, 'earlyStopping', value, ['patience', 'minDelta', 'restoreBest'])
  const inside = `${where}: earlyStopping`
  const { patience = 10, minDelta = 0, restoreBest = true } = value as EarlyStopping
  checkInteger(inside, 'patience', patience, 0)
  checkNumber(inside, 'minDelta', minDelta, 'a finite number of at least 0', (delta) => delta >= 0)
  checkBoolean(inside, 'restoreBest', restoreBest)
  return Object.freeze({ patience, minDelta, restoreBest })
}

/** Where early stopping stands: plain JSON data, from which it continues exactly. */
export interface StoppingState {
  /** the loss of the best epoch; absent before the first */
  readonly best?: number
  /** the best epoch, as it was told; absent before the first */
  readonly bestEpoch?: number
  /** the epochs in a row since then */
  readonly wait: number
}

/** Watches the losses of one run and says when to end it. */
export class Stopping {
  readonly #patience: number
  readonly #minDelta: number
  #state: StoppingState

  /** @param state where an earlier run stood */
  constructor({ patience, minDelta }: Required<EarlyStopping>, state: StoppingState = { wait: 0 }) {
    this.#patience = patience
    this.#minDelta = minDelta
    this.#state = { ...state }
  }

  /** Takes the watched loss of an epoch; true where the epoch is the best so far. */
  note(epoch: number, loss: number): boolean {
    const { best = Number.POSITIVE_INFINITY, wait } = this.#state
    // only a finite loss can be the best, so that the state stays JSON data
    const isBest = Number.isFinite(loss) && loss < best - this.#minDelta
    this.#state = isBest ? { best: loss, bestEpoch: epoch, wait: 0 } : { ...this.#state, wait: wait + 1 }
    return isBest
  }

  /** Whether the last epochs, as many as `patience` says, brought no improvement. */
  get isOver(): boolean {
    return this.#state.wait >= Math.max(this.#patience, 1) // before the first epoch nothing is over
  }

  /** The epoch with the least loss that counted, as it was told; undefined before there is one. */
  get bestEpoch(): number | undefined {
    return this.#state.bestEpoch
  }

  get state(): StoppingState {
    return this.#state
  }
}
