import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { activations, adam, losses, Network, sgd, type Trace, trace } from '../../src/index.ts'
import { build, tableOf } from './tracing.ts'

const inputs = [[0, 1], [1, 1]] // biome-ignore format: a matrix
const small = () => new Network({ layers: [2, 2, 1], seed: 1, dtype: 'float64', reproducible: true, learningRate: 0.5 })
const written = (objective = {}): Trace => trace(small(), inputs, [1, 0], objective)

/** How near the numerical derivatives come hangs on the engine's last bits. */
const withoutNoise = (text: string) => text.replace(/at most \d[\d.]*e-\d+ away|the same(?=:?$)/gm, 'at most … away')

test('every activation and every loss of the tables is written out', () => {
  for (const one of [...Object.values(activations), ...Object.values(losses)]) expect(one.formula).toBeDefined()
})

describe('as text', () => {
  test('a small step reads so', () => {
    expect(withoutNoise(String(written({ check: true })))).toMatchInlineSnapshot(`
      "Step 1 of 2-2-1, squaredError, sgd: 2 rows, E = 0.150285
      A_0 is X, the inputs. W_1, b_1, Z_1, A_1 belong to network.layers[0], and so on.

      Given

        A_0  2×2    T  2×1    W_1  2×2               b_1  1×2    W_2  2×1     b_2  1×1
          0  1        1         0.40905   0.24835      0  0        0.90969      0
          1  1        0         0.20502  -0.86391                  0.79454

      Forward

        Z_1 = A_0·W_1 + b_1    2×2 from A_0 2×2, W_1 2×2, b_1 1×2
            0.20502  -0.86391
            0.61407  -0.61556

        A_1 = sigmoid(Z_1)
            = 1/(1 + e^(−Z_1))    2×2 from Z_1 2×2
            0.55108  0.29652
            0.64887  0.35079

        Z_2 = A_1·W_2 + b_2    2×1 from A_1 2×2, W_2 2×1, b_2 1×1
            0.73691
            0.86899

        A_2 = sigmoid(Z_2)
            = 1/(1 + e^(−Z_2))    2×1 from Z_2 2×1
            0.67632
            0.70453

      Loss

        E_row = ½·Σ(A_2 − T)²    2×1 from A_2 2×1, T 2×1
            0.05238
            0.24818

        E = (1/2)·Σ E_row = 0.150285

      Backward

        loss_2 = ∂E_row/∂A_2 ⊙ sigmoid'(Z_2)
               = (A_2 − T) ⊙ A_2 ⊙ (1 − A_2)    2×1 from Z_2 2×1, A_2 2×1, T 2×1
            -0.07086
             0.14666

        dW_2 = (1/2)·A_1ᵀ·loss_2    2×1 from A_1 2×2, loss_2 2×1
          dW_2          numerical, at most … away
            0.028058      0.028058
            0.015218      0.015218

        db_2 = (1/2)·column sums of loss_2    1×1 from loss_2 2×1
          db_2          numerical, at most … away
            0.037901      0.037901

        loss_1 = (loss_2·W_2ᵀ) ⊙ sigmoid'(Z_1)
               = (loss_2·W_2ᵀ) ⊙ A_1 ⊙ (1 − A_1)    2×2 from loss_2 2×1, W_2 2×1, Z_1 2×2, A_1 2×2
            -0.015946  -0.011744
             0.030397   0.026537

        dW_1 = (1/2)·A_0ᵀ·loss_1    2×2 from A_0 2×2, loss_1 2×2
          dW_1                    numerical, at most … away
            0.015199  0.013269      0.015199  0.013269
            0.007225  0.007397      0.007225  0.007397

        db_1 = (1/2)·column sums of loss_1    1×2 from loss_1 2×2
          db_1                      numerical, at most … away
            0.0072253  0.0073968      0.0072253  0.0073968

      Update

        W_1 ← W_1 − 0.5·dW_1    2×2 from W_1 2×2, dW_1 2×2
          before                 after
            0.40905   0.24835      0.40145   0.24172
            0.20502  -0.86391      0.20140  -0.86761

        b_1 ← b_1 − 0.5·db_1    1×2 from b_1 1×2, db_1 1×2
          before    after
            0  0      -0.0036126  -0.0036984

        W_2 ← W_2 − 0.5·dW_2    2×1 from W_2 2×1, dW_2 2×1
          before       after
            0.90969      0.89566
            0.79454      0.78693

        b_2 ← b_2 − 0.5·db_2    1×1 from b_2 1×1, db_2 1×1
          before    after
            0         -0.018951"
    `)
  })

  test('penalties and weights of rows have their lines', () => {
    const text = String(written({ l1: 0.1, l2: 0.2, sampleWeights: [1, 3] }))
    for (const line of [
      'Step 1 of 2-2-1, squaredError, sgd, sampleWeights, l1, l2: 2 rows, E = ',
      'E_row ← w ⊙ E_row, each row times its weight',
      'loss_2 ← w ⊙ loss_2, each row times its weight',
      'Penalty',
      'penalty(W_1) = 0.1·Σ|W_1| + ½·0.2·ΣW_1²',
      'dW_1 ← dW_1 + 0.1·sign(W_1) + 0.2·W_1',
      'E = (1/2)·Σ E_row + penalty(W_1) + penalty(W_2) = ',
    ]) {
      expect(text).toContain(line)
    }
    expect(text.indexOf('E = (1/2)')).toBeGreaterThan(text.indexOf('penalty(W_2) ='))
  })

  test('one row has no mean', () => {
    const text = String(trace(small(), [[0, 1]], [1]))
    expect(text).toContain('1 row, E = ')
    expect(text).toContain('dW_2 = A_1ᵀ·loss_2 ')
    expect(text).toContain('  E = E_row = ')
  })

  test.each([
    [sgd({ learningRate: 0.1, momentum: 0.9 }), ['vW_1 ← 0.9·vW_1 + dW_1', 'W_1 ← W_1 − 0.1·vW_1']],
    [sgd({ momentum: 0.9, nesterov: true }), ['W_1 ← W_1 − 0.3·(dW_1 + 0.9·vW_1)']],
    [sgd({ weightDecay: 0.01 }), ['dW_1 ← dW_1 + 0.01·W_1', 'db_2 ← db_2 + 0.01·b_2']],
    [
      adam(),
      [
        'mW_1 ← 0.9·mW_1 + 0.1·dW_1',
        'vW_1 ← 0.999·vW_1 + 0.001·dW_1²',
        'W_1 ← W_1 − 0.001/0.19·mW_1/(√vW_1/√0.001999 + 1e-8); 1 − 0.9² = 0.19, 1 − 0.999² = 0.001999',
      ],
    ],
  ])('the second step by %j shows the numbers of its settings', (optimizer, formulas) => {
    const network = new Network({ layers: [2, 2, 1], seed: 1, optimizer })
    network.train(inputs, [1, 0])
    const text = String(trace(network, inputs, [1, 0]))
    expect(text).toMatch(/^Step 2 of /)
    for (const formula of formulas) expect(text).toContain(`  ${formula}`)
  })

  test('large matrices are shortened and no line of matrices is wider than 100', () => {
    const network = build({ layers: [40, 30, 20], activation: 'relu' })
    const text = String(trace(network, tableOf(50, 40, 1), tableOf(50, 20, 2), { check: true }))
    expect(text).toContain('⋱')
    expect(text.split('\n').filter((line) => /^[ \d.e+⋮⋱…-]*$/.test(line) && line.length > 104)).toEqual([])
    expect(text).not.toMatch(/ $/m)
    expect(text).not.toMatch(/\n\n\n/)
  })

  test('columns of other sizes have each their own form, and no number but 0 is shown as 0', () => {
    const row = Array.from({ length: 30 }, (_, j) => 1.2345 * 10 ** ((7 * j) / 29 - 4))
    const network = build({ layers: [30, 3, 1], activation: 'identity', outputActivation: 'identity' })
    const traced = trace(network, [row, row.map((x) => -x / 3)], [1, 0])
    for (const text of [String(traced), traced.toMarkdown()]) {
      expect(text).toMatch(/ {2}1\.2345e-4 [ |]* 2\.1521e-4 .* 708\.13 [ |]* 1234\.5/)
      expect(text).toMatch(/ -4\.1150e-5 [ |]* -7\.1738e-5 .* -236\.04 [ |]* -411\.5/)
      expect(text).not.toMatch(/-0\.0+(?!\d)/) // as in dW_1, whose rows are of such sizes
    }
  })

  test('a formula that is too long goes on below', () => {
    const text = String(trace(build({ layers: [2, 2, 1], activation: 'gelu' }), inputs, [1, 0]))
    expect(text).toContain("\n  loss_1 = (loss_2·W_2ᵀ) ⊙ gelu'(Z_1)\n         = (loss_2·W_2ᵀ) ⊙ (½·(1 + h)")
    expect(text).toContain('\n      h = tanh(√(2/π)·(Z_1 + 0.044715·Z_1³))')
  })

  test('it is what console.log shows', () => {
    expect(inspect(written())).toBe(String(written()))
  })
})

