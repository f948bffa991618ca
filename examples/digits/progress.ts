import { Presets, SingleBar } from 'cli-progress'

/** Shows how far a long work is. */
export interface Progress {
  update(done: number, loss: number): void
  stop(): void
}

/** A bar with loss, samples/s and time left in a terminal; a line for every tenth of the work elsewhere. */
export function progress(title: string, total: number): Progress {
  const start = performance.now()
  const figures = (done: number, loss: number) => {
    const perSecond = (1000 * done) / (performance.now() - start)
    return {
      loss: loss.toFixed(4),
      speed: Math.round(perSecond).toLocaleString('en'),
      left: `${Math.ceil((total - done) / perSecond)} s`,
    }
  }
  return process.stderr.isTTY ? bar(title, total, figures) : lines(title, total, figures)
}

type Figures = (done: number, loss: number) => { loss: string; speed: string; left: string }

function bar(title: string, total: number, figures: Figures): Progress {
  const format = `${title} {bar} {percentage} % · loss {loss} · {speed} samples/s · {left} left`
  // the terminal is left as it is, so that nothing need be restored where the run is interrupted
  const single = new SingleBar({ format, hideCursor: false, linewrap: true, barsize: 24 }, Presets.shades_classic)
  single.start(total, 0, { loss: '–', speed: '–', left: '–' })
  return {
    update: (done, loss) => single.update(done, figures(done, loss)),
    stop: () => single.stop(),
  }
}

function lines(title: string, total: number, figures: Figures): Progress {
  let tenths = 0
  return {
    update(done, loss) {
      if (Math.floor((10 * done) / total) <= tenths) return
      tenths = Math.floor((10 * done) / total)
      const { loss: text, speed, left } = figures(done, loss)
      console.error(`${title} ${10 * tenths} % · loss ${text} · ${speed} samples/s · ${left} left`)
    },
    stop() {},
  }
}
