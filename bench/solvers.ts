import type { Optimizer, SolverName } from 'bp-net'
import { adam, Matrix, Network } from 'bp-net'
import { seeded } from './data.ts'
import type { Setting } from './report.ts'
import { duration, figure, save, say, table } from './report.ts'
import type { Course, Point } from './solver-chart.ts'
import { solverChart } from './solver-chart.ts'
import { median } from './timing.ts'

const NAME = 'solvers'
const SEED = 20230918

/** A small regression, and how long it is tried. */
interface Effort {
  readonly rows: number
  readonly layers: readonly number[]
  /** of Adam */
  readonly epochs: number
  /** solvers end by themselves, or after so many */
  readonly iterations: Readonly<Record<SolverName, number>>
  readonly repeats: number
}

const FULL: Effort = {
  rows: 500,
  layers: [3, 15, 1],
  epochs: 6000,
  iterations: { levenbergMarquardt: 1000, lbfgs: 6000 },
  repeats: 5,
}
const QUICK: Effort = {
  rows: 40,
  layers: [3, 4, 1],
  epochs: 30,
  iterations: { levenbergMarquardt: 20, lbfgs: 20 },
  repeats: 2,
}

/** How much noise stands on the targets, so that there is a loss below which a fit learns nothing any more. */
const NOISE = 0.01

/** What is tried of Adam, of which the best counts: what leaves the least loss at its end. */
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
const BATCHES = [32, 'all'] as const

/** A point is kept, or a loss of Adam's measured, after so many times as many iterations or epochs as the last. */
const GROWTH = 1.1

interface Task {
  readonly inputs: Matrix
  readonly targets: Matrix
  readonly effort: Effort
}

/** One way down: each point is a loss of all rows and the seconds until then; the same in each run but for the seconds. */
type Way = () => Promise<Point[]>

/** The loss of a small regression by time: Levenberg–Marquardt, L-BFGS and Adam from the same start. */
export async function solvers({ machine, out, quick }: Setting): Promise<void> {
  const effort = quick ? QUICK : FULL
  const task = taskOf(effort)
  say(`A regression of ${effort.rows} rows on ${effort.layers.join('-')}, tanh, float64, from one start: loss by time`)
  const best = await bestOfAdam(task)
  const ways: [name: string, way: Way][] = [
    ['Levenberg–Marquardt', () => bySolver(task, 'levenbergMarquardt')],
    ['L-BFGS', () => bySolver(task, 'lbfgs')],
    ['Adam', () => byAdam(task, best)],
  ]
  const courses = await byTurns(ways, effort.repeats)
  const start = build(effort).loss(task.inputs, task.targets)
  say(`\n${asTable(courses)}\n`)
  const { rows, layers } = effort
  const setting = {
    rows,
    layers,
    noise: NOISE,
    seed: SEED,
    dtype: 'float64',
    adam: best,
    rates: RATES,
    batches: BATCHES,
  }
  save(out, `${NAME}.json`, {
    benchmark: NAME,
    machine,
    quick,
    setting,
    unit: 's',
    start,
    repeats: effort.repeats,
    rows: courses,
  })
  save(
    out,
    `${NAME}.svg`,
    solverChart(courses, start, { rows, layers, rate: best.learningRate, batch: best.batch }, machine, quick),
  )
}

/** Rows of a smooth function of three inputs, with noise. */
function taskOf(effort: Effort): Task {
  const random = seeded(SEED)
  const inputs = Matrix.zeros(effort.rows, 3)
  inputs.map(() => 2 * random() - 1, inputs)
  const targets = Matrix.zeros(effort.rows, 1)
  targets.map((_, i) => {
    const [a, b, c] = [inputs.get(i, 0), inputs.get(i, 1), inputs.get(i, 2)]
    return Math.sin(3 * a) * Math.cos(2 * b) + c * c + NOISE * Math.sqrt(12) * (random() - 0.5)
  }, targets)
  return { inputs, targets, effort }
}

function build({ layers }: Effort, optimizer: Optimizer = adam()): Network {
  const shape = { layers, activation: 'tanh', outputActivation: 'identity', dtype: 'float64' } as const
  return new Network({ ...shape, optimizer, seed: SEED })
}

