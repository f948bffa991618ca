import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Network } from '../../src/index.ts'
import type { ProgressOptions } from '../../src/node.ts'
import { progressBar } from '../../src/node.ts'
import type { BatchReport, EpochReport } from '../../src/training/history.ts'

const [UP, CLEAR] = ['\x1b[1A\r', '\x1b[K\n']

/** A stream that keeps what is written. */
function fake(properties: { isTTY?: boolean; columns?: number } = {}) {
  const writes: string[] = []
  return { ...properties, writes, write: (text: string) => writes.push(text) }
}

const terminal = (columns = 100) => fake({ isTTY: true, columns })

function batchReport(given: Partial<BatchReport> = {}): BatchReport {
  const first = { epoch: 2, epochs: 5, batch: 1, batches: 10, step: 11, loss: 0.5, meanLoss: 0.25, learningRate: 0.3 }
  return { ...first, ...given }
}

function epochReport(given: Partial<EpochReport> = {}): EpochReport {
  return { epoch: 2, epochs: 5, step: 20, loss: 0.25, metrics: {}, learningRate: 0.3, seconds: 1.5, ...given }
}

/** What a terminal shows after these writes, line by line. */
function screen(writes: readonly string[]): string[] {
  const lines: string[] = []
  for (const text of writes) {
    expect(text.endsWith(CLEAR)).toBe(true)
    if (text.startsWith(UP)) lines.pop()
    lines.push(text.replace(UP, '').replace(CLEAR, ''))
  }
  return lines
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.stubEnv('TERM', 'xterm')
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

describe('progressBar in a terminal', () => {
  it('rewrites one line: epoch, bar, batch, mean loss, pace and time left', () => {
    const stream = terminal()
    const { onBatch } = progressBar({ stream })
    onBatch?.(batchReport())
    vi.advanceTimersByTime(2000)
    onBatch?.(batchReport({ batch: 5, step: 15, meanLoss: 0.125 }))
    expect(stream.writes[1]?.startsWith(UP)).toBe(true)
    // 4 steps in 2 s; 5 steps of this epoch and 30 of three more are left
    expect(screen(stream.writes)).toEqual([
      `epoch 2/5 ${'█'.repeat(12)}${'░'.repeat(12)} batch 5/10 · loss 0.1250 · 2.0 steps/s · 18 s left`,
    ])
  })

  it('draws at most ten times a second, however many steps there are', () => {
    const stream = terminal()
    const { onBatch } = progressBar({ stream })
    for (let step = 1; step <= 1000; step++) {
      onBatch?.(batchReport({ batch: step, batches: 1000, step }))
      vi.advanceTimersByTime(1)
    }
    expect(stream.writes).toHaveLength(10)
    expect(screen(stream.writes)).toHaveLength(1)
  })

  it('leaves a line in its place at the end of each epoch', () => {
    const stream = terminal()
    const { onBatch, onEpoch } = progressBar({ stream })
    onBatch?.(batchReport())
    onEpoch(epochReport({ validationLoss: 0.5, metrics: { accuracy: 0.9375 } }))
    onBatch?.(batchReport({ epoch: 3 })) // within the same tenth of a second
    vi.advanceTimersByTime(100)
    onBatch?.(batchReport({ epoch: 3, batch: 2, step: 22 }))
    const [left, live, ...others] = screen(stream.writes)
    expect(left).toBe('epoch 2/5 · loss 0.2500 · validation loss 0.5000 · accuracy 0.9375 · rate 0.3 · 1.50 s')
    expect(live).toMatch(/^epoch 3\/5 /)
    expect(others).toEqual([])
  })

  it('ends every write below the line, so that an error begins a line of its own', () => {
    const stream = terminal()
    const { onBatch, onEpoch } = progressBar({ stream })
    onBatch?.(batchReport())
    onEpoch(epochReport())
    expect(stream.writes.every((text) => text.endsWith('\n'))).toBe(true)
  })

  it.each([10, 20, 40, 60, 80, 200])('keeps within %i columns', (columns) => {
    const stream = terminal(columns)
    const { onBatch } = progressBar({ stream })
    for (let step = 1; step <= 3; step++) {
      onBatch?.(batchReport({ batch: step, step, batches: 12_345, epochs: 1000 }))
      vi.advanceTimersByTime(100)
    }
    for (const line of screen(stream.writes)) expect(line.length).toBeLessThan(columns)
  })

  it('takes 80 columns where the terminal does not know', () => {
    for (const columns of [undefined, 0]) {
      const writes: string[] = []
      const { onBatch } = progressBar({ stream: { isTTY: true, columns, write: (text) => writes.push(text) } })
      onBatch?.(batchReport())
      expect(screen(writes)[0]?.length).toBeLessThan(80)
      expect(screen(writes)[0]).toContain('░')
    }
  })

  it('says no time left where no number of epochs was asked for', () => {
    const stream = terminal()
    const { onBatch, onEpoch } = progressBar({ stream })
    const { epochs: _, ...report } = batchReport()
    onBatch?.(report)
    vi.advanceTimersByTime(1000)
    onBatch?.({ ...report, batch: 9, step: 19 })
    const { epochs: __, ...end } = epochReport()
    expect(screen(stream.writes)[0]).toMatch(/^epoch 2 █+░+ batch 9\/10 · loss 0.2500 · 8.0 steps\/s$/)
    onEpoch(end)
    expect(screen(stream.writes)).toEqual(['epoch 2 · loss 0.2500 · rate 0.3 · 1.50 s'])
  })

  it('begins to count anew in another run', () => {
    const stream = terminal()
    const { onBatch } = progressBar({ stream })
    onBatch?.(batchReport({ step: 500 }))
    vi.advanceTimersByTime(60_000)
    onBatch?.(batchReport({ step: 1, batch: 1 }))
    expect(screen(stream.writes)[0]).not.toContain('steps/s')
    vi.advanceTimersByTime(1000)
    onBatch?.(batchReport({ step: 4, batch: 4 }))
    expect(screen(stream.writes)[0]).toContain('3.0 steps/s')
  })
})

describe('progressBar where nothing can be rewritten', () => {
  it('leaves a line an epoch, and does not ask fit to stop after steps', () => {
    const stream = fake()
    const bar = progressBar({ stream })
    expect(bar).not.toHaveProperty('onBatch')
    bar.onEpoch(epochReport({ epoch: 9, epochs: 10 }))
    bar.onEpoch(epochReport({ epoch: 10, epochs: 10, learningRate: 1.23456e-7, seconds: 75.2 }))
    expect(stream.writes).toEqual([
      'epoch  9/10 · loss 0.2500 · rate 0.3 · 1.50 s\n',
      'epoch 10/10 · loss 0.2500 · rate 1.23e-7 · 1 min 15 s\n',
    ])
  })

  it('knows a terminal that cannot move its cursor', () => {
    vi.stubEnv('TERM', 'dumb')
    expect(progressBar({ stream: terminal() })).not.toHaveProperty('onBatch')
  })
})

describe('progressBar', () => {
  it('leaves lines of every so many epochs, and of the last', () => {
    for (const stream of [fake(), terminal()]) {
      const { onEpoch } = progressBar({ stream, everyEpochs: 4 })
      for (let epoch = 1; epoch <= 10; epoch++) onEpoch(epochReport({ epoch, epochs: 10 }))
      expect(stream.writes.map((line) => Number(line.match(/\d+/)?.[0]))).toEqual([4, 8, 10])
    }
  })

  it.each([
    [0.00004, '4.00e-5'],
    [0, '0.0000'],
    [-1234.56789, '-1234.5679'],
    [1e9, '1.00e+9'],
    [Number.NaN, 'NaN'],
  ])('writes the number %d as %s', (loss, text) => {
    const stream = fake()
    progressBar({ stream }).onEpoch(epochReport({ loss }))
    expect(stream.writes[0]).toContain(` loss ${text} `)
  })

  it.each([
    [0.004, '0.00 s'],
    [59.4, '59.40 s'],
    [59.7, '1 min 00 s'],
    [3599.6, '1 h 00 min'],
    [7620, '2 h 07 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    const stream = fake()
    progressBar({ stream }).onEpoch(epochReport({ seconds }))
    expect(stream.writes[0]?.trim().endsWith(` ${text}`)).toBe(true)
  })

  it.each([true, false])('goes into the options of fit, in a terminal (%s)', async (isTTY) => {
    const stream = fake({ isTTY })
    const network = new Network({ layers: [2, 3, 1], seed: 1 })
    const history = await network.fit([[0, 1], [1, 0]], [1, 0], { epochs: 4, ...progressBar({ stream }) }) // biome-ignore format: short
    expect(history.stoppedBy).toBe('epochs')
    const lines = isTTY ? screen(stream.writes) : stream.writes
    expect(lines.map((line) => line.split(' · ')[0])).toEqual([1, 2, 3, 4].map((epoch) => `epoch ${epoch}/4`))
  })

  it('writes to process.stderr, untold', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    progressBar().onEpoch(epochReport())
    expect(write).toHaveBeenCalledOnce()
    write.mockRestore()
  })

  it.each<[unknown, string]>([
    [{ stream: {} }, 'progressBar: stream is an empty object; expected an object that has write(text)'],
    [{ stream: null }, 'progressBar: stream is null; expected an object that has write(text)'],
    [{ everyEpochs: 0 }, 'progressBar: everyEpochs is 0; expected a whole number of at least 1'],
    [{ steam: process.stderr }, 'progressBar: unknown option "steam"; did you mean "stream"?'],
  ])('refuses %j', (options, message) => {
    expect(() => progressBar(options as ProgressOptions)).toThrow(message)
  })
})
