import { isPromise, unlessAborted } from './abort.ts'
import type { BatchReport, EpochReport, History } from './history.ts'
import type { LoopOptions } from './loop-options.ts'
import type { Run } from './run.ts'
import { otherWork } from './turn.ts'

/** Takes a run to its end; gives way to other work of the thread between steps, and calls back. */
export async function goThrough(run: Run, options: LoopOptions, checkpoint: Checkpoint): Promise<History> {
  const { onBatch, onEpoch, signal } = options
  const batches = onBatch !== undefined || checkpoint.steps
  const epochs = onEpoch !== undefined || checkpoint.epochs
  run.start()
  while (!run.isDone) {
    const event = run.goOn({ batches, epochs })
    if (event !== undefined && (await tell(event, options, checkpoint)) === false) run.stop()
    if (run.isTimeUp) await otherWork()
    signal?.throwIfAborted()
    run.takeTurn()
  }
  return run.finish()
}

/** Saves where that is due, and calls back; what the callback answered. A save is awaited: it would overwrite a later one. */
function tell(event: BatchReport | EpochReport, options: LoopOptions, checkpoint: Checkpoint): unknown {
  const { onBatch, onEpoch, signal } = options
  const call = () => unlessAborted('batch' in event ? onBatch?.(event) : onEpoch?.(event), signal)
  const saved = checkpoint.save(event)
  return isPromise(saved) ? Promise.resolve(saved).then(call) : call()
}

/** What is saved on the way, if anything: whether the loop is to stop for it after steps and after epochs. */
export interface Checkpoint {
  readonly steps: boolean
  readonly epochs: boolean
  save(event: BatchReport | EpochReport): unknown
}