async function bySolver({ inputs, targets, effort }: Task, method: SolverName): Promise<Point[]> {
  const points: Point[] = []
  const network = build(effort)
  const start = performance.now()
  await network.solve(inputs, targets, {
    method,
    maxIterations: effort.iterations[method],
    onIteration: ({ loss }) => void points.push({ seconds: (performance.now() - start) / 1000, loss }),
  })
  return thinned(points)
}

/** The first points, then ever fewer, as a logarithmic axis shows them, and the last. */
function thinned(points: readonly Point[]): Point[] {
  let next = 1
  return points.filter((_, k) => {
    if (k + 1 < next && k + 1 < points.length) return false
    next = Math.ceil(GROWTH * (k + 1))
    return true
  })
}

interface AdamSetting {
  readonly learningRate: number
  readonly batch: (typeof BATCHES)[number]
}

/** The loss of all rows is measured now and then, while the clock stands. */
async function byAdam({ inputs, targets, effort }: Task, { learningRate, batch }: AdamSetting): Promise<Point[]> {
  const points: Point[] = []
  const network = build(effort, adam({ learningRate }))
  let start = performance.now()
  let next = 1
  await network.fit(inputs, targets, {
    epochs: effort.epochs,
    batchSize: batch === 'all' ? effort.rows : batch,
    gradientNorms: false,
    onEpoch: ({ epoch }) => {
      if (epoch < next && epoch < effort.epochs) return
      next = Math.ceil(GROWTH * epoch)
      const now = performance.now()
      points.push({ seconds: (now - start) / 1000, loss: network.loss(inputs, targets) })
      start += performance.now() - now
    },
  })
  return points
}

async function bestOfAdam(task: Task): Promise<AdamSetting> {
  const settings = RATES.flatMap((learningRate) => BATCHES.map((batch): AdamSetting => ({ learningRate, batch })))
  const tried: { setting: AdamSetting; loss: number }[] = []
  for (const setting of settings) {
    const loss = (await byAdam(task, setting)).at(-1)?.loss ?? Number.POSITIVE_INFINITY
    tried.push({ setting, loss })
    say(
      `Adam at ${setting.learningRate}, batches of ${setting.batch}: ${loss.toExponential(3)} after ${task.effort.epochs} epochs`,
    )
  }
  return (tried.toSorted((a, b) => a.loss - b.loss)[0] as (typeof tried)[0]).setting
}

/** All by turns, after a round that only warms up; the seconds of each point are the median over the rounds. */
async function byTurns(ways: readonly [name: string, way: Way][], repeats: number): Promise<Course[]> {
  const rounds: Point[][][] = []
  for (let round = 0; round <= repeats; round++) {
    const found: Point[][] = []
    for (const [, way] of ways) found.push(await way())
    if (round > 0) rounds.push(found)
  }
  return ways.map(([name], k) => {
    const runs = rounds.map((round) => round[k] as Point[])
    const [first] = runs as [Point[]]
    const points = first.map(({ loss }, n) => ({ seconds: median(runs.map((run) => (run[n] as Point).seconds)), loss }))
    return { name, points }
  })
}

/** How long each took to some losses: those within these shares of the least loss of all. */
function asTable(courses: readonly Course[]): string {
  const least = Math.min(...courses.flatMap(({ points }) => points.map(({ loss }) => loss)))
  const shares = [10, 2, 1.1, 1.01]
  const timeTo = (points: readonly Point[], loss: number) => {
    const point = points.find((one) => one.loss <= loss)
    return point === undefined ? '–' : duration(1000 * point.seconds)
  }
  return table(
    ['method', ...shares.map((share) => `to ${(share * least).toExponential(2)}`), 'in all', 'least loss'],
    courses.map(({ name, points }) => {
      const last = points.at(-1) as Point
      const lowest = Math.min(...points.map(({ loss }) => loss))
      const times = shares.map((share) => timeTo(points, share * least))
      return [name, ...times, `${figure(last.seconds)} s`, lowest.toExponential(3)]
    }),
  )
}
