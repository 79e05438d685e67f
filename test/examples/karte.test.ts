/** Karte against a foreign issuer: sign-in, its own rules for roles, sign-out, and everything that goes wrong on the way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProducts, type Products } from './products.ts'
import { Visitor } from './visitor.ts'

let products: Products
let karte: string

beforeAll(async () => {
  products = await startProducts()
  karte = products.karte
  products.issuer.start()
})
afterAll(() => products.close())

describe('Karte, before anybody is signed in', () => {
  it('says what it is and offers to sign in, in the language of the browser', async () => {
    const english = await new Visitor('en-GB,en;q=0.9').open(karte)
    expect(english.byId('sign_in')).toBe('Sign in')
    const japanese = await new Visitor('ja,en;q=0.5').open(karte)
    expect(japanese.byId('sign_in')).toBe('サインイン')
    expect(japanese.text).toContain('lang="ja"')
  })

  it('answers with strict headers', async () => {
    const { headers } = await new Visitor().open(karte)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain(`form-action 'self' ${products.issuer.url}`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('serves its style and its mark as what they are', async () => {
    expect((await new Visitor().open(`${karte}/karte.css`)).headers.get('content-type')).toContain('text/css')
    expect((await new Visitor().open(`${karte}/mark.svg`)).headers.get('content-type')).toContain('image/svg+xml')
  })

  it('asks the issuer for a code with PKCE, state, nonce and the language', async () => {
    const page = await new Visitor('ja').step(`${karte}/login?login_hint=hanako@example.com&tenant=sakura&prompt=select_tenant`)
    expect(page.status).toBe(303)
    const { searchParams } = new URL(page.headers.get('location') ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'karte',
      response_type: 'code',
      redirect_uri: `${karte}/callback`,
      scope: 'openid profile email tenant',
      code_challenge_method: 'S256',
      ui_locales: 'ja',
      login_hint: 'hanako@example.com',
      tenant: 'sakura',
      prompt: 'select_tenant',
    })
    expect(searchParams.get('state')?.length).toBeGreaterThan(40)
    expect(searchParams.get('nonce')?.length).toBeGreaterThan(40)
  })

  it('keeps its cookie from scripts and from other sites', async () => {
    const page = await new Visitor().step(`${karte}/login`)
    expect(page.headers.get('set-cookie')).toMatch(/^karte_session=[\w-]{43}; path=\/; samesite=lax; httponly$/i)
  })
})

describe('Karte, signed in', () => {
  it('shows the name, the tenant, the role and what that role may do here', async () => {
    const alice = await products.signedIn('alice', karte, 'ja')
    const page = await alice.open(karte)
    expect(page.byId('person_name')).toBe('山田 花子')
    expect(page.byId('tenant_name')).toBe('医療法人さくら会')
    expect(page.byId('role')).toBe('DEPARTMENT_HEAD')
    expect(page.byId('membership_id')).toBe('m-alice-sakura')
    expect(page.byId('groups')).toBe('honin › rehab')
    expect(page.text).toContain('data-permission="records_all"')
    expect(page.text).not.toContain('data-permission="settings_manage"')
  })

  it('shows a name as text, whatever the issuer sends', async () => {
    const bob = await products.signedIn('bob', karte)
    const page = await bob.open(karte)
    expect(page.text).not.toContain('<b>Staff</b>')
    expect(page.byId('person_name')).toBe('Bob <b>Staff</b>')
  })

  it('opens the records to a department head and refuses them to staff, with the table of roles', async () => {
    const alice = await products.signedIn('alice', karte)
    expect((await alice.open(`${karte}/records`)).byId('record_list')).toContain('K-0003')
    const bob = await products.signedIn('bob', karte)
    const refused = await bob.open(`${karte}/records`)
    expect(refused.status).toBe(403)
    expect(refused.byId('role_table')).toContain('clinic_admin')
  })

  it('allows nothing to a role that it does not know, and says so', async () => {
    const dora = await products.signedIn('dora', karte)
    const page = await dora.open(karte)
    expect(page.byId('no_permissions')).toContain('“Gardener”')
    expect(page.text).not.toContain('data-permission')
    expect((await dora.open(`${karte}/records`)).status).toBe(403)
  })

  it('comes back to the page that was asked for', async () => {
    const visitor = new Visitor()
    products.issuer.nextPerson = 'alice'
    const page = await visitor.open(`${karte}/records`)
    expect(page.url.pathname).toBe('/records')
    expect(page.status).toBe(200)
  })

  it('changes the session id at sign-in, so that a planted cookie is worth nothing', async () => {
    const visitor = new Visitor()
    await visitor.step(`${karte}/login`)
    const before = visitor.cookie('karte_session')
    products.issuer.nextPerson = 'alice'
    await visitor.open(`${karte}/login`)
    expect(visitor.cookie('karte_session')).not.toBe(before)
    const planted = new Visitor()
    planted.setCookie('karte_session', before ?? '')
    expect((await planted.open(karte)).byId('person_name')).toBeNull()
  })

  it('lets two tabs sign in at the same time', async () => {
    const visitor = new Visitor()
    products.issuer.nextPerson = 'alice'
    const first = await visitor.openUntil(`${karte}/login`, `${karte}/callback`)
    const second = await visitor.openUntil(`${karte}/login?target_link_uri=${karte}/records`, `${karte}/callback`)
    expect((await visitor.open(first)).byId('person_name')).toBe('山田 花子')
    expect((await visitor.open(second)).url.pathname).toBe('/records')
  })
})

describe('Karte, when something is wrong', () => {
  it.each(['https://evil.example/', '//evil.example', 'javascript:alert(1)', '/records', 'http://localhost@evil.example/'])(
    'goes home after a sign-in that wanted to end at %s',
    async (target) => {
      products.issuer.nextPerson = 'alice'
      const page = await new Visitor().open(`${karte}/login?target_link_uri=${encodeURIComponent(target)}`)
      expect(page.url.href).toBe(`${karte}/`)
    },
  )

  it('does not start a sign-in that a third party wants at another issuer', async () => {
    const page = await new Visitor().step(`${karte}/login?iss=https://evil.example`)
    expect(page.status).toBe(400)
    expect(page.headers.get('location')).toBeNull()
    expect((await new Visitor().step(`${karte}/login?iss=${products.issuer.url}`)).status).toBe(303)
  })

  it('answers a callback of another browser with a fresh start and signs nobody in', async () => {
    products.issuer.nextPerson = 'alice'
    const callback = await new Visitor().openUntil(`${karte}/login`, `${karte}/callback`)
    const stranger = new Visitor()
    const page = await stranger.open(callback)
    expect(page.status).toBe(400)
    expect(page.byId('try_again')).toBe('Sign in again')
    expect((await stranger.open(karte)).byId('person_name')).toBeNull()
  })

  it('leads the back button home when the person is signed in', async () => {
    const visitor = new Visitor()
    products.issuer.nextPerson = 'alice'
    const callback = await visitor.openUntil(`${karte}/login`, `${karte}/callback`)
    await visitor.open(callback)
    const again = await visitor.open(callback)
    expect(again.byId('person_name')).toBe('山田 花子')
  })

  it.each([
    ['another issuer answers (mix-up)', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['the answer does not say who answers', (url: URL) => url.searchParams.delete('iss')],
    ['the code is made up', (url: URL) => url.searchParams.set('code', 'made-up')],
    ['the state comes twice', (url: URL) => url.searchParams.append('state', url.searchParams.get('state') ?? '')],
  ])('signs nobody in when %s', async (_, bend) => {
    const visitor = new Visitor()
    products.issuer.nextPerson = 'alice'
    const callback = await visitor.openUntil(`${karte}/login`, `${karte}/callback`)
    bend(callback)
    const page = await visitor.open(callback)
    expect(page.status).toBe(400)
    expect(page.byId('try_again')).toBe('Sign in again')
    expect(page.text).not.toMatch(/\bat .*\.ts|Error:/)
    expect((await visitor.open(karte)).byId('person_name')).toBeNull()
  })

  it('tells a person who cancelled how to try again', async () => {
    products.issuer.nextPerson = null
    const page = await new Visitor().open(`${karte}/login`)
    expect(page.status).toBe(403)
    expect(page.byId('problem_code')).toBe('access_denied')
    expect(page.text).toContain('href="/login"')
  })

  it('answers an unknown page and a wrong method calmly', async () => {
    expect((await new Visitor().open(`${karte}/nowhere`)).status).toBe(404)
    expect((await new Visitor().open(`${karte}/logout`)).status).toBe(405)
  })
})

describe('Karte, before its issuer is up', () => {
  it('starts, says that the issuer does not answer, and works as soon as it does', async () => {
    const early = await startProducts()
    try {
      expect((await new Visitor().open(early.karte)).status).toBe(200)
      const down = await new Visitor('ja').open(`${early.karte}/login`)
      expect(down.status).toBe(503)
      expect(down.text).toContain('つながりません')
      early.issuer.start()
      expect((await new Visitor().open(`${early.karte}/login`)).byId('person_name')).toBe('山田 花子')
    } finally {
      await early.close()
    }
  })
})

describe('Karte, at sign-out', () => {
  it('ends its own session and sends the person to the issuer with everything it needs', async () => {
    const alice = await products.signedIn('alice', karte)
    const page = await alice.post(`${karte}/logout`, {})
    expect(page.status).toBe(303)
    const url = new URL(page.headers.get('location') ?? '')
    expect(url.origin).toBe(products.issuer.url)
    expect(url.searchParams.get('client_id')).toBe('karte')
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${karte}/`)
    expect(url.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3)
    const state = url.searchParams.get('state')
    expect((await alice.open(`${karte}/?state=made-up`)).byId('signed_out')).toBeNull()
    expect((await alice.open(`${karte}/?state=${state}`)).byId('signed_out')).toBe('You have signed out.')
    expect((await alice.open(karte)).byId('sign_in')).toBe('Sign in')
  })

  it.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: '' }])('is not to be triggered from another site (%o)', async (headers) => {
    const alice = await products.signedIn('alice', karte)
    expect((await alice.post(`${karte}/logout`, {}, headers)).status).toBe(403)
    expect((await alice.open(karte)).byId('person_name')).toBe('山田 花子')
  })

  it.each([['cross-site', 403], ['same-site', 403], ['none', 403], ['same-origin', 303]])('goes by Sec-Fetch-Site where a browser tells no origin (%s)', async (site, status) => {
    const alice = await products.signedIn('alice', karte)
    expect((await alice.step(`${karte}/logout`, { method: 'POST', headers: { 'sec-fetch-site': site } })).status).toBe(status)
  })
})
