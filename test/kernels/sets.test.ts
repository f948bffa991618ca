import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  Activation,
  Cells,
  ElementActivation,
  ElementLoss,
  Loss,
  Operation,
  View,
} from '../../src/kernels/plan.ts'
import { activations } from '../../src/rule/activations.ts'
import { losses } from '../../src/rule/losses.ts'
import { sets } from './available.ts'
import type { Setting } from './drawn-matrices.ts'
import { cellsFor, expectNear, matrices, ROUNDINGS, read, setting, sum, UNIT } from './drawn-matrices.ts'

const elementwise = Object.values<Activation>(activations).filter((f): f is ElementActivation => !('rowwise' in f))
const own: ElementActivation = { name: 'mine', value: (z) => z * z, derivative: (z) => 2 * z }

describe.each(sets)('the %s kernels', (_name, kernels) => {
  const run = (operations: readonly Operation[], cells: Cells) => kernels.prepare(operations)(cells)

  describe.each(['float32', 'float64'] as const)('in %s', (dtype) => {
    const unit = UNIT[dtype]
    const property = (check: (drawn: Setting) => void, runs = 25) =>
      fc.assert(fc.property(setting, check), { numRuns: runs })

    test('add the row b to A·W for any number of rows', () => {
      property(({ m, spare, k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, k],
          [k, n],
          [1, n],
          [m + spare, n],
        ])
        const [A, W, b, Z] = views as [View, View, View, View]
        const before = read(Z)
        run([{ kind: 'affine', A, W, b, Z }], cellsFor(m))
        expectNear(Z, m, before, (i, j) => {
          const { exact, size } = sum(k, (l) => A.get(i, l) * W.get(l, j))
          return [exact + b.get(0, j), (k + 2) * unit * (size + Math.abs(b.get(0, j)))]
        })
        checkEdges()
      })
    })

    test.each([...elementwise, own])('carry the loss of a layer to the one below, through $name', (f) => {
      property(({ m, spare, k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, n],
          [k, n],
          [m + spare, k],
          [m + spare, k],
          [m + spare, k],
        ])
        const [loss, W, Z, A, lossBelow] = views as [View, View, View, View, View]
        const before = read(lossBelow)
        run([{ kind: 'propagate', loss, W, f, Z, A, lossBelow }], cellsFor(m))
        expectNear(lossBelow, m, before, (i, j) => {
          const { exact, size } = sum(n, (l) => loss.get(i, l) * W.get(j, l))
          const slope = f.derivative(Z.get(i, j), A.get(i, j))
          const roundings = (n + 2) * Math.abs(slope) + ROUNDINGS * (2 + Math.abs(slope))
          return [exact * slope, roundings * unit * size]
        })
        checkEdges()
      }, 8)
    })

    test.each(['anew', 'added to those before'])('find the gradients of weights and biases, %s', (how) => {
      property(({ m, spare, k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, k],
          [m + spare, n],
          [k, n],
          [1, n],
        ])
        const [A, loss, dW, db] = views as [View, View, View, View]
        const [oldW, oldB] = [read(dW), read(db)] as [number[][], number[][]]
        const kept = how === 'anew' ? {} : { keep: 'keep' as const }
        run(
          [
            { kind: 'weightGradient', A, loss, dW, mean: 'mean', ...kept },
            { kind: 'biasGradient', loss, db, mean: 'mean', ...kept },
          ],
          cellsFor(m),
        )
        const keep = how === 'anew' ? 0 : 1
        expectNear(dW, k, oldW, (i, j) => {
          const { exact, size } = sum(m, (r) => A.get(r, i) * loss.get(r, j))
          const old = keep * (oldW[i]?.[j] as number)
          return [old + exact / m, (m + 3) * unit * (Math.abs(old) + size / m)]
        })
        expectNear(db, 1, oldB, (_, j) => {
          const { exact, size } = sum(m, (r) => loss.get(r, j))
          const old = keep * (oldB[0]?.[j] as number)
          return [old + exact / m, (m + 3) * unit * (Math.abs(old) + size / m)]
        })
        checkEdges()
      })
    })

    test('take the step of sgd in one plan with its gradients', () => {
      property(({ m, spare, k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, k],
          [m + spare, n],
          [k, n],
          [k, n],
          [1, n],
          [1, n],
        ])
        const [A, loss, W, dW, b, db] = views as [View, View, View, View, View, View]
        const [oldW, oldB] = [read(W), read(b)] as [number[][], number[][]]
        const cells = cellsFor(m)
        run(
          [
            { kind: 'weightGradient', A, loss, dW, mean: 'mean' },
            { kind: 'biasGradient', loss, db, mean: 'mean' },
            { kind: 'update', parameter: W, gradient: dW, rate: 'rate' },
            { kind: 'update', parameter: b, gradient: db, rate: 'rate' },
          ],
          cells,
        )
        expectNear(W, k, oldW, (i, j) => {
          const { exact, size } = sum(m, (r) => A.get(r, i) * loss.get(r, j))
          const old = oldW[i]?.[j] as number
          return [old - (0.25 * exact) / m, (m + 5) * unit * (Math.abs(old) + size / m)]
        })
        expectNear(b, 1, oldB, (_, j) => {
          const { exact, size } = sum(m, (r) => loss.get(r, j))
          const old = oldB[0]?.[j] as number
          return [old - (0.25 * exact) / m, (m + 5) * unit * (Math.abs(old) + size / m)]
        })
        checkEdges()
      })
    })

    test.each([...Object.values<Activation>(activations), own])('apply $name', (f) => {
      property(({ m, spare, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, n],
          [m + spare, n],
        ])
        const [Z, A] = views as [View, View]
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) Z.set(i, j, 6 * Z.get(i, j))
        const before = read(A)
        run([{ kind: 'activate', f, Z, A }], cellsFor(m))
        const exact = read(Z).map((z) => ('rowwise' in f ? f.value(z) : z.map((value) => f.value(value))))
        expectNear(A, m, before, (i, j) => {
          const value = exact[i]?.[j] as number
          return [
            value,
            ROUNDINGS * unit * Math.max(1, Math.abs(value), Math.abs(Z.get(i, j))) * ('rowwise' in f ? 2 : 1),
          ]
        })
        checkEdges()
      }, 10)
    })

    const quartic: ElementLoss = { name: 'mine', value: (a, t) => (a - t) ** 4, derivative: (a, t) => 4 * (a - t) ** 3 }
    test.each([...Object.values<Loss>(losses), quartic])('find $name of each row, and its gradient', (E) => {
      const fitting = Object.values<Activation>(activations).filter(
        ({ name }) => !('fusedWith' in E) || E.fusedWith === name,
      )
      for (const f of [...fitting, ...('fusedWith' in E ? [] : [own])]) {
        property(({ m, spare, n, seed }) => {
          const { views, checkEdges } = matrices(kernels, dtype, seed, [
            [m + spare, n],
            [m + spare, n],
            [m + spare, n],
            [m + spare, 1],
            [m + spare, n],
          ])
          const [Z, A, T, perRow, loss] = views as [View, View, View, View, View]
          if ('targets' in E)
            for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) T.set(i, j, Math.abs(T.get(i, j)) / 2)
          const cells = cellsFor(m)
          run([{ kind: 'activate', f, Z, A }], cells)
          const [oldRows, oldLoss] = [read(perRow), read(loss)]
          run(
            [
              { kind: 'loss', E, Z, A, T, perRow },
              { kind: 'lossGradient', E, f, Z, A, T, loss },
            ],
            cells,
          )
          const [z, a, t] = [read(Z), read(A), read(T)]
          expectNear(perRow, m, oldRows, (i) => {
            const [zRow, aRow, tRow] = [z[i], a[i], t[i]] as [number[], number[], number[]]
            if ('fusedWith' in E) {
              const exact = E.value(zRow, tRow)
              const size = sum(n, (j) => (1 + Math.abs(tRow[j] as number)) * (4 + Math.abs(zRow[j] as number))).size
              return [exact, (n + ROUNDINGS) * unit * size]
            }
            const terms = aRow.map((value, j) => E.value(value, tRow[j] as number))
            const exact = terms.reduce((x, y) => x + y, 0)
            return [exact, (n + ROUNDINGS) * unit * (exact + n)]
          })
          expectNear(loss, m, oldLoss, (i, j) => {
            const [zRow, aRow, tRow] = [z[i], a[i], t[i]] as [number[], number[], number[]]
            const [exact, size] = gradientOf(E, f, zRow, aRow, tRow, j)
            return [exact, (n + ROUNDINGS) * unit * size]
          })
          checkEdges()
        }, 4)
      }
    })

    test('judge a step, and end the run before the updates where it is too far', () => {
      property(({ m, spare, k, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, k],
          [m + spare, n],
          [m + spare, 1],
          [1, 2],
          [k, n],
          [k, n],
        ])
        const [A, loss, perRow, limits, W, dW] = views as [View, View, View, View, View, View]
        limits.set(0, 0, 0)
        const limit = limits.lo(0, 1)
        const cells = cellsFor(m)
        const judge: Operation[] = [{ kind: 'limit', A, loss, limit }]
        expect(run(judge, cells)).toBe(true)
        const most = (view: View) => Math.max(...read(view).slice(0, m).flat().map(Math.abs))
        const expected = Math.max(1, most(A)) * most(loss)
        expect(Math.abs(limits.get(0, 1) - expected)).toBeLessThanOrEqual(2 * unit * expected)

        const step: Operation[] = [
          { kind: 'guard', perRow, limits, below: 'below' },
          { kind: 'update', parameter: W, gradient: dW, rate: 'rate' },
        ]
        const guarded = (below: number) => run(step, { ...cells, below })
        const before = read(W)
        expect(guarded(limits.get(0, 1))).toBe(false)
        perRow.set(m - 1, 0, Number.NaN)
        expect(guarded(Number.MAX_VALUE)).toBe(false)
        perRow.set(m - 1, 0, 0)
        if (spare > 0) perRow.set(m, 0, Number.POSITIVE_INFINITY)
        expect(read(W)).toEqual(before)
        expect(guarded(Number.MAX_VALUE)).toBe(true)
        expectNear(W, k, before, (i, j) => {
          const exact = (before[i]?.[j] as number) - 0.25 * dW.get(i, j)
          return [exact, 3 * unit * 3]
        })
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          A.set(m - 1, k - 1, bad)
          run(judge, cells)
          expect(limits.get(0, 1)).toEqual(Math.abs(bad))
          expect(guarded(Number.MAX_VALUE)).toBe(false)
        }
        checkEdges()
      }, 10)
    })

    test('name the greatest output of each row, the first of equals, and no label beside NaN', () => {
      property(({ m, spare, n, seed }) => {
        const { views, checkEdges } = matrices(kernels, dtype, seed, [
          [m + spare, n],
          [m + spare, 1],
        ])
        const [A, labels] = views as [View, View]
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) A.set(i, j, Math.round(2 * A.get(i, j)) / 2)
        if (m > 1) A.set(m - 1, seed % n, Number.NaN)
        run([{ kind: 'label', A, labels }], cellsFor(m))
        for (let i = 0; i < m; i++) {
          const row = read(A)[i] as number[]
          const greatest = n === 1 ? Number((row[0] as number) >= 0.5) : row.indexOf(Math.max(...row))
          expect(labels.get(i, 0)).toEqual(i === m - 1 && m > 1 ? Number.NaN : greatest)
        }
        checkEdges()
      }, 15)
    })
  })
})

/** ∂E/∂z of one output, and the size of what was added up for it. */
function gradientOf(E: Loss, f: Activation, z: number[], a: number[], t: number[], j: number): [number, number] {
  const [aj, tj] = [a[j] as number, t[j] as number]
  if ('fusedWith' in E) {
    const total = t.reduce((x, y) => x + y, 0)
    return [E.derivative(a, t)[j] as number, Math.abs(aj) * (1 + total) + Math.abs(tj)]
  }
  const g = a.map((value, i) => E.derivative(value, t[i] as number))
  if ('rowwise' in f) {
    const size = g.reduce((x, y, i) => x + (a[i] as number) * Math.abs(y), 0)
    return [f.derivative(a, g)[j] as number, Math.abs(aj) * (Math.abs(g[j] as number) + size)]
  }
  const slope = f.derivative(z[j] as number, aj)
  return [(g[j] as number) * slope, (Math.abs(g[j] as number) + Math.abs(aj) + Math.abs(tj)) * (1 + Math.abs(slope))]
}
