import type { Run } from './child.ts'
import { Child } from './child.ts'
import type { Contender } from './contenders.ts'
import { say } from './report.ts'
import type { Task } from './task.ts'
import type { Timings } from './timing.ts'
import { summarize } from './timing.ts'

/** Work for several contenders, of which each does as much as fits. */
export interface Contest {
  readonly task: Task
  /** amounts are multiples of this, and so much is what each contender computes first, in order, to be compared */
  readonly unit: number
  readonly check: number
  /** the most that one run does: all there is */
  readonly most: number
}

/** How much is measured. */
export interface Effort {
  readonly repeats: number
  /** about how many seconds a run may take; undefined: no calibration, each does what it does for the check */
  readonly seconds?: number
}

/** What a contender did. */
export interface Outcome {
  readonly contender: Contender
  readonly versions: Readonly<Record<string, string>>
  /** of the check: the same for all who compute the same */
  readonly checkValue: number
  /** how much one run did */
  readonly amount: number
  /** seconds for an amount of 1 */
  readonly seconds: Timings
  /** the value of the last run */
  readonly value: number
}

interface Entrant {
  readonly contender: Contender
  readonly child: Child
  readonly runs: Run[]
  versions: Readonly<Record<string, string>>
  checkValue: number
  amount: number
  failed: boolean
}

/** The contenders take turns, a run each, over and over; the first round is dropped. Who fails is named and left out. */
export async function hold(contest: Contest, contenders: readonly Contender[], effort: Effort): Promise<Outcome[]> {
  const entrants = contenders.map((contender): Entrant => {
    const child = new Child(contender.command)
    return { contender, child, runs: [], versions: {}, checkValue: Number.NaN, amount: contest.check, failed: false }
  })
  try {
    for (const entrant of entrants) await attempt(entrant, () => prepare(entrant, contest, effort))
    for (let round = 0; round <= effort.repeats; round++) {
      for (const entrant of entrants.filter(({ failed }) => !failed)) {
        await attempt(entrant, async () => {
          const run = await entrant.child.run(entrant.amount, true)
          if (round > 0) entrant.runs.push(run)
        })
      }
    }
  } finally {
    for (const { child } of entrants) child.close()
  }
  return entrants.filter(({ failed }) => !failed).map(outcomeOf)
}

async function prepare(entrant: Entrant, { task, check, unit, most }: Contest, { seconds }: Effort): Promise<void> {
  const { child, contender } = entrant
  const own = task.kind === 'product' ? task : { ...task, dtype: contender.dtype }
  entrant.versions = await child.open(own, contender.options)
  entrant.checkValue = (await child.run(check, false)).value
  if (seconds === undefined) return
  entrant.amount = await calibrate(child, { unit, least: Math.min(check, most), most }, seconds)
}

/** How much takes about so many seconds: found by runs that double until one takes a fifth of it. */
async function calibrate(
  child: Child,
  { unit, least, most }: { unit: number; least: number; most: number },
  seconds: number,
) {
  let amount = least
  let run = await child.run(amount, true)
  while (run.seconds < seconds / 5 && amount < most) {
    amount = Math.min(2 * amount, most)
    run = await child.run(amount, true)
  }
  const fitting = (amount * seconds) / run.seconds
  return Math.max(unit, Math.min(most, Math.round(fitting / unit) * unit))
}

async function attempt(entrant: Entrant, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    entrant.failed = true
    entrant.child.close()
    const { peer, variant } = entrant.contender
    say(`(${[peer, variant].filter(Boolean).join(', ')} left out: ${error instanceof Error ? error.message : error})`)
  }
}

function outcomeOf({ contender, versions, checkValue, amount, runs }: Entrant): Outcome {
  return {
    contender,
    versions,
    checkValue,
    amount,
    seconds: summarize(runs.map(({ seconds }) => seconds / amount)),
    value: runs.at(-1)?.value ?? Number.NaN,
  }
}
