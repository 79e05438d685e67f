/**
 * Walks every door there is and proves that it refuses the stranger, the member of another tenant and the member without the
 * permission. A new door is walked by itself: it stands in the list that the server mounts.
 * Misaki administers Sakura, Ken is on her staff, Minoru administers Midori and must get nothing of Sakura's.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startServer, type RunningServer } from '../src/app.ts'
import type { EndpointDoor } from '../src/http/endpoint.ts'
import type { PageDoor } from '../src/http/page.ts'
import { routes } from '../src/oidc/routes.ts'
import { fill, furnishSakura, type Neighbour } from './helpers/neighbours.ts'
import { throughSignIn } from './helpers/people.ts'
import type { RelyingParty } from './helpers/relying-party.ts'
import { tokensFor } from './helpers/sign-in.ts'
import { freePort, startTegata, type Tegata } from './helpers/tegata.ts'

const scopes = ['members', 'tenant', 'apps', 'account', 'platform'].flatMap((of) => [`${of}:read`, `${of}:write`]).concat('audit:read')
let tegata: Tegata
let withoutDemo: RunningServer
let tokens: { misaki: string; ken: string; minoru: string; misakiWithoutScopes: string; misakiElsewhere: string }
let sakura: Neighbour

beforeAll(async () => {
  tegata = await startTegata()
  const port = await freePort()
  withoutDemo = await startServer({ ...tegata.config, port }, { databaseUrl: tegata.database.adminUrl, demo: false, onProgress: () => undefined })
  const api = `${tegata.issuer}/api/v1`
  const app = await tegata.app({ name: 'Console', apiScopes: { [api]: scopes } })
  const forApi = async (party: RelyingParty, email: string, scope: string) =>
    (await tokensFor(party, tegata.person(), { email, scope: `openid tenant ${scope}`.trim(), parameters: { resource: api } })).accessToken
  tokens = {
    misaki: await forApi(app, 'misaki@example.com', scopes.join(' ')),
    ken: await forApi(app, 'ken@example.com', scopes.join(' ')),
    minoru: await forApi(app, 'minoru@example.com', scopes.join(' ')),
    misakiWithoutScopes: await forApi(app, 'misaki@example.com', ''),
    misakiElsewhere: (await tokensFor(app, tegata.person(), { email: 'misaki@example.com' })).accessToken,
  }
  sakura = await furnishSakura(tegata)
})
afterAll(async () => {
  await withoutDemo.stop()
  await tegata.close()
})

const problem = z.looseObject({ reason: z.string(), request_id: z.string(), status: z.number() })
/** What is nobody's in particular: a link, a mail, a picture. */
const open: Readonly<Record<string, string>> = { uid: 'something', token: 'something', digest: 'something', color: '123456', passkey_id: 'something', session_uid: 'something', name: 'something', kind: 'something', type: 'server' }
/** Every parameter names something of Sakura's, so that a stranger's request would hit if it could. */
const fillIn = (path: string) => fill(path, { ...open, ...sakura.known })

