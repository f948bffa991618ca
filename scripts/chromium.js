// The fixed run of test/kernels in headless Chromium (a package of most systems; CHROMIUM names another): must give the
// hash that stands in test/kernels/reproducible.test.ts. Then the reports of the examples, which npm run build makes ready.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { checkPages } from './chromium-pages.js'

const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ['chromium', 'chromium-browser', 'google-chrome']
const browser = names.find((name) => spawnSync(name, ['--version']).status === 0)
const expected = /const HASH = '([0-9a-f]{64})'/.exec(readFileSync('test/kernels/reproducible.test.ts', 'utf8'))?.[1]

const PAGE = `<!doctype html><meta charset="utf-8"><body><script type="module">
import { describeKernels, fixedRun, hash, XOR } from './run.js'
const lines = [navigator.userAgent, JSON.stringify(describeKernels())]
try {
  lines.push('hash ' + (await hash(await fixedRun({ reproducible: true }))), 'xor ' + XOR())
} catch (error) {
  lines.push('error ' + error.stack)
}
await fetch('/result', { method: 'POST', body: lines.join('\\n') })
</script>`

const ENTRY = `export { describeKernels } from './src/index.ts'
import { Network } from './src/index.ts'
export { fixedRun, hash } from './test/kernels/fixed-run.ts'
export const XOR = () => {
  const network = new Network({ layers: [2, 4, 1], learningRate: 5, seed: 1 })
  const [inputs, targets] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]]
  for (let step = 0; step < 2000; step++) network.train(inputs, targets)
  return network.classify(inputs).join(' ')
}`

if (browser === undefined) throw new Error(`no browser: ${names.join(', ')} were tried`)
const script = await bundle()
const result = await open(browser, script)
console.log(result)
const same = result.includes(`hash ${expected}`) && result.includes('xor 0 1 1 0')
console.log(same ? 'the same hash as in Node' : `expected hash ${expected} and xor 0 1 1 0`)
const faults = await checkPages(browser)
console.log(faults.length === 0 ? 'the reports are sound' : faults.join('\n'))
process.exitCode = same && faults.length === 0 ? 0 : 1

async function bundle() {
  const built = await build({
    stdin: { contents: ENTRY, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
  })
  return built.outputFiles[0]?.text ?? ''
}

/**
 * Serves the page, opens it, and waits for what it posts.
 *
 * @param {string} command @param {string} script @returns {Promise<string>}
 */
async function open(command, script) {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
  const server = createServer()
  /** @type {Promise<string>} */
  const posted = new Promise((resolve) => {
    server.on('request', async (request, response) => {
      if (request.url === '/result') {
        resolve(Buffer.concat(await request.toArray()).toString())
        response.end()
        return
      }
      const isScript = request.url === '/run.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? script : PAGE)
    })
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const options = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`]
  const child = spawn(command, [...options, `http://127.0.0.1:${port}/`], { stdio: 'ignore' })
  try {
    return await Promise.race([
      posted,
      new Promise((_, reject) => setTimeout(reject, 60_000, new Error('no answer')).unref()),
    ])
  } finally {
    const closed = new Promise((resolve) => child.on('close', resolve))
    child.kill()
    await closed
    server.close()
    server.closeAllConnections()
    // its children may still write
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
