/** Apps as operators and tenants look after them: through the API, with real tokens. Secrets overlap, claims are mapped, Charlie gets nothing. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setClaimMapping } from '../../src/apps/set-claim-mapping.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { member, somebody, type Member, type Somebody } from '../helpers/people.ts'
import { RelyingParty, textIn } from '../helpers/relying-party.ts'
import { redeemed, signIn, tokensFor } from '../helpers/sign-in.ts'
import { redirectUri, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let own: string
let platform: string
let alice: Somebody & Member
let aliceToken: string
let charlieToken: string

beforeAll(async () => {
  tegata = await startTegata()
  own = `${tegata.issuer}/api/v1`
  const machine = await tegata.app({ name: 'Provisioner', type: 'machine', redirectUris: [], firstParty: false, apiScopes: { [own]: ['platform:read', 'platform:write'] } })
  platform = textIn(await machine.token({ grant_type: 'client_credentials', resource: own, scope: 'platform:read platform:write' }), 'access_token')
  const console = await tegata.app({ name: 'Console', apiScopes: { [own]: ['apps:read', 'apps:write', 'members:read'] } })
  const tokenOf = async (email: string) => {
    const start = console.start('openid tenant apps:read apps:write', { resource: own })
    return (await redeemed(console, start, await signIn(tegata.person(), start, { email }))).accessToken
  }
  const who = await somebody(tegata)
  alice = { ...who, ...(await member(tegata, who, { permissions: ['app:manage', 'member:read'] })) }
  const charlie = await somebody(tegata)
  await member(tegata, charlie, { permissions: ['app:manage', 'member:read'] })
  aliceToken = await tokenOf(alice.email)
  charlieToken = await tokenOf(charlie.email)
})
afterAll(() => tegata.close())

interface Answer { readonly status: number; readonly body: Record<string, unknown>; readonly etag: string }

async function call(token: string, line: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ')
  const answer = await fetch(`${own}${path}`, {
    method, headers: { authorization: `Bearer ${token}`, ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const read: unknown = text === '' ? {} : JSON.parse(text)
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: typeof read === 'object' && read !== null ? { ...read } : {} }
}

const party = (made: Answer, secret?: string) => new RelyingParty({ issuer: tegata.issuer, clientId: textIn(made, 'client_id'), clientSecret: secret ?? textIn(made, 'client_secret'), redirectUri })
const payloadOf = (jwt: string): unknown => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

describe('an app in the hands of operators', () => {
  test('is registered, found, changed as it was seen, suspended, resumed and removed', async () => {
    const made = await call(platform, 'POST /clients', { name: 'Yakuza-i', redirect_uris: [redirectUri], first_party: true })
    expect(made.status).toBe(201)
    const at = `/clients/${textIn(made, 'client_id')}`
    const app = party(made)
    const who = await somebody(tegata)
    await member(tegata, who)
    const { refreshToken } = await tokensFor(app, tegata.person(), { email: who.email })
    expect((await call(platform, 'GET /clients?search=yakuza-I')).body).toMatchObject({ clients: [{ client_id: made.body['client_id'], has_secret: true }], next_cursor: null })
    const seen = await call(platform, `GET ${at}`)
    expect(JSON.stringify(seen.body)).not.toContain(textIn(made, 'client_secret'))
    expect((await call(platform, `PATCH ${at}`, { name: 'Yakuzai', logo_uri: 'https://product.example/logo.png' }, { 'if-match': seen.etag })).body).toMatchObject({ name: 'Yakuzai', metadata: { redirect_uris: [redirectUri] } })
    expect((await call(platform, `PATCH ${at}`, { name: 'Other' }, { 'if-match': seen.etag })).status).toBe(412)
    expect((await call(platform, `PATCH ${at}`, { redirect_uris: ['http://product.example/', 'https://*.example/'] })).body).toMatchObject({ reason: 'invalid_metadata' })
    expect((await call(platform, `PATCH ${at}`, { logo_uri: null })).body['metadata']).not.toHaveProperty('logo_uri')
    expect((await call(platform, `POST ${at}/suspend`)).body['status']).toBe('suspended')
    expect((await app.refresh(refreshToken)).status).toBeGreaterThanOrEqual(400)
    expect((await call(platform, `POST ${at}/resume`)).body['status']).toBe('active')
    const again = await tokensFor(app, tegata.person(), { email: who.email })
    expect((await call(platform, `DELETE ${at}`)).status).toBe(204)
    expect((await app.refresh(again.refreshToken)).status).toBeGreaterThanOrEqual(400)
    expect((await app.userinfo(again.accessToken)).status).toBe(401)
    expect((await call(platform, `GET ${at}`)).status).toBe(404)
  })

  test('our own pages are nobody’s to change, and people of a tenant have nothing to do here', async () => {
    expect((await call(platform, 'DELETE /clients/tegata-account')).body['reason']).toBe('built_in')
    expect((await call(platform, 'PATCH /clients/tegata-account', { name: 'Mine' })).body['reason']).toBe('built_in')
    expect((await call(aliceToken, 'GET /clients')).status).toBe(403)
  })

  test('has two secrets for a while and never three', async () => {
    const made = await call(platform, 'POST /clients', { name: 'Kura', type: 'machine', api_scopes: { [own]: ['platform:read'] } })
    const at = `/clients/${textIn(made, 'client_id')}`
    const works = async (secret: string) => {
      await tegata.server.mount.refresh()
      const basic = (await party(made, secret).token({ grant_type: 'client_credentials' })).status
      const post = await fetch(`${tegata.issuer}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: textIn(made, 'client_id'), client_secret: secret }) })
      expect(post.status).toBe(basic)
      return basic === 200
    }
    const first = textIn(made, 'client_secret')
    const rotated = await call(platform, `POST ${at}/secret`, {})
    const second = textIn(rotated, 'client_secret')
    expect([await works(first), await works(second)]).toEqual([true, true])
    const third = textIn(await call(platform, `POST ${at}/secret`, { overlap_seconds: 60 }), 'client_secret')
    expect([await works(first), await works(second), await works(third)]).toEqual([false, true, true])
    await sql`update client set former_secret_until = now() - interval '1 second' where id = ${textIn(made, 'client_id')}`.execute(tegata.databases.engine)
    expect([await works(second), await works(third)]).toEqual([false, true])
    const fourth = textIn(await call(platform, `POST ${at}/secret`, { overlap_seconds: 0 }), 'client_secret')
    expect([await works(third), await works(fourth)]).toEqual([false, true])
    expect((await call(platform, `POST ${at}/secret`, { overlap_seconds: 31 * 24 * 3600 })).status).toBe(400)
  })

  test('is told claims of its own everywhere, of this moment, and no more than was agreed', async () => {
    const api = `https://${crypto.randomUUID()}.example/api`
    expect((await call(platform, 'POST /apis', { identifier: api, name: 'Records', scopes: ['records:read'] })).status).toBe(201)
    expect((await call(platform, `PATCH /apis/${encodeURIComponent(api)}`, { access_token_ttl_seconds: 60 })).body).toMatchObject({ access_token_ttl_seconds: 60 })
    const app = await tegata.app({ name: 'Karte', apiScopes: { [api]: ['records:read'] } })
    const who = await somebody(tegata)
    const home = await member(tegata, who, { employeeNumber: 'S-77' })
    const mapping = [{ claim: 'staffId', from: 'employee_number' }, { claim: 'systemAccess', value: ['karte'] }, { claim: 'mail', from: 'email' }]
    expect((await call(platform, `PUT /clients/${app.options.clientId}/claim-mapping`, { claim_mapping: mapping })).status).toBe(200)
    await tegata.server.mount.refresh()
    const browser = tegata.person()
    const tokens = await tokensFor(app, browser, { email: who.email })
    const told = { staffId: 'S-77', systemAccess: ['karte'], mail: who.email, membership_id: home.membershipId }
    expect(payloadOf(tokens.idToken)).toMatchObject(told)
    expect((await app.userinfo(tokens.accessToken)).body).toMatchObject(told)
    expect((await app.introspect(tokens.accessToken)).body).toMatchObject({ active: true, ...told })
    const start = app.start('openid tenant records:read', { resource: api })
    const forApi = await redeemed(app, start, await browser.open(start.url))
    expect(payloadOf(forApi.accessToken)).toMatchObject({ staffId: 'S-77', aud: api })
    const narrow = tegata.person()
    const bare = await tokensFor(await sameMapping(mapping), narrow, { email: who.email, scope: 'openid tenant' })
    expect(payloadOf(bare.idToken)).not.toHaveProperty('mail')
    expect((await call(platform, `POST /clients/${app.options.clientId}/claims-preview`, { tenant_id: home.tenantId, membership_id: home.membershipId })).body).toMatchObject({ claims: told, refusal: null })
    expect((await call(platform, `POST /clients/${app.options.clientId}/claims-preview`, { tenant_id: home.tenantId, membership_id: alice.membershipId })).body['reason']).toBe('unknown_member')
    await setClaimMapping({ databases: tegata.databases }, { clientId: app.options.clientId, mapping: [], actor: null, origin: noOrigin })
    await tegata.server.mount.refresh()
    expect((await app.introspect(tokens.accessToken)).body).not.toHaveProperty('staffId')
  })
})

/** Another app with the same mapping, to which nothing was agreed yet. */
async function sameMapping(mapping: unknown): Promise<RelyingParty> {
  const app = await tegata.app({ name: 'Narrow' })
  await setClaimMapping({ databases: tegata.databases }, { clientId: app.options.clientId, mapping, actor: null, origin: noOrigin })
  await tegata.server.mount.refresh()
  return app
}

