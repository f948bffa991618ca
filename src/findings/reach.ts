import type { Activation, Loss } from '../kernels/plan.ts'
import type { Rows } from '../matrix/rows.ts'
import { short } from '../training/number-words.ts'
import type { Finding } from './finding.ts'

/** By how much a target may lie outside before it counts: labels of 0 and 1 need no more than that. */
const NEAR = 1e-3

/** An output is as good as unbounded where it reaches so far. */
const FAR = 1e3

/** The least and the greatest output of an activation, as found by trying; infinite where it goes on and on. */
function reachOf(f: Activation): { least: number; greatest: number } {
  const outputs: number[] = []
  for (let k = -600; k <= 600; k++) {
    const z = Math.sinh(k / 60)
    if ('rowwise' in f) outputs.push(...f.value([z, 0]))
    else outputs.push(f.value(z))
  }
  const finite = outputs.filter((a) => !Number.isNaN(a))
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity)
  const greatest = finite.reduce((a, b) => Math.max(a, b), -Infinity)
  return { least: least < -FAR ? -Infinity : least, greatest: greatest > FAR ? Infinity : greatest }
}

/** Targets that no output can reach. */
export function findUnreachable(targets: Rows, f: Activation, E: Loss): Finding[] {
  const { least, greatest } = reachOf(f)
  const { data, columns } = targets
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
  return [
    {
      kind: 'targetsOutOfRange',
      what: `${count} of ${data.length} targets are beyond what ${f.name} outputs, ${wordRange(least, greatest)}: row ${Math.floor(farthest / columns)}, column ${farthest % columns} is ${short(value)}`,
      where: { data: 'targets', columns: [...columnsFound].sort((a, b) => a - b) },
      evidence: { outside: count, targets: data.length, farthest: value },
      fix: {
        advice: "Try outputActivation: 'identity', which reaches every number; or scale the targets",
        network: { outputActivation: 'identity', ...('fusedWith' in E ? { loss: 'squaredError' } : {}) },
      },
    },
  ]
}

function wordRange(least: number, greatest: number): string {
  if (greatest === Infinity) return `from ${short(least)} up`
  return least === -Infinity ? `up to ${short(greatest)}` : `from ${short(least)} to ${short(greatest)}`
}
