import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { connect } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { Frame } from '../../views/frame.tsx'
import { answered, externalRedirect, html, page, redirect, refusePage } from '../../src/http/page.ts'
import { readForm } from '../../src/http/form.ts'
import type { OpenPageDoor } from '../../src/http/page.ts'
import { form, issuer, start } from './harness.ts'

const show = (handle: OpenPageDoor['handle'], path = '/x') => page({ method: 'GET', path, access: 'public', handle })

describe('a page', () => {
  it('comes with its frame: language, request id, links and assets', async () => {
    const { send } = await start({ doors: [show(({ frame }) => html(h(Frame, { frame: frame(), title: 'T', children: 'hello' })))] })
    const { status, headers, body } = await send('/x?a=1', { headers: { 'Accept-Language': 'en' } })
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['cache-control']).toBe('no-store')
    expect(body).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(body).toContain(headers['x-request-id'])
    expect(body).toContain('href="/x?a=1&amp;lang=ja"')
    expect(body).toContain('/assets/tegata.css')
  })

  it('knows its path, query, language and origin', async () => {
    const seen: unknown[] = []
    const { send } = await start({ doors: [show(({ params, query, locale, origin, form: fields }) => {
      seen.push(params, query.get('q'), locale, origin.ip, fields.size)
      return html(h('p', null))
    }, '/t/:subdomain')] })
    await send('/t/%E3%81%95?q=%22')
    expect(seen).toEqual([{ subdomain: 'さ' }, '"', 'ja', '127.0.0.1', 0])
  })

  it('says where its forms may lead', async () => {
    const { send } = await start({ doors: [show(() => html(h('p', null), { status: 422, formAction: ['https://app.example'] }))] })
    const { status, headers } = await send('/x')
    expect(status).toBe(422)
    expect(headers['content-security-policy']).toContain("form-action 'self' https://app.example;")
  })

  it('answers HEAD as it answers GET, without the body', async () => {
    const { send } = await start({ doors: [show(() => html(h('p', null, 'x')))] })
    const [get, head] = [await send('/x'), await send('/x', { method: 'HEAD' })]
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
    expect(head.headers['content-security-policy']).toBe(get.headers['content-security-policy'])
  })

  it('may refuse with the error page', async () => {
    const { send } = await start({ doors: [show(() => refusePage({ status: 403, reason: 'forbidden' }))] })
    const { status, headers, body } = await send('/x', { headers: { Accept: 'application/json' } })
    expect([status, headers['content-type']]).toEqual([403, 'text/html; charset=utf-8'])
    expect(body).toContain('<code id="error_code">forbidden</code>')
  })

  it('may leave the answer to the provider', async () => {
    const { send } = await start({ doors: [show(({ ctx }) => {
      ctx.res.statusCode = 303
      ctx.res.end('by another hand')
      return answered()
    })] })
    expect(await send('/x')).toMatchObject({ status: 303, body: 'by another hand' })
  })

  it('of the demo exists in the demo only', async () => {
    const door = page({ method: 'GET', path: '/dev/mail', access: 'demo', handle: () => html(h('p', null)) })
    expect((await (await start({ doors: [door] })).send('/dev/mail')).status).toBe(404)
    expect((await (await start({ doors: [door], demo: true })).send('/dev/mail')).status).toBe(200)
  })
})

describe('a redirect', () => {
  it.each([
    ['/account?x=1', () => redirect('/account?x=1')],
    ['https://app.example/cb?code=a', () => externalRedirect('https://app.example/cb?code=a')],
    ['com.example.app:/cb', () => externalRedirect('com.example.app:/cb')],
  ])('to %s is a 303 that no cache keeps', async (location, result) => {
    const { send } = await start({ doors: [show(result)] })
    const answer = await send('/x')
    expect(answer).toMatchObject({ status: 303, body: '', headers: { location, 'cache-control': 'no-store' } })
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'account', '', '/a\r\nSet-Cookie: x=y', '/\tevil', '/日本', 'javascript:alert(1)'])('of our own never leads to %j', (target) => {
    expect(() => redirect(target)).toThrow('redirect()')
  })

  it.each(['/account', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'blob:https://x/y', 'vbscript:x', 'file:///etc/passwd', 'about:blank', ''])('to another place never runs %j', (target) => {
    expect(() => externalRedirect(target)).toThrow('externalRedirect()')
  })

  it('of a spoiled target is a fault and not a half-checked jump', async () => {
    const { send, log } = await start({ doors: [show(({ query }) => redirect(query.get('to') ?? '/'))] })
    const answer = await send('/x?to=//evil.example')
    expect(answer.status).toBe(500)
    expect(answer.headers).not.toHaveProperty('location')
    expect(log.filter((line) => line['level'] === 'error')).toHaveLength(1)
  })
})

