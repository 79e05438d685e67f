/** The protocol seen from outside: what is on, what is off, and what foreign clients rely on. */
import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { sql } from 'kysely'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rotateKey } from '../../src/oidc/keyring.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { textIn, type RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, signIn, tokensFor } from '../helpers/sign-in.ts'
import { redirectUri, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let clinic: RelyingParty
const ken = { email: 'ken@example.com' }

beforeAll(async () => {
  tegata = await startTegata()
  clinic = await tegata.app({ name: 'Clinic', postLogoutRedirectUris: ['https://product.example/'] })
})
afterAll(() => tegata.close())

const document = z.looseObject({ issuer: z.string(), grant_types_supported: z.array(z.string()), response_types_supported: z.array(z.string()) })

describe('discovery', () => {
  test('says what is on and nothing that is off', async () => {
    const found = document.parse(await (await fetch(`${tegata.issuer}/.well-known/openid-configuration`)).json())
    expect(found).toMatchObject({
      issuer: tegata.issuer,
      authorization_endpoint: `${tegata.issuer}/oauth2/authorize`, token_endpoint: `${tegata.issuer}/oauth2/token`,
      pushed_authorization_request_endpoint: `${tegata.issuer}/oauth2/par`, userinfo_endpoint: `${tegata.issuer}/oauth2/userinfo`,
      introspection_endpoint: `${tegata.issuer}/oauth2/introspect`, revocation_endpoint: `${tegata.issuer}/oauth2/revoke`,
      jwks_uri: `${tegata.issuer}/oauth2/jwks`, end_session_endpoint: `${tegata.issuer}/oauth2/logout`,
      code_challenge_methods_supported: ['S256'], authorization_response_iss_parameter_supported: true, claims_parameter_supported: true,
      backchannel_logout_supported: true, ui_locales_supported: ['ja', 'en'],
    })
    expect(found.grant_types_supported.sort()).toEqual(['authorization_code', 'client_credentials', 'refresh_token'])
    expect(found.response_types_supported.sort()).toEqual(['code', 'none'])
  })

  test('answers from memory with an ETag', async () => {
    const first = await fetch(`${tegata.issuer}/oauth2/jwks`)
    expect(first.headers.get('cache-control')).toMatch(/max-age=\d+/)
    const again = await fetch(`${tegata.issuer}/oauth2/jwks`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  test('builds its links from ISSUER whatever the request says', async () => {
    const hostile = await fetch(`${tegata.issuer}/.well-known/openid-configuration`, { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } })
    expect(await hostile.text()).not.toContain('evil.example')
  })
})

describe('an authorization request', () => {
  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token in the front channel', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an ID token in the front channel', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['for an unknown resource', { resource: 'https://nobody.example/api' }, 'invalid_target'],
  ])('%s is refused at the app', async (_what, parameters, error) => {
    const start = clinic.start('openid', parameters)
    for (const [name, value] of [...start.url.searchParams]) if (value === '') start.url.searchParams.delete(name)
    const answer = (await tegata.person().open(start.url)).url
    expect(answer.origin).toBe('https://product.example')
    expect(new URLSearchParams(answer.search || answer.hash.slice(1)).get('error')).toBe(error)
    expect(new URLSearchParams(answer.search || answer.hash.slice(1)).get('iss')).toBe(tegata.issuer)
  })

  test('to an address that is not registered gets a page of its own and goes nowhere', async () => {
    const page = await tegata.person().open(clinic.start('openid', { redirect_uri: 'https://evil.example/callback' }).url)
    expect([page.status, page.url.origin]).toEqual([400, tegata.issuer])
    expect(page.html.getElementById('error_code')?.text).toContain('invalid_redirect_uri')
  })

  test('fills in what the app knows of the person', async () => {
    const page = await tegata.person().open(clinic.start('openid', { login_hint: 'misaki@example.com', ui_locales: 'en' }).url)
    expect(page.html.getElementById('identifier')?.getAttribute('value')).toBe('misaki@example.com')
    expect(page.html.querySelector('html')?.getAttribute('lang')).toBe('en')
  })

  test('with max_age asks again only when the sign-in is older, and says when it was', async () => {
    const person = tegata.person()
    await tokensFor(clinic, person, ken)
    expect(codeOf(await person.open(clinic.start('openid tenant', { max_age: '600' }).url))).toBeTruthy()
    await tegata.databases.engine.updateTable('session').set({ payload: sql`payload || jsonb_build_object('loginTs', extract(epoch from now())::int - 700)` }).execute()
    const silent = await person.open(clinic.start('openid tenant', { max_age: '600', prompt: 'none' }).url)
    expect(silent.url.searchParams.get('error')).toBe('login_required')
    const start = clinic.start('openid tenant', { max_age: '600' })
    const again = await person.open(start.url)
    const answer = await clinic.redeem(start, codeOf(await person.submit(again, { password: 'tegata-demo-2026' }, 'sign_in')))
    expect(Number(decodeJwt(textIn(answer, 'id_token'))['auth_time'])).toBeGreaterThan(Date.now() / 1000 - 60)
  })

  test('with id_token_hint is for that person and nobody else', async () => {
    const person = tegata.person()
    const { idToken } = await tokensFor(clinic, person, ken)
    expect(codeOf(await person.open(clinic.start('openid tenant', { id_token_hint: idToken, prompt: 'none' }).url))).toBeTruthy()
    const misaki = tegata.person()
    await tokensFor(clinic, misaki, { email: 'misaki@example.com' })
    const silent = await misaki.open(clinic.start('openid tenant', { id_token_hint: idToken, prompt: 'none' }).url)
    expect(silent.url.searchParams.get('error')).toBe('login_required')
    const asked = await misaki.open(clinic.start('openid tenant', { id_token_hint: idToken }).url)
    expect(asked.html.getElementById('identifier')?.hasAttribute('readonly')).toBe(false)
  })

  test('gets the claims it asks for one by one, and a level as far as there is one', async () => {
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { name: null } })
    const tokens = await tokensFor(clinic, tegata.person(), { ...ken, scope: 'openid', parameters: { claims, acr_values: 'aal2 aal1' } })
    expect(decodeJwt(tokens.idToken)).toMatchObject({ email: 'ken@example.com', acr: 'aal1' })
    expect((await clinic.userinfo(tokens.accessToken)).body).toMatchObject({ name: expect.any(String) })
    const essential = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:example:gold' } } })
    const refused = await signIn(tegata.person(), clinic.start('openid', { claims: essential }), ken)
    expect(refused.url.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })

  test('can be pushed first, and is then used up by one answer', async () => {
    const start = clinic.start('openid tenant')
    const pushed = await clinic.post('/oauth2/par', Object.fromEntries(start.url.searchParams))
    expect(pushed.status).toBe(201)
    const url = new URL('/oauth2/authorize', tegata.issuer)
    url.search = new URLSearchParams({ client_id: clinic.options.clientId, request_uri: textIn(pushed, 'request_uri') }).toString()
    const person = tegata.person()
    const [first, second] = [await person.open(url), await tegata.person().open(url)]
    const callback = await person.submit(first, { identifier: ken.email, password: 'tegata-demo-2026' }, 'sign_in')
    expect((await clinic.redeem(start, codeOf(callback))).status).toBe(200)
    const other = tegata.person()
    expect(second.html.getElementById('identifier')).not.toBeNull()
    const late = await other.open(url)
    expect(late.url.searchParams.get('code')).toBeNull()
  })

  test('can be answered in a form to the app (form_post)', async () => {
    const person = tegata.person()
    const page = await person.open(clinic.start('openid', { response_mode: 'form_post' }).url)
    const answer = await person.submit(page, { identifier: ken.email, password: 'tegata-demo-2026' }, 'sign_in')
    expect(answer.html.querySelector('form')?.getAttribute('action')).toBe(redirectUri)
    expect(answer.html.querySelector('input[name=code]')?.getAttribute('value')).toBeTruthy()
    expect(answer.html.querySelector('input[name=iss]')?.getAttribute('value')).toBe(tegata.issuer)
    expect(answer.headers.get('content-security-policy')).toContain(`form-action 'self' ${new URL(redirectUri).origin}`)
    const wrong = await tegata.person().open(clinic.start('openid', { response_mode: 'form_post', prompt: 'none' }).url)
    expect(wrong.html.querySelector('input[name=error]')?.getAttribute('value')).toBe('login_required')
  })
})

