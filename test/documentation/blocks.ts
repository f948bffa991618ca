import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

/** A piece of code in a document; line 0 of `code` is line `line` of `file`, counted from 1. */
export interface Block {
  readonly file: string
  readonly line: number
  readonly code: string
}

/** The ts and js blocks of a Markdown file. */
export function markdownBlocks(file: string): Block[] {
  return fencedBlocks({ file, line: 1, code: readFileSync(file, 'utf8') })
}

/** The examples in the docstrings of a folder's sources: the fenced blocks of an example, or else all of it. */
export function exampleBlocks(folder: string): Block[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .flatMap((path) => examples(`${folder}/${path.replaceAll('\\', '/')}`))
    .flatMap((example) => (example.code.includes('```') ? fencedBlocks(example) : [example]))
}

function examples(file: string): Block[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return docstrings(source).flatMap((docstring) => {
    const { line } = source.getLineAndCharacterOfPosition(docstring.getStart())
    return examplesOf({ file, line: line + 1, code: docstring.getText() })
  })
}

function docstrings(source: ts.SourceFile): ts.JSDoc[] {
  const found = new Set<ts.JSDoc>() // a docstring may hang on several nodes
  const visit = (node: ts.Node): void => {
    for (const comment of ts.getJSDocCommentsAndTags(node)) if (ts.isJSDoc(comment)) found.add(comment)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return [...found]
}

/** The text after each @example of a docstring, up to the next tag. */
function examplesOf(docstring: Block): Block[] {
  const lines = docstring.code
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\/?\*+ ?/, ''))
  return lines.flatMap((line, start) => {
    if (!line.startsWith('@example')) return []
    const length = lines.slice(start + 1).findIndex((later) => /^@[a-z]/.test(later))
    const end = length < 0 ? lines.length : start + 1 + length
    const code = [line.replace('@example', ''), ...lines.slice(start + 1, end)].join('\n')
    return [{ file: docstring.file, line: docstring.line + start, code }]
  })
}

function fencedBlocks({ file, line, code }: Block): Block[] {
  return [...code.matchAll(/^ *```(?:ts|js|typescript|javascript)\b.*\n([\s\S]*?)^ *```/gm)].map((match) => ({
    file,
    line: line + code.slice(0, match.index).split('\n').length,
    code: match[1] ?? '',
  }))
}
