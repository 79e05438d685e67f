/** Apps are registered: what is accepted, what oidc-provider makes of it, and what is never stored. */
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Adapter } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planClient, signInStart, type ClientInput } from '../../src/apps/client.ts'
import { redirectUriProblem } from '../../src/apps/redirect-uri.ts'
import { registerApi } from '../../src/apps/register-api.ts'
import { registerClient } from '../../src/apps/register-client.ts'
import { resumeClient } from '../../src/apps/resume-client.ts'
import { endGrantsOfClient } from '../../src/oidc/endings.ts'
import { suspendClient } from '../../src/apps/suspend-client.ts'
import { sha256 } from '../../src/base/crypto.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { by, eventsAbout, must } from '../accounts/house.ts'

let test: TestDatabase
beforeAll(async () => { test = await createDatabase() })
afterAll(() => test.close())

const web: ClientInput = { name: 'Karte', redirectUris: ['https://karte.example.com/callback'] }
const register = (input: ClientInput) => registerClient({ databases: test.databases }, input, by)
/** Holds nothing: the apps of these tests are given to the provider directly. */
class EmptyAdapter implements Adapter {
  async upsert() {}
  async find() { return undefined }
  async findByUserCode() { return undefined }
  async findByUid() { return undefined }
  async consume() {}
  async destroy() {}
  async revokeByGrantId() {}
}

async function signingKeys() {
  const pairs = await Promise.all(['ES256', 'RS256'].map(async (alg) => ({ alg, ...(await generateKeyPair(alg, { extractable: true })) })))
  return Promise.all(pairs.map(async ({ alg, privateKey }) => ({ ...(await exportJWK(privateKey)), kty: alg === 'ES256' ? 'EC' : 'RSA', alg, use: 'sig' })))
}
const keys = signingKeys()

const publicJwk = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }

describe('a redirect address', () => {
  it.each([
    ['https://karte.example.com/callback', 'web'], ['https://karte.example.com', 'web'], ['https://karte.example.com:8443/cb?x=1', 'spa'],
    ['http://localhost:3001/callback', 'web'], ['http://127.0.0.1/cb', 'native'], ['http://[::1]:3001/cb', 'spa'],
    ['com.example.app:/callback', 'native'], ['https://app.example.com/cb', 'native'],
  ] as const)('can be %s for %s', (uri, type) => { expect(redirectUriProblem(uri, type)).toBeNull() })

  it.each([
    ['http://karte.example.com/callback', 'web'], ['http://localhost.example.com/', 'web'], ['http://127.0.0.1.example.com/', 'web'], ['http://localhost@example.com/', 'web'],
    ['https://karte.example.com/callback#x', 'web'], ['https://karte.example.com/#', 'web'], ['https://*.example.com/', 'web'], ['https://u:p@example.com/', 'web'],
    ['//karte.example.com/callback', 'web'], ['/callback', 'web'], ['javascript:alert(1)', 'web'], ['javascript:alert(1)', 'native'], ['data:text/html,x', 'native'],
    ['myapp:/callback', 'native'], ['com.example.app:/callback', 'web'], ['https://example.com/a/../b', 'web'], ['HTTPS://example.com/', 'web'], ['https://EXAMPLE.com/', 'web'],
    ['https://example.com/a b', 'web'], ['https://example.com\\@evil.example/', 'web'], ['https://例え.jp/', 'web'], ['https://example.com/\n', 'web'], ['', 'web'],
    ['https://localhost/cb', 'native'], ['https://karte.example.com/callback', 'machine'],
  ] as const)('cannot be %j for %s', (uri, type) => { expect(redirectUriProblem(uri, type)).not.toBeNull() })
})

