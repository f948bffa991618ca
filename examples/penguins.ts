import { writeFile } from 'node:fs/promises'
import { Classifier, crossValidate, permutationImportance, split } from 'bp-net'
import { readTableSettings } from './tables/flags.ts'
import { crossValidationLine, importanceLines, unknownLines } from './tables/lines.ts'
import { classifierPage } from './tables/report-page.ts'
import { readVegaRows } from './tables/vega-rows.ts'

const { seed, page } = readTableSettings('Which of three species is a penguin of?', 'penguins-report.html')
const settings = { seed, validation: 0.15, metrics: ['accuracy'] } as const
const penguins = await readVegaRows('penguins') // numbers and names, and cells that are missing

// the core: rows in, labels out
const { train, test } = split({ rows: penguins }, { test: 0.25, seed })
const model = new Classifier(settings)
await model.fit(train.rows, { target: 'Species' })
const evaluation = model.evaluate(test.rows)
console.log(String(evaluation))

// a penguin from an island that no row has, whose beak nobody measured
const [penguin] = model.predict([{ ...test.rows[0], Island: 'Atlantis', 'Beak Length (mm)': null }])
console.log(`\na penguin from Atlantis: ${penguin}`)
console.log(unknownLines(model.unknown))

// how far the accuracy depends on which rows were held out, and on which columns
const options = { target: 'Species', seed }
const crossValidation = await crossValidate(() => new Classifier(settings), penguins, { ...options, folds: 5 })
const importance = await permutationImportance(model, test.rows, { ...options, repeats: 20 })
console.log(crossValidationLine('accuracy', crossValidation))
console.log(importanceLines('accuracy', importance))

const { history, columns, warnings, provenance } = model
const title = 'Palmer penguins: three species told apart'
const intro = `344 penguins that Gorman measured near Palmer Station, Antarctica; some cells are missing. ${train.rows.length} of them were given to a network with one hidden layer, which held out 15 % to watch its training; all that is said of the test rows is of the ${test.rows.length} others.`
const report = { title, intro, evaluation, importance, crossValidation, history, columns, warnings, provenance }
await writeFile(page, classifierPage(report))
console.log(`\nreport in ${page}`)
