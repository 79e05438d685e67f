import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { requestStateOf, urlRefusal } from '../../src/http/request-state.ts'
import type { RequestState } from '../../src/http/context.ts'
import { sendRaw, start } from './harness.ts'

async function startEcho(trustedProxies: readonly string[] = []) {
  const states: RequestState[] = []
  const app = await start({
    trustedProxies,
    more: (koa) => koa.use((ctx) => {
      states.push(ctx.state)
      expect(requestStateOf(ctx.req)).toBe(ctx.state)
      ctx.body = ''
    }),
  })
  return { ...app, states }
}

describe('the facts of a request', () => {
  it('has an id of our own making, whatever the client sends', async () => {
    const { send, states, log } = await startEcho()
    const charlie = 'c'.repeat(300)
    const answer = await send('/', { headers: { 'X-Request-Id': charlie } })
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(states[0]?.requestId).toBe(answer.headers['x-request-id'])
    expect(states[0]?.origin.requestId).toBe(answer.headers['x-request-id'])
    expect(log.find((line) => 'inbound_request_id' in line)?.['inbound_request_id']).toBe('c'.repeat(64))
  })

  it('gives two requests two ids', async () => {
    const { send } = await startEcho()
    const [one, two] = [await send('/'), await send('/')]
    expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id'])
  })

  it('takes the address from the socket unless a trusted proxy names another', async () => {
    const forwarded = { headers: { 'X-Forwarded-For': '203.0.113.9' } }
    const open = await startEcho()
    await open.send('/', forwarded)
    expect(open.states[0]?.origin.ip).toBe('127.0.0.1')
    const proxied = await startEcho(['loopback'])
    await proxied.send('/', forwarded)
    expect(proxied.states[0]?.origin.ip).toBe('203.0.113.9')
  })

  it('keeps at most 512 characters of the user agent', async () => {
    const { send, states } = await startEcho()
    await send('/', { headers: { 'User-Agent': 'a'.repeat(2000) } })
    expect(states[0]?.origin.userAgent).toBe('a'.repeat(512))
    await send('/')
    expect(states[1]?.origin.userAgent).toBeNull()
  })

  it('drops control characters from the user agent, so that a log line stays one line', async () => {
    const { port, states } = await startEcho()
    await sendRaw(port, 'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x85\x9bb\tc\r\nConnection: close\r\n\r\n')
    expect(states[0]?.origin.userAgent).toBe('abc')
  })

  it('knows nothing of a request that never came through the edge', () => {
    expect(requestStateOf(new IncomingMessage(new Socket()))).toBeNull()
  })
})

describe('the URL', () => {
  const hostile: readonly [string, string, number, string][] = [
    ['percent-encoding that is cut short', '/%', 400, 'malformed_url'],
    ['percent-encoding that is no hexadecimal', '/%zz', 400, 'malformed_url'],
    ['bytes that are not UTF-8', '/%ff%fe', 400, 'malformed_url'],
    ['a NUL in the path', '/a%00b', 400, 'malformed_url'],
    ['a NUL in the query', '/?a=%00', 400, 'malformed_url'],
    ['a path that a browser takes for a host', '//evil.example/x', 400, 'malformed_url'],
    ['a backslash that a browser takes for a slash', '/\\evil.example', 400, 'malformed_url'],
    ['an absolute form', 'http://evil.example/', 400, 'malformed_url'],
    ['more than 8 KiB', `/?${'a'.repeat(8200)}`, 414, 'url_too_long'],
  ]
  it.each(hostile)('is refused for %s', async (_what, url, status, reason) => {
    const { send, states, log } = await startEcho()
    const problem = await send(url, { headers: { Accept: 'application/json' } })
    expect(problem.status).toBe(status)
    expect(problem.headers['content-type']).toContain('application/problem+json')
    expect(JSON.parse(problem.body)).toMatchObject({ reason, status, request_id: problem.headers['x-request-id'] })
    const page = await send(url, { headers: { Accept: 'text/html' } })
    expect(page.status).toBe(status)
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.body).not.toContain('evil.example')
    expect(states).toEqual([])
    expect(log.filter((line) => line['level'] === 'error')).toEqual([])
  })

  const harmless: readonly [string, string][] = [
    ['the front page', '/'], ['Japanese', '/t/%E3%81%95%E3%81%8F%E3%82%89'], ['an encoded slash', '/a%2Fb'], ['a bare percent in the query', '/x?q=100%'],
    ['another host in the query', '/x?u=//evil.example'], ['8 KiB', `/?${'a'.repeat(8190)}`],
  ]
  it.each(harmless)('is taken as it is with %s', (_what, url) => {
    expect(urlRefusal(url)).toBeNull()
  })

  it('ends with 431 and no fault where the headers are too large', async () => {
    const { port, log } = await startEcho()
    const answer = await sendRaw(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 431/)
    expect(log.filter((line) => line['level'] === 'error')).toEqual([])
  })
})
