/** That the pages for people keep up with the code: every door and every room has its line, every command and link leads somewhere. */
import { posix } from 'node:path'
import ts from 'typescript'
import { roomOf } from './rooms.ts'
import { finding, inFolder, isCode, matches, nodesOf, type Findings, type SourceFile } from './source.ts'

interface Door {
  readonly method: string
  /** What is put together stands as `*`. */
  readonly path: string
  readonly node: ts.Node
}

const declares = new Set(['page', 'endpoint', 'publicEndpoint'])

/** Doors as rooms declare them: `page({ method, path, … })` and `endpoint({ … })`. */
export function doorsOf(file: SourceFile): readonly Door[] {
  const constants = new Map([...nodesOf(file)].flatMap((node) =>
    ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined && ts.isStringLiteral(node.initializer) ? [[node.name.text, node.initializer.text]] : [],
  ))
  return [...nodesOf(file)].flatMap((node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || !declares.has(node.expression.text)) return []
    const [spec] = node.arguments
    if (spec === undefined || !ts.isObjectLiteralExpression(spec)) return []
    const [method, path] = ['method', 'path'].map((name) => textOf(memberOf(spec, name), constants))
    return method === undefined || path === undefined ? [] : [{ method, path, node }]
  })
}

function memberOf(spec: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const member of spec.properties) if (ts.isPropertyAssignment(member) && member.name.getText() === name) return member.initializer
  return undefined
}

function textOf(value: ts.Expression | undefined, constants: ReadonlyMap<string, string>): string | undefined {
  if (value === undefined) return undefined
  if (ts.isStringLiteralLike(value)) return value.text
  if (ts.isIdentifier(value)) return constants.get(value.text) ?? '*'
  if (!ts.isTemplateExpression(value)) return '*'
  return [value.head.text, ...value.templateSpans.flatMap(({ expression, literal }) => [textOf(expression, constants) ?? '*', literal.text])].join('')
}

export function everyDoorIsDocumented(files: readonly SourceFile[]): Findings {
  const documented = [...(files.find(({ path }) => path === 'docs/endpoints.md')?.text.matchAll(/`([A-Z]+ \/[^`]*)`/g) ?? [])].map(([, door = '']) => door)
  return files.filter((file) => inFolder(file.path, 'src') && isCode(file)).flatMap((file) =>
    doorsOf(file).flatMap(({ method, path, node }) => {
      const wanted = new RegExp(`^${`${method} ${path}`.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+')}$`)
      return documented.some((door) => wanted.test(door)) ? [] : [finding(file, node, `opens ${method} ${path}, of which docs/endpoints.md says nothing: give it a line there.`)]
    }),
  )
}

/** The map in README.md names every room that is there, in the order of the line. */
export function everyRoomIsOnTheMap(files: readonly SourceFile[], order: readonly string[]): Findings {
  const text = files.find(({ path }) => path === 'README.md')?.text ?? ''
  const onMap = [...text.matchAll(/^ {2}([a-z-]+(?:\/|\.ts)) {2,}\S/gm)].map(([, name = '']) => name.replace('/', ''))
  const inHouse = order.filter((room) => files.some(({ path }) => roomOf(path) === room))
  return onMap.join() === inHouse.join() ? [] : [`README.md shows the rooms ${onMap.join(', ')}, and the house has ${inHouse.join(', ')}: correct the map.`]
}

/** `npm run x` in a page is a script of package.json. */
export function everyCommandExists(files: readonly SourceFile[]): Findings {
  const scripts = files.find(({ path }) => path === 'package.json')?.text ?? ''
  return files.filter(({ path }) => path.endsWith('.md')).flatMap((file) =>
    [...new Set(matches(file, /npm run [\w:-]+/, (found) => (scripts.includes(`"${found.slice('npm run '.length)}":`) ? '' : `says ${found}, which package.json does not know: add the script or correct the page.`)))]
      .filter((says) => !says.endsWith(' ')),
  )
}

/** Links inside the project; pictures are no text and are left out. */
export function everyLinkLeadsSomewhere(files: readonly SourceFile[]): Findings {
  const paths = files.map(({ path }) => path)
  return files.filter(({ path }) => path.endsWith('.md')).flatMap((file) =>
    [...file.text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap((match) => {
      const target = posix.join(posix.dirname(file.path), match[1] ?? '').replace(/\/$/, '')
      const isThere = target.endsWith('.png') || paths.some((path) => path === target || path.startsWith(`${target}/`))
      return isThere ? [] : [finding(file, match.index, `links to ${match[1] ?? ''}, where nothing is: correct the link.`)]
    }),
  )
}
