/** The main journey: two products, one sign-in, and what their tokens say. Hanako belongs to two tenants, Ken to one. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textIn, type RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn, tokensFor } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let clinic: RelyingParty
let voice: RelyingParty

beforeAll(async () => {
  tegata = await startTegata()
  clinic = await tegata.app({ name: 'Clinic' })
  voice = await tegata.app({ name: 'Voice' })
})
afterAll(() => tegata.close())

describe('signing in to a product', () => {
  test('asks for address and password, then for the tenant where there are several', async () => {
    const person = tegata.person()
    const start = clinic.start('openid profile email tenant')
    const form = await person.open(start.url)
    expect(form.html.querySelector('h1')?.text).toBe('サインイン')
    expect(form.text).toContain('Clinic')
    const picker = await person.submit(form, { identifier: 'hanako@example.com', password: 'tegata-demo-2026' }, 'sign_in')
    expect(picker.html.getElementById('tenant-sakura')).not.toBeNull()
    expect(picker.html.getElementById('tenant-midori')).not.toBeNull()
    const callback = await person.submit(picker, {}, 'tenant-sakura')
    expect(callback.url.searchParams.get('state')).toBe(start.state)
    expect(callback.url.searchParams.get('iss')).toBe(tegata.issuer)
    const { idToken } = await redeemed(clinic, start, callback)
    expect(decodeJwt(idToken)).toMatchObject({
      iss: tegata.issuer, aud: clinic.options.clientId, tenant_name: '医療法人さくら会', role: 'DEPARTMENT_HEAD', acr: 'aal1', amr: ['pwd'],
      auth_time: expect.any(Number), sid: expect.any(String), membership_id: expect.any(String), nonce: start.state,
    })
    expect(decodeProtectedHeader(idToken).alg).toBe('ES256')
  })

  test('asks no tenant where one membership fits, and no password at the second product', async () => {
    const person = tegata.person()
    const first = await tokensFor(clinic, person, { email: 'ken@example.com' })
    const start = voice.start('openid tenant')
    const second = await redeemed(voice, start, await person.open(start.url))
    const [a, b] = [decodeJwt(first.idToken), decodeJwt(second.idToken)]
    expect(b['sub']).toBe(a['sub'])
    expect(b['membership_id']).toBe(a['membership_id'])
    expect(b['auth_time']).toBe(a['auth_time'])
  })

  test('says the same in userinfo and introspection as in the ID token', async () => {
    const tokens = await tokensFor(clinic, tegata.person(), { email: 'hanako@example.com', tenant: 'midori' })
    const idToken = decodeJwt(tokens.idToken)
    const context = { tenant_id: idToken['tenant_id'], tenant_name: 'みどり整骨院', membership_id: idToken['membership_id'], role: 'therapist', groups: expect.any(Array) }
    expect((await clinic.userinfo(tokens.accessToken)).body).toMatchObject({ ...context, sub: idToken.sub, name: expect.any(String), email: 'hanako@example.com', email_verified: true })
    expect((await clinic.introspect(tokens.accessToken)).body).toMatchObject({ ...context, active: true, client_id: clinic.options.clientId, acr: 'aal1', amr: ['pwd'], auth_time: idToken['auth_time'] })
    expect((await clinic.introspect(tokens.refreshToken)).body).toMatchObject({ ...context, active: true, acr: 'aal1', amr: ['pwd'], auth_time: idToken['auth_time'] })
  })

  test('gives an api a JWT access token with the tenant context (RFC 9068)', async () => {
    const resource = `${new URL(tegata.issuer).protocol}//karte.example/api`
    await tegata.databases.engine.insertInto('api').values({ identifier: resource, name: 'Karte', scopes: ['records:read'] }).execute()
    await tegata.server.mount.refresh()
    const reader = await tegata.app({ name: 'Reader', apiScopes: { [resource]: ['records:read'] } })
    const { accessToken } = await tokensFor(reader, tegata.person(), { email: 'ken@example.com', scope: 'openid tenant records:read', parameters: { resource } })
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(decodeJwt(accessToken)).toMatchObject({
      aud: resource, scope: 'records:read', client_id: reader.options.clientId, role: 'STAFF', membership_id: expect.any(String), tenant_id: expect.any(String),
      acr: 'aal1', amr: ['pwd'], auth_time: expect.any(Number), sid: expect.any(String),
    })
    const start = clinic.start('openid tenant records:read', { resource })
    const callback = await signIn(tegata.person(), start, { email: 'ken@example.com' })
    const answer = await clinic.redeem(start, codeOf(callback))
    expect(decodeJwt(textIn(answer, 'access_token'))['scope'] ?? '').not.toContain('records:read')
  })

  test('takes the tenant from the request, by subdomain or id, without a question', async () => {
    const person = tegata.person()
    const bySubdomain = decodeJwt((await tokensFor(clinic, person, { email: 'hanako@example.com', parameters: { tenant: 'midori' } })).idToken)
    expect(bySubdomain['role']).toBe('therapist')
    const start = clinic.start('openid tenant', { tenant: String(bySubdomain['tenant_id']) })
    const byId = decodeJwt((await redeemed(clinic, start, await person.open(start.url))).idToken)
    expect(byId['membership_id']).toBe(bySubdomain['membership_id'])
  })

  test('shows the picker under a living session when the app asks for it', async () => {
    const person = tegata.person()
    await tokensFor(clinic, person, { email: 'ken@example.com' })
    const start = clinic.start('openid tenant', { prompt: 'select_tenant' })
    const picker = await person.open(start.url)
    expect(picker.html.getElementById('tenant-sakura')).not.toBeNull()
    expect(codeOf(await person.submit(picker, {}, 'tenant-sakura'))).toBeTruthy()
  })

  test('carries no tenant where none was asked for', async () => {
    const { idToken } = await tokensFor(clinic, tegata.person(), { email: 'hanako@example.com', scope: 'openid' })
    expect(decodeJwt(idToken)).not.toHaveProperty('tenant_id')
  })

  test('answers prompt=none with what is missing', async () => {
    const errorOf = async (person: ReturnType<Tegata['person']>, parameters: Record<string, string>) =>
      (await person.open(clinic.start('openid tenant', { prompt: 'none', ...parameters }).url)).url.searchParams.get('error')
    const stranger = tegata.person()
    expect(await errorOf(stranger, {})).toBe('login_required')
    const hanako = tegata.person()
    await tokensFor(clinic, hanako, { email: 'hanako@example.com', tenant: 'sakura' })
    expect(await errorOf(hanako, {})).toBe('interaction_required')
    expect(await errorOf(hanako, { tenant: 'nowhere' })).toBe('access_denied')
    expect(await errorOf(hanako, { tenant: 'sakura', claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['aal2'] } } }) })).toBe('unmet_authentication_requirements')
  })

  test('lets the person go back to the app', async () => {
    const person = tegata.person()
    const form = await person.open(clinic.start('openid').url)
    const callback = await person.submit(form, {}, 'cancel')
    expect(callback.url.searchParams.get('error')).toBe('access_denied')
  })

  test('names the account and offers another one where no tenant fits', async () => {
    const person = tegata.person()
    const page = await signIn(person, clinic.start('openid tenant', { tenant: 'midori' }), { email: 'ken@example.com' })
    expect(page.text).toContain('ken@example.com')
    const again = await person.submit(page, {}, 'switch_account')
    expect(again.html.getElementById('identifier')).not.toBeNull()
    const handOver = await person.submit(again, { identifier: 'minoru@example.com', password: 'tegata-demo-2026' }, 'sign_in')
    expect(handOver.html.querySelector('html')?.getAttribute('lang')).toBe('ja')
    const callback = await person.submitOnlyForm(handOver)
    expect(codeOf(callback)).toBeTruthy()
  })

  test('asks again for the password when the session is too old, and only that person may answer', async () => {
    const person = tegata.person()
    await tokensFor(clinic, person, { email: 'ken@example.com' })
    const page = await person.open(clinic.start('openid tenant', { prompt: 'login' }).url)
    expect(page.html.getElementById('identifier')?.getAttribute('value')).toBe('ken@example.com')
    expect(page.html.getElementById('identifier')?.hasAttribute('readonly')).toBe(true)
    expect(codeOf(await person.submit(page, { password: 'tegata-demo-2026' }, 'sign_in'))).toBeTruthy()
  })
})

describe('machines', () => {
  test('get tokens by client credentials, and none with a wrong secret', async () => {
    const machine = await tegata.app({ name: 'Machine', type: 'machine', redirectUris: [] })
    const token = await machine.token({ grant_type: 'client_credentials' })
    expect(token.status).toBe(200)
    expect((await machine.introspect(textIn(token, 'access_token'))).body).toMatchObject({ active: true, client_id: machine.options.clientId })
    expect((await machine.post('/oauth2/revoke', { token: textIn(token, 'access_token') })).status).toBe(200)
    expect((await machine.introspect(textIn(token, 'access_token'))).body).toEqual({ active: false })
  })
})
