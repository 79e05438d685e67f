/**
 * What the rules of the house look at: files as {path, text}, so that a rule can be fed a bad file of its own making.
 * Reading the disk is done here and nowhere else in this folder; parsing is TypeScript's own.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export interface SourceFile {
  /** From the project's folder, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** One broken rule per line: `path:line what is wrong: what to do instead`. */
export type Findings = readonly string[]

const notOurs = new Set(['node_modules', 'dist', '.git', '.data'])
const readable = /(?:\.(?:ts|tsx|mjs|js|json|sql|css|md|html|yml|yaml|svg|sh)|(?:^|\/)(?:Dockerfile|run|\.npmrc|\.gitignore|\.dockerignore))$/

/** Every text file of the project, except what tools write (packages, builds, the lock file). */
export function readProject(root: string, folder = ''): readonly SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : readProject(root, path)
      return readable.test(path) && entry.name !== 'package-lock.json' ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : []
    })
}

export function isCode({ path }: SourceFile): boolean {
  return /\.(?:ts|tsx|mjs)$/.test(path)
}

export function inFolder(path: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`))
}

const parsed = new WeakMap<SourceFile, ts.SourceFile>()

export function treeOf(file: SourceFile): ts.SourceFile {
  const known = parsed.get(file)
  if (known !== undefined) return known
  const kind = file.path.endsWith('.tsx') ? ts.ScriptKind.TSX : file.path.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true, kind)
  parsed.set(file, tree)
  return tree
}

/** Every node of the file, parents before children. */
export function* nodesOf(file: SourceFile): Generator<ts.Node> {
  const waiting: ts.Node[] = [treeOf(file)]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    const children: ts.Node[] = []
    node.forEachChild((child) => void children.push(child))
    waiting.push(...children.reverse())
  }
}

/** A finding at a node or at a place in the text. */
export function finding(file: SourceFile, at: ts.Node | number, says: string): string {
  const position = typeof at === 'number' ? at : at.getStart(treeOf(file))
  const line = file.text.slice(0, position).split('\n').length
  return `${file.path}:${line} ${says}`
}

/** Findings for every match of a pattern in the text. */
export function matches(file: SourceFile, pattern: RegExp, says: (match: string) => string): Findings {
  const global = new RegExp(pattern, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`)
  return [...file.text.matchAll(global)].map((match) => finding(file, match.index, says(match[0].trim())))
}

/** Text that a string or template literal puts together; what is filled in stands as `${…}`. */
export function* literalsOf(file: SourceFile): Generator<{ readonly node: ts.Node; readonly text: string }> {
  for (const node of nodesOf(file)) {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) yield { node, text: node.text }
    else if (ts.isTemplateExpression(node)) yield { node, text: [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('${…}') }
  }
}
