/** Files that nothing leads to. Roots are what people and tools start; from there imports and names of files are followed. */
import { posix } from 'node:path'
import { importsOf } from './rooms.ts'
import { inFolder, isCode, literalsOf, type Findings, type SourceFile } from './source.ts'

/** What package.json, the image and CI start, plus the examples' entries and pages' scripts. */
function isProductRoot(path: string, started: string): boolean {
  return path === 'src/main.ts' || started.includes(path) || /^examples\/[^/]+\/(?:server|browser\/app)\.ts$/.test(path) || inFolder(path, 'bench')
}

function isTestRoot(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || /^[^/]+\.config\.(?:ts|js)$/.test(path)
}

/** Code that neither the product nor its tests reach, and code of the product that only tests reach. */
export function everyFileIsUsed(files: readonly SourceFile[]): Findings {
  const code = files.filter(isCode)
  const paths = new Set(code.map(({ path }) => path))
  const next = new Map(code.map((file) => [file.path, leadsTo(file, paths)]))
  const started = files.filter(({ path }) => path === 'package.json' || path === 'Dockerfile').map(({ text }) => text).join('\n')
  const byProduct = reach(code.filter(({ path }) => isProductRoot(path, started)), next)
  const byTests = reach(code.filter(({ path }) => isTestRoot(path) || path === 'test/helpers/postgres.ts'), next)
  return code.flatMap(({ path }) => {
    if (byProduct.has(path)) return []
    if (!byTests.has(path)) return [`${path} is used by nothing: delete it, or import it where it belongs.`]
    return inFolder(path, 'src', 'views', 'examples') ? [`${path} is used by tests only: connect it (usually in app.ts or main.ts), or delete it with its tests.`] : []
  })
}

function reach(roots: readonly SourceFile[], next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>()
  const waiting = roots.map(({ path }) => path)
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    waiting.push(...(next.get(path) ?? []))
  }
  return seen
}

/** Imports, and workers and the like whose file is named in a string, with or without its extension. */
function leadsTo(file: SourceFile, paths: ReadonlySet<string>): readonly string[] {
  const imported = importsOf(file).flatMap(({ target }) => target ?? [])
  const named = [...literalsOf(file)].flatMap(({ text }) => {
    const plain = text.replace(/\$\{…\}$/, '')
    if (/^\.{1,2}\//.test(plain)) return posix.join(posix.dirname(file.path), plain)
    return /^(?:src|views|test|bench|examples)\//.test(plain) ? plain : []
  })
  return [...imported, ...named.flatMap((name) => [name, `${name}.ts`, `${name}.tsx`])].filter((path) => paths.has(path))
}
