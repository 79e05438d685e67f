/** What code may not hold: ways around the compiler, the environment outside the configuration, markup outside the views. */
import ts from 'typescript'
import { finding, inFolder, isCode, literalsOf, nodesOf, type Findings, type SourceFile } from './source.ts'

/** Files that read the environment, each for itself: the configuration, the bootstrap before it, and the examples' entries. */
function mayReadEnvironment(path: string): boolean {
  return path === 'src/base/config.ts' || path === 'src/bootstrap.mjs' || /^examples\/[^/]+\/server\.ts$/.test(path)
}

export function environmentIsReadOnce(files: readonly SourceFile[]): Findings {
  return files.filter((file) => isCode(file) && inFolder(file.path, 'src', 'views', 'examples') && !mayReadEnvironment(file.path)).flatMap((file) =>
    [...nodesOf(file)].filter(readsEnvironment).map((node) => finding(file, node, 'reads the environment: add the key to src/base/config.ts and take a Config.')),
  )
}

function readsEnvironment(node: ts.Node): boolean {
  const isProcess = (expression: ts.Node | undefined): boolean => expression !== undefined && /^(?:globalThis\.)?process$|^import\.meta$/.test(expression.getText())
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression)
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression) && ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === 'env'
  if (ts.isVariableDeclaration(node)) return ts.isObjectBindingPattern(node.name) && isProcess(node.initializer) && node.name.elements.some((element) => (element.propertyName ?? element.name).getText() === 'env')
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier) || !/^(?:node:)?process$/.test(node.moduleSpecifier.text)) return false
  const names = node.importClause?.namedBindings
  return names !== undefined && ts.isNamedImports(names) && names.elements.some((element) => (element.propertyName ?? element.name).text === 'env')
}

// Not the placeholder of an option on the command line, such as `--title <title>`.
const tag = /(?<!--[a-z-]+ )<(?:!doctype\b|\/?(?:html|head|body|title|meta|link|style|script|div|span|p|a|b|i|em|strong|ul|ol|li|dl|dt|dd|table|tr|td|th|form|input|button|select|option|label|textarea|h[1-6]|br|hr|img|svg|main|section|header|footer|nav)(?=[\s/>])[^<>]*\/?>)/i

export function markupStandsInViews(files: readonly SourceFile[]): Findings {
  return files.filter((file) => isCode(file) && inFolder(file.path, 'src')).flatMap((file) => {
    if (file.path.endsWith('.tsx')) return [`${file.path} is a view: move it into views/ and hand it props.`]
    return [...literalsOf(file)].filter(({ text }) => tag.test(text)).map(({ node }) => finding(file, node, 'writes markup by hand: make a view in views/, which escapes what it is given.'))
  })
}

const directive = new RegExp(['@ts-(?:ignore|expect-error|nocheck)', 'eslint-' + 'disable', '(?:istanbul|v8|c8)' + ' ignore'].join('|'))

export function compilerIsObeyed(files: readonly SourceFile[]): Findings {
  return files.filter((file) => /\.tsx?$/.test(file.path)).flatMap((file) => [
    ...[...nodesOf(file)].flatMap((node) => {
      const says = wayAround(node)
      return says === null ? [] : [finding(file, node, says)]
    }),
    ...commentsOf(file).filter(({ text }) => directive.test(text)).map(({ position, text }) => finding(file, position, `switches a check off (${directive.exec(text)?.[0] ?? ''}): correct the code, or the rule for everybody.`)),
  ])
}

function wayAround(node: ts.Node): string | null {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'says any: say unknown and narrow it, or parse it with zod.'
  if (ts.isAsExpression(node)) return isConst(node.type) ? null : 'casts with as: narrow by a check, a type guard or zod (as const is fine).'
  if (ts.isTypeAssertionExpression(node)) return isConst(node.type) ? null : 'casts with <…>: narrow by a check, a type guard or zod.'
  if (ts.isNonNullExpression(node)) return 'says ! to the compiler: handle the absent case, or throw with a sentence.'
  if ((ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) && node.exclamationToken !== undefined) return 'promises a value with !: give it one where it is declared.'
  return null
}

function isConst(type: ts.TypeNode): boolean {
  return ts.isTypeReferenceNode(type) && type.getText() === 'const'
}

export interface Comment {
  readonly text: string
  readonly position: number
}

/** Comments only, never what looks like one inside a string. */
export function commentsOf(file: SourceFile): readonly Comment[] {
  const variant = file.path.endsWith('x') ? ts.LanguageVariant.JSX : ts.LanguageVariant.Standard
  const found = new Map<number, Comment>()
  for (const node of nodesOf(file)) {
    for (const range of [...(ts.getLeadingCommentRanges(file.text, node.pos) ?? []), ...(ts.getTrailingCommentRanges(file.text, node.end) ?? [])]) {
      // The text of a JSX element may hold two slashes, say in an address.
      if (variant === ts.LanguageVariant.JSX && ts.isJsxText(node)) continue
      found.set(range.pos, { text: file.text.slice(range.pos, range.end), position: range.pos })
    }
  }
  return [...found.values()].toSorted((a, b) => a.position - b.position)
}

const deadLine = /^\s*(?:(?:const|let|var)\s+[\w{[][^=]*=\s|import\s.*\sfrom\s+['"]|export\s+(?:const|default|function|class|interface)\s|return\s.*[)\]};]$|await\s+[\w.]+\(.*\)?$|if\s*\(.*\)\s*(?:\{|return|throw).*$|[\w.]+\(.*\);?$|\}\s*(?:else\s*\{)?$)/

export function nothingIsCommentedOut(files: readonly SourceFile[]): Findings {
  return files.filter(isCode).flatMap((file) =>
    commentsOf(file)
      .filter(({ text }) => text.startsWith('//') && deadLine.test(text.slice(2)))
      .map(({ position }) => finding(file, position, 'is code in a comment: delete it, the history keeps it.')),
  )
}

/** `.only` lets the other tests rest, `.skip` lets this one: neither is ever committed. */
export function testsAllRun(files: readonly SourceFile[]): Findings {
  const leavesOut = /^(?:(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf)(?:\.\w+)*|x(?:it|test|describe)|f(?:it|describe))$/
  return files.filter((file) => isCode(file) && inFolder(file.path, 'test', 'bench')).flatMap((file) =>
    [...nodesOf(file)].filter(ts.isCallExpression).map(({ expression }) => expression).filter((called) => leavesOut.test(called.getText()))
      .map((called) => finding(file, called, `leaves tests out (${called.getText()}): make them pass or delete them.`)),
  )
}
