import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PATIENCE = 180_000 // npm may have to ask its registry

const USE = `
const network = new Network({ layers: [2, 3, 1], seed: 1 })
const outputs = network.predict([[0, 1]]).toArray()
const { shape } = Matrix.from([[1, 2], [3, 4]]).ndarray
console.log(outputs.length, outputs[0]?.length, ...shape)
`
const PRINTED = '1 1 2 2\n'

describe('the package, installed from its tarball into an empty project', () => {
  let project: string
  let packed: string[]

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'bp-net-package-'))
    // dist is as built for these tests: without its scripts, packing does not build it again under their feet
    const report = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], '.')
    const [tarball] = JSON.parse(report) as [{ filename: string; files: { path: string }[] }]
    packed = tarball.files.map(({ path }) => path)
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    const quick = ['--prefer-offline', '--no-audit', '--no-fund']
    await run('npm', ['install', ...quick, join(project, tarball.filename)], project)
  }, PATIENCE)

  afterAll(() => rm(project, { recursive: true, force: true }))

  test('holds the build, its documents and nothing else', () => {
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.ko.md', 'README.md', 'package.json']
    const isBuilt = (path: string) => /^dist\/.*\.(js|d\.ts)$/.test(path)
    expect(packed.filter((path) => !isBuilt(path)).sort()).toEqual(documents)
    expect(packed).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/node.js']))
  })

  test('is imported by an ES module', async () => {
    await writeFile(join(project, 'use.js'), `import { Matrix, Network } from 'bp-net'\n${USE}`)
    expect(await run(process.execPath, ['use.js'], project)).toBe(PRINTED)
  })

  test('is required by a CommonJS module', async () => {
    await writeFile(join(project, 'use.cjs'), `const { Matrix, Network } = require('bp-net')\n${USE}`)
    expect(await run(process.execPath, ['use.cjs'], project)).toBe(PRINTED)
  })

  test('types a strict program that has no other types', async () => {
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', types: [], noEmit: true },
      ...{
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
      },
    }
    const program = join(project, 'typed')
    await mkdir(program)
    await writeFile(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    await writeFile(join(program, 'use.ts'), `import { Matrix, Network } from 'bp-net'\n${USE}`)
    expect(await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', program], project)).toBe('')
  })
})

/** Runs a program to its end and returns what it printed; a failure carries that in its message. */
async function run(program: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}
