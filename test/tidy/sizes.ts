/** How long a file and a function may be, and how many parameters it takes (README, "The house"). */
import ts from 'typescript'
import { finding, inFolder, isCode, nodesOf, treeOf, type Findings, type SourceFile } from './source.ts'

export const limits = { fileLines: 400, functionLines: 70, parameters: 3 } as const

/** Lists that a reader looks things up in, not code that a reader has to follow. */
export function isCatalogue(path: string): boolean {
  return path === 'src/base/schema.ts' || inFolder(path, 'views/messages')
}

export function filesAreShort(files: readonly SourceFile[]): Findings {
  return files.filter((file) => isCode(file) && !isCatalogue(file.path)).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length
    return lines > limits.fileLines ? [`${file.path} has ${lines} lines, and ${limits.fileLines} is the stop: move a part with a name of its own into its own file.`] : []
  })
}

/** Tests are exempt: a `describe` is a function too. */
export function functionsAreShort(files: readonly SourceFile[]): Findings {
  return files.filter((file) => isCode(file) && inFolder(file.path, 'src', 'views', 'examples', 'bench')).flatMap((file) =>
    [...nodesOf(file)].filter(isFunction).flatMap((node) => [...tooLong(file, node), ...tooManyParameters(file, node)]),
  )
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
}

function tooLong(file: SourceFile, node: ts.FunctionLikeDeclaration): Findings {
  const tree = treeOf(file)
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line
  const lines = lineOf(node.getEnd()) - lineOf(node.getStart(tree)) + 1
  return lines > limits.functionLines ? [finding(file, node, `${nameOf(node)} has ${lines} lines, and ${limits.functionLines} is the stop: give its steps names and functions of their own.`)] : []
}

function tooManyParameters(file: SourceFile, node: ts.FunctionLikeDeclaration): Findings {
  // The signature of an overridden method is its library's.
  if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.OverrideKeyword) === true) return []
  const count = node.parameters.filter((parameter) => parameter.name.getText(treeOf(file)) !== 'this').length
  return count > limits.parameters ? [finding(file, node, `${nameOf(node)} takes ${count} parameters: from the fourth on, take one object with names.`)] : []
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (node.name !== undefined) return node.name.getText()
  return ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent.name.getText() : 'a function'
}
