import { Network } from 'bp-net'

// biome-ignore format: short enough for one line
const inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
const targets = [0, 1, 1, 0]

const network = new Network({ layers: [2, 4, 1], learningRate: 5, seed: 1 })
const { loss } = await network.fit(inputs, targets, { epochs: 2000, batchSize: 4 })

console.log(`loss ${loss[0]?.toFixed(4)} → ${loss.at(-1)?.toFixed(4)}`)
console.log(network.predict(inputs))
