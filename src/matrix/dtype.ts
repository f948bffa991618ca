import { checkOptions, typeError, unknownName } from '../errors.ts'
import type { Dtype } from '../kernels/plan.ts'

/** The greatest number of each type. */
export const GREATEST = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE } as const

/** The dtype of this name; throws for any other. */
export function readDtype(where: string, value: unknown): Dtype {
  if (typeof value !== 'string') throw typeError(where, 'dtype', '"float32" or "float64"', value)
  if (value !== 'float32' && value !== 'float64') throw unknownName(where, 'dtype', value, ['float32', 'float64'])
  return value
}

/** The dtype option; float64 where none is given. */
export function dtypeOf(where: string, options: { dtype?: Dtype }): Dtype {
  checkOptions(where, options, ['dtype'])
  return readDtype(where, options.dtype ?? 'float64')
}
