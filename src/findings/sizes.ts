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

/** What is compared: a network's layers, from inputs to outputs, and how many rows it learns from. */
export interface NetworkSize {
  readonly layers: readonly number[]
  readonly rows: number
}

/** A network with far more parameters than there are numbers to learn. */
export function findLargeNetwork({ layers, rows }: NetworkSize): Finding[] {
  const parameters = countParameters(layers)
  const numbers = rows * (layers.at(-1) as number)
  if (layers.length < 3 || parameters <= TOO_MANY * numbers) return []
  const smaller = shrink(layers, numbers)
  return [
    {
      kind: 'networkTooLarge',
      what: `the network has ${parameters} parameters for ${numbers} numbers to learn (${rows} rows × ${layers.at(-1)} outputs)`,
      where: {},
      evidence: { parameters, numbers },
      fix: {
        advice: `Try fewer units, as layers: [${smaller.join(', ')}], and l2 in fit; validate on rows of their own`,
        network: { layers: smaller },
        fit: { l2: 1 / rows },
      },
    },
  ]
}

function countParameters(layers: readonly number[]): number {
  return layers.slice(1).reduce((sum, units, l) => sum + ((layers[l] as number) + 1) * units, 0)
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
