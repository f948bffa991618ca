// Compiles assembly/ into src/kernels/wasm-binaries.ts: two binaries of one source, as hexadecimal text, function beside
// function, as gzip packs them best. Does nothing where the sources are those of the file; `--check` compiles anyway and
// compares.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const TO = 'src/kernels/wasm-binaries.ts'
const PLAIN = ['--enable', 'simd']
const RELAXED = [...PLAIN, '--enable', 'relaxed-simd']
const OPTIONS = [
  '--runtime',
  'stub',
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '1',
  '--noAssert',
  '--importMemory',
  '--disableWarning',
  '112',
]

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
  const plain = atFunctions(compile('plain', PLAIN))
  const relaxed = atFunctions(compile('relaxed', RELAXED))
  const pieces = plain.length > relaxed.length ? plain : relaxed
  const lines = pieces.map((_, k) => `  '${plain[k] ?? ''}', '${relaxed[k] ?? ''}',`)
  return `// Written by scripts/build-kernels.js from assembly/, whose fingerprint this is:
// ${source}

/** The binaries as hexadecimal text, a piece of the plain one and a piece of the relaxed one by turns. */
export const pieces = [
${lines.join('\n')}
]
`
}

/**
 * A binary in pieces of hexadecimal text, cut before and after every function of its code section.
 *
 * @param {Buffer} bytes
 */
function atFunctions(bytes) {
  const cuts = [0]
  let at = 8 // after the magic number and the version
  const readNumber = () => {
    let number = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++)
      number |= (byte & 0x7f) << shift
      if (byte < 0x80) return number
    }
  }
  while (at < bytes.length) {
    const isCode = bytes.readUInt8(at++) === 10
    const length = readNumber()
    const end = at + length
    for (let left = isCode ? readNumber() : 0; left > 0; left--) {
      cuts.push(at)
      at = readNumber() + at
    }
    at = end
  }
  return cuts.map((cut, k) => bytes.subarray(cut, cuts[k + 1]).toString('hex'))
}

/** @param {string} name @param {string[]} features */
function compile(name, features) {
  const to = `build/kernels/${name}.wasm`
  const asc = 'node_modules/assemblyscript/bin/asc.js'
  const run = spawnSync(process.execPath, [asc, 'assembly/index.ts', '-o', to, ...OPTIONS, ...features], {
    encoding: 'utf8',
  })
  if (run.status !== 0 || run.stderr !== '') throw new Error(`assembly/ does not compile cleanly:\n${run.stderr}`)
  const bytes = readFileSync(to)
  console.log(`${name}: ${bytes.length} bytes`)
  return bytes
}
