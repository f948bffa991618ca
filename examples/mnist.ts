import { run } from './digits/run.ts'
import { readSettings } from './digits/settings.ts'

await run(
  readSettings("MNIST by the lecture note's network and loop: 784-100-10, sigmoid, one sample a step.", {
    hidden: '100',
    rate: '0.3',
    save: 'mnist-network.json',
  }),
)
