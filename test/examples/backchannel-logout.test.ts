/** Back-channel logout in both products: what a foreign issuer really sends, and everything that must not pass for it. */
import { randomUUID } from 'node:crypto'
import { generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startProducts, type Products } from './products.ts'
import { Visitor } from './visitor.ts'

const event = { 'http://schemas.openid.net/event/backchannel-logout': {} }
let products: Products

beforeAll(async () => {
  products = await startProducts()
  products.issuer.start()
})
afterAll(() => products.close())

function tokenFor(product: string, claims: Record<string, unknown>): JWTPayload {
  const now = Math.floor(Date.now() / 1000)
  return { iss: products.issuer.url, aud: product, iat: now, exp: now + 120, jti: randomUUID(), events: event, ...claims }
}

async function sidOf(visitor: Visitor): Promise<string> {
  const claims: unknown = JSON.parse((await visitor.open(products.karte)).byId('claims') ?? '{}')
  return z.object({ sid: z.string() }).parse(claims).sid
}

const send = (token: string) => new Visitor().step(`${products.karte}/backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) })
const isSignedIn = async (visitor: Visitor) => (await visitor.open(products.karte)).byId('person_name') !== null

describe('back-channel logout', () => {
  it('ends the sessions of both products when the person signs out everywhere at one of them', async () => {
    const alice = await products.signedIn('alice', products.karte)
    await alice.open(`${products.koe}/login`)
    expect((await alice.open(`${products.koe}/api/voices`)).status).toBe(200)

    const redirect = await alice.post(`${products.karte}/logout`, {})
    const question = await alice.open(redirect.headers.get('location') ?? '')
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.text)?.[1] ?? ''
    const confirmed = await alice.post(`${products.issuer.url}/session/end/confirm`, { xsrf, logout: 'yes' })
    expect(confirmed.headers.get('location')).toContain(`${products.karte}/?state=`)

    expect((await alice.open(`${products.koe}/api/voices`)).status).toBe(401)
  })

  it('ends the one session that the token names, and leaves the same person elsewhere alone', async () => {
    const [here, elsewhere] = [await products.signedIn('alice', products.karte), await products.signedIn('alice', products.karte)]
    const answer = await send(await products.issuer.sign(tokenFor('karte', { sub: 'alice', sid: await sidOf(here) }), { typ: 'logout+jwt' }))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await isSignedIn(here)).toBe(false)
    expect(await isSignedIn(elsewhere)).toBe(true)
  })

  it('leaves a sign-in alone that is under way in the same browser', async () => {
    const browser = await products.signedIn('alice', products.karte)
    const callback = await browser.openUntil(`${products.karte}/login`, `${products.karte}/callback`)
    await send(await products.issuer.sign(tokenFor('karte', { sub: 'alice' })))
    expect(await isSignedIn(browser)).toBe(false)
    await browser.open(callback)
    expect(await isSignedIn(browser)).toBe(true)
  })

  it('ends all sessions of a person when the token names no session, and nobody else’s', async () => {
    const [one, two] = [await products.signedIn('charlie', products.karte), await products.signedIn('charlie', products.karte)]
    const bob = await products.signedIn('bob', products.karte)
    expect((await send(await products.issuer.sign(tokenFor('karte', { sub: 'charlie' })))).status).toBe(200)
    expect([await isSignedIn(one), await isSignedIn(two), await isSignedIn(bob)]).toEqual([false, false, true])
  })

  it('accepts a logout token once', async () => {
    const token = await products.issuer.sign(tokenFor('karte', { sub: 'nobody' }))
    expect((await send(token)).status).toBe(200)
    const again = await send(token)
    expect(again.status).toBe(400)
    expect(JSON.parse(again.text)).toEqual({ error: 'invalid_request', error_description: 'The logout token was used before.' })
  })
})

describe('back-channel logout refuses', () => {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600
  const sign = (claims: Record<string, unknown>, typ?: string) => products.issuer.sign(tokenFor('karte', { sub: 'bob', ...claims }), typ === undefined ? {} : { typ })
  const forgeries: [string, () => Promise<string>][] = [
    ['a token signed by somebody else', async () => {
      const { privateKey } = await generateKeyPair('RS256')
      return new SignJWT(tokenFor('karte', { sub: 'bob' })).setProtectedHeader({ alg: 'RS256', kid: 'issuer-key' }).sign(privateKey)
    }],
    ['a token that nobody signed', () => Promise.resolve(new UnsecuredJWT(tokenFor('karte', { sub: 'bob' })).encode())],
    ['a token signed with the client secret', () =>
      new SignJWT(tokenFor('karte', { sub: 'bob' })).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('secret-of-karte'.repeat(3)))],
    ['a token for another product', () => sign({ aud: 'koe' })],
    ['a token of another issuer', () => sign({ iss: 'https://evil.example' })],
    ['a token made an hour ago', () => sign({ iat: hourAgo })],
    ['a token that has expired', () => sign({ exp: hourAgo + 60 })],
    ['a token from the future', () => sign({ iat: hourAgo + 7200 })],
    ['an ID token (it has a nonce)', () => sign({ nonce: 'n' })],
    ['a token with an empty nonce', () => sign({ nonce: null })],
    ['a token without the logout event', () => sign({ events: {} })],
    ['a token whose event is no object', () => sign({ events: { 'http://schemas.openid.net/event/backchannel-logout': true } })],
    ['a token without jti', () => sign({ jti: undefined })],
    ['a token that names nobody', () => sign({ sub: undefined })],
    ['an access token', () => sign({}, 'at+jwt')],
    ['plain noise', () => Promise.resolve('noise')],
    ['nothing', () => Promise.resolve('')],
  ]

  it.each(forgeries)('%s', async (_, forge) => {
    const bob = await products.signedIn('bob', products.karte)
    const answer = await send(await forge())
    expect(answer.status).toBe(400)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_request' })
    expect(await isSignedIn(bob)).toBe(true)
  })

  it('two tokens at once, a huge body, and a body that is no form', async () => {
    const address = `${products.karte}/backchannel-logout`
    const token = await sign({})
    expect((await new Visitor().step(address, { method: 'POST', body: new URLSearchParams([['logout_token', token], ['logout_token', token]]) })).status).toBe(400)
    expect((await send('x'.repeat(100_000))).status).toBe(400)
    expect((await new Visitor().postJson(address, { logout_token: token })).status).toBe(400)
    expect((await new Visitor().step(`${address}?logout_token=${token}`)).status).toBe(405)
  })
})
