/** Karte's API as any client meets it: which access tokens it takes, and what it demands of the sign-in behind them (RFC 9470 §3). */
import { randomUUID } from 'node:crypto'
import { generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { karteApi } from './foreign-issuer.ts'
import { startProducts, type Products } from './products.ts'
import { Visitor } from './visitor.ts'

let products: Products

beforeAll(async () => {
  products = await startProducts()
  products.issuer.start()
})
afterAll(() => products.close())

const now = () => Math.floor(Date.now() / 1000)

/** What the issuer would say of a doctor who signed in with a second factor a moment ago, in a tenant of this test alone. */
function claims(bent: Record<string, unknown> = {}): JWTPayload {
  return {
    iss: products.issuer.url, aud: karteApi, sub: 'erin', client_id: 'karte', jti: randomUUID(), iat: now(), exp: now() + 300, scope: 'prescriptions:sign',
    acr: 'aal2', auth_time: now() - 5, tenant_id: randomUUID(), membership_id: 'm-erin', role: 'doctor', ...bent,
  }
}

const tokenOf = (bent: Record<string, unknown> = {}, typ = 'at+jwt') => products.issuer.sign(claims(bent), { typ })

async function sign(token: string | null, id = 'R-0001') {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  const { status, headers: answered, text } = await new Visitor().step(`${products.karte}/api/prescriptions/${id}/sign`, { method: 'POST', headers })
  const body: unknown = JSON.parse(text)
  return { status, challenge: answered.get('www-authenticate'), body }
}

describe('the API of Karte', () => {
  it.each(['aal2', 'phr'])('signs for a doctor whose sign-in reached %s', async (acr) => {
    const answer = await sign(await tokenOf({ acr }))
    expect(answer).toMatchObject({ status: 200, challenge: null, body: { id: 'R-0001', signed_by: 'm-erin', acr } })
  })

  it.each(['At+JWT', 'application/at+jwt'])('knows the type of an access token however it is written (%s)', async (typ) => {
    expect((await sign(await tokenOf({}, typ))).status).toBe(200)
  })

  it.each([['a lower level', 'aal1'], ['a level that it does not know', 'loa3'], ['no level', undefined]])('asks for a stronger sign-in at %s', async (_, acr) => {
    expect(await sign(await tokenOf({ acr }))).toEqual({
      status: 401,
      challenge: 'Bearer error="insufficient_user_authentication", error_description="A stronger sign-in is needed", acr_values="aal2", max_age="600"',
      body: { error: 'insufficient_user_authentication' },
    })
  })

  it.each([['eleven minutes old', 660], ['just too old', 602], ['of unknown age', undefined]])('asks for a more recent sign-in when it is %s', async (_, age) => {
    expect(await sign(await tokenOf({ auth_time: age === undefined ? undefined : now() - age }))).toEqual({
      status: 401,
      challenge: 'Bearer error="insufficient_user_authentication", error_description="A more recent sign-in is needed", acr_values="aal2", max_age="600"',
      body: { error: 'insufficient_user_authentication' },
    })
  })

  it('takes a sign-in that is nearly ten minutes old', async () => {
    expect((await sign(await tokenOf({ auth_time: now() - 595 }))).status).toBe(200)
  })

  it.each([
    ['a role that may not sign', { role: 'DEPARTMENT_HEAD' }],
    ['a role that it does not know', { role: 'Gardener' }],
    ['no role', { role: undefined }],
    ['no tenant', { tenant_id: undefined }],
    ['no membership', { membership_id: undefined }],
  ])('refuses %s before it asks for a stronger sign-in', async (_, bent) => {
    expect(await sign(await tokenOf({ acr: 'aal1', ...bent }))).toEqual({ status: 403, challenge: null, body: { error: 'role_may_not_sign' } })
  })

  it.each([{ scope: 'records:read prescriptions:signs' }, { scope: undefined }])('refuses a token without the scope (%o)', async (bent) => {
    expect(await sign(await tokenOf(bent))).toEqual({
      status: 403,
      challenge: 'Bearer error="insufficient_scope", error_description="The access token does not allow signing", scope="prescriptions:sign"',
      body: { error: 'insufficient_scope' },
    })
  })

  it('knows no other prescription', async () => {
    for (const id of ['R-9999', '__proto__', 'R-0001%2Fx', '%E2%98%83']) expect((await sign(await tokenOf({ acr: 'aal1' }), id)).status).toBe(404)
  })

  it('lets one of two doctors sign who do it at the same moment, and keeps tenants apart', async () => {
    const ours = { tenant_id: randomUUID() }
    const tokens = await Promise.all([tokenOf(ours), tokenOf({ ...ours, membership_id: 'm-other' })])
    const statuses = (await Promise.all(tokens.map((token) => sign(token)))).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 409])
    expect((await sign(await tokenOf())).status, 'the same number in another tenant').toBe(200)
  })

  it('goes by the token alone: a session of Karte is worth nothing here', async () => {
    const charlie = await products.signedIn('charlie', products.karte)
    expect((await charlie.post(`${products.karte}/api/prescriptions/R-0001/sign`, {})).status).toBe(401)
  })

  it('answers a wrong method as such, and an unknown address in JSON', async () => {
    expect((await new Visitor().step(`${products.karte}/api/prescriptions/R-0001/sign`)).status).toBe(405)
    const unknown = await new Visitor().step(`${products.karte}/api/nowhere`)
    expect([unknown.status, unknown.headers.get('content-type'), JSON.parse(unknown.text)]).toEqual([404, 'application/json; charset=utf-8', { error: 'not_found' }])
  })
})

