import ndarray from 'ndarray'
import { checkMember, Phrase, rangeError, typeError, unknownName } from '../errors.ts'
import { type Label, listed, quoted, readClasses, readDistinct } from '../evaluation/labels.ts'
import type { Dtype } from '../kernels/plan.ts'
import { zeros } from '../kernels/plan.ts'
import { Matrix } from '../matrix/matrix.ts'
import { isArrayLike } from '../matrix/rows.ts'
import { greatestOf } from '../network/metrics.ts'
import { areTexts, refuseMissing, type TargetCells } from './target-cells.ts'

/** One class a row. */
export interface OneClass {
  readonly kind: 'class'
  /** the column that holds it, where it is one of the rows' own */
  readonly names?: readonly string[]
  /** in ascending order */
  readonly classes: readonly Label[]
}

/** Any number of labels a row, each yes or no. */
interface ManyLabels {
  readonly kind: 'labels'
  /** the columns that hold them, where they are the rows' own */
  readonly names?: readonly string[]
  /** of each label: what stands for no and for yes */
  readonly values: readonly (readonly [no: Label, yes: Label])[]
}

/** A list of tags a row. */
interface Tags {
  readonly kind: 'tags'
  readonly names?: readonly string[]
  readonly tags: readonly Label[]
}

/** What a classifier learned of its targets, as plain data. */
export type ClassPlan = OneClass | ManyLabels | Tags

/** A predicted target: as those came that fit was given. */
export type Prediction = Label | readonly Label[] | Readonly<Record<string, Label>>

/** Looks at the targets of a classifier. `known`, where the classes are told beforehand. */
export function learnClasses(where: string, cells: TargetCells, known?: readonly Label[]): ClassPlan {
  const told = known === undefined ? undefined : readKnown(where, known)
  refuseMissing(where, cells, told)
  const names = cells.names === undefined ? {} : { names: cells.names }
  if (cells.columns === undefined) return { kind: 'tags', ...names, tags: told ?? tagsOf(where, cells) }
  if (!cells.isSingle) {
    if (told === undefined) return { kind: 'labels', ...names, values: valuesOf(where, cells) }
    throw typeError(where, 'classes', 'none where targets are several columns', known)
  }
  const classes = told ?? readClasses(where, undefined, distinct(where, cells, 0))
  if (classes.length > 1) return { kind: 'class', ...names, classes }
  if (told !== undefined) throw rangeError(where, 'classes', 'at least two classes to tell apart', known)
  const received = new Phrase(`${quoted(classes[0] as Label)} in every row`)
  throw rangeError(where, 'the target', 'at least two classes to tell apart', received)
}

/** The classes that are told beforehand, in the order in which they are told. */
function readKnown(where: string, known: unknown): Label[] {
  return readDistinct(where, 'classes', known).map((label, k) => readLabel(where, label, () => `classes[${k}]`))
}

function distinct(where: string, { rows, at, place }: TargetCells, k: number): Label[] {
  const labels = new Set<Label>()
  for (let i = 0; i < rows; i++) labels.add(readLabel(where, at(i, k), () => place(i, k)))
  return [...labels]
}

function valuesOf(where: string, cells: TargetCells): (readonly [Label, Label])[] {
  return Array.from({ length: cells.columns as number }, (_, k) => {
    const values = readClasses(where, undefined, distinct(where, cells, k))
    const subject = cells.names === undefined ? `target column ${k}` : `the target ${JSON.stringify(cells.names[k])}`
    if (values.length > 2) {
      const received = new Phrase(
        `${values.length} values (${values.slice(0, 3).map(quoted).join(', ')}${values.length > 3 ? ', …' : ''})`,
      )
      throw rangeError(where, subject, 'two values, no and yes; one classifier each for targets with more', received)
    }
    const [no, yes] = values as [Label, Label?]
    if (yes !== undefined) return [no, yes] as const
    if (typeof no === 'boolean') return [false, true] as const
    if (no === 0 || no === 1) return [0, 1] as const
    throw rangeError(where, subject, 'two values, no and yes', new Phrase(`${quoted(no)} in every row`))
  })
}

function tagsOf(where: string, cells: TargetCells): Label[] {
  const tags = new Set<Label>()
  forEachTag(where, cells, (tag) => tags.add(tag))
  if (tags.size > 0) return readClasses(where, undefined, [...tags])
  throw rangeError(where, 'the targets', 'at least one tag', new Phrase('lists without any'))
}

function forEachTag(where: string, { rows, at, place }: TargetCells, use: (tag: Label, row: number) => void): void {
  for (let i = 0; i < rows; i++) {
    const list = at(i, 0)
    if (!isArrayLike(list)) throw typeError(where, place(i, 0), 'a list of tags, as row 0 has', list)
    for (let t = 0; t < list.length; t++) use(readTag(where, list[t], `${place(i, 0)}, tag ${t}`), i)
  }
}

/** ''.split(';') is no empty list, but a list of an empty text. */
function readTag(where: string, tag: unknown, place: string): Label {
  if (typeof tag !== 'string' || tag.trim() !== '') return readLabel(where, tag, () => place)
  throw rangeError(where, place, 'a tag that is not blank; a row without tags has an empty list', tag)
}

