import { unknownName } from '../errors.ts'
import { ndarrayKernels } from './ndarray.ts'
import type { KernelSet } from './plan.ts'

/** Every kernel set. A new one is a file beside this and a row here; the option's type, 'auto' and the tests read it. */
export const kernelSets = {
  ndarray: ndarrayKernels,
} as const satisfies Record<string, KernelSet>

/** What may be asked for by name. */
export type KernelName = 'auto' | keyof typeof kernelSets

/** The sets that 'auto' tries, best first. */
const preferred: readonly (keyof typeof kernelSets)[] = ['ndarray']

/** The kernel set of this name; 'auto' is the fastest that runs here. */
export function chooseKernels(where: string, name: string): KernelSet {
  if (name === 'auto') return kernelSets[preferred[0] as keyof typeof kernelSets]
  if (Object.hasOwn(kernelSets, name)) return kernelSets[name as keyof typeof kernelSets]
  throw unknownName(where, 'kernels', name, ['auto', ...Object.keys(kernelSets)])
}
