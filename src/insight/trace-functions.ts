import type { Formula } from '../kernels/formula.ts'
import type { Activation, Loss } from '../kernels/plan.ts'

/** What a formula calls a function: its name, or a letter where the name of a user's own is no word. */
export function called({ name }: Activation | Loss, letter: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]{0,29}$/u.test(name) ? name : letter
}

/** A part of a formula with the names of matrices in the places of z, a and t. */
function fill(part: string, z: string, a: string): string {
  const names: Readonly<Record<string, string>> = { z, a, t: 'T' }
  return part.replace(/\b[zat]\b/g, (letter) => names[letter] as string)
}

/** What A is of Z: sigmoid(Z_1) = 1/(1 + e^(−Z_1)). */
export function writeActivation(f: Activation, z: string): string {
  const value = f.formula && fill(f.formula.value, z, '')
  const short = `${called(f, 'f')}(${z})`
  return value === undefined || value === short ? short : `${short} = ${value}`
}

/** What a row loses. */
export function writeLoss(E: Loss, z: string, a: string): string {
  if (E.formula === undefined) return `${called(E, 'E')}(${'fusedWith' in E ? z : a}, T)`
  const value = fill(E.formula.value, z, a)
  return 'fusedWith' in E ? `${value}, taken from ${z}` : value
}

/** `from ⊙ f'(Z)`, and after a second = the same with f' written out. */
export function writeThrough(f: Activation, from: string, z: string, a: string): string {
  const short = `${from} ⊙ ${called(f, 'f')}'(${z})`
  return f.formula === undefined ? short : `${short} = ${times(from, f.formula, z, a)}`
}

/** The derivative of a row's loss by Z of the output layer. */
export function writeOutputLoss(E: Loss, f: Activation, z: string, a: string): string {
  const gradient = E.formula && fill(E.formula.derivative, z, a)
  if ('fusedWith' in E) {
    if (gradient === undefined) return `∂E_row/∂${z}`
    const usual = E.name === 'categoricalCrossEntropy' ? `; ${a} − T where rows of T sum to 1` : ''
    return `∂E_row/∂${z} = ${gradient}${usual}`
  }
  const { formula } = f
  const symbol = `∂E_row/∂${a}`
  if ('rowwise' in f) {
    const g = gradient === undefined ? symbol : `${symbol} = ${gradient}`
    return `${formula === undefined ? 'Jᵀ·g of each row' : fill(formula.derivative, z, a)}, g = ${g}`
  }
  const short = `${symbol} ⊙ ${called(f, 'f')}'(${z})`
  if (gradient === undefined && formula === undefined) return short
  const factor = formula ?? { derivative: `${called(f, 'f')}'(z)` }
  return `${short} = ${times(gradient ?? symbol, factor, z, a)}`
}

/** from ⊙ f'(Z) with f' written out, and what its letters stand for. */
function times(from: string, { derivative, where }: Omit<Formula, 'value'>, z: string, a: string): string {
  if (derivative === '') return from.replace(/^\(([^()]*)\)$/, '$1')
  const letters = where === undefined ? '' : `, ${fill(where, z, a)}`
  return `${from} ⊙ ${fill(derivative, z, a)}${letters}`
}