async function call(door: EndpointDoor, token: string | null): Promise<{ status: number; reason: string | undefined; text: string }> {
  const response = await fetch(`${tegata.issuer}${fillIn(door.path)}`, {
    method: door.method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(door.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(door.body === undefined ? {} : { body: '{}' }),
  })
  const text = await response.text()
  if (response.status < 400) return { status: response.status, reason: undefined, text }
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  return { status: response.status, reason: problem.parse(JSON.parse(text)).reason, text }
}

const endpoints = () => tegata.server.doors.filter((door): door is EndpointDoor => door.kind === 'endpoint' && door.access !== 'public')
/** Doors of a person to their own account, whose id never stands in a path. */
const isOwn = (door: EndpointDoor) => door.path.startsWith('/api/v1/me/')
/** Doors of operators, who are in no tenant. */
const isPlatform = (door: EndpointDoor) => door.access !== 'public' && door.access.platform !== undefined
const pages = () => tegata.server.doors.filter((door): door is PageDoor => door.kind === 'page')
const nameOf = (door: { method: string; path: string }) => `${door.method} ${door.path}`

describe('every endpoint', () => {
  test('is there to be walked', () => {
    expect(endpoints().length).toBeGreaterThan(3)
  })

  test('refuses whoever shows no token, a made-up one, or one for something else', async () => {
    for (const door of endpoints()) {
      expect(await call(door, null), nameOf(door)).toMatchObject({ status: 401, reason: 'token_missing' })
      expect(await call(door, 'made-up'), nameOf(door)).toMatchObject({ status: 401, reason: 'token_invalid' })
      expect(await call(door, tokens.misakiElsewhere), nameOf(door)).toMatchObject({ status: 401, reason: 'token_audience' })
    }
  })

  test('refuses an administrator whose token lacks the scope', async () => {
    for (const door of endpoints().filter((one) => one.access !== 'public' && one.access.scope !== undefined)) {
      expect((await call(door, tokens.misakiWithoutScopes)).status, nameOf(door)).toBe(403)
    }
  })

  test('refuses a member without the permission', async () => {
    for (const door of endpoints().filter((one) => one.access !== 'public' && one.access.permission !== undefined)) {
      expect((await call(door, tokens.ken)).status, nameOf(door)).toBe(403)
    }
  })

  test('of the platform refuses whoever is no operator, administrators of tenants too', async () => {
    for (const door of endpoints().filter(isPlatform)) expect(await call(door, tokens.misaki), nameOf(door)).toMatchObject({ status: 403, reason: 'operator_required' })
  })

  test('that changes something asks for a scope and a permission', () => {
    for (const door of endpoints().filter((one) => one.method !== 'GET')) {
      // A person needs nobody's permission for what is their own; everything else is given by a role.
      const needs = isOwn(door) ? { scope: 'account:write' } : isPlatform(door) ? { scope: 'platform:write', platform: 'write' } : { scope: expect.any(String), permission: expect.any(String) }
      expect(door.access === 'public' ? {} : door.access, nameOf(door)).toMatchObject(needs)
    }
  })

  test('gives the administrator of another tenant nothing of this one', async () => {
    for (const door of endpoints()) {
      const answer = await call(door, tokens.minoru)
      // A body that does not fit is refused before the thing is looked for.
      if (door.path.includes(':') && !isPlatform(door)) expect(door.body === undefined ? [404] : [404, 400], nameOf(door)).toContain(answer.status)
      for (const secret of sakura.secrets) expect(answer.text.includes(secret), `${nameOf(door)} tells ${secret}`).toBe(false)
    }
    const kens = await tegata.databases.engine.selectFrom('membership').select('status').where('id', '=', sakura.known['membership_id'] ?? '').execute()
    expect(kens).toEqual([{ status: 'active' }])
  })

  test('writes down whom it refused', async () => {
    const refused = await tegata.databases.engine.selectFrom('event').select(['subject', 'outcome']).where('type', '=', 'access.refused').execute()
    for (const door of endpoints()) expect(refused.map((event) => event.subject), nameOf(door)).toContain(nameOf(door))
  })

  test('lets the administrator in', async () => {
    for (const door of endpoints().filter((one) => one.method === 'GET' && !isPlatform(one))) expect((await call(door, tokens.misaki)).status, nameOf(door)).toBe(200)
  })
})

describe('every page', () => {
  test('of an interaction shows nothing without the browser that began it', async () => {
    const own = pages().filter((door) => door.access === 'interaction')
    expect(own.length).toBeGreaterThan(0)
    for (const door of own) {
      const answer = await fetch(`${tegata.issuer}${fillIn(door.path)}`, { method: door.method, ...(door.method === 'POST' ? { body: new URLSearchParams({ action: 'sign_in' }) } : {}) })
      expect(answer.status, nameOf(door)).toBe(400)
    }
  })

  test('of a signed-in person leads a stranger to the sign-in and shows nothing', async () => {
    const own = pages().filter((door) => door.access === 'session')
    expect(own.length).toBeGreaterThan(20)
    for (const door of own) {
      const answer = await fetch(`${tegata.issuer}${fillIn(door.path)}`, { method: door.method, redirect: 'manual', ...(door.method === 'POST' ? { body: new URLSearchParams() } : {}) })
      expect([answer.status, answer.headers.get('location')], nameOf(door)).toEqual([303, expect.stringContaining('/oauth2/authorize?client_id=tegata-account')])
    }
  })

  test('of a console has nothing for the administrator of another tenant, and refuses a member without a right', async () => {
    const own = pages().filter((door) => door.path.startsWith('/t/:subdomain') && door.method === 'GET')
    expect(own.length).toBeGreaterThan(10)
    const [minoru, ken] = [tegata.person(), tegata.person()]
    for (const door of own) {
      const theirs = await throughSignIn(minoru, await minoru.open(`${tegata.issuer}${fillIn(door.path)}`), { email: 'minoru@example.com' })
      expect([theirs.status, theirs.html.querySelector('.board')], nameOf(door)).toEqual([404, null])
      const his = await throughSignIn(ken, await ken.open(`${tegata.issuer}${fillIn(door.path)}`), { email: 'ken@example.com' })
      expect([his.status, his.html.querySelector('.board')], nameOf(door)).toEqual([403, null])
    }
    const refused = await tegata.databases.engine.selectFrom('event').select(['subject', 'reason']).where('type', '=', 'access.refused').execute()
    for (const door of own) for (const reason of ['not_found', 'permission_missing']) expect(refused, nameOf(door)).toContainEqual({ subject: nameOf(door), reason })
  })

  test('of the operators has nothing for an administrator of a tenant, and asks an operator for a second factor', async () => {
    const own = pages().filter((door) => /^\/admin(?:\/|$)/.test(door.path) && door.method === 'GET' && door.access === 'session')
    expect(own.length).toBeGreaterThan(8)
    const [misaki, operator] = [tegata.person(), tegata.person()]
    for (const door of own) {
      const hers = await throughSignIn(misaki, await misaki.open(`${tegata.issuer}${fillIn(door.path)}`), { email: 'misaki@example.com' })
      expect([hers.status, hers.html.querySelector('.board')], nameOf(door)).toEqual([404, null])
      const theirs = await throughSignIn(operator, await operator.open(`${tegata.issuer}${fillIn(door.path)}`), { email: 'operator@example.com' })
      expect([theirs.url.pathname.startsWith('/interaction/'), theirs.html.querySelector('.board')], nameOf(door)).toEqual([true, null])
    }
  })

  test('that takes a form refuses one from another site', async () => {
    for (const door of pages().filter((one) => one.method === 'POST')) {
      for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await fetch(`${tegata.issuer}${fillIn(door.path)}`, { method: 'POST', body: new URLSearchParams(), headers })
        expect(answer.status, nameOf(door)).toBe(403)
      }
    }
  })

  test('of the demo is not there outside the demo', async () => {
    const demo = pages().filter((door) => door.access === 'demo')
    expect(demo.length).toBeGreaterThan(0)
    for (const door of demo) expect((await fetch(`http://localhost:${withoutDemo.port}${fillIn(door.path)}`)).status, nameOf(door)).toBe(404)
  })

  test('changes nothing by being looked at', async () => {
    const count = () => tegata.databases.engine.selectFrom('event').select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
    const before = await count()
    for (const door of pages().filter((one) => one.method === 'GET')) await fetch(`${tegata.issuer}${fillIn(door.path)}`)
    expect(await count()).toEqual(before)
  })

  test('answers other methods with what it allows', async () => {
    for (const path of new Set(pages().map((door) => door.path))) {
      const answer = await fetch(`${tegata.issuer}${fillIn(path)}`, { method: 'DELETE' })
      expect([answer.status, answer.headers.get('allow')], path).toEqual([405, expect.stringContaining('GET')])
    }
  })
})

