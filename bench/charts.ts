import type { Panel } from './bar-chart.ts'
import { barChart } from './bar-chart.ts'
import type { Result, Row } from './benchmark.ts'
import { sourceLine } from './chart-text.ts'
import type { Machine } from './machine.ts'
import { figure } from './report.ts'

const PANELS: Readonly<Record<string, string>> = {
  'seed-loop': "784-100-10, sigmoid, squared error: the lecture note's loop, a step",
  epochs: '784-100-10, sigmoid, squared error, SGD: an epoch of 60,000 digits',
  adam: '784-512-512-10, relu, softmax, Adam: an epoch of 60,000 digits',
}

/** Training times of the fastest contender of each project, a panel for each network and batch size. */
export function trainingChart(results: readonly Result[], machine: Machine, quick: boolean): string {
  const texts = {
    title: 'Training on MNIST: time, the less the better',
    subtitle: 'the fastest setting of each, float32, on one machine in one run; the axes are logarithmic',
    source: sourceLine('medians', machine, quick),
  }
  const panels = results.flatMap(({ benchmark, unit, rows }) =>
    casesOf(rows).map((name): Panel => {
      const best = bestOf(rows.filter((row) => row.case === name))
      const reference = best.find(isOurs)?.time.median
      const bars = best.map((row) => ({
        name: row.contender,
        value: row.time.median,
        label: `${figure(row.time.median)} ${unit.split(' ')[0]}${ratioTo(reference, row)}`,
        ours: isOurs(row),
      }))
      return { title: `${PANELS[benchmark] ?? benchmark}, ${name}`, bars, log: true }
    }),
  )
  return barChart(texts, panels)
}

/** GFLOP/s of products, a panel for each size. */
export function productsChart({ rows }: Result, machine: Machine, quick: boolean): string {
  const texts = {
    title: 'Products of float32 matrices: GFLOP/s, the more the better',
    subtitle: 'M×N×K, one thread, on one machine in one run',
    source: sourceLine('medians', machine, quick),
  }
  const panels = casesOf(rows).map((name): Panel => {
    const bars = bestOf(rows.filter((row) => row.case === name)).map((row) => ({
      name: row.contender,
      value: row.gflops ?? 0,
      label: figure(row.gflops ?? 0),
      ours: isOurs(row),
    }))
    return { title: name, bars, log: false }
  })
  return barChart(texts, panels)
}

function casesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map((row) => row.case))]
}

/** The fastest contender of each peer, in float32, fastest first. */
function bestOf(rows: readonly Row[]): Row[] {
  const sorted = rows.filter(({ dtype }) => dtype === 'float32').sort((a, b) => a.time.median - b.time.median)
  return sorted.filter(({ peer }, k) => sorted.findIndex((row) => row.peer === peer) === k)
}

function isOurs({ peer }: Row): boolean {
  return peer === 'bp-net'
}

function ratioTo(reference: number | undefined, row: Row): string {
  if (reference === undefined || isOurs(row)) return ''
  return `, ${figure(row.time.median / reference)}×`
}