describe('as Markdown', () => {
  test('a small step reads so', () => {
    expect(withoutNoise(trace(small(), [[0, 1]], [1], { check: true }).toMarkdown())).toMatchInlineSnapshot(`
      "## Step 1 of 2-2-1, squaredError, sgd: 1 row, E = 0.0523847

      \`A_0\` is X, the inputs. \`W_1\`, \`b_1\`, \`Z_1\`, \`A_1\` belong to \`network.layers[0]\`, and so on.

      ### Given

      | A_0 | 0 | 1 |
      |---|--:|--:|
      | **0** | 0 | 1 |

      | T | 0 |
      |---|--:|
      | **0** | 1 |

      | W_1 | 0 | 1 |
      |---|--:|--:|
      | **0** | 0.40905 |  0.24835 |
      | **1** | 0.20502 | -0.86391 |

      | b_1 | 0 | 1 |
      |---|--:|--:|
      | **0** | 0 | 0 |

      | W_2 | 0 |
      |---|--:|
      | **0** | 0.90969 |
      | **1** | 0.79454 |

      | b_2 | 0 |
      |---|--:|
      | **0** | 0 |

      ### Forward

      \`Z_1 = A_0·W_1 + b_1\`<br>1×2 from \`A_0\` 1×2, \`W_1\` 2×2, \`b_1\` 1×2

      | Z_1 | 0 | 1 |
      |---|--:|--:|
      | **0** | 0.20502 | -0.86391 |

      \`A_1 = sigmoid(Z_1) = 1/(1 + e^(−Z_1))\`<br>1×2 from \`Z_1\` 1×2

      | A_1 | 0 | 1 |
      |---|--:|--:|
      | **0** | 0.55108 | 0.29652 |

      \`Z_2 = A_1·W_2 + b_2\`<br>1×1 from \`A_1\` 1×2, \`W_2\` 2×1, \`b_2\` 1×1

      | Z_2 | 0 |
      |---|--:|
      | **0** | 0.73691 |

      \`A_2 = sigmoid(Z_2) = 1/(1 + e^(−Z_2))\`<br>1×1 from \`Z_2\` 1×1

      | A_2 | 0 |
      |---|--:|
      | **0** | 0.67632 |

      ### Loss

      \`E_row = ½·Σ(A_2 − T)²\`<br>1×1 from \`A_2\` 1×1, \`T\` 1×1

      | E_row | 0 |
      |---|--:|
      | **0** | 0.052385 |

      \`E = E_row = 0.0523847\`

      ### Backward

      \`loss_2 = ∂E_row/∂A_2 ⊙ sigmoid'(Z_2) = (A_2 − T) ⊙ A_2 ⊙ (1 − A_2)\`<br>1×1 from \`Z_2\` 1×1, \`A_2\` 1×1, \`T\` 1×1

      | loss_2 | 0 |
      |---|--:|
      | **0** | -0.070858 |

      \`dW_2 = A_1ᵀ·loss_2\`<br>2×1 from \`A_1\` 1×2, \`loss_2\` 1×1

      | dW_2 | 0 |
      |---|--:|
      | **0** | -0.039048 |
      | **1** | -0.021011 |

      Numerical, at most … away:

      | numerical | 0 |
      |---|--:|
      | **0** | -0.039048 |
      | **1** | -0.021011 |

      \`db_2 = column sums of loss_2\`<br>1×1 from \`loss_2\` 1×1

      | db_2 | 0 |
      |---|--:|
      | **0** | -0.070858 |

      Numerical, at most … away:

      | numerical | 0 |
      |---|--:|
      | **0** | -0.070858 |

      \`loss_1 = (loss_2·W_2ᵀ) ⊙ sigmoid'(Z_1) = (loss_2·W_2ᵀ) ⊙ A_1 ⊙ (1 − A_1)\`<br>1×2 from \`loss_2\` 1×1, \`W_2\` 2×1, \`Z_1\` 1×2, \`A_1\` 1×2

      | loss_1 | 0 | 1 |
      |---|--:|--:|
      | **0** | -0.015946 | -0.011744 |

      \`dW_1 = A_0ᵀ·loss_1\`<br>2×2 from \`A_0\` 1×2, \`loss_1\` 1×2

      | dW_1 | 0 | 1 |
      |---|--:|--:|
      | **0** |  0.000000 |  0.000000 |
      | **1** | -0.015946 | -0.011744 |

      Numerical, at most … away:

      | numerical | 0 | 1 |
      |---|--:|--:|
      | **0** |  0.000000 |  0.000000 |
      | **1** | -0.015946 | -0.011744 |

      \`db_1 = column sums of loss_1\`<br>1×2 from \`loss_1\` 1×2

      | db_1 | 0 | 1 |
      |---|--:|--:|
      | **0** | -0.015946 | -0.011744 |

      Numerical, at most … away:

      | numerical | 0 | 1 |
      |---|--:|--:|
      | **0** | -0.015946 | -0.011744 |

      ### Update

      \`W_1 ← W_1 − 0.5·dW_1\`<br>2×2 from \`W_1\` 2×2, \`dW_1\` 2×2

      | before | 0 | 1 |
      |---|--:|--:|
      | **0** | 0.40905 |  0.24835 |
      | **1** | 0.20502 | -0.86391 |

      | after | 0 | 1 |
      |---|--:|--:|
      | **0** | 0.40905 |  0.24835 |
      | **1** | 0.21299 | -0.85804 |

      \`b_1 ← b_1 − 0.5·db_1\`<br>1×2 from \`b_1\` 1×2, \`db_1\` 1×2

      | before | 0 | 1 |
      |---|--:|--:|
      | **0** | 0 | 0 |

      | after | 0 | 1 |
      |---|--:|--:|
      | **0** | 0.0079732 | 0.0058719 |

      \`W_2 ← W_2 − 0.5·dW_2\`<br>2×1 from \`W_2\` 2×1, \`dW_2\` 2×1

      | before | 0 |
      |---|--:|
      | **0** | 0.90969 |
      | **1** | 0.79454 |

      | after | 0 |
      |---|--:|
      | **0** | 0.92921 |
      | **1** | 0.80504 |

      \`b_2 ← b_2 − 0.5·db_2\`<br>1×1 from \`b_2\` 1×1, \`db_2\` 1×1

      | before | 0 |
      |---|--:|
      | **0** | 0 |

      | after | 0 |
      |---|--:|
      | **0** | 0.035429 |
      "
    `)
  })

  test('every table has as many cells in each line, and a blank line before and after', () => {
    const network = build({ layers: [12, 3, 2], activation: 'elu', optimizer: adam() })
    const markdown = trace(network, tableOf(11, 12, 1), tableOf(11, 2, 2), { check: true }).toMarkdown()
    const blocks = markdown.split('\n\n')
    const tables = blocks.filter((block) => block.startsWith('|'))
    expect(tables.length).toBeGreaterThan(30)
    for (const table of tables) {
      const lines = table.trimEnd().split('\n')
      const cells = lines.map((line) => line.split('|').length)
      expect(new Set(cells).size, table).toBe(1)
      expect(lines[1]).toMatch(/^\|---\|(--:\|)+$/)
      expect(lines.length).toBeLessThanOrEqual(2 + 9)
    }
    for (const block of blocks.filter((one) => !one.startsWith('|'))) expect(block).not.toContain('\n|')
    expect(markdown.match(/^#+ .*$/gm)?.map((heading) => heading.replace(/:.*/, ''))).toEqual([
      '## Step 1 of 12-3-2, squaredError, adam',
      '### Given',
      '### Forward',
      '### Loss',
      '### Backward',
      '### Update',
    ])
    for (const { formula } of trace(network, tableOf(11, 12, 1), tableOf(11, 2, 2)).steps) {
      expect(markdown).toContain(`\`${formula}\``)
    }
  })
})