describe('every door of the protocol', () => {
  const anonymous: Readonly<Record<keyof typeof routes, readonly [method: string, status: number]>> = {
    authorization: ['GET', 400], token: ['POST', 400], pushed_authorization_request: ['POST', 400], userinfo: ['GET', 401],
    introspection: ['POST', 400], revocation: ['POST', 400], jwks: ['GET', 200], end_session: ['GET', 200],
  }
  test.each(Object.entries(anonymous))('%s gives a stranger nothing', async (name, [method, status]) => {
    const route = Object.entries(routes).find(([key]) => key === name)?.[1] ?? ''
    const answer = await fetch(`${tegata.issuer}${route}`, { method, ...(method === 'POST' ? { body: new URLSearchParams() } : {}) })
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toMatch(/"(access_token|id_token|d)":/)
  })

  test('refuses a client that does not exist, and one with a wrong secret', async () => {
    for (const path of [routes.token, routes.introspection, routes.revocation, routes.pushed_authorization_request]) {
      for (const [id, secret] of [['nobody', 'x'], ['karte', 'wrong']]) {
        const answer = await fetch(`${tegata.issuer}${path}`, {
          method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', token: 'x' }),
          headers: { authorization: `Basic ${Buffer.from(`${id ?? ''}:${secret ?? ''}`).toString('base64')}` },
        })
        expect([answer.status, await answer.json()], path).toEqual([401, expect.objectContaining({ error: 'invalid_client' })])
      }
    }
  })
})
