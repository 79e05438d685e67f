import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssets } from '../../src/http/assets.ts'
import { start } from './harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'tegata-assets-'))
const write = (name: string, content: string) => writeFileSync(join(folder, name), content)

beforeAll(() => {
  mkdirSync(join(folder, 'styles'))
  mkdirSync(join(folder, 'assets'))
  write('styles/20-page.css', 'main{}')
  write('styles/10-base.css', 'body{}')
  write('styles/notes.md', 'not a style')
  write('assets/mark.svg', '<svg/>')
  write('assets/favicon.svg', '<svg id="i"/>')
  write('assets/submit.js', 'document.forms[0].submit()')
  for (const name of ['passkey', 'copy', 'reveal', 'filters', 'progress', 'reference']) write(`assets/${name}.js`, 'void 0')
  write('assets/reference.css', 'div{}')
  write('assets/secret.pem', 'not an asset')
})
afterAll(() => rmSync(folder, { recursive: true }))

const serving = async () => {
  const assets = createAssets(folder)
  return { ...await start({ more: (app) => app.use(assets.serve) }), urls: assets.urls }
}

describe('the assets', () => {
  it('are served for ever under names of their content', async () => {
    const { send, urls } = await serving()
    expect(urls.stylesheetUrl).toMatch(/^\/assets\/tegata\.[\w-]{16}\.css$/)
    const style = await send(urls.stylesheetUrl)
    expect(style).toMatchObject({
      status: 200, body: 'body{}main{}',
      headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff', 'content-length': '12' },
    })
    expect((await send(urls.markUrl)).headers['content-type']).toBe('image/svg+xml')
  })

  it('get another name with another content', () => {
    const before = createAssets(folder).urls
    write('styles/20-page.css', 'main{color:red}')
    const after = createAssets(folder).urls
    write('styles/20-page.css', 'main{}')
    expect(after.stylesheetUrl).not.toBe(before.stylesheetUrl)
    expect(after.markUrl).toBe(before.markUrl)
  })

  it('are not sent twice to who has them', async () => {
    const { send, urls } = await serving()
    const { etag = '' } = (await send(urls.stylesheetUrl)).headers
    expect(await send(urls.stylesheetUrl, { headers: { 'If-None-Match': etag } })).toMatchObject({ status: 304, body: '' })
    expect((await send(urls.stylesheetUrl, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  it('answer HEAD, and 405 to what would change them', async () => {
    const { send, urls } = await serving()
    expect(await send(urls.stylesheetUrl, { method: 'HEAD' })).toMatchObject({ status: 200, body: '', headers: { 'content-length': '12' } })
    expect(await send(urls.stylesheetUrl, { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it('include what browsers and robots ask for by themselves', async () => {
    const { send } = await serving()
    expect(await send('/favicon.ico')).toMatchObject({ status: 200, body: '<svg id="i"/>', headers: { 'content-type': 'image/svg+xml' } })
    expect(await send('/robots.txt')).toMatchObject({ status: 200, body: 'User-agent: *\nDisallow: /\n', headers: { 'content-type': 'text/plain; charset=utf-8' } })
  })

  it.each(['/assets/', '/assets/tegata.css', '/assets/mark.svg', '/assets/secret.pem', '/assets/..%2f..%2fpackage.json', '/assets/../package.json', '/assets/tegata.AAAAAAAAAAAAAAAA.css', '/assets/__proto__', '/assets/constructor'])('never hold %s', async (path) => {
    const { send } = await serving()
    expect((await send(path)).status).toBe(404)
  })

  it('say at the start what the checkout lacks', () => {
    const empty = mkdtempSync(join(tmpdir(), 'tegata-assets-'))
    mkdirSync(join(empty, 'styles'))
    mkdirSync(join(empty, 'assets'))
    expect(() => createAssets(empty)).toThrow('views/styles holds no stylesheet')
    writeFileSync(join(empty, 'styles/a.css'), 'a{}')
    expect(() => createAssets(empty)).toThrow('views/assets holds no mark.svg')
    rmSync(empty, { recursive: true })
  })

  it('of the real pages are complete', () => {
    const { stylesheetUrl, markUrl, faviconUrl } = createAssets().urls
    expect([stylesheetUrl, markUrl, faviconUrl].map((url) => url.replace(/[\w-]{16}/, '#'))).toEqual(['/assets/tegata.#.css', '/assets/mark.#.svg', '/assets/favicon.#.svg'])
  })
})
