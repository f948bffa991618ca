import { writeFile } from 'node:fs/promises'
import { crossValidate, permutationImportance, Regressor, split } from 'bp-net'
import { readTableSettings } from './tables/flags.ts'
import { crossValidationLine, importanceLines, unknownLines } from './tables/lines.ts'
import { regressorPage } from './tables/report-page.ts'
import { readVegaRows } from './tables/vega-rows.ts'

const { seed, page } = readTableSettings('How many miles does a car go on a gallon?', 'cars-report.html')
const settings = { seed, validation: 0.15 }
const target = 'Miles_per_Gallon'
const cars = (await readVegaRows('cars')).filter((car) => car[target] !== null) // of 8 cars, nobody knows

// the core: rows in, numbers out
const { train, test } = split({ rows: cars }, { test: 0.25, seed })
const model = new Regressor(settings)
await model.fit(train.rows, { target })
const evaluation = model.evaluate(test.rows)
console.log(String(evaluation))

// a car from where no row has one, whose power nobody measured
const [miles] = model.predict([{ ...test.rows[0], Origin: 'Atlantis', Horsepower: null }])
console.log(`\na car from Atlantis: ${miles?.toFixed(1)} miles per gallon`)
console.log(unknownLines(model.unknown))

// how far R² depends on which rows were held out, and on which columns
const crossValidation = await crossValidate(() => new Regressor(settings), cars, { target, seed, folds: 5 })
const importance = await permutationImportance(model, test.rows, { target, seed, repeats: 20 })
console.log(crossValidationLine('R²', crossValidation))
console.log(importanceLines('R²', importance))

const { history, columns, warnings, provenance } = model
const title = 'Cars of 1970 to 1982: miles per gallon'
const intro = `${cars.length} cars with weight, power and origin. ${train.rows.length} of them were given to a network with one hidden layer, which held out 15 % to watch its training; all that is said of the test rows is of the ${test.rows.length} others.`
const report = { title, intro, evaluation, importance, crossValidation, history, columns, warnings, provenance }
await writeFile(page, regressorPage(report))
console.log(`\nreport in ${page}`)
