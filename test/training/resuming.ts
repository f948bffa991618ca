import { expect } from 'vitest'
import type { FitOptions, History, Network } from '../../src/index.ts'

/** What a fit is given. */
export interface Task {
  readonly inputs: readonly (readonly number[])[]
  readonly targets: readonly (readonly number[])[]
  readonly options: FitOptions
}

/** How a run ended: its network's text, and its history without times, which differ from run to run. */
export interface Ended {
  readonly text: string
  readonly history: Omit<History, 'seconds'>
}

/** Runs to the end. */
export async function run(network: Network, { inputs, targets, options }: Task): Promise<Ended> {
  const { seconds: _, ...history } = await network.fit(inputs, targets, options)
  return { text: JSON.stringify(network), history }
}

/** Goes on with the network's run to the end. */
export function goOn(network: Network, task: Task, more: FitOptions = {}): Promise<Ended> {
  return run(network, { ...task, options: { ...more, resume: true } })
}

/** Where a run is aborted: in the report of a step, or of an epoch, counted from 1 over the run. */
export type Place = { readonly step: number } | { readonly epoch: number }

/** Runs until it is aborted at that place; what was saved then. */
export async function stopAt(network: Network, { inputs, targets, options }: Task, place: Place): Promise<string> {
  const controller = new AbortController()
  const stop = (isThere: boolean) => {
    if (isThere) controller.abort('here')
  }
  const callback: FitOptions =
    'step' in place
      ? { onBatch: ({ step }) => stop(step === place.step) }
      : { onEpoch: ({ epoch }) => stop(epoch === place.epoch) }
  const running = network.fit(inputs, targets, { ...options, ...callback, signal: controller.signal })
  await expect(running).rejects.toBe('here')
  return JSON.stringify(network)
}

/** What every step and every epoch of a run saved, and how it ended. */
export async function saveAll(network: Network, task: Task): Promise<{ saved: string[]; ended: Ended }> {
  const saved: string[] = []
  const checkpoint = { everySteps: 1, everyEpochs: 1, save: (value: unknown) => void saved.push(JSON.stringify(value)) }
  const ended = await run(network, { ...task, options: { ...task.options, checkpoint } })
  return { saved, ended }
}