describe('the metadata', () => {
  const full: ClientInput = {
    ...web, postLogoutRedirectUris: ['https://karte.example.com/'], backchannelLogoutUri: 'https://karte.example.com/backchannel-logout', initiateLoginUri: 'https://karte.example.com/login',
    clientUri: 'https://karte.example.com', logoUri: 'https://karte.example.com/logo.svg', policyUri: 'https://karte.example.com/privacy', tosUri: 'https://karte.example.com/terms',
    scopes: ['openid', 'profile', 'tenant'], subjectType: 'pairwise', dpopBoundAccessTokens: true, idTokenSignedResponseAlg: 'RS256', apiIdentifier: 'https://karte.example.com/api', defaultAcrValues: ['aal2'],
  }
  const loopback: ClientInput = { ...web, redirectUris: ['http://localhost:3001/callback'], postLogoutRedirectUris: ['http://localhost:3001/'], backchannelLogoutUri: 'http://localhost:3001/b', initiateLoginUri: 'http://localhost:3001/login', clientUri: 'http://localhost:3001' }
  it.each<[string, ClientInput]>([
    ['a web app', web], ['a web app with everything', full], ['a web app on this machine', loopback], ['a web app that signs', { ...web, jwks: { keys: [publicJwk] } }],
    ['a web app that also acts by itself', { ...web, grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] }],
    ['a single-page app', { ...web, type: 'spa' }], ['a native app', { ...web, type: 'native', redirectUris: ['com.example.app:/callback', 'http://127.0.0.1/callback'] }],
    ['a machine', { type: 'machine', name: 'Nightly' }], ['a machine that signs', { type: 'machine', name: 'Nightly', jwks: { keys: [publicJwk] } }],
  ])('of %s passes oidc-provider\'s own validation', async (_what, input) => {
    const planned = planClient(input)
    if (!planned.ok) throw new Error(planned.problems.join())
    const provider = new Provider('https://id.example.com', {
      clients: [{ ...planned.plan.metadata, client_id: 'app', client_name: input.name, ...(planned.plan.needsSecret ? { client_secret: 'x'.repeat(43) } : {}) }],
      adapter: EmptyAdapter, jwks: { keys: await keys },
      scopes: ['openid', 'offline_access', 'profile', 'email', 'tenant'], acrValues: ['aal1', 'aal2', 'phr'],
      subjectTypes: ['public', 'pairwise'], pairwiseIdentifier: () => 'x', responseTypes: ['code', 'none'],
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
      features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true }, dPoP: { enabled: true }, backchannelLogout: { enabled: true }, pushedAuthorizationRequests: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    })
    expect(await provider.Client.find('app')).toMatchObject({ clientId: 'app' })
  })

  it('holds the floor under its sign-ins under the standard name, and none where none was asked for', () => {
    const of = (input: ClientInput) => {
      const planned = planClient(input)
      return planned.ok ? planned.plan.metadata['default_acr_values'] : null
    }
    expect([of({ ...web, defaultAcrValues: ['phr'] }), of(full), of(web)]).toEqual([['phr'], ['aal2'], undefined])
  })

  it('names the start address in the standard way on the internet and in our own on this machine', () => {
    const of = (input: ClientInput) => {
      const planned = planClient(input)
      return planned.ok ? planned.plan.metadata : {}
    }
    expect(of(full)).toMatchObject({ initiate_login_uri: 'https://karte.example.com/login' })
    expect(of(loopback)).not.toHaveProperty('initiate_login_uri')
    expect([signInStart(of(full)), signInStart(of(loopback)), signInStart(of({ ...web, clientUri: 'https://karte.example.com' })), signInStart(of(web)), signInStart(null)])
      .toEqual(['https://karte.example.com/login', 'http://localhost:3001/login', 'https://karte.example.com', null, null])
  })

  it.each<[string, ClientInput]>([
    ['no redirect', { name: 'x' }], ['no name', { ...web, name: ' ' }], ['a public app that acts by itself', { ...web, type: 'spa', grantTypes: ['authorization_code', 'client_credentials'] }],
    ['a machine with redirects', { type: 'machine', name: 'x', redirectUris: ['https://x.example.com/'] }], ['a machine that signs people in', { type: 'machine', name: 'x', grantTypes: ['authorization_code'] }],
    ['a web app of one tenant', { ...web, tenantId: '0' }], ['a private key', { ...web, jwks: { keys: [{ ...publicJwk, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }] } }],
    ['a symmetric key', { ...web, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }], ['no key at all', { ...web, jwks: { keys: [{ kty: 'EC' }] } }],
    ['a logo that is a script', { ...web, logoUri: 'javascript:alert(1)' }], ['a logout address over plain http', { ...web, backchannelLogoutUri: 'http://karte.example.com/b' }],
    ['pairwise subjects over two hosts', { ...web, subjectType: 'pairwise', redirectUris: ['https://a.example.com/', 'https://b.example.com/'] }],
    ['a machine with a level of assurance', { type: 'machine', name: 'x', defaultAcrValues: ['aal2'] }], ['no level at all', { ...web, defaultAcrValues: [] }],
    ['a client id with a space', { ...web, clientId: 'a b' }],
  ])('is refused for %s', (_what, input) => { expect(planClient(input).ok).toBe(false) })
})