describe('a form', () => {
  const post = (seen: [string, string][] = []) => page({
    method: 'POST', path: '/x', access: 'public',
    handle: ({ form: fields }) => {
      seen.push(...fields)
      return html(h('p', null, 'taken'))
    },
  })
  const type = 'application/x-www-form-urlencoded'
  const big = 'a'.repeat(64 * 1024)

  it('reaches the handler as it was filled in', async () => {
    const seen: [string, string][] = []
    const { send } = await start({ doors: [post(seen)] })
    const answer = await send('/x', form({ identifier: '花子 +&=%', password: '' }, { Origin: issuer }))
    expect(answer.body).toContain('taken')
    expect(seen).toEqual([['identifier', '花子 +&=%'], ['password', '']])
  })

  it.each(['APPLICATION/X-WWW-FORM-URLENCODED', `${type}; charset=UTF-8`, `${type};charset="utf-8"`])('may call itself %s', async (contentType) => {
    const { send } = await start({ doors: [post()] })
    expect((await send('/x', form({ a: 'b' }, { 'Content-Type': contentType }))).status).toBe(200)
  })

  it('may be empty, and as large as 64 KiB', async () => {
    const { send } = await start({ doors: [post()] })
    expect((await send('/x', form(''))).status).toBe(200)
    expect((await send('/x', form(big))).status).toBe(200)
  })

  const refused: readonly [string, number, string | Buffer, Record<string, string>][] = [
    ['a repeated field', 400, 'identifier=alice&identifier=charlie', {}],
    ['a field repeated in another spelling', 400, 'csrf_token=a&csrf%5Ftoken=b', {}],
    ['a NUL', 400, 'identifier=a%00b', {}],
    ['bytes that are not UTF-8', 400, Buffer.from([0x61, 0x3d, 0xff]), {}],
    ['JSON', 415, '{}', { 'Content-Type': 'application/json' }],
    ['multipart', 415, '--x--', { 'Content-Type': 'multipart/form-data; boundary=x' }],
    ['plain text, which another site may send without asking', 415, 'a=b', { 'Content-Type': 'text/plain' }],
    ['no media type', 415, 'a=b', { 'Content-Type': '' }],
    ['another charset', 415, 'a=b', { 'Content-Type': `${type}; charset=shift_jis` }],
    ['a compressed body', 415, 'a=b', { 'Content-Encoding': 'gzip' }],
    ['one byte more than 64 KiB', 413, `${big}a`, {}],
    ['one byte more without saying so', 413, `${big}a`, { 'Transfer-Encoding': 'chunked' }],
  ]
  it.each(refused)('is refused before the handler: %s', async (_what, status, body, headers) => {
    const seen: [string, string][] = []
    const { send, log } = await start({ doors: [post(seen)] })
    const answer = await send('/x', { ...form('', headers), body })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(seen).toEqual([])
    expect(log.filter((line) => line['level'] === 'error')).toEqual([])
  })

  it('that stops in the middle is given up', async () => {
    const { port } = await start({ more: (app) => app.use(async (ctx) => {
      const read = await readForm(ctx.req, 20)
      ctx.body = read.ok ? 'read' : read.refusal.reason
      ctx.set('Connection', 'close')
    }) })
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\nidentifier=`)
    expect(await text(socket)).toContain('body_timeout')
  })

  it('whose sender goes away is no fault', async () => {
    const { port, log } = await start({ doors: [post()] })
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\nidentifier=`)
    await once(socket, 'ready')
    socket.resetAndDestroy()
    await expect.poll(() => log.map((line) => line['msg'])).toContain('client went away')
    expect(log.map((line) => line['level']).filter((level) => level !== 'debug')).toEqual([])
  })
})