describe('proof of possession (DPoP)', () => {
  test('binds the token to the key, and a proof is good once', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    const proofFor = (jti: string) => new SignJWT({ htm: 'POST', htu: `${tegata.issuer}/oauth2/token`, jti })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).setIssuedAt().sign(privateKey)
    const machine = await tegata.app({ name: 'Bound', type: 'machine', redirectUris: [] })
    const ask = async (proof: string) => fetch(`${tegata.issuer}/oauth2/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { dpop: proof, authorization: `Basic ${Buffer.from(`${machine.options.clientId}:${machine.options.clientSecret ?? ''}`).toString('base64')}` },
    })
    const proof = await proofFor(randomUUID())
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(proof)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    const won = answers.find((answer) => answer.status === 200)
    const body = z.object({ access_token: z.string(), token_type: z.literal('DPoP') }).parse(await won?.json())
    expect((await machine.introspect(body.access_token)).body).toMatchObject({ active: true, cnf: { jkt: await calculateJwkThumbprint(jwk) } })
  })
})

describe('introspection', () => {
  test('tells a stranger nothing', async () => {
    const charlie = await tegata.app({ name: 'Charlie' })
    const { accessToken, refreshToken } = await tokensFor(clinic, tegata.person(), ken)
    expect((await charlie.introspect(accessToken)).body).toEqual({ active: false })
    expect((await charlie.introspect(refreshToken)).body).toEqual({ active: false })
    expect((await charlie.post('/oauth2/revoke', { token: refreshToken })).status).toBe(200)
    expect((await clinic.introspect(refreshToken)).body).toMatchObject({ active: true })
  })

  test('tells the role of this moment', async () => {
    const { accessToken } = await tokensFor(clinic, tegata.person(), { email: 'minoru@example.com' })
    expect((await clinic.introspect(accessToken)).body['role']).toBe('clinic_admin')
  })
})

describe('consent', () => {
  test('is asked of third-party apps once, remembered, and refused without a trace', async () => {
    const partner = await tegata.app({ name: 'Partner', firstParty: false, policyUri: 'https://product.example/policy', tosUri: 'https://product.example/terms', logoUri: 'https://product.example/logo.png' })
    const person = tegata.person()
    const asked = await signIn(person, partner.start('openid profile tenant'), ken)
    for (const link of ['https://product.example/policy', 'https://product.example/terms', 'https://product.example/logo.png']) expect(asked.text).toContain(link)
    const refused = await person.submit(asked, {}, 'cancel')
    expect(refused.url.searchParams.get('error')).toBe('access_denied')
    const start = partner.start('openid profile tenant')
    const allowed = await person.submit(await person.open(start.url), {}, 'allow')
    expect((await partner.redeem(start, codeOf(allowed))).status).toBe(200)
    expect(codeOf(await person.open(partner.start('openid profile tenant').url))).toBeTruthy()
    const elsewhere = await signIn(tegata.person(), partner.start('openid profile tenant'), ken)
    expect(codeOf(elsewhere)).toBeTruthy()
    const more = await person.open(partner.start('openid profile email tenant').url)
    expect(more.html.getElementById('allow')).not.toBeNull()
  })

  test('is given per tenant', async () => {
    const partner = await tegata.app({ name: 'Partner two', firstParty: false })
    const person = tegata.person()
    const asked = await signIn(person, partner.start('openid tenant'), { email: 'hanako@example.com', tenant: 'sakura' })
    expect(codeOf(await person.submit(asked, {}, 'allow'))).toBeTruthy()
    const silent = await person.open(partner.start('openid tenant', { prompt: 'none', tenant: 'midori' }).url)
    expect(silent.url.searchParams.get('error')).toBe('consent_required')
  })
})

describe('signing out', () => {
  test('asks, ends the session everywhere and goes back to the app', async () => {
    const person = tegata.person()
    const tokens = await tokensFor(clinic, person, ken)
    const url = new URL('/oauth2/logout', tegata.issuer)
    url.search = new URLSearchParams({ id_token_hint: tokens.idToken, post_logout_redirect_uri: 'https://product.example/', state: 'bye' }).toString()
    const question = await person.open(url)
    expect(question.text).toContain('Clinic')
    const back = await person.submit(question, {}, 'sign_out_everywhere')
    expect(back.url.href).toBe('https://product.example/?state=bye')
    expect((await clinic.userinfo(tokens.accessToken)).status).toBe(401)
  })

  test('of somebody who is not signed in goes straight back', async () => {
    const tokens = await tokensFor(clinic, tegata.person(), ken)
    const url = new URL('/oauth2/logout', tegata.issuer)
    url.search = new URLSearchParams({ id_token_hint: tokens.idToken, post_logout_redirect_uri: 'https://product.example/', state: 'bye' }).toString()
    expect((await tegata.person().open(url)).url.href).toBe('https://product.example/?state=bye')
    url.search = new URLSearchParams({ post_logout_redirect_uri: 'https://evil.example/' }).toString()
    expect((await tegata.person().open(url)).url.origin).toBe(tegata.issuer)
  })

  test('of one app only keeps the session, and ends all of this app\'s tenants', async () => {
    const person = tegata.person()
    const sakura = await tokensFor(clinic, person, { email: 'hanako@example.com', tenant: 'sakura' })
    const picker = await person.open(clinic.start('openid tenant', { tenant: 'midori' }).url)
    expect(codeOf(picker)).toBeTruthy()
    const question = await person.open(`${tegata.issuer}/oauth2/logout?client_id=${clinic.options.clientId}`)
    await person.submit(question, {}, 'sign_out_here')
    expect((await clinic.userinfo(sakura.accessToken)).status).toBe(401)
    expect((await clinic.refresh(sakura.refreshToken)).body['error']).toBe('invalid_grant')
    expect(codeOf(await person.open(clinic.start('openid tenant', { tenant: 'midori', prompt: 'none' }).url))).toBeTruthy()
  })
})

describe('keys', () => {
  test('rotate at runtime without a refused token', async () => {
    const jwks = createRemoteJWKSet(new URL(`${tegata.issuer}/oauth2/jwks`))
    const before = await tokensFor(clinic, tegata.person(), ken)
    const waiting = tegata.person()
    const start = clinic.start('openid tenant')
    const form = await waiting.open(start.url)
    const young = await rotateKey({ databases: tegata.databases, masterKey: tegata.database.masterKey }, { alg: 'ES256', emergency: false, origin: noOrigin, actor: null })
    expect(young).toMatchObject({ ok: false, reason: 'next_key_too_young' })
    await tegata.databases.engine.updateTable('signing_key').set({ created_at: new Date(Date.now() - 3_600_000) }).execute()
    const rotated = await rotateKey({ databases: tegata.databases, masterKey: tegata.database.masterKey }, { alg: 'ES256', emergency: false, origin: noOrigin, actor: null })
    expect(rotated.ok).toBe(true)
    await tegata.server.mount.refresh()
    const after = await clinic.redeem(start, codeOf(await waiting.submit(form, { identifier: ken.email, password: 'tegata-demo-2026' }, 'sign_in')))
    expect(after.status).toBe(200)
    for (const token of [before.idToken, textIn(after, 'id_token')]) {
      expect((await jwtVerify(token, jwks, { issuer: tegata.issuer, audience: clinic.options.clientId })).payload.sub).toBeTruthy()
    }
    expect((await clinic.userinfo(before.accessToken)).status).toBe(200)
    const hint = await tegata.person().open(`${tegata.issuer}/oauth2/logout?id_token_hint=${before.idToken}`)
    expect(hint.status).toBe(200)
  })
})

describe('dead interactions', () => {
  test('lead on: finished, foreign, unknown', async () => {
    const person = tegata.person()
    const start = clinic.start('openid tenant')
    const form = await person.open(start.url)
    codeOf(await person.submit(form, { identifier: ken.email, password: 'tegata-demo-2026' }, 'sign_in'))
    const back = await person.open(form.url)
    expect(back.status).toBe(400)
    expect(back.html.getElementById('continue_to_app')?.getAttribute('href')).toBeTruthy()
    const again = await person.submit(form, { identifier: ken.email, password: 'tegata-demo-2026' }, 'sign_in')
    expect(again.html.getElementById('continue_to_app')).not.toBeNull()
    const foreign = await tegata.person().open((await tegata.person().open(clinic.start('openid').url)).url)
    expect(foreign.html.getElementById('start_again')).not.toBeNull()
    const resume = await tegata.person().open(`${tegata.issuer}/oauth2/authorize/${form.url.pathname.split('/').at(-1) ?? ''}`)
    expect([resume.status, resume.html.querySelector('h1')?.text]).toEqual([400, expect.any(String)])
    expect((await tegata.person().open(`${tegata.issuer}/interaction/nothing`)).status).toBe(400)
  })

  test('refuse a form that is not ours', async () => {
    const person = tegata.person()
    const form = await person.open(clinic.start('openid').url)
    const forged = await person.submit(form, { identifier: ken.email, password: 'tegata-demo-2026', csrf_token: createHash('sha256').update('x').digest('base64url') }, 'sign_in')
    expect(forged.status).toBe(400)
    expect(forged.html.getElementById('error_summary')).not.toBeNull()
  })
})

test('a wrong password and an unknown address get the same answer', async () => {
  const texts = await Promise.all([['ken@example.com', 'wrong'], ['nobody@example.com', 'wrong']].map(async ([identifier = '', password = '']) => {
    const person = tegata.person()
    const answer = await person.submit(await person.open(clinic.start('openid').url), { identifier, password }, 'sign_in')
    return [answer.status, answer.html.querySelector('main')?.text.replaceAll(identifier, '')]
  }))
  expect(texts[0]).toEqual(texts[1])
})

test('sub is the same for every app, and another one where an app asks for pairwise', async () => {
  const pairwise = await tegata.app({ name: 'Pairwise', subjectType: 'pairwise' })
  const a = decodeJwt((await tokensFor(clinic, tegata.person(), ken)).idToken).sub
  const b = await tokensFor(pairwise, tegata.person(), ken)
  const sub = decodeJwt(b.idToken).sub
  expect(sub).not.toBe(a)
  expect((await pairwise.userinfo(b.accessToken)).body['sub']).toBe(sub)
  expect((await pairwise.introspect(b.accessToken)).body['sub']).toBe(sub)
})
