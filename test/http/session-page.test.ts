/** Pages of the signed-in person: who is let in, and who is led through the sign-in first. Alice is signed in, Charlie is not. */
import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { html, page, redirect, sessionPage, type Freshness, type SessionDesk } from '../../src/http/page.ts'
import { cookiesOf, form, nobodySignedIn, start } from './harness.ts'

const alice = { sessionUid: 'session of alice', accountId: 'alice', acr: 'aal1', amr: ['pwd'], authTime: 0, hasSecondFactor: false }
const isFresh = (ageSeconds: number): SessionDesk['isFresh'] => (_signed, maxAgeSeconds) => ageSeconds <= maxAgeSeconds
const desk = (ageSeconds: number): SessionDesk => ({ ...nobodySignedIn, read: () => Promise.resolve(alice), isFresh: isFresh(ageSeconds) })

function doors(freshness: Freshness, done: string[] = []) {
  return [
    sessionPage({ method: 'GET', path: '/account', freshness, handle: (_request, signed) => html(h('p', { id: 'csrf' }, signed.csrfToken)) }),
    sessionPage({
      method: 'POST', path: '/account', freshness,
      handle: (_request, { accountId }) => {
        done.push(accountId)
        return redirect('/account?done=saved')
      },
    }),
  ]
}

async function tokenOf(send: Awaited<ReturnType<typeof start>>['send']): Promise<{ csrf_token: string; cookie: string }> {
  const page = await send('/account')
  return { csrf_token: />([\w-]{43})</.exec(page.body)?.[1] ?? '', cookie: cookiesOf(page) }
}

describe('a page of the signed-in person', () => {
  it('leads a stranger to the sign-in and back to the very page, for a form to the page alone', async () => {
    const { send } = await start({ doors: doors('any') })
    expect((await send('/account?tab=2')).headers.location).toBe('/sign-in?to=%2Faccount%3Ftab%3D2&again=false')
    expect((await send('/account?tab=2', form({ csrf_token: 'x' }))).headers.location).toBe('/sign-in?to=%2Faccount&again=false')
  })

  it('takes a form with the token of its own session', async () => {
    const done: string[] = []
    const { send } = await start({ doors: doors('any', done), sessions: desk(100_000) })
    const { csrf_token, cookie } = await tokenOf(send)
    expect((await send('/account', form({ csrf_token }, { cookie }))).headers.location).toBe('/account?done=saved')
    expect(done).toEqual(['alice'])
  })

  it('does nothing for a form without the token, or with one of another session', async () => {
    const done: string[] = []
    const { send } = await start({ doors: doors('any', done), sessions: desk(0) })
    const { csrf_token, cookie } = await tokenOf(send)
    const other = await start({ doors: doors('any', done), sessions: { ...desk(0), read: () => Promise.resolve({ ...alice, sessionUid: 'another' }) } })
    for (const answer of [await send('/account', form({}, { cookie })), await send('/account', form({ csrf_token })), await other.send('/account', form({ csrf_token }, { cookie }))]) {
      expect(answer.status).toBe(403)
      expect(answer.body).toContain('href="/account"')
    }
    expect(done).toEqual([])
  })

  it('asks for a fresh proof before a dangerous form opens, and lets one that is open for a while be sent', async () => {
    const done: string[] = []
    const stale = await start({ doors: doors('fresh', done), sessions: desk(301) })
    expect((await stale.send('/account')).headers.location).toBe('/sign-in?to=%2Faccount&again=true')
    let age = 0
    const { send } = await start({ doors: doors('fresh', done), sessions: { ...desk(0), isFresh: (_signed, most) => age <= most } })
    const { csrf_token, cookie } = await tokenOf(send)
    age = 600
    expect((await send('/account', form({ csrf_token }, { cookie }))).status).toBe(303)
    expect(done).toEqual(['alice'])
    age = 901
    expect((await send('/account', form({ csrf_token }, { cookie }))).headers.location).toBe('/sign-in?to=%2Faccount&again=true')
    expect(done).toEqual(['alice'])
  })
})

describe('a page that is open to everybody', () => {
  const open = page({ method: 'GET', path: '/open', access: 'public', handle: async ({ session }) => html(h('p', { id: 'who' }, (await session())?.accountId ?? 'nobody')) })
  const lead = page({ method: 'GET', path: '/lead', access: 'public', handle: ({ query, signIn, signOut }) => (query.has('out') ? signOut('/open') : signIn('/open', { identifier: 'alice@example.com' })) })

  it('may ask who is signed in, and shows itself to a stranger as well', async () => {
    expect((await (await start({ doors: [open] })).send('/open')).body).toContain('>nobody<')
    expect((await (await start({ doors: [open], sessions: desk(100_000) })).send('/open')).body).toContain('>alice<')
  })

  it('may lead through the sign-in or the sign-out and back', async () => {
    const { send } = await start({ doors: [lead] })
    expect((await send('/lead')).headers.location).toBe('/sign-in?to=%2Fopen&again=false')
    expect((await send('/lead?out')).headers.location).toBe('/sign-out?to=%2Fopen')
  })
})
