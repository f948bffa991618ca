import { unknownName } from '../errors.ts'
import { ndarrayKernels } from './ndarray.ts'
import type { KernelSet } from './plan.ts'
import { wasmKernels } from './wasm.ts'

/**
 * Every kernel set, in the order in which 'auto' prefers them. A new one is a file beside this and a row here; the
 * option's type and the tests read it.
 */
export const kernelSets = {
  wasm: wasmKernels,
  ndarray: ndarrayKernels,
} as const satisfies Record<string, KernelSet>

/** What may be asked for by name. */
export type KernelName = 'auto' | keyof typeof kernelSets

/** The kernel set of this name; 'auto' is the first of the table. */
export function chooseKernels(where: string, name: string): KernelSet {
  const table: Readonly<Record<string, KernelSet>> = kernelSets
  const chosen = name === 'auto' ? Object.keys(table)[0] : name
  if (chosen !== undefined && Object.hasOwn(table, chosen)) return table[chosen] as KernelSet
  throw unknownName(where, 'kernels', name, ['auto', ...Object.keys(table)])
}
