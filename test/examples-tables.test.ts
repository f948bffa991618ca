import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Classifier, permutationImportance, Regressor } from 'bp-net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleOf, runnerIn } from './run-example.ts'

const folder = mkdtempSync(join(tmpdir(), 'bp-net-examples-tables-'))
afterAll(() => rmSync(folder, { recursive: true }))

const runExample = runnerIn(folder)

/** The parts of a page, as far as its own text tells them. */
function partsOf(html: string) {
  const texts = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, text]) => text as string)
  return {
    titles: texts(/<title>(.*?)<\/title>/gs),
    headings: texts(/<h2>(.*?)<\/h2>/gs),
    figures: texts(/<figure aria-label="([^"]+)">/g),
    captions: texts(/<figcaption>(.*?)<\/figcaption>/gs),
    drawings: texts(/<svg role="img" aria-label="([^"]+)"/g),
    tiles: texts(/<dl class="tiles">(.*?)<\/dl>/gs).flatMap((list) => list.match(/<dt>/g) ?? []),
    ids: texts(/ id="([^"]+)"/g),
  }
}

/** What holds for every page: nothing is asked for, and everything has a name. */
function expectSound(html: string) {
  const { titles, figures, captions, drawings, tiles, ids } = partsOf(html)
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
  expect(html).toContain('<meta name="viewport"')
  expect(html).toContain('prefers-color-scheme:dark')
  expect(titles).toHaveLength(1)
  expect(captions).toHaveLength(figures.length)
  for (const caption of captions) expect(caption.length).toBeGreaterThan(40)
  expect(drawings).toHaveLength(html.match(/<svg/g)?.length ?? 0)
  expect(tiles.length).toBeGreaterThanOrEqual(4)
  expect(new Set(ids).size).toBe(ids.length)
  const named = html.replaceAll(/xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]+"/g, '')
  expect(named).not.toMatch(/https?:|<script|<link rel="stylesheet|src=|@import|\son\w+=/)
  for (const tag of ['main', 'section', 'figure', 'figcaption', 'table', 'tr', 'td', 'th', 'dl', 'div', 'svg', 'ul'])
    expect([tag, html.split(`</${tag}>`).length]).toEqual([tag, html.split(new RegExp(`<${tag}[\\s>]`)).length])
  expect(html).not.toMatch(/NaN|undefined|\[object/)
}

const ofClassifier = [
  'Confusion matrix',
  'Precision, recall and F₁',
  'ROC curves',
  'Precision and recall',
  'Calibration',
  'Importance of columns',
  'Loss by epoch',
]

describe.each([
  ['iris', /^45 rows: accuracy (\d\.\d{4})/, 0.85, ofClassifier],
  ['penguins', /^86 rows: accuracy (\d\.\d{4})/, 0.93, [...ofClassifier, 'Accuracy by epoch']],
  [
    'cars',
    /^Miles_per_Gallon +[\d.]+ +[\d.]+ +(\d\.\d{4})$/m,
    0.75,
    [
      'Miles_per_Gallon: predicted against actual',
      'Miles_per_Gallon: errors',
      'Importance of columns',
      'Loss by epoch',
    ],
  ],
] as const)('%s.ts', (name, score, least, figures) => {
  let run: ReturnType<typeof runExample>
  beforeAll(() => {
    run = runExample(name, '--seed', '4')
  })

  if (name !== 'iris') {
    test('predicts where a category is new and a cell is missing, and counts it', () => {
      expect(run.stdout).toMatch(/a (penguin|car) from Atlantis: (Adelie|Chinstrap|Gentoo|\d+\.\d miles per gallon)\n/)
      expect(run.stdout).toMatch(/^not seen in training, (Island|Origin): Atlantis 1×$/m)
    })
  }

  test('prints the score, cross-validation, and the importance of columns', () => {
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
    expect(Number(run.stdout.match(score)?.[1])).toBeGreaterThan(least) // far above guessing; seeds differ by some rows
    expect(run.stdout).toMatch(/ in 5-fold cross-validation: 0\.\d{4} ± 0\.\d{4}/)
    expect(run.stdout).toMatch(/when a column is shuffled:\n {2}\S.* +\d\.\d{4} ± \d\.\d{4}\n/)
    expect(run.stdout).toContain(`report in ${name}-report.html`)
  })

  test('writes a page of figures with captions that needs nothing else', () => {
    const html = readFileSync(join(folder, `${name}-report.html`), 'utf8')
    expectSound(html)
    expect(partsOf(html).figures).toEqual(figures)
    expect(partsOf(html).headings).toContain('What was done with each column')
    expect(html).toContain('sha256:')
  })

  test('gives the same page for the same seed', () => {
    const again = runExample(name, '--seed', '4', '--page', 'again.html')
    expect(readFileSync(join(folder, 'again.html'), 'utf8')).toBe(
      readFileSync(join(folder, `${name}-report.html`), 'utf8'),
    )
    expect(again.stdout).toBe(run.stdout.replace(`${name}-report.html`, 'again.html'))
  })
})

test.each([
  [['--seed', 'one'], '--seed is "one"'],
  [['--page', 'no/such/folder/page.html'], 'no/such/folder'],
])('%j is refused before anything is trained, with a message', (flags, message) => {
  const { status, stderr } = runExample('iris', ...flags)
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})

test('--help prints the options', () => {
  const { status, stdout } = runExample('cars', '--help')
  expect(status).toBe(0)
  for (const flag of ['--seed 1', '--page cars-report.html']) expect(stdout).toContain(flag)
})

describe('the report page', () => {
  const hostile = '<script>alert("1 & 2")</script>'
  const escaped = '&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;'
  const rows = Array.from({ length: 90 }, (_, i) => ({
    [hostile]: Math.sin(i),
    "o'clock": i % 7,
    kind: ['<b>', hostile, 'plain'][i % 3],
    tag: [hostile, hostile, null, 'other'][i % 4], // what stands in for missing cells is told of a column
    many: 100 * Math.sin(i) + (i % 3),
  }))
  const pages = async () =>
    (await import(exampleOf('tables/report-page'))) as typeof import('../examples/tables/report-page.ts')

  test('shows the names of columns and classes as text', async () => {
    const { classifierPage } = await pages()
    const model = await new Classifier({ seed: 1, epochs: 3 }).fit(rows, { target: 'kind' })
    const importance = await permutationImportance(model, rows, { target: 'kind', seed: 1 })
    const { history, columns, warnings, provenance } = model
    const about = { title: hostile, intro: hostile, importance, history, columns, provenance }
    const html = classifierPage({ ...about, evaluation: model.evaluate(rows), warnings: [...warnings, hostile] })
    expectSound(html)
    for (const place of ['<title>', '<p>', '<li>', '<th scope="col">', '<th scope="row">'])
      expect(html).toContain(`${place}${escaped}`)
    expect(html).toContain('o&#39;clock')
  })

  test('shows several targets, and a model that was read from a file', async () => {
    const { regressorPage } = await pages()
    const target = [hostile, 'many']
    const fitted = await new Regressor({ seed: 1, epochs: 3 }).fit(rows, { target })
    const model = Regressor.fromJSON(JSON.stringify(fitted))
    const { history, columns, warnings, provenance } = model
    const html = regressorPage({
      title: 'Two numbers',
      evaluation: model.evaluate(rows),
      importance: [],
      ...{ history, columns, warnings, provenance },
    })
    expectSound(html)
    const names = target.map((name) => name.replace(hostile, escaped))
    expect(partsOf(html).figures).toEqual(
      names.flatMap((name) => [`${name}: predicted against actual`, `${name}: errors`]),
    )
  })

  test('shows several labels a row, without a table of confusions', async () => {
    const { classifierPage } = await pages()
    const labelled = rows.map((row, i) => ({ x: row[hostile], wet: Math.sin(i) > 0, hot: i % 2 === 0 }))
    const model = await new Classifier({ seed: 1, epochs: 3 }).fit(labelled, { target: ['wet', 'hot'] })
    const { history, columns, warnings, provenance } = model
    const evaluation = model.evaluate(labelled)
    const about = { title: 'Two labels', importance: [], history, columns, warnings, provenance }
    const html = classifierPage({ ...about, evaluation })
    expectSound(html)
    expect(partsOf(html).figures).not.toContain('Confusion matrix')
    expect(html).toContain('<th scope="row">wet</th>')
  })
})
