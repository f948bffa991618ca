import { writeFile } from 'node:fs/promises'
import { Classifier, crossValidate, permutationImportance, split } from 'bp-net'
import { readTableSettings } from './tables/flags.ts'
import { irises } from './tables/irises.ts'
import { crossValidationLine, importanceLines } from './tables/lines.ts'
import { classifierPage } from './tables/report-page.ts'

const { seed, page } = readTableSettings('Which of three species is an iris of?', 'iris-report.html')

// the core: rows in, labels out
const { train, test } = split({ rows: irises }, { test: 0.3, seed })
const model = new Classifier({ seed })
await model.fit(train.rows, { target: 'species' })
const evaluation = model.evaluate(test.rows)
console.log(String(evaluation))

// how far that depends on which rows were held out, and on which columns
const options = { target: 'species', seed }
const crossValidation = await crossValidate(() => new Classifier({ seed }), irises, { ...options, folds: 5 })
const importance = await permutationImportance(model, test.rows, { ...options, repeats: 20 })
console.log(crossValidationLine('accuracy', crossValidation))
console.log(importanceLines('accuracy', importance))

const { history, columns, warnings, provenance } = model
const title = 'Iris: three species told apart'
const intro = `150 flowers that Anderson measured and Fisher published in 1936. A network with one hidden layer was trained on ${train.rows.length} of them; all that is said of the test rows is of the ${test.rows.length} others.`
const report = { title, intro, evaluation, importance, crossValidation, history, columns, warnings, provenance }
await writeFile(page, classifierPage(report))
console.log(`\nreport in ${page}`)
