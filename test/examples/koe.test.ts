/** Koe against a foreign issuer: its API, who hears whom, switching tenants, and that no token reaches the browser. */
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { startProducts, type Products } from './products.ts'
import { Visitor, type Page } from './visitor.ts'

let products: Products
let koe: string

beforeAll(async () => {
  products = await startProducts()
  koe = products.koe
  products.issuer.start()
})
afterEach(() => {
  products.issuer.refreshTokens = true
  products.issuer.gone.clear()
  products.issuer.suspended.clear()
  vi.useRealTimers()
})
afterAll(() => products.close())

const voicesOf = async (visitor: Visitor) => {
  const page = await visitor.open(`${koe}/api/voices`)
  return z.object({ voices: z.array(z.object({ text: z.string() })) }).parse(JSON.parse(page.text)).voices.map(({ text }) => text)
}
const json = (page: Page): unknown => JSON.parse(page.text)
const later = (minutes: number) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + minutes * 60_000)
}

describe('the page of Koe', () => {
  it('is one page with a script and a style of its own, and a way in without JavaScript', async () => {
    const page = await new Visitor().open(koe)
    expect(page.text).toMatch(/<noscript>[\s\S]*href="\/login"[\s\S]*<\/noscript>/)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const script = await new Visitor().open(`${koe}/app.js`)
    expect(script.headers.get('content-type')).toContain('javascript')
    expect(script.text).not.toMatch(/^interface |: HTMLElement/m)
    expect((await new Visitor().open(`${koe}/koe.css`)).headers.get('content-type')).toContain('text/css')
    expect((await new Visitor().open(`${koe}/mark.svg`)).headers.get('content-type')).toContain('image/svg+xml')
  })
})