describe('registering', () => {
  it('shows the secret once and keeps its digest', async () => {
    const { clientId, clientSecret } = await must(register({ ...web, clientId: 'karte', firstParty: true }))
    const row = await test.databases.engine.selectFrom('client').selectAll().where('id', '=', clientId).executeTakeFirstOrThrow()
    expect(clientSecret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(row).toMatchObject({ id: 'karte', name: 'Karte', first_party: true, secret_hash: sha256(clientSecret ?? ''), metadata: { redirect_uris: ['https://karte.example.com/callback'], token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'ES256' } })
    const events = await eventsAbout(test, 'karte')
    expect(events).toMatchObject([{ type: 'client.registered', outcome: 'success' }])
    expect(JSON.stringify([events, row.metadata])).not.toContain(clientSecret)
  })

  it.each<[string, ClientInput]>([['spa', { ...web, type: 'spa' }], ['native', { ...web, type: 'native' }], ['signing', { ...web, jwks: { keys: [publicJwk] } }]])('gives no secret to a %s app', async (_what, input) => {
    expect(await register(input)).toMatchObject({ ok: true, clientSecret: null })
  })

  it('gives an id to one of two who ask for it at once', async () => {
    const results = await Promise.all([register({ ...web, clientId: 'race' }), register({ ...web, clientId: 'race' })])
    expect(results.map((result) => (result.ok ? 'ok' : result.reason)).sort()).toEqual(['client_id_taken', 'ok'])
  })

  it('takes only apis and scopes that exist', async () => {
    await must(registerApi({ databases: test.databases }, { identifier: 'https://karte.example.com/api', name: 'Karte API', scopes: ['records:read'] }, by))
    const ask = (apiScopes: Record<string, string[]>) => register({ type: 'machine', name: 'Nightly', apiScopes })
    expect(await ask({ 'https://karte.example.com/api': ['records:read'] })).toMatchObject({ ok: true })
    expect(await ask({ 'https://karte.example.com/api': ['records:write'] })).toMatchObject({ ok: false, reason: 'invalid_metadata' })
    expect(await ask({ 'https://other.example.com/': [] })).toMatchObject({ ok: false, reason: 'invalid_metadata' })
  })
})

describe('suspending an app', () => {
  it('happens once when two ask at once, raises its revision, and is taken back', async () => {
    const { clientId } = await must(register(web))
    const deps = { databases: test.databases, grants: { endGrantsOfClient } }
    const revision = async () => (await test.databases.engine.selectFrom('client').select('revision').where('id', '=', clientId).executeTakeFirstOrThrow()).revision
    const before = await revision()
    const results = await Promise.all([suspendClient(deps, { clientId, ...by }), suspendClient(deps, { clientId, ...by })])
    expect(results).toEqual(expect.arrayContaining([{ ok: true }, { ok: false, reason: 'already_suspended' }]))
    expect(await revision()).toBeGreaterThan(before)
    expect(await resumeClient(deps, { clientId, ...by })).toEqual({ ok: true })
    expect(await resumeClient(deps, { clientId, ...by })).toEqual({ ok: false, reason: 'not_suspended' })
    expect(await suspendClient(deps, { clientId: 'nobody', ...by })).toEqual({ ok: false, reason: 'not_found' })
  })
})

describe('an api', () => {
  const api = { identifier: 'https://api.example.com/', name: 'API', scopes: ['a', 'a', 'b:c'] }
  it('is registered once', async () => {
    const deps = { databases: test.databases, grants: { endGrantsOfClient } }
    expect(await registerApi(deps, api, by)).toEqual({ ok: true, identifier: api.identifier })
    expect(await registerApi(deps, api, by)).toEqual({ ok: false, reason: 'identifier_taken' })
    expect(await test.databases.engine.selectFrom('api').select(['scopes', 'access_token_format', 'access_token_ttl_seconds']).where('identifier', '=', api.identifier).executeTakeFirst())
      .toEqual({ scopes: ['a', 'b:c'], access_token_format: 'jwt', access_token_ttl_seconds: 300 })
  })

  it.each([
    ['a fragment', { identifier: 'https://api.example.com/#x' }], ['no scheme', { identifier: 'api' }], ['a script', { identifier: 'javascript:x' }], ['a space', { identifier: 'https://api.example.com/ x' }],
    ['a scope of the platform', { scopes: ['openid'] }], ['a scope with a space', { scopes: ['a b'] }], ['a scope with a quote', { scopes: ['a"b'] }], ['tokens that live a day', { accessTokenTtlSeconds: 86_400 }],
  ])('is refused with %s', async (_what, more) => {
    expect(await registerApi({ databases: test.databases }, { ...api, identifier: 'https://new.example.com/', ...more }, by)).toMatchObject({ ok: false, reason: 'invalid_api' })
  })
})
