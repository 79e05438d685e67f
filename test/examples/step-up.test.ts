/** Signing a prescription in Karte: its server meets its API's challenge and steps the sign-in up at the issuer (RFC 9470 §4). */
import { afterAll, afterEach, beforeEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { karteApi } from './foreign-issuer.ts'
import { startProducts, type Products } from './products.ts'
import type { Page, Visitor } from './visitor.ts'

let products: Products
let karte: string

beforeAll(() => vi.spyOn(console, 'error').mockReturnValue())
// Every test has prescriptions of its own that nobody has signed yet.
beforeEach(async () => {
  products = await startProducts()
  karte = products.karte
  products.issuer.start()
})
afterEach(async () => {
  vi.useRealTimers()
  await products.close()
})
afterAll(() => vi.restoreAllMocks())

const later = (minutes: number) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + minutes * 60_000)
}

/** What a browser does after the button: every address on the way, and the page at the end. */
async function walk(visitor: Visitor, first: Page, onTheWay: (url: URL) => void = () => {}): Promise<{ way: URL[]; end: Page }> {
  const way: URL[] = []
  let end = first
  while (end.headers.has('location') && way.length < 30) {
    const next = new URL(end.headers.get('location') ?? '', end.url)
    way.push(next)
    onTheWay(next)
    end = await visitor.step(next)
  }
  return { way, end }
}

const press = async (visitor: Visitor, id = 'R-0001') => walk(visitor, await visitor.post(`${karte}/prescriptions/${id}/sign`, {}))

/** The authorization requests of a way, each by what it asks for. */
const asked = (way: readonly URL[]) => way.filter(({ pathname, searchParams }) => pathname === '/auth' && searchParams.has('client_id')).map(({ searchParams }) => Object.fromEntries(searchParams))

describe('a doctor who signs a prescription in Karte', () => {
  it('is sent for a stronger sign-in and comes back to a signed prescription', async () => {
    const erin = await products.signedIn('erin', karte)
    expect((await erin.open(karte)).byId('sign_in_level')).toBe('aal1 · pwd')
    const { way, end } = await press(erin)
    const [forToken, forLevel, ...more] = asked(way)
    expect(forToken).toMatchObject({ resource: karteApi, scope: 'openid profile email tenant prescriptions:sign', tenant: 'tenant-sakura', login_hint: 'erin@example.com' })
    expect(forToken).not.toHaveProperty('acr_values')
    expect(forLevel).toMatchObject({ resource: karteApi, acr_values: 'aal2', max_age: '600', scope: 'openid profile email tenant prescriptions:sign', code_challenge_method: 'S256' })
    expect(more).toEqual([])
    expect([end.status, end.url.pathname, end.byId('signed')]).toEqual([200, '/prescriptions', 'You have signed R-0001.'])
    expect(end.byId('signature-R-0001')).toMatch(/^Signed .+ m-erin · aal2$/)
    expect((await erin.open(karte)).byId('sign_in_level')).toBe('aal2 · pwd · otp')
    expect((await erin.open(karte)).byId('person_name')).toBe('Erin')
  })

  it('is asked for nothing more while that sign-in is recent', async () => {
    const erin = await products.signedIn('erin', karte)
    await press(erin)
    const { way, end } = await press(erin, 'R-0002')
    expect(way.map(({ origin }) => origin)).toEqual([karte])
    expect(end.byId('signed')).toBe('You have signed R-0002.')
  })

  it('needs only the token when the sign-in was strong enough to begin with', async () => {
    products.issuer.acr = 'phr'
    const erin = await products.signedIn('erin', karte)
    const { way, end } = await press(erin)
    expect(asked(way)).toHaveLength(1)
    expect(end.byId('signature-R-0001')).toContain('m-erin · phr')
  })

  it('is asked again when ten minutes have passed', async () => {
    const erin = await products.signedIn('erin', karte)
    await press(erin)
    later(11)
    const { way, end } = await press(erin, 'R-0002')
    expect(asked(way).map((one) => one['max_age'])).toEqual(['600'])
    expect(end.byId('signed')).toBe('You have signed R-0002.')
  })

  it('gets a new token on the way when the old one has expired', async () => {
    const erin = await products.signedIn('erin', karte)
    await press(erin)
    later(61)
    const { way, end } = await press(erin, 'R-0002')
    expect(asked(way).map((one) => one['max_age'])).toEqual([undefined, '600'])
    expect(end.byId('signed')).toBe('You have signed R-0002.')
  })

  it('is sent once more when the sign-in was still not good enough, because it grew too old on the way, say', async () => {
    products.issuer.mindsAcrValues = false
    const erin = await products.signedIn('erin', karte)
    const form = await erin.post(`${karte}/prescriptions/R-0001/sign`, {})
    let times = 0
    const { way, end } = await walk(erin, form, ({ searchParams }) => {
      times += searchParams.has('acr_values') ? 1 : 0
      products.issuer.mindsAcrValues = times > 1
    })
    expect(asked(way).map((one) => one['acr_values'])).toEqual([undefined, 'aal2', 'aal2'])
    expect(end.byId('signed')).toBe('You have signed R-0001.')
  })

  it('gets a new session id with the stronger sign-in', async () => {
    const erin = await products.signedIn('erin', karte)
    const before = erin.cookie('karte_session')
    await press(erin)
    expect(erin.cookie('karte_session')).not.toBe(before)
  })

  it('reads all of it in Japanese', async () => {
    const erin = await products.signedIn('erin', karte, 'ja')
    const page = await erin.open(`${karte}/prescriptions`)
    expect(page.byId('sign-R-0001')).toBe('署名する')
    expect((await press(erin)).end.byId('signed')).toBe('R-0001 に署名しました。')
  })

  it('signs once, and reads that it is signed when the form is sent again', async () => {
    const erin = await products.signedIn('erin', karte)
    await press(erin)
    const { end } = await press(erin)
    expect([end.status, end.byId('not_signed')]).toEqual([409, 'This prescription has been signed already.'])
  })

  it('may do it in two tabs at the same time', async () => {
    const erin = await products.signedIn('erin', karte)
    const forms = [await erin.post(`${karte}/prescriptions/R-0001/sign`, {}), await erin.post(`${karte}/prescriptions/R-0002/sign`, {})]
    const ends: (string | null)[] = []
    for (const form of forms) ends.push((await walk(erin, form)).end.byId('signed'))
    expect(ends).toEqual(['You have signed R-0001.', 'You have signed R-0002.'])
  })
})