describe('as plain values', () => {
  test('it comes back from JSON as it was, matrices as arrays of rows', () => {
    const traced = written({ check: true, sampleWeights: [1, 2] })
    const back = JSON.parse(JSON.stringify(traced))
    expect(back).toEqual(traced.toJSON())
    expect(back.steps.map(({ value }: { value: number[][] }) => value)).toEqual(
      traced.steps.map(({ value }) => value.toArray()),
    )
    expect(back.given[0]).toEqual({ name: 'A_0', shape: [2, 2], value: inputs })
    expect(Object.keys(back)).toEqual(['title', 'loss', 'rows', 'step', 'dropout', 'given', 'steps'])
    const [update] = back.steps.filter(({ kind }: { kind: string }) => kind === 'update')
    expect(update).toMatchObject({
      name: 'W_1',
      layer: 0,
      shape: [2, 2],
      pass: 'update',
      formula: 'W_1 ← W_1 − 0.5·dW_1',
      reads: [
        { name: 'W_1', shape: [2, 2] },
        { name: 'dW_1', shape: [2, 2] },
      ],
      before: small().layers[0]?.weights.toArray(),
    })
    const checked = back.steps.filter(({ numerical }: { numerical?: unknown }) => numerical !== undefined)
    expect(checked).toHaveLength(4)
    for (const { value, numerical, ...step } of checked) {
      const distances = (value as number[][]).flatMap((row, i) => row.map((x, j) => Math.abs(x - numerical[i][j])))
      expect(step).toMatchObject({ kinks: [], distance: Math.max(...distances), differs: false })
    }
  })
})
