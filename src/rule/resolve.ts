import { checkFunction, checkMember, checkNumber, rangeError, typeError, unknownName } from '../errors.ts'
import type { Formula } from '../kernels/formula.ts'
import type { Activation, ElementActivation, Loss } from '../kernels/plan.ts'
import type { ActivationName } from './activations.ts'
import { activations } from './activations.ts'
import type { InitializerName } from './initializers.ts'
import { initializers } from './initializers.ts'
import type { LossName } from './losses.ts'
import { losses } from './losses.ts'

/** The entry of this name, own properties only; throws and lists the known names for any other. */
export function lookUp<T>(where: string, kind: string, name: string, table: Readonly<Record<string, T>>): T {
  if (!Object.hasOwn(table, name)) throw unknownName(where, kind, name, Object.keys(table))
  return table[name] as T
}

/** The activation that a name or a user's own object stands for. */
export function resolveActivation(where: string, value: ActivationName | Activation): Activation {
  if (typeof value === 'string') return lookUp(where, 'activation', value, activations)
  checkOwn(where, 'activation', value, activations)
  if (value.initializer !== undefined) resolveInitializer(where, value.initializer)
  const { name } = value
  if ('rowwise' in value) {
    const a = value.value([0, 1])
    checkPairOfNumbers(where, `${name}.value([0, 1])`, a)
    checkPairOfNumbers(where, `${name}.derivative(${name}.value([0, 1]), [0, 1])`, value.derivative(a, [0, 1]))
  } else {
    const a = value.value(0.5)
    checkResult(where, `${name}.value(0.5)`, a)
    checkResult(where, `${name}.derivative(0.5, ${a})`, value.derivative(0.5, a))
  }
  return value
}

/** The loss that a name or a user's own object stands for. */
export function resolveLoss(where: string, value: LossName | Loss): Loss {
  if (typeof value === 'string') return lookUp(where, 'loss', value, losses)
  checkOwn(where, 'loss', value, losses)
  const { name } = value
  if ('fusedWith' in value) {
    const { fusedWith, targets } = value
    if (typeof fusedWith !== 'string')
      throw typeError(where, `${name}.fusedWith`, 'the name of an activation', fusedWith)
    if (targets !== undefined) checkPairOfNumbers(where, `${name}.targets`, targets)
    checkResult(where, `${name}.value([0.5, 0.5], [0, 1])`, value.value([0.5, 0.5], [0, 1]))
    checkPairOfNumbers(where, `${name}.derivative([0.5, 0.5], [0, 1])`, value.derivative([0.5, 0.5], [0, 1]))
  } else {
    checkResult(where, `${name}.value(0.5, 1)`, value.value(0.5, 1))
    checkResult(where, `${name}.derivative(0.5, 1)`, value.derivative(0.5, 1))
  }
  return value
}

/** The name of an initializer, checked. */
export function resolveInitializer(where: string, name: unknown): InitializerName {
  if (typeof name !== 'string') throw typeError(where, 'the initializer', 'the name of an initializer', name)
  lookUp(where, 'initializer', name, initializers)
  return name as InitializerName
}

/** A hidden layer's activation: one that acts on each element alone. */
export function checkHidden(where: string, f: Activation): asserts f is ElementActivation {
  if ('rowwise' in f) {
    throw rangeError(
      where,
      'the activation',
      'one that acts on single elements; softmax fits the output layer only',
      f.name,
    )
  }
}

/** Throws where a loss was written for another output activation. */
export function checkPair(where: string, E: Loss, f: Activation): void {
  if ('fusedWith' in E && E.fusedWith !== f.name) {
    throw rangeError(where, 'the output activation', `"${E.fusedWith}", which the loss ${E.name} goes with`, f.name)
  }
}

function checkResult(where: string, subject: string, value: unknown): void {
  if (typeof value !== 'number') throw typeError(where, subject, 'a number', value)
}

function checkPairOfNumbers(where: string, subject: string, value: unknown): void {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
  if (!isPair) throw typeError(where, subject, 'an array of 2 numbers', value)
}

function checkOwn(where: string, kind: string, value: unknown, builtIn: Readonly<Record<string, unknown>>): void {
  if (typeof value !== 'object' || value === null) {
    throw typeError(
      where,
      `the ${kind}`,
      `a name (${Object.keys(builtIn).join(', ')}) or an object { name, value, derivative }`,
      value,
    )
  }
  const { name, value: f, derivative, kinks = [], formula } = value as Partial<Activation>
  if (typeof name !== 'string' || name === '') throw typeError(where, `the name of the ${kind}`, 'a text', name)
  if (Object.hasOwn(builtIn, name) && builtIn[name] !== value) {
    throw rangeError(where, `the name of your ${kind}`, `another than a built-in ${kind} has`, name)
  }
  checkFunction(where, `${name}.value`, f)
  checkFunction(where, `${name}.derivative`, derivative)
  if (!Array.isArray(kinks)) throw typeError(where, `${name}.kinks`, 'an array of numbers', kinks)
  for (const kink of kinks) checkNumber(where, `a kink of ${name}`, kink)
  if (formula !== undefined) checkFormula(where, `${name}.formula`, formula)
}

function checkFormula(where: string, subject: string, formula: unknown): void {
  checkMember(where, subject, formula, ['value', 'derivative', 'where'])
  const { value, derivative, where: letters = '' } = formula as Partial<Formula>
  for (const [part, text] of Object.entries({ value, derivative, where: letters })) {
    if (typeof text !== 'string') throw typeError(where, `${subject}.${part}`, 'a text', text)
  }
}
