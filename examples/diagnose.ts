import { diagnose, Network, r2Score, scaleColumns, unscaleColumns } from 'bp-net'
import { readVegaRows } from './tables/vega-rows.ts'

// how many miles a car goes on a gallon, from four columns as they lie: cylinders, cubic inches, horsepower, pounds
const names = ['Cylinders', 'Displacement', 'Horsepower', 'Weight_in_lbs']
const target = 'Miles_per_Gallon'
const cars = (await readVegaRows('cars')).filter((car) => [...names, target].every((name) => car[name] !== null))
const inputs = cars.map((car) => names.map((name) => Number(car[name])))
const miles = cars.map((car) => [Number(car[target])])

// a network by somebody who begins
const beginner = { layers: [4, 16, 1], activation: 'tanh', learningRate: 0.05, seed: 1 } as const
const fit = { epochs: 100, batchSize: 500 }
const network = new Network(beginner)
const history = await network.fit(inputs, miles, fit)
console.log(`R² ${r2Score(miles, network.predict(inputs)).toFixed(2)} after ${fit.epochs} epochs`)

// what is wrong, and what helps: options for the network, for fit, and how to scale the columns
const findings = await diagnose(network, inputs, miles, { ...fit, history })
for (const { kind, what, fix } of findings) console.log(`\n${kind}: ${what}\n  ${fix.advice}`)

// all of it applied
const scaling = findings.find(({ fix }) => fix.inputs)?.fix.inputs
const scaled = scaling ? scaleColumns(inputs, scaling) : inputs
const better = Object.assign({}, beginner, ...findings.map(({ fix }) => fix.network))
const betterFit = Object.assign({}, fit, ...findings.map(({ fix }) => fix.fit))

// and once more: with the output that was advised, the targets turn out to need scaling, too
const [finding] = await diagnose(new Network(better), scaled, miles, betterFit)
console.log(`\nthen ${finding?.kind}: ${finding?.what}\n  ${finding?.fix.advice}`)
const unit = finding?.fix.targets ?? { means: [0], scales: [1] }
const repaired = new Network(better)
await repaired.fit(scaled, scaleColumns(miles, unit), betterFit)
console.log(`\nR² ${r2Score(miles, unscaleColumns(repaired.predict(scaled), unit)).toFixed(2)} with all that`)
