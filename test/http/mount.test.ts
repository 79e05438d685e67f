import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { publicEndpoint } from '../../src/http/endpoint.ts'
import { html, page } from '../../src/http/page.ts'
import type { PageDoor } from '../../src/http/page.ts'
import { form, start } from './harness.ts'

const says = (method: 'GET' | 'POST', path: string, text: string): PageDoor => page({ method, path, access: 'public', handle: () => html(h('p', null, text)) })
const api = publicEndpoint({ method: 'GET', path: '/api/v1/things/:id', response: z.object({}), summary: 'Shows.', handle: () => ({ status: 200, body: {} }) })

describe('the doors', () => {
  const doors = [says('GET', '/both', 'shown'), says('POST', '/both', 'posted'), says('POST', '/only', 'posted'), says('POST', '/t/new', 'made'), says('GET', '/t/:subdomain', 'tenant'), api]

  const refused: readonly [string, string, string, string][] = [
    ['DELETE', '/both', 'GET, HEAD, POST', 'text/html'],
    ['GET', '/only', 'POST', 'text/html'],
    ['HEAD', '/only', 'POST', 'text/html'],
    ['OPTIONS', '/both', 'GET, HEAD, POST', 'text/html'],
    ['PROPFIND', '/both', 'GET, HEAD, POST', 'text/html'],
    ['POST', '/api/v1/things/1', 'GET, HEAD', 'application/problem+json'],
  ]
  it.each(refused)('answer 405 and Allow to %s %s', async (method, path, allow, type) => {
    const { send } = await start({ doors })
    const answer = await send(path, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe(allow)
    expect(answer.headers['content-type']).toContain(type)
  })

  it('share a path by method, and leave a more exact neighbour its methods', async () => {
    const { send } = await start({ doors })
    expect((await send('/both')).body).toContain('shown')
    expect((await send('/both', form(''))).body).toContain('posted')
    expect((await send('/t/new', form(''))).body).toContain('made')
    expect((await send('/t/new')).body).toContain('tenant')
  })

  it.each(['/BOTH', '/both/', '/both//', '/both/x', '/bot%68/', '/t/', '/t/a/b'])('take a path in its one spelling, so not %s', async (path) => {
    const { send } = await start({ doors })
    expect((await send(path)).status).toBe(404)
  })

  it('refuse to be declared twice', async () => {
    await expect(start({ doors: [says('GET', '/x', 'a'), says('GET', '/x', 'b')] })).rejects.toThrow('Two doors are declared at GET /x.')
  })
})

describe('an address without a door', () => {
  const asked: readonly [string, string, string | undefined, string][] = [
    ['a browser', '/nowhere', 'text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
    ['somebody without a wish', '/nowhere', undefined, 'text/html'],
    ['a program', '/nowhere', 'application/json', 'application/problem+json'],
    ['a program that knows problems', '/nowhere', 'application/problem+json', 'application/problem+json'],
    ['a browser below /api/', '/api/v1/nowhere', 'text/html', 'application/problem+json'],
    ['a browser beside /api/', '/apis', 'text/html', 'text/html'],
  ]
  it.each(asked)('is told to %s in its own language', async (_who, path, accept, type) => {
    const { send, log } = await start()
    const answer = await send(path, { headers: accept === undefined ? {} : { Accept: accept } })
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toContain(type)
    expect(answer.body).toContain(answer.headers['x-request-id'])
    expect(log).toEqual([])
  })

  it('repeats nothing that was sent', async () => {
    const { send } = await start()
    expect((await send('/%3Cscript%3Ealert(1)%3C/script%3E?lang=%22%3E%3Cscript%3E')).body).not.toMatch(/<script/)
  })
})

describe('a fault', () => {
  const failing = (error: unknown) => page({ method: 'GET', path: '/invitations/:token', access: 'public', handle: () => { throw error } })

  it.each(['text/html', 'application/json'])('is answered once, with its request id and no detail, to %s', async (accept) => {
    const { send, log } = await start({ doors: [failing(new Error('password of the database'))] })
    const answer = await send('/invitations/t0ken', { headers: { Accept: accept } })
    expect(answer.status).toBe(500)
    expect(answer.headers['content-type']).toContain(accept === 'text/html' ? 'text/html' : 'application/problem+json')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.body).toContain('server_error')
    expect(answer.body).toContain(answer.headers['x-request-id'])
    expect(answer.body).not.toContain('password of the database')
    expect(log).toHaveLength(1)
    expect(log[0]).toMatchObject({ level: 'error', request_id: answer.headers['x-request-id'], method: 'GET', door: '/invitations/:token', err: { message: 'password of the database' } })
    expect(JSON.stringify(log)).not.toContain('t0ken')
  })

  it.each([[true, 'string'], [false, 'undefined']])('has its stack in the log only when asked: %s', async (debug, kind) => {
    const { send, log } = await start({ debug, doors: [failing(new Error('x'))] })
    const answer = await send('/invitations/a')
    expect(log[0]).toHaveProperty('err')
    expect(JSON.stringify(log).includes('at ')).toBe(kind === 'string')
    expect(answer.body).not.toContain('at ')
  })

  it.each([['a text', 'just text'], ['nothing', undefined]])('may be %s that somebody threw', async (_what, thrown) => {
    const { send } = await start({ doors: [failing(thrown)] })
    expect((await send('/invitations/a')).status).toBe(500)
  })

  it.each(['text/html', 'application/json'])('of a part that is too busy asks %s to come again', async (accept) => {
    const { send, log } = await start({ doors: [failing(Object.assign(new Error('full'), { retryAfterSeconds: 1.2 }))] })
    const answer = await send('/invitations/a?b=c', { headers: { Accept: accept } })
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.body).toContain('temporarily_unavailable')
    if (accept === 'text/html') expect(answer.body).toContain('href="/invitations/a?b=c"')
    expect(log.map((line) => line['level'])).toEqual(['warn'])
  })

  it('with a 4xx status keeps it and says no more', async () => {
    const { send, log } = await start({ doors: [failing(Object.assign(new Error('inner words'), { status: 412 }))] })
    const answer = await send('/invitations/a', { headers: { Accept: 'application/json' } })
    expect(answer.status).toBe(412)
    expect(answer.body).not.toContain('inner words')
    expect(log.map((line) => line['level'])).toEqual(['debug'])
  })

  it('of the database is logged as one, though its code speaks of a broken connection', async () => {
    const { send, log } = await start({ doors: [failing(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))] })
    expect((await send('/invitations/a')).status).toBe(500)
    expect(log.map((line) => line['level'])).toEqual(['error'])
  })

  it('after the answer has begun cuts the connection instead of passing half for whole', async () => {
    const { send, log } = await start({ more: (app) => app.use((ctx) => {
      ctx.respond = false
      ctx.res.writeHead(200, { 'Content-Length': '10' })
      ctx.res.write('half')
      throw new Error('late')
    }) })
    await expect(send('/')).rejects.toThrow()
    expect(log.map((line) => line['msg'])).toContain('request failed')
  })
})
