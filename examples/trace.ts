import { Network, trace } from 'bp-net'

// biome-ignore format: short enough for one line
const inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
const targets = [0, 1, 1, 0]

const network = new Network({ layers: [2, 3, 1], learningRate: 5, seed: 1 })

// one step of training XOR, with all its numbers; the network stays as it is
console.log(trace(network, inputs, targets, { check: true }))
