import { countParameters } from '../rule/parameter-count.ts'
import { short } from '../training/number-words.ts'
import type { CourseContext } from './course.ts'
import type { Finding } from './finding.ts'

/** So many parameters for each number to learn are more than any pattern needs. */
const TOO_MANY = 100

/** A layer of so few units may rather go than become smaller. */
const FEW_UNITS = 8

/** A batch that was asked for and has more rows than there are. */
export function findLargeBatch(batchSize: number | undefined, rows: number): Finding[] {
  if (batchSize === undefined || batchSize <= rows) return []
  const better = Math.max(1, Math.min(32, Math.ceil(rows / 4)))
  return [
    {
      kind: 'batchTooLarge',
      what: `a batch of ${batchSize} is larger than the data of ${rows} ${rows === 1 ? 'row' : 'rows'}: each epoch is one step`,
      where: { data: 'inputs' },
      evidence: { batchSize, rows },
      fix: { advice: `Try batchSize: ${better}, so that an epoch has several steps`, fit: { batchSize: better } },
    },
  ]
}

/** A network with far more parameters than there are numbers to learn, and nothing that holds them back. */
export function findLargeNetwork({ layers, rows, form, optimizer }: CourseContext): Finding[] {
  const parameters = countParameters(layers)
  const numbers = rows * (layers.at(-1) as number)
  const isHeld = form.l1 > 0 || form.l2 > 0 || optimizer.weightDecay > 0
  if (layers.length < 3 || parameters <= TOO_MANY * numbers || isHeld) return []
  const l2 = Number(short(3 / rows))
  return [
    {
      kind: 'networkTooLarge',
      what: `the network has ${parameters} parameters for ${numbers} numbers to learn (${rows} rows × ${layers.at(-1)} outputs)`,
      where: {},
      evidence: { parameters, numbers },
      fix: {
        advice: `Try l2: ${l2} in fit, or fewer units, as layers: [${shrink(layers, numbers).join(', ')}]; validate on rows of their own`,
        fit: { l2 },
      },
    },
  ]
}

/** The same layers with fewer hidden units, and then fewer of them, until there are at most so many parameters. */
function shrink(layers: readonly number[], parameters: number): number[] {
  const [inputs, outputs] = [layers[0] as number, layers.at(-1) as number]
  let hidden = layers.slice(1, -1)
  const isTooMany = () => countParameters([inputs, ...hidden, outputs]) > parameters
  const halve = (least: number) => hidden.map((units) => Math.max(Math.min(units, least), Math.floor(units / 2)))
  while (isTooMany() && hidden.some((units) => units > FEW_UNITS)) hidden = halve(FEW_UNITS)
  while (isTooMany() && hidden.length > 1) hidden = hidden.slice(0, -1)
  while (isTooMany() && hidden.some((units) => units > 2)) hidden = halve(2)
  return [inputs, ...hidden, outputs]
}
