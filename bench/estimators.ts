import { readFileSync } from 'node:fs'
import { Classifier, crossValidate, Regressor } from 'bp-net'
import { python } from './contenders.ts'
import { Conversation } from './conversation.ts'
import type { Setting } from './report.ts'
import { figure, save, say, table } from './report.ts'
import { Scratch } from './scratch.ts'
import type { Timings } from './timing.ts'
import { summarize } from './timing.ts'

const NAME = 'estimators'

/** Tables by the names that peers/python/tabular_sets.py has for them. */
const DATA_SETS = [
  ...['iris', 'wine', 'breast cancer', 'digits', 'moons', 'hard', 'many classes', 'imbalanced', 'wide', 'tiny', 'big'],
  ...['sparse counts', 'parity', 'diabetes', 'friedman1', 'linear with noise', 'outliers', 'housing-like'],
]

interface Effort {
  readonly dataSets: readonly string[]
  /** of the folds and of the models */
  readonly seeds: readonly number[]
}

const FULL: Effort = { dataSets: DATA_SETS, seeds: [0, 1, 2] }
const QUICK: Effort = { dataSets: ['iris', 'diabetes'], seeds: [0] }

/** Ours counts as worse from so many of their standard deviations on. */
const MARGIN = 0.5

/** Of each fold: accuracy or R², and the seconds of fit. */
interface Evaluation {
  readonly scores: readonly number[]
  readonly fitSeconds: readonly number[]
}

/** What peers/python/untuned_peer.py writes. */
interface Handover {
  readonly kind: 'classification' | 'regression'
  readonly rows: readonly (readonly number[])[]
  readonly targets: readonly number[]
  /** the rows to test with */
  readonly folds: readonly (readonly number[])[]
  /** by what was done with the target */
  readonly peers: Readonly<Record<string, Evaluation>>
}

/** An evaluation over all folds and seeds, summed up. */
interface Outcome {
  readonly mean: number
  /** of the population */
  readonly std: number
  readonly fitSeconds: Timings
  readonly scores: readonly number[]
}

interface Row {
  readonly dataSet: string
  readonly kind: Handover['kind']
  readonly rows: number
  readonly columns: number
  readonly ours: Outcome
  readonly theirs: Outcome & { readonly target: string }
  /** in their standard deviations; null where that is 0 */
  readonly margin: number | null
  readonly isLower: boolean
  /** of the medians of their seconds and ours */
  readonly timesOurs: number
}

/** Estimators of tables as they are, beside scikit-learn's networks: the same rows, folds and seeds, nothing tuned. */
export async function estimators({ machine, out, quick, pythons }: Setting): Promise<void> {
  const { dataSets, seeds } = quick ? QUICK : FULL
  say('Classifier and Regressor beside MLPClassifier and MLPRegressor, untuned: accuracy or R² of 5 folds a seed')
  const program = pythons.find(({ modules }) => modules.includes('sklearn'))?.program
  if (program === undefined) {
    say(`(${NAME}: needs a python3 that has scikit-learn: data, folds and peer come from it)\n`)
    return
  }
  const scratch = new Scratch()
  const peer = new Conversation(python(program, 'untuned_peer'))
  const rows: Row[] = []
  let versions: Readonly<Record<string, string>> = {}
  try {
    for (const dataSet of dataSets) {
      const rounds: Round[] = []
      for (const seed of seeds) {
        const path = scratch.path('handover.json')
        const answer = await peer.ask<Answer>({ do: 'open', task: { dataSet, seed, path }, options: {} })
        versions = answer.versions
        const handover = JSON.parse(readFileSync(path, 'utf8')) as Handover
        rounds.push({ ...handover, ours: await evaluate(handover, seed) })
      }
      rows.push(sumUp(dataSet, rounds))
    }
  } finally {
    peer.close()
    scratch.remove()
  }
  const conclusion = conclude(rows)
  say(`\n${asTable(rows)}\n\n${conclusion}\n`)
  const setting = { folds: 5, seeds, versions }
  save(out, `${NAME}.json`, { benchmark: NAME, machine, quick, setting, unit: 's a fit', conclusion, rows })
}

interface Answer {
  readonly versions: Readonly<Record<string, string>>
}

interface Round extends Handover {
  readonly ours: Evaluation
}

/** The same folds by an estimator of ours with nothing but a seed. */
async function evaluate({ kind, rows, targets, folds }: Handover, seed: number): Promise<Evaluation> {
  const fitSeconds: number[] = []
  const build = () => {
    const model = kind === 'classification' ? new Classifier<number>({ seed }) : new Regressor({ seed })
    return {
      fit: async (...given: Parameters<typeof model.fit>) => {
        const start = performance.now()
        await model.fit(...given)
        fitSeconds.push((performance.now() - start) / 1000)
      },
      score: model.score.bind(model),
      predict: model.predict.bind(model),
    }
  }
  const { scores } = await crossValidate<number>(build, rows, targets, { folds })
  return { scores, fitSeconds }
}

function sumUp(dataSet: string, rounds: readonly Round[]): Row {
  const [{ kind, rows, peers }] = rounds as [Round, ...Round[]]
  const ours = outcome(rounds.map((round) => round.ours))
  const [theirs] = Object.keys(peers)
    .map((target) => ({ target, ...outcome(rounds.map((round) => round.peers[target] as Evaluation)) }))
    .sort((a, b) => b.mean - a.mean) as [Row['theirs']]
  const difference = ours.mean - theirs.mean
  return {
    dataSet,
    kind,
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
    ours,
    theirs,
    margin: theirs.std > 0 ? difference / theirs.std : null,
    isLower: difference < -MARGIN * theirs.std - 1e-9, // sums round
    timesOurs: theirs.fitSeconds.median / ours.fitSeconds.median,
  }
}

function outcome(evaluations: readonly Evaluation[]): Outcome {
  const scores = evaluations.flatMap((one) => one.scores)
  const mean = sum(scores) / scores.length
  const std = Math.sqrt(sum(scores.map((score) => (score - mean) ** 2)) / scores.length)
  return { mean, std, fitSeconds: summarize(evaluations.flatMap((one) => one.fitSeconds)), scores }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function conclude(rows: readonly Row[]): string {
  const lower = rows.filter(({ isLower }) => isLower).map(({ dataSet }) => dataSet)
  return `Lower than scikit-learn by more than ${MARGIN} of its standard deviations: ${lower.join(', ') || 'none'}`
}

function asTable(rows: readonly Row[]): string {
  return table(
    ['data set', 'rows × columns', 'ours', 'scikit-learn', 'margin, std', 'fit, s', 'theirs', 'theirs/ours'],
    rows.map(({ dataSet, ours, theirs, margin, timesOurs, ...size }) => [
      dataSet,
      `${size.rows} × ${size.columns}`,
      score(ours),
      score(theirs),
      margin === null ? '–' : `${margin < 0 ? '−' : '+'}${Math.abs(margin).toFixed(2)}`,
      figure(ours.fitSeconds.median),
      figure(theirs.fitSeconds.median),
      timesOurs.toFixed(2),
    ]),
  )
}

function score({ mean, std }: Outcome): string {
  return `${mean.toFixed(4)} ± ${std.toFixed(4)}`
}
