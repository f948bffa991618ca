import type { BatchReport, EpochReport } from '../training/history.ts'
import type { Checkpoint } from '../training/loop.ts'
import type { Checkpoints } from './fit.ts'
import type { NetworkJSON } from './json-format.ts'

/** When the loop saves, by the options of fit. */
export function checkpointsOf(options: Checkpoints | undefined, toJSON: () => NetworkJSON): Checkpoint {
  if (options === undefined) return { steps: false, epochs: false, save: () => undefined }
  const { save, everySteps } = options
  const everyEpochs = options.everyEpochs ?? (everySteps === undefined ? 1 : undefined)
  const isDue = (event: BatchReport | EpochReport) =>
    'batch' in event
      ? everySteps !== undefined && event.step % everySteps === 0
      : everyEpochs !== undefined && event.epoch % everyEpochs === 0
  return {
    steps: everySteps !== undefined,
    epochs: everyEpochs !== undefined,
    save: (event) => (isDue(event) ? save(toJSON()) : undefined),
  }
}
