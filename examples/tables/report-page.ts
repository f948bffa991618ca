import type {
  ClassEvaluation,
  ColumnImportance,
  ColumnReport,
  CrossValidation,
  History,
  NumberEvaluation,
  Provenance,
} from 'bp-net'
import { confusionFigure, curveFigures } from './class-charts.ts'
import { definitions, escapeHtml, figure, percent, scoreText, shortNumber, table } from './html.ts'
import { importanceFigures } from './importance-chart.ts'
import { learningFigures } from './learning-charts.ts'
import { residualsFigure, scatterFigure } from './number-charts.ts'
import { figureSection, section, wholePage } from './page.ts'

/** What a report is made of; text is shown as it is, whatever stands in it. */
export interface Reported<Evaluation> {
  readonly title: string
  readonly intro?: string
  readonly evaluation: Evaluation
  /** of permutationImportance, the most important column first */
  readonly importance: readonly ColumnImportance[]
  /** of crossValidate */
  readonly crossValidation?: Pick<CrossValidation<unknown>, 'scores' | 'mean' | 'std'>
  /** of the model, undefined where it was read from a file */
  readonly history: History | undefined
  readonly provenance: Provenance
  readonly columns: readonly ColumnReport[]
  readonly warnings: readonly string[]
}

/** A page on a classifier: one file of HTML that needs no other and no script. */
export function classifierPage(of: Reported<ClassEvaluation>): string {
  const { accuracy, logLoss, rocAuc, rows, confusion, curves } = of.evaluation
  const tiles = [
    ['accuracy', percent(accuracy)],
    ['log loss', scoreText(logLoss)],
    ['ROC AUC', scoreText(rocAuc)],
    ['test rows', shortNumber(rows, 15)],
    ...crossValidationTile(of, 'accuracy'),
  ] as const
  const told = [...(confusion === undefined ? [] : [confusionFigure(confusion)]), scoresFigure(of.evaluation)]
  const relied = [...curveFigures(curves), ...importanceFigures(of.importance, 'accuracy')]
  return wholePage(of.title, of.intro, [
    definitions('tiles', tiles),
    figureSection('What is told from what', told),
    figureSection('How sure it is, and what it relies on', relied),
    figureSection('How it learned', learningFigures(of.history)),
    ...remainder(of),
  ])
}

/** A page on a regressor, likewise. */
export function regressorPage(of: Reported<NumberEvaluation>): string {
  const { meanAbsoluteError, rootMeanSquaredError, r2, rows, targets, actual, predicted } = of.evaluation
  const tiles = [
    ['mean absolute error', shortNumber(meanAbsoluteError)],
    ['root mean squared error', shortNumber(rootMeanSquaredError)],
    ['R²', scoreText(r2)],
    ['test rows', shortNumber(rows, 15)],
    ...crossValidationTile(of, 'R²'),
  ] as const
  const pictures = targets.flatMap(({ name }, k) => {
    const compared = { name, actual: actual[k] ?? [], predicted: predicted[k] ?? [] }
    return [scatterFigure(compared), residualsFigure(compared)]
  })
  const relied = [...importanceFigures(of.importance, 'R²'), ...learningFigures(of.history)]
  return wholePage(of.title, of.intro, [
    definitions('tiles', tiles),
    figureSection('How near it comes', pictures),
    figureSection('How it learned, and what it relies on', relied),
    ...remainder(of),
  ])
}

function crossValidationTile({ crossValidation }: Reported<unknown>, score: string): (readonly [string, string])[] {
  if (crossValidation === undefined) return []
  const { mean, std, scores } = crossValidation
  return [[`${score}, ${scores.length}-fold cross-validation`, `${scoreText(mean)} ± ${scoreText(std)}`]]
}

/** What pages on classifiers and regressors share. */
function remainder({ columns, warnings, provenance }: Reported<unknown>): string[] {
  return [
    section(
      'What was done with each column',
      table(
        ['column', 'taken as', 'inputs', 'how'],
        columns.map(({ name, kind, description, inputs }) => [name, kind, String(inputs.length), description]),
        'words',
      ),
    ),
    ...(warnings.length === 0
      ? []
      : [
          section(
            'Warnings',
            `<ul class="warnings">${warnings.map((one) => `<li>${escapeHtml(one)}</li>`).join('\n')}</ul>`,
          ),
        ]),
    section('Where the model comes from', definitions('facts', factsOf(provenance))),
  ]
}

function factsOf({ bpNet, data, rows, columns, seed, validation, metrics }: Provenance): (readonly [string, string])[] {
  const measured = Object.entries(metrics).map(([name, value]) => `${plainWords(name)} ${shortNumber(value)}`)
  return [
    ['bp-net', bpNet],
    ['rows of fit', `${shortNumber(rows, 15)}, ${columns.length} columns`],
    ...(validation === undefined ? [] : [['held out of them', percent(validation)] as const]),
    ['seed', String(seed)],
    ['at the end of training', measured.join(', ')],
    ['hash of the rows', data],
  ]
}

/** Precision, recall and F₁, class by class. */
function scoresFigure({ report }: ClassEvaluation): string {
  const scores = 'classes' in report ? report.classes : report.labels
  const rows = [
    ...scores.map(({ label, ...one }) => ({ name: String(label), ...one })),
    { name: 'mean of classes', ...report.macroAverage },
  ]
  return figure(
    'Precision, recall and F₁',
    'Precision: how much of what was taken for a class is of it. Recall: how much of the class was found. F₁: their harmonic mean. Rows: how many are of the class.',
    table(
      ['class', 'precision', 'recall', 'F₁', 'rows'],
      rows.map(({ name, precision, recall, f1, support }) => [
        name,
        scoreText(precision),
        scoreText(recall),
        scoreText(f1),
        shortNumber(support, 6),
      ]),
      'numbers',
    ),
  )
}

/** validationLoss → validation loss */
function plainWords(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
