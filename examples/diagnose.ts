import { applyFixes, diagnose, Network, r2Score, scaleColumns, type Training, unscaleColumns } from 'bp-net'
import { readVegaRows } from './tables/vega-rows.ts'

// how many miles a car goes on a gallon, from four columns as they lie: cylinders, cubic inches, horsepower, pounds
const names = ['Cylinders', 'Displacement', 'Horsepower', 'Weight_in_lbs']
const target = 'Miles_per_Gallon'
const cars = (await readVegaRows('cars')).filter((car) => [...names, target].every((name) => car[name] !== null))
const inputs = cars.map((car) => names.map((name) => Number(car[name])))
const miles = cars.map((car) => [Number(car[target])])

// a network by somebody who begins
let training: Training = {
  network: { layers: [4, 16, 1], activation: 'tanh', learningRate: 0.05, seed: 1 },
  fit: { epochs: 100, batchSize: 500 },
  inputs,
  targets: miles,
}
const network = new Network(training.network)
const history = await network.fit(inputs, miles, training.fit)
console.log(`R² ${r2Score(miles, network.predict(inputs)).toFixed(2)} after 100 epochs`)

// what is wrong, and what helps; applied, and looked at once more, until nothing is found
let findings = await diagnose(network, inputs, miles, { ...training.fit, history })
let scaling: ReturnType<typeof applyFixes>['scaling'] = {}
while (findings.length > 0) {
  for (const { kind, what, fix } of findings) console.log(`\n${kind}: ${what}\n  ${fix.advice}`)
  const fixed = applyFixes(training, findings)
  scaling = { ...scaling, ...fixed.scaling }
  training = { network: fixed.network, fit: fixed.fit, inputs: fixed.inputs, targets: fixed.targets }
  findings = await diagnose(new Network(training.network), training.inputs, training.targets, training.fit)
  if (findings.length > 0) console.log('\nwith that applied:')
}

const repaired = new Network(training.network)
await repaired.fit(training.inputs, training.targets, training.fit)
const scaled = scaling.inputs ? scaleColumns(inputs, scaling.inputs) : inputs
const predicted = repaired.predict(scaled)
const unit = scaling.targets ?? { means: [0], scales: [1] }
console.log(`\nR² ${r2Score(miles, unscaleColumns(predicted, unit)).toFixed(2)} with all that`)
