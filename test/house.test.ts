import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** Imports point up this list only. */
const ORDER = [
  'errors.ts',
  'random',
  'kernels',
  'matrix',
  'data',
  'tables',
  'evaluation',
  'rule',
  'solvers',
  'training',
  'findings',
  'network',
  'insight',
  'estimators',
  'io',
  'cli',
  'index.ts',
  'node.ts',
]
const LONGEST = 250

/** A source of the library; `path` is relative to src/. */
interface Source {
  readonly path: string
  readonly text: string
}

interface Rule {
  readonly title: string
  /** what a source does against the rule, one phrase each */
  readonly breaches: (source: Source) => string[]
  /** sources that break the rule, to prove that it sees */
  readonly broken: readonly Source[]
}

const rules: Rule[] = [
  {
    title: 'imports point to the own folder or up the order of the house',
    breaches: (source) =>
      imports(source)
        .filter((specifier) => !mayImport(source.path, specifier))
        .map((specifier) => `imports ${specifier}; the order is ${ORDER.join(', ')}`),
    broken: [
      { path: 'matrix/a.ts', text: "import { b } from '../network/b.ts'" },
      { path: 'matrix/a.ts', text: "import type { B } from '../network/b.ts'" },
      { path: 'matrix/a.ts', text: "export * from '../network/b.ts'" },
      { path: 'matrix/a.ts', text: "export const b = () => import('../network/b.ts')" },
      { path: 'matrix/a.ts', text: "export type B = import('../network/b.ts').B" },
      { path: 'matrix/a.ts', text: "import { Network } from 'bp-net'" },
      { path: 'matrix/deep/a.ts', text: "import '../../index.ts'" },
      { path: 'errors.ts', text: "import './random/generator.ts'" },
      { path: 'matrix/a.ts', text: "import '../unlisted/b.ts'" },
      { path: 'unlisted/a.ts', text: "import '../errors.ts'" },
    ],
  },
  {
    title: `no file is longer than ${LONGEST} lines`,
    breaches: ({ text }) => {
      const lines = text.replace(/\n$/, '').split('\n').length
      return lines > LONGEST ? [`has ${lines} lines`] : []
    },
    broken: [{ path: 'errors.ts', text: '\n'.repeat(LONGEST + 1) }],
  },
  {
    title: 'names are in kebab-case and say more than utils, common, types, helpers',
    breaches: ({ path }) => path.split('/').filter((name) => !isGoodName(name)),
    broken: [
      { path: 'matrix/utils.ts', text: '' },
      { path: 'types/matrix.ts', text: '' },
      { path: 'matrix/NdArray.ts', text: '' },
      { path: 'matrix/nd_array.ts', text: '' },
    ],
  },
  {
    title: 'nothing is exported as default',
    // a .d.ts describes the module of someone else
    breaches: (source) =>
      source.path.endsWith('.d.ts') ? [] : nodes(source).filter(isDefaultExport).map(describeNode),
    broken: [
      { path: 'errors.ts', text: 'export default 1' },
      { path: 'errors.ts', text: 'export default function f() {}' },
      { path: 'errors.ts', text: 'const a = 1; export { a as default }' },
    ],
  },
  {
    title: 'only cli/ prints',
    breaches: (source) =>
      source.path.startsWith('cli/')
        ? []
        : nodes(source)
            .filter((node) => isMember(node, 'console'))
            .map(describeNode),
    broken: [{ path: 'errors.ts', text: "console.warn('so')" }],
  },
  {
    title: 'randomness comes from the seeded generator',
    breaches: (source) =>
      nodes(source)
        .filter((node) => isMember(node, 'Math', 'random'))
        .map(describeNode),
    broken: [
      { path: 'errors.ts', text: 'export const a = Math.random()' },
      { path: 'errors.ts', text: "export const a = Math['random']" },
    ],
  },
  {
    title: 'no module awaits at its top level, which would break require()',
    breaches: (source) => nodes(source, ts.isFunctionLike).filter(isAwait).map(describeNode),
    broken: [
      { path: 'errors.ts', text: 'export const a = await f()' },
      { path: 'errors.ts', text: 'for await (const a of b) f(a)' },
    ],
  },
  {
    title: 'only node.ts, cli/ and files named …-file.ts import modules of Node',
    breaches: (source) =>
      /^node\.ts$|^cli\/|-file\.ts$/.test(source.path)
        ? []
        : imports(source)
            .filter(isBuiltin)
            .map((specifier) => `imports ${specifier}`),
    broken: [
      { path: 'data/idx.ts', text: "import { readFile } from 'node:fs/promises'" },
      { path: 'index.ts', text: "import 'fs'" },
    ],
  },
]

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .map((path): Source => ({ path, text: readFileSync(`src/${path}`, 'utf8') }))

describe.each(rules)('$title', ({ breaches, broken }) => {
  test('in src/', () => {
    expect(sources.length).toBeGreaterThan(0)
    const found = sources.flatMap((source) => breaches(source).map((breach) => `src/${source.path}: ${breach}`))
    expect(found).toEqual([])
  })

  test.each(broken)('and $path with `$text` is caught', (source) => {
    expect(breaches(source)).toHaveLength(1)
  })
})

test('a breach of the order names the import and the order', () => {
  const [rule] = rules
  expect(rule?.breaches({ path: 'errors.ts', text: "import './index.ts'" })).toEqual([
    `imports ./index.ts; the order is ${ORDER.join(', ')}`,
  ])
})

test('the lock file works with every registry: it holds no "resolved"', () => {
  expect(readFileSync('package-lock.json', 'utf8')).not.toContain('"resolved"')
})

/** The nodes of a source in order; what lies within a node for which `stop` holds is left out. */
function nodes({ path, text }: Source, stop: (node: ts.Node) => boolean = () => false): ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    found.push(node)
    if (!stop(node)) ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return found
}

/** Every module that a source names: by import, export … from, import() and import types. */
function imports(source: Source): string[] {
  return nodes(source).flatMap((node) => {
    const specifier = moduleSpecifier(node)
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? [specifier.text] : []
  })
}

function moduleSpecifier(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isDynamic ? node.arguments[0] : undefined
}

function mayImport(path: string, specifier: string): boolean {
  if (/^bp-net(\/|$)/.test(specifier)) return false // the library by its own name: index.ts, from below
  if (!specifier.startsWith('.')) return true
  const [from, to] = [path, posix.join(posix.dirname(path), specifier)].map(top) as [string, string]
  const place = ORDER.indexOf(from)
  return place >= 0 && (to === from || (ORDER.includes(to) && ORDER.indexOf(to) < place))
}

/** The entry of the order that a path belongs to. */
function top(path: string): string {
  return path.replace(/\/.*/, '')
}

function isGoodName(name: string): boolean {
  const plain = name.replace(/(\.d)?\.ts$/, '')
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(plain) && !['utils', 'common', 'types', 'helpers'].includes(plain)
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  )
}

/** Is it object.member or object['member']? Of any member if none is named. */
function isMember(node: ts.Node, object: string, member?: string): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.expression.getText() === object && (member ?? node.name.text) === node.name.text
  }
  if (!ts.isElementAccessExpression(node) || node.expression.getText() !== object) return false
  const { argumentExpression: name } = node
  return member === undefined || (ts.isStringLiteralLike(name) && name.text === member)
}

function isAwait(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)
}

function describeNode(node: ts.Node): string {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart())
  return `line ${line + 1}: ${node.getText().split('\n')[0]}`
}