describe('Karte signs nothing', () => {
  it('and says plainly what is missing when the person has no second factor', async () => {
    products.issuer.secondFactor = false
    const erin = await products.signedIn('erin', karte)
    const { end } = await press(erin)
    expect([end.status, end.byId('problem_code')]).toEqual([403, 'unmet_authentication_requirements'])
    expect(end.byId('problem')).toContain('A stronger sign-in is needed')
    expect(end.byId('try_again')).toBeNull()
    const list = await erin.open(`${karte}/prescriptions`)
    expect(list.byId('sign-R-0001'), 'the person stays signed in').toBe('Sign')
  })

  it('and stops when an issuer does not mind which level is asked for', async () => {
    products.issuer.mindsAcrValues = false
    const erin = await products.signedIn('erin', karte)
    const { way, end } = await press(erin)
    expect(asked(way)).toHaveLength(3)
    expect([end.status, end.byId('problem_code')]).toEqual([403, 'insufficient_user_authentication'])
    expect((await erin.open(`${karte}/prescriptions`)).byId('signature-R-0001')).toBeNull()
  })

  it('when the person cancels', async () => {
    const erin = await products.signedIn('erin', karte)
    products.issuer.nextPerson = null
    const { end } = await press(erin)
    expect(end.byId('problem_code')).toBe('access_denied')
    expect((await erin.open(`${karte}/prescriptions`)).byId('sign-R-0001')).toBe('Sign')
  })

  it('when somebody else comes back, who does not take over the session either', async () => {
    const erin = await products.signedIn('erin', karte)
    // Erin's session at the issuer is over, and Charlie sits down at the same browser.
    erin.setCookie('_session', 'over')
    products.issuer.nextPerson = 'charlie'
    const { end } = await press(erin)
    expect([end.status, end.byId('problem')]).toEqual([409, expect.stringContaining('another person or organisation')])
    expect((await erin.open(karte)).byId('person_name')).toBe('Erin')
    expect((await erin.open(`${karte}/prescriptions`)).byId('sign-R-0001')).toBe('Sign')
  })

  it('when the person comes back for another tenant', async () => {
    const erin = await products.signedIn('erin', karte)
    products.issuer.nextSeat = 1
    expect((await press(erin)).end.status).toBe(409)
    expect((await erin.open(karte)).byId('membership_id')).toBe('m-erin')
  })

  it('when the person signed out of Karte in the meantime', async () => {
    const erin = await products.signedIn('erin', karte)
    const form = await erin.post(`${karte}/prescriptions/R-0001/sign`, {})
    await erin.post(`${karte}/logout`, {})
    const { end } = await walk(erin, form)
    expect([end.status, end.byId('person_name')]).toEqual([400, null])
    expect(end.byId('problem')).toContain('This sign-in is over')
  })

  it('for a role that may not, which is not sent anywhere', async () => {
    const alice = await products.signedIn('alice', karte)
    const page = await alice.open(`${karte}/prescriptions`)
    expect([page.byId('prescription_list')?.includes('R-0003'), page.byId('sign-R-0001')]).toEqual([true, null])
    const { way, end } = await press(alice)
    expect([way, end.status]).toEqual([[], 403])
    expect(end.byId('not_signed')).toContain('This role may not sign')
  })

  it('for a role that may not see the records', async () => {
    const bob = await products.signedIn('bob', karte)
    expect((await bob.open(`${karte}/prescriptions`)).byId('forbidden')).not.toBeNull()
    expect((await press(bob)).end.status).toBe(403)
  })

  it('across tenants: what Erin signs in one is not signed in the other', async () => {
    await press(await products.signedIn('erin', karte))
    const charlie = await products.signedIn('charlie', karte)
    const page = await charlie.open(`${karte}/prescriptions`)
    expect([page.byId('signature-R-0001'), page.byId('sign-R-0001')]).toEqual([null, 'Sign'])
    expect(page.text).not.toContain('m-erin')
  })

  it('for nobody: a stranger signs in first and comes to the list', async () => {
    const visitor = await products.signedIn('erin', karte)
    await visitor.post(`${karte}/logout`, {})
    const { way, end } = await press(visitor)
    expect(way[0]?.pathname).toBe('/login')
    expect([end.url.pathname, end.byId('sign-R-0001')]).toEqual(['/prescriptions', 'Sign'])
  })

  it.each([{ origin: 'https://evil.example' }, { origin: 'null' }])('for another site (%o)', async (headers) => {
    const erin = await products.signedIn('erin', karte)
    await press(erin, 'R-0002')
    expect((await erin.post(`${karte}/prescriptions/R-0001/sign`, {}, headers)).status).toBe(403)
    expect((await erin.open(`${karte}/prescriptions`)).byId('sign-R-0001')).toBe('Sign')
  })

  it('by a link, a bookmark or a reload, however strong the sign-in is', async () => {
    const erin = await products.signedIn('erin', karte)
    const { way } = await press(erin)
    const back = way.find(({ pathname }) => pathname === '/prescriptions/R-0001/sign')
    expect((await erin.open(back ?? '')).byId('not_signed')).toBeNull()
    const { url, text } = await erin.open(`${karte}/prescriptions/R-0002/sign`)
    expect([url.pathname, text.includes('id="sign-R-0002"')]).toEqual(['/prescriptions', true])
  })

  it('that is not there', async () => {
    const erin = await products.signedIn('erin', karte)
    const { way, end } = await press(erin, 'R-9999')
    expect([way, end.status, end.byId('not_signed')]).toEqual([[], 404, 'There is no such prescription. Choose one from the list.'])
  })

  it('when the issuer does not allow the scope', async () => {
    products.issuer.apiScopes = 'records:read'
    const erin = await products.signedIn('erin', karte)
    const { end } = await press(erin)
    expect([end.status, end.byId('not_signed')]).toEqual([403, expect.stringContaining('prescriptions:sign')])
  })

  it('and shows no token to the browser on any of the ways', async () => {
    const erin = await products.signedIn('erin', karte)
    const { way, end } = await press(erin)
    expect(way.map(String).join(' ') + end.text).not.toMatch(/access_token|eyJ/)
  })
})
