import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../../src/matrix/matrix.ts'

describe('toString', () => {
  test.each<[string, number[][], string[]]>([
    ['one number', [[5]], ['Matrix 1×1 float64', '  5']],
    [
      'whole numbers',
      [
        [1, 2],
        [-30, 4],
      ],
      ['Matrix 2×2 float64', '    1  2', '  -30  4'],
    ],
    [
      'decimals, no more than are needed',
      [
        [0.5, 1.25],
        [-3, 100],
      ],
      ['Matrix 2×2 float64', '   0.50    1.25', '  -3.00  100.00'],
    ],
    ['five digits at most', [[0.1, 0.2, 1 / 3]], ['Matrix 1×3 float64', '  0.10000  0.20000  0.33333']],
    ['digits counted from the largest', [[1234.5678, -20.03]], ['Matrix 1×2 float64', '  1234.6  -20.0']],
    [
      'columns of other sizes, by 1000 or more, each in its own form',
      [
        [1234.5678, -0.001, 0.5, 1e-9, 0],
        [20, 0.0125, 1 / 3, 1 / 3e9, 0],
      ],
      ['Matrix 2×5 float64', '  1234.6  -0.0010  0.50000   1.0000e-9  0', '    20.0   0.0125  0.33333  3.3333e-10  0'],
    ],
    ['columns of sizes that are nearer in one form', [[999, 1.001]], ['Matrix 1×2 float64', '  999.00  1.00']],
    [
      'NaN and infinities',
      [
        [NaN, Infinity],
        [-Infinity, 0.1],
      ],
      ['Matrix 2×2 float64', '        NaN  Infinity', '  -Infinity       0.1'],
    ],
    ['nothing but NaN', [[NaN, NaN]], ['Matrix 1×2 float64', '  NaN  NaN']],
    [
      'tiny numbers',
      [
        [1e-12, -2.5e-12],
        [0, 1e-13],
      ],
      ['Matrix 2×2 float64', '  1.0e-12  -2.5e-12', '        0   1.0e-13'],
    ],
    ['a subnormal number', [[5e-324]], ['Matrix 1×1 float64', '  5e-324']],
    [
      'what is not 0, and would look so in its column, with an exponent',
      [[0.25], [-1.28e-12], [0], [1 / 3], [0.00001]],
      ['Matrix 5×1 float64', '   0.25000', '  -1.3e-12', '   0.00000', '   0.33333', '   0.00001'],
    ],
    ['no more decimals for its sake', [[1], [1e-12]], ['Matrix 2×1 float64', '        1', '  1.0e-12']],
    ['huge numbers', [[1e12], [1]], ['Matrix 2×1 float64', '  1e+12', '   1e+0']],
    ['huge numbers in five digits', [[1234567.89], [-1e12]], ['Matrix 2×1 float64', '    1.2346e+6', '  -1.0000e+12']],
    ['large whole numbers', [[999999999, -1]], ['Matrix 1×2 float64', '  999999999  -1']],
    ['negative zero', [[-0, 0.5]], ['Matrix 1×2 float64', '  0.0  0.5']],
    [
      'eight rows whole',
      Array.from({ length: 8 }, (_, i) => [i]),
      ['Matrix 8×1 float64', ...[...'01234567'].map((i) => `  ${i}`)],
    ],
    [
      'nine rows shortened',
      Array.from({ length: 9 }, (_, i) => [i]),
      ['Matrix 9×1 float64', '  0', '  1', '  2', '  3', '  ⋮', '  5', '  6', '  7', '  8'],
    ],
    ['nine columns shortened', [[0, 1, 2, 3, 4, 5, 6, 7, 8]], ['Matrix 1×9 float64', '  0  1  2  3  …  5  6  7  8']],
    [
      'the corners of a large matrix, in columns',
      Array.from({ length: 20 }, (_, i) => Array.from({ length: 30 }, (_, j) => i * j)),
      [
        'Matrix 20×30 float64',
        '  0   0   0   0  …    0    0    0    0',
        '  0   1   2   3  …   26   27   28   29',
        '  0   2   4   6  …   52   54   56   58',
        '  0   3   6   9  …   78   81   84   87',
        '  ⋮   ⋮   ⋮   ⋮  ⋱    ⋮    ⋮    ⋮    ⋮',
        '  0  16  32  48  …  416  432  448  464',
        '  0  17  34  51  …  442  459  476  493',
        '  0  18  36  54  …  468  486  504  522',
        '  0  19  38  57  …  494  513  532  551',
      ],
    ],
  ])('shows %s', (_title, rows, lines) => {
    expect(String(Matrix.from(rows)).split('\n')).toEqual(lines)
  })

  test('chooses the form by the numbers shown, not by those left out', () => {
    const wide = Matrix.zeros(1, 9).set(0, 4, 1 / 3)
    expect(wide.toString()).toBe('Matrix 1×9 float64\n  0  0  0  0  …  0  0  0  0')
  })

  test('does not show digits that float32 does not have', () => {
    expect(String(Matrix.from([[0.1, 2.5]], { dtype: 'float32' }))).toBe('Matrix 1×2 float32\n  0.1  2.5')
    expect(String(Matrix.from([[1e-12, 2e12]], { dtype: 'float32' }))).toBe('Matrix 1×2 float32\n  1e-12  2e+12')
    expect(String(Matrix.from([[0.1, 1000.5]], { dtype: 'float32' }))).toBe('Matrix 1×2 float32\n  0.1  1000.5')
  })

  test('shows a view as it is seen', () => {
    expect(
      String(
        Matrix.from([
          [1, 2],
          [3, 4],
        ])
          .transpose()
          .step(-1),
      ),
    ).toBe('Matrix 2×2 float64\n  2  4\n  1  3')
  })

  test('is what console.log shows in Node, alone and inside of objects', () => {
    const matrix = Matrix.from([[1, 2]])
    expect(inspect(matrix)).toBe('Matrix 1×2 float64\n  1  2')
    expect(inspect({ weights: matrix })).toContain('Matrix 1×2 float64')
    expect(`${matrix}`).toBe(inspect(matrix))
  })

  test('aligns every column on the right, whatever the numbers', () => {
    const cells = [0, -1, 0.5, 123.456, -1e-9, 1e9, 1e-4, NaN, -Infinity]
    for (const first of cells) {
      for (const second of cells) {
        const [, ...lines] = String(
          Matrix.from([
            [first, second],
            [second, first],
            [1, 1],
          ]),
        ).split('\n')
        expect(lines).toHaveLength(3)
        expect(new Set(lines.map((line) => line.length)).size).toBe(1)
        expect(lines.join('\n')).not.toMatch(/\s$/m)
      }
    }
  })
})
