/**
 * The files of the single page, read once at start. They are found beside this file when it runs from source
 * or from a copy, and further up when it runs from a build folder; the browser's script is compiled or plain TypeScript.
 */
import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'

/** By path: content type and content, as Koa wants them. */
export function pageFiles(): ReadonlyMap<string, { type: string; body: string }> {
  const folder = findPublicFolder()
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return new Map([
    ['/', { type: 'html', body: read('index.html') }],
    ['/koe.css', { type: 'css', body: read('koe.css') }],
    ['/mark.svg', { type: 'svg', body: read('mark.svg') }],
    ['/app.js', { type: 'js', body: browserScript() }],
  ])
}

function browserScript(): string {
  const compiled = join(import.meta.dirname, 'browser', 'app.js')
  if (existsSync(compiled)) return readFileSync(compiled, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')
  return stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'browser', 'app.ts'), 'utf8'))
}

function findPublicFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    for (const found of [join(folder, 'public'), join(folder, 'examples', 'koe', 'public')]) {
      if (existsSync(join(found, 'koe.css'))) return found
    }
  }
  throw new Error('The folder "public" of Koe is missing.')
}
