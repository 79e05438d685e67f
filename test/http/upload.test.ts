/** Forms that carry a file: what is read of them, and what is turned away. Alice is signed in. */
import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { download, html, sessionPage, type SessionDesk } from '../../src/http/page.ts'
import { cookiesOf, nobodySignedIn, start, type Asked } from './harness.ts'

const alice = { sessionUid: 'session of alice', accountId: 'alice', acr: 'aal1', amr: ['pwd'], authTime: 0, hasSecondFactor: false }
const desk: SessionDesk = { ...nobodySignedIn, read: () => Promise.resolve(alice) }

async function withForm(sessions = desk) {
  const taken: unknown[] = []
  const doors = [
    sessionPage({ method: 'GET', path: '/logo', freshness: 'any', handle: (_request, signed) => html(h('p', null, signed.csrfToken)) }),
    sessionPage({
      method: 'POST', path: '/logo', freshness: 'any', upload: true,
      handle: ({ form, file }) => {
        taken.push({ name: form.get('name'), file: file === null ? null : { ...file, bytes: file.bytes.toString('latin1') } })
        return download({ body: 'a;b', headers: { 'Content-Type': 'text/csv; charset=utf-8' } })
      },
    }),
  ]
  const { send } = await start({ doors, sessions })
  const page = await send('/logo')
  return { send, taken, token: />([\w-]{43})</.exec(page.body)?.[1] ?? '', cookie: cookiesOf(page) }
}

type Part = readonly [name: string, content: string | Buffer, filename?: string]

function multipart(parts: readonly Part[], headers: Readonly<Record<string, string>>, boundary = 'xyz'): Asked {
  const body = Buffer.concat([
    ...parts.flatMap(([name, content, filename]) => [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: text/csv`}\r\n\r\n`),
      Buffer.from(content), Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ])
  return { method: 'POST', body, headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, ...headers } }
}

describe('a form with a file', () => {
  it('gives its fields and the bytes as they are', async () => {
    const { send, taken, token, cookie } = await withForm()
    const answer = await send('/logo', multipart([['csrf_token', token], ['name', '名簿'], ['file', Buffer.from([0, 0x8d, 0xff]), '名簿.csv']], { cookie }))
    expect([answer.status, answer.body, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([200, 'a;b', 'text/csv; charset=utf-8', 'no-store'])
    expect(taken).toEqual([{ name: '名簿', file: { name: '名簿.csv', bytes: '\0\x8d\xff' } }])
  })

  it('may come without one, also as any other form does', async () => {
    const { send, taken, token, cookie } = await withForm()
    await send('/logo', multipart([['csrf_token', token], ['file', '', '']], { cookie }))
    await send('/logo', { method: 'POST', body: new URLSearchParams({ csrf_token: token, name: 'x' }).toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded', cookie } })
    expect(taken).toEqual([{ name: null, file: null }, { name: 'x', file: null }])
  })

  it.each<[string, number, readonly Part[]]>([
    ['a field that stands twice', 400, [['name', 'a'], ['name', 'b']]],
    ['two files', 400, [['file', 'a', 'a.csv'], ['file', 'b', 'b.csv']]],
    ['a NUL in a field', 400, [['name', 'a\0b']]],
    ['a file of more than 5 MiB', 413, [['file', 'x'.repeat(5 * 1024 * 1024 + 1), 'a.csv']]],
    ['more fields than any form has', 413, Array.from({ length: 300 }, (_, place): Part => [`f${place}`, 'x'])],
  ])('is refused with %s', async (_what, status, parts) => {
    const { send, taken, token, cookie } = await withForm()
    expect((await send('/logo', multipart([['csrf_token', token], ...parts], { cookie }))).status).toBe(status)
    expect(taken).toEqual([])
  })

  it('is refused cut off, without its token, from elsewhere, and for a stranger', async () => {
    const { send, taken, token, cookie } = await withForm()
    const whole = multipart([['csrf_token', token], ['file', 'a', 'a.csv']], { cookie })
    expect((await send('/logo', { ...whole, body: Buffer.from(whole.body ?? '').subarray(0, -12) })).status).toBe(400)
    expect((await send('/logo', { ...whole, headers: { ...whole.headers, 'Content-Type': 'multipart/form-data' } })).status).toBe(400)
    expect((await send('/logo', multipart([['file', 'a', 'a.csv']], { cookie }))).status).toBe(403)
    expect((await send('/logo', { ...whole, headers: { ...whole.headers, Origin: 'https://evil.example' } })).status).toBe(403)
    const stranger = await withForm(nobodySignedIn)
    expect((await stranger.send('/logo', multipart([['file', 'a', 'a.csv']], {}))).headers.location).toContain('/sign-in')
    expect([...taken, ...stranger.taken]).toEqual([])
  })
})