describe('a machine of a tenant', () => {
  test('does what whoever made it may, and nothing elsewhere', async () => {
    expect((await call(aliceToken, 'POST /machines', { name: 'Too much', permissions: ['tenant:admin'] })).body['reason']).toBe('role_above_own')
    const made = await call(aliceToken, 'POST /machines', { name: '勤怠連携', permissions: ['member:read'] })
    expect(made.status).toBe(201)
    const machine = party(made)
    const token = textIn(await machine.token({ grant_type: 'client_credentials', resource: own, scope: 'members:read' }), 'access_token')
    expect((await call(token, 'GET /members')).status).toBe(200)
    expect((await call(token, 'GET /apps')).status).toBe(403)
    const at = `/machines/${textIn(made, 'client_id')}`
    for (const line of [`GET ${at}`, `DELETE ${at}`]) expect((await call(charlieToken, line)).status, line).toBe(404)
    expect((await call(charlieToken, `PATCH ${at}`, { name: 'Mine' })).status).toBe(404)
    expect((await call(charlieToken, `POST ${at}/secret`, {})).status).toBe(404)
    expect((await call(charlieToken, 'GET /machines')).body).toMatchObject({ machines: [] })
    expect((await call(aliceToken, `PATCH ${at}`, { permissions: [] })).status).toBe(200)
    expect((await call(token, 'GET /members')).status).toBe(403)
    expect((await call(aliceToken, `DELETE ${at}`)).status).toBe(204)
    expect((await call(token, 'GET /me')).status).toBe(401)
  })
})

