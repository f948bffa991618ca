import { run } from './digits/run.ts'
import { readSettings } from './digits/settings.ts'

await run(
  readSettings('MNIST by three hidden layers, through the same loop and the same rule as one.', {
    hidden: '100,50,30',
    rate: '0.3',
    save: 'deep-mnist-network.json',
  }),
)
