import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint, publicEndpoint, refusal } from '../../src/http/endpoint.ts'
import type { Authenticate, Caller } from '../../src/http/endpoint.ts'
import { start } from './harness.ts'
import type { Answer, Asked } from './harness.ts'

const alice: Caller = { accountId: 'alice', clientId: 'console', tenantId: 'sakura', membershipId: 'm1', permissions: ['invitation:create'], scopes: ['members'], platform: null, breakGlassId: null, authentication: null }
const callers: Readonly<Record<string, Caller>> = {
  alice,
  bob: { ...alice, accountId: 'bob', permissions: [] },
  dave: { ...alice, accountId: 'dave', scopes: [] },
}
const authenticate: Authenticate = (ctx) => {
  const caller = callers[ctx.get('Authorization').replace('Bearer ', '')]
  return Promise.resolve(caller ?? { status: 401, reason: 'invalid_token', wwwAuthenticate: 'Bearer error="invalid_token"' })
}

const handled: unknown[] = []
const invite = endpoint({
  method: 'POST',
  path: '/api/v1/tenants/:tenantId/invitations',
  access: { scope: 'members', permission: 'invitation:create' },
  params: z.object({ tenantId: z.string().max(20) }),
  query: z.object({ dry_run: z.enum(['true', 'false']).optional() }).strict(),
  body: z.object({ email: z.email(), units: z.array(z.object({ 'a/b~c': z.number() })).optional() }),
  response: z.object({ id: z.string() }),
  status: 201,
  summary: 'Invites a person.',
  handle({ caller, params, query, body }) {
    handled.push({ who: caller.accountId, tenantId: params.tenantId, dryRun: query.dry_run, email: body.email })
    if (body.email === 'taken@example.com') return refusal(409, 'already_invited', 'There is a pending invitation.')
    const row = { id: 'i1', token_hash: 'secret' }
    return { status: 201, body: row, headers: { Location: '/api/v1/invitations/i1' } }
  },
})
const path = '/api/v1/tenants/sakura/invitations'
const as = (who: string, body: unknown = { email: 'ken@example.com' }, headers = {}): Asked => ({
  method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { Authorization: `Bearer ${who}`, 'Content-Type': 'application/json', ...headers },
})
const problemOf = (answer: Answer): unknown => {
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.headers['cache-control']).toBe('no-store')
  return JSON.parse(answer.body)
}

describe('an endpoint', () => {
  it('hands the handler what the schemas made of the request and sends what its response schema names', async () => {
    handled.length = 0
    const { send } = await start({ doors: [invite], authenticate })
    const answer = await send(`${path}?dry_run=true`, as('alice'))
    expect(answer).toMatchObject({ status: 201, body: '{"id":"i1"}', headers: { location: '/api/v1/invitations/i1', 'cache-control': 'no-store' } })
    expect(answer.headers['content-type']).toContain('application/json')
    expect(handled).toEqual([{ who: 'alice', tenantId: 'sakura', dryRun: 'true', email: 'ken@example.com' }])
  })

  it('tells an expected no with its reason and the request id', async () => {
    const { send } = await start({ doors: [invite], authenticate })
    const answer = await send(path, as('alice', { email: 'taken@example.com' }))
    expect(answer.status).toBe(409)
    expect(problemOf(answer)).toEqual({
      type: 'about:blank', title: 'Conflict', status: 409, reason: 'already_invited',
      detail: 'There is a pending invitation.', request_id: answer.headers['x-request-id'],
    })
  })

  it.each([202, 204] as const)('answers %d without a body where there is nothing to say', async (status) => {
    const remove = endpoint({ method: 'DELETE', path: '/api/v1/x', access: {}, response: z.undefined(), summary: 'Removes.', status, handle: () => ({ status, body: undefined }) })
    const { send } = await start({ doors: [remove], authenticate })
    expect(await send('/api/v1/x', { method: 'DELETE', headers: { Authorization: 'Bearer alice' } })).toMatchObject({ status, body: '' })
  })

  it('that is public never asks who calls', async () => {
    const open = publicEndpoint({ method: 'GET', path: '/api/v1/openapi.json', response: z.object({ caller: z.null() }), summary: 'Describes.', handle: ({ caller }) => ({ status: 200, body: { caller } }) })
    const { send } = await start({ doors: [open], authenticate: () => Promise.reject(new Error('asked')) })
    expect(await send('/api/v1/openapi.json')).toMatchObject({ status: 200, body: '{"caller":null}' })
  })

  it('whose handler breaks its own schema is a fault, told to nobody outside', async () => {
    const broken = endpoint({
      method: 'GET', path: '/api/v1/x', access: {}, summary: 'Breaks.',
      response: z.object({ id: z.string().refine((id) => id !== 'secret', 'is secret') }), handle: () => ({ status: 200, body: { id: 'secret' } }),
    })
    const { send, log } = await start({ doors: [broken], authenticate })
    const answer = await send('/api/v1/x', { headers: { Authorization: 'Bearer alice' } })
    expect(problemOf(answer)).toMatchObject({ status: 500, reason: 'server_error' })
    expect(answer.body).not.toContain('secret')
    expect(log.filter((line) => line['level'] === 'error')).toHaveLength(1)
  })
})

