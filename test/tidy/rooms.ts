/**
 * The line of rooms (README, "The house"): who may import whom, which folders there are, and that nothing goes round in circles.
 */
import { posix } from 'node:path'
import ts from 'typescript'
import { finding, inFolder, isCode, type Findings, type SourceFile } from './source.ts'

/** A room imports only from those before it. app.ts connects them all; cli/ calls app.ts, and main.ts calls cli/. */
export const line = [
  'base', 'http', 'events', 'accounts', 'factors', 'tenants', 'members', 'apps', 'oidc', 'interaction', 'self-service', 'delivery', 'provisioning',
  'console', 'operations', 'app.ts', 'cli', 'main.ts',
] as const

/** The kit for relying products is published by itself, so it may lean on nothing of ours. */
const outside = 'rp'
/** Runs before anything is installed or built. */
const bootstrap = 'bootstrap.mjs'
const drawers = new Set(['utils', 'util', 'common', 'helpers', 'shared', 'services', 'lib', 'misc'])

/** `src/oidc/claims.ts` → `oidc`, `src/app.ts` → `app.ts`; undefined outside src. */
export function roomOf(path: string): string | undefined {
  return inFolder(path, 'src') ? path.split('/')[1] : undefined
}

export interface Import {
  /** As written. */
  readonly specifier: string
  /** The file of the project it leads to; undefined for a package. */
  readonly target: string | undefined
  readonly position: number
}

const seen = new WeakMap<SourceFile, readonly Import[]>()

/** Imports, re-exports and `import()` of a file, types included. */
export function importsOf(file: SourceFile): readonly Import[] {
  const known = seen.get(file)
  if (known !== undefined) return known
  const found = ts.preProcessFile(file.text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    target: /^\.{1,2}\//.test(fileName) ? posix.join(posix.dirname(file.path), fileName) : undefined,
    position: pos,
  }))
  seen.set(file, found)
  return found
}

export function roomsAreKnown(files: readonly SourceFile[]): Findings {
  const known: readonly string[] = [...line, outside, bootstrap]
  return files.filter(({ path }) => inFolder(path, 'src', 'views')).flatMap((file) => {
    const parts = file.path.split('/')
    const drawer = parts.slice(0, -1).find((part) => drawers.has(part))
    if (drawer !== undefined) return [`${file.path} lies in a drawer called ${drawer}: put it into the room that owns what it does.`]
    if (/^index\.[a-z]+$/.test(parts.at(-1) ?? '')) return [`${file.path} hides where things live: name the file after what it owns and import it by that name.`]
    const room = roomOf(file.path)
    if (room === undefined || known.includes(room)) return []
    return [`${file.path} is in no room of the house: use one of ${line.join(', ')}, or add the room to test/tidy/rooms.ts and README.md.`]
  })
}

export function importsFollowTheLine(files: readonly SourceFile[]): Findings {
  return files.filter((file) => isCode(file) && inFolder(file.path, 'src', 'views', 'examples')).flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const says = breach(file.path, found)
      return says === null ? [] : [finding(file, found.position, says)]
    }),
  )
}

function breach(path: string, { specifier, target }: Import): string | null {
  if (inFolder(path, 'views')) return breachOfViews(specifier, target)
  if (target === undefined) return null
  if (inFolder(path, 'examples')) {
    const own = path.split('/').slice(0, 2).join('/')
    return inFolder(target, own) ? null : `imports ${specifier}: an example must be worth copying, so it holds nothing from outside its own folder.`
  }
  return breachOfSrc(path, specifier, target)
}

function breachOfViews(specifier: string, target: string | undefined): string | null {
  if (target === undefined) return specifier.startsWith('node:') ? `imports ${specifier}: a view does no I/O; let the room read it and hand it in as props.` : null
  return inFolder(target, 'views') ? null : `imports ${specifier}: a view knows nothing of src; hand what it needs in as props.`
}

function breachOfSrc(path: string, specifier: string, target: string): string | null {
  const room = roomOf(path) ?? ''
  if (inFolder(target, 'views')) return room === 'base' ? `imports ${specifier}: base holds leaf tools without pages; do this in the room that shows the page.` : null
  const other = roomOf(target)
  if (other === undefined) return `imports ${specifier}: src imports only from src and views; move what it needs into a room.`
  if (room === other) return null
  if (room === bootstrap) return `imports ${specifier}: the bootstrap runs before the build; keep it on Node alone.`
  if (room === outside) return `imports ${specifier}: rp is published by itself; copy the few lines it needs.`
  const [here, there] = [placeOf(room), placeOf(other)]
  if (there === -1) return `imports ${specifier}, which stands outside the line: nothing in the house leans on it.`
  return there < here ? null : `imports ${specifier}: ${room} stands before ${other} in the line of rooms; declare a port (an interface, a callback) in ${room} and connect it in app.ts.`
}

function placeOf(room: string): number {
  return line.findIndex((known) => known === room)
}

/** Files that import each other, however long the way round; type imports count, for a reader follows them too. */
export function noCircles(files: readonly SourceFile[]): Findings {
  const code = files.filter((file) => isCode(file) && inFolder(file.path, 'src', 'views', 'examples', 'bench', 'test'))
  const next = new Map(code.map((file) => [file.path, importsOf(file).flatMap(({ target }) => target ?? [])]))
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (path: string, way: readonly string[]): void => {
    const from = way.indexOf(path)
    if (from !== -1) {
      circles.push(`${[...way.slice(from), path].join(' → ')} goes round in a circle: move what both need into a file that imports neither.`)
      return
    }
    if (done.has(path)) return
    for (const target of next.get(path) ?? []) walk(target, [...way, path])
    done.add(path)
  }
  for (const path of next.keys()) walk(path, [])
  return circles
}