describe('a tenant’s apps by the API', () => {
  test('are its own business', async () => {
    const app = await tegata.app({ name: 'Shift' })
    const at = `/apps/${app.options.clientId}`
    const seen = await call(aliceToken, `GET ${at}`)
    expect(seen.body).toMatchObject({ access: 'everyone', assignments: 0 })
    expect((await call(aliceToken, `POST ${at}/assignments`, { membership_id: alice.membershipId })).body).toMatchObject({ membership_id: alice.membershipId })
    expect((await call(aliceToken, `PUT ${at}/access`, { access: 'assigned' }, { 'if-match': seen.etag })).status).toBe(412)
    expect((await call(aliceToken, `PUT ${at}/access`, { access: 'assigned' })).body).toMatchObject({ access: 'assigned', assignments: 1 })
    expect((await call(charlieToken, `GET ${at}`)).body).toMatchObject({ access: 'everyone', assignments: 0 })
    expect((await call(charlieToken, `POST ${at}/assignments`, { membership_id: alice.membershipId })).body['reason']).toBe('unknown_member')
    expect((await call(aliceToken, `POST ${at}/assignments`, { unit: 'nowhere' })).body['reason']).toBe('unknown_unit')
    const { assignments } = (await call(aliceToken, `GET ${at}/assignments`)).body
    const id = JSON.stringify(assignments).match(/"assignment_id":"([^"]+)"/)?.[1] ?? ''
    expect((await call(charlieToken, `DELETE ${at}/assignments/${id}`)).status).toBe(404)
    expect((await call(aliceToken, `DELETE ${at}/assignments/${id}`)).status).toBe(204)
    expect((await call(aliceToken, 'GET /apps/tegata-account')).status).toBe(404)
  })
})