describe('who may pass', () => {
  const turned: readonly [string, string, number, string, string | undefined][] = [
    ['the anonymous', 'nobody', 401, 'invalid_token', 'Bearer error="invalid_token"'],
    ['a token without the scope', 'dave', 403, 'insufficient_scope', 'Bearer error="insufficient_scope", scope="members"'],
    ['Bob, who lacks the permission', 'bob', 403, 'permission_missing', undefined],
  ]
  it.each(turned)('is not %s, who learns nothing about the body', async (_who, name, status, reason, challenge) => {
    handled.length = 0
    const refused: string[] = []
    const { send } = await start({ doors: [invite], authenticate, onRefused: async ({ reason: why }) => { refused.push(why) } })
    const answer = await send(`${path}?unknown=1`, as(name, 'not json', { 'Content-Type': 'text/plain' }))
    expect(answer.status).toBe(status)
    expect(answer.headers['www-authenticate']).toBe(challenge)
    expect(problemOf(answer)).toMatchObject({ status, reason })
    expect(problemOf(answer)).not.toHaveProperty('errors')
    expect(refused).toEqual([reason])
    expect(handled).toEqual([])
  })

  it('always hears how to authenticate with a 401', async () => {
    const { send } = await start({ doors: [invite], authenticate: () => Promise.resolve({ status: 401, reason: 'not_authenticated' }) })
    expect((await send(path, as('alice'))).headers['www-authenticate']).toBe('Bearer')
  })
})

describe('a door of the platform', () => {
  const doorFor = (platform: 'read' | 'write') => endpoint({
    method: 'GET', path: `/api/v1/platform/${platform}`, access: { platform }, response: z.object({ done: z.literal(true) }), summary: 'For operators.', handle: () => ({ status: 200, body: { done: true } as const }),
  })
  const doors = [doorFor('read'), doorFor('write')]

  it.each([
    ['an owner', { platform: 'owner' }, [200, 200]],
    ['an auditor, who only looks', { platform: 'auditor' }, [200, 403]],
    ['an operator without a second factor', { mustStepUp: true }, [401, 401]],
    ['an administrator of a tenant', { permissions: ['tenant:admin'] }, [403, 403]],
  ] as const)('judges %s', async (_who, who, statuses) => {
    const { send } = await start({ doors, authenticate: () => Promise.resolve({ ...alice, ...who }) })
    const answers = [await send('/api/v1/platform/read'), await send('/api/v1/platform/write')]
    expect(answers.map(({ status }) => status)).toEqual(statuses)
    if (statuses[0] === 401) expect(answers[0]?.headers['www-authenticate']).toMatch(/^Bearer error="insufficient_user_authentication", .*, acr_values="aal2"$/)
    if (statuses[1] === 403) expect(JSON.parse(answers[1]?.body ?? '')).toMatchObject({ reason: 'operator_required' })
  })
})

describe('what is not there', () => {
  const find = endpoint({ method: 'GET', path: '/api/v1/x', access: {}, response: z.object({}), summary: 'Finds nothing.', handle: () => refusal(404, 'unknown_role') })

  it('is written down with whoever asked for it', async () => {
    const refused: string[] = []
    const { send } = await start({ doors: [find], authenticate, onRefused: async ({ reason }) => { refused.push(reason) } })
    expect(problemOf(await send('/api/v1/x', { headers: { authorization: 'Bearer alice' } }))).toMatchObject({ status: 404, reason: 'unknown_role' })
    expect(refused).toEqual(['not_found'])
  })
})