describe('the API of Karte refuses', () => {
  it('a call without a token, and says no more than which kind it takes', async () => {
    expect(await sign(null)).toEqual({ status: 401, challenge: 'Bearer', body: { error: 'not_authenticated' } })
    const inTheAddress = await new Visitor().step(`${products.karte}/api/prescriptions/R-0001/sign?access_token=${await tokenOf()}`, { method: 'POST' })
    expect(inTheAddress.status).toBe(401)
    const dpop = await new Visitor().step(`${products.karte}/api/prescriptions/R-0001/sign`, { method: 'POST', headers: { authorization: `DPoP ${await tokenOf()}` } })
    expect(dpop.status).toBe(401)
  })

  const forgeries: [string, () => Promise<string>][] = [
    ['a token for another API', () => tokenOf({ aud: 'https://other.example/api' })],
    ['a token for nobody', () => tokenOf({ aud: undefined })],
    ['a token of another issuer', () => tokenOf({ iss: 'https://evil.example' })],
    ['a token that has expired', () => tokenOf({ exp: now() - 1 })],
    ['a token without an end', () => tokenOf({ exp: undefined })],
    ['a token that is not valid yet', () => tokenOf({ nbf: now() + 300 })],
    ['a token without jti', () => tokenOf({ jti: undefined })],
    ['a token without client_id', () => tokenOf({ client_id: undefined })],
    ['a token that is bound to a key', () => tokenOf({ cnf: { jkt: 'a-thumbprint' } })],
    ['an ID token', () => tokenOf({ aud: ['karte', karteApi], nonce: 'n' }, 'JWT')],
    ['a logout token', () => tokenOf({}, 'logout+jwt')],
    ['a token without a type', () => products.issuer.sign(claims())],
    ['a token signed by somebody else', async () => {
      const { privateKey } = await generateKeyPair('RS256')
      return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'issuer-key', typ: 'at+jwt' }).sign(privateKey)
    }],
    ['a token with a key of its own', async () => {
      const { privateKey } = await generateKeyPair('RS256')
      return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'mine', jku: 'https://evil.example/jwks', typ: 'at+jwt' }).sign(privateKey)
    }],
    ['a token that nobody signed', () => Promise.resolve(new UnsecuredJWT(claims()).encode())],
    ['a token signed with the client secret', () =>
      new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(new TextEncoder().encode('secret-of-karte'.repeat(3)))],
    ['plain noise', () => Promise.resolve('noise')],
    ['noise with dots', () => Promise.resolve('e30.e30.e30')],
  ]

  it.each(forgeries)('%s', async (_, forge) => {
    const answer = await sign(await forge())
    expect([answer.status, answer.body]).toEqual([401, { error: 'invalid_token' }])
    expect(answer.challenge).toMatch(/^Bearer error="invalid_token", error_description="The access token [\w ]+\."$/)
  })
})

describe('the API of Karte, before its issuer is up', () => {
  it('says so, accuses no token, and works as soon as the issuer answers', async () => {
    const early = await startProducts()
    try {
      const token = await early.issuer.sign({ ...claims(), iss: early.issuer.url }, { typ: 'at+jwt' })
      const call = () => new Visitor().step(`${early.karte}/api/prescriptions/R-0001/sign`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
      const down = await call()
      expect([down.status, down.headers.get('www-authenticate'), JSON.parse(down.text)]).toEqual([503, null, { error: 'issuer_down' }])
      early.issuer.start()
      expect((await call()).status).toBe(200)
    } finally {
      await early.close()
    }
  })
})
