/**
 * Owns the static files of the pages: read once, served from memory under names that carry a hash of their content.
 * Invariant: what is served under one name never changes, so it may be cached for ever; a path never reaches the disk.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { projectRoot } from '../base/root.ts'
import type { AssetUrls } from './frame.ts'
import { generic } from './problem.ts'
import type { AppMiddleware } from './context.ts'

export interface Scripts {
  /** Submits the page's only form. */
  readonly submit: string
  readonly passkey: readonly string[]
  readonly copy: readonly string[]
  readonly reveal: readonly string[]
  readonly filters: readonly string[]
  readonly progress: readonly string[]
}

/** Of the reference of the API: Swagger UI as its package brings it, and what makes it ours. */
export interface ReferenceAssets {
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]
  /** Of the page to which a sign-in comes back. */
  readonly returnScripts: readonly string[]
}

export interface Assets {
  readonly urls: AssetUrls
  /** Scripts of ours, in the order in which a page loads them; all but passkeys work without. */
  readonly scripts: Scripts
  readonly reference: ReferenceAssets
  readonly serve: AppMiddleware
}

interface Asset {
  readonly url: string
  readonly body: Buffer
  readonly type: string
  readonly etag: string
  readonly cacheControl: string
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
const forEver = 'public, max-age=31536000, immutable'
const forDay = 'public, max-age=86400'

/** Reads styles/*.css (joined in the order of their names) and assets/* of the views; throws where the mark or the style is missing. */
export function createAssets(views: string = join(projectRoot, 'views')): Assets {
  const style = Buffer.concat(filesIn(join(views, 'styles'), '.css').map(({ content }) => content))
  if (style.length === 0) throw new Error('views/styles holds no stylesheet: the checkout is not complete.')
  const own = filesIn(join(views, 'assets')).map(({ name, content }) => ({ name, asset: hashed(name, content) }))
  const stylesheet = hashed('tegata.css', style)
  const mark = named(own, 'mark.svg')
  const favicon = named(own, 'favicon.svg')
  // Browsers differ in how they spell what WebAuthn gives; the library that the server side belongs to evens it out.
  const webauthn = packaged('@simplewebauthn/browser', '../dist/bundle/index.umd.min.js', 'webauthn.js')
  const swagger = {
    style: packaged('swagger-ui-dist', 'swagger-ui.css'), script: packaged('swagger-ui-dist', 'swagger-ui-bundle.js'), onReturn: packaged('swagger-ui-dist', 'oauth2-redirect.js'),
  }
  const url = (name: string) => named(own, name).url
  const all = [
    stylesheet,
    webauthn,
    ...Object.values(swagger),
    ...own.map(({ asset }) => asset),
    { ...favicon, url: '/favicon.ico', cacheControl: forDay },
    { ...hashed('robots.txt', Buffer.from('User-agent: *\nDisallow: /\n')), url: '/robots.txt', cacheControl: forDay },
  ]
  return {
    urls: { stylesheetUrl: stylesheet.url, markUrl: mark.url, faviconUrl: favicon.url },
    scripts: {
      submit: url('submit.js'), passkey: [webauthn.url, url('passkey.js')], copy: [url('copy.js')], reveal: [url('reveal.js')], filters: [url('filters.js')], progress: [url('progress.js')],
    },
    reference: { stylesheets: [swagger.style.url, url('reference.css')], scripts: [swagger.script.url, url('reference.js')], returnScripts: [swagger.onReturn.url] },
    serve: serve(new Map(all.map((asset) => [asset.url, asset]))),
  }
}

function serve(byUrl: ReadonlyMap<string, Asset>): AppMiddleware {
  return (ctx, next) => {
    const asset = byUrl.get(ctx.path)
    if (asset === undefined) return next()
    ctx.state.door = ctx.path.startsWith('/assets/') ? '/assets/:name' : ctx.path
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD')
      ctx.status = generic('method_not_allowed').status
      ctx.body = ''
      return Promise.resolve()
    }
    ctx.set('Cache-Control', asset.cacheControl)
    ctx.set('ETag', asset.etag)
    ctx.status = 200
    if (ctx.fresh) ctx.status = 304
    else {
      ctx.body = asset.body
      ctx.type = asset.type
    }
    return Promise.resolve()
  }
}

function filesIn(folder: string, extension?: string): { name: string; content: Buffer }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (extension === undefined ? extname(entry.name) in types : extname(entry.name) === extension))
    .map(({ name }) => name)
    .sort()
    .map((name) => ({ name, content: readFileSync(join(folder, name)) }))
}

function hashed(name: string, body: Buffer): Asset {
  const extension = extname(name)
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  const type = types[extension] ?? 'application/octet-stream'
  return { url: `/assets/${name.slice(0, -extension.length)}.${digest}${extension}`, body, type, etag: `"${digest}"`, cacheControl: forEver }
}

/** A file of a package, found from where the package begins; served under its own name unless told. */
function packaged(packageName: string, path: string, name: string = path): Asset {
  return hashed(name, readFileSync(join(dirname(createRequire(import.meta.url).resolve(packageName)), path)))
}

function named(own: readonly { name: string; asset: Asset }[], name: string): Asset {
  const found = own.find((file) => file.name === name)
  if (found === undefined) throw new Error(`views/assets holds no ${name}: the checkout is not complete.`)
  return found.asset
}
