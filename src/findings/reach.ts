import type { Activation, Loss } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'
import { short } from '../training/number-words.ts'
import type { Finding, Fix } from './finding.ts'

/** By how much a target may lie outside before it counts: labels of 0 and 1 need no more than that. */
const NEAR = 1e-3

/** An output is as good as unbounded where it reaches so far. */
const FAR = 1e3

/** A column of more than so many whole numbers counts something, and is no label. */
const MOST_LABELS = 100

/** The least and the greatest output of an activation, as found by trying; infinite where it goes on and on. */
function reachOf(f: Activation, outputs: number): { least: number; greatest: number } {
  const found: number[] = []
  for (let k = -600; k <= 600; k++) {
    const z = Math.sinh(k / 60)
    if ('rowwise' in f) found.push(...f.value(outputs === 1 ? [z] : [z, 0]))
    else found.push(f.value(z))
  }
  const finite = found.filter((a) => !Number.isNaN(a))
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity)
  const greatest = finite.reduce((a, b) => Math.max(a, b), -Infinity)
  return { least: least < -FAR ? -Infinity : least, greatest: greatest > FAR ? Infinity : greatest }
}

/** Targets that no output can reach. */
export function findUnreachable(targets: Rows, f: Activation, E: Loss): Finding[] {
  const { data, columns } = targets
  const { least, greatest } = reachOf(f, columns)
  const columnsFound = new Set<number>()
  let [count, farthest, distance] = [0, 0, 0]
  for (let k = 0; k < data.length; k++) {
    const outside = Math.max(least - (data[k] as number), (data[k] as number) - greatest)
    if (!(outside > NEAR)) continue
    count++
    columnsFound.add(k % columns)
    if (outside > distance) [distance, farthest] = [outside, k]
  }
  if (count === 0) return []
  const value = data[farthest] as number
  const place = `row ${Math.floor(farthest / columns)}, column ${farthest % columns}`
  return [
    {
      kind: 'targetsOutOfRange',
      what: `${count} of ${data.length} targets are beyond what ${f.name} outputs, ${wordRange(least, greatest)}: ${place} is ${short(value)}`,
      where: { data: 'targets', columns: [...columnsFound].sort((a, b) => a - b) },
      evidence: { outside: count, targets: data.length, farthest: value },
      fix: fixReach(targets, f, E),
    },
  ]
}

function fixReach(targets: Rows, f: Activation, E: Loss): Fix {
  const labels = targets.columns === 1 ? countLabels(targets) : undefined
  if (labels === 2) {
    const network = { outputActivation: 'sigmoid', loss: 'binaryCrossEntropy' } as const
    return { advice: "Targets of 0 and 1 in one column take outputActivation: 'sigmoid'", network }
  }
  const isBounded = 'rowwise' in f || f.name === 'sigmoid'
  if (labels !== undefined && isBounded) {
    return {
      advice: `If these are labels, take oneHot(labels, ${labels}) and ${labels} outputs of softmax; if numbers, outputActivation: 'identity'`,
      network: { layers: [labels], outputActivation: 'softmax', loss: 'categoricalCrossEntropy' },
      oneHot: labels,
    }
  }
  if ('fusedWith' in E || 'rowwise' in f) {
    return {
      advice: 'If these are labels, number them from 0 on and take oneHot(labels, how many), with as many outputs',
    }
  }
  return {
    advice: "Try outputActivation: 'identity', which reaches every number; or scale the targets",
    network: { outputActivation: 'identity' },
  }
}

/** How many labels a column of 0, 1, 2, … has, each more than once; undefined where it has other numbers. */
function countLabels({ data, rows }: Rows): number | undefined {
  const counts = new Map<number, number>()
  for (const target of data) {
    if (!Number.isInteger(target) || target < 0 || target > MOST_LABELS) return undefined
    counts.set(target, (counts.get(target) ?? 0) + 1)
  }
  const isWhole = Array.from({ length: counts.size }, (_, k) => counts.get(k) ?? 0).every((count) => count > 1)
  return isWhole && counts.size > 1 && rows >= 3 * counts.size ? counts.size : undefined
}

function wordRange(least: number, greatest: number): string {
  if (least === greatest) return `here always ${short(least)}`
  if (greatest === Infinity) return `from ${short(least)} up`
  return least === -Infinity ? `up to ${short(greatest)}` : `from ${short(least)} to ${short(greatest)}`
}
