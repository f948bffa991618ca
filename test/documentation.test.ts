import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { type Block, exampleBlocks, markdownBlocks } from './documentation/blocks.ts'
import { actualPrints, markedScript, promisedPrints } from './documentation/print.ts'

const FOLDER = 'build/documentation' // inside the repository: here `bp-net` means this build
const ENTRIES = ['dist/index.d.ts', 'dist/node.d.ts']

const readme = [...markdownBlocks('README.md'), ...markdownBlocks('README.ko.md')]
const blocks = [...readme, ...exampleBlocks('src')].map((block, index) => ({
  ...block,
  place: `${block.file}:${block.line}`,
  path: `${FOLDER}/${index}.ts`,
}))

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
for (const { path, code } of blocks) writeFileSync(path, code)

const program = ts.createProgram([...ENTRIES, ...blocks.map(({ path }) => path)], {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  strict: true,
  noEmit: true,
})

test('there are examples', () => {
  expect(readme).not.toEqual([])
})

test('the blocks of both READMEs and the examples of the docstrings have the right types', () => {
  expect(ts.getPreEmitDiagnostics(program).map(describeDiagnostic)).toEqual([])
})

describe.concurrent('each runs and prints what its comments say', () => {
  test.each(blocks)('$place', async (block) => {
    const script = block.path.replace(/\.ts$/, '.js')
    writeFileSync(script, markedScript(block))
    const promised = promisedPrints(block)
    const prints = actualPrints(await run(script, block.place))
    const found = [...promised.keys()].map((line) => [line, prints.get(line)] as const)
    const byPlace = ([line, text]: readonly [number, string | undefined]) => [`${block.file}:${line}`, text]
    expect(found.map(byPlace)).toEqual([...promised].map(byPlace))
  })
})

test('every function, class and constant of the library has an example', () => {
  const checker = program.getTypeChecker()
  const without = ENTRIES.flatMap((entry) => exportedValues(checker, entry))
    .filter((symbol) => symbol.getJsDocTags(checker).every(({ name }) => name !== 'example'))
    .map(({ name }) => name)
    .filter((name) => !readme.some(({ code }) => new RegExp(`\\b${name}\\b`).test(code)))
  expect(without).toEqual([])
})

function exportedValues(checker: ts.TypeChecker, entry: string): ts.Symbol[] {
  const source = program.getSourceFile(entry)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${entry} exports nothing: is it built?`)
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Value)
}

/** Runs a script in its folder, where it may leave files; an error says where the block is. */
async function run(script: string, place: string): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [basename(script)], { cwd: FOLDER })).stdout
  } catch (error) {
    throw new Error(`${place} fails: ${(error as { stderr?: string }).stderr}`, { cause: error })
  }
}

function describeDiagnostic({ file, start = 0, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (!file) return message
  const { line } = file.getLineAndCharacterOfPosition(start)
  return `${placeOf(file.fileName, line)}: ${message}`
}

function placeOf(fileName: string, line: number): string {
  const block: Block | undefined = blocks.find(({ path }) => fileName.endsWith(path))
  return block ? `${block.file}:${block.line + line}` : `${fileName}:${line + 1}`
}