function readLabel(where: string, label: unknown, place: () => string): Label {
  if (typeof label === 'number') {
    if (Number.isFinite(label)) return label === 0 ? 0 : label // −0 is no class of its own
    throw rangeError(where, place(), 'a label', label)
  }
  if (typeof label === 'string' || typeof label === 'boolean') return label
  throw typeError(where, place(), 'a label: a text, a number or a boolean', label)
}

/** The classes, labels or tags, in the order of the outputs. */
export function classesOf(plan: ClassPlan): readonly Label[] {
  if (plan.kind === 'class') return plan.classes
  return plan.kind === 'tags' ? plan.tags : plan.values.map((_, k) => plan.names?.[k] ?? k)
}

/** Targets as rows of 0 and 1 (rows×outputs). */
export function encodeClasses(where: string, plan: ClassPlan, cells: TargetCells, dtype: Dtype): Matrix {
  checkKind(where, plan, cells)
  refuseMissing(where, cells, plan.kind === 'class' ? plan.classes : [])
  const columns = classesOf(plan).length
  const data = zeros(dtype, cells.rows * columns)
  const { at, place } = cells
  if (plan.kind === 'labels') {
    for (let i = 0; i < cells.rows; i++) {
      plan.values.forEach(([no, yes], k) => {
        const label = readLabel(where, at(i, k), () => place(i, k))
        if (label !== no && label !== yes)
          throw unknownName(where, `label in ${place(i, k)}:`, String(label), [String(no), String(yes)])
        data[i * columns + k] = Number(label === yes)
      })
    }
  } else {
    const known = classesOf(plan)
    const places = new Map(known.map((one, k) => [one, k]))
    const mark = (label: Label, i: number) => {
      const k = places.get(label)
      if (k === undefined) throw unknownClass(where, place(i, 0), label, known)
      data[i * columns + k] = 1
    }
    if (plan.kind === 'tags') forEachTag(where, cells, mark)
    else
      for (let i = 0; i < cells.rows; i++)
        mark(
          readLabel(where, at(i, 0), () => place(i, 0)),
          i,
        )
  }
  return Matrix.wrap(ndarray(data, [cells.rows, columns]))
}

function unknownClass(where: string, place: string, label: Label, known: readonly Label[]): RangeError {
  const hint = where.startsWith('partialFit')
    ? ' (the first partialFit takes { classes } where its rows lack some)'
    : ''
  return rangeError(where, place, `one of the classes ${listed(known)}${hint}`, label)
}

/** Throws where targets are of another kind than those of fit. */
export function checkKind(where: string, plan: ClassPlan, cells: TargetCells): void {
  const kind = cells.columns === undefined ? 'tags' : cells.isSingle ? 'class' : 'labels'
  const words = { class: 'one class a row', labels: 'several labels a row', tags: 'a list of tags a row' }
  if (kind !== plan.kind) throw typeError(where, 'the target', words[plan.kind], new Phrase(words[kind]))
  const columns = plan.kind === 'labels' ? plan.values.length : 1
  if (cells.columns !== undefined && cells.columns !== columns) {
    throw rangeError(where, 'the number of targets of a row', `${columns}, as in fit`, cells.columns)
  }
}

/** Rows of probabilities as labels: the most probable class; or those whose probability is at least ½. */
export function decodeClasses(plan: ClassPlan, probabilities: Matrix): Prediction[] {
  return Array.from({ length: probabilities.rows }, (_, i) => {
    if (plan.kind === 'class') return plan.classes[greatestOf(probabilities, i)] as Label
    if (plan.kind === 'tags') return plan.tags.filter((_, k) => probabilities.get(i, k) >= 0.5)
    const labels = plan.values.map(([no, yes], k) => (probabilities.get(i, k) >= 0.5 ? yes : no))
    return plan.names === undefined
      ? labels
      : Object.fromEntries(plan.names.map((name, k) => [name, labels[k] as Label]))
  })
}

/** Of several labels a row (rows×labels): 1 for those that are predicted, with a probability of at least ½. */
export function chosen(probabilities: Matrix): Matrix {
  return probabilities.map((p) => Number(p >= 0.5))
}

/** The plan that a saved file holds. */
export function readClassPlan(where: string, value: unknown): ClassPlan {
  checkMember(where, 'targets', value, ['kind', 'names', 'classes', 'values', 'tags'])
  const { kind, names, classes, values, tags } = value as Partial<Record<string, unknown>>
  const list = kind === 'class' ? classes : kind === 'tags' ? tags : values
  const isLabel = (one: unknown) => ['string', 'number', 'boolean'].includes(typeof one)
  const isPair = (one: unknown) => Array.isArray(one) && one.length === 2 && one.every(isLabel)
  const isGood = Array.isArray(list) && list.length > 0 && list.every(kind === 'labels' ? isPair : isLabel)
  if (isGood && ['class', 'tags', 'labels'].includes(kind as string) && areTexts(names)) {
    return value as ClassPlan
  }
  throw rangeError(where, 'targets', 'what a classifier learned of its targets', value)
}
