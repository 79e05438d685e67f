import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { html, page } from '../../src/http/page.ts'
import type { Door } from '../../src/http/mount.ts'
import { cookiesOf, form, issuer, secureIssuer, start } from './harness.ts'
import type { Answer, Send } from './harness.ts'

/** One page for each binding: shows two tokens on GET, says whether the token held on POST. */
function doors(handled: string[] = []): Door[] {
  return ['/one', '/two'].flatMap((path) => [
    page({
      method: 'GET', path, access: 'public',
      handle: ({ csrf }) => html(h('p', null, csrf.token(path), ' ', csrf.token(path))),
    }),
    page({
      method: 'POST', path, access: 'public',
      handle: ({ csrf, form: fields }) => {
        handled.push(fields.get('identifier') ?? '')
        return html(h('p', null, csrf.check(path) ? 'held' : 'form_expired'))
      },
    }),
  ])
}

async function open(send: Send, path = '/one', headers = {}): Promise<{ token: string; cookie: string; answer: Answer }> {
  const answer = await send(path, { headers })
  const [, token = ''] = /<p>([A-Za-z0-9_-]{43}) \1<\/p>/.exec(answer.body) ?? []
  return { token, cookie: cookiesOf(answer), answer }
}

describe('the token of a form', () => {
  it('holds for the browser and the page it was made for', async () => {
    const { send } = await start({ doors: doors() })
    const { token, cookie, answer } = await open(send)
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^tegata_csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)])
    const posted = await send('/one', form({ csrf_token: token }, { Cookie: cookie, Origin: issuer, 'Sec-Fetch-Site': 'same-origin' }))
    expect(posted.body).toContain('held')
  })

  it('leaves the cookie of a browser that has one alone, so that two tabs both hold', async () => {
    const { send } = await start({ doors: doors() })
    const first = await open(send)
    const second = await open(send, '/two', { Cookie: first.cookie })
    expect(second.answer.headers['set-cookie']).toBeUndefined()
    expect((await send('/one', form({ csrf_token: first.token }, { Cookie: first.cookie }))).body).toContain('held')
    expect((await send('/two', form({ csrf_token: second.token }, { Cookie: first.cookie }))).body).toContain('held')
  })

  it('is kept in a Secure __Host- cookie under an https issuer', async () => {
    const { send } = await start({ issuer: secureIssuer, doors: doors() })
    const { token, cookie, answer } = await open(send)
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-tegata_csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)])
    expect((await send('/one', form({ csrf_token: token }, { Cookie: cookie }))).body).toContain('held')
    expect((await send('/one', form({ csrf_token: token }, { Cookie: cookie.replace('__Host-', '') }))).body).toContain('form_expired')
  })

  it('is worth nothing in any other hand', async () => {
    const { send } = await start({ doors: doors() })
    const alice = await open(send)
    const aliceTwo = await open(send, '/two', { Cookie: alice.cookie })
    const charlie = await open(send)
    const attempts: readonly [string, Record<string, string>, Record<string, string>][] = [
      ['no token', {}, { Cookie: alice.cookie }],
      ['an empty token', { csrf_token: '' }, { Cookie: alice.cookie }],
      ['no cookie', { csrf_token: alice.token }, {}],
      ["Charlie's token in Alice's browser", { csrf_token: charlie.token }, { Cookie: alice.cookie }],
      ["Alice's token in Charlie's browser", { csrf_token: alice.token }, { Cookie: charlie.cookie }],
      ["another page's token", { csrf_token: aliceTwo.token }, { Cookie: alice.cookie }],
      ['a token with one letter more', { csrf_token: `${alice.token}x` }, { Cookie: alice.cookie }],
      ['a cookie that we never made', { csrf_token: alice.token }, { Cookie: 'tegata_csrf=' }],
      ['a cookie of another shape', { csrf_token: alice.token }, { Cookie: `tegata_csrf=${'x'.repeat(44)}` }],
    ]
    for (const [what, fields, headers] of attempts) {
      const posted = await send('/one', form(fields, headers))
      expect(posted.body, what).toContain('form_expired')
    }
  })
})

const foreign: readonly [string, Record<string, string>][] = [
  ['Origin of another site', { Origin: 'https://evil.example' }],
  ['Origin of a sandbox or a redirect', { Origin: 'null' }],
  ['Origin with another port', { Origin: 'http://localhost:3001' }],
  ['Origin with another scheme', { Origin: 'https://localhost:3000' }],
  ['Origin that starts like ours', { Origin: `${issuer}.evil.example` }],
  ['Origin with a path', { Origin: `${issuer}/` }],
  ['an empty Origin', { Origin: '' }],
  ['Sec-Fetch-Site: cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['Sec-Fetch-Site: same-site', { 'Sec-Fetch-Site': 'same-site', Origin: issuer }],
  ['Sec-Fetch-Site that we do not know', { 'Sec-Fetch-Site': 'same-origin, cross-site' }],
]

describe('a post from elsewhere', () => {
  it.each(foreign)('never reaches the handler: %s', async (_what, headers) => {
    const handled: string[] = []
    const { send } = await start({ doors: doors(handled) })
    const { token, cookie } = await open(send)
    const posted = await send('/one', form({ csrf_token: token, identifier: 'charlie' }, { Cookie: cookie, ...headers }))
    expect(posted.status).toBe(403)
    expect(posted.headers['content-type']).toContain('text/html')
    expect(posted.body).toContain('forbidden')
    expect(handled).toEqual([])
  })

  it.each([['no Origin at all', {}], ['a browser that typed the address', { 'Sec-Fetch-Site': 'none' }], ['our own Origin', { Origin: issuer }]])('is not %s', async (_what, headers) => {
    const { send } = await start({ doors: doors() })
    const { token, cookie } = await open(send)
    expect((await send('/one', form({ csrf_token: token }, { Cookie: cookie, ...headers }))).body).toContain('held')
  })
})
