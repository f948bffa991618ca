import { classOf } from '../data/classes.ts'
import type { Rows } from '../matrix/rows.ts'
import type { Finding } from './finding.ts'

/** A label with so many times the rows of another outweighs it. */
const OUTWEIGHED = 10

/** Fewer rows tell nothing of shares. */
const FEWEST = 20

/** Labels that are much rarer than others, where targets are labels. */
export function findImbalance(targets: Rows): Finding[] {
  const labelOf = targets.rows < FEWEST ? undefined : classOf(targets)
  if (labelOf === undefined) return []
  const counts = Array<number>(Math.max(2, targets.columns)).fill(0)
  for (let i = 0; i < targets.rows; i++) counts[labelOf(i)] = (counts[labelOf(i)] as number) + 1
  // one column of a single value is no label, but constant
  if (targets.columns === 1 && counts.includes(0)) return []
  const most = counts.reduce((a, b) => Math.max(a, b))
  const rare = counts.flatMap((count, label) => (count * OUTWEIGHED <= most ? [label] : []))
  if (rare.length === 0) return []
  const least = rare[0] as number
  const frequent = counts.indexOf(most)
  const others = rare.length === 1 ? '' : `, and ${rare.length - 1} more are as rare`
  const isAbsent = rare.some((label) => counts[label] === 0)
  return [
    {
      kind: 'labelImbalance',
      what: `label ${least} has ${counts[least]} of ${targets.rows} rows, label ${frequent} has ${most}${others}`,
      where: { data: 'targets', ...(targets.columns > 1 ? { columns: rare } : {}) },
      evidence: { counts },
      fix: isAbsent
        ? { advice: 'Find rows of each label: what has none cannot be learned' }
        : {
            advice: "Let rare labels count as much: classWeights: 'balanced' in fit",
            fit: { classWeights: 'balanced' },
          },
    },
  ]
}
