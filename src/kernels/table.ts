import { checkBoolean, checkOptions, Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import { blasKernels } from './blas.ts'
import type { Description, KernelSet } from './kernel-set.ts'
import { ndarrayKernels } from './ndarray.ts'
import { faultOf } from './self-check.ts'
import { wasmKernels } from './wasm.ts'

/**
 * Every kernel set, in the order in which 'auto' prefers them. A new one is a file beside this and a row here; the
 * option's type and the tests read it.
 */
export const kernelSets = {
  wasm: wasmKernels,
  blas: blasKernels,
  ndarray: ndarrayKernels,
} as const satisfies Record<string, KernelSet>

/** What may be asked for by name. */
export type KernelName = 'auto' | keyof typeof kernelSets

/** What the choice of kernels follows from. */
export interface Choice {
  /** 'auto' if absent */
  readonly kernels?: string
  /** whether the same bits are to come out on every engine and processor */
  readonly reproducible?: boolean
  /** told of a set that calculates wrongly here, and is therefore passed over */
  readonly onWarning?: (message: string) => void
}

type Table = Readonly<Record<string, KernelSet>>

/** The kernel set that was asked for; 'auto' is the first of the table that runs here and calculates rightly. */
export function chooseKernels(where: string, choice: Choice, table: Table = kernelSets): KernelSet {
  return choose(where, choice, table).set
}

let automatic: KernelSet | undefined

/** What 'auto' stands for, found once: for what is called often. */
export function autoKernels(where: string): KernelSet {
  automatic ??= chooseKernels(where, {})
  return automatic
}

/** Which kernels are used here, and why. */
export interface KernelDescription extends Description {
  /** what decided */
  readonly reason: string
}

/**
 * Which kernels a network with these options uses on this engine and processor, what they are made of, and why.
 *
 * @param options kernels ('auto') and reproducible (false), as a network takes them
 * @throws RangeError for kernels that cannot run here
 * @example
 * import { describeKernels } from 'bp-net'
 * console.log(describeKernels({ kernels: 'ndarray' }).products) // JavaScript
 */
export function describeKernels(
  options: { readonly kernels?: KernelName; readonly reproducible?: boolean } = {},
): KernelDescription {
  const where = 'describeKernels'
  checkOptions(where, options, ['kernels', 'reproducible'])
  const { kernels = 'auto', reproducible = false } = options
  if (typeof kernels !== 'string') throw typeError(where, 'kernels', 'the name of a kernel set', kernels)
  checkBoolean(where, 'reproducible', reproducible)
  const { set, reason } = choose(where, options, kernelSets)
  return { ...set.describe(), reason }
}

interface Chosen {
  readonly set: KernelSet
  readonly reason: string
}

function choose(where: string, choice: Choice, table: Table): Chosen {
  const { kernels: name = 'auto' } = choice
  return name === 'auto' ? chooseFirst(where, choice, table) : chooseNamed(where, name, choice, table)
}

function chooseNamed(where: string, name: string, { reproducible = false }: Choice, table: Table): Chosen {
  if (!Object.hasOwn(table, name)) throw unknownName(where, 'kernels', name, ['auto', ...Object.keys(table)])
  const set = inForm(table[name] as KernelSet, reproducible)
  const reason = set === undefined ? 'has no reproducible form' : (set.unavailable?.() ?? faultOf(set))
  if (set !== undefined && reason === undefined) return { set, reason: `kernels: '${name}' was asked for` }
  const others = Object.keys(table).filter((other) => {
    const { onlyByName, reproducible: form } = table[other] as KernelSet
    return other !== name && !onlyByName && (!reproducible || form !== undefined)
  })
  const received = new Phrase(`'${name}', and here it ${reason}`)
  throw rangeError(where, 'kernels', ['auto', ...others].map((other) => `'${other}'`).join(' or '), received)
}

function chooseFirst(where: string, { reproducible = false, onWarning = warn }: Choice, table: Table): Chosen {
  const passedOver: string[] = []
  for (const candidate of Object.values(table)) {
    const { name } = candidate
    const set = candidate.onlyByName ? undefined : inForm(candidate, reproducible)
    if (set === undefined) continue
    const absent = set.unavailable?.()
    const fault = absent === undefined ? faultOf(set) : undefined
    if (absent === undefined && fault === undefined) {
      return { set, reason: [`'auto' takes the first that runs here`, ...passedOver].join('; ') }
    }
    passedOver.push(`${name} ${absent ?? fault}`)
    if (fault !== undefined) onWarning(`${where}: the kernel set '${name}' is not used, since here it ${fault}`)
  }
  const received = new Phrase(`not possible here (${passedOver.join('; ')})`)
  const subject = reproducible ? 'reproducible: true' : `kernels: 'auto'`
  throw rangeError(where, subject, 'an engine with WebAssembly SIMD', received)
}

function inForm(set: KernelSet, reproducible: boolean): KernelSet | undefined {
  return reproducible ? set.reproducible : set
}

/** Where no onWarning was given: the warnings of the process, or what a page does with errors that no one caught. */
function warn(message: string): void {
  if (typeof process === 'object' && typeof process.emitWarning === 'function')
    process.emitWarning(message, 'BpNetWarning')
  else (globalThis as { reportError?: (error: Error) => void }).reportError?.(new Error(message))
}