describe('a request that does not fit', () => {
  it('is told every place by JSON pointer', async () => {
    const { send } = await start({ doors: [invite], authenticate })
    const answer = await send(`/api/v1/tenants/${'x'.repeat(21)}/invitations?colour=red`, as('alice', { email: 'nonsense', units: [{ 'a/b~c': 1 }, { 'a/b~c': 'x' }] }))
    expect(answer.status).toBe(400)
    expect(problemOf(answer)).toMatchObject({
      reason: 'invalid_request',
      errors: [
        { in: 'params', pointer: '/tenantId' },
        { in: 'query', pointer: '' },
        { in: 'body', pointer: '/email' },
        { in: 'body', pointer: '/units/1/a~1b~0c' },
      ],
    })
  })

  const large = JSON.stringify({ email: 'ken@example.com', note: 'a'.repeat(256 * 1024) })
  const refused: readonly [string, number, string, unknown, Record<string, string>][] = [
    ['what is not JSON', 400, 'malformed_body', '{"email":', {}],
    ['nothing', 400, 'malformed_body', '', {}],
    ['a list where an object is meant', 400, 'invalid_request', [], {}],
    ['null', 400, 'invalid_request', null, {}],
    ['a NUL in a text', 400, 'malformed_body', '{"email":"a\\u0000@example.com"}', {}],
    ['a NUL in a name', 400, 'malformed_body', '{"a\\u0000":1}', {}],
    ['nesting without end', 400, 'malformed_body', '['.repeat(100_000), {}],
    ['more than 256 KiB', 413, 'body_too_large', large, {}],
    ['more than 256 KiB without saying so', 413, 'body_too_large', large, { 'Transfer-Encoding': 'chunked' }],
    ['a form', 415, 'unsupported_media_type', 'email=x', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['text, which another site may send without asking', 415, 'unsupported_media_type', '{}', { 'Content-Type': 'text/plain' }],
    ['another charset', 415, 'unsupported_media_type', '{}', { 'Content-Type': 'application/json; charset=utf-16' }],
  ]
  it.each(refused)('is refused: %s', async (_what, status, reason, body, headers) => {
    const { send, log } = await start({ doors: [invite], authenticate })
    const answer = await send(path, as('alice', body, headers))
    expect(problemOf(answer)).toMatchObject({ status, reason, request_id: answer.headers['x-request-id'] })
    expect(log.filter((line) => line['level'] === 'error')).toEqual([])
  })

  it('is refused with a parameter given twice, rather than one of the two picked', async () => {
    const { send } = await start({ doors: [invite], authenticate })
    expect(problemOf(await send(`${path}?dry_run=true&dry_run=false`, as('alice')))).toMatchObject({ status: 400, reason: 'field_repeated' })
  })

  it('is not one whose text merely speaks of a NUL', async () => {
    const { send } = await start({ doors: [invite], authenticate })
    expect((await send(path, as('alice', '{"email":"ken@example.com","note":"\\\\u0000"}'))).status).toBe(201)
  })

  it('cannot reach the prototype of anything', async () => {
    const { send } = await start({ doors: [invite], authenticate })
    await send(`${path}?__proto__=polluted`, as('alice', '{"email":"ken@example.com","__proto__":{"polluted":true}}'))
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('an endpoint that asks for a fresh sign-in (RFC 9470)', () => {
  const now = () => Math.floor(Date.now() / 1000)
  const fresh = endpoint({
    method: 'DELETE', path: '/api/v1/me/factors', access: { scope: 'members', fresh: true }, response: z.undefined(), summary: 'Dangerous.',
    handle: () => ({ status: 204, body: undefined }),
  })
  const signedIn = (acr: string, age: number, strongestAcr: 'aal1' | 'aal2'): Authenticate => () =>
    Promise.resolve({ ...alice, authentication: { acr, authTime: now() - age, strongestAcr } })

  it.each([
    ['a password of a moment ago where there is nothing stronger', signedIn('aal1', 10, 'aal1'), 204],
    ['a second factor of a moment ago', signedIn('aal2', 10, 'aal2'), 204],
    ['a passkey, which is more than was asked', signedIn('phr', 10, 'aal2'), 204],
    ['an old password', signedIn('aal1', 400, 'aal1'), 401],
    ['a password alone where there is a second factor', signedIn('aal1', 10, 'aal2'), 401],
    ['an old second factor', signedIn('aal2', 400, 'aal2'), 401],
  ])('judges %s', async (_what, who, status) => {
    const { send } = await start({ doors: [fresh], authenticate: who })
    const answer = await send('/api/v1/me/factors', { method: 'DELETE' })
    expect(answer.status).toBe(status)
    if (status === 401) {
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer error="insufficient_user_authentication", .*acr_values="aal[12]", max_age="300"$/)
      expect(JSON.parse(answer.body)).toMatchObject({ reason: 'insufficient_user_authentication' })
    }
  })

  it('is not for machines', async () => {
    const { send } = await start({ doors: [fresh], authenticate: () => Promise.resolve(alice) })
    expect((await send('/api/v1/me/factors', { method: 'DELETE' })).status).toBe(403)
  })
})
