// Compiles assembly/ into src/kernels/wasm-binaries.ts: two binaries of one source, as hexadecimal text (gzip packs it
// better than base64). Does nothing where the sources are those of the file; `--check` compiles anyway and compares.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const TO = 'src/kernels/wasm-binaries.ts'
const BINARIES = {
  plain: ['--enable', 'simd'],
  relaxed: ['--enable', 'simd', '--enable', 'relaxed-simd'],
}
const OPTIONS = ['--runtime', 'stub', '-O3', '--converge', '--noAssert', '--importMemory', '--disableWarning', '112']

const check = process.argv.includes('--check')
const source = fingerprint()
const before = read()
if (check || !before.includes(source)) {
  const text = generate()
  if (check && text !== before) {
    console.error(`${TO} is not what assembly/ compiles to: run npm run build and commit it`)
    process.exitCode = 1
  } else if (!check) {
    writeFileSync(TO, text)
    console.log(`wrote ${TO}`)
  }
}

/** What the binaries follow from: the sources, this script and the compiler. */
function fingerprint() {
  const hash = createHash('sha256')
    .update(readFileSync('node_modules/assemblyscript/package.json'))
    .update(readFileSync('scripts/build-kernels.js'))
  for (const name of readdirSync('assembly').sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(`assembly/${name}`))
  }
  return hash.digest('hex')
}

function read() {
  try {
    return readFileSync(TO, 'utf8')
  } catch {
    return ''
  }
}

function generate() {
  const lines = ['// Written by scripts/build-kernels.js from assembly/, whose fingerprint this is:', `// ${source}`]
  for (const [name, features] of Object.entries(BINARIES)) {
    const bytes = compile(name, features)
    console.log(`${name}: ${bytes.length} bytes`)
    lines.push('', `export const ${name} =`, `  '${bytes.toString('hex')}'`)
  }
  return `${lines.join('\n')}\n`
}

/** @param {string} name @param {string[]} features */
function compile(name, features) {
  const to = `build/kernels/${name}.wasm`
  const asc = 'node_modules/assemblyscript/bin/asc.js'
  const run = spawnSync(process.execPath, [asc, 'assembly/index.ts', '-o', to, ...OPTIONS, ...features], {
    encoding: 'utf8',
  })
  if (run.status !== 0 || run.stderr !== '') throw new Error(`assembly/ does not compile cleanly:\n${run.stderr}`)
  return readFileSync(to)
}