describe('the API of Koe', () => {
  it('tells a stranger nothing', async () => {
    expect(json(await new Visitor().open(`${koe}/api/me`))).toEqual({ signed_in: false })
    expect((await new Visitor().open(`${koe}/api/voices`)).status).toBe(401)
    expect((await new Visitor().postJson(`${koe}/api/voices`, { text: 'hello' })).status).toBe(401)
  })

  it('tells a person who they are, and never hands out a token', async () => {
    const alice = await products.signedIn('alice', koe)
    const page = await alice.open(`${koe}/api/me`)
    expect(json(page)).toMatchObject({
      sub: 'alice',
      tenant_name: '医療法人さくら会',
      role: 'DEPARTMENT_HEAD',
      membership_id: 'm-alice-sakura',
      may_take_part: true,
      hears: ['DEPARTMENT_HEAD', 'TEAM_LEADER', 'STAFF', 'therapist', 'receptionist'],
      tenants_seen: [{ id: 'tenant-sakura', name: '医療法人さくら会' }],
    })
    expect(page.text).not.toMatch(/token|eyJ/)
  })

  it('lets the head hear the staff, but not the staff the head, and another tenant nobody', async () => {
    const [alice, bob, charlie] = [await products.signedIn('alice', koe), await products.signedIn('bob', koe), await products.signedIn('charlie', koe)]
    expect((await bob.postJson(`${koe}/api/voices`, { text: 'from Bob <i>' })).status).toBe(201)
    expect((await alice.postJson(`${koe}/api/voices`, { text: 'from Alice' })).status).toBe(201)
    expect(await voicesOf(alice)).toEqual(['from Alice', 'from Bob <i>'])
    expect(await voicesOf(bob)).toEqual(['from Bob <i>'])
    expect(await voicesOf(charlie)).toEqual([])
  })

  it('has no place for a role that it does not know', async () => {
    const dora = await products.signedIn('dora', koe)
    expect(json(await dora.open(`${koe}/api/me`))).toMatchObject({ may_take_part: false, hears: [] })
    expect((await dora.open(`${koe}/api/voices`)).status).toBe(403)
    expect((await dora.postJson(`${koe}/api/voices`, { text: 'hello' })).status).toBe(403)
  })

  it('takes no call from another site and no body that is not JSON', async () => {
    const bob = await products.signedIn('bob', koe)
    expect((await bob.postJson(`${koe}/api/voices`, { text: 'x' }, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await bob.postJson(`${koe}/api/switch-tenant`, { tenant: 'midori' }, { origin: 'null' })).status).toBe(403)
    expect((await bob.post(`${koe}/api/voices`, { text: 'x' })).status).toBe(400)
    expect((await bob.postJson(`${koe}/api/voices`, { text: ' ' })).status).toBe(400)
    expect((await bob.postJson(`${koe}/api/voices`, { text: 'x'.repeat(50_000) })).status).toBe(400)
  })
})

describe('switching the tenant in Koe', () => {
  it('moves the session by a refresh with the tenant, and hears other voices from then on', async () => {
    const alice = await products.signedIn('alice', koe)
    expect((await alice.postJson(`${koe}/api/switch-tenant`, { tenant: 'midori' })).status).toBe(200)
    expect(json(await alice.open(`${koe}/api/me`))).toMatchObject({ tenant_name: 'みどり整骨院', role: 'therapist', membership_id: 'm-alice-midori' })
    const charlie = await products.signedIn('charlie', koe)
    await alice.postJson(`${koe}/api/voices`, { text: 'from Midori' })
    expect(await voicesOf(charlie)).toEqual(['from Midori'])
  })

  it('leaves everything as it was when the person is no member there', async () => {
    const bob = await products.signedIn('bob', koe)
    const refused = await bob.postJson(`${koe}/api/switch-tenant`, { tenant: 'midori' })
    expect([refused.status, json(refused)]).toEqual([403, { reason: 'access_denied' }])
    expect(json(await bob.open(`${koe}/api/me`))).toMatchObject({ tenant_name: '医療法人さくら会' })
  })

  it('goes through the sign-in pages when the issuer wants to see the person, or gave no refresh token', async () => {
    const alice = await products.signedIn('alice', koe)
    const strict = await alice.postJson(`${koe}/api/switch-tenant`, { tenant: 'strict' })
    expect([strict.status, json(strict)]).toEqual([409, { reason: 'sign_in_needed', location: '/login?tenant=strict' }])
    products.issuer.refreshTokens = false
    const bob = await products.signedIn('bob', koe)
    expect(json(await bob.postJson(`${koe}/api/switch-tenant`, { tenant: 'a&b' }))).toEqual({ reason: 'sign_in_needed', location: '/login?tenant=a%26b' })
  })

  it('survives two switches at the same moment', async () => {
    const alice = await products.signedIn('alice', koe)
    const both = await Promise.all(['midori', 'sakura'].map((tenant) => alice.postJson(`${koe}/api/switch-tenant`, { tenant })))
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(json(await alice.open(`${koe}/api/me`))).toMatchObject({ signed_in: true })
  })
})

describe('a session of Koe that grows old', () => {
  it('goes on as long as the issuer renews it', async () => {
    const alice = await products.signedIn('alice', koe)
    later(90)
    expect(json(await alice.open(`${koe}/api/me`))).toMatchObject({ signed_in: true })
  })

  it.each(['gone', 'suspended'] as const)('ends when the person is %s at the issuer', async (state) => {
    const alice = await products.signedIn('alice', koe)
    products.issuer[state].add('alice')
    expect(json(await alice.open(`${koe}/api/me`))).toMatchObject({ signed_in: true })
    later(90)
    expect(json(await alice.open(`${koe}/api/me`))).toEqual({ signed_in: false })
  })

  it('ends after eight hours in any case', async () => {
    const alice = await products.signedIn('alice', koe)
    later(8 * 60 + 1)
    expect(json(await alice.open(`${koe}/api/me`))).toEqual({ signed_in: false })
  })
})

describe('both examples', () => {
  it.each(['sign-in.ts', 'sessions.ts', 'problems.ts', 'logout-token.ts'])('carry the same oidc/%s, so that a correction reaches both', async (name) => {
    const [karte, copy] = await Promise.all(['karte', 'koe'].map((product) => readFile(new URL(`../../examples/${product}/oidc/${name}`, import.meta.url), 'utf8')))
    expect(copy).toBe(karte)
  })

  it('import nothing of Tegata', async () => {
    for (const file of ['karte/karte.ts', 'karte/pages.ts', 'karte/server.ts', 'karte/sign-prescription.ts', 'karte/api/routes.ts', 'koe/koe.ts', 'koe/server.ts', 'koe/browser/app.ts', 'karte/oidc/sign-in.ts']) {
      const code = await readFile(new URL(`../../examples/${file}`, import.meta.url), 'utf8')
      expect(code).not.toMatch(/from '[^']*(\/src\/|\/views\/)/)
    }
  })
})
