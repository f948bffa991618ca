import ts from 'typescript'
import type { Block } from './blocks.ts'

/** What `console.log(x) // text` promises, by line of the file. */
export type Prints = ReadonlyMap<number, string>

const MARK = '\u0001' // on both sides of the line number; no example prints it itself

/** What a block says that it prints: the comments that end its lines with console.log. */
export function promisedPrints(block: Block): Prints {
  const source = ts.createSourceFile('block.ts', block.code, ts.ScriptTarget.Latest, true)
  const promises = new Map<number, string>()
  const visit = (node: ts.Node): void => {
    const comment = isPrint(node) && block.code.slice(node.end).match(/^[ \t);,}]*\/\/(.*)/)?.[1]
    if (comment) promises.set(lineOf(block, source, node), comment.trim())
    ts.forEachChild(node, visit)
  }
  visit(source)
  return promises
}

/** The block as JavaScript in which every console.log first writes its line. */
export function markedScript(block: Block): string {
  const mark: ts.TransformerFactory<ts.SourceFile> = (context) => (source) => {
    const visit = (node: ts.Node): ts.Node => {
      const visited = ts.visitEachChild(node, visit, context)
      return isPrint(node) ? withMark(visited as ts.CallExpression, lineOf(block, source, node)) : visited
    }
    return ts.visitEachChild(source, visit, context)
  }
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  }
  return ts.transpileModule(block.code, { compilerOptions, transformers: { before: [mark] } }).outputText
}

/** (process.stdout.write(mark), console.log(…)) */
function withMark(print: ts.CallExpression, line: number): ts.Expression {
  const { factory } = ts
  const stdout = factory.createPropertyAccessExpression(factory.createIdentifier('process'), 'stdout')
  const write = factory.createPropertyAccessExpression(stdout, 'write')
  const mark = factory.createStringLiteral(`${MARK}${line}${MARK}`)
  const writeMark = factory.createCallExpression(write, undefined, [mark])
  return factory.createParenthesizedExpression(factory.createComma(writeMark, print))
}

/** What a marked script printed, by line of the file; several prints of one line follow each other. */
export function actualPrints(output: string): Prints {
  const prints = new Map<number, string>()
  for (const [, line, text = ''] of output.matchAll(new RegExp(`${MARK}(\\d+)${MARK}([^${MARK}]*)`, 'g'))) {
    prints.set(Number(line), `${prints.get(Number(line)) ?? ''}\n${text}`.trim())
  }
  return prints
}

function isPrint(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const { expression: object, name } = node.expression
  return ts.isIdentifier(object) && object.text === 'console' && name.text === 'log'
}

function lineOf(block: Block, source: ts.SourceFile, node: ts.Node): number {
  return block.line + source.getLineAndCharacterOfPosition(node.end).line
}
